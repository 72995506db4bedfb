/* Which of several processes on a shared folder runs a task. */
#include "cluster/task_claims.h"

#include <unistd.h>

#include "cluster/lock.h"
#include "render/base/files.h"

/* A claim on another host is void when it is older than this and this many times its cost. */
static const double patience_s = 60.0;
static const double patience_factor = 5.0;

struct TaskClaims {
    const Run *run;
    const char *join_folder, *claim_folder; /* the latter of this plan alone */
    const char *own_mark;                   /* of a helper, NULL: none */
    bool is_shared;                         /* somebody has joined */
    bool *is_ours;                          /* [task_count] claims that we hold */
    double *seen_s; /* [task_count] since when another process has it, 0: it has not */
};

TaskClaims *task_claims_create(const Run *run) {
    TaskClaims *claims = arena_alloc(run->arena, sizeof *claims);
    const size_t task_count = (size_t)run->plan->task_count;
    KeyText key;
    key_format(run->plan->key, key);
    claims->run = run;
    claims->join_folder = path_join(run->arena, run->state_folder, "join");
    claims->claim_folder = arena_format(run->arena, "%s/claims/%s", run->state_folder, key);
    claims->is_ours = arena_array(run->arena, task_count + 1, sizeof *claims->is_ours);
    claims->seen_s = arena_array(run->arena, task_count + 1, sizeof *claims->seen_s);
    return claims;
}

static const char *claim_path(const TaskClaims *claims, int task, Arena *arena) {
    return arena_format(arena, "%s/%d", claims->claim_folder, task);
}

bool task_claims_look(TaskClaims *claims) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch);
    const char **names = NULL;
    int count = 0;
    const bool was_shared = claims->is_shared;
    if (!was_shared && folder_exists(claims->join_folder) &&
        folder_list(claims->join_folder, scratch, &names, &count, ignored) == DONE && count > 0) {
        claims->is_shared = folder_make(claims->claim_folder, ignored) == DONE;
    }
    arena_destroy(&scratch);
    return claims->is_shared && !was_shared;
}

/* Too old to be waited for? */
static bool is_void(TaskClaims *claims, int task, double now_s) {
    if (claims->seen_s[task] <= 0.0) {
        claims->seen_s[task] = now_s;
    }
    const double limit_s = patience_s + patience_factor * claims->run->plan->tasks[task].cost;
    return now_s - claims->seen_s[task] > limit_s;
}

static SchedulerStart take_claim(TaskClaims *claims, int task, double now_s) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch); /* held by another: no error */
    const char *path = claim_path(claims, task, scratch);
    const bool is_forced = is_void(claims, task, now_s);
    const Status status = lock_take(path, is_forced, ignored);
    SchedulerStart start = START_HERE; /* also when claims cannot be written: work goes on */
    if (status == DONE) {
        claims->is_ours[task] = true;
    } else if (status == E701 && !is_forced) {
        start = START_ELSEWHERE;
    }
    arena_destroy(&scratch);
    return start;
}

SchedulerStart task_claims_ask(TaskClaims *claims, int task, double now_s) {
    if (!claims->is_shared || claims->is_ours[task]) {
        return START_HERE;
    }
    if (run_task_is_done(claims->run, task)) {
        return START_NOT;
    }
    const SchedulerStart start = take_claim(claims, task, now_s);
    if (start == START_HERE && run_task_is_done(claims->run, task)) { /* just finished */
        task_claims_release(claims, task);
        return START_NOT;
    }
    return start;
}

void task_claims_release(TaskClaims *claims, int task) {
    if (claims->is_ours[task]) {
        Arena *scratch = arena_create();
        lock_release(claim_path(claims, task, scratch));
        arena_destroy(&scratch);
    }
    claims->is_ours[task] = false;
    claims->seen_s[task] = 0.0;
}

void task_claims_remove(TaskClaims *claims) {
    ErrorList *ignored = errors_create(claims->run->arena);
    if (claims->is_shared) {
        folder_remove(path_folder(claims->run->arena, claims->claim_folder), ignored);
        folder_remove(claims->join_folder, ignored);
    }
}

Status task_claims_join(TaskClaims *claims, ErrorList *errors) {
    char host[256] = "host";
    Arena *arena = claims->run->arena;
    gethostname(host, sizeof host - 1);
    TRY(folder_make(claims->join_folder, errors));
    TRY(folder_make(claims->claim_folder, errors));
    claims->own_mark = arena_format(arena, "%s/%s.%ld", claims->join_folder, host, (long)getpid());
    TRY(lock_take(claims->own_mark, false, errors));
    claims->is_shared = true;
    return DONE;
}

void task_claims_leave(TaskClaims *claims) {
    for (int task = 0; task < claims->run->plan->task_count; task++) {
        if (claims->is_ours[task]) {
            task_claims_release(claims, task);
        }
    }
    if (claims->own_mark) {
        lock_release(claims->own_mark);
    }
    claims->own_mark = NULL;
}
