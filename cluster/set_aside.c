/* Which deliverables of a job cannot be made, found by making it without them. */
#include "cluster/set_aside.h"

#include <string.h>

#include "cluster/job_input.h"
#include "jobs/job_files.h"
#include "jobs/job_tree.h"
#include "jobs/node_find.h"

typedef struct Candidate { /* a deliverable as it is written */
    const char *id, *from; /* from: NULL, it is rendered */
    Place from_place;
    const char *file;
    int first_line, last_line;
    bool is_out;
    const ErrorList *why; /* of the last try with it; NULL: it was not tried */
} Candidate;

typedef struct Sorting {
    const RenderOrder *order;
    Arena *arena;
    Candidate *candidates; /* in the order of the job */
    int count;
} Sorting;

/* ---- what is written ---- */

static Candidate read_candidate(const NodePair *pair, Arena *arena) {
    Candidate candidate = {.id = pair->key,
                           .file = pair->key_place.file,
                           .first_line = pair->key_place.line,
                           .last_line = pair->key_place.line};
    const Node *from = node_get(pair->value, "from");
    const NodeLeaves leaves = node_leaves(pair->value, arena);
    if (!node_is_null(from) && from->kind == NODE_SCALAR) {
        candidate.from = from->text;
        candidate.from_place = from->place;
    }
    for (int leaf = 0; leaf < leaves.count; leaf++) {
        const Place place = leaves.leaves[leaf].node->place;
        const bool is_here = place.file && strcmp(place.file, candidate.file) == 0;
        if (is_here && place.line > candidate.last_line) {
            candidate.last_line = place.line;
        }
    }
    return candidate;
}

static void read_candidates(Sorting *sorting) {
    const JobSource source = job_input_source(sorting->order->options, sorting->order->job_path,
                                              sorting->order->job_text, sorting->arena);
    ErrorList *known = errors_create(sorting->arena); /* told by run_make */
    JobFiles files;
    Node *root = NULL;
    if (job_files_open(&source, sorting->arena, &files, known) != DONE ||
        job_tree_read(&source, &files, sorting->arena, &root, known) != DONE) {
        return;
    }
    const Node *written = node_get(root, "deliverables");
    const int count = written && written->kind == NODE_MAP ? written->count : 0;
    sorting->candidates =
        arena_array(sorting->arena, (size_t)count + 1, sizeof *sorting->candidates);
    for (int index = 0; index < count; index++) {
        if (!node_is_null(written->pairs[index].value)) {
            sorting->candidates[sorting->count++] =
                read_candidate(&written->pairs[index], sorting->arena);
        }
    }
}

static bool is_about(const ErrorEntry *entry, const Candidate *candidate) {
    return entry->severity == SEVERITY_ERROR && entry->place.file && candidate->file &&
           strcmp(entry->place.file, candidate->file) == 0 &&
           entry->place.line >= candidate->first_line && entry->place.line <= candidate->last_line;
}

static const ErrorEntry *find_about(const ErrorList *errors, const Candidate *candidate) {
    const ErrorEntry *entry = errors_first(errors);
    while (entry && !is_about(entry, candidate)) {
        entry = entry->next;
    }
    return entry;
}

/* ---- trying ---- */

static RefusedList list_out(const Sorting *sorting) {
    Refused *entries = arena_array(sorting->arena, (size_t)sorting->count + 1, sizeof *entries);
    RefusedList list = {.entries = entries};
    for (int index = 0; index < sorting->count; index++) {
        if (sorting->candidates[index].is_out) {
            entries[list.count++] = (Refused){.id = sorting->candidates[index].id};
        }
    }
    return list;
}

static Status try_run(const Sorting *sorting, ErrorList *errors) {
    Arena *scratch = arena_create();
    Options options = *sorting->order->options;
    Run run;
    options.refused = list_out(sorting);
    const Status status = run_make(&options, sorting->order->job_path, sorting->order->job_text,
                                   scratch, &run, errors);
    arena_destroy(&scratch);
    return status;
}

/* Without any deliverable the job is sound. */
static bool is_rest_sound(Sorting *sorting) {
    Arena *scratch = arena_create();
    Options options = *sorting->order->options;
    JobSpec *job = NULL;
    for (int index = 0; index < sorting->count; index++) {
        sorting->candidates[index].is_out = true;
    }
    options.refused = list_out(sorting);
    const JobSource source =
        job_input_source(&options, sorting->order->job_path, sorting->order->job_text, scratch);
    const bool is_sound = job_load(&source, scratch, &job, errors_create(scratch)) == DONE;
    arena_destroy(&scratch);
    return is_sound;
}

/* The deliverables at whose lines the messages lie; false when one lies elsewhere. */
static bool suspect_by_place(const Sorting *sorting, const ErrorList *errors) {
    bool are_all_placed = true;
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next) {
        bool is_placed = entry->severity != SEVERITY_ERROR;
        for (int index = 0; index < sorting->count; index++) {
            if (is_about(entry, &sorting->candidates[index])) {
                sorting->candidates[index].is_out = true;
                is_placed = true;
            }
        }
        are_all_placed = are_all_placed && is_placed;
    }
    return are_all_placed;
}

static int count_out(const Sorting *sorting) {
    int count = 0;
    for (int index = 0; index < sorting->count; index++) {
        count += sorting->candidates[index].is_out;
    }
    return count;
}

/* One by one, until none more fits: what is folded from another comes in after that one. */
static void readmit(const Sorting *sorting) {
    int before = -1;
    for (int out = count_out(sorting); out != before; out = count_out(sorting)) {
        before = out;
        for (int index = 0; index < sorting->count; index++) {
            Candidate *candidate = &sorting->candidates[index];
            if (candidate->is_out) {
                ErrorList *why = errors_create(sorting->arena);
                candidate->is_out = false;
                candidate->is_out = try_run(sorting, why) != DONE;
                candidate->why = why;
            }
        }
    }
}

/* Leaves is_out where a deliverable cannot be made; false: the job as a whole is wrong. */
static bool find_wrong(Sorting *sorting, const ErrorList *errors) {
    const bool are_suspects_known = suspect_by_place(sorting, errors) &&
                                    count_out(sorting) < sorting->count &&
                                    try_run(sorting, errors_create(sorting->arena)) == DONE;
    if (!are_suspects_known && !is_rest_sound(sorting)) {
        return false;
    }
    readmit(sorting);
    return count_out(sorting) < sorting->count;
}

/* ---- telling ---- */

static bool is_out(const Sorting *sorting, const char *id) {
    for (int index = 0; index < sorting->count; index++) {
        if (strcmp(sorting->candidates[index].id, id) == 0) {
            return sorting->candidates[index].is_out;
        }
    }
    return false;
}

static bool is_told(const ErrorList *errors, const ErrorEntry *entry) {
    for (const ErrorEntry *told = errors_first(errors); told; told = told->next) {
        if (told->status == entry->status && told->place.line == entry->place.line &&
            told->place.column == entry->place.column &&
            strcmp(told->message, entry->message) == 0) {
            return true;
        }
    }
    return false;
}

static void tell_errors(ErrorList *refusals, const ErrorList *errors) {
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next) {
        if (entry->severity == SEVERITY_ERROR && !is_told(refusals, entry)) {
            errors_add(refusals, entry);
        }
    }
}

/* The message that keeps a deliverable out; what the job as a whole was told comes first. */
static const ErrorEntry *
tell_why(const Sorting *sorting, const Candidate *candidate, ErrorList *refusals) {
    const ErrorEntry *known = find_about(refusals, candidate);
    if (known) {
        return known;
    }
    if (candidate->from && is_out(sorting, candidate->from)) {
        fail(refusals, E208, candidate->from_place,
             "deliverables.%s is folded from `%s`, which cannot be made", candidate->id,
             candidate->from);
        return errors_last(refusals);
    }
    tell_errors(refusals, candidate->why);
    return errors_first(candidate->why);
}

static RefusedList tell_refused(const Sorting *sorting, ErrorList *refusals) {
    Refused *entries = arena_array(sorting->arena, (size_t)sorting->count + 1, sizeof *entries);
    RefusedList list = {.entries = entries};
    for (int index = 0; index < sorting->count; index++) {
        const Candidate *candidate = &sorting->candidates[index];
        if (candidate->is_out) {
            const ErrorEntry *why = tell_why(sorting, candidate, refusals);
            const char *place =
                why->place.line > 0
                    ? arena_format(sorting->arena, "%s:%d: ", why->place.file, why->place.line)
                    : "";
            entries[list.count++] =
                (Refused){.id = candidate->id,
                          .status = why->status,
                          .reason = arena_format(sorting->arena, "%s%s", place, why->message)};
        }
    }
    return list;
}

/* Missing inputs of layers, no room, no permission: no deliverable is at fault. */
static bool may_be_sorted(const Sorting *sorting, const ErrorList *errors) {
    enum { JOB_CODE = 3, INPUT_CODE = 4 };
    const int code = errors_exit_code(errors);
    bool may_be = code == JOB_CODE;
    for (int index = 0; index < sorting->count && code == INPUT_CODE; index++) {
        may_be = may_be || find_about(errors, &sorting->candidates[index]);
    }
    return may_be && !sorting->order->options->is_strict;
}

Status set_aside_make_run(
    const RenderOrder *order, Arena *arena, Run *run, ErrorList *refusals, ErrorList *errors) {
    ErrorList *found = errors_create(arena);
    Sorting sorting = {.order = order, .arena = arena};
    const Status status =
        run_make(order->options, order->job_path, order->job_text, arena, run, found);
    if (status != DONE) {
        read_candidates(&sorting);
    }
    if (status == DONE || !may_be_sorted(&sorting, found) || !find_wrong(&sorting, found)) {
        for (const ErrorEntry *entry = errors_first(found); entry; entry = entry->next) {
            errors_add(errors, entry);
        }
        return status;
    }
    tell_errors(refusals, found);
    Options without = *order->options;
    without.refused = tell_refused(&sorting, refusals);
    return run_make(&without, order->job_path, order->job_text, arena, run, errors);
}
