#ifndef JOBS_JOB_PATH_H
#define JOBS_JOB_PATH_H
/* Where inputs may lie: below the job's folder, or below a named root. */
#include "jobs/job.h"

/* By the text alone, nothing is opened: E301 unknown root, E402 leaves its root. */
Status job_path_check(const JobSpec *job, const JobText *written, ErrorList *errors);

/* Finds the folders of roots: and --root (which wins), and adds the built-in `sys`. E402 for roots
 * with `..` or `~`. */
Status job_roots_find(JobSpec *job, const JobSource *source, Arena *arena, ErrorList *errors);

/* The current folder in front, unless it is absolute. */
const char *path_make_absolute(const char *path, Arena *arena);

/* Takes `.` and `name/..` out of a path; leading `..` stay. Absolute paths and `~` stay as they
 * are. */
const char *path_normalize(const char *path, Arena *arena);

#endif
