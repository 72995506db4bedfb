#ifndef SPATIAL_SOFA_ROOM_H
#define SPATIAL_SOFA_ROOM_H
/* Impulse responses of rooms in SOFA files (AES69): SingleRoomDRIR, SingleRoomSRIR and
 * MultiSpeakerBRIR with one loudspeaker. Of several measurements the first is taken. */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/base/error.h"

typedef struct SofaRoom {
    const float *frames; /* [frame_count][channel_count], delays of the file applied */
    int channel_count;   /* its receivers */
    int rate_hz;
    int frame_count;
    int measurement_count;
} SofaRoom;

/* By the end of its name. */
bool sofa_room_is_path(const char *path);

/* shown: the path in messages. E420 another convention, more than one loudspeaker, or sizes that
 * do not fit; E423 NaN or infinity; E426 not readable as SOFA. */
Status sofa_room_read(const char *path,
                      const char *shown,
                      Place place,
                      Arena *arena,
                      SofaRoom *room,
                      ErrorList *errors);

#endif
