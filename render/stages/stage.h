#ifndef RENDER_STAGES_STAGE_H
#define RENDER_STAGES_STAGE_H
/* What a stage sees of its task, and the stages. */
#include "render/model/mix.h"
#include "render/model/store.h"
#include "render/model/stored_audio.h"
#include "render/model/task.h"
#include "render/stages/bank_cache.h"

/* The spatializers of a rank, made once: a SOFA file costs more to open than to use. And the
 * spectra of its rooms. */
typedef struct PannerCache {
    Arena *arena;
    void **selves; /* [bus_count + room_count][2]: the bus's own, one that layers name; NULL: not
                      made */
    const Spatializer **others; /* [bus_count + room_count] whose the second one is */
    BankCache *banks;           /* of the rooms */
} PannerCache;

typedef struct Workplace { /* where a rank works; nothing here reaches a sample */
    Store *store;
    const char *stage_folder;    /* <output>/.nocturne/stage */
    const char *output_folder;   /* whose published files may serve again; NULL: none do */
    PannerCache *panners;        /* NULL: made anew for every task */
    int64_t spectra_limit_bytes; /* of the responses of rooms; 0: SPECTRA_LIMIT_BYTES */
} Workplace;

enum { SPECTRA_LIMIT_BYTES = 1000000000 };

static inline int64_t stage_spectra_limit(const Workplace *workplace) {
    return workplace->spectra_limit_bytes > 0 ? workplace->spectra_limit_bytes
                                              : SPECTRA_LIMIT_BYTES;
}

typedef struct Stage {
    const Mix *mix;
    const Plan *plan;
    const Task *task;
    const Workplace *workplace;
    Arena *scratch; /* dies with the task */
} Stage;

/* Where output `output` of the stage's task goes. */
static inline AudioPlace stage_place(const Stage *stage, int output) {
    const TaskKind kind = stage->task->kind;
    return (AudioPlace){.store = stage->workplace->store,
                        .key = stage->task->outputs[output],
                        .key_text = stage->task->output_texts[output],
                        .is_intermediate = kind == TASK_PREPARE || kind == TASK_SPATIALIZE,
                        .is_spare = output >= task_needed_count(stage->task)};
}

/* How much a sequential stage holds at once, never audible: its planes stay in the cache. */
enum { STAGE_CHUNK_SAMPLES = 4096 };

/* The spatializer of a bus or the input of a room (mix_bus_at), from the cache of the rank. */
/* limit_bytes: for the spectra of rooms that are kept; 0: the default. */
PannerCache *panner_cache_create(const Mix *mix, int64_t limit_bytes, Arena *arena);
Status stage_panner(
    const Stage *stage, int bus, const Spatializer *panner, void **self, ErrorList *errors);

Status prepare_run(const Stage *stage, ErrorList *errors);
Status room_run(const Stage *stage, ErrorList *errors);
Status analyse_run(const Stage *stage, ErrorList *errors);
Status spatialize_run(const Stage *stage, ErrorList *errors);
Status measure_run(const Stage *stage, ErrorList *errors);
Status master_run(const Stage *stage, ErrorList *errors);
Status write_run(const Stage *stage, ErrorList *errors);
Status meter_run(const Stage *stage, ErrorList *errors);
Status encode_run(const Stage *stage, ErrorList *errors);
Status inspect_run(const Stage *stage, ErrorList *errors);

#endif
