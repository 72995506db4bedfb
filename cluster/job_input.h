#ifndef CLUSTER_JOB_INPUT_H
#define CLUSTER_JOB_INPUT_H
/* A job as named on the command line: a path, or `-` for standard input. */
#include "cluster/options.h"

typedef struct JobInput {  /* where the lines are that messages quote */
    DiagnosticSource text; /* of standard input; bytes NULL: a file */
    const char *folder;    /* of the job: places are relative to it */
    bool has_failed;       /* no job could be read: a missing one is a wrong job (exit 3,
                              DECISIONS 21), no missing input (exit 4) */
} JobInput;

/* The job at a path, not read yet. */
JobInput job_input_at(const char *path, Arena *arena);

/* The job with the options --root, --set, --alt and --grade, without the refused deliverables.
 * text: NULL, or the job itself. */
JobSource
job_input_source(const Options *options, const char *path, const char *text, Arena *arena);

/* All of standard input, 4 MiB at most: E106, E411, E101. */
Status job_input_read_standard(Arena *arena, const char **text, ErrorList *errors);

/* Loads the job with the options --root, --set and --grade. Standard input is read to its end, 4
 * MiB at most (E106). input is valid also after a failure. */
Status job_input_load(const Options *options,
                      const char *path,
                      Arena *arena,
                      JobInput *input,
                      JobSpec **job,
                      ErrorList *errors);

#endif
