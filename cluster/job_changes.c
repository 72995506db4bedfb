/* What differs between two jobs, value by value. */
#include "cluster/job_changes.h"

#include <string.h>

#include "cluster/node_json.h"
#include "jobs/name_table.h"
#include "jobs/node_write.h"

static bool are_equal(const Node *one, const Node *other) {
    if (one->kind != other->kind) {
        return false;
    }
    return one->kind != NODE_SCALAR ||
           (strcmp(one->text, other->text) == 0 && node_is_null(one) == node_is_null(other));
}

static NameTable index_leaves(const NodeLeaves *leaves, Arena *arena) {
    NameTable table = {0};
    for (int index = 0; index < leaves->count; index++) {
        name_table_set(&table, leaves->leaves[index].path, index, arena);
    }
    return table;
}

JobChanges job_changes(const Node *before, const Node *after, Arena *arena) {
    const NodeLeaves old = node_leaves(before, arena);
    const NodeLeaves now = node_leaves(after, arena);
    const NameTable old_paths = index_leaves(&old, arena);
    const NameTable now_paths = index_leaves(&now, arena);
    const size_t limit = (size_t)old.count + (size_t)now.count;
    JobChanges found = {.changes = arena_array(arena, limit + 1, sizeof(JobChange))};
    for (int index = 0; index < old.count; index++) {
        const NodeLeaf *leaf = &old.leaves[index];
        const int same = name_table_find(&now_paths, leaf->path);
        const Node *other = same < 0 ? NULL : now.leaves[same].node;
        if (!other || !are_equal(leaf->node, other)) {
            found.changes[found.count++] = (JobChange){leaf->path, leaf->node, other};
        }
    }
    for (int index = 0; index < now.count; index++) {
        const NodeLeaf *leaf = &now.leaves[index];
        if (name_table_find(&old_paths, leaf->path) < 0) {
            found.changes[found.count++] = (JobChange){leaf->path, NULL, leaf->node};
        }
    }
    return found;
}

json_t *job_change_to_json(const JobChange *change) {
    json_t *entry = json_pack("{s:s}", "path", change->path);
    if (change->before) {
        json_object_set_new(entry, "before", node_to_json(change->before));
    }
    if (change->after) {
        json_object_set_new(entry, "after", node_to_json(change->after));
    }
    return entry;
}

const char *job_value_text(const Node *value, Arena *arena) {
    if (!value) {
        return "not written";
    }
    return value->kind == NODE_SCALAR ? node_scalar_text(value, arena)
           : value->kind == NODE_MAP  ? "{}"
                                      : "[]";
}
