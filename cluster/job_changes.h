#ifndef CLUSTER_JOB_CHANGES_H
#define CLUSTER_JOB_CHANGES_H
/* What differs between two jobs, value by value. */
#include <jansson.h>

#include "jobs/node.h"
#include "render/base/arena.h"

typedef struct JobChange {
    const char *path;           /* layers.wind.gain */
    const Node *before, *after; /* NULL: not written there */
} JobChange;

typedef struct JobChanges {
    JobChange *changes;
    int count;
} JobChanges;

/* First what was changed or removed, in the order of the old job, then what is new. */
JobChanges job_changes(const Node *before, const Node *after, Arena *arena);

/* {path, before, after}; a new reference. */
json_t *job_change_to_json(const JobChange *change);

/* A value as a word: a scalar as YAML takes it, {} or []; NULL: "not written". */
const char *job_value_text(const Node *value, Arena *arena);

#endif
