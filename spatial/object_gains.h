#ifndef SPATIAL_OBJECT_GAINS_H
#define SPATIAL_OBJECT_GAINS_H
/* An object of ADM as loudspeaker gains: the whole chain of BS.2127-1, 7.3.
 *
 *     ObjectPanner *panner;
 *     TRY(object_panner_create(layout_find("7.1.4"), arena, &panner, errors));
 *     const ObjectState state = {.position = {30.0, 0.0, 1.0, 0.0}, .width = 45.0};
 *     object_panner_gains(panner, &state, direct, diffuse);
 *
 * Lock, divergence, extent, zones, and the split into a direct and a diffuse part. Polar objects
 * are panned by direction, Cartesian ones in the cube (cube_gains.h).
 *
 * Law: the gains are a pure function of layout and state.
 */
#include "render/base/error.h"
#include "render/model/direction.h"
#include "render/model/object_state.h"

typedef struct ObjectPanner ObjectPanner;

/* E213: a layout that cannot be panned. */
Status
object_panner_create(const Layout *layout, Arena *arena, ObjectPanner **panner, ErrorList *errors);

/* direct, diffuse: [channel_count], LFE 0; sum of squares of both together 1 (polar on 0+2+0:
 * 0.5 .. 1). position.spread_deg is not looked at: that is what width and height are. */
void object_panner_gains(const ObjectPanner *panner,
                         const ObjectState *state,
                         double *direct,
                         double *diffuse);

/* The direct gains of a place that is a direction (front x, left y; unit length) at distance 1,
 * with an even extent. */
void object_panner_gains_towards(const ObjectPanner *panner,
                                 Direction at,
                                 double spread_deg,
                                 double *direct);

#endif
