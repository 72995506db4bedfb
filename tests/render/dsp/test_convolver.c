/* The convolvers against direct sums in double, and the law: any cut gives the same bits. */
#include "tests/support/convolver_world.h"

static void block_size_depends_on_the_length_of_the_response_alone(void **state) {
    (void)state;
    assert_int_equal(convolver_block_samples(1), 2048);
    assert_int_equal(convolver_block_samples(18432), 2048); /* 6144: the middle */
    assert_int_equal(convolver_block_samples(18433), 4096);
    assert_int_equal(convolver_block_samples(96000), 16384);  /* 2 s: 32000 */
    assert_int_equal(convolver_block_samples(192000), 32768); /* 4 s: 64000 */
    assert_int_equal(convolver_block_samples(100000000), 32768);
}

static void convolver_equals_direct_sum(void **state) {
    (void)state;
    World world = make_world();
    const AudioBlock responses = make_responses(world.arena, 5000, 7);
    FilterBank *bank = NULL;
    assert_int_equal(filter_bank_create_sized(&responses, 1024, world.arena, &bank, world.errors),
                     DONE);
    assert_int_equal(filter_bank_partition_count(bank), 5);
    const ConvolverSource source = {read_material, make_material(world.arena, 99), bank};
    const Span span = {-BEFORE, MATERIAL + 6000};
    double **out = make_out(world.arena, span.end - span.begin);
    assert_int_equal(convolver_run(&source, 1, span, out, world.arena, world.errors), DONE);
    double error = 0;
    double signal = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (SampleTime at = span.begin; at < span.end; at += 3) {
            const double truth = direct_sum(source.context, &responses, channel, at);
            const double difference = out[channel][at - span.begin] - truth;
            error += difference * difference;
            signal += truth * truth;
        }
    }
    assert_true(level_db(error, signal) <= -125);
    arena_destroy(&world.arena);
}

/* Renders the span in pieces and compares every bit with `whole`, which begins at -BEFORE. */
static void check_cuts(const ConvolverSource *sources,
                       int source_count,
                       double *const *whole,
                       const SampleTime *borders,
                       int border_count) {
    for (int piece = border_count - 2; piece >= 0; piece--) { /* backwards: order is no matter */
        World world = make_world();
        const Span span = {borders[piece], borders[piece + 1]};
        const size_t length = (size_t)(span.end - span.begin);
        double **out = make_out(world.arena, span.end - span.begin);
        assert_int_equal(convolver_run(sources, source_count, span, out, world.arena, world.errors),
                         DONE);
        for (int channel = 0; channel < CHANNELS; channel++) {
            const double *expected = whole[channel] + (span.begin + BEFORE);
            assert_memory_equal(out[channel], expected, length * sizeof(double));
        }
        arena_destroy(&world.arena);
    }
}

static void convolver_gives_the_same_bits_for_every_cut(void **state) {
    (void)state;
    World world = make_world();
    const AudioBlock longer = make_responses(world.arena, 5000, 7);
    const AudioBlock shorter = make_responses(world.arena, 700, 17);
    FilterBank *banks[2] = {0};
    filter_bank_create_sized(&longer, 1024, world.arena, &banks[0], world.errors);
    filter_bank_create_sized(&shorter, 1024, world.arena, &banks[1], world.errors);
    const ConvolverSource sources[] = {
        {read_material, make_material(world.arena, 1), banks[0]},
        {read_material, make_material(world.arena, 2), banks[1]}
    };
    const Span span = {-BEFORE, 15000};
    double **whole = make_out(world.arena, span.end - span.begin);
    convolver_run(sources, 2, span, whole, world.arena, world.errors);
    static const SampleTime cuts[][7] = {
        {-BEFORE, -1,    0,     1,     2,     15000, 15000},
        {-BEFORE, -2048, -1024, 0,     1024,  8192,  15000},
        {-777,    3,     511,   512,   1023,  1024,  1025 },
        {5,       6,     1029,  4999,  5000,  9999,  10001},
        {1023,    1024,  1025,  2047,  2048,  2049,  2050 },
        {8999,    9000,  9001,  12000, 13999, 14999, 15000},
        {333,     3333,  3334,  7001,  7002,  7003,  12345},
    };
    for (size_t cut = 0; cut < sizeof cuts / sizeof *cuts; cut++) {
        check_cuts(sources, 2, whole, cuts[cut], 7);
    }
    arena_destroy(&world.arena);
}

/* Counts what is read of the material it is made for. */
typedef struct CountedMaterial {
    Material *material;
    int64_t read_count;
} CountedMaterial;

static void read_counted(void *context, SampleTime begin, int64_t count, float *samples) {
    CountedMaterial *counted = context;
    counted->read_count += count;
    read_material(counted->material, begin, count, samples);
}

/* Spans that follow on the grid, that leave it, that jump back, with a silent stretch between. */
static void a_convolver_that_goes_on_gives_the_same_bits(void **state) {
    (void)state;
    static const SampleTime spans[][2] = {
        {0,     4096 },
        {4096,  6144 },
        {6144,  10240},
        {10240, 11000},
        {11000, 14336},
        {2048,  6144 },
        {6144,  8192 },
        {8192,  20480},
        {20480, 24576},
        {8000,  9000 }
    };
    World world = make_world();
    const AudioBlock responses = make_responses(world.arena, 2900, 7);
    FilterBank *bank = NULL;
    filter_bank_create_sized(&responses, 256, world.arena, &bank, world.errors);
    CountedMaterial counted = {.material = make_material(world.arena, 1)};
    memset(counted.material->samples + 5000, 0, 4500 * sizeof(float));
    const ConvolverSource source = {read_counted, &counted, bank};
    Convolver *convolver = convolver_create(world.arena);
    for (size_t index = 0; index < sizeof spans / sizeof *spans; index++) {
        const Span span = {spans[index][0], spans[index][1]};
        const size_t length = (size_t)(span.end - span.begin);
        double **out = make_out(world.arena, span.end - span.begin);
        double **expected = make_out(world.arena, span.end - span.begin);
        convolver_run(&source, 1, span, expected, world.arena, world.errors);
        counted.read_count = 0;
        assert_int_equal(convolver_go_on(convolver, &source, 1, span, out, world.errors), DONE);
        if (index == 1 || index == 2) { /* nothing is read twice */
            assert_int_equal(counted.read_count, span.end - span.begin);
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            assert_memory_equal(out[channel], expected[channel], length * sizeof(double));
        }
    }
    convolver_close(convolver);
    arena_destroy(&world.arena);
}

/* Whatever stood there; silent chunks, cuts inside a block and a channel without a response. */
static void a_convolver_that_writes_rounds_what_it_would_add_to_zeros(void **state) {
    (void)state;
    static const SampleTime borders[] = {-300, 0, 2048, 4096, 6144, 6200, 8001, 10240, 12000};
    World world = make_world();
    const AudioBlock all = make_responses(world.arena, 1500, 7);
    float *some[CHANNELS] = {all.samples[0], NULL, all.samples[2]};
    const AudioBlock responses = {some, CHANNELS, all.sample_count};
    FilterBank *bank = NULL;
    filter_bank_create_sized(&responses, 256, world.arena, &bank, world.errors);
    Material *material = make_material(world.arena, 1);
    memset(material->samples + 2500, 0, 6000 * sizeof(float));
    const ConvolverSource source = {read_material, material, bank};
    Convolver *adding = convolver_create(world.arena);
    Convolver *writing = convolver_create(world.arena);
    for (size_t index = 0; index + 1 < sizeof borders / sizeof *borders; index++) {
        const Span span = {borders[index], borders[index + 1]};
        const int64_t length = span.end - span.begin;
        double **sums = make_out(world.arena, length);
        float *rows[CHANNELS];
        for (int channel = 0; channel < CHANNELS; channel++) {
            rows[channel] = arena_array(world.arena, (size_t)length, sizeof(float));
            memset(rows[channel], 0x55, (size_t)length * sizeof(float));
        }
        convolver_go_on(adding, &source, 1, span, sums, world.errors);
        assert_int_equal(convolver_write_on(writing, &source, 1, span, rows, world.errors), DONE);
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int64_t at = 0; at < length; at++) {
                const float expected = (float)sums[channel][at];
                assert_memory_equal(&rows[channel][at], &expected, sizeof expected);
            }
        }
    }
    convolver_close(adding);
    convolver_close(writing);
    arena_destroy(&world.arena);
}

/* One after the other through the same memory: the second hears nothing of the first. */
static void a_convolver_that_forgets_takes_another_source(void **state) {
    (void)state;
    const Span span = {4096, 9000};
    World world = make_world();
    const AudioBlock responses = make_responses(world.arena, 2900, 7);
    const AudioBlock others = make_responses(world.arena, 2900, 8);
    FilterBank *banks[2];
    filter_bank_create_sized(&responses, 256, world.arena, &banks[0], world.errors);
    filter_bank_create_sized(&others, 256, world.arena, &banks[1], world.errors);
    Material *materials[] = {make_material(world.arena, 1), make_material(world.arena, 2)};
    memset(materials[1]->samples + 2000, 0, 4000 * sizeof(float)); /* silent lanes are cleared */
    Convolver *convolver = convolver_create(world.arena);
    for (int pass = 0; pass < 4; pass++) {
        const ConvolverSource source = {read_material, materials[pass % 2], banks[pass % 2]};
        double **out = make_out(world.arena, span.end - span.begin);
        double **expected = make_out(world.arena, span.end - span.begin);
        convolver_run(&source, 1, span, expected, world.arena, world.errors);
        convolver_forget(convolver);
        assert_int_equal(convolver_go_on(convolver, &source, 1, span, out, world.errors), DONE);
        for (int channel = 0; channel < CHANNELS; channel++) {
            assert_memory_equal(out[channel], expected[channel],
                                (size_t)(span.end - span.begin) * sizeof(double));
        }
    }
    convolver_close(convolver);
    arena_destroy(&world.arena);
}

/* Two sources through both engines: each checks the other, whatever the number of partitions. */
static void both_engines_agree_to_130_db(void **state) {
    (void)state;
    for (int64_t length = 100; length <= 12800; length *= 8) {
        World world = make_world();
        double **out[FFT_ENGINE_COUNT];
        const AudioBlock responses[] = {make_responses(world.arena, length, 7),
                                        make_responses(world.arena, length / 2, 17)};
        ConvolverSource sources[2];
        for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
            out[engine] = make_out(world.arena, 24000);
            for (uint32_t source = 0; source < 2; source++) {
                FilterBank *bank = NULL;
                assert_int_equal(filter_bank_create_by(engine, &responses[source], 512, world.arena,
                                                       &bank, world.errors),
                                 DONE);
                sources[source] =
                    (ConvolverSource){read_material, make_material(world.arena, 30 + source), bank};
            }
            assert_int_equal(convolver_run(sources, 2, (Span){-100, 23900}, out[engine],
                                           world.arena, world.errors),
                             DONE);
        }
        double error = 0;
        double signal = 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int sample = 0; sample < 24000; sample++) {
                const double truth = out[FFT_FFTW][channel][sample];
                const double difference = out[FFT_LANE][channel][sample] - truth;
                error += difference * difference;
                signal += truth * truth;
            }
        }
        assert_true(level_db(error, signal) <= -130);
        arena_destroy(&world.arena);
    }
}

/* Rows without a response keep two layouts apart: each has the bits it has alone. */
static void layouts_that_begin_at_even_channels_do_not_hear_each_other(void **state) {
    (void)state;
    World world = make_world();
    const AudioBlock first = make_responses(world.arena, 3000, 7);
    const AudioBlock second = make_responses(world.arena, 3000, 17);
    float *rows[] = {first.samples[0],  first.samples[1],  first.samples[2], NULL,
                     second.samples[0], second.samples[1], second.samples[2]};
    const AudioBlock both = {rows, 7, 3000};
    Material *material = make_material(world.arena, 3);
    double **alone[2] = {make_out(world.arena, 9000), make_out(world.arena, 9000)};
    double **together[2] = {make_out(world.arena, 9000), make_out(world.arena, 9000)};
    double *const out[] = {together[0][0], together[0][1], together[0][2], NULL,
                           together[1][0], together[1][1], together[1][2]};
    FilterBank *banks[3] = {0};
    filter_bank_create_sized(&first, 1024, world.arena, &banks[0], world.errors);
    filter_bank_create_sized(&second, 1024, world.arena, &banks[1], world.errors);
    filter_bank_create_sized(&both, 1024, world.arena, &banks[2], world.errors);
    for (int layout = 0; layout < 2; layout++) {
        const ConvolverSource source = {read_material, material, banks[layout]};
        convolver_run(&source, 1, (Span){0, 9000}, alone[layout], world.arena, world.errors);
    }
    const ConvolverSource source = {read_material, material, banks[2]};
    convolver_run(&source, 1, (Span){0, 9000}, out, world.arena, world.errors);
    for (int layout = 0; layout < 2; layout++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            assert_memory_equal(alone[layout][channel], together[layout][channel],
                                9000 * sizeof(double));
        }
    }
    arena_destroy(&world.arena);
}

/* Reads no more than the header promises; NaN where nothing may be read would be heard. */
typedef struct Fenced {
    const Material *material;
    Span allowed;
} Fenced;

static void read_fenced(void *context, SampleTime begin, int64_t count, float *samples) {
    const Fenced *fenced = context;
    assert_true(begin >= fenced->allowed.begin && begin + count <= fenced->allowed.end);
    read_material((void *)fenced->material, begin, count, samples);
}

static void sources_are_read_no_further_than_promised(void **state) {
    (void)state;
    enum { LENGTH = 512 };
    for (int64_t taps = 1; taps < 30 * LENGTH; taps = 3 * taps + 100) {
        World world = make_world();
        const AudioBlock responses = make_responses(world.arena, taps, 3);
        FilterBank *bank = NULL;
        filter_bank_create_sized(&responses, LENGTH, world.arena, &bank, world.errors);
        const int partitions = filter_bank_partition_count(bank);
        const Span span = {3000, 3000 + 700};
        const SampleTime first = span.begin - (SampleTime)(partitions + 1) * LENGTH;
        Fenced fenced = {
            make_material(world.arena, 2), {first, 8 * LENGTH}
        };
        const ConvolverSource source = {read_fenced, &fenced, bank};
        double **out = make_out(world.arena, 700);
        convolver_run(&source, 1, span, out, world.arena, world.errors);
        for (SampleTime at = 0; at < 700; at += 50) {
            const double truth = direct_sum(fenced.material, &responses, 0, span.begin + at);
            assert_true(fabs(out[0][at] - truth) < 1e-4);
        }
        arena_destroy(&world.arena);
    }
}

static void delta_response_gives_the_source_itself(void **state) {
    (void)state;
    World world = make_world();
    float delta[3000] = {0};
    float late[3000] = {0};
    float silent[3000] = {0};
    delta[0] = 1;
    late[2999] = -0.5F;
    const AudioBlock responses = {
        (float *const[]){delta, late, silent},
         3, 3000
    };
    FilterBank *bank = NULL;
    assert_int_equal(filter_bank_create(&responses, world.arena, &bank, world.errors), DONE);
    Material *material = make_material(world.arena, 5);
    const ConvolverSource source = {read_material, material, bank};
    double **out = make_out(world.arena, MATERIAL);
    convolver_run(&source, 1, (Span){0, MATERIAL}, out, world.arena, world.errors);
    for (int sample = 0; sample < MATERIAL; sample++) {
        const double delayed = sample < 2999 ? 0 : -0.5 * (double)material->samples[sample - 2999];
        assert_true(fabs(out[0][sample] - (double)material->samples[sample]) < 2e-6);
        assert_true(fabs(out[1][sample] - delayed) < 2e-6);
        assert_true(out[2][sample] == 0);
    }
    arena_destroy(&world.arena);
}

/* Counts what is read, and hides silence behind a sample that is heard by nobody. */
typedef struct Pulse {
    SampleTime at;
    float value;
} Pulse;

static void read_pulse(void *context, SampleTime begin, int64_t count, float *samples) {
    const Pulse *pulse = context;
    memset(samples, 0, (size_t)count * sizeof *samples);
    if (pulse->at >= begin && pulse->at < begin + count) {
        samples[pulse->at - begin] = pulse->value;
    }
}

static void silence_is_skipped_without_a_change_of_bits(void **state) {
    (void)state;
    World world = make_world();
    const AudioBlock responses = make_responses(world.arena, 2500, 3);
    FilterBank *bank = NULL;
    filter_bank_create_sized(&responses, 512, world.arena, &bank, world.errors);
    Pulse early = {700, 0.25F};
    Pulse never = {0, 0};
    const ConvolverSource alone = {read_pulse, &early, bank};
    const ConvolverSource both[] = {
        {read_pulse, &never, bank},
        alone, {read_pulse, &never, bank}
    };
    double **once = make_out(world.arena, 9000);
    double **more = make_out(world.arena, 9000);
    convolver_run(&alone, 1, (Span){0, 9000}, once, world.arena, world.errors);
    convolver_run(both, 3, (Span){0, 9000}, more, world.arena, world.errors);
    for (int channel = 0; channel < CHANNELS; channel++) {
        assert_memory_equal(once[channel], more[channel], 9000 * sizeof(double));
        for (int sample = 0; sample < 9000; sample++) {
            const int tap = sample - 700;
            const double truth =
                tap >= 0 && tap < 2500 ? 0.25 * (double)responses.samples[channel][tap] : 0;
            assert_true(fabs(once[channel][sample] - truth) < 1e-6);
            if (sample < 512 || sample >= 4096) { /* blocks that nothing reaches */
                assert_true(once[channel][sample] == 0);
            }
        }
    }
    arena_destroy(&world.arena);
}

static void several_sources_give_the_sum_of_each(void **state) {
    (void)state;
    World world = make_world();
    FilterBank *banks[2] = {0};
    ConvolverSource sources[2];
    double **sum = make_out(world.arena, 12000);
    double **together = make_out(world.arena, 12000);
    for (int source = 0; source < 2; source++) {
        const AudioBlock responses =
            make_responses(world.arena, source ? 4000 : 1500, 40 + (uint32_t)source);
        filter_bank_create_sized(&responses, 1024, world.arena, &banks[source], world.errors);
        sources[source] = (ConvolverSource){
            read_material, make_material(world.arena, 20 + (uint32_t)source), banks[source]};
        convolver_run(&sources[source], 1, (Span){0, 12000}, sum, world.arena,
                      world.errors); /* adds */
    }
    convolver_run(sources, 2, (Span){0, 12000}, together, world.arena, world.errors);
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int sample = 0; sample < 12000; sample++) {
            assert_true(fabs(sum[channel][sample] - together[channel][sample]) < 3e-5);
        }
    }
    arena_destroy(&world.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_size_depends_on_the_length_of_the_response_alone),
        cmocka_unit_test(convolver_equals_direct_sum),
        cmocka_unit_test(convolver_gives_the_same_bits_for_every_cut),
        cmocka_unit_test(a_convolver_that_goes_on_gives_the_same_bits),
        cmocka_unit_test(a_convolver_that_writes_rounds_what_it_would_add_to_zeros),
        cmocka_unit_test(a_convolver_that_forgets_takes_another_source),
        cmocka_unit_test(both_engines_agree_to_130_db),
        cmocka_unit_test(layouts_that_begin_at_even_channels_do_not_hear_each_other),
        cmocka_unit_test(sources_are_read_no_further_than_promised),
        cmocka_unit_test(delta_response_gives_the_source_itself),
        cmocka_unit_test(silence_is_skipped_without_a_change_of_bits),
        cmocka_unit_test(several_sources_give_the_sum_of_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
