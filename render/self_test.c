/* A render in small, as one key: the ticket of a host that wants to compute with others. */
#include "render/self_test.h"

#include "render/base/exact_math.h"
#include "render/base/units.h"
#include "render/dsp/convolver.h"
#include "render/dsp/cpu_level.h"
#include "render/dsp/ear_convolver.h"
#include "render/dsp/gain_kernels.h"
#include "render/dsp/meter.h"
#include "render/dsp/noise.h"
#include "render/dsp/quantize.h"
#include "render/dsp/resample.h"
#include "render/files/opus_encoder.h"
#include "render/model/audio.h"

enum {
    SAMPLES = 8192,
    RESPONSE_SAMPLES = 3000,
    EAR_TAPS = 200,
    EAR_SOURCES = 3,
    CHANNELS = 2,
    RATE_HZ = 48000,
    SOURCE_RATE_HZ = 44100
};

static const double step_rad = 0.37; /* of the functions: reaches all quadrants */

typedef struct SelfTest {
    Arena *arena;
    KeyStream *stream;
    float *noise; /* [SAMPLES] */
} SelfTest;

static void take(SelfTest *test, const void *bytes, size_t size_bytes) {
    key_stream_update(test->stream, bytes, size_bytes);
}

/* Noise of a stream, in -1 .. 1. */
static float *make_noise(Arena *arena, uint64_t stream, int count) {
    float *samples = arena_array(arena, (size_t)count, sizeof *samples);
    for (int sample = 0; sample < count; sample++) {
        samples[sample] = (float)noise_uniform(stream, sample);
    }
    return samples;
}

static double **make_channels(Arena *arena) {
    double **channels = arena_array(arena, CHANNELS, sizeof *channels);
    for (int channel = 0; channel < CHANNELS; channel++) {
        channels[channel] = arena_array(arena, SAMPLES, sizeof **channels);
    }
    return channels;
}

static void take_channels(SelfTest *test, double *const *channels) {
    for (int channel = 0; channel < CHANNELS; channel++) {
        take(test, channels[channel], SAMPLES * sizeof *channels[channel]);
    }
}

static void read_noise(void *context, SampleTime begin, int64_t count, float *samples) {
    const SelfTest *test = context;
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime time = begin + sample;
        samples[sample] = time >= 0 && time < SAMPLES ? test->noise[time] : 0.0F;
    }
}

static void compute_functions(SelfTest *test) {
    for (int step = 1; step < 200; step++) {
        const double x = step_rad * step;
        const double values[] = {exact_sin(x), exact_cos(x), exact_tan(x),   exact_atan2(x, 3.0),
                                 exact_exp(x), exact_log(x), exact_log10(x), exact_pow(x, 0.3)};
        take(test, values, sizeof values);
    }
}

static Status resample(SelfTest *test, ErrorList *errors) {
    Resampler *resampler = NULL;
    int64_t pushed = 0;
    int64_t flushed = 0;
    TRY(resampler_create(SOURCE_RATE_HZ, RATE_HZ, 1, &resampler, errors));
    float *out = arena_array(test->arena, 2 * (size_t)SAMPLES, sizeof *out);
    Status status = resampler_push(resampler, test->noise, SAMPLES, out, &pushed, errors);
    if (status == DONE) {
        status = resampler_flush(resampler, out + pushed, &flushed, errors);
    }
    resampler_destroy(&resampler);
    take(test, out, (size_t)(pushed + flushed) * sizeof *out);
    return status;
}

static Status convolve(SelfTest *test, ErrorList *errors) {
    FilterBank *bank = NULL;
    float *rows[CHANNELS];
    double **out = make_channels(test->arena);
    for (int channel = 0; channel < CHANNELS; channel++) {
        rows[channel] = make_noise(test->arena, (uint64_t)channel + 2, RESPONSE_SAMPLES);
    }
    const AudioBlock responses = {
        .samples = rows, .channel_count = CHANNELS, .sample_count = RESPONSE_SAMPLES};
    TRY(filter_bank_create(&responses, test->arena, &bank, errors));
    const ConvolverSource source = {.read = read_noise, .context = test, .bank = bank};
    TRY(convolver_run(&source, 1, (Span){0, SAMPLES}, out, test->arena, errors));
    take_channels(test, out);
    return DONE;
}

static void make_ears(void *context, int64_t grid_index, float *taps) {
    (void)context;
    for (int tap = 0; tap < EARS * EAR_TAPS; tap++) {
        taps[tap] = (float)noise_uniform((uint64_t)(grid_index + 16), tap);
    }
}

static Status hear(SelfTest *test, ErrorList *errors) {
    EarSource sources[EAR_SOURCES];
    const EarShape shape = {
        .tap_count = EAR_TAPS, .is_moving = true, .span = {0, SAMPLES}
    };
    double **out = make_channels(test->arena);
    for (int source = 0; source < EAR_SOURCES; source++) {
        sources[source] = (EarSource){
            .slot = source, .read = read_noise, .filter_at = make_ears, .context = test};
    }
    TRY(ear_convolver_run(sources, EAR_SOURCES, &shape, out, test->arena, errors));
    take_channels(test, out);
    return DONE;
}

/* Gains that move, then loudness and peaks of what they made. */
static void mix_and_measure(SelfTest *test) {
    const GainKernels *kernels = gain_kernels_at_level(cpu_level_choose());
    const double weights[CHANNELS] = {1.0, 1.41};
    const double line[3] = {0.5, 1.0 / SAMPLES, 0.0};
    double **channels = make_channels(test->arena);
    double *rising = arena_array(test->arena, SAMPLES, sizeof *rising);
    MeterResult result = {0};
    Meter *meter = meter_create(CHANNELS, weights, RATE_HZ, test->arena);
    double *samples = arena_array(test->arena, SAMPLES, sizeof *samples);
    for (int sample = 0; sample < SAMPLES; sample++) {
        samples[sample] = test->noise[sample];
    }
    kernels->ramp(samples, line, SAMPLES, rising);
    kernels->add_scaled(samples, 0.3, SAMPLES, channels[0]);
    kernels->add_ramped(samples, rising, (double[2]){0.2, 0.7}, SAMPLES, channels[1]);
    take_channels(test, channels);
    for (int repeat = 0; repeat < 4; repeat++) { /* 0.68 s: a loudness needs 0.4 s */
        meter_add(meter, (const double *const *)channels, SAMPLES);
    }
    meter_finish(meter, &result);
    const double levels[] = {result.integrated_lufs, result.true_peak_dbtp, result.sample_peak_dbfs,
                             result.max_momentary_lufs};
    take(test, levels, sizeof levels);
}

/* libopus takes its functions from libm, which chooses code by the CPU. */
static Status encode(SelfTest *test, ErrorList *errors) {
    OpusPacketEncoder *encoder = NULL;
    const OpusMapping mono = {.family = 0};
    const char *reason = NULL;
    opus_packet_encoder_create(&mono, 1, opus_bits_per_s(0, 1), test->arena, &encoder, &reason);
    for (int at = 0; encoder && !reason && at + OPUS_PACKET_SAMPLES <= SAMPLES;
         at += OPUS_PACKET_SAMPLES) {
        const OpusPacket packet = opus_packet_encode(encoder, test->noise + at, &reason);
        take(test, packet.bytes, packet.size_bytes);
    }
    opus_packet_encoder_destroy(&encoder);
    return reason ? fail(errors, E621, NO_PLACE, "libopus does not encode: %s", reason) : DONE;
}

static void dither(SelfTest *test) {
    const Quantizer quantizer = {.scale = 32768.0, .has_dither = true, .level = cpu_level_choose()};
    double *gains = arena_array(test->arena, SAMPLES, sizeof *gains);
    double *steps = arena_array(test->arena, SAMPLES, sizeof *steps);
    for (int sample = 0; sample < SAMPLES; sample++) {
        gains[sample] = 0.9;
    }
    const QuantizerInput input = {.samples = test->noise, .gains = gains, .stream = 7};
    quantize(&quantizer, &input, SAMPLES, steps);
    take(test, steps, SAMPLES * sizeof *steps);
}

Status self_test_render(Key *key, ErrorList *errors) {
    SelfTest test = {.arena = arena_create(), .stream = key_stream_create()};
    test.noise = make_noise(test.arena, 1, SAMPLES);
    compute_functions(&test);
    mix_and_measure(&test);
    dither(&test);
    Status status = resample(&test, errors);
    if (status == DONE) {
        status = convolve(&test, errors);
    }
    if (status == DONE) {
        status = hear(&test, errors);
    }
    if (status == DONE) {
        status = encode(&test, errors);
    }
    *key = key_stream_finish(&test.stream);
    arena_destroy(&test.arena);
    return status;
}
