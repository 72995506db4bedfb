/* Writing an object: streamed into a temp file, and in its place under its name by rename. */
#include "render/model/store_state.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"

enum {
    /* What is written at once, in whole pages from the begin of the file on: the largest piece of
     * memory of which the kernel keeps warm ones for each CPU (measured: 64 KB took twice as long).
     */
    BUFFER_BYTES = 32 * 1024,
    STEP_BYTES = 2 << 20,       /* room is asked for in such steps, behind the first one */
    LOCAL_ROOM_BYTES = 64 << 20 /* more than most: what lies on one host alone is not to fill it */
};

struct StoreWriter {
    Store *store;
    Arena *arena;
    OpenFile file;
    ScratchFile copy; /* for this host */
    const char *temp_path, *key_text;
    ObjectHeader header;
    KeyStream *payload_sum;
    unsigned char *buffer;
    size_t buffered_bytes;
    bool is_local;       /* to this host alone, until there is no room */
    uint64_t file_bytes; /* written */
    uint64_t reserved_bytes;
};

void store_put_cancel(StoreWriter **writer) {
    if (!*writer) {
        return;
    }
    if ((*writer)->file.descriptor >= 0) {
        close((*writer)->file.descriptor);
    }
    if ((*writer)->temp_path) {
        unlink((*writer)->temp_path);
    }
    store_scratch_cancel(&(*writer)->copy);
    if ((*writer)->payload_sum) {
        key_stream_finish(&(*writer)->payload_sum);
    }
    Arena *arena = (*writer)->arena; /* holds the writer itself */
    arena_destroy(&arena);
    *writer = NULL;
}

static Status open_shared(StoreWriter *writer, ErrorList *errors) {
    int descriptor = -1;
    TRY(store_temp_open(writer->store, writer->arena, &descriptor, &writer->temp_path, errors));
    writer->file = (OpenFile){.descriptor = descriptor, .path = writer->temp_path};
    return DONE;
}

/* What was written on this host goes to the shared level, and so does the rest. */
static Status move_to_shared(StoreWriter *writer, ErrorList *errors) {
    writer->is_local = false;
    TRY(open_shared(writer, errors));
    const OpenFile copy = {.descriptor = writer->copy.descriptor, .path = writer->copy.path};
    const Status status = file_copy(&copy, &writer->file, (int64_t)writer->file_bytes, errors);
    if (status == E411) {
        return store_fail_missing(writer->header.key, errors); /* made again */
    }
    TRY(status);
    store_scratch_cancel(&writer->copy);
    return DONE;
}

/* An object whose blocks are there before its bytes costs the system half (measured: 23 ms instead
 * of 41 for 147 MB). */
static void reserve_ahead(StoreWriter *writer) {
    const uint64_t begin = writer->file_bytes;
    if (!writer->is_local && begin >= STEP_BYTES && begin + BUFFER_BYTES > writer->reserved_bytes) {
        file_reserve(&writer->file, (int64_t)begin, STEP_BYTES);
        writer->reserved_bytes = begin + STEP_BYTES;
    }
}

/* To the store, and to the copy for this host as far as that goes. */
static Status write_through(
    StoreWriter *writer, long offset, const void *bytes, size_t size_bytes, ErrorList *errors) {
    const bool is_kept = store_scratch_write(&writer->copy, offset, bytes, size_bytes);
    if (!is_kept && writer->is_local) {
        TRY(move_to_shared(writer, errors));
    } else if (!is_kept) {
        store_scratch_cancel(&writer->copy);
    }
    reserve_ahead(writer);
    writer->file_bytes += offset < 0 ? size_bytes : 0;
    return writer->is_local ? DONE
                            : file_write_all(&writer->file, offset, bytes, size_bytes, errors);
}

static Status begin_file(StoreWriter *writer, ErrorList *errors) {
    Store *store = writer->store;
    if (store->scratch) {
        store_scratch_begin(store->scratch, &writer->copy);
    }
    writer->is_local = writer->is_local && writer->copy.descriptor >= 0 &&
                       store_scratch_has_room(store->scratch, LOCAL_ROOM_BYTES);
    if (!writer->is_local) {
        TRY(open_shared(writer, errors));
    }
    return DONE;
}

static StoreWriter *create_writer(Store *store, Key key, const char *key_text) {
    Arena *arena = arena_create();
    StoreWriter *made = arena_alloc(arena, sizeof *made);
    made->store = store;
    made->arena = arena;
    made->file.descriptor = -1;
    made->copy.descriptor = -1;
    made->key_text = arena_copy_text(arena, key_text);
    made->header.key = key;
    made->header.key_text_bytes = strlen(key_text);
    made->payload_sum = key_stream_create();
    made->buffer = arena_alloc(arena, BUFFER_BYTES);
    made->buffered_bytes = sizeof made->header; /* zeros: the sums are known at the end */
    return made;
}

static Status begin(StoreWriter *made, StoreWriter **writer, ErrorList *errors) {
    const Status status = begin_file(made, errors);
    if (status != DONE) {
        store_put_cancel(&made);
    }
    *writer = made;
    return status;
}

Status store_put_begin(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors) {
    return begin(create_writer(store, key, key_text), writer, errors);
}

Status store_put_begin_intermediate(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors) {
    StoreWriter *made = create_writer(store, key, key_text);
    made->is_local = store->keeps_intermediates;
    return begin(made, writer, errors);
}

bool store_keeps_spare(const Store *store) {
    return store->scratch != NULL;
}

Status store_put_begin_spare(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors) {
    StoreWriter *made = create_writer(store, key, key_text);
    made->is_local = store_keeps_spare(store);
    return begin(made, writer, errors);
}

static Status flush_buffer(StoreWriter *writer, ErrorList *errors) {
    const size_t size_bytes = writer->buffered_bytes;
    writer->buffered_bytes = 0;
    return write_through(writer, -1, writer->buffer, size_bytes, errors);
}

/* Without the checksum: the payload, and the key text behind it. */
static Status append(StoreWriter *writer, const void *bytes, size_t size_bytes, ErrorList *errors) {
    const unsigned char *rest = bytes;
    while (size_bytes > 0) {
        const size_t room = BUFFER_BYTES - writer->buffered_bytes;
        const size_t portion = size_bytes < room ? size_bytes : room;
        memcpy(writer->buffer + writer->buffered_bytes, rest, portion);
        writer->buffered_bytes += portion;
        rest += portion;
        size_bytes -= portion;
        TRY(writer->buffered_bytes == BUFFER_BYTES ? flush_buffer(writer, errors) : DONE);
    }
    return DONE;
}

Status store_write(StoreWriter *writer, const void *bytes, size_t size_bytes, ErrorList *errors) {
    key_stream_update(writer->payload_sum, bytes, size_bytes);
    writer->header.payload_bytes += size_bytes;
    return append(writer, bytes, size_bytes, errors);
}

static Status write_rest(StoreWriter *writer, ErrorList *errors) {
    ObjectHeader *header = &writer->header;
    TRY(append(writer, writer->key_text, header->key_text_bytes, errors));
    TRY(flush_buffer(writer, errors));
    object_header_mark(header, OBJECT_WHOLE);
    header->payload_sum = key_stream_finish(&writer->payload_sum);
    header->key_text_sum = object_text_sum(writer->key_text, header->key_text_bytes);
    TRY(write_through(writer, 0, header, sizeof *header, errors));
    if (writer->reserved_bytes > 0) {
        file_reserve_end(&writer->file, (int64_t)writer->file_bytes);
    }
    return writer->is_local ? DONE : file_close(&writer->file, errors);
}

/* A file of a few hundred bytes: which host has the object. */
static Status write_place(StoreWriter *writer, ErrorList *errors) {
    const char *host = writer->store->host;
    ObjectHeader header = writer->header;
    object_header_mark(&header, OBJECT_PLACE);
    header.payload_bytes = strlen(host);
    header.payload_sum = key_of_bytes(host, header.payload_bytes);
    TRY(open_shared(writer, errors));
    TRY(file_write_all(&writer->file, -1, &header, sizeof header, errors));
    TRY(file_write_all(&writer->file, -1, host, header.payload_bytes, errors));
    TRY(file_write_all(&writer->file, -1, writer->key_text, header.key_text_bytes, errors));
    return file_close(&writer->file, errors);
}

/* First the object, then the word that it is here. */
static Status commit_local(StoreWriter *writer, ErrorList *errors) {
    Store *store = writer->store;
    if (!store_scratch_commit(store->scratch, writer->header.key, &writer->copy)) {
        return store_fail_missing(writer->header.key, errors); /* made again */
    }
    TRY(write_place(writer, errors));
    return store_temp_publish(store, writer->header.key, writer->temp_path, errors);
}

static Status commit_shared(StoreWriter *writer, ErrorList *errors) {
    Store *store = writer->store;
    TRY(store_temp_publish(store, writer->header.key, writer->temp_path, errors));
    if (store->scratch) {
        (void)store_scratch_commit(store->scratch, writer->header.key, &writer->copy);
    }
    return DONE;
}

Status store_put_commit(StoreWriter **writer, ErrorList *errors) {
    Status status = write_rest(*writer, errors);
    if (status == DONE) {
        status =
            (*writer)->is_local ? commit_local(*writer, errors) : commit_shared(*writer, errors);
    }
    store_put_cancel(writer); /* after the rename there is no temp file to remove */
    return status;
}

Status store_put(Store *store,
                 Key key,
                 const char *key_text,
                 const void *bytes,
                 size_t size_bytes,
                 ErrorList *errors) {
    StoreWriter *writer = NULL;
    TRY(store_put_begin(store, key, key_text, &writer, errors));
    const Status status = store_write(writer, bytes, size_bytes, errors);
    if (status != DONE) {
        store_put_cancel(&writer);
        return status;
    }
    return store_put_commit(&writer, errors);
}
