#ifndef CLUSTER_SCHEMA_H
#define CLUSTER_SCHEMA_H
/* The JSON schema of the job format, made from the key table: completion and hover in editors. */
#include "render/base/arena.h"

/* Draft 7. Keys that are planned are left out: an editor marks what this version would refuse. */
const char *schema_text(Arena *arena);

#endif
