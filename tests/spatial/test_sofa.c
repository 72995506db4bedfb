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

typedef struct Bits { /* of a deflate stream (RFC 1951), low bits first */
    unsigned char *bytes;
    size_t count; /* of bits */
} Bits;

static void put_bits(Bits *bits, unsigned value, int count) {
    for (int bit = 0; bit < count; bit++, bits->count++) {
        bits->bytes[bits->count / 8] |= (unsigned char)(((value >> bit) & 1U) << (bits->count % 8));
    }
}

/* Huffman codes stand with their high bit first. */
static void put_code(Bits *bits, unsigned code, int length) {
    for (int bit = length - 1; bit >= 0; bit--) {
        put_bits(bits, code >> bit, 1);
    }
}

/* A zlib stream of `size` bytes 255, 1 and a multiple of 258 and at most 257 more: in doubles,
 * shuffled or not, each is no number. */
static size_t put_not_numbers(unsigned char *bytes, size_t size) {
    uint32_t adler[2] = {1, 0};
    Bits bits = {.bytes = bytes + 2};
    bytes[0] = 0x78;
    bytes[1] = 0x01;
    put_bits(&bits, 1, 1);     /* the last block */
    put_bits(&bits, 1, 2);     /* fixed codes */
    put_code(&bits, 0x1ff, 9); /* 255 */
    size_t left = size - 1;
    for (; left >= 258; left -= 258) {
        put_code(&bits, 0xc5, 8); /* 258 times what stands one before */
        put_code(&bits, 0, 5);
    }
    for (; left > 0; left--) {
        put_code(&bits, 0x1ff, 9);
    }
    put_code(&bits, 0, 7); /* the end */
    for (size_t byte = 0; byte < size; byte++) {
        adler[0] = (adler[0] + 255) % 65521;
        adler[1] = (adler[1] + adler[0]) % 65521;
    }
    unsigned char *sum = bits.bytes + (bits.count + 7) / 8;
    const uint32_t check = adler[1] << 16 | adler[0];
    for (int byte = 0; byte < 4; byte++) {
        sum[byte] = (unsigned char)(check >> (24 - 8 * byte));
    }
    return (size_t)(sum + 4 - bytes);
}

static uint64_t read_little(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int byte = count - 1; byte >= 0; byte--) {
        value = value << 8 | bytes[byte];
    }
    return value;
}

/* The only chunk of a matrix (HDF5: size, mask, three offsets, address) that is so small holds the
 * places. NULL: the file is another one. */
static unsigned char *find_places(unsigned char *bytes, size_t size, size_t *chunk_bytes) {
    enum { ENTRY_BYTES = 40, LEAST_BYTES = 256, MOST_BYTES = 10000 };
    for (size_t at = 0; at + ENTRY_BYTES < size; at++) {
        const uint64_t length = read_little(bytes + at, 8); /* the mask is 0 */
        const uint64_t address = read_little(bytes + at + 32, 8);
        const bool is_first = read_little(bytes + at + 8, 8) == 0 &&
                              read_little(bytes + at + 16, 8) == 0 &&
                              read_little(bytes + at + 24, 8) == 0;
        if (is_first && length > LEAST_BYTES && length < MOST_BYTES && address + length < size &&
            bytes[address] == 0x78 && bytes[address + 1] == 0x01) {
            *chunk_bytes = (size_t)length;
            return bytes + address;
        }
    }
    return NULL;
}

static void values_that_are_no_numbers_are_refused(void **state) {
    (void)state;
    enum { PLACES_BYTES = 710 * 3 * 8, MOST_BYTES = 4 << 20 };
    char path[] = "/tmp/nocturne-sofa-XXXXXX";
    FILE *from = fopen(sofa_path, "rb");
    if (!from) {
        print_message("skipped: no %s\n", sofa_path);
        skip();
    }
    unsigned char *bytes = malloc(MOST_BYTES);
    const size_t size = fread(bytes, 1, MOST_BYTES, from);
    fclose(from);
    size_t chunk_bytes = 0;
    unsigned char *places = find_places(bytes, size, &chunk_bytes);
    if (!places || !memmem(bytes, size, "   710", 6)) {
        free(bytes);
        print_message("skipped: another %s\n", sofa_path);
        skip();
    }
    memset(places, 0, chunk_bytes);
    assert_true(put_not_numbers(places, PLACES_BYTES) <= chunk_bytes);
    const int descriptor = mkstemp(path);
    assert_int_equal(pwrite(descriptor, bytes, size, 0), size);
    Arena *arena = arena_create();
    ErrorList *const errors = errors_create(arena);
    HrirGrid grid;
    assert_int_equal(sofa_read(path, arena, &grid, errors), E423);
    assert_non_null(strstr(errors_last(errors)->message, "not numbers"));
    arena_destroy(&arena);
    close(descriptor);
    unlink(path);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_are_refused_or_hold_sane_values),
        cmocka_unit_test(files_of_other_kinds_are_refused),
        cmocka_unit_test(wrong_dimensions_and_missing_data_are_named),
        cmocka_unit_test(values_that_are_no_numbers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
