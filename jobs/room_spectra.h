#ifndef JOBS_ROOM_SPECTRA_H
#define JOBS_ROOM_SPECTRA_H
/* Whether the spectra of rooms fit into the memory they are given, before anything is rendered. */
#include <stdint.h>

#include "render/model/mix.h"
#include "render/model/task.h"

/* W515 for a room whose spectra are made in parts, which takes longer and changes no sample, and
 * for one of so many inputs that a chunk of its rows, or what is sent to it, takes more. E515 when
 * not even two channels of a room fit. Lengths are bounds: the tail below `truncate` is not known
 * yet.
 */
Status room_spectra_check(const Mix *mix, const Plan *plan, int64_t limit_bytes, ErrorList *errors);

#endif
