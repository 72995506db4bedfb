/* What lists of other tools hold, gathered as tables of a job. */
#include "jobs/import_tables.h"

#include <string.h>

#include "jobs/node_build.h"
#include "jobs/node_merge.h"
#include "jobs/value.h"

const char *import_kind_name(ImportKind kind) {
    static const char *const names[IMPORT_KIND_COUNT] = {
        [IMPORT_CUTS] = "cuts",     [IMPORT_LINES] = "lines", [IMPORT_MARKERS] = "markers",
        [IMPORT_SCENES] = "scenes", [IMPORT_CUES] = "cues",
    };
    return names[kind];
}

static Status fail_twice(const ImportTables *tables, const char *id, Place place, Place first) {
    fail(tables->errors, E104, place, "`%s` is defined twice", id);
    error_mark(tables->errors, first, "first definition");
    error_caret(tables->errors, "second definition");
    error_help(tables->errors, "give one of them another name");
    return E104;
}

static void make_room(ImportTable *table, Place place, Arena *arena) {
    if (table->map && table->map->count < table->capacity) {
        return;
    }
    table->capacity = 2 * table->capacity + 64;
    Node *larger = node_make_map(table->capacity, table->map ? table->map->place : place, arena);
    if (table->map) {
        memcpy(larger->pairs, table->map->pairs, (size_t)table->map->count * sizeof(NodePair));
        larger->count = table->map->count;
    }
    table->map = larger;
}

Status
import_table_add(ImportTables *tables, ImportKind kind, const char *id, Place place, Node *value) {
    ImportTable *table = &tables->tables[kind];
    const int first = name_table_find(&table->names, id);
    if (first >= 0) {
        return fail_twice(tables, id, place, table->map->pairs[first].key_place);
    }
    make_room(table, place, tables->arena);
    name_table_set(&table->names, id, table->map->count, tables->arena);
    node_add_pair(table->map, id, place, value);
    return DONE;
}

const char *import_id(const char *name, Arena *arena) {
    char *id = arena_alloc(arena, strlen(name) + 3);
    size_t length = 0;
    for (const char *byte = name; *byte; byte++) {
        if (id_is_text(byte, 1)) {
            id[length++] = *byte;
        } else if (length > 0 && id[length - 1] != '_') {
            id[length++] = '_';
        }
    }
    length -= length > 0 && id[length - 1] == '_';
    id[length] = '\0';
    if (length == 0) {
        return NULL;
    }
    ErrorList *ignored = errors_create(arena);
    return id_check(id, NO_PLACE, ignored) == DONE ? id : arena_format(arena, "m_%s", id);
}
