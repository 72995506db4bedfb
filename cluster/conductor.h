#ifndef CLUSTER_CONDUCTOR_H
#define CLUSTER_CONDUCTOR_H
/* What rank 0 or the inline run does between the plan and the last published file: schedule, keep
 * the journal, publish. */
#include "cluster/progress.h"
#include "cluster/run.h"
#include "cluster/transport.h"

typedef struct Conducting {
    Run *run;
    const Options *options;
    Transport *transport;
    Progress *progress; /* NULL: shown by the launcher, from the journal */
    int launch; /* 1: the first of this command; later ones read attempts from the journal */
    /* NULL, or: which worker cannot go on (a stopped process), for people; NULL: none. Asked at
     * every heartbeat. */
    const char *(*find_stopped)(void *context);
    void *context;
} Conducting;

typedef struct ConductOutcome {
    int exit_code;
    bool must_abort; /* tasks may still run that nobody waits for */
} ConductOutcome;

/* The exit code is also the last journal record (unless a worker was lost: then none is written and
 * the launcher starts again). Errors and warnings are in the list and, one record each, in the
 * journal. */
ConductOutcome conduct(const Conducting *order, ErrorList *errors);

/* A run that ends before it began, for the launcher to read: messages and `end`. */
void conduct_nothing(const char *state_folder, Arena *arena, ErrorList *errors);

/* How many tasks the run would have to do now. */
int conduct_count_open(Run *run);
/* Which: [task_count] of the run's arena. */
const bool *conduct_list_open(Run *run);

#endif
