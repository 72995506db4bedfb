#ifndef JOBS_IMPORT_LISTS_H
#define JOBS_IMPORT_LISTS_H
/* `import`: the lists of other tools that a job names, as a tree that lies below the job.
 *
 *     Node *imported;
 *     TRY(import_lists_read(merged, files, arena, &imported, errors));
 *     // markers, scenes, lines, cues, and import.ID.cuts, each value at its place in its list
 *
 * Paths count from the folder of the job and stay below it. Cuts are the times at which an event of
 * a picture track begins, in order, each once.
 */
#include "jobs/job_files.h"
#include "jobs/node.h"

/* tree: all else of the job, merged. *imported NULL: it names no list. Entries whose shape is wrong
 * are left to the reader of the job. E101, E104, E106, E202, E203, E208, E211, E303, E402, E410,
 * E411, E427. */
Status import_lists_read(
    const Node *tree, JobFiles *files, Arena *arena, Node **imported, ErrorList *errors);

#endif
