#ifndef RENDER_STAGES_STEM_ROOMS_H
#define RENDER_STAGES_STEM_ROOMS_H
/* The rooms of a stem: its sends summed per room, convolved once for all layouts. */
#include "render/stages/source.h"

/* Adds every room's return to planes: [bus_count][channels][span length]; a NULL bus is not wanted.
 */
Status stem_rooms_add(const Stage *stage,
                      const SourceList *list,
                      double **const *planes,
                      ErrorList *errors);

#endif
