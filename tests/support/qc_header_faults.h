#ifndef TESTS_SUPPORT_QC_HEADER_FAULTS_H
#define TESTS_SUPPORT_QC_HEADER_FAULTS_H
/* Faults of headers and metadata, planted in the file of a clean delivery that was written. */
#include "tests/support/adm_file.h"
#include "tests/support/qc_delivery.h"

static inline void overwrite(const char *path, long offset, const void *bytes, size_t size_bytes) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

static inline void append(const char *path, const void *bytes, size_t size_bytes) {
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

static inline void
append_chunk(const char *path, const char *id, const void *bytes, uint32_t size_bytes) {
    append(path, id, 4);
    append(path, (unsigned char[]){size_bytes & 0xFF, size_bytes >> 8 & 0xFF, 0, 0}, 4);
    append(path, bytes, size_bytes);
}

static inline void forget_the_length(const char *path) {
    const uint32_t data_bytes = DELIVERY_FRAMES * DELIVERY_CHANNELS * 3;
    const long size_place = -(long)data_bytes - 4;
    overwrite(path, size_place, "\xFF\xFF\xFF\xFF", 4);
}

static inline void append_half_a_second(const char *path) {
    static const char bytes[432000] = {0};
    append(path, bytes, sizeof bytes);
}

/* EBU Tech 3285 v2: -10.00 LUFS, the other four unused. */
static inline void state_another_loudness(const char *path) {
    unsigned char bext[602] = {0};
    bext[346] = 2;
    memcpy(bext + 412, "\x18\xFC\xFF\x7F\xFF\x7F\xFF\x7F\xFF\x7F", 10);
    append_chunk(path, "bext", bext, sizeof bext);
}

static inline void append_chna(const char *path) {
    char chna[44] = "\1\0\1\0\1\0ATU_00000001AC_00031001";
    memcpy(chna + 32, "AP_00031001", 11);
    append_chunk(path, "chna", chna, sizeof chna);
}

static inline void append_axml(const char *path, const char *object) {
    Arena *arena = arena_create();
    const char *const block = adm_block_text(arena, "", 30.0, "");
    const char *const text = adm_object_text(arena, object, block);
    const uint32_t size_bytes = (uint32_t)strlen(text) & ~1U; /* its last byte is a line's end */
    append_chunk(path, "axml", text, size_bytes);
    arena_destroy(&arena);
}

static inline void forget_chna(const char *path) {
    append_axml(path, ">");
}

static inline void paint_the_object(const char *path) {
    append_chna(path);
    append_axml(path, "colour='red'>");
}

#endif
