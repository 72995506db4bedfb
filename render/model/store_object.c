/* The file of one object: its name, its head, and how it comes into its place. */
#include "render/model/store_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"

enum { MAX_ATTEMPTS = 10000 /* names of temp files that other writers may hold */ };

static const char magic[][8] = {
    [OBJECT_WHOLE] = {'N', 'O', 'C', 'T', 'O', 'B', 'J', '1'},
    [OBJECT_PLACE] = {'N', 'O', 'C', 'T', 'P', 'L', 'C', '1'},
};

void object_header_mark(ObjectHeader *header, ObjectSort sort) {
    memcpy(header->magic, magic[sort], sizeof magic[sort]);
}

static bool is_of(const ObjectHeader *header, ObjectSort sort) {
    return memcmp(header->magic, magic[sort], sizeof magic[sort]) == 0;
}

bool object_header_is_place(const ObjectHeader *header) {
    return is_of(header, OBJECT_PLACE);
}

static bool lengths_fit(const ObjectHeader *header, uint64_t file_bytes) {
    const uint64_t rest_bytes = file_bytes - sizeof *header;
    return header->payload_bytes <= rest_bytes &&
           header->key_text_bytes == rest_bytes - header->payload_bytes;
}

const char *object_header_fault(const ObjectHeader *header, Key key, uint64_t file_bytes) {
    if (!is_of(header, OBJECT_WHOLE) && !is_of(header, OBJECT_PLACE)) {
        return "no header of this version";
    }
    if (!lengths_fit(header, file_bytes)) {
        return "cut short";
    }
    return key_equal(header->key, key) ? NULL : "wrong content: the key inside is another";
}

bool object_header_read(int descriptor, Key key, ObjectHeader *header) {
    struct stat facts;
    return fstat(descriptor, &facts) == 0 && (uint64_t)facts.st_size >= sizeof *header &&
           pread(descriptor, header, sizeof *header, 0) == sizeof *header &&
           !object_header_fault(header, key, (uint64_t)facts.st_size);
}

uint64_t object_text_sum(const void *text, size_t size_bytes) {
    return key_of_bytes(text, size_bytes).low;
}

const char *store_object_path(const Store *store, Key key, char path[STORE_PATH_BYTES]) {
    KeyText name;
    key_format(key, name);
    snprintf(path, STORE_PATH_BYTES, "%s/objects/%.2s/%s", store->path, name, name + 2);
    return path;
}

int store_object_open(const Store *store, Key key) {
    char path[STORE_PATH_BYTES];
    int descriptor = -1;
    store_object_path(store, key, path);
    do {
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/* The folder is made again when someone has removed it during the run. */
Status
store_temp_open(Store *store, Arena *arena, int *descriptor, const char **path, ErrorList *errors) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        *path = arena_format(arena, "%s/tmp/%s.%ld.%llu", store->path, store->host, (long)getpid(),
                             (unsigned long long)store->counter++);
        *descriptor = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (*descriptor >= 0) {
            store_sharing_apply_file(&store->sharing, *descriptor);
            return DONE;
        }
        if (errno == ENOENT) {
            TRY(store_sharing_make_folder(&store->sharing, path_folder(arena, *path), errors));
        } else if (errno != EEXIST && errno != EINTR) {
            return file_fail_write(*path, errno, errors);
        }
    }
    return file_fail_write(*path, EEXIST, errors);
}

/* A rename over NFS can be done and yet be reported as failed, when the answer got lost and the
 * question was sent again: then the object is there. */
Status store_temp_publish(Store *store, Key key, const char *temp, ErrorList *errors) {
    char path[STORE_PATH_BYTES];
    store_object_path(store, key, path);
    if (rename(temp, path) == 0) {
        return DONE;
    }
    if (errno == ENOENT) { /* the first object of its folder */
        Arena *arena = arena_create();
        const Status status =
            store_sharing_make_folder(&store->sharing, path_folder(arena, path), errors);
        arena_destroy(&arena);
        TRY(status);
        if (rename(temp, path) == 0) {
            return DONE;
        }
    }
    const int error_number = errno;
    return store_has(store, key) ? DONE : file_fail_write(path, error_number, errors);
}

Status store_fail_missing(Key key, ErrorList *errors) {
    KeyText text;
    key_format(key, text);
    return fail(errors, E606, NO_PLACE, "the store has no result %s", text);
}
