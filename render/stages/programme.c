/* Energies of the reels of a programme, kept and added up. */
#include "render/stages/programme.h"

#include "render/model/store.h"

enum { ENERGIES_OUTPUT = 1 };

Status programme_put(const Stage *stage, const SlotEnergies *own, ErrorList *errors) {
    const Task *task = stage->task;
    Arena *scratch = arena_create();
    const size_t count = (size_t)own->count + 1;
    double *values = arena_array(scratch, count, sizeof *values);
    values[0] = own->rate_hz;
    for (int64_t slot = 0; slot < own->count; slot++) {
        values[slot + 1] = own->values[slot];
    }
    const Status status =
        store_put(stage->workplace->store, task->outputs[ENERGIES_OUTPUT],
                  task->output_texts[ENERGIES_OUTPUT], values, count * sizeof *values, errors);
    arena_destroy(&scratch);
    return status;
}

typedef struct Reels {
    SlotEnergies *parts; /* in the order of their keys */
    double *gains;
    StoreObject *objects; /* of the others */
    int count, open_count;
} Reels;

static Status open_reel(
    const Stage *stage, const ProgrammeReel *reel, Reels *reels, Place place, ErrorList *errors) {
    if (!store_has(stage->workplace->store, reel->energies)) {
        fail(errors, E606, place, "the reel `%s` has not been measured yet", reel->name);
        error_help(errors, "render it with the same --store, then this one again: every reel gets "
                           "the same gain, and none is normalised alone");
        return E606;
    }
    StoreObject *object = &reels->objects[reels->open_count];
    TRY(store_map(stage->workplace->store, reel->energies, object, errors));
    reels->open_count++;
    const double *values = object->bytes;
    reels->parts[reels->count++] = (SlotEnergies){.values = values + 1,
                                                  .count = (int64_t)(object->size_bytes / 8) - 1,
                                                  .rate_hz = (int)values[0]};
    return DONE;
}

static Status gather(const Stage *stage,
                     const MixDeliverable *deliverable,
                     const SlotEnergies *own,
                     Reels *reels,
                     ErrorList *errors) {
    const Key own_key = stage->task->outputs[ENERGIES_OUTPUT];
    bool is_in = false;
    for (int reel = 0; reel < deliverable->programme_count; reel++) {
        const ProgrammeReel *other = &deliverable->programme[reel];
        if (!is_in && key_compare(own_key, other->energies) <= 0) {
            reels->parts[reels->count++] = *own;
            is_in = true;
        }
        TRY(open_reel(stage, other, reels, deliverable->place, errors));
    }
    if (!is_in) {
        reels->parts[reels->count++] = *own;
    }
    return DONE;
}

Status programme_loudness(const Stage *stage,
                          const MixDeliverable *deliverable,
                          const SlotEnergies *own,
                          double *integrated_lufs,
                          ErrorList *errors) {
    Arena *scratch = arena_create();
    const size_t most = (size_t)deliverable->programme_count + 1;
    Reels reels = {.parts = arena_array(scratch, most, sizeof *reels.parts),
                   .gains = arena_array(scratch, most, sizeof *reels.gains),
                   .objects = arena_array(scratch, most, sizeof *reels.objects)};
    const Status status = gather(stage, deliverable, own, &reels, errors);
    for (int reel = 0; reel < reels.count; reel++) {
        reels.gains[reel] = 1.0;
    }
    if (status == DONE) {
        loudness_integrated(reels.parts, reels.gains, reels.count, scratch, integrated_lufs);
    }
    while (reels.open_count > 0) {
        store_unmap(&reels.objects[--reels.open_count]);
    }
    arena_destroy(&scratch);
    return status;
}
