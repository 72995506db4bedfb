/* All checks of one programme, chunk by chunk, and the verdict on its numbers. */
#include "render/qc/qc_measure.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/qc/heard_meter.h"
#include "render/qc/qc_chunk.h"
#include "render/qc/spectra.h"

enum { CHUNK_SAMPLES = 4096 };

struct QcMeasure {
    const QcSubject *subject;
    QcFindings *findings;
    const QcPolicy *policy;
    int block_samples;
    int64_t chunk_samples, sample_count;
    int64_t held_samples; /* of the chunk that is being filled */
    float **planes;
    double **doubles;
    BlockFacts **facts;
    Meter *meter;
    HeardMeter *heard; /* NULL: meter says it all */
    WeightedLevel *weighted;
    ClipScan *clips;
    HoldScan *holds;
    ClickScan *clicks;
    SilenceScan *silence;
    PopScan *pops;
    PairScan *pairs;
    ChannelScan *channels;
    Spectra *spectra;
    TimbreScan *timbre;
    OctaveScan *octaves;
    TranslationScan *translation;
    ImageScan *image;
    HeadroomScan *headroom;
};

static void make_buffers(QcMeasure *measure, Arena *arena) {
    const size_t channels = (size_t)measure->subject->channel_count;
    const size_t chunk = (size_t)measure->chunk_samples;
    measure->planes = arena_array(arena, channels, sizeof *measure->planes);
    measure->doubles = arena_array(arena, channels, sizeof *measure->doubles);
    measure->facts = arena_array(arena, channels, sizeof(BlockFacts *));
    for (size_t channel = 0; channel < channels; channel++) {
        float *const plane = arena_array(arena, QC_HISTORY_SAMPLES + chunk, sizeof(float));
        measure->planes[channel] = plane + QC_HISTORY_SAMPLES;
        measure->doubles[channel] = arena_array(arena, chunk, sizeof(double));
        measure->facts[channel] =
            arena_array(arena, chunk / (size_t)measure->block_samples, sizeof(BlockFacts));
    }
}

static Status open_weighted(QcMeasure *measure, Arena *arena, ErrorList *errors) {
    const Layout *const layout = measure->subject->layout;
    if (!layout || layout->kind != LAYOUT_SPEAKERS || measure->subject->is_part) {
        return DONE;
    }
    WeightedGains *const gains = arena_array(arena, (size_t)layout->channel_count, sizeof *gains);
    weighted_gains_of(layout, gains);
    return weighted_level_create(layout->channel_count, gains, measure->subject->rate_hz, arena,
                                 &measure->weighted, errors);
}

static Meter *create_meter(const QcSubject *subject, Arena *arena) {
    double *const weights = arena_array(arena, (size_t)subject->channel_count, sizeof *weights);
    for (int channel = 0; channel < subject->channel_count; channel++) {
        weights[channel] =
            subject->layout ? subject->layout->channels[channel].loudness_weight : 1.0;
    }
    return meter_create_endless(subject->channel_count, weights, subject->rate_hz, arena);
}

Status qc_measure_create(const QcSubject *subject,
                         QcFindings *findings,
                         Arena *arena,
                         QcMeasure **measure,
                         ErrorList *errors) {
    QcMeasure *const made = arena_alloc(arena, sizeof *made);
    const QcPolicy *const policy = findings->policy;
    made->subject = subject;
    made->findings = findings;
    made->policy = policy;
    made->block_samples = subject->rate_hz / QC_BLOCKS_PER_SECOND;
    made->chunk_samples = (int64_t)(CHUNK_SAMPLES / made->block_samples) * made->block_samples;
    make_buffers(made, arena);
    made->meter = create_meter(subject, arena);
    made->heard = heard_meter_create(subject, made->chunk_samples, arena);
    made->clips = clip_scan_create(subject, policy, arena);
    made->holds = hold_scan_create(subject, policy, arena);
    made->clicks = click_scan_create(subject, policy, arena);
    made->silence = silence_scan_create(subject, policy, arena);
    made->pops = pop_scan_create(subject, arena);
    made->pairs = pair_scan_create(subject, policy, arena);
    made->channels = channel_scan_create(subject, policy, arena);
    made->image = image_scan_create(subject, policy, arena);
    made->headroom = headroom_scan_create(subject, arena);
    *measure = made;
    made->timbre = timbre_scan_create(subject, policy, arena);
    made->octaves = octave_scan_create(arena);
    made->translation = translation_scan_create(subject, arena);
    TRY(spectra_create(subject, arena, &made->spectra, errors));
    return open_weighted(made, arena, errors);
}

void qc_measure_destroy(QcMeasure **measure) {
    if (*measure) {
        spectra_destroy(&(*measure)->spectra);
        weighted_level_destroy(&(*measure)->weighted);
    }
    *measure = NULL;
}

/* Exponent of all ones: by bits, as no compiler option can remove it. */
static bool is_stranger(float sample) {
    uint32_t bits = 0;
    memcpy(&bits, &sample, sizeof bits);
    return (bits & 0x7F800000U) == 0x7F800000U;
}

static void tell_stranger(const QcMeasure *measure, int channel, int64_t at) {
    qc_findings_add(measure->findings, (QcFinding){.check = QC_NOT_A_NUMBER,
                                                   .channel = channel,
                                                   .at_s = (double)at / measure->subject->rate_hz,
                                                   .unit = ""});
}

static void take_strangers_out(QcMeasure *measure, int channel, int64_t count) {
    float *const samples = measure->planes[channel];
    uint32_t found = 0;
    for (int64_t at = 0; at < count; at++) {
        found |= is_stranger(samples[at]);
    }
    for (int64_t at = 0; found && at < count; at++) {
        if (is_stranger(samples[at])) {
            tell_stranger(measure, channel, measure->sample_count + at);
            samples[at] = 0.0F;
        }
    }
}

static void take_facts(QcMeasure *measure, int channel, int64_t count) {
    const float *const samples = measure->planes[channel];
    for (int64_t at = 0; at < count; at++) {
        measure->doubles[channel][at] = (double)samples[at];
    }
    for (int64_t at = 0; at < count; at += measure->block_samples) {
        const int64_t rest = count - at;
        const int length = (int)(rest < measure->block_samples ? rest : measure->block_samples);
        block_facts_take(samples + at, length,
                         &measure->facts[channel][at / measure->block_samples]);
    }
}

static void keep_history(QcMeasure *measure, int channel, int64_t count) {
    float *const plane = measure->planes[channel];
    memmove(plane - QC_HISTORY_SAMPLES, plane + count - QC_HISTORY_SAMPLES,
            QC_HISTORY_SAMPLES * sizeof *plane);
}

static void take_spectra(QcMeasure *measure, const QcChunk *chunk) {
    for (int64_t done = 0; done < chunk->count && !measure->subject->is_part;) {
        if (spectra_take(measure->spectra, chunk, &done)) {
            const Spectrum *const spectrum = spectra_last(measure->spectra);
            timbre_scan_add(measure->timbre, spectrum, measure->findings);
            octave_scan_add(measure->octaves, spectrum);
            translation_scan_add(measure->translation, spectrum);
        }
    }
}

/* The chunk is whole, or the last one. */
static void take_chunk(QcMeasure *measure) {
    const int64_t count = measure->held_samples;
    const int channel_count = measure->subject->channel_count;
    for (int channel = 0; channel < channel_count; channel++) {
        take_strangers_out(measure, channel, count);
        take_facts(measure, channel, count);
    }
    const QcChunk chunk = {.subject = measure->subject,
                           .findings = measure->findings,
                           .begin = measure->sample_count,
                           .count = count,
                           .block_samples = measure->block_samples,
                           .block_count =
                               (int)((count + measure->block_samples - 1) / measure->block_samples),
                           .planes = measure->planes,
                           .facts = measure->facts};
    meter_add(measure->meter, (const double *const *)measure->doubles, count);
    if (measure->heard) {
        heard_meter_add(measure->heard, (const double *const *)measure->doubles, count);
    }
    if (measure->weighted) {
        weighted_level_add(measure->weighted, (const double *const *)measure->doubles, count);
    }
    clip_scan_add(measure->clips, &chunk);
    hold_scan_add(measure->holds, &chunk);
    click_scan_add(measure->clicks, &chunk);
    silence_scan_add(measure->silence, &chunk);
    pop_scan_add(measure->pops, &chunk);
    pair_scan_add(measure->pairs, &chunk);
    channel_scan_add(measure->channels, &chunk);
    take_spectra(measure, &chunk);
    image_scan_add(measure->image, &chunk);
    headroom_scan_add(measure->headroom, &chunk);
    for (int channel = 0; channel < channel_count; channel++) {
        keep_history(measure, channel, count);
    }
    measure->sample_count += count;
    measure->held_samples = 0;
}

void qc_measure_add(QcMeasure *measure, float *const *planes, int64_t count) {
    for (int64_t at = 0; at < count;) {
        const int64_t room = measure->chunk_samples - measure->held_samples;
        const int64_t piece = count - at < room ? count - at : room;
        for (int channel = 0; channel < measure->subject->channel_count; channel++) {
            memcpy(measure->planes[channel] + measure->held_samples, planes[channel] + at,
                   (size_t)piece * sizeof(float));
        }
        measure->held_samples += piece;
        at += piece;
        if (measure->held_samples == measure->chunk_samples) {
            take_chunk(measure);
        }
    }
}

/* value above its limit max, of a check that is on. */
static void
judge_most(const QcMeasure *measure, QcCheck check, bool is_known, double value, const char *unit) {
    if (measure->policy->levels[check] == QC_OFF || !is_known) {
        return;
    }
    const double limit = qc_limit(measure->policy, check, "max");
    if (value > limit) {
        qc_findings_add(measure->findings, (QcFinding){.check = check,
                                                       .channel = -1,
                                                       .at_s = -1.0,
                                                       .has_value = true,
                                                       .value = value,
                                                       .limit = limit,
                                                       .unit = unit});
    }
}

static void judge_loudness(const QcMeasure *measure, const MeterResult *meter) {
    if (measure->policy->levels[QC_LOUDNESS] == QC_OFF) {
        return;
    }
    const double target = qc_limit(measure->policy, QC_LOUDNESS, "target");
    const double tolerance = qc_limit(measure->policy, QC_LOUDNESS, "tolerance");
    QcFinding finding = {.check = QC_LOUDNESS, .channel = -1, .at_s = -1.0, .unit = "LUFS"};
    finding.limit = target;
    if (!meter->has_loudness) {
        finding.text = "too short or too quiet to be measured";
        qc_findings_add(measure->findings, finding);
    } else if (fabs(meter->integrated_lufs - target) > tolerance) {
        finding.has_value = true;
        finding.value = meter->integrated_lufs;
        qc_findings_add(measure->findings, finding);
    }
}

static void judge_spectrum(const QcMeasure *measure, const ThirdOctaves *octaves) {
    const ThirdOctaves *const reference = measure->subject->reference;
    if (!reference || !reference->is_known || !octaves->is_known ||
        measure->policy->levels[QC_REFERENCE_SPECTRUM] == QC_OFF) {
        return;
    }
    double off_db = 0.0;
    const double limit_db = qc_limit(measure->policy, QC_REFERENCE_SPECTRUM, "max");
    const int band = third_octaves_worst(octaves, reference, &off_db);
    if (fabs(off_db) > limit_db) {
        qc_findings_add(
            measure->findings,
            (QcFinding){.check = QC_REFERENCE_SPECTRUM,
                        .channel = -1,
                        .at_s = -1.0,
                        .has_value = true,
                        .value = off_db,
                        .limit = limit_db,
                        .unit = "dB",
                        .text = arena_format(measure->findings->arena,
                                             "the third octave at %.0f Hz against the reference",
                                             third_octave_hz(band))});
    }
}

void qc_measure_finish(QcMeasure *measure, QcNumbers *numbers) {
    *numbers = (QcNumbers){0};
    if (measure->held_samples > 0) {
        take_chunk(measure);
    }
    meter_finish(measure->meter, &numbers->meter);
    if (measure->heard) {
        heard_meter_finish(measure->heard, &numbers->meter);
    }
    if (measure->weighted) {
        weighted_level_finish(measure->weighted, &numbers->weighted);
        numbers->has_weighted = !numbers->weighted.is_silent;
    }
    silence_scan_finish(measure->silence, measure->findings);
    pop_scan_finish(measure->pops, measure->findings);
    channel_scan_finish(measure->channels, measure->findings);
    image_scan_finish(measure->image, measure->findings);
    headroom_scan_finish(measure->headroom, &numbers->headroom);
    if (measure->subject->is_part) {
        return;
    }
    octave_scan_finish(measure->octaves, &numbers->octaves);
    judge_spectrum(measure, &numbers->octaves);
    translation_scan_finish(measure->translation, &numbers->translation, measure->findings);
    const MeterResult *const meter = &numbers->meter;
    judge_most(measure, QC_ITEM_LENGTH, true,
               (double)measure->sample_count / measure->subject->rate_hz, "s");
    judge_most(measure, QC_TRUE_PEAK, !meter->is_silent, meter->true_peak_dbtp, "dBTP");
    judge_most(measure, QC_LOUDNESS_RANGE, meter->has_loudness_range, meter->loudness_range_lu,
               "LU");
    judge_most(measure, QC_MAX_MOMENTARY, meter->has_momentary, meter->max_momentary_lufs, "LUFS");
    judge_most(measure, QC_MAX_SHORT_TERM, meter->has_short_term, meter->max_short_term_lufs,
               "LUFS");
    judge_most(measure, QC_LEQ_M, numbers->has_weighted, numbers->weighted.leq_m_db, "dB");
    judge_loudness(measure, meter);
}
