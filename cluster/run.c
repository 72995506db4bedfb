/* One run of one job: everything that every rank makes for itself from the same bytes. */
#include "cluster/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/claim.h"
#include "cluster/job_input.h"
#include "cluster/publish.h"
#include "jobs/lower.h"
#include "jobs/plan.h"
#include "jobs/programme.h"
#include "jobs/room_spectra.h"
#include "render/base/files.h"
#include "render/model/store_scratch.h"
#include "render/model/store_sharing.h"

enum { BLOCK_SAMPLES = 32768 }; /* of --span-blocks: DECISIONS 17, where plans may cut */

static const char *run_name(const JobSpec *job, Arena *arena) {
    const char *code = job->code.text ? job->code.text : "JOB";
    const char *cut = job->cut.text ? job->cut.text : "v1";
    const bool has_reel = job->reel.text && job->reel.text[0];
    return arena_format(arena, "%s%s%s_%s%s%s", code, has_reel ? "_" : "",
                        has_reel ? job->reel.text : "", cut, job->alternate ? "_" : "",
                        job->alternate ? job->alternate : "");
}

const char *run_store_folder(const Options *options, Arena *arena) {
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (options->store) {
        return options->store;
    }
    if (options->hosts ||
        options->is_slurm) { /* a user's cache folder is not seen by other hosts */
        const char *shared = ".nocturne-store";
        return options->output ? path_join(arena, path_folder(arena, options->output), shared)
                               : shared;
    }
    if (cache && cache[0] == '/') {
        return path_join(arena, cache, "nocturne");
    }
    return home && home[0] == '/' ? path_join(arena, home, ".cache/nocturne") : NULL;
}

static const char *without_slashes(const char *path, Arena *arena) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/') {
        size--;
    }
    return arena_copy_bytes(arena, path, size);
}

/* A disk of this host: --scratch, else, when the store is on a network file system, a folder of
 * this user below TMPDIR or /tmp; NULL: the store is as near. */
static const char *scratch_folder(const Options *options, const char *store, Arena *arena) {
    const char *temporary = getenv("TMPDIR");
    if (options->scratch) {
        return options->scratch;
    }
    return store_scratch_is_wanted(store)
               ? arena_format(arena, "%s/nocturne-scratch-%ld",
                              temporary && temporary[0] == '/' ? temporary : "/tmp",
                              (long)geteuid())
               : NULL;
}

/* What the machine profile says of a new store, for all who will use it. */
static Status
share_new_store(const Options *options, const char *path, Arena *arena, ErrorList *errors) {
    const char *sharing = path_join(arena, path, "sharing");
    if (!options->sharing || folder_exists(path_join(arena, path, "objects"))) {
        return DONE;
    }
    TRY(folder_make(path, errors));
    TRY(file_write_atomically(sharing, options->sharing, strlen(options->sharing), errors));
    store_sharing_apply(path, path);
    store_sharing_apply(path, sharing);
    return DONE;
}

static Status open_store(const Options *options, Run *run, ErrorList *errors) {
    const char *shared = run_store_folder(options, run->arena);
    const char *path = shared ? shared : path_join(run->arena, run->state_folder, "store");
    if (strncmp(path, run->output_folder, strlen(run->output_folder)) == 0) {
        TRY(claim_check_folder(run->output_folder, run->arena, errors));
    }
    TRY(share_new_store(options, path, run->arena, errors));
    TRY(store_open(path, run->arena, &run->store, errors));
    const char *scratch = scratch_folder(options, path, run->arena);
    if (scratch) {
        store_use_scratch(run->store, scratch, run->arena);
        if (options->intermediates && strcmp(options->intermediates, "local") == 0) {
            store_keep_intermediates(run->store);
        }
    }
    run->workplace.store = run->store;
    run->workplace.stage_folder = path_join(run->arena, run->state_folder, "stage");
    run->workplace.output_folder = run->output_folder;
    return DONE;
}

static Status
load_job(const Options *options, const char *path, const char *text, Run *run, ErrorList *errors) {
    const JobSource source = job_input_source(options, path, text, run->arena);
    JobInput input = {0};
    if (text) {
        return job_load(&source, run->arena, &run->job, errors);
    }
    return job_input_load(options, path, run->arena, &input, &run->job, errors);
}

static void name_folders(const Options *options, const char *name, Run *run) {
    Arena *arena = run->arena;
    run->output_folder =
        options->output ? without_slashes(options->output, arena) : path_join(arena, "out", name);
    run->state_folder = path_join(arena, run->output_folder, ".nocturne");
}

Status run_make(const Options *options,
                const char *job_path,
                const char *job_text,
                Arena *arena,
                Run *run,
                ErrorList *errors) {
    const PlanOptions plan_options = {.span_samples = options->span_blocks * BLOCK_SAMPLES};
    *run = (Run){.arena = arena, .refused = options->refused};
    TRY(load_job(options, job_path, job_text, run, errors));
    const char *name = run_name(run->job, arena);
    name_folders(options, name, run);
    TRY(open_store(options, run, errors));
    const char *index_folder = path_join(arena, store_path(run->store), "index");
    TRY(lower_job(run->job, index_folder, arena, &run->mix, errors));
    run->mix->fft = options->fft == FFT_FFTW ? FFT_FFTW : FFT_LANE;
    TRY(programme_find_reels(run->job, index_folder, arena, run->mix, errors));
    run->workplace.spectra_limit_bytes = options->memory_bytes;
    run->workplace.panners = panner_cache_create(run->mix, options->memory_bytes, arena);
    TRY(plan_make(run->mix, name, plan_options, arena, &run->plan, errors));
    TRY(room_spectra_check(run->mix, run->plan, stage_spectra_limit(&run->workplace), errors));
    if (options->is_strict) {
        errors_promote_warnings(errors);
    }
    return errors_count(errors) > 0 ? errors_first(errors)->status : DONE;
}

bool run_task_is_done(const Run *run, int task) {
    const Task *asked = &run->plan->tasks[task];
    const bool is_of_deliverable = asked->kind >= TASK_MASTER;
    if (task_is_done(run->mix, run->plan, task, &run->workplace)) {
        return true;
    }
    return is_of_deliverable && publish_is_done(run, asked->subject);
}
