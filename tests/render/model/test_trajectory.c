/* Paths against closed forms: great circles, straight lines, points passed through. */
#include "render/model/trajectory.h"

#include "render/model/direction.h"
#include "tests/support/assert_near.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void assert_at(const Trajectory *path, SampleTime time, double azimuth, double elevation) {
    const Position at = trajectory_at(path, time);
    assert_near(at.azimuth_deg, azimuth, 1e-9);
    assert_near(at.elevation_deg, elevation, 1e-9);
}

static double angle_deg(Position a, Position b) {
    const Direction from = direction_of(a.azimuth_deg, a.elevation_deg);
    const Direction to = direction_of(b.azimuth_deg, b.elevation_deg);
    return atan2(direction_length(direction_cross(from, to)), direction_dot(from, to)) * 180.0 /
           3.14159265358979323846;
}

static void one_point_holds_for_ever(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 1000, .state.position = {-30.0, 12.0, 2.0, 20.0}}
    };
    const Trajectory path = {.points = points, .point_count = 1, .curve = PATH_LINEAR};
    for (SampleTime time = -5000; time < 5000; time += 1000) {
        const Position at = trajectory_at(&path, time);
        assert_memory_equal(&at, &points[0].state.position, sizeof at);
    }
    assert_false(trajectory_moves(&path));
}

static void ends_hold_before_and_after(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 100, .state.position = {10.0, 0.0, 1.0, 0.0}},
        {.time = 200, .state.position = {50.0, 5.0, 1.0, 0.0}}
    };
    for (int curve = PATH_LINEAR; curve <= PATH_HOLD; ++curve) {
        const Trajectory path = {
            .points = points, .point_count = COUNT(points), .curve = (PathCurve)curve};
        assert_at(&path, -1, 10.0, 0.0);
        assert_at(&path, 100, 10.0, 0.0);
        assert_at(&path, 200, 50.0, 5.0);
        assert_at(&path, INT64_MAX, 50.0, 5.0);
        assert_true(trajectory_moves(&path));
    }
}

static void linear_paths_follow_the_great_circle_at_even_speed(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,     .state.position = {0.0, 0.0, 1.0, 0.0}   },
        {.time = 9000,  .state.position = {90.0, 0.0, 3.0, 30.0} },
        {.time = 18000, .state.position = {90.0, 90.0, 3.0, 30.0}}
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_LINEAR};
    assert_at(&path, 3000, 30.0, 0.0);
    assert_near(trajectory_at(&path, 3000).distance_m, 1.0 + 2.0 / 3.0, 1e-12);
    assert_near(trajectory_at(&path, 3000).spread_deg, 10.0, 1e-12);
    assert_at(&path, 12000, 90.0, 30.0);
    const PathPoint tilted[] = {
        {.time = 0,    .state.position = {20.0, -10.0, 1.0, 0.0}},
        {.time = 1000, .state.position = {140.0, 40.0, 1.0, 0.0}}
    };
    const Trajectory arc = {.points = tilted, .point_count = COUNT(tilted), .curve = PATH_LINEAR};
    const double whole_deg = angle_deg(tilted[0].state.position, tilted[1].state.position);
    for (SampleTime time = 0; time <= 1000; time += 50) {
        const double part_deg = angle_deg(tilted[0].state.position, trajectory_at(&arc, time));
        assert_near(part_deg, whole_deg * (double)time / 1000.0, 1e-6);
    }
}

static void the_short_way_leads_across_the_back(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,   .state.position = {170.0, 0.0, 1.0, 0.0} },
        {.time = 100, .state.position = {-170.0, 0.0, 1.0, 0.0}}
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_LINEAR};
    assert_at(&path, 25, 175.0, 0.0);
    assert_at(&path, 75, -175.0, 0.0);
    assert_near(fabs(trajectory_at(&path, 50).azimuth_deg), 180.0, 1e-9);
}

static void opposite_ends_turn_clockwise_without_nan(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,   .state.position = {0.0, 0.0, 1.0, 0.0}  },
        {.time = 100, .state.position = {180.0, 0.0, 1.0, 0.0}}
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_LINEAR};
    assert_at(&path, 50, -90.0, 0.0);
    const PathPoint poles[] = {
        {.time = 0,   .state.position = {0.0, 90.0, 1.0, 0.0} },
        {.time = 100, .state.position = {0.0, -90.0, 1.0, 0.0}}
    };
    const Trajectory dive = {.points = poles, .point_count = COUNT(poles), .curve = PATH_LINEAR};
    assert_near(trajectory_at(&dive, 50).elevation_deg, 0.0, 1e-9);
    assert_true(fabs(trajectory_at(&dive, 50).azimuth_deg) <= 180.0);
}

static void held_points_jump_at_their_time(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,   .state.position = {0.0, 0.0, 1.0, 0.0}  },
        {.time = 100, .state.position = {90.0, 0.0, 1.0, 0.0} },
        {.time = 200, .state.position = {-90.0, 0.0, 1.0, 0.0}}
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_HOLD};
    assert_at(&path, 99, 0.0, 0.0);
    assert_at(&path, 100, 90.0, 0.0);
    assert_at(&path, 199, 90.0, 0.0);
    assert_at(&path, 200, -90.0, 0.0);
}

static void splines_pass_through_every_point_without_a_step(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,    .state.position = {30.0, 0.0, 2.0, 0.0}   },
        {.time = 1000, .state.position = {80.0, 20.0, 1.0, 10.0} },
        {.time = 1500, .state.position = {150.0, -10.0, 4.0, 0.0}},
        {.time = 4000, .state.position = {-120.0, 5.0, 2.5, 0.0} }
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_SPLINE};
    for (int point = 0; point < COUNT(points); ++point) {
        const Position at = trajectory_at(&path, points[point].time);
        assert_near(angle_deg(at, points[point].state.position), 0.0, 1e-9);
        assert_near(at.distance_m, points[point].state.position.distance_m, 1e-12);
    }
    for (SampleTime time = 0; time < 4000; ++time) {
        assert_true(angle_deg(trajectory_at(&path, time), trajectory_at(&path, time + 1)) < 0.5);
    }
}

/* Four points on one line: a spline through them stays on it. */
static void splines_keep_a_straight_line_straight(void **state) {
    (void)state;
    PathPoint points[4];
    for (int point = 0; point < 4; ++point) {
        const Direction at = {2.0, -3.0 + 2.0 * point, 0.5};
        points[point] = (PathPoint){
            .time = 1000 * point,
            .state.position = {direction_azimuth_deg(at), direction_elevation_deg(at),
                               direction_length(at), 0.0}
        };
    }
    const Trajectory path = {.points = points, .point_count = 4, .curve = PATH_SPLINE};
    for (SampleTime time = 0; time <= 3000; time += 100) {
        const Position at = trajectory_at(&path, time);
        const Direction place =
            direction_scale(direction_of(at.azimuth_deg, at.elevation_deg), at.distance_m);
        assert_near(place.x, 2.0, 1e-9);
        assert_near(place.y, -3.0 + 2.0 * (double)time / 1000.0, 1e-9);
        assert_near(place.z, 0.5, 1e-9);
    }
}

static void paths_through_the_listener_keep_their_distance(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,    .state.position = {0.0, 0.0, 1.0, 0.0}  },
        {.time = 1000, .state.position = {180.0, 0.0, 1.0, 0.0}},
        {.time = 2000, .state.position = {180.0, 0.0, 0.0, 0.0}},
        {.time = 3000, .state.position = {180.0, 0.0, 0.0, 0.0}}
    };
    for (int curve = PATH_LINEAR; curve <= PATH_HOLD; ++curve) {
        const Trajectory path = {
            .points = points, .point_count = COUNT(points), .curve = (PathCurve)curve};
        for (SampleTime time = -10; time < 3010; ++time) {
            const Position at = trajectory_at(&path, time);
            assert_true(at.distance_m >= 0.05 && at.distance_m <= 1.5);
            assert_true(at.azimuth_deg >= -180.0 && at.azimuth_deg <= 180.0);
            assert_true(at.elevation_deg >= -90.0 && at.elevation_deg <= 90.0);
        }
    }
}

static void repeated_places_do_not_count_as_movement(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,   .state.position = {15.0, 0.0, 1.0, 0.0}},
        {.time = 100, .state.position = {15.0, 0.0, 1.0, 0.0}}
    };
    const Trajectory path = {.points = points, .point_count = COUNT(points), .curve = PATH_SPLINE};
    assert_false(trajectory_moves(&path));
    assert_at(&path, 50, 15.0, 0.0);
}

static void turned_azimuths_come_back_into_one_circle(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0, .state.position = {270.0, 0.0, 1.0, 0.0}}
    };
    const Trajectory path = {.points = points, .point_count = 1, .curve = PATH_LINEAR};
    assert_at(&path, 0, -90.0, 0.0);
}

/* Forwards, backwards and to and fro across a point: what is kept belongs to its leg. */
static void places_along_a_path_are_those_of_single_times(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,     .state.position = {0.0, 0.0, 1.0, 0.0}    },
        {.time = 9000,  .state.position = {90.0, 20.0, 3.0, 30.0} },
        {.time = 18000, .state.position = {-120.0, 70.0, 3.0, 0.0}}
    };
    for (int curve = PATH_LINEAR; curve <= PATH_HOLD; ++curve) {
        const Trajectory path = {
            .points = points, .point_count = COUNT(points), .curve = (PathCurve)curve};
        PathLeg leg = {.is_known = false};
        for (int step = 0; step < 200; ++step) {
            const SampleTime time = (SampleTime)step * 7919 % 20011 - 500;
            const Position found = trajectory_object_along(&path, time, &leg).position;
            const Position wanted = trajectory_at(&path, time);
            assert_true(found.azimuth_deg == wanted.azimuth_deg);
            assert_true(found.elevation_deg == wanted.elevation_deg);
            assert_true(found.distance_m == wanted.distance_m);
        }
    }
}

/* A great circle in closed form, sin((1-u)w)/sin w and sin(uw)/sin w, and the angles of the same
 * time. */
static void a_direction_is_that_of_the_angles(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 0,   .state = {.position = {-140.0, 35.0, 3.0, 40.0}, .gain_db = -6.0}},
        {.time = 900, .state = {.position = {75.0, -20.0, 1.0, 10.0}, .gain_db = 0.0}  },
    };
    const Trajectory path = {.points = points, .point_count = 2, .curve = PATH_LINEAR};
    const Direction from = direction_of(-140.0, 35.0);
    const Direction to = direction_of(75.0, -20.0);
    const double angle = acos(direction_dot(from, to));
    PathLeg leg = {.is_known = false};
    for (SampleTime time = 1; time < 900; time += 13) {
        ObjectState found;
        Direction at;
        const double u = (double)time / 900.0;
        const Direction expected =
            direction_add(direction_scale(from, sin((1.0 - u) * angle) / sin(angle)),
                          direction_scale(to, sin(u * angle) / sin(angle)));
        const ObjectState whole = trajectory_object_at(&path, time);
        assert_true(trajectory_towards_along(&path, time, &leg, &found, &at));
        assert_near(direction_length(direction_subtract(at, expected)), 0.0, 1e-12);
        assert_near(direction_azimuth_deg(at), whole.position.azimuth_deg, 1e-9);
        assert_near(found.position.distance_m, 3.0 - 2.0 * u, 1e-12);
        assert_near(found.position.spread_deg, 40.0 - 30.0 * u, 1e-12);
        assert_near(found.gain_db, -6.0 + 6.0 * u, 1e-12);
    }
}

/* At and beyond the ends, and on other curves, there are angles already. */
static void elsewhere_there_is_no_direction(void **state) {
    (void)state;
    const PathPoint points[] = {
        {.time = 100, .state.position = {-30.0, 0.0, 1.0, 0.0}},
        {.time = 200, .state.position = {30.0, 0.0, 1.0, 0.0} },
    };
    static const PathCurve curves[] = {PATH_LINEAR, PATH_SPLINE, PATH_HOLD};
    for (int curve = 0; curve < COUNT(curves); curve++) {
        const Trajectory path = {.points = points, .point_count = 2, .curve = curves[curve]};
        for (SampleTime time = 0; time <= 300; time += 50) {
            PathLeg leg = {.is_known = false};
            ObjectState found;
            Direction at;
            const bool is_between = time > 100 && time < 200;
            assert_int_equal(trajectory_towards_along(&path, time, &leg, &found, &at),
                             is_between && curves[curve] == PATH_LINEAR);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_point_holds_for_ever),
        cmocka_unit_test(ends_hold_before_and_after),
        cmocka_unit_test(linear_paths_follow_the_great_circle_at_even_speed),
        cmocka_unit_test(the_short_way_leads_across_the_back),
        cmocka_unit_test(opposite_ends_turn_clockwise_without_nan),
        cmocka_unit_test(held_points_jump_at_their_time),
        cmocka_unit_test(splines_pass_through_every_point_without_a_step),
        cmocka_unit_test(splines_keep_a_straight_line_straight),
        cmocka_unit_test(paths_through_the_listener_keep_their_distance),
        cmocka_unit_test(repeated_places_do_not_count_as_movement),
        cmocka_unit_test(turned_azimuths_come_back_into_one_circle),
        cmocka_unit_test(a_direction_is_that_of_the_angles),
        cmocka_unit_test(elsewhere_there_is_no_direction),
        cmocka_unit_test(places_along_a_path_are_those_of_single_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
