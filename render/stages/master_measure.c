/* The full mix in its stated rendering and the dialogue stem, measured cell by cell.
 *
 * Law: a cell hears its own samples and those of its pre-roll, and nothing else.
 */
#include "render/stages/master_measure.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/planes.h"

static const bool *find_dialogue(const Mix *mix, Arena *arena) {
    bool *is_dialogue = arena_array(arena, (size_t)mix->stem_count, sizeof *is_dialogue);
    bool has_some = false;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        is_dialogue[stem] = strcmp(mix->stems[stem].role, "dialogue") == 0;
        has_some = has_some || is_dialogue[stem];
    }
    return has_some ? is_dialogue : NULL;
}

static double **make_planes(int channel_count, Arena *arena) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof **planes);
    }
    return planes;
}

/* Where another bus is limited than is measured: harmonics, heard over loudspeakers. */
static Status open_limited(MasterMeasure *measure, ErrorList *errors) {
    const MixDeliverable *deliverable = measure->deliverable;
    const bool is_other = deliverable->bus != deliverable->measured_bus && !deliverable->is_adm;
    const Layout *layout = measure->stage->mix->buses[deliverable->bus].layout;
    if (is_other || deliverable->limited_stems) {
        measure->limited = make_planes(layout->channel_count, measure->stage->scratch);
    }
    return is_other ? bus_reader_open(measure->stage, deliverable, VIEW_BUS,
                                      &measure->limited_reader, errors)
                    : DONE;
}

Status master_measure_open(const Stage *stage,
                           const MixDeliverable *deliverable,
                           MasterMeasure *measure,
                           ErrorList *errors) {
    const Layout *layout = stage->mix->buses[deliverable->measured_bus].layout;
    const int channels = layout->channel_count;
    Arena *scratch = stage->scratch;
    *measure = (MasterMeasure){.stage = stage,
                               .deliverable = deliverable,
                               .layout = layout,
                               .limited_reader = {.span = -1},
                               .is_dialogue = find_dialogue(stage->mix, scratch),
                               .full = make_planes(channels, scratch),
                               .gains = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double))};
    double *weights = arena_array(scratch, (size_t)channels, sizeof *weights);
    for (int channel = 0; channel < channels; channel++) {
        weights[channel] = layout->channels[channel].loudness_weight;
    }
    measure->meter = meter_create(channels, weights, deliverable->rate_hz, scratch);
    if (measure->is_dialogue) {
        measure->dialogue = make_planes(channels, scratch);
        measure->dialogue_meter = meter_create(channels, weights, deliverable->rate_hz, scratch);
    }
    TRY(bus_reader_open(stage, deliverable, VIEW_MEASURED, &measure->reader, errors));
    return open_limited(measure, errors);
}

void master_measure_close(MasterMeasure *measure) {
    bus_reader_close(&measure->reader);
    bus_reader_close(&measure->limited_reader);
    arena_destroy(&measure->arena);
}

/* gains: of the part; NULL: 1. is_counted: not the pre-roll. */
static Status add_sum(MasterMeasure *measure,
                      const bool *is_in,
                      Span part,
                      const double *gains,
                      bool is_counted,
                      ErrorList *errors) {
    const int64_t count = part.end - part.begin;
    double **planes = is_in ? measure->dialogue : measure->full;
    Meter *meter = is_in ? measure->dialogue_meter : measure->meter;
    TRY(bus_reader_sum(&measure->reader, is_in, part, planes, errors));
    for (int channel = 0; gains && channel < measure->layout->channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            planes[channel][sample] *= gains[sample];
        }
    }
    if (is_counted) {
        meter_add(meter, (const double *const *)planes, count);
    } else {
        meter_pre_roll(meter, (const double *const *)planes, count);
    }
    return DONE;
}

/* Greatest samples of the stems' sum in the slots that the part touches. */
static Status add_peaks(MasterMeasure *measure,
                        const bool *is_in,
                        Span part,
                        const MeasuredSlots *slots,
                        float *peaks,
                        ErrorList *errors) {
    BusReader *reader = measure->limited_reader.stage ? &measure->limited_reader : &measure->reader;
    TRY(bus_reader_sum(reader, is_in, part, measure->limited, errors));
    for (SampleTime at = part.begin; at < part.end;) {
        const int64_t slot = slots_in(slots->rate_hz, at);
        const SampleTime slot_end = slot_begin(slots->rate_hz, slot + 1);
        const SampleTime end = slot_end < part.end ? slot_end : part.end;
        float *peak = &peaks[slot - slots->first_slot];
        for (int channel = 0; channel < reader->channel_count; channel++) {
            const double *samples = measure->limited[channel] + (at - part.begin);
            *peak = fmaxf(*peak, (float)planes_greatest(samples, end - at));
        }
        at = end;
    }
    return DONE;
}

static Status
add_limited_peaks(MasterMeasure *measure, Span part, MeasuredSlots *slots, ErrorList *errors) {
    if (measure->limited_reader.stage) {
        TRY(add_peaks(measure, NULL, part, slots, slots->peaks, errors));
    }
    const bool *set = measure->deliverable->limited_stems;
    return slots->set_peaks ? add_peaks(measure, set, part, slots, slots->set_peaks, errors) : DONE;
}

static void find_gains(const MasterMeasure *measure,
                       const MeasureCell *cell,
                       const MeasureGains *gains,
                       Span part) {
    const int64_t length = measure->deliverable->length_samples;
    for (SampleTime time = part.begin; time < part.end; time++) {
        measure->gains[time - part.begin] = gains->gain * gains->envelope[time - cell->heard_from] *
                                            master_end_fade(time, length, gains->end_fade_samples);
    }
}

static Status add_part(MasterMeasure *measure,
                       const MeasureCell *cell,
                       Span part,
                       const MeasureGains *gains,
                       ErrorList *errors) {
    const bool is_counted = part.begin >= cell->samples.begin;
    const double *factors = NULL;
    if (gains) {
        find_gains(measure, cell, gains, part);
        factors = measure->gains;
    }
    TRY(add_sum(measure, NULL, part, factors, is_counted, errors));
    return measure->is_dialogue
               ? add_sum(measure, measure->is_dialogue, part, factors, is_counted, errors)
               : DONE;
}

static void keep_cell(MasterMeasure *measure,
                      const MeasureCell *cell,
                      int64_t index,
                      bool has_peaks,
                      MeasuredSlots *slots) {
    const int64_t slot = cell->first_slot - slots->first_slot;
    const MeterPeaks peaks = meter_peaks(measure->meter, cell->is_last);
    const bool is_own = has_peaks && !measure->limited_reader.stage;
    meter_read_slots(measure->meter, slots->mix + slot, is_own ? slots->peaks + slot : NULL);
    if (is_own && cell->is_last) {
        slots->peaks[slot + cell->slot_count] = peaks.rest_peak;
    }
    if (measure->is_dialogue) {
        meter_read_slots(measure->dialogue_meter, slots->stem + slot, NULL);
    }
    slots->true_peaks[index - slots->first_cell] = peaks.true_peak;
    slots->sample_peaks[index - slots->first_cell] = peaks.sample_peak;
}

Status master_measure_cell(MasterMeasure *measure,
                           int64_t cell,
                           const MeasureGains *gains,
                           MeasuredSlots *slots,
                           ErrorList *errors) {
    const MeasureCell at = measure_cell_at(measure->deliverable, cell);
    meter_begin(measure->meter, at.first_slot);
    if (measure->is_dialogue) {
        meter_begin(measure->dialogue_meter, at.first_slot);
    }
    Span part = {.begin = at.heard_from};
    while (part.begin < at.samples.end) {
        const SampleTime border = part.begin < at.samples.begin ? at.samples.begin : at.samples.end;
        part.end = part.begin + STAGE_CHUNK_SAMPLES;
        part.end = part.end < border ? part.end : border;
        TRY(add_part(measure, &at, part, gains, errors));
        if (!gains && part.begin >= at.samples.begin) {
            TRY(add_limited_peaks(measure, part, slots, errors));
        }
        part.begin = part.end;
    }
    keep_cell(measure, &at, cell, !gains, slots);
    return DONE;
}

static SlotEnergies amplify(const SlotEnergies *energies, double gain, Arena *arena) {
    double *values = arena_array(arena, (size_t)energies->count + 1, sizeof *values);
    for (int64_t slot = 0; slot < energies->count; slot++) {
        values[slot] = energies->values[slot] * gain * gain;
    }
    return (SlotEnergies){.values = values, .count = energies->count, .rate_hz = energies->rate_hz};
}

DialogueFacts master_measure_dialogue(MasterMeasure *measure,
                                      const MasterLevels *levels,
                                      double gain,
                                      Speech *speech) {
    DialogueFacts facts = {.has_stem = measure->is_dialogue != NULL,
                           .mix_lufs = silence_db,
                           .stem_lufs = silence_db,
                           .range_lu = silence_db};
    *speech = (Speech){0};
    if (!facts.has_stem) {
        return facts;
    }
    arena_destroy(&measure->arena);
    measure->arena = arena_create();
    Arena *scratch = arena_create();
    const SlotEnergies stem = amplify(&levels->stem, gain, scratch);
    const SlotEnergies mix = amplify(&levels->mix, gain, scratch);
    *speech = dialogue_find_speech(&stem, measure->arena);
    facts.has_speech = dialogue_measure(speech, &mix, scratch, &facts.mix_lufs);
    dialogue_measure(speech, &stem, scratch, &facts.stem_lufs);
    dialogue_measure_range(speech, &stem, scratch, &facts.range_lu);
    arena_destroy(&scratch);
    facts.speech_percent = speech->block_count
                               ? 100.0 * (double)speech->speech_count / (double)speech->block_count
                               : 0.0;
    return facts;
}
