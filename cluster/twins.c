/* Tasks of several jobs that make the same results: one of them runs, the others wait for it. */
#include "cluster/twins.h"

#include <stdlib.h>
#include <string.h>

enum { NOBODY = -1 };

typedef struct Group {
    int holder; /* the task that runs, or NOBODY */
    bool is_made;
} Group;

struct Twins {
    int *group_of; /* [task_count] NOBODY: it has no twin */
    Group *groups;
};

typedef struct Candidate {
    const Task *task;
    const char *store;
    int index;
} Candidate;

static int compare_candidates(const void *left, const void *right) {
    const Candidate *a = left;
    const Candidate *b = right;
    if (a->task->output_count != b->task->output_count) {
        return a->task->output_count < b->task->output_count ? -1 : 1;
    }
    for (int output = 0; output < a->task->output_count; output++) {
        const int order = key_compare(a->task->outputs[output], b->task->outputs[output]);
        if (order != 0) {
            return order;
        }
    }
    return strcmp(a->store, b->store);
}

static bool may_have_twin(const Task *task) {
    bool has_key = false;
    for (int output = 0; output < task->output_count; output++) {
        has_key = has_key || !key_is_zero(task->outputs[output]);
    }
    return has_key && task->kind != TASK_WRITE && task->kind != TASK_ENCODE;
}

static int list_candidates(const Batch *batch, Candidate *candidates) {
    int count = 0;
    for (int task = 0; batch->count > 1 && task < batch->plan->task_count; task++) {
        const BatchJob *job = batch->jobs[batch->job_of[task]];
        if (may_have_twin(&batch->plan->tasks[task])) {
            candidates[count++] =
                (Candidate){&batch->plan->tasks[task], store_path(job->run.store), task};
        }
    }
    return count;
}

Twins *twins_find(const Batch *batch) {
    const size_t task_count = (size_t)batch->plan->task_count;
    Twins *twins = arena_alloc(batch->arena, sizeof *twins);
    Candidate *candidates = arena_array(batch->arena, task_count + 1, sizeof *candidates);
    twins->group_of = arena_array(batch->arena, task_count + 1, sizeof *twins->group_of);
    twins->groups = arena_array(batch->arena, task_count + 1, sizeof *twins->groups);
    for (size_t task = 0; task < task_count; task++) {
        twins->group_of[task] = NOBODY;
    }
    const int count = list_candidates(batch, candidates);
    qsort(candidates, (size_t)count, sizeof *candidates, compare_candidates);
    for (int at = 1; at < count; at++) {
        if (compare_candidates(&candidates[at - 1], &candidates[at]) == 0) {
            const int before = candidates[at - 1].index;
            const int group = twins->group_of[before] < 0 ? before : twins->group_of[before];
            twins->groups[group].holder = NOBODY;
            twins->group_of[before] = twins->group_of[candidates[at].index] = group;
        }
    }
    return twins;
}

SchedulerStart twins_ask(Twins *twins, int task) {
    if (twins->group_of[task] == NOBODY) {
        return START_HERE;
    }
    Group *group = &twins->groups[twins->group_of[task]];
    if (group->holder == NOBODY && !group->is_made) {
        group->holder = task;
    }
    if (group->holder == task) {
        return START_HERE;
    }
    return group->is_made ? START_NOT : START_ELSEWHERE;
}

void twins_let_go(Twins *twins, int task, bool is_made) {
    if (twins->group_of[task] == NOBODY) {
        return;
    }
    Group *group = &twins->groups[twins->group_of[task]];
    group->is_made = group->is_made || is_made;
    group->holder = group->holder == task ? NOBODY : group->holder;
}
