#ifndef JOBS_NAME_TABLE_H
#define JOBS_NAME_TABLE_H
/* From a name to its index, fast enough for ten thousand names.
 *
 *     NameTable names = {0};
 *     name_table_set(&names, "vln1", 0, arena);
 *     int index = name_table_find(&names, "vln1");
 */
#include "render/base/arena.h"

typedef struct NameSlot {
    const char *name; /* NULL: free */
    int index;
} NameSlot;

typedef struct NameTable { /* zeroed: empty; grows in the arena */
    NameSlot *slots;
    int slot_count, name_count; /* slot_count: 0 or a power of two */
} NameTable;

/* -1 when the name is not there. */
int name_table_find(const NameTable *table, const char *name);

/* Adds the name or gives it another index. The name is not copied. */
void name_table_set(NameTable *table, const char *name, int index, Arena *arena);

#endif
