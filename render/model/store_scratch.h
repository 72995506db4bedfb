#ifndef RENDER_MODEL_STORE_SCRATCH_H
#define RENDER_MODEL_STORE_SCRATCH_H
/* Copies of a store's objects on a disk of this host, where they may be mapped.
 *
 * The store itself may lie on a file system that many hosts share: a page of a mapped file that
 * vanishes there ends the process (SIGBUS), and every rank would fetch it anew. Its objects are
 * read once per host, by pread, into <folder>/objects; what this host makes is written to both.
 * Nothing here is the truth: whatever is lost, damaged or has no room is read from the store, or
 * made again (store_place.h).
 */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/base/hash.h"

enum { SCRATCH_PATH_BYTES = 4096 };

typedef struct StoreScratch StoreScratch;

typedef struct ScratchFile { /* a copy that is being written */
    int descriptor;          /* -1: none */
    char path[SCRATCH_PATH_BYTES];
} ScratchFile;

/* NULL: no copies can be kept there. Makes the folder, for its owner alone. */
StoreScratch *store_scratch_open(const char *folder, Arena *arena);
const char *store_scratch_path(const StoreScratch *scratch, Key key, char path[SCRATCH_PATH_BYTES]);
/* The copy, open for reading; -1: there is none. */
int store_scratch_find(const StoreScratch *scratch, Key key);
/* Copies a whole file; returns the copy, open for reading, or -1. */
int store_scratch_fetch(StoreScratch *scratch, Key key, int from, size_t size_bytes);
bool store_scratch_has(const StoreScratch *scratch, Key key);
void store_scratch_drop(const StoreScratch *scratch, Key key);

/* So many bytes, and as many for others who live on that disk. */
bool store_scratch_has_room(const StoreScratch *scratch, size_t size_bytes);

/* The same piece by piece; offset -1: behind the last one. false: there is no such file, or no room
 * for more of it. */
void store_scratch_begin(StoreScratch *scratch, ScratchFile *file);
bool store_scratch_write(ScratchFile *file, long offset, const void *bytes, size_t size_bytes);
bool store_scratch_commit(const StoreScratch *scratch, Key key, ScratchFile *file);
void store_scratch_cancel(ScratchFile *file);

/* Whether many hosts share the file system of that folder: NFS, Lustre, GPFS, SMB, Ceph ... */
bool store_scratch_is_wanted(const char *folder);

#endif
