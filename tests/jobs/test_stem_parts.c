/* Dry and wet parts of a stem: their sum is the stem, in every format, in every sample. */
#include "tests/support/render_job.h"

#include <math.h>

#include "render/stages/stem_parts.h"

enum { RATE_HZ = 48000, CHANNELS = 6, FRAMES = 2 * RATE_HZ };

static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

static void integer_parts_stay_in_range_and_add_up(void **state) {
    (void)state;
    uint64_t random = 1;
    const double scale = 32768.0;
    for (int trial = 0; trial < 200000; trial++) {
        const double whole = (double)(next_random(&random) & 0xffffU) - scale;
        const double dry = (double)(next_random(&random) & 0xffffU) - scale;
        const StemParts parts = stem_parts_of_integers(whole, dry, scale);
        assert_true(parts.whole == whole && parts.dry + parts.wet == whole);
        assert_true(parts.dry >= -scale && parts.dry <= scale - 1.0);
        assert_true(parts.wet >= -scale && parts.wet <= scale - 1.0);
        if (fabs(whole - dry) < scale - 1.0) {
            assert_true(parts.dry == dry);
        }
    }
}

static void float_parts_add_up_in_float_arithmetic(void **state) {
    (void)state;
    uint64_t random = 2;
    for (int trial = 0; trial < 200000; trial++) {
        const double dry = ((double)next_random(&random) - 1e9) * pow(10.0, -9.0 - trial % 9);
        const double wet = ((double)next_random(&random) - 1e9) * pow(10.0, -9.0 - trial % 7);
        const StemParts parts = stem_parts_of_floats(dry, wet, false);
        const float sum = (float)parts.dry + (float)parts.wet;
        assert_true((double)sum == parts.whole && (double)(float)parts.dry == parts.dry);
        const double step = fmax(fabs(dry), fabs(wet)) * 0x1p-23;
        assert_true(fabs(parts.whole - (dry + wet)) <= 2.0 * step);
        const StemParts exact = stem_parts_of_floats(dry, wet, true);
        assert_true(exact.dry == dry && exact.wet == wet && exact.whole == dry + wet);
    }
}

/* Noise of a second from sample 1000 on, loud enough for the limiter. */
static void write_noise(Bench *bench) {
    double *samples = calloc(RATE_HZ, sizeof *samples);
    uint64_t random = 3;
    for (int sample = 1000; sample < RATE_HZ; sample++) {
        samples[sample] = ((double)next_random(&random) / 0x1p30 - 1.0) * 0.9;
    }
    bench_write_wav(bench, "n.wav", FLOAT_32, 1, samples, RATE_HZ);
    free(samples);
}

static const char form[] = "nocturne: 1\n"
                           "project: {title: T, code: T, length: 1 s, tail: 1 s}\n"
                           "rooms: {hall: {shoebox: {size: [6 m, 8 m, 3 m], t60: 500 ms}}}\n"
                           "layers:\n"
                           "  mx: {file: n.wav, pan: {az: 20 deg}, send: {hall: 3 dB}}\n"
                           "  fx: {file: n.wav, gain: -9 dB, at: 0.1 s}\n"
                           "deliverables: {a: {layout: 5.1, bits: %s, stems: [full, mx%s, fx]}}\n";

static const float *
render(Bench *bench, const char *bits, const char *parts, int span_blocks, int output) {
    SoundInfo info;
    bench_plan(bench, arena_format(bench->arena, form, bits, parts), span_blocks);
    bench_run(bench, arena_format(bench->arena, "%s-%s-%d", bits, parts, span_blocks));
    const float *samples = bench_read(bench, bench_output(bench, 0, output, 0), &info);
    assert_int_equal(info.frame_count, FRAMES);
    return samples;
}

static void dry_and_wet_files_add_up_to_the_stem(void **state) {
    (void)state;
    static const char *const formats[] = {"16", "24", "32f"};
    for (int format = 0; format < 3; format++) {
        Bench bench;
        bench_open(&bench);
        write_noise(&bench);
        const char *bits = formats[format];
        const float *stem = render(&bench, bits, ", mx.dry, mx.wet", 16, 1);
        const float *dry = render(&bench, bits, ", mx.dry, mx.wet", 16, 2);
        const float *wet = render(&bench, bits, ", mx.dry, mx.wet", 16, 3);
        const float *alone = render(&bench, bits, "", 16, 1);
        double dry_energy = 0.0;
        double wet_energy = 0.0;
        double change = 0.0;
        for (int value = 0; value < FRAMES * CHANNELS; value++) {
            assert_true(dry[value] + wet[value] == stem[value]);
            dry_energy += (double)(dry[value] * dry[value]);
            wet_energy += (double)(wet[value] * wet[value]);
            change = fmax(change, fabs((double)(stem[value] - alone[value])));
            if (value < 1000 * CHANNELS) {
                assert_true(dry[value] == 0.0F);
            }
            if (value >= RATE_HZ * CHANNELS) {
                assert_true(dry[value] == 0.0F); /* rooms alone ring on */
            }
        }
        assert_true(dry_energy > 10.0 && wet_energy > 10.0);
        assert_true(change <= (format == 2 ? 0x1p-23 : 0.0)); /* asking for parts changes nothing */
        bench_close(&bench);
    }
}

static void parts_are_the_same_bits_in_every_cut(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_noise(&bench);
    for (int output = 1; output < 4; output++) {
        const float *whole = render(&bench, "24", ", mx.dry, mx.wet", 16, output);
        const float *cut = render(&bench, "24", ", mx.dry, mx.wet", 1, output);
        assert_memory_equal(whole, cut, sizeof *whole * FRAMES * CHANNELS);
    }
    bench_close(&bench);
}

/* What is there already is not rendered again when parts are asked for later, and the dry part does
 * not depend on sends. */
static void parts_have_keys_of_their_own(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_noise(&bench);
    bench_plan(&bench, arena_format(bench.arena, form, "24", ""), 16);
    const Plan *without = bench.plan;
    bench_plan(&bench, arena_format(bench.arena, form, "24", ", mx.wet"), 16);
    const Plan *with = bench.plan;
    const Task *plain = &without->tasks[without->spatialize_tasks[0]];
    const Task *parted = &with->tasks[with->spatialize_tasks[0]];
    assert_true(key_equal(plain->outputs[0], parted->outputs[0]));
    assert_true(key_is_zero(plain->outputs[1]) && !key_is_zero(parted->outputs[1]));
    assert_true(key_is_zero(with->tasks[with->spatialize_tasks[1]].outputs[1])); /* fx */
    assert_false(key_equal(without->tasks[without->encode_tasks[0]].outputs[0],
                           with->tasks[with->encode_tasks[0]].outputs[0]));
    char *softer = arena_format(bench.arena, form, "24", ", mx.wet");
    memcpy(strstr(softer, "3 dB}"), "2 dB}", 5);
    bench_plan(&bench, softer, 16);
    const Task *other = &bench.plan->tasks[bench.plan->spatialize_tasks[0]];
    assert_false(key_equal(other->outputs[0], parted->outputs[0]));
    assert_true(key_equal(other->outputs[1], parted->outputs[1]));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integer_parts_stay_in_range_and_add_up),
        cmocka_unit_test(float_parts_add_up_in_float_arithmetic),
        cmocka_unit_test(dry_and_wet_files_add_up_to_the_stem),
        cmocka_unit_test(parts_are_the_same_bits_in_every_cut),
        cmocka_unit_test(parts_have_keys_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
