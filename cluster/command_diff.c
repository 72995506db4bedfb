/* `diff`: what changed between two jobs, value by value. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/job_input.h"
#include "cluster/node_json.h"
#include "jobs/name_table.h"
#include "jobs/node_write.h"

enum { DIFFERENT_EXIT_CODE = 13 };

typedef struct Comparison {
    const Options *options;
    Arena *arena;
    json_t *changes; /* also without --json: they are counted */
} Comparison;

static void print_side(const Comparison *comparison, const char *sign, const Node *node) {
    const char *text = node->kind == NODE_SCALAR ? node_scalar_text(node, comparison->arena)
                       : node->kind == NODE_MAP  ? "{}"
                                                 : "[]";
    printf("  %s %-32s %s:%d\n", sign, text, node->place.file ? node->place.file : "",
           node->place.line);
}

static void
note_change(const Comparison *comparison, const char *path, const Node *before, const Node *after) {
    json_t *change = json_pack("{s:s}", "path", path);
    if (before) {
        json_object_set_new(change, "before", node_to_json(before));
    }
    if (after) {
        json_object_set_new(change, "after", node_to_json(after));
    }
    json_array_append_new(comparison->changes, change);
    if (comparison->options->is_json) {
        return;
    }
    printf("%s\n", path);
    if (before) {
        print_side(comparison, "-", before);
    }
    if (after) {
        print_side(comparison, "+", after);
    }
}

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

static void compare(const Comparison *comparison, const Node *before, const Node *after) {
    const NodeLeaves old = node_leaves(before, comparison->arena);
    const NodeLeaves now = node_leaves(after, comparison->arena);
    const NameTable old_paths = index_leaves(&old, comparison->arena);
    const NameTable now_paths = index_leaves(&now, comparison->arena);
    for (int index = 0; index < old.count; index++) {
        const NodeLeaf *leaf = &old.leaves[index];
        const int found = name_table_find(&now_paths, leaf->path);
        const Node *other = found < 0 ? NULL : now.leaves[found].node;
        if (!other || !are_equal(leaf->node, other)) {
            note_change(comparison, leaf->path, leaf->node, other);
        }
    }
    for (int index = 0; index < now.count; index++) {
        if (name_table_find(&old_paths, now.leaves[index].path) < 0) {
            note_change(comparison, now.leaves[index].path, NULL, now.leaves[index].node);
        }
    }
}

static int answer_changes(const Comparison *comparison) {
    const size_t count = json_array_size(comparison->changes);
    if (comparison->options->is_json) {
        answer_json(json_pack("{s:b, s:O}", "equal", count == 0, "changes", comparison->changes));
    } else if (!comparison->options->is_quiet) {
        printf("%zu value%s differ%s\n", count, count == 1 ? "" : "s", count == 1 ? "s" : "");
    }
    return count > 0 && comparison->options->has_exit_code ? DIFFERENT_EXIT_CODE : 0;
}

int command_diff(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    JobInput inputs[2];
    memset(inputs, 0, sizeof inputs);
    JobSpec *jobs[2] = {NULL};
    Status status = answer_check_count(options, 2, 2, "JOB JOB", errors);
    int read = 0;
    for (; status == DONE && read < 2; read++) {
        status = job_input_load(options, options->arguments[read], arena, &inputs[read],
                                &jobs[read], errors);
    }
    int exit_code = 0;
    if (status == DONE) {
        const Comparison comparison = {options, arena, json_array()};
        compare(&comparison, jobs[0]->tree, jobs[1]->tree);
        exit_code = answer_changes(&comparison);
        json_decref(comparison.changes);
    } else {
        exit_code = answer_failure(options, errors, read > 0 ? &inputs[read - 1] : NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
