#ifndef SPATIAL_CUBE_ROOM_H
#define SPATIAL_CUBE_ROOM_H
/* Point and extent among the loudspeakers that stand in the cube; for cube_gains.c. */
#include "spatial/layout_table.h"

/* Virtual sources of an extent along one axis, at most: whole lanes of exact_math.h. */
enum { CUBE_SOURCES = 40 };

typedef struct CubeSpeaker {
    int channel;
    int kinds[3];              /* along each axis */
    double at[3];              /* x right, y front, z up */
    double below[3], above[3]; /* next columns of its row, rows of its plane, planes; +-infinity */
} CubeSpeaker;

/* What the loudspeakers with the same neighbours along an axis get of its virtual sources. */
typedef struct CubeKind {
    int begin, end; /* sources that are heard from them */
    double sixth_powers[CUBE_SOURCES];
    double logs[CUBE_SOURCES]; /* of the gains, behind which all is 0 */
} CubeKind;

typedef struct CubeAxis {
    int source_count;
    double least; /* of the virtual sources, which end at 1 */
    double sources[CUBE_SOURCES];
    double fade_logs[CUBE_SOURCES]; /* of what height takes from a weight */
    bool differs;                   /* loudspeakers lie apart along it */
    int kind_count;
    CubeKind kinds[LAYOUT_MAX_CHANNELS];
} CubeAxis;

typedef struct CubeRoom {
    int count;
    CubeSpeaker speakers[LAYOUT_MAX_CHANNELS];
    CubeAxis axes[3];
} CubeRoom;

/* Fills the axes and the kinds of speakers whose places and neighbours are known. */
void cube_room_prepare(CubeRoom *room);

/* gains: [count], the product of the gains along the axes. BS.2127-1, 7.3.10. */
void cube_room_point(const CubeRoom *room, const double position[3], double *gains);
/* gains: [count], sum of squares 1. size: along x, y, z. BS.2127-1, 7.3.11. */
void cube_room_extent(const CubeRoom *room,
                      const double position[3],
                      const double size[3],
                      double *gains);

#endif
