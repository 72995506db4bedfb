#ifndef TESTS_SUPPORT_SOFA_COPY_H
#define TESTS_SUPPORT_SOFA_COPY_H
/* Rooms in SOFA files, made of the head that libmysofa brings: only their convention is another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct SofaBytes {
    char *bytes;
    size_t count;
} SofaBytes;

static inline SofaBytes sofa_copy_read(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    SofaBytes all = {.count = (size_t)ftell(file)};
    rewind(file);
    all.bytes = malloc(all.count);
    assert_int_equal(fread(all.bytes, 1, all.count, file), all.count);
    fclose(file);
    return all;
}

/* A copy whose convention is another one, at most as long as SimpleFreeFieldHRIR. */
static inline void sofa_copy_write(const char *from, const char *to, const char *convention) {
    static const char was[] = "SimpleFreeFieldHRIR";
    SofaBytes all = sofa_copy_read(from);
    for (size_t at = 0; at + sizeof was < all.count; at++) {
        if (memcmp(all.bytes + at, was, sizeof was - 1) == 0) {
            memset(all.bytes + at, 0, sizeof was - 1);
            memcpy(all.bytes + at, convention, strlen(convention));
        }
    }
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(all.bytes, 1, all.count, file), all.count);
    fclose(file);
    free(all.bytes);
}

#endif
