/* Beds from a job's words to samples: channels of constants, and where each of them arrives. */
#include <math.h>

#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, BED_FRAMES = 2 * RATE_HZ, ALL_FRAMES = 3 * RATE_HZ };

/* A number for every channel that no other channels sum to. */
static double level_of(int channel) {
    return (float)(0.01 * sqrt(2.0 + channel));
}

static void write_constants(Bench *bench, int channels) {
    double *samples = calloc((size_t)BED_FRAMES * (size_t)channels, sizeof *samples);
    for (int64_t value = 0; value < (int64_t)BED_FRAMES * channels; value++) {
        samples[value] = level_of((int)(value % channels));
    }
    bench_write_wav(bench, "bed.wav", FLOAT_32, channels, samples, BED_FRAMES);
    free(samples);
}

typedef struct Bed {
    const char *layout; /* of the file */
    int channels;
    const char *words; /* of the layer */
    const char *bus;
} Bed;

static void plan_bed(Bench *bench, const Bed *bed, int span_blocks) {
    bench_open(bench);
    write_constants(bench, bed->channels);
    const char *job =
        arena_format(bench->arena,
                     "nocturne: 1\n"
                     "project: {title: T, code: T, length: 2 s, tail: 1 s}\n"
                     "layers: {mx: {file: bed.wav, layout: '%s'%s}}\n"
                     "deliverables: {a: {layout: '%s', bits: 32f, channel_order: itu}}\n",
                     bed->layout, bed->words, bed->bus);
    bench_plan(bench, job, span_blocks);
}

static const float *render(Bench *bench, const Bed *bed, int span_blocks, int *width) {
    SoundInfo info;
    plan_bed(bench, bed, span_blocks);
    bench_run(bench, "a");
    const float *samples = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, ALL_FRAMES);
    *width = info.channel_count;
    return samples;
}

typedef struct Share { /* what a loudspeaker is given of a channel of the bed */
    int output, input;
    double gain;
} Share;

static double expected_level(const Share *shares, int count, int output) {
    double sum = 0.0;
    for (int share = 0; share < count; share++) {
        const bool is_heard = shares[share].output == output;
        sum += is_heard ? shares[share].gain * level_of(shares[share].input) : 0.0;
    }
    return sum;
}

/* A loudspeaker with one channel at gain 1 is to keep its bits, and so is silence. */
static bool keeps_bits(const Share *shares, int count, int output) {
    int heard = 0;
    bool is_whole = true;
    for (int share = 0; share < count; share++) {
        heard += shares[share].output == output;
        is_whole = is_whole && (shares[share].output != output || shares[share].gain == 1.0);
    }
    return is_whole && heard <= 1;
}

static void expect_plane(const float *out, int width, double expected, double tolerance) {
    for (int64_t frame = 0; frame < ALL_FRAMES; frame++) {
        const double meant = frame < BED_FRAMES ? expected : 0.0;
        assert_true(fabs(out[frame * width] - meant) <= tolerance);
    }
}

/* Loudspeakers without a share are silent. */
static void expect_shares(const Bed *bed, const Share *shares, int share_count) {
    static const double rounding = 2e-8; /* float gains, float sums */
    Bench bench;
    int width = 0;
    const float *out = render(&bench, bed, 2, &width);
    for (int output = 0; output < width; output++) {
        expect_plane(out + output, width, expected_level(shares, share_count, output),
                     keeps_bits(shares, share_count, output) ? 0.0 : rounding);
    }
    bench_close(&bench);
}

#define EXPECT(bed, shares) expect_shares(&(bed), shares, (int)(sizeof(shares) / sizeof *(shares)))

/* Production order: L R C LFE Ls Rs; L R C LFE Lss Rss Lrs Rrs and heights. */
static void a_bed_in_its_own_layout_keeps_every_bit(void **state) {
    (void)state;
    static const Share shares[] = {
        {0, 0, 1.0},
        {1, 1, 1.0},
        {2, 2, 1.0},
        {3, 3, 1.0},
        {4, 4, 1.0},
        {5, 5, 1.0}
    };
    const Bed bed = {"5.1", 6, "", "5.1"};
    EXPECT(bed, shares);
    const Bed taller = {"5.1", 6, "", "5.1.4"};
    EXPECT(taller, shares);
}

/* Half of the power to the sides, half to the rears; nothing goes to heights and wides. */
static void surrounds_are_split_over_sides_and_rears(void **state) {
    (void)state;
    static const char *const buses[] = {"7.1", "7.1.2", "7.1.4", "9.1.6"};
    static const double half = 0.70710678118654752;
    static const Share shares[] = {
        {0, 0, 1.0 },
        {1, 1, 1.0 },
        {2, 2, 1.0 },
        {3, 3, 1.0 },
        {4, 4, half},
        {6, 4, half},
        {5, 5, half},
        {7, 5, half}
    };
    for (size_t bus = 0; bus < sizeof buses / sizeof *buses; bus++) {
        const Bed bed = {"5.1", 6, "", buses[bus]};
        EXPECT(bed, shares);
        const Bed said = {"5.1", 6, ", beds: split", buses[bus]};
        EXPECT(said, shares);
    }
}

static void surrounds_go_to_the_sides_alone_where_the_job_says_so(void **state) {
    (void)state;
    static const Share shares[] = {
        {0, 0, 1.0},
        {1, 1, 1.0},
        {2, 2, 1.0},
        {3, 3, 1.0},
        {4, 4, 1.0},
        {5, 5, 1.0}
    };
    const Bed bed = {"5.1", 6, ", beds: sides", "7.1"};
    EXPECT(bed, shares);
    const Bed taller = {"5.1", 6, ", beds: sides", "7.1.4"};
    EXPECT(taller, shares);
}

/* BS.2127-1, 8.4: M+000 and M+-110 into M+-030 at half power; LFE has no way out. */
static void stereo_of_a_bed_is_the_table_of_the_standard(void **state) {
    (void)state;
    static const double half = 0.70710678118654752;
    static const Share shares[] = {
        {0, 0, 1.0 },
        {1, 1, 1.0 },
        {0, 2, half},
        {1, 2, half},
        {0, 4, half},
        {1, 5, half}
    };
    const Bed bed = {"5.1", 6, "", "2.0"};
    EXPECT(bed, shares);
}

/* M+-090 into M+-030 and M+-110 at half power each, M+-135 into M+-110 whole. */
static void seven_channels_fold_into_five_by_the_table(void **state) {
    (void)state;
    static const double half = 0.70710678118654752;
    static const Share shares[] = {
        {0, 0, 1.0 },
        {1, 1, 1.0 },
        {2, 2, 1.0 },
        {3, 3, 1.0 },
        {0, 4, half},
        {4, 4, half},
        {1, 5, half},
        {5, 5, half},
        {4, 6, 1.0 },
        {5, 7, 1.0 }
    };
    const Bed bed = {"7.1", 8, "", "5.1"};
    EXPECT(bed, shares);
}

/* A turn or a width moves L off its loudspeaker; LFE has no place that could move. */
static void a_bed_with_a_place_of_its_own_is_panned(void **state) {
    (void)state;
    static const char *const words[] = {", pan: {az: 10 deg}", ", width: 80 %"};
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        Bench bench;
        int width = 0;
        const Bed bed = {"5.1", 6, words[word], "5.1"};
        const float *out = &render(&bench, &bed, 2, &width)[(int64_t)RATE_HZ * width];
        assert_true(out[3] == (float)level_of(3));
        assert_true(fabs((double)out[0] - level_of(0)) > 1e-4);
        bench_close(&bench);
    }
}

/* 110 degrees are not half way from 90 to 135: vbap gives the sides more than the rears. */
static void vbap_pans_the_surrounds_of_a_bed(void **state) {
    (void)state;
    Bench bench;
    int width = 0;
    const Bed bed = {"5.1", 6, ", panner: vbap", "7.1"};
    const float *out = &render(&bench, &bed, 2, &width)[(int64_t)RATE_HZ * width];
    assert_true(out[6] > 0.0F);
    assert_true((double)out[4] - (double)out[6] > 1e-3);
    bench_close(&bench);
}

/* The bus 1.0 has no L and R for the table: everything is panned, nothing but LFE is lost. */
static void mono_of_a_bed_hears_every_channel(void **state) {
    (void)state;
    static const Share shares[] = {
        {0, 0, 1.0},
        {0, 1, 1.0},
        {0, 2, 1.0},
        {0, 4, 1.0},
        {0, 5, 1.0}
    };
    const Bed bed = {"5.1", 6, "", "1.0"};
    EXPECT(bed, shares);
}

static Key first_bus_key(const char *words, const char *bus) {
    Bench bench;
    const Bed bed = {"5.1", 6, words, bus};
    plan_bed(&bench, &bed, 2);
    Key key = {0};
    for (int task = 0; task < bench.plan->task_count && key_is_zero(key); task++) {
        if (bench.plan->tasks[task].kind == TASK_SPATIALIZE) {
            key = bench.plan->tasks[task].outputs[0];
        }
    }
    bench_close(&bench);
    assert_false(key_is_zero(key));
    return key;
}

static void another_word_for_the_surrounds_is_another_result(void **state) {
    (void)state;
    const Key split = first_bus_key("", "7.1");
    const Key sides = first_bus_key(", beds: sides", "7.1");
    const Key again = first_bus_key(", beds: split", "7.1");
    assert_memory_not_equal(&split, &sides, sizeof split);
    assert_memory_equal(&split, &again, sizeof split);
}

static void beds_are_the_same_for_any_cut(void **state) {
    (void)state;
    static const int spans[] = {1, 2, 16};
    const Bed bed = {"5.1", 6, "", "7.1.4"};
    Bench reference;
    int width = 0;
    const float *expected = render(&reference, &bed, 3, &width);
    for (size_t cut = 0; cut < sizeof spans / sizeof *spans; cut++) {
        Bench bench;
        const float *out = render(&bench, &bed, spans[cut], &width);
        assert_memory_equal(out, expected, sizeof(float) * ALL_FRAMES * (size_t)width);
        bench_close(&bench);
    }
    bench_close(&reference);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bed_in_its_own_layout_keeps_every_bit),
        cmocka_unit_test(surrounds_are_split_over_sides_and_rears),
        cmocka_unit_test(surrounds_go_to_the_sides_alone_where_the_job_says_so),
        cmocka_unit_test(stereo_of_a_bed_is_the_table_of_the_standard),
        cmocka_unit_test(seven_channels_fold_into_five_by_the_table),
        cmocka_unit_test(a_bed_with_a_place_of_its_own_is_panned),
        cmocka_unit_test(vbap_pans_the_surrounds_of_a_bed),
        cmocka_unit_test(mono_of_a_bed_hears_every_channel),
        cmocka_unit_test(another_word_for_the_surrounds_is_another_result),
        cmocka_unit_test(beds_are_the_same_for_any_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
