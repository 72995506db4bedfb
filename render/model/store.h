#ifndef RENDER_MODEL_STORE_H
#define RENDER_MODEL_STORE_H
/* Content-addressed results: written once by rename, never edited, checked at first use.
 *
 *     TRY(store_put_begin(store, key, key_text, &writer, errors));
 *     TRY(store_write(writer, samples, size_bytes, errors));
 *     TRY(store_put_commit(&writer, errors));
 *     TRY(store_map(store, key, &object, errors));   // E606 when missing or damaged
 *
 * One file per object: objects/ab/cdef...; header (magic, key, length, XXH3 of the payload), the
 * payload aligned to 64 bytes, then the text that was hashed. Any number of writers on any number
 * of hosts: same key, same bytes. A damaged object is removed and reported as missing (W701).
 */
#include <stdbool.h>
#include <stddef.h>

#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct Store Store;
typedef struct StoreWriter StoreWriter;

typedef struct StoreObject { /* a read-only view of the payload, 64-byte aligned */
    const void *bytes;
    size_t size_bytes;
    void *mapping; /* private */
    size_t mapping_bytes;
    bool is_copy; /* in memory, not mapped from a file */
} StoreObject;

/* Makes the folder when it is missing. path must outlive the store. */
Status store_open(const char *path, Arena *arena, Store **store, ErrorList *errors);
const char *store_path(const Store *store);
/* Before it is used: copies of objects are kept in a folder of this host (store_scratch.h) and
 * mapped from there; the store's own files are only read and written. A folder that cannot be used
 * is passed over. */
void store_use_scratch(Store *store, const char *folder, Arena *arena);
/* With a scratch: intermediates stay on the host that makes them (store_place.h). */
void store_keep_intermediates(Store *store);

/* The text that was hashed into the key of the object is this one. */
bool store_object_is_of(const StoreObject *object, const char *key_text);

bool store_has(const Store *store, Key key); /* and can read it; by name and length only: cheap */
/* It has, or another host has it, and the text that was hashed is this one, letter for letter: no
 * key is trusted to be unique. */
bool store_has_text(const Store *store, Key key, const char *key_text);
Status store_put_begin(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors);
/* The same for what only tasks of a run read: may stay on this host. */
Status store_put_begin_intermediate(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors);
/* The same for what no task needs and is sooner made again than fetched: with a scratch it stays on
 * this host, and for others it is missing. */
Status store_put_begin_spare(
    Store *store, Key key, const char *key_text, StoreWriter **writer, ErrorList *errors);
bool store_keeps_spare(const Store *store); /* on its hosts alone */
Status store_write(StoreWriter *writer, const void *bytes, size_t size_bytes, ErrorList *errors);
Status store_put_commit(StoreWriter **writer, ErrorList *errors);
void store_put_cancel(StoreWriter **writer); /* NULL is fine */
Status store_put(Store *store,
                 Key key,
                 const char *key_text,
                 const void *bytes,
                 size_t size_bytes,
                 ErrorList *errors);
Status store_map(Store *store, Key key, StoreObject *object, ErrorList *errors);
void store_unmap(StoreObject *object); /* an empty object is fine */
/* Makes an object of one store readable in another, by a link; E606 when it is not there. */
Status store_lend(const Store *from, const Store *to, Key key, Arena *arena, ErrorList *errors);
/* Lets its pages leave the process until they are read again: they stay in the system's cache. */
void store_rest(const StoreObject *object); /* an empty object is fine */
/* The text that was hashed, for `explain`. */
Status store_key_text(Store *store, Key key, Arena *arena, const char **text, ErrorList *errors);

#endif
