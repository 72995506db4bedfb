/* Sources as gains: fixed ones are scaled, moving ones follow absolute time.
 *
 * Law: what moves a gain is a function of absolute time (gain_motion.h).
 */
#include "render/stages/panned.h"

#include "render/dsp/convolver.h"
#include "render/stages/gain_motion.h"

enum { PORTION_SAMPLES = 4096 };

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

static void add_moving(
    const BusWork *work, const Source *source, GainPart part, Span span, double *const *out) {
    Arena *scratch = work->stage->scratch;
    float samples[PORTION_SAMPLES];
    double **shifted = arena_array(scratch, (size_t)work->channel_count, sizeof *shifted);
    GainMotion motion;
    gain_motion_open(work, source, part, &motion);
    SampleTime end = 0;
    for (SampleTime begin = span.begin; begin < span.end; begin = end) {
        const SampleTime reach = gain_motion_end(&motion, begin);
        end = reach < span.end ? reach : span.end;
        source_read(source, begin, end - begin, samples);
        if (!is_silent(samples, end - begin)) {
            shift_planes(out, begin - span.begin, work->channel_count, shifted);
            gain_motion_add(&motion, (Span){begin, end}, samples, shifted);
        }
    }
}

static void add_scaled(
    const BusWork *work, const float *gains, const float *samples, int64_t count, double **out) {
    for (int channel = 0; channel < work->channel_count; channel++) {
        const double gain = gains[channel];
        for (int64_t sample = 0; gain != 0.0 && sample < count; sample++) {
            out[channel][sample] += gain * samples[sample];
        }
    }
}

static void
add_fixed(const BusWork *work, const Source *source, GainPart part, Span span, double *const *out) {
    Arena *scratch = work->stage->scratch;
    const size_t channels = (size_t)work->channel_count;
    float samples[PORTION_SAMPLES];
    float *gains = arena_array(scratch, channels, sizeof *gains);
    double **shifted = arena_array(scratch, channels, sizeof *shifted);
    const ObjectState state = source_object_of_point(source, 0);
    bus_work_gains(work, source, part, &state, gains);
    for (SampleTime at = span.begin; at < span.end; at += PORTION_SAMPLES) {
        const int64_t rest = span.end - at;
        const int64_t count = rest < PORTION_SAMPLES ? rest : PORTION_SAMPLES;
        source_read(source, at, count, samples);
        if (!is_silent(samples, count)) {
            shift_planes(out, at - span.begin, work->channel_count, shifted);
            add_scaled(work, gains, samples, count, shifted);
        }
    }
}

void panned_add(
    const BusWork *work, const Source *source, GainPart part, Span span, double *const *out) {
    if (source_moves(source)) {
        add_moving(work, source, part, span, out);
    } else {
        add_fixed(work, source, part, span, out);
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
    for (int index = 0; index < work->list->source_count; index++) {
        const Source *source = &work->list->sources[index];
        if (bus_work_slot(work, source) == slot && bus_work_is_diffuse(work, source)) {
            panned_add(work, source, DIFFUSE_PART, span, planes);
        }
    }
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

Status panned_add_all(const BusWork *work, ErrorList *errors) {
    for (int index = 0; index < work->list->source_count; index++) {
        panned_add(work, &work->list->sources[index], DIRECT_PART, work->stage->task->span,
                   work->out);
    }
    for (int slot = 0; slot < PANNER_SLOTS; slot++) {
        if (adds_to_diffuse(work, slot)) {
            TRY(add_diffuse(work, slot, errors));
        }
    }
    return DONE;
}
