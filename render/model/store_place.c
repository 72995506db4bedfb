/* Intermediates that lie on the disk of one host, and their way to where all can read them. */
#include "render/model/store_place.h"

#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/model/store_state.h"

const char *store_host(const Store *store) {
    return store->host;
}

void store_keep_intermediates(Store *store) {
    store->keeps_intermediates = store->scratch != NULL;
}

bool store_keeps_intermediates(const Store *store) {
    return store->keeps_intermediates;
}

void store_place_read(int descriptor, const ObjectHeader *header, char host[STORE_HOST_BYTES]) {
    const size_t length = (size_t)header->payload_bytes;
    const bool is_whole = header->payload_bytes < STORE_HOST_BYTES &&
                          pread(descriptor, host, length, sizeof *header) == (ssize_t)length &&
                          key_equal(key_of_bytes(host, length), header->payload_sum);
    host[is_whole ? length : 0] = '\0';
}

bool store_find_place(const Store *store, Key key, char host[STORE_HOST_BYTES]) {
    ObjectHeader header;
    const int descriptor = store_object_open(store, key);
    const bool is_place = descriptor >= 0 && object_header_read(descriptor, key, &header) &&
                          object_header_is_place(&header);
    if (is_place) {
        store_place_read(descriptor, &header, host);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return is_place;
}

/* What has become whole meanwhile stays. */
void store_forget_place(const Store *store, Key key) {
    char host[STORE_HOST_BYTES];
    char path[STORE_PATH_BYTES];
    if (store_find_place(store, key, host)) {
        unlink(store_object_path(store, key, path));
    }
}

/* Its sum is in its head, and checked by who reads it. */
static Status copy_to_shared(Store *store, Key key, int from, Arena *arena, ErrorList *errors) {
    char path[SCRATCH_PATH_BYTES];
    const OpenFile source = {.descriptor = from,
                             .path = store_scratch_path(store->scratch, key, path)};
    OpenFile file = {.descriptor = -1};
    TRY(store_temp_open(store, arena, &file.descriptor, &file.path, errors));
    Status status = file_copy(&source, &file, -1, errors);
    if (status == DONE) {
        status = file_close(&file, errors);
    } else {
        close(file.descriptor);
    }
    if (status == DONE) {
        status = store_temp_publish(store, key, file.path, errors);
    }
    if (status != DONE) {
        unlink(file.path);
    }
    return status;
}

Status store_share(Store *store, Key key, ErrorList *errors) {
    char host[STORE_HOST_BYTES];
    if (!store_find_place(store, key, host)) {
        return DONE;
    }
    const int descriptor = store->scratch ? store_scratch_find(store->scratch, key) : -1;
    if (descriptor < 0) {
        if (strcmp(host, store->host) == 0) {
            store_forget_place(store, key);
        }
        return DONE;
    }
    Arena *arena = arena_create();
    const Status status = copy_to_shared(store, key, descriptor, arena, errors);
    close(descriptor);
    arena_destroy(&arena);
    return status;
}
