#ifndef RENDER_STAGES_EARLY_REFLECTIONS_H
#define RENDER_STAGES_EARLY_REFLECTIONS_H
/* The early reflections of a stem's layers in the shoeboxes they send to, in one bus. */
#include "render/stages/bus_work.h"

/* There are any: making their responses costs as much as seconds of sound through them. */
bool early_reflections_sound(const Mix *mix, const SourceList *list);
/* Adds them to work->out. */
Status early_reflections_add(const BusWork *work, ErrorList *errors);

#endif
