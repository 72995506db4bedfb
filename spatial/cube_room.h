#ifndef SPATIAL_CUBE_ROOM_H
#define SPATIAL_CUBE_ROOM_H
/* Point and extent among the loudspeakers that stand in the cube; for cube_gains.c. */
#include "spatial/layout_table.h"

typedef struct CubeSpeaker {
    int channel;
    double at[3];              /* x right, y front, z up */
    double below[3], above[3]; /* next columns of its row, rows of its plane, planes; +-infinity */
} CubeSpeaker;

typedef struct CubeRoom {
    int count;
    CubeSpeaker speakers[LAYOUT_MAX_CHANNELS];
} CubeRoom;

/* gains: [count], the product of the gains along the axes. BS.2127-1, 7.3.10. */
void cube_room_point(const CubeRoom *room, const double position[3], double *gains);
/* gains: [count], sum of squares 1. size: along x, y, z. BS.2127-1, 7.3.11. */
void cube_room_extent(const CubeRoom *room,
                      const double position[3],
                      const double size[3],
                      double *gains);

#endif
