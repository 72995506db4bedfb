#ifndef SPATIAL_HRTF_CACHE_H
#define SPATIAL_HRTF_CACHE_H
/* Head-related responses as a file of the store: made once, read in milliseconds.
 *
 * An object is found by the hash of the file's content, the rate and the versions of all that
 * prepares responses; that text stands in the object and is compared in full. What is missing,
 * damaged or does not fit is made again from the SOFA file, with the same bits.
 */
#include "render/model/spatializer.h"
#include "spatial/hrtf.h"

/* The set lives in the arena. Kept only when the file has a hash and a store. W701: an object was
 * damaged. E418, E420, E421, E423, E426 of the SOFA file. */
Status
hrtf_open(const HeadFile *head, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors);

/* What a set depends on, and with it all that is made of one. */
const char *hrtf_key_text(const MixFile *file, int rate_hz, Arena *arena);

#endif
