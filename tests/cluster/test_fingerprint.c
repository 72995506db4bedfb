/* Fingerprints: the same process has the same one, and every difference is refused by its name. */
#include "cluster/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/self_test.h"

#include <cmocka.h>

static Fingerprint make(ErrorList *errors) {
    Fingerprint own;
    assert_int_equal(fingerprint_make(&own, errors), DONE);
    return own;
}

static void the_self_test_is_the_same_on_every_level_of_kernels(void **state) {
    (void)state;
    static const char *const levels[] = {"scalar", "baseline", "x86-64-v3", "x86-64-v4"};
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Key first = {0};
    assert_int_equal(self_test_render(&first, errors), DONE);
    assert_false(key_is_zero(first));
    for (size_t level = 0; level < sizeof levels / sizeof *levels; level++) {
        Key key = {0};
        setenv("NOCTURNE_KERNELS", levels[level], 1);
        assert_int_equal(self_test_render(&key, errors), DONE);
        assert_true(key_equal(key, first));
    }
    unsetenv("NOCTURNE_KERNELS");
    arena_destroy(&arena);
}

static void every_difference_is_refused(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const Fingerprint own = make(errors);
    Fingerprint other = make(errors);
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), DONE);
    strcpy(other.cpu_level, "older");
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), DONE);
    other.self_test[3] ^= 1;
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), E621);
    other = own;
    other.libraries[0] ^= 1;
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), E620);
    other = own;
    other.build[0] ^= 1;
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), E620);
    arena_destroy(&arena);
}

static void it_survives_the_way_through_json(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const Fingerprint own = make(errors);
    Fingerprint other;
    json_t *object = fingerprint_to_json(&own);
    fingerprint_from_json(object, &other);
    json_decref(object);
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), DONE);
    object = json_object();
    fingerprint_from_json(object, &other);
    json_decref(object);
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), E620);
    arena_destroy(&arena);
}

static void a_fault_makes_one_host_different(void **state) {
    (void)state;
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    char host[256] = "";
    const Fingerprint own = make(errors);
    gethostname(host, sizeof host - 1);
    setenv("NOCTURNE_FAULT", arena_format(arena, "self-test:%s:1", host), 1);
    const Fingerprint other = make(errors);
    unsetenv("NOCTURNE_FAULT");
    assert_int_equal(fingerprint_judge(&own, &other, "b", errors), E621);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_self_test_is_the_same_on_every_level_of_kernels),
        cmocka_unit_test(every_difference_is_refused),
        cmocka_unit_test(it_survives_the_way_through_json),
        cmocka_unit_test(a_fault_makes_one_host_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
