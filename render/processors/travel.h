#ifndef RENDER_PROCESSORS_TRAVEL_H
#define RENDER_PROCESSORS_TRAVEL_H
/* What the way from a source to the listener does to its sound: Doppler shift and the air.
 *
 *     Travel *travel = travel_create(&way, 2, arena);
 *     travel_push(travel, portion, count);               // in order, from the layer's first sample
 *     while ((made = travel_pull(travel, out, 4096)) > 0) ...
 *     travel_end(travel);                                // then pull again
 *
 * Doppler: what sounds at a time left the source when it was as far away as sound takes; the
 * nearest point of the path sounds in time, everything farther that much later. A source that comes
 * at v is heard at f / (1 - v / c). Air: ISO 9613-1 at 20 degrees, 50 % and sea level, as a filter
 * without phase that is exact on a grid of 512 samples of absolute time and goes in straight lines
 * between.
 *
 * State: for stages that walk from the first sample; the size of the portions does not matter.
 */
#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/model/mix.h"

typedef struct Travel Travel;

Travel *travel_create(const MixLayer *layer, int rate_hz, int channel_count, Arena *arena);
void travel_push(Travel *travel, float *const *samples, int64_t count);
/* No more will be pushed: zeros follow. */
void travel_end(Travel *travel);
/* The next samples, as many as are known by now and at most limit. out: [channel_count][limit]. */
int64_t travel_pull(Travel *travel, float *const *out, int64_t limit);

/* When what is heard at a time left the source: in samples of absolute time. */
double travel_emission(const MixLayer *layer, int rate_hz, SampleTime time);

#endif
