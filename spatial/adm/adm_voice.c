/* The gains of one track over time. */
#include "spatial/adm/adm_voice.h"

#include <string.h>

#include "render/dsp/gain_kernels.h"
#include "spatial/adm/adm_state.h"
#include "spatial/layout_table.h"

enum { GAIN_COUNT = 2 * LAYOUT_MAX_CHANNELS }; /* direct, then diffuse */

struct AdmVoice {
    const GainKernels *kernels;
    const AdmPanner *panner;
    const AdmItem *item;
    const double *decoder;
    AdmTimeline *timeline;
    int rate_hz, track, channel_count;
    bool has_span, is_over;
    SampleTime begin, ramp_end, end; /* of the span: ramp [begin, ramp_end), still to end */
    double ramp_at, ramp_step;       /* at begin, for each sample: from 0 to 1 */
    double from[GAIN_COUNT], to[GAIN_COUNT];
    AdmBlock *panned; /* the block that `to` is of, its times taken out; NULL: HOA */
    bool has_panned;
    int active[GAIN_COUNT]; /* the gains that are not 0 at both ends */
    int active_count;
};

void adm_voice_open(const AdmVoiceWay *way,
                    const AdmItem *item,
                    int channel,
                    const double *decoder,
                    Arena *arena,
                    AdmVoice **voice) {
    AdmVoice *const made = arena_alloc(arena, sizeof *made);
    made->kernels = gain_kernels_at_level(cpu_level_choose());
    made->panner = way->panner;
    made->item = item;
    made->decoder = decoder;
    made->rate_hz = way->source.rate_hz;
    made->track = item->channels[channel].track;
    made->panned = decoder ? NULL : arena_alloc(arena, sizeof *made->panned);
    made->channel_count = way->layout->channel_count;
    adm_timeline_open(&way->source, item->channels[channel].channel, item->object, arena,
                      &made->timeline);
    *voice = made;
}

int adm_voice_track(const AdmVoice *voice) {
    return voice->track;
}

/* Masters repeat the block of an object that stands still 50 times a second, and an extent in the
 * cube costs as much as 200 points: only another place or shape is panned again. */
static bool is_panned(AdmVoice *voice, const AdmBlock *block) {
    AdmBlock stripped;
    stripped.facts = block->facts; /* the texts behind are long, and seldom there */
    memcpy(stripped.labels, block->labels, (size_t)block->facts.label_bytes);
    memcpy(stripped.zones, block->zones, (size_t)block->facts.zone_count * sizeof *block->zones);
    adm_block_strip(&stripped);
    const bool is_same = voice->has_panned && adm_block_is_same(&stripped, voice->panned);
    if (!is_same) {
        *voice->panned = *block;
        adm_block_strip(voice->panned);
        voice->has_panned = true;
    }
    return is_same;
}

static void find_gains(AdmVoice *voice, const AdmSpan *span) {
    const int count = voice->channel_count;
    memcpy(voice->from, voice->to, sizeof voice->from);
    if (voice->decoder) {
        memcpy(voice->to, voice->decoder, sizeof(double) * (size_t)count);
    } else if (!is_panned(voice, span->block)) {
        adm_panner_gains(voice->panner, voice->item, span->block, voice->to,
                         voice->to + LAYOUT_MAX_CHANNELS);
    }
    voice->active_count = 0;
    for (int gain = 0; gain < GAIN_COUNT; ++gain) {
        const bool is_ramp = voice->ramp_end > voice->begin;
        if (voice->to[gain] != 0.0 || (is_ramp && voice->from[gain] != 0.0)) {
            voice->active[voice->active_count++] = gain;
        }
    }
}

/* Samples: the first one at or behind a time, and how far into the ramp it is. */
static Status find_samples(AdmVoice *voice, const AdmSpan *span, ErrorList *errors) {
    Rational ramp_end;
    Rational begin;
    Rational length;
    Rational late;
    const Rational rate = {voice->rate_hz, 1};
    voice->begin = rational_to_samples_up(span->begin, voice->rate_hz);
    voice->end = rational_to_samples_up(span->end, voice->rate_hz);
    voice->ramp_end = voice->begin;
    if (span->interpolation.numerator == 0) {
        return DONE;
    }
    if (!rational_add(span->begin, span->interpolation, &ramp_end) ||
        !rational_multiply(span->begin, rate, &begin) ||
        !rational_multiply(span->interpolation, rate, &length) ||
        !rational_subtract((Rational){voice->begin, 1}, begin, &late)) {
        return fail(errors, E442, NO_PLACE, "block %d of %s has times too fine to add up",
                    (int)span->block->facts.number, voice->item->channels[0].channel->id);
    }
    voice->ramp_end = rational_to_samples_up(ramp_end, voice->rate_hz);
    voice->ramp_at = rational_value(late) / rational_value(length);
    voice->ramp_step = 1.0 / rational_value(length);
    return DONE;
}

/* The next span that has samples. */
static Status next_span(AdmVoice *voice, ErrorList *errors) {
    AdmSpan span;
    bool is_there = false;
    TRY(adm_timeline_next(voice->timeline, &span, &is_there, errors));
    voice->has_span = is_there;
    voice->is_over = !is_there;
    if (is_there) {
        TRY(find_samples(voice, &span, errors));
        find_gains(voice, &span);
    }
    return DONE;
}

static double *bus_of(VoiceBuses *buses, int gain) {
    const bool is_diffuse = gain >= LAYOUT_MAX_CHANNELS;
    buses->has_diffuse = buses->has_diffuse || is_diffuse;
    return is_diffuse ? buses->diffuse[gain - LAYOUT_MAX_CHANNELS] : buses->direct[gain];
}

typedef struct VoicePart { /* of a block: where it begins there, and how long it is */
    int64_t at;
    int count;
} VoicePart;

static VoicePart part_of(Span block, SampleTime begin, SampleTime end) {
    const SampleTime first = begin > block.begin ? begin : block.begin;
    const SampleTime last = end < block.end ? end : block.end;
    return (VoicePart){first - block.begin, last > first ? (int)(last - first) : 0};
}

static void add_ramp(
    const AdmVoice *voice, Span block, const double *samples, double *rising, VoiceBuses *buses) {
    const VoicePart part = part_of(block, voice->begin, voice->ramp_end);
    const double first = (double)(block.begin + part.at - voice->begin);
    voice->kernels->ramp(samples + part.at, (double[]){voice->ramp_at, voice->ramp_step, first},
                         part.count, rising);
    for (int index = 0; part.count > 0 && index < voice->active_count; ++index) {
        const int gain = voice->active[index];
        const double line[2] = {voice->from[gain], voice->to[gain] - voice->from[gain]};
        voice->kernels->add_ramped(samples + part.at, rising, line, part.count,
                                   bus_of(buses, gain) + part.at);
    }
}

static void add_still(const AdmVoice *voice, Span block, const double *samples, VoiceBuses *buses) {
    const VoicePart part = part_of(block, voice->ramp_end, voice->end);
    for (int index = 0; part.count > 0 && index < voice->active_count; ++index) {
        const int gain = voice->active[index];
        if (voice->to[gain] != 0.0) {
            voice->kernels->add_scaled(samples + part.at, voice->to[gain], part.count,
                                       bus_of(buses, gain) + part.at);
        }
    }
}

Status adm_voice_add(AdmVoice *voice,
                     Span block,
                     const double *samples,
                     double *scratch,
                     VoiceBuses *buses,
                     ErrorList *errors) {
    while (!voice->is_over) {
        if (!voice->has_span) {
            TRY(next_span(voice, errors));
            continue;
        }
        if (voice->begin >= block.end) {
            return DONE;
        }
        add_ramp(voice, block, samples, scratch, buses);
        add_still(voice, block, samples, buses);
        if (voice->end > block.end) {
            return DONE;
        }
        voice->has_span = false;
    }
    return DONE;
}
