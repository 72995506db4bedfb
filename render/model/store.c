/* The store of results: one file an object, whole or not there, never changed. */
#include "render/model/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/model/store_scratch.h"
#include "render/model/store_sharing.h"
#include "render/model/verified_objects.h"

enum {
    BUFFER_BYTES = 256 * 1024, /* small pieces are gathered: a system call costs as much as 4 KB */
    HOST_BYTES = 64,
    TEXT_PIECE_BYTES = 4096,
    SUM_PIECE_BYTES = 2 << 20,
    MAX_ATTEMPTS = 10000, /* names of temp files that other writers may hold */
    PATH_BYTES = PATH_MAX
};

static const char magic[8] = {'N', 'O', 'C', 'T', 'O', 'B', 'J', '1'};

/* Numbers as the CPU has them: little endian on every host that is supported. 64 bytes keep the
 * payload aligned in the mapping. */
typedef struct ObjectHeader {
    char magic[8];
    Key key;
    uint64_t payload_bytes;
    Key payload_sum; /* XXH3-128 */
    uint64_t key_text_bytes;
    uint64_t key_text_sum; /* lower half of XXH3-128 */
} ObjectHeader;

_Static_assert(sizeof(ObjectHeader) == 64, "the payload begins aligned");

struct Store {
    const char *path;
    char host[HOST_BYTES];
    uint64_t counter; /* of temp files, unique in this process by O_EXCL */
    VerifiedObjects *verified;
    StoreSharing sharing;
    StoreScratch *scratch; /* copies on this host; NULL: none */
    bool is_mapped;        /* its own files may be mapped */
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
};

static uint64_t text_sum(const void *text, size_t size_bytes) {
    return key_of_bytes(text, size_bytes).low;
}

/* objects/ab/cdef... below the store */
static const char *object_path(const Store *store, Key key, char path[PATH_BYTES]) {
    KeyText name;
    key_format(key, name);
    snprintf(path, PATH_BYTES, "%s/objects/%.2s/%s", store->path, name, name + 2);
    return path;
}

Status store_open(const char *path, Arena *arena, Store **store, ErrorList *errors) {
    StoreSharing sharing;
    TRY(store_sharing_read(path, arena, &sharing, errors));
    TRY(store_sharing_make_folder(&sharing, path_join(arena, path, "objects"), errors));
    TRY(store_sharing_make_folder(&sharing, path_join(arena, path, "tmp"), errors));
    *store = arena_alloc(arena, sizeof **store);
    (*store)->path = path;
    (*store)->sharing = sharing;
    (*store)->verified = verified_objects_create(arena);
    if (gethostname((*store)->host, HOST_BYTES) != 0 || strchr((*store)->host, '/')) {
        snprintf((*store)->host, HOST_BYTES, "host");
    }
    (*store)->host[HOST_BYTES - 1] = '\0'; /* gethostname may cut without one */
    (*store)->is_mapped = !store_scratch_is_wanted(path);
    return DONE;
}

void store_use_scratch(Store *store, const char *folder, Arena *arena) {
    store->scratch = store_scratch_open(folder, arena);
    store->is_mapped = false;
}

const char *store_path(const Store *store) {
    return store->path;
}

static bool lengths_fit(const ObjectHeader *header, uint64_t file_bytes) {
    const uint64_t rest_bytes = file_bytes - sizeof *header;
    return header->payload_bytes <= rest_bytes &&
           header->key_text_bytes == rest_bytes - header->payload_bytes;
}

/* NULL when the header is that of the key in a file of this size, else what is wrong. */
static const char *header_fault(const ObjectHeader *header, Key key, uint64_t file_bytes) {
    if (memcmp(header->magic, magic, sizeof magic) != 0) {
        return "no header of this version";
    }
    if (!lengths_fit(header, file_bytes)) {
        return "cut short";
    }
    return key_equal(header->key, key) ? NULL : "wrong content: the key inside is another";
}

static int open_object(const Store *store, Key key, struct stat *facts) {
    char path[PATH_BYTES];
    int descriptor = -1;
    do {
        descriptor = open(object_path(store, key, path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor >= 0 && fstat(descriptor, facts) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

/* The header of the object in an open file, when it is that of the key. */
static bool read_header(int descriptor, const struct stat *facts, Key key, ObjectHeader *header) {
    return (uint64_t)facts->st_size >= sizeof *header &&
           pread(descriptor, header, sizeof *header, 0) == sizeof *header &&
           !header_fault(header, key, (uint64_t)facts->st_size);
}

/* A piece of the file against the bytes that it should be. */
static bool is_text_at(int descriptor, off_t offset, const char *text, size_t size_bytes) {
    char piece[TEXT_PIECE_BYTES];
    for (size_t done = 0; done < size_bytes;) {
        const size_t left_bytes = size_bytes - done;
        const size_t wanted = left_bytes < sizeof piece ? left_bytes : sizeof piece;
        const ssize_t got = pread(descriptor, piece, wanted, offset + (off_t)done);
        if (got <= 0 || memcmp(piece, text + done, (size_t)got) != 0) {
            return false;
        }
        done += (size_t)got;
    }
    return true;
}

static bool has_object(const Store *store, Key key, const char *key_text) {
    struct stat facts;
    ObjectHeader header;
    const int descriptor = open_object(store, key, &facts);
    if (descriptor < 0) {
        return false;
    }
    bool has = read_header(descriptor, &facts, key, &header);
    if (has && key_text) {
        has = header.key_text_bytes == strlen(key_text) &&
              is_text_at(descriptor, (off_t)(sizeof header + header.payload_bytes), key_text,
                         header.key_text_bytes);
    }
    close(descriptor);
    return has;
}

bool store_has(const Store *store, Key key) {
    return has_object(store, key, NULL);
}

bool store_has_text(const Store *store, Key key, const char *key_text) {
    return has_object(store, key, key_text);
}

/* A new file in tmp, whose folder is made again when someone has removed it during the run. */
static Status create_temp(Store *store, StoreWriter *writer, ErrorList *errors) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        writer->temp_path =
            arena_format(writer->arena, "%s/tmp/%s.%ld.%llu", store->path, store->host,
                         (long)getpid(), (unsigned long long)store->counter++);
        const int descriptor =
            open(writer->temp_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            store_sharing_apply_file(&store->sharing, descriptor);
            writer->file = (OpenFile){.descriptor = descriptor, .path = writer->temp_path};
            return DONE;
        }
        if (errno == ENOENT) {
            TRY(store_sharing_make_folder(&store->sharing,
                                          path_folder(writer->arena, writer->temp_path), errors));
        } else if (errno != EEXIST && errno != EINTR) {
            return file_fail_write(writer->temp_path, errno, errors);
        }
    }
    return file_fail_write(writer->temp_path, EEXIST, errors);
}

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

/* To the store, and to the copy for this host as far as that goes. */
static Status write_through(
    StoreWriter *writer, long offset, const void *bytes, size_t size_bytes, ErrorList *errors) {
    store_scratch_write(&writer->copy, offset, bytes, size_bytes);
    return file_write_all(&writer->file, offset, bytes, size_bytes, errors);
}

static Status begin_file(StoreWriter *writer, ErrorList *errors) {
    TRY(create_temp(writer->store, writer, errors));
    if (writer->store->scratch) {
        store_scratch_begin(writer->store->scratch, &writer->copy);
    }
    const ObjectHeader later = {0}; /* the sums are known at the end */
    return write_through(writer, -1, &later, sizeof later, errors);
}

Status store_put_begin(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors) {
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
    const Status status = begin_file(made, errors);
    if (status != DONE) {
        store_put_cancel(&made);
    }
    *writer = made;
    return status;
}

static Status flush_buffer(StoreWriter *writer, ErrorList *errors) {
    const size_t size_bytes = writer->buffered_bytes;
    writer->buffered_bytes = 0;
    return write_through(writer, -1, writer->buffer, size_bytes, errors);
}

/* Without the checksum: the payload, and the key text behind it. */
static Status append(StoreWriter *writer, const void *bytes, size_t size_bytes, ErrorList *errors) {
    if (size_bytes > BUFFER_BYTES - writer->buffered_bytes) {
        TRY(flush_buffer(writer, errors));
    }
    if (size_bytes > BUFFER_BYTES) {
        return write_through(writer, -1, bytes, size_bytes, errors);
    }
    if (size_bytes > 0) {
        memcpy(writer->buffer + writer->buffered_bytes, bytes, size_bytes);
        writer->buffered_bytes += size_bytes;
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
    memcpy(header->magic, magic, sizeof magic);
    header->payload_sum = key_stream_finish(&writer->payload_sum);
    header->key_text_sum = text_sum(writer->key_text, header->key_text_bytes);
    TRY(write_through(writer, 0, header, sizeof *header, errors));
    return file_close(&writer->file, errors);
}

/* A rename over NFS can be done and yet be reported as failed, when the answer got lost and the
 * question was sent again: then the object is there. */
static Status publish(const StoreWriter *writer, ErrorList *errors) {
    char path[PATH_BYTES];
    object_path(writer->store, writer->header.key, path);
    if (rename(writer->temp_path, path) == 0) {
        return DONE;
    }
    if (errno == ENOENT) { /* the first object of its folder */
        TRY(store_sharing_make_folder(&writer->store->sharing, path_folder(writer->arena, path),
                                      errors));
        if (rename(writer->temp_path, path) == 0) {
            return DONE;
        }
    }
    const int error_number = errno;
    return store_has(writer->store, writer->header.key)
               ? DONE
               : file_fail_write(path, error_number, errors);
}

Status store_put_commit(StoreWriter **writer, ErrorList *errors) {
    Status status = write_rest(*writer, errors);
    if (status == DONE) {
        status = publish(*writer, errors);
    }
    if (status == DONE && (*writer)->store->scratch) {
        store_scratch_commit((*writer)->store->scratch, (*writer)->header.key, &(*writer)->copy);
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

static Status fail_missing(Key key, ErrorList *errors) {
    KeyText text;
    key_format(key, text);
    return fail(errors, E606, NO_PLACE, "the store has no result %s", text);
}

static Status remove_damaged(const Store *store, Key key, const char *fault, ErrorList *errors) {
    char path[PATH_BYTES];
    object_path(store, key, path);
    unlink(path);
    warn(errors, E701, NO_PLACE, "damaged cache object removed: `%s` (%s)", path, fault);
    return fail_missing(key, errors);
}

/* Piece by piece: what was summed is given back, or a long object would be in memory as a whole. */
static Key sum_of_payload(const char *payload, uint64_t payload_bytes, bool is_mapped) {
    KeyStream *stream = key_stream_create();
    const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    for (uint64_t at = 0; at < payload_bytes; at += SUM_PIECE_BYTES) {
        const uint64_t rest = payload_bytes - at;
        const size_t piece = rest < SUM_PIECE_BYTES ? (size_t)rest : SUM_PIECE_BYTES;
        key_stream_update(stream, payload + at, piece);
        const uintptr_t past = (uintptr_t)(payload + at) % page_bytes;
        if (is_mapped && payload_bytes > SUM_PIECE_BYTES) { /* only advice, of a file */
            // NOLINTNEXTLINE(performance-no-int-to-ptr): takes const off, nothing is written there
            (void)madvise((void *)(uintptr_t)(payload + at - past), piece, MADV_DONTNEED);
        }
    }
    return key_stream_finish(&stream);
}

static const char *content_fault(const ObjectHeader *header, const char *payload, bool is_mapped) {
    if (!key_equal(sum_of_payload(payload, header->payload_bytes, is_mapped),
                   header->payload_sum)) {
        return "wrong content: its checksum differs";
    }
    const char *text = payload + header->payload_bytes;
    return text_sum(text, header->key_text_bytes) == header->key_text_sum
               ? NULL
               : "wrong content: the checksum of its key text differs";
}

/* What is wrong with the object, or NULL. Its content is summed at the first use. is_mapped: the
 * bytes are those of the file, no copy of them. */
static const char *
object_fault(Store *store, const void *mapping, bool is_mapped, const struct stat *facts, Key key) {
    ObjectHeader header;
    memcpy(&header, mapping, sizeof header);
    const char *fault = header_fault(&header, key, (uint64_t)facts->st_size);
    if (fault || verified_objects_has(store->verified, key, facts)) {
        return fault;
    }
    fault = content_fault(&header, (const char *)mapping + sizeof header, is_mapped);
    if (!fault) {
        verified_objects_add(store->verified, key, facts);
    }
    return fault;
}

/* Too many open files and the like are faults of this process, not of the object. */
static Status fail_unopened(Key key, int error_number, ErrorList *errors) {
    const Status status = status_from_errno(error_number);
    KeyText text;
    key_format(key, text);
    return status == E508 || status == E515 ? file_fail_write(text, error_number, errors)
                                            : fail_missing(key, errors);
}

/* Into memory of this process: what is shared by hosts may vanish under a mapping. */
static void *read_whole(int descriptor, size_t size_bytes) {
    char *bytes =
        mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t done = 0; bytes != MAP_FAILED && done < size_bytes;) {
        const ssize_t got = pread(descriptor, bytes + done, size_bytes - done, (off_t)done);
        if (got == 0 || (got < 0 && errno != EINTR)) {
            const int error_number = got == 0 ? EIO : errno;
            munmap(bytes, size_bytes);
            errno = error_number;
            return MAP_FAILED;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return bytes;
}

/* Takes over the descriptor. fault: what is wrong with the file, NULL: nothing; then the object is
 * filled, or it could not be read (errno). */
static const char *
view_file(Store *store, Key key, int descriptor, bool is_mapped, StoreObject *object) {
    struct stat facts;
    const bool is_known = fstat(descriptor, &facts) == 0;
    const size_t size_bytes = is_known ? (size_t)facts.st_size : 0;
    if (size_bytes < sizeof(ObjectHeader)) {
        close(descriptor);
        return "cut short";
    }
    void *mapping = is_mapped ? mmap(NULL, size_bytes, PROT_READ, MAP_SHARED, descriptor, 0)
                              : read_whole(descriptor, size_bytes);
    const int error_number = errno;
    close(descriptor);
    errno = error_number;
    if (mapping == MAP_FAILED) {
        return NULL;
    }
    const char *fault = object_fault(store, mapping, is_mapped, &facts, key);
    if (fault) {
        munmap(mapping, size_bytes);
        return fault;
    }
    *object = (StoreObject){.bytes = (const char *)mapping + sizeof(ObjectHeader),
                            .size_bytes = ((const ObjectHeader *)mapping)->payload_bytes,
                            .mapping = mapping,
                            .mapping_bytes = size_bytes,
                            .is_copy = !is_mapped};
    return NULL;
}

/* A copy that cannot be used is no reason to complain: there is the store. */
static bool view_copy(Store *store, Key key, int descriptor, StoreObject *object) {
    if (descriptor >= 0 && view_file(store, key, descriptor, true, object)) {
        store_scratch_drop(store->scratch, key);
    }
    return object->mapping != NULL;
}

Status store_map(Store *store, Key key, StoreObject *object, ErrorList *errors) {
    *object = (StoreObject){0};
    struct stat facts;
    if (store->scratch && view_copy(store, key, store_scratch_find(store->scratch, key), object)) {
        return DONE;
    }
    const int descriptor = open_object(store, key, &facts);
    if (descriptor < 0) {
        return fail_unopened(key, errno, errors);
    }
    if (store->scratch &&
        view_copy(store, key,
                  store_scratch_fetch(store->scratch, key, descriptor, (size_t)facts.st_size),
                  object)) {
        close(descriptor);
        return DONE;
    }
    const char *fault = view_file(store, key, descriptor, store->is_mapped, object);
    if (fault) {
        return remove_damaged(store, key, fault, errors);
    }
    return object->mapping ? DONE : fail_unopened(key, errno, errors);
}

Status store_lend(const Store *from, const Store *to, Key key, Arena *arena, ErrorList *errors) {
    char source[PATH_BYTES];
    char target[PATH_BYTES];
    char *whole = realpath(object_path(from, key, source), NULL);
    if (!whole) {
        return fail_missing(key, errors);
    }
    object_path(to, key, target);
    const Status status = folder_make(path_folder(arena, target), errors);
    const bool is_linked = status == DONE && (symlink(whole, target) == 0 || errno == EEXIST);
    free(whole);
    return is_linked || status != DONE ? status : file_fail_write(target, errno, errors);
}

void store_unmap(StoreObject *object) {
    if (object->mapping) {
        munmap(object->mapping, object->mapping_bytes);
    }
    *object = (StoreObject){0};
}

void store_rest(const StoreObject *object) {
    if (object->mapping && !object->is_copy) {
        (void)madvise(object->mapping, object->mapping_bytes, MADV_DONTNEED); /* only advice */
    }
}

bool store_object_is_of(const StoreObject *object, const char *key_text) {
    const size_t before_bytes = sizeof(ObjectHeader) + object->size_bytes;
    const size_t length = strlen(key_text);
    return object->mapping_bytes - before_bytes == length &&
           memcmp((const char *)object->bytes + object->size_bytes, key_text, length) == 0;
}

Status store_key_text(Store *store, Key key, Arena *arena, const char **text, ErrorList *errors) {
    StoreObject object;
    TRY(store_map(store, key, &object, errors));
    const size_t before_bytes = sizeof(ObjectHeader) + object.size_bytes;
    *text = arena_copy_bytes(arena, (const char *)object.bytes + object.size_bytes,
                             object.mapping_bytes - before_bytes);
    store_unmap(&object);
    return DONE;
}
