/* What comes back from a part of a room, through the gates where its tail is cut. */
#include "render/stages/room_gates.h"

double **room_gates_make_planes(const RoomGates *gates, int channel_count, Arena *arena) {
    const size_t length = (size_t)(gates->span.end - gates->span.begin);
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, length, sizeof **planes);
    }
    return planes;
}

void room_gates_add(const RoomGates *gates,
                    int channel_count,
                    double *const *from,
                    double *const *to) {
    enum { PORTION = 512 };
    const int64_t length = gates->span.end - gates->span.begin;
    for (int64_t at = 0; at < length; at += PORTION) {
        double gains[PORTION];
        const int64_t count = length - at < PORTION ? length - at : PORTION;
        for (int64_t sample = 0; sample < count; sample++) {
            gains[sample] = 1.0;
        }
        for (int gate = 0; gate < gates->room->return_count; gate++) {
            lane_multiply_gains(&gates->room->returns[gate], gates->span.begin + at, count, gains);
        }
        for (int channel = 0; channel < channel_count; channel++) {
            for (int64_t sample = 0; sample < count; sample++) {
                to[channel][at + sample] += gains[sample] * from[channel][at + sample];
            }
        }
    }
}
