#ifndef SPATIAL_POINT_SOURCE_H
#define SPATIAL_POINT_SOURCE_H
/* The point source panner of BS.2127-1, 6.1, for every layout of loudspeakers.
 *
 *     PointSource *panner;
 *     TRY(point_source_create(layout_find("7.1.4"), arena, &panner, errors));
 *     point_source_gains(panner, (double[]){0.0, 1.0, 0.0}, gains);   // the centre alone
 *
 * The sphere is cut along the hull of the nominal places. A direction sounds from the triangle,
 * the quad or the ring of loudspeakers around it; where a layer is missing, loudspeakers above and
 * below the middle layer take its place and are folded into it. Two loudspeakers: the panner of
 * 0+5+0 brought down to them, up to 3 dB lower from behind (6.1.3.3).
 *
 * Beyond the standard, for layouts that it does not know: one loudspeaker has gain 1, and layouts
 * without a rear are panned as if they had M+110 and M-110, which are folded into the outermost
 * loudspeakers of the middle layer.
 *
 * Law: the gains are a pure function of layout and direction.
 */
#include "render/base/error.h"
#include "render/model/layout.h"

/* Channels of the largest layout that can be panned. */
enum { POINT_SOURCE_CHANNELS = 64 };

typedef struct PointSource PointSource;

/* E213: not loudspeakers, none or too many of them, or all in one plane. */
Status point_source_create(const Layout *layout,
                           Arena *arena,
                           PointSource **point_source,
                           ErrorList *errors);

const Layout *point_source_layout(const PointSource *point_source);

/* direction: right, front, up, of any length > 0 (0 counts as the front). gains: [channel_count],
 * sum of squares 1 (0+2+0: 0.5 .. 1), LFE 0. Below 1 microsecond. */
void point_source_gains(const PointSource *point_source, const double direction[3], double *gains);

#endif
