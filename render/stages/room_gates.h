#ifndef RENDER_STAGES_ROOM_GATES_H
#define RENDER_STAGES_ROOM_GATES_H
/* The return of a room that is a part of another one in time: rendered on its own, then through
 * its gates.
 *
 * Law: gates are lanes, functions of absolute time.
 */
#include "render/stages/source.h"

/* One bus or several of a gated room. */
typedef struct RoomGates {
    const MixRoom *room;
    Span span;
} RoomGates;

/* Silent planes [channel_count][span length] for what comes back. */
double **room_gates_make_planes(const RoomGates *gates, int channel_count, Arena *arena);
/* Adds what came back. from, to: [channel_count][span length]. */
void room_gates_add(const RoomGates *gates,
                    int channel_count,
                    double *const *from,
                    double *const *to);

#endif
