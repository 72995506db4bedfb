#ifndef RENDER_STAGES_FINDING_JSON_H
#define RENDER_STAGES_FINDING_JSON_H
/* A finding as JSON: id, check, severity, text, channel, at, at_s, length_s, value, limit, unit,
 * count, codes. */
#include <jansson.h>

#include "render/model/layout.h"
#include "render/qc/qc_check.h"
#include "render/qc/translation.h"

/* layout: of the programme, NULL: not known; rate_hz 0: not known. The caller owns the result. */
json_t *finding_to_json(const QcFinding *finding, const Layout *layout, int rate_hz, Arena *arena);

/* {"cinema": {integrated_lufs, change_lu, worst_lu, worst_at_s}, ...}, null when it is not known.
 */
json_t *translation_to_json(const Translation *translation);

/* The label or number of its channel; NULL: of none. */
const char *finding_channel_name(const QcFinding *finding, const Layout *layout, Arena *arena);
/* Hours, minutes, seconds; NULL: no place. */
const char *finding_place_text(const QcFinding *finding, int rate_hz, Arena *arena);

#endif
