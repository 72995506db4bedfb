#ifndef RENDER_STAGES_DIALOGUE_FACTS_H
#define RENDER_STAGES_DIALOGUE_FACTS_H
/* The dialogue of a written full mix, as a JSON object of INSPECT's facts:
 *
 *     {"anchor": "stem", "loudness_lufs", "stem_lufs", "range_lu", "ldr_lu", "speech_percent",
 *      "dialnorm"}
 *
 * loudness_lufs is that of the written mix where the stem speaks, stem_lufs that of the stem
 * itself; ldr_lu: how far the programme lies above its dialogue (EBU R128 s4). null: unknown.
 */
#include <jansson.h>

#include "render/dsp/meter.h"
#include "render/stages/master_gain.h"

/* full: what was measured of the file; energies: of its meter. The caller owns the result. */
json_t *dialogue_facts_describe(const MasterGain *master,
                                const MeterResult *full,
                                const SlotEnergies *energies,
                                Arena *arena);
/* The same from what MASTER measured, where no file can be. */
json_t *dialogue_facts_of_master(const MasterGain *master);

#endif
