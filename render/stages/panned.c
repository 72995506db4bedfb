/* Sources as gains: fixed ones are scaled, moving ones follow absolute time.
 *
 * Law: what moves a gain is a function of absolute time (gain_motion.h).
 */
#include "render/stages/panned.h"

#include <assert.h>

#include "render/dsp/convolver.h"
#include "render/dsp/planes.h"

static bool is_silent(const float *samples, int64_t count) {
    for (int64_t sample = 0; sample < count; sample++) {
        if (samples[sample] != 0.0F) {
            return false;
        }
    }
    return true;
}

/* Planes that begin later: out + offset. */
static void shift_planes(double *const *out, int64_t offset, int count, double **shifted) {
    for (int channel = 0; channel < count; channel++) {
        shifted[channel] = out[channel] + offset;
    }
}

void panned_open(const BusWork *work, const Source *source, GainPart part, PannedSource *panned) {
    Arena *scratch = work->stage->scratch;
    const size_t channels = (size_t)work->channel_count;
    *panned = (PannedSource){.source = source,
                             .kernels = gain_kernels_at_level(cpu_level_choose()),
                             .channel_count = work->channel_count};
    for (int nesting = 0; nesting < 2; nesting++) {
        panned->shifted[nesting] = arena_array(scratch, channels, sizeof *panned->shifted[nesting]);
    }
    if (source_moves(source)) {
        gain_motion_open(work, source, part, &panned->motion);
    } else {
        const ObjectState state = source_object_of_point(source, 0);
        panned->gains = arena_array(scratch, channels, sizeof *panned->gains);
        bus_work_gains(work, source, part, &state, panned->gains);
    }
}

bool panned_reaches(const PannedSource *panned, int channel) {
    return !panned->gains || panned->gains[channel] != 0.0F;
}

static void add_moving(PannedSource *panned, Span span, const float *samples, double **out) {
    double **const shifted = panned->shifted[1];
    SampleTime end = 0;
    for (SampleTime begin = span.begin; begin < span.end; begin = end) {
        const SampleTime reach = gain_motion_end(&panned->motion, begin);
        const int64_t offset = begin - span.begin;
        end = reach < span.end ? reach : span.end;
        if (!is_silent(samples + offset, end - begin)) {
            shift_planes(out, offset, panned->channel_count, shifted);
            gain_motion_add(&panned->motion, (Span){begin, end}, samples + offset, shifted);
        }
    }
}

/* send: NULL: as it is. */
static void add_fixed(
    const PannedSource *panned, const double *send, const float *samples, int count, double **out) {
    double values[GAIN_SLICE_SAMPLES];
    planes_widen(samples, count, values);
    for (int channel = 0; channel < panned->channel_count; channel++) {
        const double gain = (double)panned->gains[channel];
        if (panned_reaches(panned, channel) && send) {
            panned->kernels->add_scaled_twice(values, (const double[]){gain, *send}, count,
                                              out[channel]);
        } else if (panned_reaches(panned, channel)) {
            panned->kernels->add_scaled(values, gain, count, out[channel]);
        }
    }
}

static bool add_slice(PannedSource *panned, const double *send, Span slice, double **out) {
    float samples[GAIN_SLICE_SAMPLES];
    const int count = (int)(slice.end - slice.begin);
    source_read(panned->source, slice.begin, count, samples);
    if (is_silent(samples, count)) {
        return false;
    }
    if (panned->gains) {
        add_fixed(panned, send, samples, count, out);
    } else {
        add_moving(panned, slice, samples, out);
    }
    return true;
}

static bool add_slices(PannedSource *panned, const double *send, Span span, double *const *out) {
    bool sounds = false;
    SampleTime end = 0;
    for (SampleTime begin = span.begin; begin < span.end; begin = end) {
        const SampleTime reach = gain_motion_slice_end(begin);
        end = reach < span.end ? reach : span.end;
        shift_planes(out, begin - span.begin, panned->channel_count, panned->shifted[0]);
        sounds = add_slice(panned, send, (Span){begin, end}, panned->shifted[0]) || sounds;
    }
    return sounds;
}

bool panned_add(PannedSource *panned, Span span, double *const *out) {
    return add_slices(panned, NULL, span, out);
}

bool panned_add_sent(PannedSource *panned, double send, Span span, double *const *out) {
    assert(panned->gains);
    return add_slices(panned, &send, span, out);
}

/* A slice of all sources after the other: its planes stay in the cache. */
static void add_sources(
    const BusWork *work, PannedSource *sources, int source_count, Span span, double *const *out) {
    double **shifted =
        arena_array(work->stage->scratch, (size_t)work->channel_count, sizeof *shifted);
    SampleTime end = 0;
    for (SampleTime begin = span.begin; begin < span.end; begin = end) {
        const SampleTime reach = gain_motion_slice_end(begin);
        end = reach < span.end ? reach : span.end;
        shift_planes(out, begin - span.begin, work->channel_count, shifted);
        for (int index = 0; index < source_count; index++) {
            panned_add(&sources[index], (Span){begin, end}, shifted);
        }
    }
}

typedef struct DiffuseChannel { /* one channel of the diffuse bus over a span and its margins */
    const float *samples;
    Span span;
    int delay_samples;
} DiffuseChannel;

static void read_diffuse(void *context, SampleTime begin, int64_t count, float *samples) {
    const DiffuseChannel *channel = context;
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime at = begin + sample + channel->delay_samples;
        const bool is_known = at >= channel->span.begin && at < channel->span.end;
        samples[sample] = is_known ? channel->samples[at - channel->span.begin] : 0.0F;
    }
}

/* Convolves one channel with its decorrelator, which is heard early by its own delay. */
static Status decorrelate(const BusWork *work,
                          Decorrelator filter,
                          DiffuseChannel *channel,
                          double *out,
                          ErrorList *errors) {
    float *taps = arena_array(work->stage->scratch, (size_t)filter.tap_count, sizeof *taps);
    for (int tap = 0; tap < filter.tap_count; tap++) {
        taps[tap] = filter.taps[tap];
    }
    const AudioBlock block = {
        .samples = &taps, .channel_count = 1, .sample_count = filter.tap_count};
    FilterBank *bank = NULL;
    channel->delay_samples = filter.delay_samples;
    TRY(filter_bank_create_by(work->stage->mix->fft, &block,
                              convolver_block_samples(filter.tap_count), work->stage->scratch,
                              &bank, errors));
    const ConvolverSource source = {.read = read_diffuse, .context = channel, .bank = bank};
    return convolver_run(&source, 1, work->stage->task->span, &out, work->stage->scratch, errors);
}

/* How far beyond a span the convolver reads for so short a filter, its delay included. */
static int64_t diffuse_margin_samples(Decorrelator filter) {
    return 4 * (int64_t)convolver_block_samples(filter.tap_count) + filter.delay_samples;
}

static bool adds_to_diffuse(const BusWork *work, int slot) {
    for (int index = 0; index < work->list->source_count; index++) {
        const Source *source = &work->list->sources[index];
        if (bus_work_slot(work, source) == slot && bus_work_is_diffuse(work, source)) {
            return true;
        }
    }
    return false;
}

/* The diffuse bus of the sources of one panner. */
static Status add_diffuse(const BusWork *work, int slot, ErrorList *errors) {
    Arena *scratch = work->stage->scratch;
    const Spatializer *panner = work->panners[slot];
    const Span inner = work->stage->task->span;
    const int64_t margin = diffuse_margin_samples(panner->decorrelator(work->selves[slot], 0));
    const Span span = {inner.begin - margin, inner.end + margin};
    const size_t length = (size_t)(span.end - span.begin);
    double **planes = arena_array(scratch, (size_t)work->channel_count, sizeof *planes);
    for (int channel = 0; channel < work->channel_count; channel++) {
        planes[channel] = arena_array(scratch, length, sizeof **planes);
    }
    PannedSource *panned = arena_array(scratch, (size_t)work->list->source_count, sizeof *panned);
    int source_count = 0;
    for (int index = 0; index < work->list->source_count; index++) {
        const Source *source = &work->list->sources[index];
        if (bus_work_slot(work, source) == slot && bus_work_is_diffuse(work, source)) {
            panned_open(work, source, DIFFUSE_PART, &panned[source_count++]);
        }
    }
    add_sources(work, panned, source_count, span, planes);
    float *samples = arena_array(scratch, length, sizeof *samples);
    for (int channel = 0; channel < work->channel_count; channel++) {
        const Decorrelator filter = panner->decorrelator(work->selves[slot], channel);
        for (size_t sample = 0; sample < length; sample++) {
            samples[sample] = (float)planes[channel][sample];
        }
        DiffuseChannel diffuse = {.samples = samples, .span = span};
        TRY(filter.taps ? decorrelate(work, filter, &diffuse, work->out[channel], errors) : DONE);
    }
    return DONE;
}

bool panned_has_diffuse(const BusWork *work) {
    bool has_some = false;
    for (int slot = 0; slot < PANNER_SLOTS; slot++) {
        has_some = has_some || adds_to_diffuse(work, slot);
    }
    return has_some;
}

Status panned_add_all(const BusWork *work, ErrorList *errors) {
    const size_t most = (size_t)work->list->source_count;
    PannedSource *panned = arena_array(work->stage->scratch, most, sizeof *panned);
    int source_count = 0;
    for (int index = 0; index < work->list->source_count; index++) {
        const Source *source = &work->list->sources[index];
        if (!bus_work_is_elsewhere(work, source)) {
            panned_open(work, source, DIRECT_PART, &panned[source_count++]);
        }
    }
    add_sources(work, panned, source_count, work->stage->task->span, work->out);
    for (int slot = 0; slot < PANNER_SLOTS; slot++) {
        if (adds_to_diffuse(work, slot)) {
            TRY(add_diffuse(work, slot, errors));
        }
    }
    return DONE;
}
