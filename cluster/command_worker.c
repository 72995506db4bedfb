/* `worker` (internal): one MPI rank of the launcher. Its arguments: state folder, launch number. */
#include <stdlib.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/conductor.h"
#include "cluster/host_network.h"
#include "cluster/journal.h"
#include "cluster/leftovers.h"
#include "cluster/rank.h"
#include "cluster/run_file.h"
#include "render/base/files.h"

typedef struct WorkerPreparation {
    const char *state_folder;
    RunFile file;
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

/* The launcher has claimed the folder and left the job in it. */
static Status prepare(void *context, Run *run, bool *is_wanted, ErrorList *errors) {
    WorkerPreparation *preparation = context;
    RunFile *file = &preparation->file;
    TRY(tell_joined(preparation->state_folder, run->arena, errors));
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
    leftovers_note(preparation.state_folder);
    rank_run(&zero, &run, &outcome, errors);
    if (outcome.is_rank_zero && !outcome.has_conducted) {
        conduct_nothing(preparation.state_folder, arena, errors);
    }
    leftovers_forget(preparation.state_folder);
    arena_destroy(&arena);
    return 0;
}
