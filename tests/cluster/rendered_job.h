#ifndef TESTS_CLUSTER_RENDERED_JOB_H
#define TESTS_CLUSTER_RENDERED_JOB_H
/* A job that is rendered as `nocturne render -j 1` would, in this process, and what its journal
 * says about it. */
#include "tests/support/render_job.h"

#include "cluster/journal.h"
#include "cluster/render_job.h"
#include "cluster/run.h"

typedef struct RenderedJob {
    Bench bench;
    Options options;
    const char *job_path, *output, *journal;
    long journal_end;      /* before the last render */
    char started[512][64]; /* names of the tasks that the last render ran */
    int started_count;
} RenderedJob;

static inline void rendered_open(RenderedJob *job, int span_blocks) {
    bench_open(&job->bench);
    Arena *arena = job->bench.arena;
    const char *folder = job->bench.folder;
    job->job_path = path_join(arena, folder, "job.yaml");
    job->output = path_join(arena, folder, "out");
    job->journal = path_join(arena, job->output, ".nocturne/journal");
    job->options = (Options){.verb = "render",
                             .output = job->output,
                             .store = path_join(arena, folder, "store"),
                             .rank_count = 1,
                             .grade = -1,
                             .fft = -1,
                             .span_blocks = span_blocks,
                             .is_quiet = true,
                             .format = FORMAT_SHORT,
                             .progress = PROGRESS_NONE};
}

static inline void rendered_close(RenderedJob *job) {
    bench_close(&job->bench);
}

static inline void rendered_write(RenderedJob *job, const char *text) {
    bench_must(&job->bench,
               file_write_atomically(job->job_path, text, strlen(text), job->bench.errors));
}

static inline void rendered_note(void *context, const json_t *event) {
    RenderedJob *job = context;
    const char *name = json_string_value(json_object_get(event, "name"));
    if (name && strcmp(json_string_value(json_object_get(event, "ev")), "task_start") == 0) {
        snprintf(job->started[job->started_count++ % 512], sizeof *job->started, "%s", name);
    }
}

/* Renders the text; returns the exit code. */
static inline int rendered_run(RenderedJob *job, const char *text) {
    rendered_write(job, text);
    RenderOrder order = {.options = &job->options, .job_path = job->job_path};
    const int code = render_jobs(&order, 1, 0);
    job->started_count = 0;
    journal_read(job->journal, &job->journal_end, rendered_note, job, job->bench.errors);
    return code;
}

/* How many tasks of the last render have a name that begins so. */
static inline int rendered_count(const RenderedJob *job, const char *begin) {
    int count = 0;
    for (int task = 0; task < job->started_count; task++) {
        count += strncmp(job->started[task], begin, strlen(begin)) == 0;
    }
    return count;
}

/* The SHA256SUMS of the folder: equal when all deliverables are. */
static inline const char *rendered_sums(RenderedJob *job) {
    FileBytes bytes;
    const char *path = path_join(job->bench.arena, job->output, "SHA256SUMS");
    bench_must(&job->bench,
               file_read(path, 1 << 20, NO_PLACE, job->bench.arena, &bytes, job->bench.errors));
    return arena_copy_bytes(job->bench.arena, bytes.bytes, bytes.size_bytes);
}

/* Noise of so many seconds, the same for the same seed. */
static inline void
rendered_noise(RenderedJob *job, const char *name, double length_s, unsigned seed) {
    const int64_t frames = (int64_t)(length_s * 48000.0);
    double *samples = arena_array(job->bench.arena, (size_t)frames, sizeof *samples);
    for (int64_t frame = 0; frame < frames; frame++) {
        seed = seed * 1664525u + 1013904223u;
        samples[frame] = 0.1 * ((double)(seed >> 8) / 8388608.0 - 1.0);
    }
    unlink(path_join(job->bench.arena, job->bench.folder, name));
    bench_write_wav(&job->bench, name, PCM_24, 1, samples, frames);
}

#endif
