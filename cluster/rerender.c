/* Renders a sample of the tasks of a run once more and compares every bit. */
#include "cluster/rerender.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/past_run.h"
#include "render/base/files.h"

typedef struct Rerender {
    const Run *run;
    const char *folder; /* of a store that knows only what a task needs */
    RerenderResult *result;
    ErrorList *errors;
} Rerender;

/* Files are no objects of the store. */
static bool is_askable(const Task *task) {
    return task->kind <= TASK_MASTER;
}

static const Key *first_output(const Task *task) {
    for (int output = 0; output < task->output_count; output++) {
        if (!key_is_zero(task->outputs[output])) {
            return &task->outputs[output];
        }
    }
    return NULL;
}

static bool has_all(const Store *store, const Task *task) {
    bool has = true;
    for (int output = 0; has && output < task_needed_count(task); output++) {
        has = key_is_zero(task->outputs[output]) || store_has(store, task->outputs[output]);
    }
    return has;
}

static bool has_needs(const Rerender *rerender, const Task *task) {
    bool has = true;
    for (int need = 0; has && need < task->need_count; need++) {
        has = has_all(rerender->run->store, &rerender->run->plan->tasks[task->needs[need]]);
    }
    return has;
}

/* The task's needs, as links to the objects of the run's store. */
static Status lend_needs(
    const Rerender *rerender, const Task *task, Store *store, Arena *arena, ErrorList *errors) {
    for (int need = 0; need < task->need_count; need++) {
        const Task *needed = &rerender->run->plan->tasks[task->needs[need]];
        for (int output = 0; output < task_needed_count(needed); output++) {
            if (!key_is_zero(needed->outputs[output])) {
                TRY(store_lend(rerender->run->store, store, needed->outputs[output], arena,
                               errors));
            }
        }
    }
    return DONE;
}

/* The same bytes under the same key? */
static Status compare_output(
    const Rerender *rerender, Store *store, const Task *task, int output, ErrorList *errors) {
    StoreObject kept = {0};
    StoreObject made = {0};
    Status status = store_map(rerender->run->store, task->outputs[output], &kept, errors);
    status = status ? status : store_map(store, task->outputs[output], &made, errors);
    if (status == DONE && (kept.size_bytes != made.size_bytes ||
                           memcmp(kept.bytes, made.bytes, kept.size_bytes) != 0)) {
        status = fail(rerender->errors, E709, NO_PLACE,
                      "`%s` rendered once more gives other samples", task->name);
    }
    store_unmap(&kept);
    store_unmap(&made);
    return status;
}

static Status
run_again(const Rerender *rerender, int task, Store *store, Arena *arena, ErrorList *errors) {
    const Run *run = rerender->run;
    const Task *asked = &run->plan->tasks[task];
    Workplace workplace = run->workplace;
    workplace.store = store;
    TRY(run_task(run->mix, run->plan, task, &workplace, arena, errors));
    for (int output = 0; output < asked->output_count; output++) {
        const bool is_needed = output < task_needed_count(asked);
        const Key key = asked->outputs[output];
        if (!key_is_zero(key) && (is_needed || store_has(run->store, key))) {
            TRY(compare_output(rerender, store, asked, output, errors));
        }
    }
    return DONE;
}

static Status check_task(const Rerender *rerender, int task) {
    Arena *arena = arena_create();
    const Task *asked = &rerender->run->plan->tasks[task];
    ErrorList *errors = errors_create(arena);
    Store *store = NULL;
    Status status = DONE;
    if (!has_all(rerender->run->store, asked) || !has_needs(rerender, asked)) {
        rerender->result->absent_count++;
        arena_destroy(&arena);
        return DONE;
    }
    status = store_open(rerender->folder, arena, &store, errors);
    status = status ? status : lend_needs(rerender, asked, store, arena, errors);
    status = status ? status : run_again(rerender, task, store, arena, errors);
    if (status == DONE || status == E709) {
        rerender->result->checked_count++;
        status = DONE; /* a difference is told, and the next task is looked at */
    } else {
        const ErrorEntry *first = errors_first(errors);
        fail(rerender->errors, status, NO_PLACE, "`%s` cannot be rendered once more: %s",
             asked->name, first ? first->message : "?");
    }
    folder_remove(rerender->folder, errors);
    arena_destroy(&arena);
    return status;
}

typedef struct Candidate {
    uint64_t rank; /* the upper half of its key: as good as a throw of dice, and always the same */
    int task;
} Candidate;

static int compare_candidates(const void *a, const void *b) {
    const Candidate *one = a;
    const Candidate *other = b;
    return one->rank < other->rank ? -1 : one->rank > other->rank;
}

/* The first so many of them are the sample. */
static Candidate *list_candidates(const Plan *plan, Arena *arena, int *count) {
    Candidate *candidates = arena_array(arena, (size_t)plan->task_count + 1, sizeof *candidates);
    *count = 0;
    for (int task = 0; task < plan->task_count; task++) {
        const Key *key = first_output(&plan->tasks[task]);
        if (key && is_askable(&plan->tasks[task])) {
            candidates[(*count)++] = (Candidate){key->high, task};
        }
    }
    qsort(candidates, (size_t)*count, sizeof *candidates, compare_candidates);
    return candidates;
}

Status rerender_sample(
    const char *folder, double share, Arena *arena, RerenderResult *result, ErrorList *errors) {
    PastRun past;
    int count = 0;
    *result = (RerenderResult){0};
    TRY(past_run_open(folder, arena, &past, errors));
    const Rerender rerender = {.run = &past.run,
                               .folder = arena_format(arena, "%s/tmp/rerender.%ld",
                                                      store_path(past.run.store), (long)getpid()),
                               .result = result,
                               .errors = errors};
    const Candidate *candidates = list_candidates(past.run.plan, arena, &count);
    for (int index = 0; index < count && index < share * count; index++) {
        TRY(check_task(&rerender, candidates[index].task));
    }
    return DONE;
}
