#ifndef CLUSTER_STORE_FILES_H
#define CLUSTER_STORE_FILES_H
/* The objects of a store as files: what `cache` counts, checks and removes. Any object may go at
 * any moment: what needs it makes it again. */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct StoreFile {
    Key key;
    int64_t size_bytes;
    int64_t used_ns; /* the later of written and read, where reads are noted */
    bool is_pinned;
} StoreFile;

typedef struct StoreFiles {
    const char *folder; /* of the store */
    StoreFile *files;
    int count;
    int foreign_count;    /* names that are no keys */
    int unfinished_count; /* of tmp: being written, or left by the dead */
    int64_t size_bytes, unfinished_bytes;
} StoreFiles;

/* E410: no store there. */
Status store_files_list(const char *folder, Arena *arena, StoreFiles *files, ErrorList *errors);
/* The results of the run in an output folder are kept. E410: no run. */
Status
store_files_pin(StoreFiles *files, const char *output_folder, Arena *arena, ErrorList *errors);

typedef struct StoreTrim {
    int removed_count;
    int64_t removed_bytes, left_bytes;
} StoreTrim;

/* Longest unused first, until no more than limit_bytes are left or all that is left is pinned; what
 * lies unfinished in tmp for a day goes, too. */
StoreTrim store_files_trim(StoreFiles *files, int64_t limit_bytes, Arena *arena);

/* Checks the sums of every object; damaged ones are removed and told (W701). Returns how many. */
int store_files_verify(const StoreFiles *files, Arena *arena, ErrorList *errors);

#endif
