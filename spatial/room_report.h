#ifndef SPATIAL_ROOM_REPORT_H
#define SPATIAL_ROOM_REPORT_H
/* How a room of a job rings. */
#include "render/model/mix.h"
#include "spatial/decay.h"

/* Measures a response as it was recorded, over all its channels, without normalise, gain and
 * truncate; of a shoebox what an omnidirectional microphone at the listener's place hears of a
 * source in front at 1 m, direct sound included. Errors as room_impulse. */
Status room_report(const Mix *mix, int room, DecayFacts *facts, ErrorList *errors);

#endif
