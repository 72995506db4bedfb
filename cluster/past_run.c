/* A run as its folder remembers it. */
#include "cluster/past_run.h"

#include "render/base/files.h"

/* A path of the earlier command, seen from here. */
static const char *relocate(const char *path, const RunFile *file, Arena *arena) {
    return path_join(arena, file->working_folder, path);
}

static Options relocate_options(const RunFile *file, const char *folder, Arena *arena) {
    Options options = file->options;
    options.output = folder;
    options.intermediates = NULL; /* no rank of the run could ask for them here */
    options.store = relocate(options.store, file, arena);
    for (int root = 0; root < options.root_count; root++) {
        options.roots[root].path = relocate(options.roots[root].path, file, arena);
    }
    return options;
}

Status past_run_open(const char *folder, Arena *arena, PastRun *past, ErrorList *errors) {
    const char *state_folder = path_join(arena, folder, ".nocturne");
    *past = (PastRun){0};
    if (!folder_exists(state_folder)) {
        return fail(errors, E410, NO_PLACE, "`%s` is not the folder of a run", folder);
    }
    TRY(run_file_read(state_folder, arena, &past->file, errors));
    const Options options = relocate_options(&past->file, folder, arena);
    return run_make(&options, relocate(past->file.job_path, &past->file, arena),
                    past->file.job_text, arena, &past->run, errors);
}

const Node *past_run_tree_before(const PastRun *past, Arena *arena) {
    RunFile before;
    JobSpec *job = NULL;
    ErrorList *ignored = errors_create(arena);
    if (run_file_read_before(past->run.state_folder, arena, &before, ignored) != DONE) {
        return NULL;
    }
    before.job_path = relocate(before.job_path, &before, arena);
    return run_file_load_job(&before, arena, &job, ignored) == DONE ? job->tree : NULL;
}
