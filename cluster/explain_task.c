/* `explain DIR --task NAME`: why a task of a run had to run. */
#include "cluster/explain_task.h"

#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/past_run.h"
#include "cluster/task_reason.h"
#include "render/base/files.h"

/* The task of that name, else the first whose name begins so; -1: none. */
static int find_task(const Plan *plan, const char *name) {
    int found = -1;
    for (int task = 0; task < plan->task_count; task++) {
        const char *own = plan->tasks[task].name;
        if (strcmp(own, name) == 0) {
            return task;
        }
        if (found < 0 && strncmp(own, name, strlen(name)) == 0) {
            found = task;
        }
    }
    return found;
}

static Status fail_task(const Plan *plan, const char *name, Arena *arena, ErrorList *errors) {
    const char **names = arena_array(arena, (size_t)plan->task_count + 1, sizeof *names);
    for (int task = 0; task < plan->task_count; task++) {
        names[task] = plan->tasks[task].name;
    }
    const Status status = fail(errors, E002, NO_PLACE, "the run has no task `%s`", name);
    options_suggest(name, names, plan->task_count, errors);
    return status;
}

static void print_lines(char sign, const KeyLines *lines) {
    for (int line = 0; line < lines->count; line++) {
        printf("  %c %s\n", sign, lines->lines[line]);
    }
}

static void
print_reason(const ReasonSource *source, int task, const TaskReason *reason, Arena *arena) {
    const Plan *plan = source->run->plan;
    printf("%s\n", plan->tasks[task].name);
    if (reason->kind == REASON_SAME) {
        printf("  nothing that it depends on has changed: reused, or made again when lost\n");
        return;
    }
    if (reason->cause != task) {
        printf("  because of %s\n", plan->tasks[reason->cause].name);
    }
    for (int change = 0; change < reason->changes.count; change++) {
        printf("  %s\n", job_change_text(&reason->changes.changes[change], arena));
    }
    print_lines('-', &reason->old);
    print_lines('+', &reason->now);
    if (source->record->task_count == 0) {
        printf("  made for the first time: this folder had no run of another job before\n");
    } else if (reason->kind == REASON_NEW) {
        printf("  the run before had no such task\n");
    } else if (!reason->has_old_text) {
        printf("  the store does not hold the result of the run before any more\n");
    }
}

static json_t *describe_lines(const KeyLines *lines) {
    json_t *list = json_array();
    for (int line = 0; line < lines->count; line++) {
        json_array_append_new(list, json_string(lines->lines[line]));
    }
    return list;
}

static void
answer_reason(const ReasonSource *source, int task, const TaskReason *reason, Arena *arena) {
    static const char *const words[] = {
        [REASON_SAME] = "same", [REASON_NEW] = "new", [REASON_CHANGED] = "changed"};
    json_t *changes = json_array();
    for (int change = 0; change < reason->changes.count; change++) {
        json_array_append_new(changes, job_change_to_json(&reason->changes.changes[change]));
    }
    const Plan *plan = source->run->plan;
    (void)arena;
    answer_json(json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "task", plan->tasks[task].name,
                          "reason", words[reason->kind], "cause", plan->tasks[reason->cause].name,
                          "changes", changes, "old", describe_lines(&reason->old), "new",
                          describe_lines(&reason->now)));
}

int explain_task(const Options *options, Arena *arena, ErrorList *errors) {
    PastRun now;
    RunRecord record = {0};
    const char *folder = options->arguments[0];
    Status status = past_run_open(folder, arena, &now, errors);
    const int task = status == DONE ? find_task(now.run.plan, options->task) : -1;
    if (status == DONE && task < 0) {
        status = fail_task(now.run.plan, options->task, arena, errors);
    }
    if (status != DONE) {
        return answer_failure(options, errors, NULL);
    }
    ErrorList *ignored = errors_create(arena); /* the first run of a folder has none before it */
    run_record_read(now.run.state_folder, true, arena, &record, ignored);
    const ReasonSource source = {
        .record = &record, .old_tree = past_run_tree_before(&now, arena), .run = &now.run};
    const TaskReason reason = task_reason(&source, task, arena);
    if (options->is_json) {
        answer_reason(&source, task, &reason, arena);
    } else {
        print_reason(&source, task, &reason, arena);
    }
    return answer_errors(options, errors, NULL);
}
