#ifndef RENDER_STAGES_SEAL_JSON_H
#define RENDER_STAGES_SEAL_JSON_H
/* The seals of encoded files on their way from ENCODE to INSPECT. */
#include <jansson.h>

#include "render/files/sound_sums.h"

json_t *seal_to_json(const SoundSeal *seal);                /* the caller owns it */
bool seal_from_json(const json_t *object, SoundSeal *seal); /* false: it is none */

#endif
