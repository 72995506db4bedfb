#ifndef CLUSTER_RUN_FILE_H
#define CLUSTER_RUN_FILE_H
/* .nocturne/run.json: the job as it was read and the options that shape the run, in one text.
 *
 * `resume` reads it, the ranks get it as their brief, and its presence marks a folder as ours.
 */
#include "cluster/run.h"

#define RUN_FILE_NAME        "run.json"
#define RUN_FILE_BEFORE_NAME "run.before.json" /* of the run before, see run_record.h */

typedef struct RunFile {
    const char *job_path;       /* as given; "-": standard input */
    const char *working_folder; /* absolute: what job_path, roots and output are relative to */
    const char *job_text;
    const char *code, *plan_key; /* CODE[_REEL]_CUT, 32 hex digits */
    Options options;             /* output, store, roots, sets, grade ...: what a run needs */
} RunFile;

/* The text lives in the arena. */
const char *
run_file_format(const Run *run, const Options *options, Arena *arena, size_t *size_bytes);
/* origin: for messages. E709 when it is not what run_file_format writes. */
Status run_file_parse(const char *text,
                      size_t size_bytes,
                      const char *origin,
                      Arena *arena,
                      RunFile *file,
                      ErrorList *errors);
/* The job as the file has it, its lists and includes too: the files may be others by now. */
Status run_file_load_job(const RunFile *file, Arena *arena, JobSpec **job, ErrorList *errors);
/* The file of a state folder; E410 when it is missing. */
Status run_file_read(const char *state_folder, Arena *arena, RunFile *file, ErrorList *errors);
/* Of the run before, whose job was another; E410: there was none. */
Status
run_file_read_before(const char *state_folder, Arena *arena, RunFile *file, ErrorList *errors);

#endif
