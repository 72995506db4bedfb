/* The full mix in its stated rendering and the dialogue stem, measured portion by portion.
 *
 * Law: state of meters, fed from sample 0; the size of the portions changes no bit.
 */
#include "render/stages/master_measure.h"

#include <string.h>

#include "render/base/units.h"

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

Status master_measure_open(const Stage *stage,
                           const MixDeliverable *deliverable,
                           MasterMeasure *measure,
                           ErrorList *errors) {
    const Layout *layout = stage->mix->buses[deliverable->measured_bus].layout;
    Arena *scratch = stage->scratch;
    *measure = (MasterMeasure){
        .stage = stage,
        .deliverable = deliverable,
        .layout = layout,
        .is_dialogue = find_dialogue(stage->mix, scratch),
        .full = make_planes(layout->channel_count, scratch),
        .weights = arena_array(scratch, (size_t)layout->channel_count, sizeof(double))};
    measure->dialogue = measure->is_dialogue ? make_planes(layout->channel_count, scratch) : NULL;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        measure->weights[channel] = layout->channels[channel].loudness_weight;
    }
    return bus_reader_open(stage, deliverable, VIEW_MEASURED, &measure->reader, errors);
}

void master_measure_close(MasterMeasure *measure) {
    bus_reader_close(&measure->reader);
    arena_destroy(&measure->arena);
}

static Meter *make_meter(const MasterMeasure *measure) {
    return meter_create(measure->layout->channel_count, measure->weights,
                        measure->deliverable->rate_hz, measure->arena);
}

void master_measure_begin(MasterMeasure *measure) {
    arena_destroy(&measure->arena);
    measure->arena = arena_create();
    measure->meter = make_meter(measure);
    measure->dialogue_meter = measure->is_dialogue ? make_meter(measure) : NULL;
}

static Status add_sum(MasterMeasure *measure,
                      const bool *is_in,
                      double **planes,
                      Span part,
                      const double *gains,
                      ErrorList *errors) {
    TRY(bus_reader_sum(&measure->reader, is_in, part, planes, errors));
    for (int channel = 0; gains && channel < measure->layout->channel_count; channel++) {
        for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
            planes[channel][sample] *= gains[sample];
        }
    }
    return DONE;
}

Status
master_measure_add(MasterMeasure *measure, Span part, const double *gains, ErrorList *errors) {
    const int64_t count = part.end - part.begin;
    TRY(add_sum(measure, NULL, measure->full, part, gains, errors));
    meter_add(measure->meter, (const double *const *)measure->full, count);
    if (measure->is_dialogue) {
        TRY(add_sum(measure, measure->is_dialogue, measure->dialogue, part, gains, errors));
        meter_add(measure->dialogue_meter, (const double *const *)measure->dialogue, count);
    }
    return DONE;
}

void master_measure_finish(MasterMeasure *measure, MasterLevels *levels) {
    *levels = (MasterLevels){0};
    meter_finish(measure->meter, &levels->meter);
    levels->mix = meter_energies(measure->meter, measure->arena);
    if (measure->dialogue_meter) {
        levels->stem = meter_energies(measure->dialogue_meter, measure->arena);
    }
}

static SlotEnergies amplify(const SlotEnergies *energies, double gain, Arena *arena) {
    double *values = arena_array(arena, (size_t)energies->count + 1, sizeof *values);
    for (int64_t slot = 0; slot < energies->count; slot++) {
        values[slot] = energies->values[slot] * gain * gain;
    }
    return (SlotEnergies){.values = values, .count = energies->count, .rate_hz = energies->rate_hz};
}

DialogueFacts master_measure_dialogue(const MasterMeasure *measure,
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
