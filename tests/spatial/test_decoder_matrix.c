/* Ambisonic decoders against tables in double precision, and by their power and symmetry. */
#include "spatial/decoder_matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "oracle.h"
#include "spatial/decode_inverse.h"
#include "spatial/decode_quadrature.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/max_re.h"

enum { SPEAKERS = 24, HARMONICS = 64 };
/* The tables decode orthonormal harmonics: N3D is sqrt(4 pi) times those. */
static const double root_four_pi = 3.5449077018110318;

typedef struct Table {
    int count, harmonic_count;
    Direction directions[SPEAKERS];
    double cells[SPEAKERS][HARMONICS];
} Table;

/* "U+045": layer and azimuth, as BS.2051 names loudspeakers. */
static Position position_of_name(const char *name) {
    const double elevation_deg = name[0] == 'U'   ? 30.0
                                 : name[0] == 'B' ? -30.0
                                 : name[0] == 'T' ? 90.0
                                                  : 0.0;
    return (Position){strtod(name + 1, NULL), elevation_deg, 1.0, 0.0};
}

static void table_read(const char *name, Table *table) {
    Oracle oracle;
    table->count = 0;
    oracle_open(&oracle, name);
    table->harmonic_count = oracle.cell_count - 1;
    while (oracle_next(&oracle)) {
        const Position at = position_of_name(oracle.cells[0]);
        table->directions[table->count] = direction_of(at.azimuth_deg, at.elevation_deg);
        for (int acn = 0; acn < table->harmonic_count; ++acn) {
            table->cells[table->count][acn] = oracle_number(&oracle, 1 + acn);
        }
        ++table->count;
    }
    assert_true(table->count > 1);
}

/* Largest difference between the table and factor times the matrix. */
static double distance(const Table *table, const double *matrix, double factor) {
    double worst = 0.0;
    for (int row = 0; row < table->count; ++row) {
        for (int acn = 0; acn < table->harmonic_count; ++acn) {
            const double found = factor * matrix[row * table->harmonic_count + acn];
            worst = fmax(worst, fabs(found - table->cells[row][acn]));
        }
    }
    return worst;
}

static void sampling_mode_matching_and_equal_power_equal_the_tables(void **state) {
    (void)state;
    static const char *const names[] = {
        "714_sad_o1",  "714_sad_o2",  "714_sad_o3",  "222_sad_o1",  "222_sad_o2", "222_sad_o3",
        "714_mmd_o1",  "714_mmd_o2",  "714_mmd_o3",  "222_mmd_o1",  "222_mmd_o2", "222_mmd_o3",
        "714_epad_o1", "714_epad_o3", "222_epad_o1", "222_epad_o2", "222_epad_o3"};
    for (size_t index = 0; index < sizeof names / sizeof *names; ++index) {
        char file[64];
        Table table;
        double matrix[SPEAKERS * HARMONICS];
        Arena *arena = arena_create();
        snprintf(file, sizeof file, "dec_%s.csv", names[index]);
        table_read(file, &table);
        const SpeakerSet speakers = {table.directions, table.count};
        const int order = names[index][strlen(names[index]) - 1] - '0';
        double factor = root_four_pi;
        if (names[index][4] == 's') {
            decode_by_sampling(&speakers, order, matrix);
        } else if (names[index][4] == 'm') {
            decode_by_mode_matching(&speakers, order, arena, matrix);
        } else {
            decode_by_equal_power(&speakers, order, arena, matrix);
            factor /= sqrt(table.count);
        }
        const double worst = distance(&table, matrix, factor);
        if (!(worst < 1e-9)) {
            fail_msg("%s: %g", file, worst);
        }
        arena_destroy(&arena);
    }
}

/* ---- all-round decoding of the tables: the listed triangles, virtual gains dropped ---- */

enum { TRIANGLES = 22, CORNERS = 13, REAL = 11 };

typedef struct NaivePanner {
    Direction points[CORNERS];
    int triangles[TRIANGLES][3];
} NaivePanner;

static double volume(Direction a, Direction b, Direction c) {
    return direction_dot(a, direction_cross(b, c));
}

static void naive_open(NaivePanner *naive) {
    static const char *const names[CORNERS] = {"M+030", "M-030", "M+000", "M+090", "M-090",
                                               "M+135", "M-135", "U+045", "U-045", "U+135",
                                               "U-135", "V-090", "V+090"};
    Oracle oracle;
    int row = 0;
    for (int point = 0; point < CORNERS; ++point) {
        const Position at = position_of_name(names[point]);
        naive->points[point] = point < REAL ? direction_of(at.azimuth_deg, at.elevation_deg)
                                            : direction_of(0.0, at.azimuth_deg);
    }
    oracle_open(&oracle, "vbap_714_triangles.csv");
    for (; oracle_next(&oracle); ++row) {
        for (int corner = 0; corner < 3; ++corner) {
            for (int point = 0; point < CORNERS; ++point) {
                if (strcmp(names[point], oracle.cells[corner]) == 0) {
                    naive->triangles[row][corner] = point;
                }
            }
        }
    }
    assert_int_equal(row, TRIANGLES);
}

static void naive_gains(void *context, Direction at, double *gains) {
    const NaivePanner *const naive = context;
    for (int point = 0; point < REAL; ++point) {
        gains[point] = 0.0;
    }
    for (int triangle = 0; triangle < TRIANGLES; ++triangle) {
        const int *const corner = naive->triangles[triangle];
        const Direction a = naive->points[corner[0]];
        const Direction b = naive->points[corner[1]];
        const Direction c = naive->points[corner[2]];
        const double whole = volume(a, b, c);
        const double weights[3] = {volume(at, b, c) / whole, volume(a, at, c) / whole,
                                   volume(a, b, at) / whole};
        if (fmin(weights[0], fmin(weights[1], weights[2])) < -1e-9) {
            continue;
        }
        const double length =
            sqrt(weights[0] * weights[0] + weights[1] * weights[1] + weights[2] * weights[2]);
        for (int index = 0; index < 3; ++index) {
            if (corner[index] < REAL) {
                gains[corner[index]] = weights[index] / length;
            }
        }
        return;
    }
    fail_msg("no triangle");
}

static void all_round_decoding_of_the_listed_triangles_equals_the_tables(void **state) {
    (void)state;
    Arena *arena = arena_create();
    NaivePanner naive;
    const PointPanner panner = {naive_gains, &naive};
    naive_open(&naive);
    for (int order = 1; order <= 3; ++order) {
        char file[64];
        Table table;
        double matrix[REAL * 16];
        decode_by_quadrature(&panner, order, REAL, arena, matrix);
        snprintf(file, sizeof file, "dec_714_allrad_vbapdummy_o%d_n3d.csv", order);
        table_read(file, &table);
        assert_true(distance(&table, matrix, 1.0) < 1e-4); /* another set of points */
        max_re_apply(order, MAX_RE_APPROX, MAX_RE_PLAIN, REAL, matrix);
        snprintf(file, sizeof file, "dec_714_allrad_vbapdummy_o%d_maxre_n3d.csv", order);
        table_read(file, &table);
        assert_true(distance(&table, matrix, 1.0) < 1e-4);
    }
    arena_destroy(&arena);
}

/* ---- the decoders of a layout ---- */

/* Rows of a matrix in the order of the table's loudspeakers. */
static void
pick_rows(const Layout *layout, const Table *table, const double *matrix, double *rows) {
    const size_t row_bytes = sizeof(double) * (size_t)table->harmonic_count;
    for (int row = 0; row < table->count; ++row) {
        bool is_found = false;
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            const Position at = layout->channels[channel].position;
            const Direction direction = direction_of(at.azimuth_deg, at.elevation_deg);
            if (layout->channels[channel].role == CHANNEL_SPEAKER &&
                direction_dot(direction, table->directions[row]) > 0.999999) {
                memcpy(&rows[row * table->harmonic_count], &matrix[channel * table->harmonic_count],
                       row_bytes);
                is_found = true;
            }
        }
        assert_true(is_found);
    }
}

static void compare_with_reference(DecoderMethod method, double tolerance) {
    static const char *const names[][2] = {
        {"0_2_0",  "2.0"  },
        {"0_5_0",  "5.1"  },
        {"4_5_0",  "5.1.4"},
        {"4_7_0",  "7.1.4"},
        {"9_10_3", "22.2" }
    };
    for (size_t index = 0; index < 2 * sizeof names / sizeof *names; ++index) {
        const int order = index % 2 ? 3 : 1;
        const Layout *const layout = layout_find(names[index / 2][1]);
        Arena *arena = arena_create();
        ErrorList *const errors = errors_create(arena);
        char file[64];
        Table table;
        double matrix[SPEAKERS * HARMONICS];
        double rows[SPEAKERS * HARMONICS];
        assert_int_equal(decoder_matrix(layout, order, method, arena, matrix, errors), DONE);
        snprintf(file, sizeof file, "ear_hoa_decode_%s_o%d_SN3D.csv", names[index / 2][0], order);
        table_read(file, &table);
        pick_rows(layout, &table, matrix, rows);
        const double sn3d = distance(&table, rows, 1.0);
        for (int cell = 0; cell < table.count * table.harmonic_count; ++cell) {
            rows[cell] /= sqrt(2.0 * harmonic_degree(cell % table.harmonic_count) + 1.0);
        }
        snprintf(file, sizeof file, "ear_hoa_decode_%s_o%d_N3D.csv", names[index / 2][0], order);
        table_read(file, &table);
        const double n3d = distance(&table, rows, 1.0);
        if (!(sn3d < tolerance && n3d < tolerance)) {
            fail_msg("%s: %g, %g", file, sn3d, n3d);
        }
        arena_destroy(&arena);
    }
}

/* The tables come from the reference renderer, whose points are a t-design: 2e-4 apart. */
static void the_standard_decoder_equals_the_reference_renderer(void **state) {
    (void)state;
    compare_with_reference(DECODER_BS2127, 2e-4);
}

/* Twelve digits are printed; first order follows from the columns of the third. */
static void with_the_points_of_the_standard_it_does_so_to_the_last_digit(void **state) {
    (void)state;
    compare_with_reference(DECODER_REFERENCE, 1e-11);
}

static const char *const layout_names[] = {"1.0",   "2.0",   "3.0",   "4.0",   "5.1",
                                           "7.1",   "3.1.2", "5.1.4", "7.1.2", "7.1.4",
                                           "9.1.4", "9.1.6", "22.2"};
enum { LAYOUTS = sizeof layout_names / sizeof *layout_names };
static const DecoderMethod methods[] = {DECODER_BS2127, DECODER_ALLRAD, DECODER_EPAD, DECODER_SAD,
                                        DECODER_MMD};

static int mirror_of(const Layout *layout, int channel) {
    const Position at = layout->channels[channel].position;
    for (int other = 0; other < layout->channel_count; ++other) {
        const Position of = layout->channels[other].position;
        const bool is_axis = at.azimuth_deg == 180.0 || at.azimuth_deg == 0.0;
        if (layout->channels[other].role == CHANNEL_SPEAKER &&
            of.elevation_deg == at.elevation_deg &&
            of.azimuth_deg == (is_axis ? at.azimuth_deg : -at.azimuth_deg)) {
            return other;
        }
    }
    fail_msg("no mirror image");
    return -1;
}

static void assert_mirrored(const Layout *layout, int order, const double *matrix) {
    const int harmonics = (order + 1) * (order + 1);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (layout->channels[channel].role == CHANNEL_LFE) {
            for (int acn = 0; acn < harmonics; ++acn) {
                assert_true(matrix[channel * harmonics + acn] == 0.0);
            }
            continue;
        }
        const int other = mirror_of(layout, channel);
        for (int acn = 0; acn < harmonics; ++acn) {
            const int degree = harmonic_degree(acn);
            const double sign = acn < degree * (degree + 1) ? -1.0 : 1.0; /* sines: odd in y */
            assert_true(fabs(matrix[channel * harmonics + acn] -
                             sign * matrix[other * harmonics + acn]) < 2e-5);
        }
    }
}

/* Power of plane waves from everywhere, on a grid of its own. */
static double mean_power(const Layout *layout, int order, const double *matrix) {
    enum { RINGS = 120, STEPS = 12 }; /* around: exact to order 5 */
    const int harmonics = (order + 1) * (order + 1);
    double power = 0.0;
    double weights = 0.0;
    for (int point = 0; point < RINGS * STEPS; ++point) {
        const double elevation = ((point / STEPS) + 0.5) / RINGS * 180.0 - 90.0;
        const double weight = cos(elevation / 57.29577951308232);
        double values[HARMONICS];
        harmonics_at(direction_of(360.0 * (point % STEPS) / STEPS, elevation), order, values);
        weights += weight;
        for (int channel = 0; channel < layout->channel_count; ++channel) {
            double gain = 0.0;
            for (int acn = 0; acn < harmonics; ++acn) {
                gain += matrix[channel * harmonics + acn] * values[acn];
            }
            power += weight * gain * gain;
        }
    }
    return power / weights;
}

static void every_decoder_has_mean_power_one_and_a_mirror(void **state) {
    (void)state;
    for (int index = 0; index < LAYOUTS; ++index) {
        const Layout *const layout = layout_find(layout_names[index]);
        for (size_t method = 0; method < sizeof methods / sizeof *methods; ++method) {
            for (int order = 0; order <= 5; order += order < 3 ? 1 : 2) {
                Arena *arena = arena_create();
                double matrix[SPEAKERS * HARMONICS];
                ErrorList *const errors = errors_create(arena);
                assert_int_equal(
                    decoder_matrix(layout, order, methods[method], arena, matrix, errors), DONE);
                assert_mirrored(layout, order, matrix);
                const double power = mean_power(layout, order, matrix);
                if (!(fabs(10.0 * log10(power)) < 0.001)) {
                    fail_msg("%s order %d method %d: %g dB", layout->name, order, (int)method,
                             10.0 * log10(power));
                }
                arena_destroy(&arena);
            }
        }
    }
}

static void layouts_without_loudspeakers_are_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    double matrix[2 * 4];
    ErrorList *const errors = errors_create(arena);
    assert_int_equal(decoder_matrix(layout_find("binaural"), 1, DECODER_SAD, arena, matrix, errors),
                     E415);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sampling_mode_matching_and_equal_power_equal_the_tables),
        cmocka_unit_test(all_round_decoding_of_the_listed_triangles_equals_the_tables),
        cmocka_unit_test(the_standard_decoder_equals_the_reference_renderer),
        cmocka_unit_test(with_the_points_of_the_standard_it_does_so_to_the_last_digit),
        cmocka_unit_test(every_decoder_has_mean_power_one_and_a_mirror),
        cmocka_unit_test(layouts_without_loudspeakers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
