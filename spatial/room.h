#ifndef SPATIAL_ROOM_H
#define SPATIAL_ROOM_H
/* The impulse response of a room in a bus: what Mix.room_impulse calls.
 *
 * A shoebox is third-order ambisonic noise (shoebox.h), a file is what its layout says. In that
 * form it is levelled: normalise (ambisonic: squares of W sum to 1, else squares of all channels;
 * the power of a shoebox's early reflections of a source in front at 1 m counts with W's), the tail
 * below truncate_db re the peak cut off, gain (DECISIONS 3). Then it is brought to the
 * bus: ambisonic channels by its spatializer (decode_ambisonics.h), loudspeaker channels panned to
 * their nominal place (the LFE only into an LFE), channels of the bus's own layout straight.
 *
 * Of a room that is split (MixRoom.split) it is the levelled response up to early_s, or what
 * follows it, cut before it is brought to the bus.
 *
 * Law: the result depends on the Mix alone.
 */
#include "render/model/mix.h"

/* Gives the taker [bus channels] or, with inputs, [inputs][bus channels] (mix.h) as it is made, in
 * portions: memory is that of a portion of all rows and of room_source.h. Predelay is not in it.
 * The response of a binaural bus is 16 samples late, as direct sound through the same HRTF is. */
Status room_impulse(const Mix *mix,
                    const RoomInBus *wanted,
                    const ResponseTaker *taker,
                    ErrorList *errors);

/* What Mix.room_reflections and Mix.room_walls call (mix.h): early reflections of a shoebox. */
void room_reflections(const Mix *mix, int room, Position at, ReflectionList *list);
Status room_walls(const Mix *mix, int room, Arena *arena, AudioBlock *out, ErrorList *errors);

#endif
