#ifndef CLUSTER_PROGRESS_H
#define CLUSTER_PROGRESS_H
/* What a person (or a program, --json) sees of a run. Fed with the events of the journal, by the
 * inline run itself or by the launcher that reads them.
 *
 * A terminal gets a block of up to six lines, redrawn at most ten times a second; anything else
 * plain lines: the start, every deliverable, every 5 % or 30 s; these also stand in the log of the
 * run, whatever is shown. Progress is measured in the cost of
 * tasks; an end is not foretold before 5 % or 5 s.
 */
#include <jansson.h>
#include <stdio.h>

#include "cluster/batch.h"

typedef struct Progress Progress;

typedef struct ProgressTarget {
    FILE *talk;        /* stderr */
    FILE *answer;      /* stdout: JSON lines with is_json */
    ProgressMode mode; /* decided: not PROGRESS_AUTO */
    bool is_json;
    int columns; /* of the terminal, 0: ask it */
} ProgressTarget;

/* stderr and stdout as the options and the terminal want it. */
ProgressTarget progress_target(const Options *options);
/* batch may be filled later, before the first event; lives in its arena. */
Progress *progress_create(const Batch *batch, ProgressTarget target);
/* job: of the batch. fields: of an event of its journal, without or with its ev and t. now_s: any
 * steady clock. */
void progress_take(
    Progress *progress, int job, const char *event, const json_t *fields, double now_s);
/* One JSON line on the answer stream; the first one also names the schema. */
void progress_tell_json(Progress *progress, const char *event, const json_t *fields);
/* Call often. */
void progress_draw(Progress *progress, double now_s);
/* Tasks that are being computed now. */
int progress_count_running(const Progress *progress);
/* A line for people on stderr; the block steps aside. */
void progress_say(Progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line of a job for its run log alone (run_log.h). job: -1: of all. */
void progress_log(Progress *progress, int job, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Removes the block. Draws no more until the next event. */
void progress_clear(Progress *progress);

/* "0:04.8", "12:03", "1:02:03". */
const char *progress_format_seconds(double seconds, Arena *arena);

#endif
