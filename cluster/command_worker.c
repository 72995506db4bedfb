/* `worker` (internal): one MPI rank of the launcher. Its arguments: launch number, the roll of dead
 * ranks (`-`: none is kept), the state folder for its notes, the state folders of the jobs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/desk.h"
#include "cluster/host_network.h"
#include "cluster/journal.h"
#include "cluster/leftovers.h"
#include "cluster/rank.h"
#include "cluster/rank_sentry.h"
#include "cluster/run_file.h"
#include "render/base/files.h"

typedef struct WorkerPreparation {
    const char *const *state_folders; /* of the jobs */
    int count;
} WorkerPreparation;

/* The first sign of life of a launch. */
static Status tell_joined(const char *state_folder, Arena *arena, ErrorList *errors) {
    Journal *journal = NULL;
    TRY(journal_open(path_join(arena, state_folder, "journal"), arena, &journal, errors));
    char host[256];
    host_own_name(host);
    json_t *fields = json_pack("{s:I, s:s}", "pid", (json_int_t)getpid(), "host", host);
    const Status status = journal_add(journal, "joined", fields, errors);
    json_decref(fields);
    journal_close(&journal);
    return status;
}

static Status add_job(const char *state_folder, Batch *batch, ErrorList *errors) {
    RunFile *file = arena_alloc(batch->arena, sizeof *file);
    BatchJob *job = arena_alloc(batch->arena, sizeof *job);
    TRY(run_file_read(state_folder, batch->arena, file, errors));
    TRY(run_make(&file->options, file->job_path, file->job_text, batch->arena, &job->run, errors));
    job->options = &file->options;
    job->errors = batch->count == 0 ? errors : errors_create(batch->arena);
    batch_add(batch, job);
    return DONE;
}

/* The launcher has claimed the folders and left the jobs in them. */
static Status prepare(void *context, Batch *batch, ErrorList *errors) {
    const WorkerPreparation *preparation = context;
    for (int job = 0; job < preparation->count; job++) {
        TRY(tell_joined(preparation->state_folders[job], batch->arena, errors));
    }
    for (int job = 0; job < preparation->count; job++) {
        TRY(add_job(preparation->state_folders[job], batch, errors));
    }
    batch_close(batch);
    return DONE;
}

/* Always 0: mpirun would print a banner. The true codes are the last records of the journals. */
int command_worker(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    if (answer_check_count(options, 4, -1, "LAUNCH ROLL SEAT STATE ...", errors) != DONE) {
        const int exit_code = answer_failure(options, errors, NULL);
        arena_destroy(&arena);
        return exit_code;
    }
    WorkerPreparation preparation = {options->arguments + 3, options->argument_count - 3};
    const char *seat_folder = options->arguments[2];
    const bool has_roll = strcmp(options->arguments[1], "-") != 0;
    RankOutcome outcome;
    const RankZero zero = {.prepare = prepare,
                           .context = &preparation,
                           .launch = (int)strtol(options->arguments[0], NULL, 10),
                           .roll_path = has_roll ? options->arguments[1] : NULL};
    RankSentry sentry = {-1};
    leftovers_note(seat_folder);
    if (has_roll) {
        sentry = rank_sentry_start(zero.roll_path, rank_index());
    }
    rank_run(&zero, batch_create(arena), &outcome, errors);
    for (int job = 0; outcome.is_rank_zero && !outcome.has_conducted && job < preparation.count;
         job++) {
        desk_end_unopened(preparation.state_folders[job], arena, errors, job == 0);
    }
    leftovers_forget(seat_folder);
    rank_sentry_dismiss(&sentry);
    arena_destroy(&arena);
    return 0;
}
