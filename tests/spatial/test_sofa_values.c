/* SOFA files whose values are no sound: a value is put into a compressed table, which is then
 * packed again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "spatial/sofa.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

enum { MOST_BYTES = 4 << 20, DIRECTIONS = 710, IR_BYTES = 727040, PLACE_BYTES = DIRECTIONS * 24 };

static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";

typedef struct SofaBytes {
    unsigned char *bytes;
    size_t size;
} SofaBytes;

static int load(void **state) {
    FILE *from = fopen(sofa_path, "rb");
    *state = NULL;
    if (!from) {
        print_message("skipped: no %s\n", sofa_path);
        return 0;
    }
    SofaBytes *file = malloc(sizeof *file);
    file->bytes = malloc(MOST_BYTES);
    file->size = fread(file->bytes, 1, MOST_BYTES, from);
    fclose(from);
    *state = file;
    return 0;
}

static int unload(void **state) {
    SofaBytes *file = *state;
    if (file) {
        free(file->bytes);
    }
    free(file);
    return 0;
}

/* The bytes of the stream at `at` in table; 0: none that becomes table_bytes begins there. */
static size_t unpack(const SofaBytes *file, size_t at, unsigned char *table, size_t table_bytes) {
    z_stream stream = {.next_in = file->bytes + at,
                       .avail_in = (uInt)(file->size - at),
                       .next_out = table,
                       .avail_out = (uInt)table_bytes};
    if (inflateInit(&stream) != Z_OK) {
        return 0;
    }
    const int end = inflate(&stream, Z_FINISH);
    const bool is_whole = end == Z_STREAM_END && stream.avail_out == 0;
    const size_t taken = file->size - at - stream.avail_in;
    inflateEnd(&stream);
    return is_whole ? taken : 0;
}

/* HDF5's shuffle filter keeps byte p of all values together. */
static void put_value(unsigned char *table, size_t table_bytes, size_t index, double value) {
    const size_t count = table_bytes / sizeof value;
    unsigned char parts[sizeof value];
    memcpy(parts, &value, sizeof value);
    for (size_t part = 0; part < sizeof value; ++part) {
        table[part * count + index] = parts[part];
    }
}

/* The first table of that size gets the value, and zeros behind it, so that it packs as small. */
static void
change_table(const SofaBytes *file, SofaBytes *changed, size_t table_bytes, double value) {
    enum { ZEROS = 64 };
    unsigned char *table = malloc(table_bytes);
    size_t at = 0;
    size_t packed_bytes = 0;
    while (packed_bytes == 0 && ++at < file->size - 2) {
        packed_bytes = file->bytes[at] == 0x78 ? unpack(file, at, table, table_bytes) : 0;
    }
    assert_true(packed_bytes > 0);
    for (size_t index = 0; index < ZEROS; ++index) {
        put_value(table, table_bytes, 200 + index, index == 0 ? value : 0.0);
    }
    memcpy(changed->bytes, file->bytes, file->size);
    changed->size = file->size;
    uLongf size = packed_bytes;
    assert_int_equal(compress2(changed->bytes + at, &size, table, table_bytes, 9), Z_OK);
    free(table);
}

static void expect(const SofaBytes *file, Status status, const char *words) {
    char path[] = "/tmp/nocturne-sofa-XXXXXX";
    const int descriptor = mkstemp(path);
    assert_int_equal(pwrite(descriptor, file->bytes, file->size, 0), file->size);
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    HrirGrid grid;
    assert_int_equal(sofa_read(path, arena, &grid, errors), status);
    if (status != DONE) {
        assert_non_null(strstr(errors_last(errors)->message, path));
        assert_non_null(strstr(errors_last(errors)->message, words));
    }
    arena_destroy(&arena);
    close(descriptor);
    unlink(path);
}

static void values_that_are_no_numbers_are_refused(void **state) {
    const SofaBytes *file = *state;
    if (!file) {
        skip();
    }
    static const struct {
        size_t table_bytes;
        double value;
        Status status;
        const char *words;
    } cases[] = {
        {IR_BYTES,    0.25,      DONE, ""           }, /* it is packed as it was */
        {IR_BYTES,    NAN,       E423, "not numbers"},
        {IR_BYTES,    -INFINITY, E423, "not numbers"},
        {IR_BYTES,    1e30,      E423, "damaged"    },
        {PLACE_BYTES, NAN,       E423, "not numbers"},
        {PLACE_BYTES, INFINITY,  E423, "not numbers"},
    };
    SofaBytes changed = {.bytes = malloc(MOST_BYTES)};
    for (size_t row = 0; row < sizeof cases / sizeof *cases; ++row) {
        change_table(file, &changed, cases[row].table_bytes, cases[row].value);
        expect(&changed, cases[row].status, cases[row].words);
    }
    free(changed.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_that_are_no_numbers_are_refused, load, unload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
