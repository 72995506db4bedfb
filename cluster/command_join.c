/* `join`: lends this process to a render that goes on in a shared folder, without MPI. */
#include "cluster/command.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/fingerprint.h"
#include "cluster/lock.h"
#include "cluster/past_run.h"
#include "cluster/signals.h"
#include "cluster/task_claims.h"
#include "cluster/task_runner.h"
#include "cluster/transport_inline.h"
#include "render/base/files.h"

/* The run looks for helpers once a second; until it has, both might start the same task. */
static const struct timespec notice_time = {.tv_sec = 1, .tv_nsec = 500000000};
static const struct timespec begin_look_time = {.tv_nsec = 200000000};
static const double begin_wait_s = 120.0;
static const double look_s = 1.0; /* whether the run still goes on */

typedef struct Helper {
    Run *run;
    TaskClaims *claims;
    const char *run_lock;
    double looked_s, begin_s;
    int done_count, failed_count;
    bool is_over; /* the run has ended */
} Helper;

static bool run_goes_on(const Helper *helper) {
    LockOwner owner;
    const LockState state = lock_look(helper->run_lock, &owner);
    return state == LOCK_HELD || state == LOCK_ELSEWHERE;
}

static bool hook_is_done(void *context, int task) {
    const Helper *helper = context;
    return run_task_is_done(helper->run, task);
}

/* What becomes an object of the store. Files and what is published are the run's own. */
static bool hook_is_goal(void *context, int task) {
    const Helper *helper = context;
    return helper->run->plan->tasks[task].kind <= TASK_MASTER;
}

static void hook_on_start(void *context, int task, int worker, int attempt) {
    (void)context;
    (void)task;
    (void)worker;
    (void)attempt;
}

static void hook_on_done(void *context, const TaskResult *result) {
    Helper *helper = context;
    helper->done_count += result->worker >= 0;
    task_claims_release(helper->claims, result->task);
}

/* The run itself tries the task, and tells its message. */
static void hook_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    Helper *helper = context;
    helper->failed_count += failure != FAILURE_HEALED;
    task_claims_release(helper->claims, result->task);
}

static SchedulerWish hook_on_idle(void *context, int running_count) {
    (void)running_count;
    Helper *helper = context;
    const double now_s = clock_now_s();
    if (now_s - helper->looked_s >= look_s) {
        helper->looked_s = now_s;
        helper->is_over = !run_goes_on(helper);
    }
    return helper->is_over || signals_count() > 0 ? SCHEDULER_DRAIN : SCHEDULER_GO_ON;
}

/* Not those that lie on a disk of another host. */
static bool can_read_needs(const Run *run, const Task *task) {
    for (int need = 0; need < task->need_count; need++) {
        const Task *needed = &run->plan->tasks[task->needs[need]];
        for (int output = 0; output < task_needed_count(needed); output++) {
            const Key key = needed->outputs[output];
            if (!key_is_zero(key) && !store_has(run->store, key)) {
                return false;
            }
        }
    }
    return true;
}

static SchedulerStart hook_may_start(void *context, int task) {
    Helper *helper = context;
    const SchedulerStart start = task_claims_ask(helper->claims, task, clock_now_s());
    if (start == START_HERE && !can_read_needs(helper->run, &helper->run->plan->tasks[task])) {
        task_claims_release(helper->claims, task);
        return START_ELSEWHERE; /* asked again: they may be shared by then */
    }
    return start;
}

static Status help(Helper *helper, ErrorList *errors) {
    const SchedulerHooks hooks = {.context = helper,
                                  .is_done = hook_is_done,
                                  .is_goal = hook_is_goal,
                                  .on_start = hook_on_start,
                                  .on_done = hook_on_done,
                                  .on_failed = hook_on_failed,
                                  .on_idle = hook_on_idle,
                                  .may_start = hook_may_start};
    Run *run = helper->run;
    TRY(task_claims_join(helper->claims, errors));
    nanosleep(&notice_time, NULL);
    Scheduler *scheduler = scheduler_create(run->plan, hooks, NULL, run->arena);
    const Status status =
        scheduler_run(scheduler, transport_inline(task_helper(run), run->arena), errors);
    task_claims_leave(helper->claims);
    return status;
}

/* Its ranks take seconds to start: who joins together with them waits for the first word. */
static void await_begin(const Helper *helper) {
    const char *journal = path_join(helper->run->arena, helper->run->state_folder, "journal");
    const double begin_s = clock_now_s();
    while (!file_exists(journal) && clock_now_s() - begin_s < begin_wait_s && run_goes_on(helper)) {
        nanosleep(&begin_look_time, NULL);
    }
}

/* As ranks are judged at their start: by program, libraries and the self-test render. */
static Status judge_program(const Run *run, ErrorList *errors) {
    Fingerprint own;
    Fingerprint of_run;
    TRY(fingerprint_make(&own, errors));
    fingerprint_read(run->state_folder, run->arena, &of_run);
    return fingerprint_judge(&of_run, &own, "this process", errors);
}

static Status
join(const Options *options, PastRun *past, Helper *helper, Arena *arena, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 1, "DIR", errors));
    const char *folder = options->arguments[0];
    helper->run_lock = path_join(arena, folder, ".nocturne/lock");
    TRY(past_run_open(folder, arena, past, errors));
    KeyText key;
    key_format(past->run.plan->key, key);
    if (strcmp(key, past->file.plan_key) != 0) {
        return fail(errors, E620, NO_PLACE,
                    "this program or this host does not see the job and inputs of the run");
    }
    helper->run = &past->run;
    if (!run_goes_on(helper)) {
        fail(errors, E410, NO_PLACE, "no run goes on in `%s`", folder);
        error_help(errors, "to go on with it: nocturne resume %s", folder);
        return E410;
    }
    await_begin(helper);
    TRY(judge_program(helper->run, errors));
    helper->claims = task_claims_create(&past->run);
    signals_open(SIGNALS_INLINE);
    return help(helper, errors);
}

static void answer_help(const Options *options, const Helper *helper) {
    const double seconds = clock_now_s() - helper->begin_s;
    if (options->is_json) {
        answer_json(json_pack("{s:b, s:i, s:i, s:f}", "ok", 1, "tasks", helper->done_count,
                              "failed", helper->failed_count, "seconds", seconds));
    } else if (!options->is_quiet) {
        printf("%s: helped with %d task%s in %.1f s\n", options->arguments[0], helper->done_count,
               helper->done_count == 1 ? "" : "s", seconds);
    }
}

int command_join(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Helper helper = {.begin_s = clock_now_s()};
    PastRun past = {0};
    int exit_code = 0;
    if (join(options, &past, &helper, arena, errors) == DONE) {
        answer_help(options, &helper);
        exit_code = answer_errors(options, errors, NULL);
    } else {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
