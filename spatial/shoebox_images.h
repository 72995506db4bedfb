#ifndef SPATIAL_SHOEBOX_IMAGES_H
#define SPATIAL_SHOEBOX_IMAGES_H
/* Synthetic rooms: the early reflections, by the image-source model (Allen and Berkley 1979).
 *
 *     ReflectionList list;
 *     shoebox_reflections(&room->shoebox, room->early_s, position, &list);
 *
 * The walls mirror a source into 4 n^2 + 2 images of order n; an image at r sounds (r - r0) / c
 * behind the direct sound of a source at r0, at r0 / r of its level, times a factor a wall. All
 * walls absorb alike, and as much as the decay time asks for: Eyring 1930. Cost: an image is 32
 * samples of a short filter, made once for a source that stays, every 1024 samples for one that
 * moves; orders up to 1 2 3 4 5 6 have 6 24 62 128 230 376 images.
 *
 * Law: pure functions.
 */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/model/audio.h"
#include "render/model/mix.h"

/* Air of 20 degrees. ISO 9613-1:1993, annex A. */
static const double shoebox_sound_m_per_s = 343.2;

/* Images of a source that are heard less than early_s behind it, in a fixed order. The source is
 * kept 0.2 m inside the walls. */
void shoebox_reflections(const MixShoebox *shoebox,
                         double early_s,
                         Position source,
                         ReflectionList *list);

/* When the first image of more than `order` walls would be heard of a source in the middle, from
 * there: up to then the images say what the room does. In a cube it lies across a corner. */
double shoebox_images_s(const double size_m[3], int order);

/* Natural logarithm of the amplitude that one wall leaves at a frequency. -ln(1 - absorption) is
 * 24 ln 10 V / (c S T60), half of it for amplitudes (Eyring 1930). */
double shoebox_wall_log(const MixShoebox *shoebox, double frequency_hz);

/* What n walls do, as minimum-phase filters: out [shoebox->order][samples], row n - 1. */
Status shoebox_walls(
    const MixShoebox *shoebox, int rate_hz, Arena *arena, AudioBlock *out, ErrorList *errors);

/* Power of the images of a source in front at 1 m, on the mean of all frequencies up to half the
 * rate, where its direct sound has 1. */
double shoebox_early_power(const MixShoebox *shoebox, double early_s, int rate_hz);

#endif
