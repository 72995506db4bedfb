/* MEASURE: a stretch of the sum of a deliverable's stems, before any gain: its loudness and peaks.
 *
 * Law: cells of an absolute grid (measured_slots.h), each behind a pre-roll of its own.
 */
#include "render/stages/measure.h"

#include <string.h>

#include "render/stages/master_measure.h"

typedef struct Column { /* an array of MeasuredSlots */
    void *values;
    size_t size_bytes;
} Column;

enum { COLUMNS = 6 };

static void list_columns(const MeasuredSlots *slots, Column columns[COLUMNS]) {
    const size_t slot_count = (size_t)slots->slot_count;
    const size_t cell_count = (size_t)slots->cell_count;
    const size_t peaks = (slot_count + 1) * sizeof *slots->peaks;
    columns[0] = (Column){slots->mix, slot_count * sizeof *slots->mix};
    columns[1] = (Column){slots->stem, slots->stem ? slot_count * sizeof *slots->stem : 0};
    columns[2] = (Column){slots->true_peaks, cell_count * sizeof *slots->true_peaks};
    columns[3] = (Column){slots->sample_peaks, cell_count * sizeof *slots->sample_peaks};
    columns[4] = (Column){slots->peaks, peaks};
    columns[5] = (Column){slots->set_peaks, slots->set_peaks ? peaks : 0};
}

static size_t size_of_columns(const Column columns[COLUMNS]) {
    size_t size_bytes = 0;
    for (int column = 0; column < COLUMNS; column++) {
        size_bytes += columns[column].size_bytes;
    }
    return size_bytes;
}

static Status put(const Stage *stage, const MeasuredSlots *slots, ErrorList *errors) {
    const Task *task = stage->task;
    Column columns[COLUMNS];
    list_columns(slots, columns);
    const size_t size_bytes = size_of_columns(columns);
    char *bytes = arena_array(stage->scratch, size_bytes, 1);
    size_t at = 0;
    for (int column = 0; column < COLUMNS; column++) {
        if (columns[column].size_bytes) {
            memcpy(bytes + at, columns[column].values, columns[column].size_bytes);
            at += columns[column].size_bytes;
        }
    }
    return store_put(stage->workplace->store, task->outputs[0], task->output_texts[0], bytes,
                     size_bytes, errors);
}

Status measure_run(const Stage *stage, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const Span cells = measure_group_cells(deliverable, stage->task->detail);
    MasterMeasure measure = {0};
    Status status = master_measure_open(stage, deliverable, &measure, errors);
    MeasuredSlots slots =
        measured_slots_create(deliverable, cells, measure.is_dialogue != NULL, stage->scratch);
    for (int64_t cell = cells.begin; cell < cells.end && status == DONE; cell++) {
        status = master_measure_cell(&measure, cell, NULL, &slots, errors);
    }
    master_measure_close(&measure);
    return status ? status : put(stage, &slots, errors);
}

/* Views of the places of some cells among those of all. */
static MeasuredSlots
slots_of_cells(const MixDeliverable *deliverable, const MeasuredSlots *all, Span cells) {
    const MeasureCell first = measure_cell_at(deliverable, cells.begin);
    const MeasureCell last = measure_cell_at(deliverable, cells.end - 1);
    MeasuredSlots slots = *all;
    slots.first_slot = first.first_slot;
    slots.slot_count = last.first_slot + last.slot_count - first.first_slot;
    slots.first_cell = cells.begin;
    slots.cell_count = cells.end - cells.begin;
    slots.mix += first.first_slot;
    slots.stem = all->stem ? all->stem + first.first_slot : NULL;
    slots.peaks += first.first_slot;
    slots.set_peaks = all->set_peaks ? all->set_peaks + first.first_slot : NULL;
    slots.true_peaks += cells.begin;
    slots.sample_peaks += cells.begin;
    return slots;
}

/* The peak behind the last slot of a group is that of the next one's first, which comes later. */
static Status
read_group(const Stage *stage, const Task *task, const MeasuredSlots *slots, ErrorList *errors) {
    Column columns[COLUMNS];
    list_columns(slots, columns);
    StoreObject object;
    TRY(store_map(stage->workplace->store, task->outputs[0], &object, errors));
    if (object.size_bytes != size_of_columns(columns)) {
        store_unmap(&object);
        return fail(errors, E606, NO_PLACE, "the result of `%s` is damaged", task->name);
    }
    const char *bytes = object.bytes;
    for (int column = 0; column < COLUMNS; column++) {
        if (columns[column].size_bytes) {
            memcpy(columns[column].values, bytes, columns[column].size_bytes);
            bytes += columns[column].size_bytes;
        }
    }
    store_unmap(&object);
    return DONE;
}

Status measure_read(const Stage *stage, int deliverable, MeasuredSlots *slots, ErrorList *errors) {
    const MixDeliverable *subject = &stage->mix->deliverables[deliverable];
    const int first = stage->plan->measure_tasks[deliverable];
    for (int group = 0; group < measure_group_count(subject); group++) {
        const MeasuredSlots part =
            slots_of_cells(subject, slots, measure_group_cells(subject, group));
        TRY(read_group(stage, &stage->plan->tasks[first + group], &part, errors));
    }
    return DONE;
}
