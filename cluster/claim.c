/* Makes an output folder ours: checks first, then the lock, then the marks. */
#include "cluster/claim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cluster/lock.h"
#include "cluster/publish.h"
#include "cluster/run_file.h"
#include "cluster/run_record.h"
#include "cluster/space_need.h"
#include "jobs/configs.h"
#include "jobs/job_files.h"
#include "jobs/node_write.h"
#include "render/base/files.h"

#define STATE_NAME ".nocturne"
#define LOCK_NAME  "lock"

/* Parts of the folder that we write through: none may be a link that leads elsewhere. */
static const char *const own_parts[] = {STATE_NAME,
                                        "deliverables",
                                        "held",
                                        "previous",
                                        "logs",
                                        "job",
                                        "job.resolved.yaml",
                                        STATE_NAME "/stage",
                                        STATE_NAME "/lock",
                                        STATE_NAME "/journal"};

static Status check_no_link(const char *path, ErrorList *errors) {
    struct stat facts;
    if (lstat(path, &facts) != 0 || !S_ISLNK(facts.st_mode)) {
        return DONE;
    }
    fail(errors, E512, NO_PLACE, "`%s` is a symbolic link", path);
    error_help(errors, "remove the link, or choose another folder with -o");
    return E512;
}

static Status check_own_parts(const char *output_folder, Arena *arena, ErrorList *errors) {
    for (size_t part = 0; part < sizeof own_parts / sizeof *own_parts; part++) {
        TRY(check_no_link(path_join(arena, output_folder, own_parts[part]), errors));
    }
    return DONE;
}

/* The folders that this run would replace. */
static Status check_deliverables(const Run *run, ErrorList *errors) {
    static const char *const shelves[] = {"deliverables", "held", "previous"};
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        for (size_t shelf = 0; shelf < sizeof shelves / sizeof *shelves; shelf++) {
            TRY(check_no_link(arena_format(run->arena, "%s/%s/%s", run->output_folder,
                                           shelves[shelf], run->mix->deliverables[deliverable].id),
                              errors));
        }
    }
    return DONE;
}

Status claim_check_folder(const char *output_folder, Arena *arena, ErrorList *errors) {
    struct stat facts;
    if (stat(output_folder, &facts) != 0) {
        return DONE; /* missing: made later, with its own errors */
    }
    if (!S_ISDIR(facts.st_mode)) {
        return fail(errors, E510, NO_PLACE, "`%s` exists and is not a folder", output_folder);
    }
    TRY(check_own_parts(output_folder, arena, errors));
    const char **names = NULL;
    int count = 0;
    TRY(folder_list(output_folder, arena, &names, &count, errors));
    const char *state = path_join(arena, output_folder, STATE_NAME);
    const bool is_marked = file_exists(path_join(arena, state, RUN_FILE_NAME));
    const bool is_just_begun = count == 1 && strcmp(names[0], STATE_NAME) == 0;
    if (count > 0 && !is_marked && !is_just_begun) {
        fail(errors, E511, NO_PLACE, "`%s` holds files that nocturne did not write (`%s`)",
             output_folder, names[0]);
        error_help(errors, "choose an empty or new folder with -o");
        return E511;
    }
    return DONE;
}

/* ---- E405 ---- */

/* The absolute path of a folder that need not exist yet: its nearest ancestor that does, resolved,
 * and the rest. */
static const char *absolute_path(const char *path, Arena *arena) {
    const char *rest = "";
    const char *existing = path;
    for (;;) {
        char *resolved = realpath(existing, NULL);
        if (resolved) {
            const char *found = arena_format(arena, "%s%s%s", resolved, *rest ? "/" : "", rest);
            free(resolved);
            return found;
        }
        if (strcmp(existing, ".") == 0 || strcmp(existing, "/") == 0) {
            return path;
        }
        const char *name = path_name(existing);
        rest = *rest ? path_join(arena, name, rest) : name;
        existing = path_folder(arena, existing);
    }
}

static bool is_inside(const char *path, const char *folder) {
    const size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

/* The job's own folder (and those above it) may hold inputs beside the job and `out/` below it;
 * there only the folder itself is refused. */
static Status check_outside_inputs(const Run *run, ErrorList *errors) {
    const char *output = absolute_path(run->output_folder, run->arena);
    const char *job_folder = absolute_path(run->job->folder, run->arena);
    for (int file = 0; file < run->mix->file_count; file++) {
        const MixFile *input = &run->mix->files[file];
        const char *folder = absolute_path(path_folder(run->arena, input->real_path), run->arena);
        const bool holds_job = strcmp(folder, job_folder) == 0 || is_inside(job_folder, folder);
        if (strcmp(output, folder) == 0 || (is_inside(output, folder) && !holds_job)) {
            fail(errors, E405, input->place, "the output folder `%s` lies where `%s` is read from",
                 run->output_folder, input->path);
            error_help(errors, "inputs and outputs need folders of their own: choose one with -o");
            return E405;
        }
    }
    return DONE;
}

/* ---- E501 ---- */

static Status fail_no_space(const char *folder, const char *needed, ErrorList *errors) {
    fail(errors, E501, NO_PLACE, "no space in `%s`: %s", folder, needed);
    error_help(errors, "free space there, or choose other folders with -o and --store");
    return E501;
}

/* f_files 0: a file system that makes inodes as they are wanted. */
static Status
check_space_at(const Run *run, const char *folder, SpaceNeed need, ErrorList *errors) {
    struct statvfs facts;
    if (need.bytes <= 0.0 || statvfs(folder, &facts) != 0) {
        return DONE;
    }
    const double free_bytes = (double)facts.f_bavail * (double)facts.f_frsize;
    if (free_bytes < need.bytes) {
        return fail_no_space(folder,
                             arena_format(run->arena, "%.0f MB are needed, %.0f MB are free",
                                          need.bytes * 1e-6, free_bytes * 1e-6),
                             errors);
    }
    if (facts.f_files > 0 && (double)facts.f_favail < need.files) {
        return fail_no_space(folder,
                             arena_format(run->arena, "%.0f files are needed, %.0f inodes are free",
                                          need.files, (double)facts.f_favail),
                             errors);
    }
    return DONE;
}

static Status check_space(const Run *run, ErrorList *errors) {
    bool is_complete = true;
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        is_complete = is_complete && publish_is_done(run, deliverable);
    }
    if (is_complete) {
        return DONE;
    }
    const SpaceNeed output_need = space_need_output(run);
    const SpaceNeed store_need = space_need_store_least(run);
    struct stat output;
    struct stat store;
    if (stat(run->output_folder, &output) == 0 && stat(store_path(run->store), &store) == 0 &&
        output.st_dev == store.st_dev) {
        const SpaceNeed both = {output_need.bytes + store_need.bytes,
                                output_need.files + store_need.files};
        return check_space_at(run, run->output_folder, both, errors);
    }
    TRY(check_space_at(run, run->output_folder, output_need, errors));
    return check_space_at(run, store_path(run->store), store_need, errors);
}

/* ---- the marks ---- */

/* The files that the job is made of, and what they came to. */
static Status write_job_files(const Run *run, const char *folder, ErrorList *errors) {
    JobFiles files;
    job_files_unbundle(run->job->bytes, run->job->path, run->arena, &files);
    for (int index = 0; index < files.count; index++) {
        const JobFile *file = &files.files[index];
        const char *name =
            strcmp(file->name, "-") == 0 ? "stdin.yaml" : configs_plain_name(file->name);
        const char *path = path_join(run->arena, folder, name);
        TRY(check_no_link(path_folder(run->arena, path), errors));
        TRY(folder_make(path_folder(run->arena, path), errors));
        TRY(file_write_atomically(path, file->bytes, file->size_bytes, errors));
    }
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    node_write(run->job->tree, out);
    fclose(out);
    const char *resolved = path_join(run->arena, run->output_folder, "job.resolved.yaml");
    const Status status = file_write_atomically(resolved, text, size_bytes, errors);
    free(text);
    return status;
}

static Status write_marks(const Run *run, const Options *options, ErrorList *errors) {
    size_t size_bytes = 0;
    TRY(run_record_write(run, errors));
    const char *text = run_file_format(run, options, run->arena, &size_bytes);
    const char *path = path_join(run->arena, run->state_folder, RUN_FILE_NAME);
    TRY(file_write_atomically(path, text, size_bytes, errors));
    const char *job_folder = path_join(run->arena, run->output_folder, "job");
    TRY(folder_make(path_join(run->arena, run->output_folder, "logs"), errors));
    return write_job_files(run, job_folder, errors);
}

Status claim_check(const Run *run, ErrorList *errors) {
    TRY(check_outside_inputs(run, errors));
    TRY(claim_check_folder(run->output_folder, run->arena, errors));
    return check_deliverables(run, errors);
}

/* Whoever may write there may exchange what is staged. */
static void warn_when_shared(const char *state_folder, ErrorList *errors) {
    struct stat facts;
    if (stat(state_folder, &facts) == 0 && (facts.st_mode & S_IWOTH)) {
        warn(errors, E512, NO_PLACE, "`%s` is writable by others", state_folder);
        error_help(errors, "chmod o-w %s", state_folder);
    }
}

Status run_claim(Run *run, const Options *options, ErrorList *errors) {
    TRY(claim_check(run, errors));
    TRY(folder_make(run->state_folder, errors));
    warn_when_shared(run->state_folder, errors);
    const char *lock = path_join(run->arena, run->state_folder, LOCK_NAME);
    TRY(lock_take(lock, options->take_over, errors));
    folder_sweep_temporaries(run->output_folder);
    folder_sweep_temporaries(run->state_folder);
    folder_sweep_temporaries(path_join(run->arena, run->output_folder, "job"));
    folder_sweep_temporaries(path_join(run->arena, run->output_folder, "logs"));
    Status status = check_space(run, errors);
    if (status == DONE) {
        status = folder_make(run->workplace.stage_folder, errors);
    }
    if (status == DONE) {
        status = write_marks(run, options, errors);
    }
    if (status != DONE) {
        run_release(run);
    }
    return status;
}

void run_release(Run *run) {
    lock_release(path_join(run->arena, run->state_folder, LOCK_NAME));
}
