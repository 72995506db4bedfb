/* What scheduling costs: tasks a second with workers that compute nothing, with and without the
 * journal. The goals are 20,000 tasks a second and 50 microseconds for a task. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cluster/journal.h"
#include "tests/cluster/simulated_farm.h"

enum { TASK_COUNT = 100000, JOB_COUNT = 40 };

static Journal *opened_journal; /* of the run that is measured, NULL: none */

static double cpu_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void note(const char *event, int task, int worker, ErrorList *errors) {
    if (opened_journal) {
        json_t *fields = json_pack("{s:i, s:s, s:i, s:f}", "task", task, "name",
                                   "spatialize music 120.000 s", "worker", worker, "seconds", 1.5);
        journal_add(opened_journal, event, fields, errors);
        json_decref(fields);
    }
}

static void on_start(void *context, int task, int worker, int attempt) {
    (void)attempt;
    (void)context;
    note("task_start", task, worker, NULL);
}

static void on_done(void *context, const TaskResult *result) {
    (void)context;
    note("task_done", result->task, result->worker, NULL);
}

/* A hundred spans after a prepared layer, again and again. */
static void fill_plan(Plan *plan, SimulatedTask *work, int *jobs, Arena *arena) {
    uint64_t random = 1;
    int *need = NULL;
    plan->tasks = arena_array(arena, TASK_COUNT, sizeof *plan->tasks);
    plan->task_count = TASK_COUNT;
    for (int task = 0; task < TASK_COUNT; task++) {
        const bool is_layer = task % 100 == 0;
        if (is_layer) {
            need = arena_array(arena, 1, sizeof *need);
            need[0] = task;
        }
        plan->tasks[task] = (Task){.kind = is_layer ? TASK_PREPARE : TASK_SPATIALIZE,
                                   .cost = simulated_random(&random),
                                   .needs = need,
                                   .need_count = !is_layer,
                                   .name = "task"};
        work[task].work_s = plan->tasks[task].cost;
        jobs[task] = task / (TASK_COUNT / JOB_COUNT);
    }
}

static double measure_us(int worker_count, int node_size, int job_count) {
    Arena *arena = arena_create();
    Plan plan = {0};
    SimulatedTask *work = arena_array(arena, TASK_COUNT, sizeof *work);
    int *jobs = arena_array(arena, TASK_COUNT, sizeof *jobs);
    JobClass classes[JOB_COUNT];
    fill_plan(&plan, work, jobs, arena);
    for (int job = 0; job < JOB_COUNT; job++) {
        classes[job] = JOB_BULK;
    }
    const SimulatedSetup setup = {.worker_count = worker_count,
                                  .workers_per_node = node_size,
                                  .hold_limit = 2,
                                  .knows_nodes = true};
    SimulatedFarm *farm = simulated_farm(&plan, work, &setup, arena);
    SchedulerHooks hooks = simulated_hooks(farm);
    hooks.on_start = on_start;
    hooks.on_done = on_done;
    const double begin_s = cpu_s();
    Scheduler *scheduler = scheduler_create(&plan, hooks, NULL, arena);
    if (job_count > 1) {
        scheduler_set_jobs(scheduler, &(const SchedulerJobs){jobs, classes, JOB_COUNT});
    }
    scheduler_run(scheduler, &farm->transport, errors_create(arena));
    const double seconds = cpu_s() - begin_s;
    arena_destroy(&arena);
    return 1e6 * seconds / TASK_COUNT;
}

static void print_row(int worker_count, int job_count) {
    const double cost_us = measure_us(worker_count, 16, job_count);
    printf("%6d workers %3d jobs %s  %6.2f us a task  %9.0f tasks/s\n", worker_count, job_count,
           opened_journal ? "with journal   " : "without journal", cost_us, 1e6 / cost_us);
}

int main(void) {
    Arena *arena = arena_create();
    char path[] = "/tmp/nocturne-bench-journal-XXXXXX";
    const int descriptor = mkstemp(path);
    for (int with_journal = 0; with_journal < 2; with_journal++) {
        if (with_journal) {
            journal_open(path, arena, &opened_journal, errors_create(arena));
        }
        for (int workers = 1; workers <= 4096; workers *= 16) {
            print_row(workers, 1);
            print_row(workers, JOB_COUNT);
        }
    }
    journal_close(&opened_journal);
    close(descriptor);
    unlink(path);
    arena_destroy(&arena);
    return 0;
}
