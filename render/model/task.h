#ifndef RENDER_MODEL_TASK_H
#define RENDER_MODEL_TASK_H
/* One piece of work: any rank, any order that respects `needs`. */
#include "render/base/hash.h"
#include "render/base/units.h"

typedef enum TaskKind {
    TASK_PREPARE,    /* subject: layer -> store object */
    TASK_ROOM,       /* subject: room, detail: bus -> store object */
    TASK_ANALYSE,    /* subject: ceiling -> store object (one sample: a gain in dB) */
    TASK_SPATIALIZE, /* subject: stem, span -> one store object per bus, then one of its dry part
                        per bus where parts are asked for, then one of what comes back from rooms
                        per bus where layers can change without it: kept for that, never needed */
    TASK_MEASURE,    /* subject: deliverable, detail: group of cells -> store object (energies,
                        peaks) */
    TASK_MASTER, /* subject: deliverable -> store object (gain, limiter envelope, loudness); of a
                    reel of a programme another one (its energies) */
    TASK_WRITE,  /* subject: deliverable, detail: its stem, or stem_count: all of its sums -> their
                    files in the stage folder + encoded.json */
    TASK_METER,  /* subject: deliverable, detail: output -> store object (JSON facts of it) */
    TASK_ENCODE, /* subject: deliverable -> all its files in one folder, by links + encoded.json */
    TASK_INSPECT /* subject: deliverable -> store object (JSON facts) */
} TaskKind;

enum { SPATIALIZE_PARTS = 3, SPATIALIZE_NEEDED_PARTS = 2 }; /* outputs per bus */

typedef struct Task {
    TaskKind kind;
    int subject, detail;
    Span span;
    const Key *outputs;              /* [output_count]; zero key: nothing to make */
    const char *const *output_texts; /* [output_count] the hashed text */
    int output_count;
    const char
        *content;     /* of WRITE and METER: what of their key is known before anything ran; the
                         rest is read from results, so that another key may find the same files */
    const int *needs; /* task indices, always smaller than our own */
    int need_count;
    double units;     /* samples x channels x partitions: what its time grows with */
    double cost;      /* seconds, estimated: for the scheduler and for forecasts only */
    const char *name; /* "spatialize mx 0.000 s", for people */
} Task;

struct LayerKeys;

typedef struct Plan {
    Task *tasks;
    int task_count;
    const char *code; /* CODE[_REEL]_CUT of the job: the run's name */
    Key key;          /* of all output keys: ranks compare it */
    Span *spans;
    int span_count;
    /* index tables for the stages, -1 = none */
    int *prepare_tasks;                               /* [layer_count] */
    const struct LayerKeys *layer_keys;               /* [layer_count] jobs/layer_keys.h */
    int *room_tasks;                                  /* [room_count * bus_count] */
    int *analyse_tasks;                               /* [ceiling_count] */
    int *spatialize_tasks;                            /* [stem_count * span_count] */
    int *master_tasks, *encode_tasks, *inspect_tasks; /* [deliverable_count] */
    int **write_tasks; /* [deliverable_count][stem_count + 1] the last: of the sums */
    int **meter_tasks; /* [deliverable_count][output_count] */
    /* [deliverable_count]: the first of each deliverable, whose others follow */
    int *measure_tasks;
} Plan;

/* How many of its outputs others read; those behind them are only kept. */
static inline int task_needed_count(const Task *task) {
    return task->kind == TASK_SPATIALIZE
               ? task->output_count / SPATIALIZE_PARTS * SPATIALIZE_NEEDED_PARTS
               : task->output_count;
}

const char *task_kind_name(TaskKind kind); /* "prepare" ... */

#endif
