#ifndef JOBS_JOB_VALUES_H
#define JOBS_JOB_VALUES_H
/* From a node to a member of JobSpec: one reader a type of the key table. */
#include "jobs/job.h"
#include "jobs/job_files.h"
#include "jobs/job_schema.h"
#include "jobs/name_table.h"
#include "jobs/time_point.h"

/* Where a value stands: its row, its pair and what holds it. */
typedef struct ValueSite {
    const SchemaKey *key;
    const NodePair *pair;
    const char *owner; /* "layers.vln1" */
    void *base;        /* the struct that key->offset counts from */
    Place owner_place; /* of the last id in the owner, or the key of the map */
} ValueSite;

/* A map whose members are still to be read, after those that stand before it in the key table. */
typedef struct QueuedMap {
    const char *prefix; /* of its rows: "layers.*" */
    const char *owner;  /* for messages: "layers.vln1" */
    const Node *node;   /* NULL: not written, only the defaults are filled in */
    Place place;        /* of its key */
    void *target;       /* the struct that the rows' offsets count from */
    ValueSite value;    /* value.key set: instead of all that, one value of a table (a marker) */
    struct QueuedMap *next;
} QueuedMap;

/* A time that is known once all names are. */
typedef struct PendingTime {
    JobTime *time;
    TimePoint point;
    const char *owner; /* "markers.m1": for messages, and its name */
    Place id_place;
    const JobText *cue; /* of the layer it belongs to, or NULL */
    bool is_twin;       /* the other edge of the one before */
    struct PendingTime *next;
} PendingTime;

typedef struct RecutFiles {   /* of a job with `conform` */
    const JobFile *from, *to; /* NULL: not named */
    NameTable base;           /* the files that were written for the cut before */
} RecutFiles;

typedef struct JobReader {
    JobSpec *job;
    Arena *arena;
    ErrorList *errors;
    TimeBase base;
    QueuedMap *first_map, *last_map;
    PendingTime *first_time, *last_time;
    RecutFiles recut;
    JobFiles *files;
} JobReader;

void job_reader_queue(JobReader *reader, QueuedMap map);

/* "layers.vln1.pan" */
const char *job_value_owner(const JobReader *reader, const ValueSite *site);

/* Types that are one text each. */
bool job_scalar_type(ValueType type);
/* Adds its errors; the member keeps zeros then. E202 for a map or list. */
Status job_scalar_read(JobReader *reader, const ValueSite *site);

/* The parts that structures share. */
Status job_fail_shape(JobReader *reader, const Node *node, const char *expected);
/* node: the text; owner: "markers.m1". The time of a site that needs names stays pending. */
Status job_time_read(
    JobReader *reader, const ValueSite *site, const Node *node, const char *owner, JobTime *time);
/* E206 outside the row's range, E207 a frequency at or above half the rate. */
Status
job_quantity_check(JobReader *reader, const ValueSite *site, QuantityKind kind, Rational value);

#endif
