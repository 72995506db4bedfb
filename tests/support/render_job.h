#ifndef TESTS_SUPPORT_RENDER_JOB_H
#define TESTS_SUPPORT_RENDER_JOB_H
/* Renders a job inline, without the cluster floor: every task of its plan, in order, in this
 * process. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/job.h"
#include "jobs/lower.h"
#include "jobs/plan.h"
#include "jobs/programme.h"
#include "render/base/files.h"
#include "render/files/sound_reader.h"
#include "render/files/sound_writer.h"
#include "render/run_task.h"

#include "tests/support/temp_folder.h"

typedef struct Bench {
    Arena *arena;
    ErrorList *errors;
    const char *folder; /* a fresh temporary folder: job, inputs, store, stage */
    Mix *mix;
    Plan *plan;
    Workplace workplace;
} Bench;

static inline void bench_open(Bench *bench) {
    *bench = (Bench){0};
    temp_folder_open(&bench->arena, &bench->errors, &bench->folder);
}

static inline void bench_close(Bench *bench) {
    temp_folder_close(&bench->arena, bench->folder);
}

static inline void bench_must(Bench *bench, Status status) {
    if (status != DONE) {
        for (const ErrorEntry *entry = errors_first(bench->errors); entry; entry = entry->next) {
            print_error("E%03d %s:%d %s\n", (int)entry->status,
                        entry->place.file ? entry->place.file : "-", entry->place.line,
                        entry->message);
        }
    }
    assert_int_equal(status, DONE);
}

/* A PCM or float WAV below the bench's folder; samples: [frames][channels] full scale 1. */
static inline void bench_write_wav(Bench *bench,
                                   const char *name,
                                   SampleFormat format,
                                   int channels,
                                   const double *samples,
                                   int64_t frames) {
    const SoundFormat sound = {.container = CONTAINER_WAV,
                               .format = format,
                               .channel_count = channels,
                               .rate_hz = 48000,
                               .frame_count = frames};
    SoundWriter *writer = NULL;
    const char *path = path_join(bench->arena, bench->folder, name);
    bench_must(bench, sound_create(path, &sound, &writer, bench->errors));
    if (format >= FLOAT_32) {
        bench_must(bench, sound_write_floats(writer, samples, frames, bench->errors));
    } else {
        const double scale = format == PCM_16 ? 32768.0 : 8388608.0;
        int32_t *steps = arena_array(bench->arena, (size_t)(frames * channels), sizeof *steps);
        for (int64_t value = 0; value < frames * channels; value++) {
            steps[value] = (int32_t)(samples[value] * scale);
        }
        bench_must(bench, sound_write_integers(writer, steps, frames, bench->errors));
    }
    Sha256Text sha256;
    int64_t size = 0;
    bench_must(bench, sound_finish(&writer, sha256, &size, bench->errors));
}

static inline JobSource bench_source(const Bench *bench, const char *job_text) {
    return (JobSource){.path = path_join(bench->arena, bench->folder, "job.yaml"),
                       .bytes = job_text,
                       .size_bytes = strlen(job_text),
                       .grade = -1};
}

/* With errors of its own, which stay in the bench: the job may be a bad one. */
static inline Status bench_load(Bench *bench, const char *job_text, JobSpec **job) {
    const JobSource source = bench_source(bench, job_text);
    bench->errors = errors_create(bench->arena);
    return job_load(&source, bench->arena, job, bench->errors);
}

/* The same up to the Mix. */
static inline Status bench_lower(Bench *bench, const char *job_text) {
    JobSpec *job = NULL;
    TRY(bench_load(bench, job_text, &job));
    return lower_job(job, NULL, bench->arena, &bench->mix, bench->errors);
}

/* Plans the job (text) with spans of so many blocks of 32768 samples. */
static inline void bench_plan(Bench *bench, const char *job_text, int span_blocks) {
    const JobSource source = bench_source(bench, job_text);
    JobSpec *job = NULL;
    bench_must(bench, job_load(&source, bench->arena, &job, bench->errors));
    bench_must(bench, lower_job(job, NULL, bench->arena, &bench->mix, bench->errors));
    bench_must(bench, programme_find_reels(job, NULL, bench->arena, bench->mix, bench->errors));
    const PlanOptions options = {.span_samples = (int64_t)span_blocks * 32768};
    bench_must(bench,
               plan_make(bench->mix, "TEST", options, bench->arena, &bench->plan, bench->errors));
}

/* Runs what is missing, in a store and stage folder of their own name. */
static inline void bench_run(Bench *bench, const char *name) {
    const char *store = arena_format(bench->arena, "%s/store-%s", bench->folder, name);
    bench->workplace.stage_folder = arena_format(bench->arena, "%s/stage-%s", bench->folder, name);
    bench_must(bench, store_open(store, bench->arena, &bench->workplace.store, bench->errors));
    bench->workplace.panners =
        panner_cache_create(bench->mix, bench->workplace.spectra_limit_bytes, bench->arena);
    for (int task = 0; task < bench->plan->task_count; task++) {
        if (task_is_done(bench->mix, bench->plan, task, &bench->workplace)) {
            continue;
        }
        Arena *scratch = arena_create();
        const Status status =
            run_task(bench->mix, bench->plan, task, &bench->workplace, scratch, bench->errors);
        arena_destroy(&scratch);
        bench_must(bench, status);
    }
}

/* Where file `file` of an output was written. */
static inline const char *bench_output(Bench *bench, int deliverable, int output, int file) {
    const char *folder =
        encode_folder(bench->mix, bench->plan, deliverable, &bench->workplace, bench->arena);
    return path_join(bench->arena, folder,
                     bench->mix->deliverables[deliverable].outputs[output].files[file]);
}

/* What INSPECT found, as JSON text. */
static inline const char *bench_facts(Bench *bench, int deliverable) {
    const Task *inspect = &bench->plan->tasks[bench->plan->inspect_tasks[deliverable]];
    StoreObject object = {0};
    bench_must(bench,
               store_map(bench->workplace.store, inspect->outputs[0], &object, bench->errors));
    const char *text =
        arena_format(bench->arena, "%.*s", (int)object.size_bytes, (const char *)object.bytes);
    store_unmap(&object);
    return text;
}

/* All samples of a sound file, interleaved. */
static inline float *bench_read(Bench *bench, const char *path, SoundInfo *info) {
    SoundReader *reader = NULL;
    bench_must(bench, sound_open(path, path, NO_PLACE, &reader, info, bench->errors));
    float *samples = arena_array(bench->arena, (size_t)(info->frame_count * info->channel_count),
                                 sizeof *samples);
    int64_t done = 0;
    int64_t got = 1;
    while (got > 0 && done < info->frame_count) {
        bench_must(bench, sound_read(reader, samples + done * info->channel_count,
                                     info->frame_count - done, &got, bench->errors));
        done += got;
    }
    sound_close(&reader);
    assert_int_equal(done, info->frame_count);
    return samples;
}

#endif
