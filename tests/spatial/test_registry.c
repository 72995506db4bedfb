/* Every Spatializer is found by its name and fits its layouts. */
#include "spatial/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spatial/layout_table.h"

static void every_spatializer_is_found_by_its_name(void **state) {
    (void)state;
    int count = 0;
    for (; spatializer_at(count); ++count) {
        const Spatializer *const at = spatializer_at(count);
        assert_ptr_equal(spatializer_find(at->name), at);
        assert_true(at->summary[0] && at->source[0] && at->create && at->tap_count && at->respond);
    }
    assert_int_equal(count, 6);
    assert_null(spatializer_at(-1));
    assert_null(spatializer_find("psychic"));
}

static void layouts_get_the_panner_of_their_kind(void **state) {
    (void)state;
    assert_ptr_equal(spatializer_for(layout_find("7.1.4")), spatializer_find("vbap"));
    assert_ptr_equal(spatializer_for(layout_find("2.0")), spatializer_find("vbap"));
    assert_ptr_equal(spatializer_for(layout_find("binaural")), spatializer_find("hrtf"));
    assert_ptr_equal(spatializer_for(layout_find("foa")), spatializer_find("ambisonic"));
    assert_ptr_equal(spatializer_for(layout_find("hoa7")), spatializer_find("ambisonic"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spatializer_is_found_by_its_name),
        cmocka_unit_test(layouts_get_the_panner_of_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
