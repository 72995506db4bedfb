#ifndef CLUSTER_VERSIONS_H
#define CLUSTER_VERSIONS_H
/* What this program is made of. */
#include "render/base/arena.h"

typedef struct LibraryVersion {
    const char *name, *version;
} LibraryVersion;

const char *program_version(void);
const char *compiler_version(void);
/* All libraries that are linked, as they tell at run time. */
const LibraryVersion *library_versions(Arena *arena, int *count);

#endif
