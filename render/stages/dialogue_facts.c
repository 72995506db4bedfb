/* What is told of the dialogue in a mix, anchored in its stem. */
#include "render/stages/dialogue_facts.h"

#include "render/base/units.h"
#include "render/dsp/dialogue.h"

static json_t *real_or_null(double value) {
    return value > silence_db ? json_real(value) : json_null();
}

static json_t *describe(const MasterFacts *master, double mix_lufs, double integrated_lufs) {
    const DialogueFacts *facts = &master->dialogue;
    const bool has_both = mix_lufs > silence_db && integrated_lufs > silence_db;
    json_t *told = json_object();
    json_object_set_new(told, "anchor", json_string("stem"));
    json_object_set_new(told, "loudness_lufs", real_or_null(mix_lufs));
    json_object_set_new(told, "stem_lufs", real_or_null(facts->stem_lufs));
    json_object_set_new(told, "range_lu", real_or_null(facts->range_lu));
    json_object_set_new(told, "ldr_lu",
                        real_or_null(has_both ? integrated_lufs - mix_lufs : silence_db));
    json_object_set_new(told, "speech_percent", json_real(facts->speech_percent));
    json_object_set_new(told, "is_fallback", json_boolean(master->is_fallback));
    json_object_set_new(told, "dialnorm",
                        mix_lufs > silence_db ? json_integer(dialogue_dialnorm(mix_lufs))
                                              : json_null());
    return told;
}

json_t *dialogue_facts_describe(const MasterGain *master,
                                const MeterResult *full,
                                const SlotEnergies *energies,
                                Arena *arena) {
    const Speech speech = {.is_speech = master->is_speech,
                           .block_count = master->facts.speech_block_count};
    double mix_lufs = silence_db;
    dialogue_measure(&speech, energies, arena, &mix_lufs);
    return describe(&master->facts, mix_lufs,
                    full->has_loudness ? full->integrated_lufs : silence_db);
}

json_t *dialogue_facts_of_master(const MasterGain *master) {
    const MasterFacts *facts = &master->facts;
    return describe(facts, facts->dialogue.mix_lufs, facts->loudness.integrated_lufs);
}
