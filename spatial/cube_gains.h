#ifndef SPATIAL_CUBE_GAINS_H
#define SPATIAL_CUBE_GAINS_H
/* Cartesian objects of ADM: the allocentric point source and extent panner of BS.2127-1, 7.3.
 *
 *     CubePanner *panner;
 *     TRY(cube_panner_create(layout_find("7.1.4"), arena, &panner, errors));
 *     const double corner[3] = {-1.0, 1.0, 1.0}, point[3] = {0.0};
 *     cube_panner_gains(panner, corner, point, NULL, gains);   // Ltf alone
 *
 * The room is the cube -1 .. 1: x to the right, y to the front, z up. Loudspeakers stand where
 * layout_cube_position has them; one without a place in the standard, where cube_conversion.h
 * puts its direction.
 *
 * Law: the gains are a pure function of layout, position, size and exclusion.
 */
#include "render/base/error.h"
#include "render/model/object_state.h"

typedef struct CubePanner CubePanner;

/* E213: not loudspeakers, none or too many of them. */
Status
cube_panner_create(const Layout *layout, Arena *arena, CubePanner **panner, ErrorList *errors);

/* The cube coordinates of a channel; an LFE stands in its corner of the floor. */
void cube_speaker_position(const Layout *layout, int channel, double position[3]);

/* gains: [channel_count], LFE 0, sum of squares 1.
 * position: x, y, z, clamped to the cube. size: of the object along x, y, z, 0 .. 1 (BS.2076-2,
 * table 16: width, depth, height; the reference renderer of BS.2127 takes width, height, depth in
 * this order instead, so a comparison with it has to swap the two); all 0 is a point. excluded:
 * [channel_count], loudspeakers that are not there, or NULL; all of them excluded counts as none.
 * An extent costs about 0.2 ms. */
void cube_panner_gains(const CubePanner *panner,
                       const double position[3],
                       const double size[3],
                       const bool *excluded,
                       double *gains);

/* Which loudspeakers the zones take away. excluded: [channel_count]. Polar and Cartesian zones
 * alike look at the nominal direction on the unit sphere, not at the cube. A wall loudspeaker
 * (|x| = 1) between front and rear takes its row with it; when nothing would be left, nothing is
 * excluded. BS.2127-1, 7.3.12. */
void cube_zone_excluded(const Layout *layout,
                        const ExclusionZone *zones,
                        int zone_count,
                        bool *excluded);

#endif
