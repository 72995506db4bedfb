/* SOFA files with damage. */
#include "spatial/sofa.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h> /* last: its macro `fail` would break error.h */

static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";

/* Bits turned anywhere in the file, most of them in its tables: refused by name, or a grid of sane
 * values. */
static void damaged_files_are_refused_or_hold_sane_values(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        skip();
    }
    enum { FILES = 24, TABLE_BYTES = 65536 };
    char path[] = "/tmp/nocturne-sofa-XXXXXX";
    const int descriptor = mkstemp(path);
    FILE *from = fopen(sofa_path, "rb");
    assert_true(descriptor >= 0 && from);
    fseek(from, 0, SEEK_END);
    const long size = ftell(from);
    unsigned char *bytes = malloc((size_t)size);
    rewind(from);
    assert_int_equal(fread(bytes, 1, (size_t)size, from), size);
    fclose(from);
    uint32_t seed = 1;
    for (int index = 0; index < FILES; ++index) {
        Arena *arena = arena_create();
        ErrorList *const errors = errors_create(arena);
        HrirGrid grid;
        seed = seed * 1664525U + 1013904223U;
        const long at = (long)(seed >> 4) % (index % 4 ? TABLE_BYTES : size);
        bytes[at] ^= (unsigned char)(1U << (seed & 7U));
        assert_int_equal(pwrite(descriptor, bytes, (size_t)size, 0), size);
        if (sofa_read(path, arena, &grid, errors) != DONE) {
            assert_non_null(strstr(errors_last(errors)->message, path));
        } else {
            for (int sample = 0; sample < 2 * grid.count * grid.length_samples; ++sample) {
                assert_true(fabs((double)grid.samples[sample]) <= 10000.0);
            }
        }
        bytes[at] ^= (unsigned char)(1U << (seed & 7U));
        arena_destroy(&arena);
    }
    close(descriptor);
    unlink(path);
    free(bytes);
}

/* The system's file with one of its words changed, the same length. */
static void expect_refusal(const char *word, const char *other, Status status) {
    const long most_bytes = 4 << 20;
    char path[] = "/tmp/nocturne-sofa-XXXXXX";
    char *bytes = malloc((size_t)most_bytes);
    FILE *from = fopen(sofa_path, "rb");
    const size_t size = fread(bytes, 1, (size_t)most_bytes, from);
    fclose(from);
    char *place = memmem(bytes, size, word, strlen(word));
    assert_non_null(place);
    memcpy(place, other, strlen(word));
    const int descriptor = mkstemp(path);
    assert_int_equal(pwrite(descriptor, bytes, size, 0), size);
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    HrirGrid grid;
    assert_int_equal(sofa_read(path, arena, &grid, errors), status);
    assert_non_null(strstr(errors_last(errors)->message, path));
    arena_destroy(&arena);
    close(descriptor);
    unlink(path);
    free(bytes);
}

static void files_of_other_kinds_are_refused(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        skip();
    }
    expect_refusal("SimpleFreeFieldHRIR", "SimpleFreeFieldHRTF", E420);
    expect_refusal("FIR", "TFE", E420);
    expect_refusal("\211HDF", "RIFF", E426);
}

/* Dimensions that the data contradict, and variables that are missing. */
static void wrong_dimensions_and_missing_data_are_named(void **state) {
    (void)state;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        skip();
    }
    expect_refusal("   710", "   711", E421);
    expect_refusal("   710", "     0", E421);
    expect_refusal("SourcePosition", "SourcePositioX", E421);
    expect_refusal("   512", "  9999", E420);
    expect_refusal("variable.         2", "variable.         3", E420);
    expect_refusal("Data.IR", "Data.IX", E420);
    expect_refusal("Data.SamplingRate", "Data.SamplingRatX", E420);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_are_refused_or_hold_sane_values),
        cmocka_unit_test(files_of_other_kinds_are_refused),
        cmocka_unit_test(wrong_dimensions_and_missing_data_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
