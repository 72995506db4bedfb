/* A span is rendered in slices of 2^18 samples: whoever listens does not find their borders. */
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, SECONDS = 12, RESPONSE_SAMPLES = 30000, RESPONSE_CHANNELS = 6 };

/* Noise between -1 and 1 that falls to `last` of its level. */
static void write_noise(Bench *bench, const char *name, int channels, int64_t frames, double last) {
    double *samples = calloc((size_t)(frames * channels), sizeof *samples);
    uint32_t word = 1;
    for (int64_t value = 0; value < frames * channels; value++) {
        word = word * 1664525U + 1013904223U;
        const double level = 1.0 + (last - 1.0) * (double)value / (double)(frames * channels);
        samples[value] = 0.1 * level * ((double)word / 2147483648.0 - 1.0);
    }
    bench_write_wav(bench, name, FLOAT_32, channels, samples, frames);
    free(samples);
}

/* Rooms of one input and of many, sources that stay and that move; dry parts. */
static const char job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 12 s, tail: 1 s}\n"
    "rooms:\n"
    "  wide: {ir: i.wav, layout: 5.1, predelay: 7 ms}\n"
    "  one: {ir: i.wav, layout: 5.1, input: mono}\n"
    "layers:\n"
    "  dx: {file: n.wav, pan: {az: 20 deg}, send: {wide: -6 dB, one: -3 dB}}\n"
    "  dx2: {file: n.wav, at: 1.3 s, path: {points: [[0 s, {az: -90 deg}], [10 s, {az: 90 deg}]]}, "
    "send: {wide: 0}, stem: dx}\n"
    "deliverables: {a: {layout: 5.1, bits: 32f, stems: [dx, dx.dry]}}\n";

static const float *render(Bench *bench, int span_blocks, const char *name, int output) {
    SoundInfo info;
    bench_plan(bench, job, span_blocks);
    bench_run(bench, name);
    return bench_read(bench, bench_output(bench, 0, output, 0), &info);
}

static void slices_of_a_span_are_the_same_bits_as_short_spans(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_noise(&bench, "n.wav", 1, (int64_t)SECONDS * RATE_HZ, 1.0);
    write_noise(&bench, "i.wav", RESPONSE_CHANNELS, RESPONSE_SAMPLES, 0.001);
    for (int output = 0; output < 2; output++) {
        const float *sliced = render(&bench, 16, "long", output);
        const float *whole = render(&bench, 7, "short", output);
        const size_t count = (size_t)bench.mix->length_samples * RESPONSE_CHANNELS;
        assert_true(count > (size_t)SECONDS * RATE_HZ * RESPONSE_CHANNELS);
        assert_memory_equal(sliced, whole, count * sizeof *sliced);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_of_a_span_are_the_same_bits_as_short_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
