/* `resume`: goes on with a run, from its folder alone. */
#include <string.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/render_job.h"
#include "cluster/run_file.h"
#include "jobs/job_files.h"
#include "render/base/files.h"

/* A relative path of the earlier command, seen from here. */
static const char *relocate(const char *path, const RunFile *file, const char *here, Arena *arena) {
    return strcmp(here, file->working_folder) == 0 ? path
                                                   : path_join(arena, file->working_folder, path);
}

/* Roots and settings are taken over as a whole. */
static void merge_lists(
    const Options *now, const RunFile *file, const char *here, Options *merged, Arena *arena) {
    if (now->root_count == 0) {
        memcpy(merged->roots, file->options.roots, sizeof merged->roots);
        merged->root_count = file->options.root_count;
        for (int root = 0; root < merged->root_count; root++) {
            merged->roots[root].path = relocate(merged->roots[root].path, file, here, arena);
        }
    }
    if (now->set_count == 0) {
        memcpy(merged->sets, file->options.sets, sizeof merged->sets);
        merged->set_count = file->options.set_count;
    }
}

/* What the first command said, unless this one says otherwise. */
static Options
merge_options(const Options *now, const RunFile *file, const char *here, Arena *arena) {
    Options merged = *now;
    merged.output = now->arguments[0];
    merged.store = now->store ? now->store : relocate(file->options.store, file, here, arena);
    merged.scratch = now->scratch ? now->scratch : file->options.scratch;
    merged.rank_count = now->rank_count > 0 ? now->rank_count : file->options.rank_count;
    merged.hosts = now->hosts ? now->hosts : file->options.hosts;
    merged.ssh = now->ssh ? now->ssh : file->options.ssh;
    merged.is_slurm = now->is_slurm || (file->options.is_slurm && !now->hosts);
    merged.keeps_ranks = now->keeps_ranks || file->options.keeps_ranks;
    merged.network = now->network ? now->network : file->options.network;
    merged.grade = now->grade >= 0 ? now->grade : file->options.grade;
    merged.span_blocks = now->span_blocks > 0 ? now->span_blocks : file->options.span_blocks;
    merged.memory_bytes = now->memory_bytes > 0 ? now->memory_bytes : file->options.memory_bytes;
    merged.fft = now->fft >= 0 ? now->fft : file->options.fft;
    merged.alternate = file->options.alternate;
    merged.is_strict = now->is_strict || file->options.is_strict;
    merged.allow_qc_fail = now->allow_qc_fail || file->options.allow_qc_fail;
    merge_lists(now, file, here, &merged, arena);
    return merged;
}

/* The job where it was, else where the same words lead from here. */
static void find_job(const RunFile *file, const char *here, Arena *arena, RenderOrder *order) {
    if (strcmp(file->job_path, "-") == 0) { /* came by standard input: the kept text */
        order->job_path = file->job_path;
        order->job_text = file->job_text;
        return;
    }
    const char *path = relocate(file->job_path, file, here, arena);
    order->job_path = file_exists(path) ? path : file->job_path;
    order->has_changed = !job_files_are(file->job_text, order->job_path, arena);
}

static Status read_folder(const Options *options, Arena *arena, RunFile *file, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 1, "DIR", errors));
    const char *folder = options->arguments[0];
    if (!folder_exists(path_join(arena, folder, ".nocturne"))) {
        fail(errors, E410, NO_PLACE, "`%s` is not the folder of a run", folder);
        error_help(errors, "`nocturne render JOB` begins one");
        return E410;
    }
    return run_file_read(path_join(arena, folder, ".nocturne"), arena, file, errors);
}

int command_resume(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    char here[4096] = "";
    RunFile file;
    RenderOrder order = {0};
    int exit_code = 0;
    const char *known = getcwd(here, sizeof here) ? here : "";
    if (read_folder(options, arena, &file, errors) == DONE) {
        find_job(&file, known, arena, &order);
        const Options merged = merge_options(options, &file, known, arena);
        order.options = &merged;
        exit_code = render_jobs(&order, 1, 0);
    } else {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
