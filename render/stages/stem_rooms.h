#ifndef RENDER_STAGES_STEM_ROOMS_H
#define RENDER_STAGES_STEM_ROOMS_H
/* The rooms of a stem: its sends summed per room, convolved once for all layouts. */
#include "render/stages/panned_room.h"

/* The send of a layer to a room, 0: none. */
double stem_rooms_send_gain(const MixLayer *layer, int room);
bool stem_rooms_send_moves(const MixLayer *layer, int room); /* its gain has lanes */
/* gains [count]: `gain` with the lanes of the send, from time `begin` on. */
void stem_rooms_gains(
    const MixLayer *layer, int room, double gain, SampleTime begin, int64_t count, double *gains);
/* How much of a source goes into a room (DECISIONS 2). */
double stem_rooms_gain(const Source *source, int room);
bool stem_rooms_is_sent_to(const SourceList *list, int room);
/* Something is sent to a room that is heard in the span of the task. */
bool stem_rooms_sound(const Stage *stage, const SourceList *list);
/* What a source sends into a room: samples begin .. begin + count - 1 of the timeline. */
void stem_rooms_read(
    const Source *source, int room, SampleTime begin, int64_t count, float *samples);

/* The rooms over the spans of one task, which follow one another. */
typedef struct StemRooms StemRooms;

/* Whether one room of one input is all of them that is heard in the task: no sum is needed. */
bool stem_rooms_is_single(const Stage *stage, const SourceList *list);
Status stem_rooms_open(const Stage *stage,
                       const SourceList *list,
                       const RoomUse *use,
                       StemRooms **opened,
                       ErrorList *errors);
/* Adds every room's return over the span of the stage's task to planes: [bus_count][channels][span
 * length]; NULL where a bus is not wanted. */
Status stem_rooms_add(const StemRooms *opened,
                      const Stage *stage,
                      double **const *planes,
                      ErrorList *errors);
/* Of a single one: its return, rounded to float, takes the place of what stands in planes. */
Status stem_rooms_write(const StemRooms *opened,
                        const Stage *stage,
                        float **const *planes,
                        ErrorList *errors);
void stem_rooms_close(StemRooms *opened); /* NULL is fine */

#endif
