#ifndef CLUSTER_JOURNAL_H
#define CLUSTER_JOURNAL_H
/* <output>/.nocturne/journal: append-only JSON lines, one writer (rank 0 or the inline run).
 *
 * A hint for progress, attempts and reports; the truth is the store. Each line ends with a checksum
 * of its text; a torn or damaged tail is ignored (W704). Events: start {schema, tasks, done, cost,
 * ranks, version}, task_start {task, worker, attempt}, task_done {task, worker, seconds, cpu},
 * task_failed {task, worker, id, message}, published {deliverable, held, ...}, heartbeat, end
 * {code}. Every event has t (UTC, RFC 3339).
 */
#include <jansson.h>

#include "render/base/error.h"

typedef struct Journal Journal;

Status journal_open(const char *path, Arena *arena, Journal **journal, ErrorList *errors);
/* event: the name; fields: borrowed, may be NULL. Flushed at once, fsynced at most every 100 ms. */
Status journal_add(Journal *journal, const char *event, json_t *fields, ErrorList *errors);
void journal_close(Journal **journal);

/* Reads on from *offset to the last whole, good line; calls visit for each. A missing file is
 * empty. */
Status journal_read(const char *path,
                    long *offset,
                    void (*visit)(void *context, const json_t *event),
                    void *context,
                    ErrorList *errors);

#endif
