/* What happened to a job in one command, in words, in its output folder. */
#include "cluster/run_log.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cluster/versions.h"
#include "render/base/files.h"
#include "render/base/growing_text.h"

enum { STAMP_BYTES = 32, NAME_TRIES = 100, EARLY_LIMIT_BYTES = 1 << 16 };

struct RunLog {
    const Batch *batch;
    const char **paths; /* [path_count] of the jobs; NULL: not begun */
    int path_count;
    char begun[STAMP_BYTES];
    Text early; /* lines from before the first job */
};

static void stamp(const char *format, char text[STAMP_BYTES]) {
    struct tm parts;
    const time_t now = time(NULL);
    gmtime_r(&now, &parts);
    strftime(text, STAMP_BYTES, format, &parts);
}

RunLog *run_log_create(const Batch *batch) {
    RunLog *log = arena_alloc(batch->arena, sizeof *log);
    log->batch = batch;
    log->early.arena = batch->arena;
    stamp("%Y%m%dT%H%M%SZ", log->begun);
    return log;
}

/* One write, as far as there is room. */
static void append(const char *path, const char *text, int flags) {
    const int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | flags, 0666);
    if (file >= 0) {
        const ssize_t written = write(file, text, strlen(text));
        (void)written; /* a help, and not worth a run */
        close(file);
    }
}

/* Two commands of one second have a log each. */
static const char *name_log(const RunLog *log, int job) {
    Arena *arena = log->batch->arena;
    const char *folder = path_join(arena, log->batch->jobs[job]->run.output_folder, "logs");
    const char *path = arena_format(arena, "%s/run-%s.log", folder, log->begun);
    for (int copy = 2; file_exists(path) && copy < NAME_TRIES; copy++) {
        path = arena_format(arena, "%s/run-%s-%d.log", folder, log->begun, copy);
    }
    return path;
}

static const char *first_line(const RunLog *log) {
    char now[STAMP_BYTES];
    char host[256] = "";
    stamp("%Y-%m-%dT%H:%M:%SZ", now);
    gethostname(host, sizeof host - 1);
    return arena_format(log->batch->arena, "%s nocturne %s on %s, process %ld\n", now,
                        program_version(), host, (long)getpid());
}

static void begin(RunLog *log, int job) {
    if (log->path_count < log->batch->count) {
        const char **paths =
            arena_array(log->batch->arena, (size_t)log->batch->count, sizeof *paths);
        for (int index = 0; index < log->path_count; index++) {
            paths[index] = log->paths[index];
        }
        log->paths = paths;
        log->path_count = log->batch->count;
    }
    if (!log->paths[job]) {
        log->paths[job] = name_log(log, job);
        append(log->paths[job], first_line(log), O_CREAT);
        append(log->paths[job], log->early.bytes ? log->early.bytes : "", 0);
    }
}

void run_log_add(RunLog *log, int job, const char *line) {
    char now[STAMP_BYTES];
    Arena *scratch = arena_create();
    stamp("%Y-%m-%dT%H:%M:%SZ", now);
    const char *text = arena_format(scratch, "%s %s\n", now, line);
    const int first = job < 0 ? 0 : job;
    const int end = job < 0 ? log->batch->count : job + 1;
    if (log->batch->count == 0 && log->early.length < EARLY_LIMIT_BYTES) {
        text_add(&log->early, "%s", text);
    }
    for (int index = first; index < end && index < log->batch->count; index++) {
        if (!log->batch->jobs[index]->run.output_folder) {
            continue; /* of a job that has no folder */
        }
        begin(log, index);
        append(log->paths[index], text, 0);
    }
    arena_destroy(&scratch);
}
