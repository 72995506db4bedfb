#ifndef SPATIAL_ROOM_SOURCE_H
#define SPATIAL_ROOM_SOURCE_H
/* The response of a room as its layout says, levelled and cut, from its first sample on.
 *
 *     TRY(room_source_open(mix, room, arena, &source, errors));
 *     TRY(room_source_read(source, 4096, rows, errors));   ... as often as its samples need
 *     room_source_close(&source);
 *
 * A file is read twice, to be measured and to be used: what is held is a number for every sample,
 * not for every channel. A shoebox is held whole.
 *
 * Law: the samples depend on the Mix alone.
 */
#include "render/model/mix.h"

typedef struct RoomSource RoomSource;

/* Errors: those of impulse_stream_open and impulse_stream_next. */
Status room_source_open(
    const Mix *mix, const MixRoom *room, Arena *arena, RoomSource **source, ErrorList *errors);
const Layout *room_source_layout(const RoomSource *source);
int room_source_channels(const RoomSource *source);    /* of true stereo 4 */
int64_t room_source_samples(const RoomSource *source); /* up to where it is cut */
/* The next `count` samples, zeros behind the end. rows: [room_source_channels()][count] */
Status room_source_read(RoomSource *source, int64_t count, float *const *rows, ErrorList *errors);
void room_source_close(RoomSource **source); /* NULL is fine */

/* What a shoebox adds to a direct sound of power 1 at 1 m. */
double shoebox_power(const MixRoom *room, int rate_hz);

#endif
