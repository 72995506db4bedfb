/* Binaural decoders against tables in double precision, by magnitudes and by covariance. */
#include "spatial/magls.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spatial/harmonics.h"

enum { TAPS = 512, ROWS_MAX = 32, LINE_BYTES = 16384 };
static const char *const kemar_path = "/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa";
static const double two_pi = 6.283185307179586;

typedef struct Bench {
    Arena *arena;
    ErrorList *errors;
    HrirGrid grid;
    double responses[ROWS_MAX * TAPS];
} Bench;

static Bench *open_bench(void) {
    Arena *const arena = arena_create();
    Bench *const bench = arena_alloc(arena, sizeof *bench);
    bench->arena = arena;
    bench->errors = errors_create(arena);
    if (access(kemar_path, R_OK) != 0) {
        skip();
    }
    assert_int_equal(sofa_read(kemar_path, arena, &bench->grid, bench->errors), DONE);
    return bench;
}

static void close_bench(Bench *bench) {
    Arena *arena = bench->arena;
    arena_destroy(&arena);
}

static void decode(Bench *bench, const MaglsShape *shape) {
    assert_int_equal(
        magls_responses(&bench->grid, shape, bench->arena, bench->responses, bench->errors), DONE);
}

/* Rows "L,acn,h0,h1 ..." for N3D input. */
static double distance_to_table(const Bench *bench, const char *name) {
    char path[1024];
    char line[LINE_BYTES];
    double worst = 0.0;
    int rows = 0;
    snprintf(path, sizeof path, "%s/oracles/%s", TESTS_FOLDER, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); ++rows) {
        char *rest = NULL;
        const int ear = strtok_r(line, ",", &rest)[0] == 'L' ? 0 : 1;
        const int acn = (int)strtol(strtok_r(NULL, ",", &rest), NULL, 10);
        const double *const row = &bench->responses[(acn * EAR_COUNT + ear) * TAPS];
        const double n3d = sqrt(2.0 * harmonic_degree(acn) + 1.0);
        for (int tap = 0; tap < TAPS; ++tap) {
            const double expected = strtod(strtok_r(NULL, ",\n", &rest), NULL);
            worst = fmax(worst, fabs(row[tap] / n3d - expected));
        }
    }
    fclose(file);
    assert_true(rows == 8 || rows == 32);
    return worst;
}

static void decoders_equal_the_tables(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int order;
        double cutoff_hz;
    } cases[] = {
        {"bin_ls_kemar_o1_n3d_512.csv",    1, 48000.0},
        {"bin_magls_kemar_o1_n3d_512.csv", 1, 1500.0 },
        {"bin_magls_kemar_o3_n3d_512.csv", 3, 1500.0 }
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        Bench *const bench = open_bench();
        const MaglsShape shape = {cases[index].order, TAPS, cases[index].cutoff_hz, 0.0};
        decode(bench, &shape);
        const double worst = distance_to_table(bench, cases[index].name);
        if (!(worst < 1e-7)) {
            fail_msg("%s: %g", cases[index].name, worst);
        }
        close_bench(bench);
    }
}

static void spectrum_of(const double *samples, int count, int bin, double out[2]) {
    out[0] = 0.0;
    out[1] = 0.0;
    for (int sample = 0; sample < count; ++sample) {
        out[0] += samples[sample] * cos(two_pi * bin * sample / TAPS);
        out[1] -= samples[sample] * sin(two_pi * bin * sample / TAPS);
    }
}

static void measured_spectrum(const Bench *bench, int direction, int ear, int bin, double out[2]) {
    double samples[TAPS] = {0};
    const float *const from =
        &bench->grid.samples[(direction * EAR_COUNT + ear) * bench->grid.length_samples];
    for (int sample = 0; sample < bench->grid.length_samples; ++sample) {
        samples[sample] = (double)from[sample];
    }
    spectrum_of(samples, TAPS, bin, out);
}

/* Mean error of the left ear's level over the grid. */
static double level_error_db(const Bench *bench, int order, int bin) {
    const int harmonic_count = (order + 1) * (order + 1);
    double decoder[16][2];
    double error_db = 0.0;
    for (int acn = 0; acn < harmonic_count; ++acn) {
        spectrum_of(&bench->responses[acn * EAR_COUNT * TAPS], TAPS, bin, decoder[acn]);
    }
    for (int direction = 0; direction < bench->grid.count; ++direction) {
        double values[16];
        double wanted[2];
        double found[2] = {0};
        harmonics_at(bench->grid.directions[direction], order, values);
        measured_spectrum(bench, direction, 0, bin, wanted);
        for (int acn = 0; acn < harmonic_count; ++acn) {
            found[0] += values[acn] * decoder[acn][0];
            found[1] += values[acn] * decoder[acn][1];
        }
        error_db += fabs(20.0 * log10(hypot(found[0], found[1]) / hypot(wanted[0], wanted[1])));
    }
    return error_db / bench->grid.count;
}

static void third_order_keeps_levels_where_least_squares_loses_them(void **state) {
    (void)state;
    Bench *const bench = open_bench();
    const int bin = (int)(4000.0 * TAPS / bench->grid.rate_hz + 0.5);
    decode(bench, &(MaglsShape){3, TAPS, 48000.0, 0.0});
    assert_true(level_error_db(bench, 3, bin) > 5.0);
    decode(bench, &(MaglsShape){3, TAPS, 1500.0, 0.0});
    assert_true(level_error_db(bench, 3, bin) < 1.5);
    close_bench(bench);
}

/* Sum of first times the conjugate of second over the grid, of the measured or the decoded ears. */
static void grid_product(const double (*ears)[2], int first, int second, int count, double out[2]) {
    out[0] = 0.0;
    out[1] = 0.0;
    for (int direction = 0; direction < count; ++direction) {
        const double *const a = ears[direction * EAR_COUNT + first];
        const double *const b = ears[direction * EAR_COUNT + second];
        out[0] += a[0] * b[0] + a[1] * b[1];
        out[1] += a[1] * b[0] - a[0] * b[1];
    }
}

static void covariance_of_the_ears_is_restored_at_every_bin(void **state) {
    (void)state;
    enum { ORDER = 2, HARMONICS = 9 };
    Bench *const bench = open_bench();
    const size_t size = (size_t)bench->grid.count * EAR_COUNT;
    double(*const measured)[2] = arena_array(bench->arena, size, sizeof *measured);
    double(*const decoded)[2] = arena_array(bench->arena, size, sizeof *decoded);
    decode(bench, &(MaglsShape){ORDER, TAPS, 1200.0, 1.0});
    for (int bin = 5; bin < TAPS / 2; bin += 25) {
        double decoder[HARMONICS * EAR_COUNT][2];
        for (int row = 0; row < HARMONICS * EAR_COUNT; ++row) {
            spectrum_of(&bench->responses[row * TAPS], TAPS, bin, decoder[row]);
        }
        for (int index = 0; index < bench->grid.count * EAR_COUNT; ++index) {
            double values[HARMONICS];
            harmonics_at(bench->grid.directions[index / EAR_COUNT], ORDER, values);
            measured_spectrum(bench, index / EAR_COUNT, index % EAR_COUNT, bin, measured[index]);
            decoded[index][0] = 0.0;
            decoded[index][1] = 0.0;
            for (int acn = 0; acn < HARMONICS; ++acn) {
                const double *const cell = decoder[acn * EAR_COUNT + index % EAR_COUNT];
                decoded[index][0] += values[acn] * cell[0];
                decoded[index][1] += values[acn] * cell[1];
            }
        }
        double power[2];
        grid_product((const double(*)[2])measured, 0, 0, bench->grid.count, power);
        for (int pair = 0; pair < 3; ++pair) {
            double wanted[2];
            double found[2];
            const int second = pair == 0 ? 0 : 1;
            const int first = pair == 2 ? 1 : 0;
            grid_product((const double(*)[2])measured, first, second, bench->grid.count, wanted);
            grid_product((const double(*)[2])decoded, first, second, bench->grid.count, found);
            assert_true(hypot(found[0] - wanted[0], found[1] - wanted[1]) < 1e-6 * power[0]);
        }
    }
    close_bench(bench);
}

static void grids_that_do_not_carry_the_order_are_refused(void **state) {
    (void)state;
    Bench *const bench = open_bench();
    bench->grid.count = 15;
    assert_int_equal(magls_responses(&bench->grid, &(MaglsShape){3, TAPS, 1500.0, 0.0},
                                     bench->arena, bench->responses, bench->errors),
                     E421);
    assert_int_equal(magls_responses(&bench->grid, &(MaglsShape){1, 64, 1500.0, 0.0}, bench->arena,
                                     bench->responses, bench->errors),
                     E420);
    close_bench(bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoders_equal_the_tables),
        cmocka_unit_test(third_order_keeps_levels_where_least_squares_loses_them),
        cmocka_unit_test(covariance_of_the_ears_is_restored_at_every_bin),
        cmocka_unit_test(grids_that_do_not_carry_the_order_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
