#ifndef JOBS_JOB_TREE_H
#define JOBS_JOB_TREE_H
/* The tree of a job: everything it is made of, merged (job-format, 3).
 *
 * Lowest to highest: the lists of `import`, include (in order), extends (resolved), the file
 * itself, the alternate, --set. Then variables are expanded. Names of files are relative to the
 * file that names them and stay below the folder of the job.
 */
#include "jobs/job_files.h"

/* The keys that only say how the tree is made (include, extends, vars) are not in it any more.
 * Errors E101 .. E109, E204, E301, E307, E402, E410,
 * and those of import_lists_read. A file that could be read in part gives the
 * rest of the tree; *root is NULL after every other error. */
Status job_tree_read(
    const JobSource *source, JobFiles *files, Arena *arena, Node **root, ErrorList *errors);

#endif
