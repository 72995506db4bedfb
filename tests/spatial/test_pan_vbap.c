/* VBAP by its properties on every layout, and against tables of double precision. */
#include "spatial/pan_vbap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oracle.h"
#include "render/model/direction.h"
#include "spatial/layout_table.h"

enum { SPHERE_COUNT = 2000 };

typedef struct Panner {
    Arena *arena;
    const Layout *layout;
    void *self;
} Panner;

static Panner open_panner(const char *name) {
    Panner panner = {arena_create(), layout_find(name), NULL};
    ErrorList *const errors = errors_create(panner.arena);
    assert_int_equal(
        pan_vbap.create(panner.layout, 48000, NULL, panner.arena, &panner.self, errors), DONE);
    assert_int_equal(pan_vbap.tap_count(panner.self), 0);
    return panner;
}

static void close_panner(Panner *panner) {
    arena_destroy(&panner->arena);
}

static void pan(const Panner *panner, double azimuth, double elevation, double spread, float *out) {
    pan_vbap.respond(panner->self, (Position){azimuth, elevation, 1.0, spread}, out);
}

static double power_of(const float *gains, int count) {
    double power = 0.0;
    for (int channel = 0; channel < count; ++channel) {
        power += (double)gains[channel] * (double)gains[channel];
    }
    return power;
}

/* Point `index` of a spiral that covers the sphere evenly. */
static void sphere_point(int index, double *azimuth, double *elevation) {
    *azimuth = fmod(index * 137.50776405003785, 360.0) - 180.0;
    *elevation = asin(1.0 - (2.0 * index + 1.0) / SPHERE_COUNT) * 180.0 / 3.14159265358979323846;
}

/* 2.0 alone goes down to -3 dB behind the listener. */
static void power_is_one_in_every_direction_of_every_layout(void **state) {
    (void)state;
    for (int index = 0; layout_at(index)->kind == LAYOUT_SPEAKERS; ++index) {
        Panner panner = open_panner(layout_at(index)->name);
        const bool is_stereo = strcmp(panner.layout->name, "2.0") == 0;
        for (int point = 0; point < 2 * SPHERE_COUNT; ++point) {
            double azimuth;
            double elevation;
            float gains[LAYOUT_MAX_CHANNELS];
            sphere_point(point / 2, &azimuth, &elevation);
            pan(&panner, azimuth, elevation, point % 2 ? 40.0 : 0.0, gains);
            const double power = power_of(gains, panner.layout->channel_count);
            assert_true(power < 1.0 + 1e-6 && power > (is_stereo ? 0.5 : 1.0) - 1e-6);
            for (int channel = 0; channel < panner.layout->channel_count; ++channel) {
                const bool is_lfe = panner.layout->channels[channel].role == CHANNEL_LFE;
                assert_true(is_lfe ? gains[channel] == 0.0F : gains[channel] >= 0.0F);
            }
        }
        close_panner(&panner);
    }
}

static void a_source_at_a_loudspeaker_sounds_from_it_alone(void **state) {
    (void)state;
    for (int index = 0; layout_at(index)->kind == LAYOUT_SPEAKERS; ++index) {
        Panner panner = open_panner(layout_at(index)->name);
        for (int channel = 0; channel < panner.layout->channel_count; ++channel) {
            const Channel *const of = &panner.layout->channels[channel];
            float gains[LAYOUT_MAX_CHANNELS];
            if (of->role == CHANNEL_LFE) {
                continue;
            }
            pan(&panner, of->position.azimuth_deg, of->position.elevation_deg, 0.0, gains);
            for (int other = 0; other < panner.layout->channel_count; ++other) {
                assert_true(fabs((double)gains[other] - (other == channel)) < 1e-6);
            }
        }
        close_panner(&panner);
    }
}

static int mirror_of(const Layout *layout, int channel) {
    const Position at = layout->channels[channel].position;
    for (int other = 0; other < layout->channel_count; ++other) {
        const Position to = layout->channels[other].position;
        const bool is_mirror = to.elevation_deg == at.elevation_deg &&
                               (to.azimuth_deg == -at.azimuth_deg ||
                                (to.azimuth_deg == 180.0 && at.azimuth_deg == 180.0));
        if (is_mirror && layout->channels[other].role == layout->channels[channel].role) {
            return other;
        }
    }
    return -1;
}

static void left_and_right_are_mirror_images(void **state) {
    (void)state;
    for (int index = 0; layout_at(index)->kind == LAYOUT_SPEAKERS; ++index) {
        Panner panner = open_panner(layout_at(index)->name);
        for (int point = 0; point < 2 * SPHERE_COUNT; ++point) {
            double azimuth;
            double elevation;
            float gains[LAYOUT_MAX_CHANNELS];
            float mirrored[LAYOUT_MAX_CHANNELS];
            sphere_point(point / 2, &azimuth, &elevation);
            pan(&panner, azimuth, elevation, point % 2 ? 30.0 : 0.0, gains);
            pan(&panner, -azimuth, elevation, point % 2 ? 30.0 : 0.0, mirrored);
            for (int channel = 0; channel < panner.layout->channel_count; ++channel) {
                const int other = mirror_of(panner.layout, channel);
                const double error = other < 0 ? 0.0 : (double)(gains[channel] - mirrored[other]);
                assert_true(fabs(error) <= 1e-6);
            }
        }
        close_panner(&panner);
    }
}

/* Circles at many elevations and meridians, in steps of 0.1 degrees. */
static void gains_move_without_a_step(void **state) {
    (void)state;
    for (int index = 0; layout_at(index)->kind == LAYOUT_SPEAKERS; ++index) {
        Panner panner = open_panner(layout_at(index)->name);
        for (int circle = 0; circle < 24; ++circle) {
            float gains[2][LAYOUT_MAX_CHANNELS] = {{0}};
            for (int step = 0; step <= 3600; ++step) {
                const double angle = step * 0.1;
                const bool is_meridian = circle >= 18;
                const double azimuth = is_meridian ? 30.0 * (circle - 18) : angle;
                const double elevation =
                    is_meridian ? fmin(angle, 180.0) - 90.0 : -85.0 + 10.0 * circle;
                float *const now = gains[step % 2];
                const float *const before = gains[(step + 1) % 2];
                pan(&panner, azimuth, elevation, 0.0, now);
                for (int channel = 0; step > 0 && channel < panner.layout->channel_count;
                     ++channel) {
                    assert_true(fabsf(now[channel] - before[channel]) < 0.02F);
                }
            }
        }
        close_panner(&panner);
    }
}

/* ---- the naive panner of the tables: the listed triangles, Cramer's rule ---- */

enum { NAIVE_POINTS = 13, NAIVE_REAL = 11, NAIVE_TRIANGLES = 22, BACK_QUAD_CORNERS = 4 };

typedef struct Naive {
    Direction points[NAIVE_POINTS]; /* in the order of the table's columns */
    int triangles[NAIVE_TRIANGLES][3];
} Naive;

static const char *const naive_names[NAIVE_POINTS] = {"M+030", "M-030", "M+000", "M+090", "M-090",
                                                      "M+135", "M-135", "U+045", "U-045", "U+135",
                                                      "U-135", "V-090", "V+090"};
/* Channels of 7.1.4 in the order of the columns: L R C Lss Rss Lrs Rrs Ltf Rtf Ltb Rtb. */
static const int naive_channel[NAIVE_REAL] = {0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11};

static int naive_index(const char *name) {
    for (int point = 0; point < NAIVE_POINTS; ++point) {
        if (strcmp(name, naive_names[point]) == 0) {
            return point;
        }
    }
    fail_msg("no loudspeaker %s", name);
    return -1;
}

static void naive_open(Naive *naive) {
    Oracle oracle;
    int row = 0;
    for (int point = 0; point < NAIVE_POINTS; ++point) {
        const double angle = strtod(naive_names[point] + 1, NULL);
        naive->points[point] = naive_names[point][0] == 'V'
                                   ? direction_of(0.0, angle)
                                   : direction_of(angle, naive_names[point][0] == 'U' ? 30.0 : 0.0);
    }
    oracle_open(&oracle, "vbap_714_triangles.csv");
    while (oracle_next(&oracle)) {
        for (int corner = 0; corner < 3; ++corner) {
            naive->triangles[row][corner] = naive_index(oracle.cells[corner]);
        }
        ++row;
    }
    assert_int_equal(row, NAIVE_TRIANGLES);
}

static double volume(Direction a, Direction b, Direction c) {
    return direction_dot(a, direction_cross(b, c));
}

/* gains: [NAIVE_POINTS], power 1 with the virtual ones. Returns the triangle. */
static int naive_pan(const Naive *naive, Direction at, double *gains) {
    for (int triangle = 0; triangle < NAIVE_TRIANGLES; ++triangle) {
        const int *const corner = naive->triangles[triangle];
        const Direction a = naive->points[corner[0]];
        const Direction b = naive->points[corner[1]];
        const Direction c = naive->points[corner[2]];
        const double whole = volume(a, b, c);
        const double weights[3] = {volume(at, b, c) / whole, volume(a, at, c) / whole,
                                   volume(a, b, at) / whole};
        if (weights[0] < -1e-9 || weights[1] < -1e-9 || weights[2] < -1e-9) {
            continue;
        }
        const double length =
            sqrt(weights[0] * weights[0] + weights[1] * weights[1] + weights[2] * weights[2]);
        memset(gains, 0, sizeof(double) * NAIVE_POINTS);
        for (int index = 0; index < 3; ++index) {
            gains[corner[index]] = weights[index] / length;
        }
        return triangle;
    }
    fail_msg("no triangle");
    return -1;
}

static bool is_neighbour(const Naive *naive, int virtual_point, int point) {
    for (int triangle = 0; triangle < NAIVE_TRIANGLES; ++triangle) {
        bool has_virtual = false;
        bool has_point = false;
        for (int corner = 0; corner < 3; ++corner) {
            has_virtual = has_virtual || naive->triangles[triangle][corner] == virtual_point;
            has_point = has_point || naive->triangles[triangle][corner] == point;
        }
        if (has_virtual && has_point) {
            return true;
        }
    }
    return false;
}

/* The virtual gains go to their real neighbours at 1/sqrt(n), then power 1. */
static void naive_share(const Naive *naive, double *gains) {
    double power = 0.0;
    for (int point = NAIVE_REAL; point < NAIVE_POINTS; ++point) {
        int count = 0;
        for (int other = 0; other < NAIVE_REAL; ++other) {
            count += is_neighbour(naive, point, other);
        }
        for (int other = 0; other < NAIVE_REAL; ++other) {
            gains[other] +=
                is_neighbour(naive, point, other) ? gains[point] / sqrt((double)count) : 0.0;
        }
    }
    for (int point = 0; point < NAIVE_REAL; ++point) {
        power += gains[point] * gains[point];
    }
    for (int point = 0; point < NAIVE_REAL; ++point) {
        gains[point] /= sqrt(power);
    }
}

/* The back of 7.1.4 is a flat quad that the table splits by one diagonal, we by both. */
static bool is_back_quad(const Naive *naive, int triangle) {
    int count = 0;
    for (int corner = 0; corner < 3; ++corner) {
        const char *const name = naive_names[naive->triangles[triangle][corner]];
        count += strstr(name, "135") != NULL;
    }
    return count == 3;
}

static void naive_panner_equals_the_table(void **state) {
    (void)state;
    Naive naive;
    Oracle oracle;
    int rows = 0;
    naive_open(&naive);
    oracle_open(&oracle, "vbap_714.csv");
    while (oracle_next(&oracle)) {
        double gains[NAIVE_POINTS];
        naive_pan(&naive, direction_of(oracle_number(&oracle, 0), oracle_number(&oracle, 1)),
                  gains);
        for (int point = 0; point < NAIVE_POINTS; ++point) {
            assert_true(fabs(gains[point] - oracle_number(&oracle, 2 + point)) < 1e-9);
        }
        ++rows;
    }
    assert_int_equal(rows, 50);
}

static void gains_equal_the_table_with_virtual_gains_shared(void **state) {
    (void)state;
    Panner panner = open_panner("7.1.4");
    Naive naive;
    Oracle oracle;
    int rows = 0;
    int compared = 0;
    int without_virtual = 0;
    naive_open(&naive);
    oracle_open(&oracle, "vbap_714.csv");
    while (oracle_next(&oracle)) {
        const double azimuth = oracle_number(&oracle, 0);
        const double elevation = oracle_number(&oracle, 1);
        double gains[NAIVE_POINTS];
        double ignored[NAIVE_POINTS];
        float found[LAYOUT_MAX_CHANNELS];
        ++rows;
        if (is_back_quad(&naive, naive_pan(&naive, direction_of(azimuth, elevation), ignored))) {
            continue;
        }
        for (int point = 0; point < NAIVE_POINTS; ++point) {
            gains[point] = oracle_number(&oracle, 2 + point);
        }
        without_virtual += gains[NAIVE_REAL] == 0.0 && gains[NAIVE_REAL + 1] == 0.0;
        naive_share(&naive, gains);
        pan(&panner, azimuth, elevation, 0.0, found);
        for (int point = 0; point < NAIVE_REAL; ++point) {
            assert_true(fabs((double)found[naive_channel[point]] - gains[point]) < 1e-6);
        }
        ++compared;
    }
    print_message("%d of %d rows compared, %d without virtual loudspeakers\n", compared, rows,
                  without_virtual);
    assert_true(2 * compared > rows);
    close_panner(&panner);
}

static void naive_ring(Direction at, double spread, int index, Direction *ring) {
    Direction right = direction_cross(at, (Direction){0.0, 0.0, 1.0});
    right =
        direction_length(right) < 1e-9 ? (Direction){1.0, 0.0, 0.0} : direction_normalise(right);
    const Direction up = direction_cross(right, at);
    const double turn = index * 3.14159265358979323846 / 4.0;
    const double radius = tan(spread / 2.0 * 3.14159265358979323846 / 180.0);
    *ring = direction_add(at, direction_add(direction_scale(right, radius * cos(turn)),
                                            direction_scale(up, radius * sin(turn))));
}

/* An even sphere against the naive panner, where none of the nine directions meets the back quad.
 */
static void spread_equals_the_sum_over_a_ring(void **state) {
    (void)state;
    Panner panner = open_panner("7.1.4");
    Naive naive;
    int compared = 0;
    naive_open(&naive);
    for (int index = 0; index < SPHERE_COUNT; ++index) {
        double azimuth;
        double elevation;
        double sum[NAIVE_POINTS] = {0};
        double power = 0.0;
        bool meets_quad = false;
        float found[LAYOUT_MAX_CHANNELS];
        sphere_point(index, &azimuth, &elevation);
        const Direction at = direction_of(azimuth, elevation);
        for (int ray = 0; ray < 9; ++ray) {
            Direction toward = at;
            double gains[NAIVE_POINTS];
            if (ray < 8) {
                naive_ring(at, 30.0, ray, &toward);
            }
            meets_quad =
                is_back_quad(&naive, naive_pan(&naive, direction_normalise(toward), gains)) ||
                meets_quad;
            naive_share(&naive, gains);
            for (int point = 0; point < NAIVE_REAL; ++point) {
                sum[point] += gains[point];
            }
        }
        for (int point = 0; point < NAIVE_REAL; ++point) {
            power += sum[point] * sum[point];
        }
        pan(&panner, azimuth, elevation, 30.0, found);
        for (int point = 0; !meets_quad && point < NAIVE_REAL; ++point) {
            assert_true(fabs((double)found[naive_channel[point]] - sum[point] / sqrt(power)) <
                        1e-6);
        }
        compared += !meets_quad;
    }
    assert_true(compared > SPHERE_COUNT / 2);
    close_panner(&panner);
}

/* The table drops virtual gains at the end and counts a direction on a border once per triangle:
 * the naive ring must reproduce all other rows, as the sphere above holds us to the naive ring. */
static void naive_ring_equals_the_table_of_spread_30(void **state) {
    (void)state;
    Naive naive;
    Oracle oracle;
    int equal = 0;
    naive_open(&naive);
    oracle_open(&oracle, "mdap_714_spread30.csv");
    while (oracle_next(&oracle)) {
        const Direction at = direction_of(oracle_number(&oracle, 0), oracle_number(&oracle, 1));
        double sum[NAIVE_POINTS] = {0};
        double power = 0.0;
        double worst = 0.0;
        for (int ray = 0; ray < 9; ++ray) {
            Direction toward = at;
            double gains[NAIVE_POINTS];
            if (ray < 8) {
                naive_ring(at, 30.0, ray, &toward);
            }
            naive_pan(&naive, direction_normalise(toward), gains);
            for (int point = 0; point < NAIVE_POINTS; ++point) {
                sum[point] += gains[point];
            }
        }
        for (int point = 0; point < NAIVE_POINTS; ++point) {
            power += sum[point] * sum[point];
        }
        for (int point = 0; point < NAIVE_REAL; ++point) {
            worst = fmax(worst, fabs(sum[point] / sqrt(power) - oracle_number(&oracle, 2 + point)));
        }
        equal += worst < 1e-6;
    }
    print_message("%d of 50 rows of spread 30 equal\n", equal);
    assert_true(equal >= 40);
}

/* On the horizon the reference renderer's extra heights are silent, so 2.0 must be the same. */
static void stereo_equals_the_reference_renderer_on_the_horizon(void **state) {
    (void)state;
    Panner panner = open_panner("2.0");
    Oracle oracle;
    int compared = 0;
    oracle_open(&oracle, "ear_psp_0_2_0.csv");
    while (oracle_next(&oracle)) {
        float found[2];
        if (oracle_number(&oracle, 3) != 0.0) {
            continue;
        }
        pan(&panner, oracle_number(&oracle, 2), 0.0, 0.0, found);
        assert_true(fabs((double)found[0] - oracle_number(&oracle, 4)) < 1e-6);
        assert_true(fabs((double)found[1] - oracle_number(&oracle, 5)) < 1e-6);
        ++compared;
    }
    print_message("%d rows on the horizon\n", compared);
    assert_int_equal(compared, 6);
    close_panner(&panner);
}

static void mono_takes_everything(void **state) {
    (void)state;
    Panner panner = open_panner("1.0");
    float gain = 0.0F;
    pan(&panner, 133.0, -12.0, 50.0, &gain);
    assert_true(gain == 1.0F);
    close_panner(&panner);
}

/* What comes from behind a screen-only layout sounds from its own side. */
static void front_only_layouts_answer_from_the_nearest_side(void **state) {
    (void)state;
    Panner panner = open_panner("3.0");
    float gains[3];
    pan(&panner, 110.0, 0.0, 0.0, gains);
    assert_true(fabsf(gains[0] - 1.0F) < 1e-6F);
    pan(&panner, 180.0, 0.0, 0.0, gains);
    assert_true(fabsf(gains[0] - gains[1]) < 1e-6F && gains[2] < 1e-6F);
    close_panner(&panner);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_is_one_in_every_direction_of_every_layout),
        cmocka_unit_test(a_source_at_a_loudspeaker_sounds_from_it_alone),
        cmocka_unit_test(left_and_right_are_mirror_images),
        cmocka_unit_test(gains_move_without_a_step),
        cmocka_unit_test(naive_panner_equals_the_table),
        cmocka_unit_test(gains_equal_the_table_with_virtual_gains_shared),
        cmocka_unit_test(spread_equals_the_sum_over_a_ring),
        cmocka_unit_test(naive_ring_equals_the_table_of_spread_30),
        cmocka_unit_test(stereo_equals_the_reference_renderer_on_the_horizon),
        cmocka_unit_test(mono_takes_everything),
        cmocka_unit_test(front_only_layouts_answer_from_the_nearest_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
