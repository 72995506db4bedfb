/* What both ears hear of a rendered place, beside what was measured there. */
#include <complex.h>
#include <math.h>

#include "spatial/sofa.h"
#include "tests/support/render_job.h"

/* Every place sounds for a period, with a pulse in its middle. */
enum { RATE_HZ = 48000, EARS = 2, PERIOD = 4096, HEARD = 1024, STRIDE_BETWEEN = 4 };
static const char *const default_sofa = "/usr/share/libmysofa/default.sofa";
static const double two_pi = 6.283185307179586;
static const double pulse_gain = 0.25;

typedef struct Pair { /* responses of both ears */
    const float *ears[EARS];
    int count, stride;
    double rate_hz;
} Pair;

static double complex bin_of(const Pair *pair, int ear, double frequency_hz) {
    const double complex turn = cexp(-I * two_pi * frequency_hz / pair->rate_hz);
    double complex sum = 0.0;
    for (int tap = pair->count - 1; tap >= 0; --tap) {
        sum = sum * turn + (double)pair->ears[ear][(ptrdiff_t)tap * pair->stride];
    }
    return sum;
}

/* By how much the right ear hears later: the lag of the greatest cross-correlation from 300 Hz to
 * 1.5 kHz, where ears follow the phase, in steps of 1/25 of a sample at 48 kHz. Every frequency has
 * the same weight, so that what equalizes both ears alike has no part in it. */
static double itd_samples(const Pair *pair) {
    enum { BINS = 61, STEPS = 25, FARTHEST = 50 };
    double complex cross[BINS];
    double best = -1e9;
    double lag = 0.0;
    for (int bin = 0; bin < BINS; ++bin) {
        const double frequency_hz = 300.0 + 20.0 * bin;
        const double complex product =
            bin_of(pair, 0, frequency_hz) * conj(bin_of(pair, 1, frequency_hz));
        cross[bin] = product / cabs(product);
    }
    for (int step = -FARTHEST * STEPS; step <= FARTHEST * STEPS; ++step) {
        const double complex turn = cexp(-I * two_pi * 20.0 * step / STEPS / RATE_HZ);
        double complex sum = 0.0;
        for (int bin = BINS - 1; bin >= 0; --bin) {
            sum = sum * turn + cross[bin];
        }
        sum *= cexp(-I * two_pi * 300.0 * step / STEPS / RATE_HZ);
        if (creal(sum) > best) {
            best = creal(sum);
            lag = (double)step / STEPS;
        }
    }
    return lag;
}

static Pair measured_at(const HrirGrid *grid, int index) {
    const float *from = &grid->samples[(ptrdiff_t)index * EARS * grid->length_samples];
    return (Pair){
        {from, from + grid->length_samples},
        grid->length_samples, 1, grid->rate_hz
    };
}

static Pair rendered_at(const float *heard, int place) {
    const float *from = heard + EARS * ((ptrdiff_t)place * PERIOD + PERIOD / 2);
    return (Pair){
        {from, from + 1},
        HEARD, EARS, RATE_HZ
    };
}

static void write_pulses(Bench *bench, int place_count) {
    const int64_t frames = (int64_t)place_count * PERIOD;
    double *pulses = calloc((size_t)frames, sizeof *pulses);
    for (int place = 0; place < place_count; ++place) {
        pulses[(ptrdiff_t)place * PERIOD + PERIOD / 2] = pulse_gain;
    }
    bench_write_wav(bench, "f.wav", FLOAT_32, 1, pulses, frames);
    free(pulses);
}

/* An object that jumps from place to place. */
static const float *render_places(Bench *bench, const Direction *places, int count) {
    const size_t room = (size_t)count * 80;
    char *points = arena_alloc(bench->arena, room);
    size_t used = 0;
    SoundInfo info;
    for (int place = 0; place < count; ++place) {
        used += (size_t)snprintf(
            points + used, room - used, "%s[%.9f s, {az: %.6f deg, el: %.6f deg}]",
            place ? ", " : "", (double)place * PERIOD / RATE_HZ,
            direction_azimuth_deg(places[place]), direction_elevation_deg(places[place]));
    }
    write_pulses(bench, count);
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, length: %.9f s}\n"
                            "layers: {fx: {file: f.wav, path: {curve: hold, points: [%s]}}}\n"
                            "deliverables: {a: {layout: binaural, bits: 32f}}\n",
                            (double)count * PERIOD / RATE_HZ, points),
               16);
    bench_run(bench, "a");
    const float *heard = bench_read(bench, bench_output(bench, 0, 0, 0), &info);
    assert_int_equal(info.frame_count, (int64_t)count * PERIOD);
    return heard;
}

typedef struct Truth {
    Bench bench;
    HrirGrid grid;
    double *itds_samples; /* [grid.count] measured */
} Truth;

static void open_truth(Truth *truth) {
    if (access(default_sofa, R_OK) != 0) {
        print_message("skipped: no %s\n", default_sofa);
        skip();
    }
    Bench *bench = &truth->bench;
    bench_open(bench);
    bench_must(bench, sofa_read(default_sofa, bench->arena, &truth->grid, bench->errors));
    truth->itds_samples = arena_array(bench->arena, (size_t)truth->grid.count, sizeof(double));
    for (int index = 0; index < truth->grid.count; ++index) {
        const Pair measured = measured_at(&truth->grid, index);
        truth->itds_samples[index] = itd_samples(&measured);
    }
}

enum { THIRDS = 16, LINES = 17 };

/* Power of both ears at the lines of every third of an octave from 400 Hz to 13 kHz. */
typedef struct Powers {
    double ears[EARS][THIRDS][LINES];
} Powers;

static void measure_powers(const Pair *pair, Powers *powers) {
    for (int ear = 0; ear < EARS; ++ear) {
        for (int third = 0; third < THIRDS; ++third) {
            for (int line = 0; line < LINES; ++line) {
                const double octaves = (third + (double)line / (LINES - 1) - 0.5) / 3.0;
                const double size = cabs(bin_of(pair, ear, 400.0 * exp2(octaves)));
                powers->ears[ear][third][line] = size * size;
            }
        }
    }
}

/* Level of the left ear beside that of the right one in a third of an octave; what equalizes both
 * ears of all places alike is taken from what it does in front: equal over plain. */
static double ild_db(const Powers *powers, int third, const Powers *equal, const Powers *plain) {
    double sums[EARS] = {0.0, 0.0};
    for (int ear = 0; ear < EARS; ++ear) {
        for (int line = 0; line < LINES; ++line) {
            sums[ear] += powers->ears[ear][third][line] * equal->ears[0][third][line] /
                         plain->ears[0][third][line];
        }
    }
    return 10.0 * log10(sums[0] / sums[1]);
}

static int front_of(const HrirGrid *grid) {
    int front = 0;
    for (int index = 1; index < grid->count; ++index) {
        front = grid->directions[index].x > grid->directions[front].x ? index : front;
    }
    return front;
}

static double worst_ild_db(const HrirGrid *grid, const float *heard) {
    static Powers plain, equal, measured, rendered;
    double worst_db = 0.0;
    const Pair front_pair = measured_at(grid, front_of(grid));
    const Pair front_heard = rendered_at(heard, front_of(grid));
    measure_powers(&front_pair, &plain);
    measure_powers(&front_heard, &equal);
    for (int place = 0; place < grid->count; ++place) {
        const Pair measured_pair = measured_at(grid, place);
        const Pair rendered_pair = rendered_at(heard, place);
        measure_powers(&measured_pair, &measured);
        measure_powers(&rendered_pair, &rendered);
        for (int third = 0; third < THIRDS; ++third) {
            worst_db = fmax(worst_db, fabs(ild_db(&rendered, third, &plain, &plain) -
                                           ild_db(&measured, third, &equal, &plain)));
        }
    }
    return worst_db;
}

static void ears_hear_the_times_and_levels_of_every_measured_place(void **state) {
    (void)state;
    Truth truth;
    open_truth(&truth);
    const int count = truth.grid.count;
    const float *heard = render_places(&truth.bench, truth.grid.directions, count);
    double worst_samples = 0.0;
    double sum_samples = 0.0;
    for (int place = 0; place < count; ++place) {
        const Pair rendered = rendered_at(heard, place);
        const double late = fabs(itd_samples(&rendered) - truth.itds_samples[place]);
        worst_samples = fmax(worst_samples, late);
        sum_samples += late;
    }
    const double worst_db = worst_ild_db(&truth.grid, heard);
    print_message("%d places: ITD within %.2f samples, %.2f on the mean; ILD within %.3f dB\n",
                  count, worst_samples, sum_samples / count, worst_db);
    assert_true(worst_samples <= 1.0);
    assert_true(worst_db <= 0.2);
    bench_close(&truth.bench);
}

static int nearest_of(const HrirGrid *grid, int index) {
    int nearest = index == 0;
    for (int other = 0; other < grid->count; ++other) {
        const double nearness = direction_dot(grid->directions[index], grid->directions[other]);
        if (other != index &&
            nearness > direction_dot(grid->directions[index], grid->directions[nearest])) {
            nearest = other;
        }
    }
    return nearest;
}

static Direction middle_of(Direction a, Direction b) {
    const Direction sum = {a.x + b.x, a.y + b.y, a.z + b.z};
    const double size = sqrt(direction_dot(sum, sum));
    return (Direction){sum.x / size, sum.y / size, sum.z / size};
}

static void between_two_measured_places_the_ears_hear_the_mean_of_their_times(void **state) {
    (void)state;
    Truth truth;
    open_truth(&truth);
    const HrirGrid *grid = &truth.grid;
    const int count = grid->count / STRIDE_BETWEEN;
    Direction *places = arena_array(truth.bench.arena, (size_t)count, sizeof *places);
    for (int place = 0; place < count; ++place) {
        const int index = place * STRIDE_BETWEEN;
        places[place] =
            middle_of(grid->directions[index], grid->directions[nearest_of(grid, index)]);
    }
    const float *heard = render_places(&truth.bench, places, count);
    double worst_samples = 0.0;
    for (int place = 0; place < count; ++place) {
        const int index = place * STRIDE_BETWEEN;
        const Pair rendered = rendered_at(heard, place);
        const double mean =
            0.5 * (truth.itds_samples[index] + truth.itds_samples[nearest_of(grid, index)]);
        worst_samples = fmax(worst_samples, fabs(itd_samples(&rendered) - mean));
    }
    print_message("%d places between: ITD within %.2f samples\n", count, worst_samples);
    assert_true(worst_samples <= 1.0);
    bench_close(&truth.bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ears_hear_the_times_and_levels_of_every_measured_place),
        cmocka_unit_test(between_two_measured_places_the_ears_hear_the_mean_of_their_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
