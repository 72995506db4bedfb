#ifndef RENDER_STAGES_PANNED_ROOM_H
#define RENDER_STAGES_PANNED_ROOM_H
/* A room fed by a bus: what the stem sends, panned to the room's own loudspeakers or harmonics. */
#include "render/stages/source.h"

/* Adds the room's return to planes: [bus_count][channels][span length]; a NULL bus is not wanted.
 * The input holds the panned send of the span and its pre-roll: channels * samples * 4 bytes. */
Status panned_room_add(const Stage *stage,
                       const SourceList *list,
                       int room,
                       double **const *planes,
                       ErrorList *errors);

#endif
