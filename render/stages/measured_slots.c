/* The cells in which a deliverable is measured, and what comes of all of them. */
#include "render/stages/measured_slots.h"

#include <math.h>

#include "render/base/units.h"

int64_t measure_cell_count(const MixDeliverable *deliverable) {
    return (deliverable->length_samples + MEASURE_CELL_SAMPLES - 1) / MEASURE_CELL_SAMPLES;
}

MeasureCell measure_cell_at(const MixDeliverable *deliverable, int64_t cell) {
    const int rate_hz = deliverable->rate_hz;
    const SampleTime length = deliverable->length_samples;
    const SampleTime grid_end = (cell + 1) * MEASURE_CELL_SAMPLES;
    const bool is_last = grid_end >= length;
    const int64_t first = slots_in(rate_hz, cell * MEASURE_CELL_SAMPLES);
    const int64_t end = slots_in(rate_hz, is_last ? length : grid_end);
    const SampleTime begin = slot_begin(rate_hz, first);
    const SampleTime heard_from = begin - rate_hz / MEASURE_PRE_ROLLS_PER_SECOND;
    return (MeasureCell){
        .first_slot = first,
        .slot_count = end - first,
        .samples = {begin, is_last ? length : slot_begin(rate_hz, end)},
        .heard_from = heard_from > 0 ? heard_from : 0,
        .is_last = is_last
    };
}

static int cells_of_group(const MixDeliverable *deliverable) {
    return deliverable->retime.input != deliverable->retime.output ? MEASURE_GROUP_CELLS_RETIMED
                                                                   : MEASURE_GROUP_CELLS;
}

int measure_group_count(const MixDeliverable *deliverable) {
    const int cells = cells_of_group(deliverable);
    return (int)((measure_cell_count(deliverable) + cells - 1) / cells);
}

Span measure_group_cells(const MixDeliverable *deliverable, int group) {
    const int cells = cells_of_group(deliverable);
    const int64_t count = measure_cell_count(deliverable);
    const int64_t begin = (int64_t)group * cells;
    return (Span){begin, begin + cells < count ? begin + cells : count};
}

Span measure_group_heard(const MixDeliverable *deliverable, int group) {
    const Span cells = measure_group_cells(deliverable, group);
    return (Span){measure_cell_at(deliverable, cells.begin).heard_from,
                  measure_cell_at(deliverable, cells.end - 1).samples.end};
}

MeasuredSlots measured_slots_create(const MixDeliverable *deliverable,
                                    Span cells,
                                    bool has_dialogue,
                                    Arena *arena) {
    const MeasureCell first = measure_cell_at(deliverable, cells.begin);
    const MeasureCell last = measure_cell_at(deliverable, cells.end - 1);
    MeasuredSlots slots = {.first_slot = first.first_slot,
                           .slot_count = last.first_slot + last.slot_count - first.first_slot,
                           .first_cell = cells.begin,
                           .cell_count = cells.end - cells.begin,
                           .rate_hz = deliverable->rate_hz};
    const size_t count = (size_t)slots.slot_count + 1;
    const size_t cell_count = (size_t)slots.cell_count;
    slots.mix = arena_array(arena, count, sizeof *slots.mix);
    slots.stem = has_dialogue ? arena_array(arena, count, sizeof *slots.stem) : NULL;
    slots.peaks = arena_array(arena, count, sizeof *slots.peaks);
    const bool has_set = deliverable->limited_stems && !deliverable->is_adm;
    slots.set_peaks = has_set ? arena_array(arena, count, sizeof *slots.set_peaks) : NULL;
    slots.true_peaks = arena_array(arena, cell_count, sizeof *slots.true_peaks);
    slots.sample_peaks = arena_array(arena, cell_count, sizeof *slots.sample_peaks);
    return slots;
}

void measured_slots_judge(const MeasuredSlots *slots, MasterLevels *levels) {
    *levels = (MasterLevels){
        .mix = {.values = slots->mix, .count = slots->slot_count, .rate_hz = slots->rate_hz}
    };
    if (slots->stem) {
        levels->stem = levels->mix;
        levels->stem.values = slots->stem;
    }
    double true_peak = 0.0;
    double sample_peak = 0.0;
    for (int64_t cell = 0; cell < slots->cell_count; cell++) {
        true_peak = fmax(true_peak, slots->true_peaks[cell]);
        sample_peak = fmax(sample_peak, slots->sample_peaks[cell]);
    }
    levels->meter.is_silent = sample_peak == 0;
    levels->meter.true_peak_dbtp = db_from_gain(true_peak);
    levels->meter.sample_peak_dbfs = db_from_gain(sample_peak);
    meter_judge_energies(&levels->mix, &levels->meter);
}
