#ifndef JOBS_LAYER_KEYS_H
#define JOBS_LAYER_KEYS_H
/* What a prepared layer depends on, as a whole and up to a time.
 *
 *     LayerKeys keys = layer_keys_make(mix, layer, arena);
 *     Key key = layer_keys_until(&keys, span.end); // of its samples before span.end
 *
 * PREPARE goes forward in time: what a layer does later is not in its samples before. A passage in
 * front of a change (another fade at the end, a splice of the picture) keeps its key, and what was
 * made of it stays in the store.
 */
#include "render/base/growing_text.h"
#include "render/base/hash.h"
#include "render/model/mix.h"

typedef struct LayerKeys {
    const SampleTime *times; /* [count] ascending: something is added here */
    const Key *keys;         /* [count + 1]: before times[0], before times[1] ... */
    int count;
} LayerKeys;

LayerKeys layer_keys_make(const Mix *mix, int layer, Arena *arena);
/* Of all that is added before a time. */
Key layer_keys_until(const LayerKeys *keys, SampleTime until);

/* All of it. */
const char *layer_text_prepare(const Mix *mix, int layer, Arena *arena);

/* What of a lane or a path of a layer counts before a time. */
void layer_text_add_lane(Text *text, const MixLayer *layer, SampleTime until, const Lane *lane);
void layer_text_add_path(Text *text, const MixLayer *layer, SampleTime until);

#endif
