/* `worker` (internal): one MPI rank of the launcher. Its arguments: state folder, launch number. */
#include <stdlib.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/conductor.h"
#include "cluster/rank.h"
#include "cluster/run_file.h"

typedef struct WorkerPreparation {
    const char *state_folder;
    RunFile file;
} WorkerPreparation;

/* The launcher has claimed the folder and left the job in it. */
static Status prepare(void *context, Run *run, bool *is_wanted, ErrorList *errors) {
    WorkerPreparation *preparation = context;
    RunFile *file = &preparation->file;
    TRY(run_file_read(preparation->state_folder, run->arena, file, errors));
    *is_wanted = true;
    return run_make(&file->options, file->job_path, file->job_text, run->arena, run, errors);
}

/* Always 0: mpirun would print a banner. The true code is the journal's last record. */
int command_worker(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    if (answer_check_count(options, 2, 2, "STATE LAUNCH", errors) != DONE) {
        const int exit_code = answer_failure(options, errors, NULL);
        arena_destroy(&arena);
        return exit_code;
    }
    WorkerPreparation preparation = {.state_folder = options->arguments[0]};
    Run run = {.arena = arena};
    RankOutcome outcome;
    const RankZero zero = {.prepare = prepare,
                           .context = &preparation,
                           .options = &preparation.file.options,
                           .launch = (int)strtol(options->arguments[1], NULL, 10)};
    rank_run(&zero, &run, &outcome, errors);
    if (outcome.is_rank_zero && !outcome.has_conducted) {
        conduct_nothing(preparation.state_folder, arena, errors);
    }
    arena_destroy(&arena);
    return 0;
}
