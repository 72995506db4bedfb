/* `diff`: what changed between two jobs, value by value, or between the outputs of two runs. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/job_changes.h"
#include "cluster/job_input.h"
#include "cluster/run_changes.h"
#include "render/base/files.h"

enum { DIFFERENT_EXIT_CODE = 13 };

typedef struct Comparison {
    const Options *options;
    Arena *arena;
    json_t *changes; /* also without --json: they are counted */
} Comparison;

static void print_side(const Comparison *comparison, const char *sign, const Node *node) {
    printf("  %s %-32s %s:%d\n", sign, job_value_text(node, comparison->arena),
           node->place.file ? node->place.file : "", node->place.line);
}

static void note_change(const Comparison *comparison, const JobChange *change) {
    json_array_append_new(comparison->changes, job_change_to_json(change));
    if (comparison->options->is_json) {
        return;
    }
    printf("%s\n", change->path);
    if (change->before) {
        print_side(comparison, "-", change->before);
    }
    if (change->after) {
        print_side(comparison, "+", change->after);
    }
}

static void compare(const Comparison *comparison, const Node *before, const Node *after) {
    const JobChanges changes = job_changes(before, after, comparison->arena);
    for (int index = 0; index < changes.count; index++) {
        note_change(comparison, &changes.changes[index]);
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

/* ---- outputs ---- */

static void print_run_change(const RunChange *change) {
    printf("%-24s %-16s %-9s %s\n", *change->output ? change->output : "-",
           change->part ? change->part : "-", change->what, change->text);
}

static int answer_run(const Options *options, const RunChanges *found) {
    json_t *changes = json_array();
    for (int index = 0; index < found->count; index++) {
        json_array_append_new(changes, run_change_to_json(&found->changes[index]));
        if (!options->is_json) {
            print_run_change(&found->changes[index]);
        }
    }
    if (options->is_json) {
        answer_json(json_pack("{s:b, s:O}", "equal", found->count == 0, "changes", changes));
    } else if (!options->is_quiet) {
        printf("%d difference%s\n", found->count, found->count == 1 ? "" : "s");
    }
    json_decref(changes);
    return found->count > 0 && options->has_exit_code ? DIFFERENT_EXIT_CODE : 0;
}

static int compare_runs(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    RunChanges found;
    const Status status =
        run_changes_find(options->arguments[0], options->arguments[1], arena, &found, errors);
    const int exit_code =
        status == DONE ? answer_run(options, &found) : answer_failure(options, errors, NULL);
    arena_destroy(&arena);
    return exit_code;
}

/* ---- jobs ---- */

static int compare_jobs(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    JobInput inputs[2];
    memset(inputs, 0, sizeof inputs);
    JobSpec *jobs[2] = {NULL};
    Status status = answer_check_count(options, 2, 2, "JOB JOB or OUT OUT", errors);
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

int command_diff(const Options *options) {
    const bool is_run = options->argument_count == 2 && (folder_exists(options->arguments[0]) ||
                                                         folder_exists(options->arguments[1]));
    return is_run ? compare_runs(options) : compare_jobs(options);
}
