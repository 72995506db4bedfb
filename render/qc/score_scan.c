/* Stems summed to dialogue and the rest, and both followed in slots of 100 ms. */
#include "render/qc/score_scan.h"

#include <string.h>

#include "render/dsp/biquad.h"
#include "render/dsp/loudness_slots.h"
#include "render/qc/group_scan.h"
#include "render/qc/leak_scan.h"
#include "render/qc/qc_chunk.h"
#include "render/qc/score_levels.h"

enum { CHUNK_SAMPLES = 4096 };
static const double band_low_hz = 1000.0, band_high_hz = 4000.0; /* of consonants: most of what the
                                            articulation index weighs, ANSI S3.5 table 3 */

static const double lead_low_hz = 500.0; /* of leads: where melodies are told apart */

typedef struct BandSlots { /* power of the sum of the channels between two filters */
    BiquadCascade high, low;
    double sum, *power;
    int64_t sample_count;
    int slot_count, slot_room;
} BandSlots;

typedef enum Part { PART_FULL, PART_DIALOGUE, PART_REST, PART_COUNT } Part;

struct ScoreScan {
    const QcSubject *subject;
    const QcScore *score;
    QcFindings *findings;
    LoudnessSlots *loudness[PART_COUNT], **stems;
    BandSlots bands[PART_COUNT]; /* that of the full mix is not used */
    float **planes[PART_COUNT];  /* [channel_count][CHUNK_SAMPLES] */
    double **doubles;
    LeakScan *leaks;
    ScoreLevels levels;
    ScoreLayer layer; /* that is being followed */
    LoudnessSlots *layer_slots;
    BandSlots *layer_band; /* NULL: no group asks for it */
    int layer_first;
    GroupScan *groups;
};

static LoudnessSlots *create_slots(const QcSubject *subject, int64_t length_samples, Arena *arena) {
    double *const weights = arena_array(arena, (size_t)subject->channel_count, sizeof *weights);
    for (int channel = 0; channel < subject->channel_count; channel++) {
        weights[channel] = subject->layout->channels[channel].loudness_weight;
    }
    return loudness_slots_create(subject->channel_count, weights, subject->rate_hz, length_samples,
                                 arena);
}

static void
open_band(BandSlots *band, double low_hz, int rate_hz, int64_t length_samples, Arena *arena) {
    const MixFilter high = {
        .kind = FILTER_HIGHPASS, .frequency_hz = low_hz, .slope_db_per_octave = 24};
    const MixFilter low = {
        .kind = FILTER_LOWPASS, .frequency_hz = band_high_hz, .slope_db_per_octave = 24};
    biquad_cascade_design(&high, rate_hz, &band->high);
    biquad_cascade_design(&low, rate_hz, &band->low);
    band->slot_room = (int)(length_samples * LOUDNESS_SLOTS_PER_SECOND / rate_hz + 1);
    band->power = arena_array(arena, (size_t)band->slot_room, sizeof *band->power);
}

ScoreScan *score_scan_create(const QcSubject *subject,
                             const QcScore *score,
                             int64_t length_samples,
                             QcFindings *findings,
                             Arena *arena) {
    const size_t channels = (size_t)subject->channel_count;
    ScoreScan *const scan = arena_alloc(arena, sizeof *scan);
    scan->subject = subject;
    scan->score = score;
    scan->findings = findings;
    scan->stems = arena_array(arena, (size_t)score->stem_count, sizeof(LoudnessSlots *));
    scan->doubles = arena_array(arena, channels, sizeof *scan->doubles);
    for (int stem = 0; stem < score->stem_count; stem++) {
        scan->stems[stem] = create_slots(subject, length_samples, arena);
    }
    for (int part = 0; part < PART_COUNT; part++) {
        scan->loudness[part] = create_slots(subject, length_samples, arena);
        open_band(&scan->bands[part], band_low_hz, subject->rate_hz, length_samples, arena);
        scan->planes[part] = arena_array(arena, channels, sizeof *scan->planes[part]);
        for (size_t channel = 0; channel < channels; channel++) {
            scan->planes[part][channel] = arena_array(arena, CHUNK_SAMPLES, sizeof(float));
        }
    }
    for (size_t channel = 0; channel < channels; channel++) {
        scan->doubles[channel] = arena_array(arena, CHUNK_SAMPLES, sizeof(double));
    }
    scan->leaks = leak_scan_create(subject, findings, arena);
    return scan;
}

static void widen(const ScoreScan *scan, float *const *planes, int64_t at, int64_t count) {
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            scan->doubles[channel][sample] = (double)planes[channel][at + sample];
        }
    }
}

static void close_band_slot(BandSlots *band, int64_t length_samples) {
    if (length_samples > 0 && band->slot_count < band->slot_room) {
        band->power[band->slot_count++] = band->sum / (double)length_samples;
    }
    band->sum = 0.0;
}

static void add_band(const ScoreScan *scan, BandSlots *band, float *mono, int64_t count) {
    const int64_t slot_samples = scan->subject->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
    biquad_cascade_run(&band->high, mono, count);
    biquad_cascade_run(&band->low, mono, count);
    for (int64_t at = 0; at < count; at++) {
        band->sum += (double)mono[at] * (double)mono[at];
        band->sample_count++;
        if (band->sample_count % slot_samples == 0) {
            close_band_slot(band, slot_samples);
        }
    }
}

/* The sum of the channels without the LFE: in a room it is power that adds, and channels that share
 * nothing have the same power summed. */
static void sum_channels(const ScoreScan *scan, float *const *planes, float *mono, int64_t count) {
    memset(mono, 0, (size_t)count * sizeof *mono);
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        for (int64_t at = 0; !qc_is_lfe(scan->subject, channel) && at < count; at++) {
            mono[at] += planes[channel][at];
        }
    }
}

static void
add_to_part(const ScoreScan *scan, Part part, float *const *stem, int64_t at, int64_t count) {
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        float *const sum = scan->planes[part][channel];
        for (int64_t sample = 0; sample < count; sample++) {
            sum[sample] += stem[channel][at + sample];
        }
    }
}

static void add_piece(ScoreScan *scan, float *const *const *stems, int64_t at, int64_t count) {
    float mono[CHUNK_SAMPLES];
    for (int part = 0; part < PART_COUNT; part++) {
        for (int channel = 0; channel < scan->subject->channel_count; channel++) {
            memset(scan->planes[part][channel], 0, (size_t)count * sizeof(float));
        }
    }
    for (int stem = 0; stem < scan->score->stem_count; stem++) {
        const bool is_dialogue = scan->score->stems[stem].is_dialogue;
        widen(scan, stems[stem], at, count);
        loudness_slots_add(scan->stems[stem], (const double *const *)scan->doubles, count);
        add_to_part(scan, PART_FULL, stems[stem], at, count);
        add_to_part(scan, is_dialogue ? PART_DIALOGUE : PART_REST, stems[stem], at, count);
    }
    for (int part = 0; part < PART_COUNT; part++) {
        widen(scan, scan->planes[part], 0, count);
        loudness_slots_add(scan->loudness[part], (const double *const *)scan->doubles, count);
        sum_channels(scan, scan->planes[part], mono, count);
        add_band(scan, &scan->bands[part], mono, count);
    }
    leak_scan_add(scan->leaks, scan->planes[PART_REST], scan->planes[PART_DIALOGUE], count);
}

void score_scan_add(ScoreScan *scan, float *const *const *stems, int64_t count) {
    for (int64_t at = 0; at < count; at += CHUNK_SAMPLES) {
        const int64_t rest = count - at;
        add_piece(scan, stems, at, rest < CHUNK_SAMPLES ? rest : CHUNK_SAMPLES);
    }
}

void score_scan_finish(ScoreScan *scan) {
    Arena *const arena = scan->findings->arena;
    const int64_t slot_samples = scan->subject->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
    const double **const stems = arena_array(arena, (size_t)scan->score->stem_count, sizeof *stems);
    int slot_count = 0;
    for (int stem = 0; stem < scan->score->stem_count; stem++) {
        stems[stem] = loudness_slots_finish(scan->stems[stem], &slot_count);
    }
    for (int part = 0; part < PART_COUNT; part++) {
        close_band_slot(&scan->bands[part], scan->bands[part].sample_count % slot_samples);
    }
    scan->levels = (ScoreLevels){
        .rate_hz = scan->subject->rate_hz,
        .full = loudness_slots_finish(scan->loudness[PART_FULL], &slot_count),
        .dialogue = loudness_slots_finish(scan->loudness[PART_DIALOGUE], &slot_count),
        .rest = loudness_slots_finish(scan->loudness[PART_REST], &slot_count),
        .stems = stems,
        .dialogue_band = scan->bands[PART_DIALOGUE].power,
        .rest_band = scan->bands[PART_REST].power,
        .slot_count = slot_count,
    };
    leak_scan_finish(scan->leaks);
    score_judge(&scan->levels, scan->score, scan->findings);
    scan->groups = group_scan_create(scan->score, slot_count, arena);
}

void score_scan_begin_layer(ScoreScan *scan, const ScoreLayer *layer, Arena *scratch) {
    const int64_t slot_samples = scan->subject->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
    const int64_t begin = layer->begin > 0 ? layer->begin : 0;
    const int64_t ahead = begin % slot_samples;
    const int64_t length = (int64_t)scan->levels.slot_count * slot_samples;
    scan->layer = *layer;
    scan->layer_first = (int)(begin / slot_samples);
    scan->layer_slots = loudness_slots_create(layer->channel_count, layer->weights,
                                              scan->subject->rate_hz, length, scratch);
    const double *const silence = arena_array(scratch, (size_t)slot_samples, sizeof *silence);
    const double **const rows = arena_array(scratch, (size_t)layer->channel_count, sizeof *rows);
    for (int channel = 0; channel < layer->channel_count; channel++) {
        rows[channel] = silence;
    }
    loudness_slots_add(scan->layer_slots, rows, ahead); /* slots lie on the grid of the programme */
    scan->layer_band = NULL;
    if (scan->score->lead_count > 0) {
        scan->layer_band = arena_alloc(scratch, sizeof *scan->layer_band);
        open_band(scan->layer_band, lead_low_hz, scan->subject->rate_hz, length, scratch);
        scan->layer_band->sample_count = ahead;
    }
}

static void
add_layer_band(ScoreScan *scan, const double *const *samples, int64_t begin, int64_t count) {
    float mono[CHUNK_SAMPLES] = {0.0F};
    for (int channel = 0; channel < scan->layer.channel_count; channel++) {
        for (int64_t at = 0; scan->layer.weights[channel] > 0.0 && at < count; at++) {
            mono[at] += (float)samples[channel][begin + at];
        }
    }
    add_band(scan, scan->layer_band, mono, count);
}

void score_scan_add_layer(ScoreScan *scan, const double *const *samples, int64_t count) {
    loudness_slots_add(scan->layer_slots, samples, count);
    for (int64_t at = 0; scan->layer_band && at < count; at += CHUNK_SAMPLES) {
        const int64_t rest = count - at;
        add_layer_band(scan, samples, at, rest < CHUNK_SAMPLES ? rest : CHUNK_SAMPLES);
    }
}

void score_scan_end_layer(ScoreScan *scan) {
    int slot_count = 0;
    const double *const power = loudness_slots_finish(scan->layer_slots, &slot_count);
    const int64_t slot_samples = scan->subject->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
    BandSlots *const band = scan->layer_band;
    if (band) {
        close_band_slot(band, band->sample_count % slot_samples);
    }
    const GroupLayer layer = {.index = scan->layer.index,
                              .power = power,
                              .band = band ? band->power : NULL,
                              .first_slot = scan->layer_first,
                              .slot_count = slot_count};
    group_scan_add(scan->groups, &layer);
    score_judge_layer(&scan->levels, scan->layer.id, power, scan->layer_first, slot_count,
                      scan->findings);
}

double score_scan_finish_layers(ScoreScan *scan) {
    return group_scan_judge(scan->groups, &scan->levels, scan->findings);
}

/* ---- silence ---- */

enum { GAP_SLOTS = 5 };                     /* the longest pause that is no gap */
static const double gap_floor_lufs = -70.0; /* the absolute gate of BS.1770-5 */
static const double meant_share = 0.9;

static bool is_meant(const ScoreScan *scan, int64_t begin, int64_t end) {
    int64_t covered = 0;
    for (int span = 0; span < scan->score->quiet_count; span++) {
        const QcSpan *const quiet = &scan->score->quiet[span];
        const int64_t from = quiet->begin > begin ? quiet->begin : begin;
        const int64_t to = quiet->end < end ? quiet->end : end;
        covered += to > from ? to - from : 0;
    }
    return (double)covered >= meant_share * (double)(end - begin);
}

static QcGap gap_of(const ScoreScan *scan, int stem, int first, int end) {
    const int64_t slot_samples = scan->subject->rate_hz / LOUDNESS_SLOTS_PER_SECOND;
    return (QcGap){.stem = stem,
                   .at_s = (double)first / LOUDNESS_SLOTS_PER_SECOND,
                   .length_s = (double)(end - first) / LOUDNESS_SLOTS_PER_SECOND,
                   .is_meant = is_meant(scan, first * slot_samples, end * slot_samples)};
}

int score_scan_gaps(const ScoreScan *scan, QcGap *gaps, int room) {
    int count = 0;
    for (int stem = 0; stem < scan->score->stem_count; stem++) {
        const double *const power = scan->levels.stems[stem];
        int first = 0;
        for (int slot = 0; slot <= scan->levels.slot_count; slot++) {
            const bool sounds =
                slot == scan->levels.slot_count || slot_loudness_lufs(power[slot]) > gap_floor_lufs;
            if (sounds && slot - first > GAP_SLOTS && count < room) {
                gaps[count++] = gap_of(scan, stem, first, slot);
            }
            first = sounds ? slot + 1 : first;
        }
    }
    return count;
}
