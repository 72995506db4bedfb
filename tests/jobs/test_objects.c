/* Objects of BS.2127 from a job's words to samples: extent, lock, zones, diffuse, cube, motion. */
#include <math.h>

#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, CHANNELS_714 = 12 };

/* What bench_write_noise has written into n.wav. */
static double source_at(int64_t frame) {
    return (float)(0.25 * noise_at((uint64_t)frame + 977 * (uint64_t)'n'));
}

/* The first output of the first deliverable. */
static const float *render(Bench *bench, const char *job, int span_blocks) {
    SoundInfo info;
    bench_open(bench);
    bench_write_noise(bench, "n.wav", FLOAT_32, 1, 2 * RATE_HZ, 0.25);
    bench_plan(bench, job, span_blocks);
    bench_run(bench, "a");
    const float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, 3 * RATE_HZ);
    return samples;
}

static double energy_of(const float *samples, int width, int channel) {
    double energy = 0.0;
    for (int64_t frame = 0; frame < 3 * RATE_HZ; frame++) {
        energy += (double)samples[frame * width + channel] * samples[frame * width + channel];
    }
    return energy;
}

static double source_energy(void) {
    double energy = 0.0;
    for (int64_t frame = 0; frame < 2 * RATE_HZ; frame++) {
        const double value = source_at(frame);
        energy += value * value;
    }
    return energy;
}

#define JOB(pan, more)                                                                             \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, length: 2 s, tail: 1 s" more "}\n"                               \
    "layers: {mx: {file: n.wav, " pan "}}\n"                                                       \
    "deliverables: {a: {layout: 7.1.4, bits: 32f, channel_order: itu}}\n"

static void zones_keep_a_layer_off_the_centre(void **state) {
    (void)state;
    Bench bench;
    const float *out = render(&bench, JOB("pan: {az: 0 deg, zones: no-centre}", ""), 16);
    assert_true(energy_of(out, CHANNELS_714, 2) == 0.0);
    const double left = energy_of(out, CHANNELS_714, 0);
    const double right = energy_of(out, CHANNELS_714, 1);
    assert_true(fabs(left / right - 1.0) < 1e-6);
    assert_true(fabs((left + right) / source_energy() - 1.0) < 1e-5);
    bench_close(&bench);
}

static void a_locked_object_is_in_one_loudspeaker(void **state) {
    (void)state;
    Bench bench;
    const float *out = render(&bench, JOB("pan: {az: 80 deg, el: 8 deg, lock: yes}", ""), 16);
    for (int channel = 0; channel < CHANNELS_714; channel++) {
        const double expected = channel == 4 ? source_energy() : 0.0; /* Lss */
        assert_true(fabs(energy_of(out, CHANNELS_714, channel) - expected) <
                    1e-5 * source_energy());
    }
    bench_close(&bench);
}

static void a_corner_of_the_cube_is_its_loudspeaker(void **state) {
    (void)state;
    Bench bench;
    const float *out = render(&bench, JOB("pan: {x: -100 %, y: 100 %, z: 100 %}", ""), 16);
    assert_true(fabs(energy_of(out, CHANNELS_714, 8) / source_energy() - 1.0) < 1e-5); /* Ltf */
    bench_close(&bench);
}

/* Noise through all-passes keeps its power, and no sample of it is the source's own. */
static void a_diffuse_object_keeps_its_power_and_loses_its_likeness(void **state) {
    (void)state;
    Bench bench;
    const float *out = render(&bench, JOB("pan: {az: 30 deg, diffuse: 100 %}", ""), 2);
    double total = 0.0;
    for (int channel = 0; channel < CHANNELS_714; channel++) {
        total += energy_of(out, CHANNELS_714, channel);
    }
    assert_true(fabs(total / source_energy() - 1.0) < 0.01);
    double likeness = 0.0;
    for (int64_t frame = 0; frame < 2 * RATE_HZ; frame++) {
        likeness += out[frame * CHANNELS_714] * source_at(frame);
    }
    assert_true(fabs(likeness) < 0.2 * source_energy());
    bench_close(&bench);
}

static void half_of_a_half_diffuse_object_stays_in_its_place(void **state) {
    (void)state;
    Bench bench;
    const float *out = render(&bench, JOB("pan: {az: 30 deg, diffuse: 50 %}", ""), 16);
    double likeness = 0.0;
    for (int64_t frame = 0; frame < 2 * RATE_HZ; frame++) {
        likeness += out[frame * CHANNELS_714] * source_at(frame);
    }
    /* direct gain sqrt(0.5), plus what little the all-pass has at delay 255 */
    assert_true(fabs(likeness / source_energy() - sqrt(0.5)) < 0.1);
    bench_close(&bench);
}

static const char busy_path[] =
    "path: {points: [[0.2 s, {az: 110 deg, diffuse: 40 %, width: 30 deg}], "
    "[0.7 s, {az: 10 deg, el: 50 deg}], [1.9 s, {az: -140 deg}]]}";

static void assert_same_for_any_cut(const char *job) {
    static const int spans[] = {1, 2, 16};
    Bench reference;
    const float *expected = render(&reference, job, 3);
    for (size_t cut = 0; cut < sizeof spans / sizeof *spans; cut++) {
        Bench bench;
        const float *out = render(&bench, job, spans[cut]);
        assert_memory_equal(out, expected, sizeof(float) * 3 * RATE_HZ * CHANNELS_714);
        bench_close(&bench);
    }
    bench_close(&reference);
}

static void moving_diffuse_objects_are_the_same_for_any_cut(void **state) {
    (void)state;
    char job[1024];
    snprintf(job, sizeof job, JOB("%s", "%s"), "", busy_path);
    assert_same_for_any_cut(job);
    snprintf(job, sizeof job, JOB("%s", "%s"), ", motion: bs2127", busy_path);
    assert_same_for_any_cut(job);
}

/* From L to R in the standard's motion: half way both have half the gain, 3 dB less power in all.
 */
static void standard_motion_ramps_in_a_straight_line(void **state) {
    (void)state;
    static const char path[] = "path: {points: [[0 s, {az: 30 deg}], [2 s, {az: -30 deg}]]}";
    char job[1024];
    Bench bench;
    snprintf(job, sizeof job, JOB("%s", "%s"), ", motion: bs2127", path);
    const float *out = render(&bench, job, 16);
    for (int64_t frame = 1; frame < 2 * RATE_HZ; frame += 997) {
        const double position = (double)frame / (2 * RATE_HZ);
        const double source = source_at(frame);
        assert_true(fabs(out[frame * CHANNELS_714] - (1.0 - position) * source) < 1e-6);
        assert_true(fabs(out[frame * CHANNELS_714 + 1] - position * source) < 1e-6);
        assert_true(out[frame * CHANNELS_714 + 2] == 0.0F);
    }
    bench_close(&bench);
}

/* Enhanced motion passes through the centre and keeps its power all the way. */
static void enhanced_motion_keeps_its_power(void **state) {
    (void)state;
    static const char path[] = "path: {points: [[0 s, {az: 30 deg}], [2 s, {az: -30 deg}]]}";
    char job[1024];
    Bench bench;
    snprintf(job, sizeof job, JOB("%s", "%s"), "", path);
    const float *out = render(&bench, job, 16);
    for (int64_t frame = 1; frame < 2 * RATE_HZ; frame += 499) {
        const double source = source_at(frame);
        double power = 0.0;
        for (int channel = 0; channel < CHANNELS_714; channel++) {
            const double value = out[frame * CHANNELS_714 + channel];
            power += value * value;
        }
        assert_true(fabs(power - source * source) < 0.0115 * source * source + 1e-12); /* 0.05 dB */
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_keep_a_layer_off_the_centre),
        cmocka_unit_test(a_locked_object_is_in_one_loudspeaker),
        cmocka_unit_test(a_corner_of_the_cube_is_its_loudspeaker),
        cmocka_unit_test(a_diffuse_object_keeps_its_power_and_loses_its_likeness),
        cmocka_unit_test(half_of_a_half_diffuse_object_stays_in_its_place),
        cmocka_unit_test(moving_diffuse_objects_are_the_same_for_any_cut),
        cmocka_unit_test(standard_motion_ramps_in_a_straight_line),
        cmocka_unit_test(enhanced_motion_keeps_its_power),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
