/* The tree of a job: files are read depth first, each merged over what it is based on. */
#include "jobs/job_tree.h"

#include <string.h>

#include "jobs/import_lists.h"
#include "jobs/job_policy.h"
#include "jobs/job_set.h"
#include "jobs/node_build.h"
#include "jobs/node_merge.h"
#include "jobs/node_variables.h"
#include "jobs/suggest.h"
#include "jobs/value.h"
#include "jobs/yaml_reader.h"
#include "render/base/files.h"

enum { FILE_DEPTH_MAX = 8 };

typedef struct Opened { /* a file whose bases are being read */
    const JobFile *file;
    Place named_at;
    Node *own;
    Node *below;          /* what its includes and its base gave so far; NULL: nothing yet */
    const Node **sources; /* [source_count] the scalars that name files, lowest first */
    int source_count, next;
    bool is_base;   /* written for the cut before the one that the job conforms to */
    bool has_recut; /* its own base is */
} Opened;

typedef struct Tree {
    JobFiles *files;
    Arena *arena;
    ErrorList *errors;
    Opened opened[FILE_DEPTH_MAX];
    int depth;
    Node *result; /* of the file that was closed last */
    Node *lists;  /* what the job imports: below all else; NULL: nothing */
} Tree;

static Status fail_circle(const Tree *tree, const JobFile *file, Place place) {
    fail(tree->errors, E105, place, "these files include each other in a circle");
    for (int depth = 1; depth < tree->depth; depth++) {
        error_mark(tree->errors, tree->opened[depth].named_at, "%s is read here",
                   tree->opened[depth].file->name);
    }
    error_note(tree->errors, "%s is already being read", file->name);
    return E105;
}

static Status check_stack(const Tree *tree, const JobFile *file, Place place) {
    for (int depth = 0; depth < tree->depth; depth++) {
        if (tree->opened[depth].file == file) {
            return fail_circle(tree, file, place);
        }
    }
    return tree->depth < FILE_DEPTH_MAX
               ? DONE
               : fail(tree->errors, E105, place, "files include each other more than %d deep",
                      FILE_DEPTH_MAX);
}

/* A copy without the pairs that say where it comes from. */
static Node *without(const Node *map, const char *words, Arena *arena) {
    Node *copy = node_copy_map(map, 0, arena);
    copy->count = 0;
    for (int pair = 0; pair < map->count; pair++) {
        if (!word_is_in(words, map->pairs[pair].key, strlen(map->pairs[pair].key))) {
            copy->pairs[copy->count++] = map->pairs[pair];
        }
    }
    return copy;
}

static Status add_source(const Tree *tree, Opened *opened, const Node *name) {
    if (name->kind != NODE_SCALAR || !*name->text) {
        return fail(tree->errors, E204, name->place, "this must be the path of a YAML file");
    }
    opened->sources[opened->source_count++] = name;
    return DONE;
}

static Status add_includes(const Tree *tree, Opened *opened, const Node *include) {
    if (include->kind != NODE_LIST) {
        fail(tree->errors, E204, include->place, "`include` must be a list of files");
        error_help(tree->errors, "write `include: [%s]`",
                   include->kind == NODE_SCALAR ? include->text : "rooms.yaml");
        return E204;
    }
    for (int item = 0; item < include->count; item++) {
        TRY(add_source(tree, opened, include->items[item]));
    }
    return DONE;
}

/* include, then extends: the base of a job lies over what the job includes. */
static Status find_sources(const Tree *tree, Opened *opened) {
    const Node *include = node_get(opened->own, "include");
    const Node *extends = node_get(opened->own, "extends");
    const int listed = include && include->kind == NODE_LIST ? include->count : 0;
    const size_t size_bytes = sizeof(void *); /* pointers: the nodes stay where they are */
    opened->sources = arena_array(tree->arena, (size_t)listed + 1, size_bytes);
    if (include && !node_is_null(include)) {
        TRY(add_includes(tree, opened, include));
    }
    return extends && !node_is_null(extends) ? add_source(tree, opened, extends) : DONE;
}

static Status read_yaml(const Tree *tree, const JobFile *file, Node **root) {
    const Status status =
        yaml_read(file->name, file->bytes, file->size_bytes, tree->arena, root, tree->errors);
    return *root ? DONE : status;
}

/* Times go from one cut to the next once. */
static Status check_recut(const Tree *tree, Opened *opened) {
    const Node *conform = node_get(opened->own, "conform");
    opened->has_recut = !node_is_null(node_get(conform, "from"));
    if (!opened->is_base || !opened->has_recut) {
        return DONE;
    }
    fail(tree->errors, E303, conform->place, "this job is conformed twice");
    error_help(tree->errors, "extend the job of the first cut, and conform from that");
    return E303;
}

static Status open_file(Tree *tree, const JobFile *file, Place place, bool is_base) {
    TRY(check_stack(tree, file, place));
    Opened *opened = &tree->opened[tree->depth];
    *opened = (Opened){.file = file, .named_at = place, .is_base = is_base};
    tree->files->is_base[file - tree->files->files] = is_base;
    Node *own = NULL;
    TRY(read_yaml(tree, file, &own));
    if (!own) {
        return E109; /* told by the reader */
    }
    opened->own = own;
    if (own->kind != NODE_MAP && tree->depth > 0) {
        return fail(tree->errors, E204, place, "`%s` holds no keys of a job", file->name);
    }
    TRY(check_recut(tree, opened));
    tree->depth++;
    return find_sources(tree, opened);
}

/* The next file that the innermost one is based on. */
static Status open_next(Tree *tree) {
    Opened *opened = &tree->opened[tree->depth - 1];
    const Node *name = opened->sources[opened->next++];
    const char *path = NULL;
    TRY(job_files_path(name, path_folder(tree->arena, opened->file->name), tree->arena, &path,
                       tree->errors));
    const JobFile *file = NULL;
    TRY(job_files_find(tree->files, path, name->place, tree->arena, &file, tree->errors));
    const bool is_extended = name == node_get(opened->own, "extends");
    return open_file(tree, file, name->place,
                     opened->is_base || (opened->has_recut && is_extended));
}

/* A file over what it is based on. Decisions are a log: those of the base stay in front. */
static Node *put_over(const Tree *tree, const Node *below, const Node *own) {
    const Node *first = node_get(below, "decisions");
    const Node *second = node_get(own, "decisions");
    Node *merged = node_merge(below, own, tree->arena, tree->errors);
    if (first && second && first->kind == NODE_LIST && second->kind == NODE_LIST) {
        Node *all = node_make_list(first->count + second->count, second->place, tree->arena);
        for (int item = 0; item < first->count; item++) {
            node_add_item(all, first->items[item]);
        }
        for (int item = 0; item < second->count; item++) {
            node_add_item(all, second->items[item]);
        }
        node_get_pair(merged, "decisions")->value = all;
    }
    return merged;
}

/* Its result goes below the file that named it. */
static void close_file(Tree *tree) {
    const Opened *opened = &tree->opened[--tree->depth];
    Node *own = opened->own->kind == NODE_MAP ? without(opened->own, "include extends", tree->arena)
                                              : opened->own;
    tree->result = opened->below ? put_over(tree, opened->below, own) : own;
    if (tree->depth > 0) {
        Opened *outer = &tree->opened[tree->depth - 1];
        outer->below = outer->below ? put_over(tree, outer->below, tree->result) : tree->result;
    }
}

static Status read_files(Tree *tree) {
    TRY(open_file(tree, &tree->files->files[0], NO_PLACE, false));
    tree->opened[0].below = tree->lists;
    while (tree->depth > 0) {
        const Opened *opened = &tree->opened[tree->depth - 1];
        if (opened->next < opened->source_count) {
            TRY(open_next(tree));
        } else {
            close_file(tree);
        }
    }
    return DONE;
}

static Status fail_alternate(const Tree *tree, const Node *alternates, const char *name) {
    const int count = alternates && alternates->kind == NODE_MAP ? alternates->count : 0;
    const char **names = arena_array(tree->arena, (size_t)count + 1, sizeof *names);
    for (int pair = 0; pair < count; pair++) {
        names[pair] = alternates->pairs[pair].key;
    }
    fail(tree->errors, E301, NO_PLACE, "the job has no alternate `%s`", name);
    const char *best = suggest_nearest(name, names, count);
    if (best) {
        error_help(tree->errors, "did you mean `%s`?", best);
    }
    return E301;
}

static bool list_has(const Node *list, const char *word) {
    for (int item = 0; item < list->count; item++) {
        if (list->items[item]->kind == NODE_SCALAR && strcmp(list->items[item]->text, word) == 0) {
            return true;
        }
    }
    return false;
}

/* Leaves only the deliverables that the alternate names. */
static Status keep_deliverables(Tree *tree, const Node *wanted) {
    NodePair *pair = node_get_pair(tree->result, "deliverables");
    if (node_is_null(wanted) || !pair || pair->value->kind != NODE_MAP) {
        return DONE;
    }
    if (wanted->kind != NODE_LIST) {
        return fail(tree->errors, E204, wanted->place, "this must be a list of deliverables");
    }
    for (int item = 0; item < wanted->count; item++) {
        const Node *name = wanted->items[item];
        if (name->kind != NODE_SCALAR || !node_get(pair->value, name->text)) {
            return fail(tree->errors, E301, name->place, "no deliverable is called `%s`",
                        name->kind == NODE_SCALAR ? name->text : "");
        }
    }
    Node *kept = node_copy_map(pair->value, 0, tree->arena);
    kept->count = 0;
    for (int index = 0; index < pair->value->count; index++) {
        if (list_has(wanted, pair->value->pairs[index].key)) {
            kept->pairs[kept->count++] = pair->value->pairs[index];
        }
    }
    pair->value = kept;
    return DONE;
}

static Status apply_alternate(Tree *tree, const char *name) {
    const Node *alternates = node_get(tree->result, "alternates");
    const Node *alternate = name ? node_get(alternates, name) : NULL;
    if (!name) {
        return DONE;
    }
    if (!alternate) {
        return fail_alternate(tree, alternates, name);
    }
    const Node *override = node_get(alternate, "override");
    if (node_is_null(override) || override->kind != NODE_MAP) {
        return fail(tree->errors, E203, alternate->place, "alternates.%s has no `override`", name);
    }
    tree->result = node_merge(tree->result, override, tree->arena, tree->errors);
    return keep_deliverables(tree, node_get(alternate, "deliverables"));
}

static Status merge_files(Tree *tree, const JobSource *source) {
    TRY(read_files(tree));
    TRY(apply_alternate(tree, source->alternate));
    for (int set = 0; set < source->set_count; set++) {
        TRY(job_set_apply(&tree->result, source->sets[set], tree->arena, tree->errors));
    }
    node_expand_variables(tree->result, tree->arena, tree->errors);
    return DONE;
}

/* What the job imports is known once it is merged, and lies below all of it: a job with lists is
 * merged twice. What is wrong with a job is said the second time. */
static Status merge_job(Tree *tree, const JobSource *source) {
    Tree first = *tree;
    first.errors = errors_create(tree->arena);
    const Status status = merge_files(&first, source);
    const bool has_lists = status == DONE && node_get(first.result, "import");
    if (status == DONE && !has_lists && !errors_last(first.errors)) {
        tree->result = first.result;
        return DONE;
    }
    if (has_lists) {
        TRY(import_lists_read(first.result, tree->files, tree->arena, &tree->lists, tree->errors));
    }
    return merge_files(tree, source);
}

Status job_tree_read(
    const JobSource *source, JobFiles *files, Arena *arena, Node **root, ErrorList *errors) {
    Tree tree = {.files = files, .arena = arena, .errors = errors};
    TRY(merge_job(&tree, source));
    TRY(job_policy_files_read(tree.result, files, arena, errors));
    *root = tree.result;
    if (tree.result->kind == NODE_MAP) {
        *root = without(tree.result, "vars", arena);
    }
    return DONE;
}
