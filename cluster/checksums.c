/* SHA256SUMS: written sorted, read with suspicion. */
#include "cluster/checksums.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "render/base/files.h"

enum {
    DIGIT_COUNT = 64,              /* of a SHA-256 in hex */
    NAME_OFFSET = DIGIT_COUNT + 2, /* two blanks: text mode of sha256sum */
    LIST_LIMIT_BYTES = 2 << 20     /* more than 10 000 files */
};

Checksums *checksums_create(Arena *arena) {
    Checksums *sums = arena_alloc(arena, sizeof *sums);
    sums->arena = arena;
    return sums;
}

void checksums_add(Checksums *sums, const char *sha256, const char *name) {
    ChecksumLine **at = &sums->first;
    while (*at && strcmp((*at)->name, name) < 0) {
        at = &(*at)->next;
    }
    if (!*at || strcmp((*at)->name, name) != 0) {
        ChecksumLine *line = arena_alloc(sums->arena, sizeof *line);
        line->name = arena_copy_text(sums->arena, name);
        line->next = *at;
        *at = line;
        sums->count++;
    }
    memcpy((*at)->sha256, sha256, DIGIT_COUNT);
    (*at)->sha256[DIGIT_COUNT] = '\0';
}

const ChecksumLine *checksums_find(const Checksums *sums, const char *name) {
    const ChecksumLine *line = sums->first;
    while (line && strcmp(line->name, name) != 0) {
        line = line->next;
    }
    return line;
}

const char *checksums_format(const Checksums *sums, Arena *arena) {
    size_t size_bytes = 1;
    for (const ChecksumLine *line = sums->first; line; line = line->next) {
        size_bytes += NAME_OFFSET + strlen(line->name) + 1;
    }
    char *text = arena_alloc(arena, size_bytes);
    char *end = text;
    for (const ChecksumLine *line = sums->first; line; line = line->next) {
        const size_t room = size_bytes - (size_t)(end - text);
        end += snprintf(end, room, "%s  %s\n", line->sha256, line->name);
    }
    return text;
}

Status checksums_write(const Checksums *sums, const char *path, ErrorList *errors) {
    const char *text = checksums_format(sums, sums->arena);
    return file_write_atomically(path, text, strlen(text), errors);
}

/* Below the folder of the list: relative, no `..`, no empty part. */
static bool is_name_inside(const char *name) {
    for (const char *part = name;; part++) {
        const size_t length = strcspn(part, "/");
        const bool is_parent = length == 2 && part[0] == '.' && part[1] == '.';
        if (length == 0 || is_parent) {
            return false;
        }
        part += length;
        if (!*part) {
            return true;
        }
    }
}

static bool is_line_good(const char *line, size_t length) {
    if (length <= NAME_OFFSET || line[DIGIT_COUNT] != ' ' || line[DIGIT_COUNT + 1] != ' ') {
        return false;
    }
    for (int digit = 0; digit < DIGIT_COUNT; digit++) {
        if (!isxdigit((unsigned char)line[digit])) {
            return false;
        }
    }
    return is_name_inside(line + NAME_OFFSET);
}

Status checksums_read(const char *path, Arena *arena, Checksums **out, ErrorList *errors) {
    FileBytes file = {0};
    if (!file_exists(path)) {
        return fail(errors, E709, NO_PLACE, "%s is missing", path);
    }
    TRY(file_read(path, LIST_LIMIT_BYTES, NO_PLACE, arena, &file, errors));
    *out = checksums_create(arena);
    int number = 1;
    for (char *line = file.bytes; *line; number++) {
        char *end = strchrnul(line, '\n');
        char *next = *end ? end + 1 : end;
        *end = '\0';
        if (!is_line_good(line, (size_t)(end - line))) {
            const Place place = {.file = path, .line = number, .column = 1};
            return fail(errors, E709, place, "this is no line of a checksum list");
        }
        checksums_add(*out, line, line + NAME_OFFSET);
        line = next;
    }
    return DONE;
}
