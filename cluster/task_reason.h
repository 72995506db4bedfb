#ifndef CLUSTER_TASK_REASON_H
#define CLUSTER_TASK_REASON_H
/* Why a task has to run: which task changed first, which line of its key text, and which value of
 * the job stands behind it. */
#include "cluster/job_changes.h"
#include "cluster/run_record.h"

typedef enum ReasonKind {
    REASON_SAME,   /* nothing changed: its results are not in the store any more */
    REASON_NEW,    /* the run before had no such task */
    REASON_CHANGED /* its key, or that of something it needs, is another */
} ReasonKind;

typedef struct KeyLines { /* of two key texts: what only one of them says */
    const char **lines;
    int count;
} KeyLines;

typedef struct TaskReason {
    ReasonKind kind;
    int cause;          /* the task where it began: itself, or one that it needs */
    bool has_old_text;  /* the store still knows what the cause was made from */
    KeyLines old, now;  /* of the cause */
    JobChanges changes; /* of the job, those that may be behind it */
} TaskReason;

typedef struct ReasonSource { /* what the question is asked against */
    const RunRecord *record;  /* the run before */
    const Node *old_tree;     /* its job; NULL: not known */
    const Run *run;           /* the run now */
} ReasonSource;

TaskReason task_reason(const ReasonSource *source, int task, Arena *arena);
/* `layers.wind.gain: 0 dB -> -9 dB (first-night.yaml:71)`, or what else is known, in one line. */
const char *task_reason_text(const ReasonSource *source, const TaskReason *reason, Arena *arena);
const char *job_change_text(const JobChange *change, Arena *arena);

#endif
