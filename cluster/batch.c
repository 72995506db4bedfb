/* The jobs that are rendered together, as one list of tasks. */
#include "cluster/batch.h"

#include <string.h>

#include "cluster/run_file.h"
#include "cluster/signals.h"
#include "cluster/task_runner.h"

enum { FIRST_LIMIT = 8 };

Batch *batch_create(Arena *arena) {
    Batch *batch = arena_alloc(arena, sizeof *batch);
    batch->arena = arena;
    return batch;
}

void batch_add(Batch *batch, BatchJob *job) {
    if (batch->count == batch->limit) {
        batch->limit = batch->limit > 0 ? 2 * batch->limit : FIRST_LIMIT;
        BatchJob **jobs = arena_array(batch->arena, (size_t)batch->limit, sizeof(BatchJob *));
        for (int index = 0; index < batch->count; index++) {
            jobs[index] = batch->jobs[index];
        }
        batch->jobs = jobs;
    }
    batch->jobs[batch->count++] = job;
}

/* ---- one plan of many ---- */

/* The tasks of a job, their needs counted from the first task of the batch. */
static void copy_tasks(Batch *batch, int job, int first_task) {
    const Plan *own = batch->jobs[job]->run.plan;
    for (int index = 0; index < own->task_count; index++) {
        Task *task = &batch->plan->tasks[first_task + index];
        *task = own->tasks[index];
        int *needs = arena_array(batch->arena, (size_t)task->need_count + 1, sizeof *needs);
        for (int need = 0; need < task->need_count; need++) {
            needs[need] = first_task + own->tasks[index].needs[need];
        }
        task->needs = needs;
        batch->job_of[first_task + index] = job;
    }
}

static void join_plans(Batch *batch, int task_count) {
    KeyStream *keys = key_stream_create();
    batch->plan = arena_alloc(batch->arena, sizeof *batch->plan);
    batch->plan->tasks =
        arena_array(batch->arena, (size_t)task_count + 1, sizeof *batch->plan->tasks);
    batch->plan->task_count = task_count;
    batch->plan->code = arena_format(batch->arena, "%d jobs", batch->count);
    for (int job = 0; job < batch->count; job++) {
        copy_tasks(batch, job, batch->first_tasks[job]);
        key_stream_update(keys, &batch->jobs[job]->run.plan->key, sizeof(Key));
    }
    batch->plan->key = key_stream_finish(&keys);
}

void batch_close(Batch *batch) {
    const size_t count = (size_t)batch->count;
    int task_count = 0;
    batch->first_tasks = arena_array(batch->arena, count + 1, sizeof *batch->first_tasks);
    batch->urgencies = arena_array(batch->arena, count + 1, sizeof *batch->urgencies);
    for (int job = 0; job < batch->count; job++) {
        batch->first_tasks[job] = task_count;
        batch->urgencies[job] = (JobClass)batch->jobs[job]->options->urgency;
        task_count += batch->jobs[job]->run.plan->task_count;
    }
    batch->job_of = arena_array(batch->arena, (size_t)task_count + 1, sizeof *batch->job_of);
    if (batch->count == 1) {
        batch->plan = batch->jobs[0]->run.plan;
    } else {
        join_plans(batch, task_count);
    }
}

void batch_look_for_urgent(const Batch *batch) {
    if (batch->must_yield && signals_count() == 0 && batch->must_yield(batch->yield_context)) {
        signals_yield();
    }
}

double batch_length_s(const Batch *batch) {
    double length_s = 0.0;
    for (int job = 0; job < batch->count; job++) {
        const Mix *mix = batch->jobs[job]->run.mix;
        length_s += (double)mix->length_samples / mix->rate_hz;
    }
    return length_s;
}

int batch_deliverable_count(const Batch *batch) {
    int count = 0;
    for (int job = 0; job < batch->count; job++) {
        count += batch->jobs[job]->run.mix->deliverable_count;
    }
    return count;
}

static void run_one(void *context, int task, int attempt, TaskResult *result) {
    const Batch *batch = context;
    const int job = batch->job_of[task];
    const Run *run = &batch->jobs[job]->run;
    const int own = task - batch->first_tasks[job];
    if (attempt == TASK_SHARING_ATTEMPT) {
        task_share(run, own, result);
    } else {
        task_run(run, TASK_ON_RANK, own, attempt, result);
    }
    result->task = task;
}

TaskRunner batch_runner(const Batch *batch) {
    return (TaskRunner){.context = (void *)batch, .run = run_one};
}

/* ---- for the ranks ---- */

const char *batch_format(const Batch *batch, size_t *size_bytes) {
    const char **texts = arena_array(batch->arena, (size_t)batch->count + 1, sizeof *texts);
    size_t *lengths = arena_array(batch->arena, (size_t)batch->count + 1, sizeof *lengths);
    size_t used = 0;
    *size_bytes = 0;
    for (int job = 0; job < batch->count; job++) {
        const BatchJob *from = batch->jobs[job];
        texts[job] = run_file_format(&from->run, from->options, batch->arena, &lengths[job]);
        *size_bytes += lengths[job] + 1;
    }
    char *whole = arena_alloc(batch->arena, *size_bytes + 1);
    for (int job = 0; job < batch->count; job++) {
        memcpy(whole + used, texts[job], lengths[job]); /* the arena has zeroed what is behind */
        used += lengths[job] + 1;
    }
    return whole;
}

Status batch_parse(Batch *batch, const char *text, size_t size_bytes, ErrorList *errors) {
    for (size_t begin = 0; begin < size_bytes;) {
        const size_t length = strnlen(text + begin, size_bytes - begin);
        BatchJob *job = arena_alloc(batch->arena, sizeof *job);
        RunFile *file = arena_alloc(batch->arena, sizeof *file);
        TRY(run_file_parse(text + begin, length, "brief", batch->arena, file, errors));
        TRY(run_make(&file->options, file->job_path, file->job_text, batch->arena, &job->run,
                     errors));
        job->options = &file->options;
        job->errors = errors;
        batch_add(batch, job);
        begin += length + 1;
    }
    batch_close(batch);
    return DONE;
}
