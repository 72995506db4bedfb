/* Which tasks a run would have to do now; nothing is run. */
#include "cluster/survey.h"

#include "cluster/publish.h"
#include "cluster/scheduler.h"

static bool hook_is_done(void *context, int task) {
    return run_task_is_done(context, task);
}

static bool hook_is_goal(void *context, int task) {
    const Run *run = context;
    const Task *asked = &run->plan->tasks[task];
    return (asked->kind == TASK_ENCODE || asked->kind == TASK_INSPECT) &&
           !publish_is_done(run, asked->subject);
}

static Scheduler *survey_run(Run *run) {
    const SchedulerHooks hooks = {.context = run, .is_done = hook_is_done, .is_goal = hook_is_goal};
    return scheduler_create(run->plan, hooks, NULL, run->arena);
}

int survey_count_open(Run *run) {
    return scheduler_counts(survey_run(run))->open_count;
}

const bool *survey_list_open(Run *run) {
    const Scheduler *scheduler = survey_run(run);
    bool *is_open = arena_array(run->arena, (size_t)run->plan->task_count + 1, sizeof *is_open);
    for (int task = 0; task < run->plan->task_count; task++) {
        is_open[task] = scheduler_is_open(scheduler, task);
    }
    return is_open;
}
