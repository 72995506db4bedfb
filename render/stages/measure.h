#ifndef RENDER_STAGES_MEASURE_H
#define RENDER_STAGES_MEASURE_H
/* What the tasks of MEASURE left in the store, for MASTER.
 *
 * An object holds the arrays of MeasuredSlots of its cells one behind the other, in their order
 * there, and nothing else: how long they are follows from the deliverable.
 */
#include "render/stages/measured_slots.h"
#include "render/stages/stage.h"

/* All cells of a deliverable; slots: as measured_slots_create made them for all. E606 when an
 * object is missing or damaged. */
Status measure_read(const Stage *stage, int deliverable, MeasuredSlots *slots, ErrorList *errors);

#endif
