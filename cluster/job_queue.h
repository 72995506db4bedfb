#ifndef CLUSTER_JOB_QUEUE_H
#define CLUSTER_JOB_QUEUE_H
/* A folder of jobs that wait to be rendered.
 *
 *     night/preview/take3.yaml      JOB_PREVIEW: before all others
 *     night/reel1.yaml              the class that --priority names
 *     night/bulk/archive.yaml       JOB_BULK
 *     night/done/, night/failed/    where jobs go that were rendered, or that cannot be
 *
 * A job is a file, or a link to one: what it names is looked for beside the file itself. Its place
 * in the queue is its class, then its name.
 *
 *     TRY(job_queue_open(folder, arena, &queue, errors));
 *     TRY(job_queue_list(queue, JOB_DEADLINE, &entries, &count, errors));
 *     job_queue_settle(queue, &entries[0], true, errors);
 *     job_queue_close(queue);
 */
#include "cluster/ready_queue.h"
#include "render/base/error.h"

typedef struct JobQueue JobQueue;

typedef struct QueueEntry {
    const char *name;     /* "bulk/archive.yaml" */
    const char *job_path; /* of the file itself */
    JobClass urgency;
} QueueEntry;

/* Takes the queue: E701 when another process serves it, E002 when there is no such folder. */
Status job_queue_open(const char *folder, Arena *arena, JobQueue **queue, ErrorList *errors);
void job_queue_close(JobQueue *queue);
/* The jobs that wait and were not listed before, in order. */
Status job_queue_list(JobQueue *queue,
                      JobClass urgency_of_others,
                      QueueEntry **entries,
                      int *count,
                      ErrorList *errors);
/* A job waits there that was not listed and is more urgent than this. */
bool job_queue_has_before(const JobQueue *queue, JobClass urgency_of_others, JobClass urgency);
/* It is listed again. */
void job_queue_put_back(QueueEntry *entry);
/* Moves it to done or failed; one of that name that is there already is replaced. */
Status
job_queue_settle(const JobQueue *queue, const QueueEntry *entry, bool is_done, ErrorList *errors);

#endif
