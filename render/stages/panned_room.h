#ifndef RENDER_STAGES_PANNED_ROOM_H
#define RENDER_STAGES_PANNED_ROOM_H
/* A room fed by a bus: what the stem sends, panned to the room's own loudspeakers or harmonics. */
#include "render/stages/source.h"

/* A room over the spans of one task, which follow one another. */
typedef struct PannedRoom PannedRoom;

typedef struct RoomUse {
    const bool *is_wanted;   /* [bus_count] */
    int64_t longest_samples; /* of the spans */
} RoomUse;

/* The send of a span and its pre-roll is held in the channels that something is sent to, samples *
 * 4 bytes each. */
Status panned_room_open(const Stage *stage,
                        const SourceList *list,
                        int room,
                        const RoomUse *use,
                        PannedRoom **opened,
                        ErrorList *errors);
/* Adds the return over the span of the stage's task to planes: [bus_count][channels][span length].
 */
Status
panned_room_add(PannedRoom *opened, const Stage *stage, double **const *planes, ErrorList *errors);
void panned_room_close(PannedRoom *opened); /* NULL is fine */

#endif
