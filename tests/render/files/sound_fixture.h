#ifndef TESTS_RENDER_FILES_SOUND_FIXTURE_H
#define TESTS_RENDER_FILES_SOUND_FIXTURE_H
/* A folder for one test, and sound files put together byte by byte. */
#include "render/base/files.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

typedef struct Fixture {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    const char *path; /* a.wav in the folder */
} Fixture;

enum { MAX_FILE_BYTES = 1 << 16 };

typedef struct TestFile {
    unsigned char bytes[MAX_FILE_BYTES];
    size_t size_bytes;
} TestFile;

static inline int set_up(void **state) {
    Fixture *fixture = calloc(1, sizeof *fixture);
    temp_folder_open(&fixture->arena, &fixture->errors, &fixture->folder);
    fixture->path = path_join(fixture->arena, fixture->folder, "a.wav");
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state) {
    Fixture *fixture = *state;
    temp_folder_close(&fixture->arena, fixture->folder);
    free(fixture);
    return 0;
}

static inline void add_bytes(TestFile *file, const void *bytes, size_t size_bytes) {
    assert_true(file->size_bytes + size_bytes <= sizeof file->bytes);
    memcpy(file->bytes + file->size_bytes, bytes, size_bytes);
    file->size_bytes += size_bytes;
}

static inline void add_number(TestFile *file, uint64_t number, int size_bytes) {
    for (int byte = 0; byte < size_bytes; byte++) {
        const unsigned char part = (unsigned char)(number >> 8 * byte);
        add_bytes(file, &part, 1);
    }
}

static inline void add_zeros(TestFile *file, size_t count) {
    for (size_t byte = 0; byte < count; byte++) {
        add_number(file, 0, 1);
    }
}

static inline void add_chunk(TestFile *file, const char *id, uint32_t size_bytes) {
    add_bytes(file, id, 4);
    add_number(file, size_bytes, 4);
}

static inline void add_riff(TestFile *file, const char *id) {
    *file = (TestFile){0};
    add_chunk(file, id, 0xFFFFFFFF);
    add_bytes(file, "WAVE", 4);
}

static inline void
add_format(TestFile *file, unsigned tag, unsigned channel_count, unsigned rate_hz, unsigned bits) {
    const unsigned block_bytes = channel_count * ((bits + 7) / 8);
    add_chunk(file, "fmt ", 16);
    add_number(file, tag, 2);
    add_number(file, channel_count, 2);
    add_number(file, rate_hz, 4);
    add_number(file, (uint64_t)rate_hz * block_bytes, 4);
    add_number(file, block_bytes, 2);
    add_number(file, bits, 2);
}

/* A new file each time: ext4 writes one that was emptied and filled again to disk at once. */
static inline void save(const Fixture *fixture, const TestFile *file) {
    unlink(fixture->path);
    FILE *stream = fopen(fixture->path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(file->bytes, 1, file->size_bytes, stream), file->size_bytes);
    assert_int_equal(fclose(stream), 0);
}

static inline bool last_message_has(const Fixture *fixture, const char *part) {
    const ErrorEntry *last = errors_last(fixture->errors);
    const bool has = last && strstr(last->message, part);
    if (!has) {
        print_error("`%s` is not in: %s\n", part, last ? last->message : "(no message)");
    }
    return has;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
