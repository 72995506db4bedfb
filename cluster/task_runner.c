/* Runs one task in an arena of its own and puts what happened into a TaskResult. */
#include "cluster/task_runner.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "render/model/store_place.h"

static const long slow_task_ns = 500000000; /* added by the fault `sleep` */

static double clock_s(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static Status act_fault(const char *what, ErrorList *errors) {
    if (strcmp(what, "kill") == 0) {
        raise(SIGKILL);
    } else if (strcmp(what, "segv") == 0) {
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
    } else if (strcmp(what, "stop") == 0) {
        raise(SIGSTOP);
    } else if (strcmp(what, "hang") == 0) {
        pause();
    } else if (strcmp(what, "sleep") == 0) {
        nanosleep(&(struct timespec){.tv_nsec = slow_task_ns}, NULL);
    } else if (strncmp(what, "exit", 4) == 0) {
        _exit(what[4] == '0' ? 0 : 1);
    } else {
        return fail(errors, E607, NO_PLACE, "fault asked for by NOCTURNE_FAULT");
    }
    return DONE;
}

/* NOCTURNE_FAULT="what:name:n": at the first n attempts of the tasks whose names begin so. */
static Status provoke_fault(const char *task_name, int attempt, ErrorList *errors) {
    const char *wish = getenv("NOCTURNE_FAULT"); // NOLINT(concurrency-mt-unsafe): no threads here
    const char *name = wish ? strchr(wish, ':') : NULL;
    const char *count = name ? strchr(name + 1, ':') : NULL;
    char what[16] = "";
    if (!count || (size_t)(name - wish) >= sizeof what) {
        return DONE;
    }
    memcpy(what, wish, (size_t)(name - wish));
    const bool is_meant = strncmp(task_name, name + 1, (size_t)(count - name - 1)) == 0 &&
                          attempt <= strtol(count + 1, NULL, 10);
    return is_meant ? act_fault(what, errors) : DONE;
}

void task_result_describe(const ErrorList *errors, TaskResult *result) {
    const ErrorEntry *chosen = errors_first(errors);
    for (const ErrorEntry *entry = chosen; entry; entry = entry->next) {
        if (entry->severity == SEVERITY_ERROR) {
            chosen = entry;
            break;
        }
    }
    if (!chosen) {
        return;
    }
    result->message_id = chosen->status;
    result->line = chosen->place.line;
    result->column = chosen->place.column;
    result->length = chosen->place.length;
    snprintf(result->file, sizeof result->file, "%s", chosen->place.file ? chosen->place.file : "");
    snprintf(result->message, sizeof result->message, "%s", chosen->message);
}

/* Bytes that this process has read and written so far, without those of mapped files: proc(5). */
static double count_moved_bytes(void) {
    char text[512] = "";
    double bytes = 0.0;
    FILE *file = fopen("/proc/self/io", "re");
    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
    }
    static const char *const names[] = {"rchar: ", "wchar: "};
    for (size_t name = 0; name < sizeof names / sizeof *names; name++) {
        const char *at = strstr(text, names[name]);
        bytes += at ? strtod(at + strlen(names[name]), NULL) : 0.0;
    }
    return bytes;
}

static double measure_peak_bytes(void) {
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * (double)usage.ru_maxrss;
}

void task_run(const Run *run, TaskPlace place, int task, int attempt, TaskResult *result) {
    Arena *scratch = arena_create();
    ErrorList *errors = errors_create(scratch);
    const double begin_s = clock_s(CLOCK_MONOTONIC);
    const double begin_cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    const double begin_bytes = count_moved_bytes();
    result->task = task;
    result->status = provoke_fault(run->plan->tasks[task].name, attempt, errors);
    if (result->status == DONE) {
        result->status = run_task(run->mix, run->plan, task, &run->workplace, scratch, errors);
    }
    task_result_describe(errors, result);
    result->seconds = clock_s(CLOCK_MONOTONIC) - begin_s;
    result->cpu_seconds = clock_s(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_s;
    result->moved_bytes = count_moved_bytes() - begin_bytes;
    result->peak_bytes = measure_peak_bytes();
    task_log_add(run, place, attempt, result, errors);
    arena_destroy(&scratch);
}

static Status share_results(const Run *run, const Task *task, ErrorList *errors) {
    Status first = DONE;
    for (int output = 0; output < task_needed_count(task); output++) {
        if (!key_is_zero(task->outputs[output])) {
            const Status status = store_share(run->store, task->outputs[output], errors);
            first = first ? first : status;
        }
    }
    return first;
}

void task_share(const Run *run, int task, TaskResult *result) {
    Arena *scratch = arena_create();
    ErrorList *errors = errors_create(scratch);
    const Task *asked = &run->plan->tasks[task];
    result->task = task;
    for (int need = 0; need < asked->need_count; need++) {
        const Status status = share_results(run, &run->plan->tasks[asked->needs[need]], errors);
        result->status = result->status ? result->status : status;
    }
    task_result_describe(errors, result);
    arena_destroy(&scratch);
}

static void run_one(void *context, int task, int attempt, TaskResult *result) {
    task_run(context, TASK_ON_HELPER, task, attempt, result);
}

TaskRunner task_helper(const Run *run) {
    return (TaskRunner){.context = (void *)run, .run = run_one};
}
