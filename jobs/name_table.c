/* From a name to its index: open addressing, at most half full. */
#include "jobs/name_table.h"

#include <stddef.h>
#include <string.h>

#include "render/base/hash.h"

enum { SLOTS_MIN = 16 };

/* The slot of the name, or the free slot where it belongs. */
static NameSlot *find_slot(const NameTable *table, const char *name) {
    const size_t mask = (size_t)table->slot_count - 1;
    size_t slot = (size_t)key_of_text(name).low & mask;
    while (table->slots[slot].name && strcmp(table->slots[slot].name, name) != 0) {
        slot = (slot + 1) & mask;
    }
    return &table->slots[slot];
}

static void grow(NameTable *table, Arena *arena) {
    const NameTable old = *table;
    table->slot_count = old.slot_count > 0 ? 2 * old.slot_count : SLOTS_MIN;
    table->slots = arena_array(arena, (size_t)table->slot_count, sizeof *table->slots);
    for (int slot = 0; slot < old.slot_count; slot++) {
        if (old.slots[slot].name) {
            *find_slot(table, old.slots[slot].name) = old.slots[slot];
        }
    }
}

int name_table_find(const NameTable *table, const char *name) {
    if (table->slot_count == 0) {
        return -1;
    }
    const NameSlot *slot = find_slot(table, name);
    return slot->name ? slot->index : -1;
}

void name_table_set(NameTable *table, const char *name, int index, Arena *arena) {
    if (2 * (table->name_count + 1) > table->slot_count) {
        grow(table, arena);
    }
    NameSlot *slot = find_slot(table, name);
    if (!slot->name) {
        *slot = (NameSlot){.name = name};
        table->name_count++;
    }
    slot->index = index;
}
