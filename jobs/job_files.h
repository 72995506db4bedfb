#ifndef JOBS_JOB_FILES_H
#define JOBS_JOB_FILES_H
/* The texts a job is made of: its own file, those it names with include and extends, and the lists
 * of other tools that it imports.
 *
 * Every rank must see the same bytes, so that rank 0 sends all of them as one text, and a run keeps
 * that text: the plain file of a job that stands alone, else a bundle.
 */
#include "jobs/job.h"

enum { JOB_FILES_MAX = 32 };

typedef struct JobFile {
    const char *name; /* "show/rooms.yaml": from the folder of the job; "-" */
    const char *bytes;
    size_t size_bytes;
} JobFile;

typedef struct JobFiles { /* the job's own file first */
    const char *folder;   /* that names are relative to */
    bool is_bundle;       /* nothing but these is read */
    JobFile files[JOB_FILES_MAX];
    bool is_base[JOB_FILES_MAX]; /* in a job with `conform`: written for the cut before */
    int count;
} JobFiles;

/* Reads the job's own file, standard input or the bundle. E106, E410, E411. */
Status job_files_open(const JobSource *source, Arena *arena, JobFiles *files, ErrorList *errors);

/* The path of a file as it was written, from the folder of the job: it counts from `folder` and
 * stays below that of the job. E402. */
Status job_files_path(
    const Node *written, const char *folder, Arena *arena, const char **path, ErrorList *errors);

/* A file named in the job at `place`, at most 64 MiB, read at most once. E105 more than 32, E410 ..
 * E411. */
Status job_files_find(JobFiles *files,
                      const char *name,
                      Place place,
                      Arena *arena,
                      const JobFile **file,
                      ErrorList *errors);

/* One text for all of them. */
const char *job_files_bundle(const JobFiles *files, Arena *arena);

/* Reads a text made by job_files_bundle; path: of the job. */
void job_files_unbundle(const char *text, const char *path, Arena *arena, JobFiles *files);

/* Whether the files of a bundled text are on disk as they were. path: of the job. */
bool job_files_are(const char *text, const char *path, Arena *arena);

#endif
