/* Rooms in SOFA files: the HRTF set of the system under the name of a room's convention. */
#include "spatial/sofa_room.h"

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
#undef fail /* the name of our own function too */

#include "scene.h"
#include "spatial/sofa.h"
#include "tests/support/sofa_copy.h"

static const char *write_copy(Arena *arena, const char *convention) {
    char *path = arena_format(arena, "/tmp/nocturne-room-XXXXXX.sofa");
    const int file = mkstemps(path, 5);
    assert_true(file >= 0);
    close(file);
    sofa_copy_write(sofa_path, path, convention);
    return path;
}

static Status read_room(const char *path, Arena *arena, SofaRoom *room, ErrorList *errors) {
    const Place place = {.file = "job.yaml", .line = 3};
    return sofa_room_read(path, "hall.sofa", place, arena, room, errors);
}

static void the_first_measurement_of_a_room_is_read(void **state) {
    (void)state;
    static const char *const conventions[] = {"SingleRoomDRIR", "SingleRoomSRIR",
                                              "MultiSpeakerBRIR"};
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    HrirGrid grid;
    assert_int_equal(sofa_read(sofa_path, arena, &grid, errors), DONE);
    for (int index = 0; index < 3; ++index) {
        SofaRoom room;
        const char *path = write_copy(arena, conventions[index]);
        assert_true(sofa_room_is_path(path) && !sofa_room_is_path("sofa.wav"));
        assert_int_equal(read_room(path, arena, &room, errors), DONE);
        assert_int_equal(room.channel_count, 2);
        assert_int_equal(room.rate_hz, grid.rate_hz);
        assert_true(room.measurement_count >= grid.count);
        assert_true(room.frame_count >= grid.length_samples);
        int found = 0; /* the response is one of the set's */
        for (int direction = 0; direction < grid.count; ++direction) {
            const float *ears = grid.samples + (size_t)direction * 2 * (size_t)grid.length_samples;
            bool is_same = true;
            for (int sample = 0; sample < grid.length_samples; ++sample) {
                is_same = is_same && ears[sample] == room.frames[2 * (size_t)sample] &&
                          ears[grid.length_samples + sample] == room.frames[2 * (size_t)sample + 1];
            }
            found += is_same;
        }
        assert_int_equal(found, 1);
        unlink(path);
    }
    arena_destroy(&arena);
}

static void what_is_no_room_is_refused(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    SofaRoom room;
    assert_int_equal(read_room(sofa_path, arena, &room, errors), E420);
    assert_string_equal(errors_last(errors)->message,
                        "`hall.sofa` holds no room: it follows SimpleFreeFieldHRIR");
    assert_int_equal(errors_last(errors)->place.line, 3);
    assert_int_equal(read_room("/dev/null", arena, &room, errors), E426);
    arena_destroy(&arena);
}

/* Two ears of a room go straight into the two of a delivery. */
static void a_room_of_a_head_is_heard_by_two_ears(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        skip();
    }
    Scene *const scene = open_scene("binaural");
    scene->files[0].path = write_copy(scene->arena, "SingleRoomDRIR");
    scene->files[0].real_path = scene->files[0].path;
    scene->room.is_shoebox = false;
    scene->room.file = 0;
    scene->room.layout = layout_find("binaural");
    scene->room.normalise = false;
    SofaRoom room;
    assert_int_equal(read_room(scene->files[0].path, scene->arena, &room, scene->errors), DONE);
    const AudioBlock block = make(scene);
    if (room.rate_hz == RATE_HZ) {
        for (int64_t sample = 0; sample < block.sample_count; ++sample) {
            assert_true(block.samples[0][sample] == room.frames[2 * sample]);
            assert_true(block.samples[1][sample] == room.frames[2 * sample + 1]);
        }
    }
    unlink(scene->files[0].path);
    close_scene(scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_measurement_of_a_room_is_read),
        cmocka_unit_test(what_is_no_room_is_refused),
        cmocka_unit_test(a_room_of_a_head_is_heard_by_two_ears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
