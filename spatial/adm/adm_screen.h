#ifndef SPATIAL_ADM_ADM_SCREEN_H
#define SPATIAL_ADM_ADM_SCREEN_H
/* Objects that keep to the screen: screenRef and screenEdgeLock of BS.2127-1, 7.3.3 and 7.3.4.
 *
 * The screen that is looked at is the one that ADM assumes: 58 degrees wide, 1.78 : 1, in front.
 */
#include "render/model/layout.h"
#include "spatial/adm/adm_block.h"

typedef struct ScreenEdges {
    double left_deg, right_deg, top_deg, bottom_deg;
} ScreenEdges;

/* screen: aspect_ratio 0 means the one that ADM assumes. */
ScreenEdges adm_screen_edges(const AdmScreen *screen);

/* place: azimuth, elevation, distance of a polar block, x, y, z of a Cartesian one; moved where the
 * block refers to the screen that the programme was made for (made_for) or to an edge. */
void adm_screen_move(const AdmBlockFacts *facts,
                     const ScreenEdges *made_for,
                     const Layout *layout,
                     double place[3]);

#endif
