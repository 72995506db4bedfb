/* What counts as summed already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "render/model/verified_objects.h"

#include <cmocka.h>

static const struct stat settled = {
    .st_dev = 3, .st_ino = 41, .st_size = 900, .st_mtim = {7, 5},
               .st_ctim = {7, 6}
};

static void a_file_is_known_again_by_all_of_its_identity(void **state) {
    (void)state;
    Arena *arena = arena_create();
    VerifiedObjects *objects = verified_objects_create(arena);
    const Key key = key_of_text("a");
    assert_false(verified_objects_has(objects, key, &settled));
    verified_objects_add(objects, key, &settled);
    assert_true(verified_objects_has(objects, key, &settled));
    assert_false(verified_objects_has(objects, key_of_text("b"), &settled));
    struct stat others[] = {settled, settled, settled, settled, settled};
    others[0].st_dev++;
    others[1].st_ino++;
    others[2].st_size++;
    others[3].st_mtim.tv_nsec++;
    others[4].st_ctim.tv_nsec++;
    for (size_t other = 0; other < sizeof others / sizeof *others; other++) {
        assert_false(verified_objects_has(objects, key, &others[other]));
    }
    arena_destroy(&arena);
}

static void what_changed_a_moment_ago_is_summed_again(void **state) {
    (void)state;
    Arena *arena = arena_create();
    VerifiedObjects *objects = verified_objects_create(arena);
    const Key key = key_of_text("a");
    struct stat fresh = settled;
    clock_gettime(CLOCK_REALTIME, &fresh.st_ctim);
    verified_objects_add(objects, key, &fresh);
    assert_false(verified_objects_has(objects, key, &fresh));
    fresh.st_ctim.tv_sec += 3600; /* a server whose clock runs ahead */
    verified_objects_add(objects, key, &fresh);
    assert_false(verified_objects_has(objects, key, &fresh));
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_known_again_by_all_of_its_identity),
        cmocka_unit_test(what_changed_a_moment_ago_is_summed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
