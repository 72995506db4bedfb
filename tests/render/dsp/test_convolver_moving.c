/* Moving filters against fixed ones, closed forms and any cut of the timeline. */
#include "tests/support/convolver_world.h"

/* A filter that does not move, or one that turns into its negative and back every block. */
typedef struct Mover {
    Material *material;
    AudioBlock responses;
    bool alternates;
    int64_t asked_count;
} Mover;

static void read_mover(void *context, SampleTime begin, int64_t count, float *samples) {
    read_material(((Mover *)context)->material, begin, count, samples);
}

static void mover_filter_at(void *context, int64_t grid_index, float *taps) {
    Mover *mover = context;
    mover->asked_count++;
    const float sign = mover->alternates && grid_index % 2 != 0 ? -1.0F : 1.0F;
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int64_t tap = 0; tap < mover->responses.sample_count; tap++) {
            *taps++ = sign * mover->responses.samples[channel][tap];
        }
    }
}

static void moving_convolver_with_a_constant_filter_is_the_still_one(void **state) {
    (void)state;
    World world = make_world();
    Mover mover = {make_material(world.arena, 8), make_responses(world.arena, 600, 9), false, 0};
    FilterBank *bank = NULL;
    filter_bank_create_sized(&mover.responses, MOVING_BLOCK_SAMPLES, world.arena, &bank,
                             world.errors);
    const ConvolverSource still = {read_material, mover.material, bank};
    const MovingSource moving = {read_mover, &mover, mover_filter_at, NULL};
    const MovingShape shape = {
        CHANNELS, 600, {-100, 11000},
          FFT_LANE
    };
    double **expected = make_out(world.arena, 11100);
    double **out = make_out(world.arena, 11100);
    convolver_run(&still, 1, shape.span, expected, world.arena, world.errors);
    assert_int_equal(convolver_run_moving(&moving, 1, &shape, out, world.arena, world.errors),
                     DONE);
    double error = 0;
    double signal = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
        for (int sample = 0; sample < 11100; sample++) {
            const double truth = expected[channel][sample];
            error += (out[channel][sample] - truth) * (out[channel][sample] - truth);
            signal += truth * truth;
        }
    }
    assert_true(level_db(error, signal) <= -125);
    assert_in_range(mover.asked_count, 10, 11); /* once per point of the grid with sound */
    arena_destroy(&world.arena);
}

/* More channels than one transform holds, more sources than it has lanes: channel c of source s is
 * a tap of height 1 at c + s. */
enum { WIDE_CHANNELS = 19, WIDE_SOURCES = 10, WIDE_TAPS = 40 };

typedef struct WideMover {
    const Material *material;
    int number;
} WideMover;

static void read_wide(void *context, SampleTime begin, int64_t count, float *samples) {
    read_material((void *)((WideMover *)context)->material, begin, count, samples);
}

static void wide_filter_at(void *context, int64_t grid_index, float *taps) {
    (void)grid_index;
    memset(taps, 0, (size_t)WIDE_CHANNELS * WIDE_TAPS * sizeof *taps);
    for (int channel = 0; channel < WIDE_CHANNELS; channel++) {
        taps[channel * WIDE_TAPS + channel + ((WideMover *)context)->number] = 1;
    }
}

static void moving_convolver_takes_any_number_of_channels_and_sources(void **state) {
    (void)state;
    World world = make_world();
    WideMover movers[WIDE_SOURCES];
    MovingSource sources[WIDE_SOURCES];
    double *out[WIDE_CHANNELS];
    for (int source = 0; source < WIDE_SOURCES; source++) {
        movers[source] = (WideMover){make_material(world.arena, 50 + (uint32_t)source), source};
        sources[source] = (MovingSource){read_wide, &movers[source], wide_filter_at, NULL};
    }
    for (int channel = 0; channel < WIDE_CHANNELS; channel++) {
        out[channel] = arena_array(world.arena, 3000, sizeof(double));
    }
    for (FftEngine engine = 0; engine < FFT_ENGINE_COUNT; engine++) {
        const MovingShape shape = {
            WIDE_CHANNELS, WIDE_TAPS, {100, 3100},
              engine
        };
        for (int channel = 0; channel < WIDE_CHANNELS; channel++) {
            memset(out[channel], 0, 3000 * sizeof(double));
        }
        convolver_run_moving(sources, WIDE_SOURCES, &shape, out, world.arena, world.errors);
        for (int channel = 0; channel < WIDE_CHANNELS; channel++) {
            for (int sample = 0; sample < 3000; sample++) {
                double truth = 0;
                for (int source = 0; source < WIDE_SOURCES; source++) {
                    truth +=
                        (double)movers[source].material->samples[100 + sample - channel - source];
                }
                assert_true(fabs(out[channel][sample] - truth) < 1e-5);
            }
        }
    }
    arena_destroy(&world.arena);
}

static void moving_convolver_fades_from_grid_point_to_grid_point(void **state) {
    (void)state;
    World world = make_world();
    Mover mover = {make_material(world.arena, 8), make_responses(world.arena, 400, 9), true, 0};
    const MovingSource moving = {read_mover, &mover, mover_filter_at, NULL};
    const MovingShape shape = {
        CHANNELS, 400, {0, 9000},
          FFT_LANE
    };
    double **out = make_out(world.arena, 9000);
    convolver_run_moving(&moving, 1, &shape, out, world.arena, world.errors);
    double error = 0;
    double signal = 0;
    for (SampleTime at = 0; at < 9000; at += 7) {
        /* from +h to -h with cos^2 - sin^2: the cosine of the whole angle */
        const double weight = cos(pi * (double)at / MOVING_BLOCK_SAMPLES);
        const double truth = weight * direct_sum(mover.material, &mover.responses, 1, at);
        error += (out[1][at] - truth) * (out[1][at] - truth);
        signal += truth * truth;
    }
    assert_true(level_db(error, signal) <= -125);
    arena_destroy(&world.arena);
}

static void moving_convolver_gives_the_same_bits_for_every_cut(void **state) {
    (void)state;
    World world = make_world();
    Mover movers[] = {
        {make_material(world.arena, 8), make_responses(world.arena, 600, 9),  true,  0},
        {make_material(world.arena, 4), make_responses(world.arena, 600, 31), false, 0},
    };
    movers[1].material->count = 3000; /* silent from there on */
    const MovingSource sources[] = {
        {read_mover, &movers[0], mover_filter_at, NULL},
        {read_mover, &movers[1], mover_filter_at, NULL}
    };
    MovingShape shape = {
        CHANNELS, 600, {-BEFORE, 10000},
          FFT_LANE
    };
    double **whole = make_out(world.arena, 10000 + BEFORE);
    convolver_run_moving(sources, 2, &shape, whole, world.arena, world.errors);
    static const SampleTime borders[] = {-BEFORE, -1,   0,    1,    1023, 1024, 1025,
                                         3333,    4096, 5001, 9215, 9217, 10000};
    for (size_t piece = 0; piece + 1 < sizeof borders / sizeof *borders; piece++) {
        shape.span = (Span){borders[piece], borders[piece + 1]};
        const size_t length = (size_t)(shape.span.end - shape.span.begin);
        double **out = make_out(world.arena, (int64_t)length);
        convolver_run_moving(sources, 2, &shape, out, world.arena, world.errors);
        for (int channel = 0; channel < CHANNELS; channel++) {
            const double *expected = whole[channel] + (shape.span.begin + BEFORE);
            assert_memory_equal(out[channel], expected, length * sizeof(double));
        }
    }
    arena_destroy(&world.arena);
}

/* Its filter turns into its negative at some points of the grid, and stays between them. */
typedef struct Stayer {
    Mover mover;
    int64_t hold;      /* grid points between two turns */
    SampleTime gap[2]; /* silent in between */
} Stayer;

static int64_t turns_before(const Stayer *stayer, int64_t grid_index) {
    return (grid_index + 1000 * stayer->hold) / stayer->hold;
}

static void read_stayer(void *context, SampleTime begin, int64_t count, float *samples) {
    const Stayer *stayer = context;
    read_material(stayer->mover.material, begin, count, samples);
    for (int64_t sample = 0; sample < count; sample++) {
        const bool is_silent = begin + sample >= stayer->gap[0] && begin + sample < stayer->gap[1];
        samples[sample] = is_silent ? 0.0F : samples[sample];
    }
}

static void stayer_filter_at(void *context, int64_t grid_index, float *taps) {
    Stayer *stayer = context;
    stayer->mover.alternates = true;
    mover_filter_at(&stayer->mover, turns_before(stayer, grid_index), taps);
}

static bool stayer_stays_at(void *context, int64_t grid_index) {
    return turns_before(context, grid_index) == turns_before(context, grid_index - 1);
}

/* Beside sources that move, in blocks in which all stay, and behind silence. */
static void a_source_that_is_known_to_stay_gives_the_same_bits(void **state) {
    (void)state;
    enum { COUNT = 10, LENGTH = 20000 };
    World world = make_world();
    Stayer stayers[COUNT];
    MovingSource sources[COUNT];
    for (int source = 0; source < COUNT; source++) {
        stayers[source] = (Stayer){
            .mover = {make_material(world.arena, 8 + (uint32_t)source),
                      make_responses(world.arena, 300, 9 + (uint32_t)source), true, 0},
            .hold = source == 3 ? 4 : 8,
            .gap = {source == 5 ? 4000 : 0,                      source == 5 ? 9000 : 0                     }
        };
        sources[source] = (MovingSource){read_stayer, &stayers[source], stayer_filter_at, NULL};
    }
    const MovingShape shape = {
        CHANNELS, 300, {-100, LENGTH - 100},
          FFT_LANE
    };
    double **expected = make_out(world.arena, LENGTH);
    double **out = make_out(world.arena, LENGTH);
    convolver_run_moving(sources, COUNT, &shape, expected, world.arena, world.errors);
    int64_t asked[2] = {0, 0};
    for (int source = 0; source < COUNT; source++) {
        asked[0] += stayers[source].mover.asked_count;
        stayers[source].mover.asked_count = 0;
        sources[source].stays_at = stayer_stays_at;
    }
    convolver_run_moving(sources, COUNT, &shape, out, world.arena, world.errors);
    for (int source = 0; source < COUNT; source++) {
        asked[1] += stayers[source].mover.asked_count;
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
        assert_memory_equal(out[channel], expected[channel], LENGTH * sizeof(double));
    }
    assert_true(asked[1] * 2 < asked[0]);
    arena_destroy(&world.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moving_convolver_with_a_constant_filter_is_the_still_one),
        cmocka_unit_test(moving_convolver_takes_any_number_of_channels_and_sources),
        cmocka_unit_test(moving_convolver_fades_from_grid_point_to_grid_point),
        cmocka_unit_test(moving_convolver_gives_the_same_bits_for_every_cut),
        cmocka_unit_test(a_source_that_is_known_to_stay_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
