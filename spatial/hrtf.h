#ifndef SPATIAL_HRTF_H
#define SPATIAL_HRTF_H
/* The responses of two ears in any direction, between the measured ones.
 *
 *     TRY(sofa_read(path, arena, &grid, errors));
 *     TRY(hrtf_create(&grid, 48000, arena, &hrtf, errors));
 *     float *pair = arena_array(arena, 2 * (size_t)hrtf_tap_count(hrtf), sizeof *pair);
 *     hrtf_respond(hrtf, direction_of(30.0, 0.0), pair);
 *
 * Measured responses are brought to the job's rate and taken apart: the magnitude, of which a
 * minimum-phase response is made, and the onset; low frequencies, which need longer around a head
 * than the onset, get what their phases between the ears have more (hrir_prepare.h). In the
 * triangle of the grid around a direction the responses and, apart, their onsets are mixed by
 * barycentric weights; the ear's own delay is then put back. A grid open below (or above) is closed
 * by the mean of its lowest (highest) ring.
 *
 * Colour: sets carry the roll-off of their loudspeaker and the resonance of an ear canal, which the
 * listener has already. The low end is extended to 0 Hz and the diffuse field made flat
 * (hrir_equalize.h); ITD and ILD stay.
 *
 * Delay: the earliest onset of the whole set lies 16 samples after sample 0; what a file has more
 * of silence in front is removed from all its responses alike. Level: pink noise from the front is
 * as loud (BS.1770) as the same noise at 1/sqrt 2 in each of two loudspeakers.
 */
#include "spatial/sofa.h"

typedef struct HrtfSet HrtfSet;

/* The set lives in the arena; grid is no longer needed. E421 when the directions do not surround
 * the listener, E420 when all is silent or the rate cannot be converted. */
Status
hrtf_create(const HrirGrid *grid, int rate_hz, Arena *arena, HrtfSet **hrtf, ErrorList *errors);

/* 13.3 ms (640 samples at 48 kHz) rounded up to a multiple of 16, at most 1024 at any rate. */
int hrtf_tap_count(const HrtfSet *hrtf);
/* The one gain on the set for that level, beside that of a diffuse field in which the squares of
 * both ears together are 1. */
double hrtf_level_offset_db(const HrtfSet *hrtf);
/* out: [EAR_COUNT][hrtf_tap_count()]; at: unit length. */
void hrtf_respond(const HrtfSet *hrtf, Direction at, float *out);
/* Onsets of both ears, in samples after the earliest one of the set. */
void hrtf_onsets(const HrtfSet *hrtf, Direction at, double onsets_samples[EAR_COUNT]);

#endif
