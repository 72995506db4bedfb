/* The store of results: one file an object, whole or not there, never changed. */
#include "render/model/store_state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "render/base/files.h"

enum { TEXT_PIECE_BYTES = 4096, SUM_PIECE_BYTES = 2 << 20 };

Status store_open(const char *path, Arena *arena, Store **store, ErrorList *errors) {
    StoreSharing sharing;
    TRY(store_sharing_read(path, arena, &sharing, errors));
    TRY(store_sharing_make_folder(&sharing, path_join(arena, path, "objects"), errors));
    TRY(store_sharing_make_folder(&sharing, path_join(arena, path, "tmp"), errors));
    *store = arena_alloc(arena, sizeof **store);
    (*store)->path = path;
    (*store)->sharing = sharing;
    (*store)->verified = verified_objects_create(arena);
    if (gethostname((*store)->host, STORE_HOST_BYTES) != 0 || strchr((*store)->host, '/')) {
        snprintf((*store)->host, STORE_HOST_BYTES, "host");
    }
    (*store)->host[STORE_HOST_BYTES - 1] = '\0'; /* gethostname may cut without one */
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

/* A place of this host says that the object is here: is it still? */
static bool is_place_true(const Store *store, Key key, int descriptor, const ObjectHeader *header) {
    char host[STORE_HOST_BYTES];
    store_place_read(descriptor, header, host);
    if (!store->scratch || strcmp(host, store->host) != 0) {
        return host[0] != '\0';
    }
    return store_scratch_has(store->scratch, key);
}

static bool is_text_of(int descriptor, const ObjectHeader *header, const char *key_text) {
    return header->key_text_bytes == strlen(key_text) &&
           is_text_at(descriptor, (off_t)(sizeof *header + header->payload_bytes), key_text,
                      header->key_text_bytes);
}

bool store_has(const Store *store, Key key) {
    ObjectHeader header;
    const int descriptor = store_object_open(store, key);
    if (descriptor < 0) {
        return false;
    }
    const bool has = object_header_read(descriptor, key, &header);
    close(descriptor);
    return has && (!object_header_is_place(&header) ||
                   (store->scratch && store_scratch_has(store->scratch, key)));
}

bool store_has_text(const Store *store, Key key, const char *key_text) {
    ObjectHeader header;
    const int descriptor = store_object_open(store, key);
    if (descriptor < 0) {
        return false;
    }
    const bool has =
        object_header_read(descriptor, key, &header) && is_text_of(descriptor, &header, key_text) &&
        (!object_header_is_place(&header) || is_place_true(store, key, descriptor, &header));
    close(descriptor);
    return has;
}

static Status remove_damaged(const Store *store, Key key, const char *fault, ErrorList *errors) {
    char path[STORE_PATH_BYTES];
    store_object_path(store, key, path);
    unlink(path);
    warn(errors, E701, NO_PLACE, "damaged cache object removed: `%s` (%s)", path, fault);
    return store_fail_missing(key, errors);
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
    return object_text_sum(text, header->key_text_bytes) == header->key_text_sum
               ? NULL
               : "wrong content: the checksum of its key text differs";
}

/* What is wrong with the object, or NULL. Its content is summed at the first use. is_mapped: the
 * bytes are those of the file, no copy of them. */
static const char *
object_fault(Store *store, const void *mapping, bool is_mapped, const struct stat *facts, Key key) {
    ObjectHeader header;
    memcpy(&header, mapping, sizeof header);
    const char *fault = object_header_fault(&header, key, (uint64_t)facts->st_size);
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
                                            : store_fail_missing(key, errors);
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

static bool is_place(int descriptor, Key key) {
    ObjectHeader header;
    return object_header_read(descriptor, key, &header) && object_header_is_place(&header);
}

/* On another host, or no longer on this one: then nobody is to look for it here again. */
static Status fail_away(const Store *store, Key key, ErrorList *errors) {
    char host[STORE_HOST_BYTES];
    if (store->scratch && store_find_place(store, key, host) && strcmp(host, store->host) == 0) {
        store_forget_place(store, key);
    }
    return store_fail_missing(key, errors);
}

Status store_map(Store *store, Key key, StoreObject *object, ErrorList *errors) {
    *object = (StoreObject){0};
    struct stat facts;
    if (store->scratch && view_copy(store, key, store_scratch_find(store->scratch, key), object)) {
        return DONE;
    }
    const int descriptor = store_object_open(store, key);
    if (descriptor < 0) {
        return fail_unopened(key, errno, errors);
    }
    if (is_place(descriptor, key)) {
        close(descriptor);
        return fail_away(store, key, errors);
    }
    if (store->scratch && fstat(descriptor, &facts) == 0 &&
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

/* The file that holds the object for this host; NULL: none. The caller frees it. */
static char *resolve_object(const Store *store, Key key) {
    char path[STORE_PATH_BYTES];
    const int descriptor = store_object_open(store, key);
    const bool is_away = descriptor >= 0 && is_place(descriptor, key);
    if (descriptor >= 0) {
        close(descriptor);
    }
    if (is_away) {
        return store->scratch ? realpath(store_scratch_path(store->scratch, key, path), NULL)
                              : NULL;
    }
    return realpath(store_object_path(store, key, path), NULL);
}

Status store_lend(const Store *from, const Store *to, Key key, Arena *arena, ErrorList *errors) {
    char target[STORE_PATH_BYTES];
    char *whole = resolve_object(from, key);
    if (!whole) {
        return store_fail_missing(key, errors);
    }
    store_object_path(to, key, target);
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

/* Also of an object that lies on another host. */
Status store_key_text(Store *store, Key key, Arena *arena, const char **text, ErrorList *errors) {
    ObjectHeader header;
    const int descriptor = store_object_open(store, key);
    if (descriptor < 0) {
        return fail_unopened(key, errno, errors);
    }
    bool has = object_header_read(descriptor, key, &header);
    char *bytes = has ? arena_alloc(arena, (size_t)header.key_text_bytes + 1) : NULL;
    has = has &&
          pread(descriptor, bytes, header.key_text_bytes,
                (off_t)(sizeof header + header.payload_bytes)) == (ssize_t)header.key_text_bytes &&
          object_text_sum(bytes, header.key_text_bytes) == header.key_text_sum;
    close(descriptor);
    *text = bytes;
    return has ? DONE : store_fail_missing(key, errors);
}
