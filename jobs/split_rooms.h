#ifndef JOBS_SPLIT_ROOMS_H
#define JOBS_SPLIT_ROOMS_H
/* The distance law of rooms: direct sound follows it, early sound half of it in dB, late sound none
 * of it, so that a source that goes away sinks into the room.
 *
 * Sends that follow a distance r go with (r / r0)^-a, a = 0 .. 0.5: under an inverse law late sound
 * has a = 0, early sound 0.5. The reflections of a shoebox have levels beside direct sound of level
 * 1, direct way / own way: with the whole law they are as loud as their own ways say.
 *
 * A room with a law becomes two, and what is sent to it goes to both.
 */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Last of all that makes rooms and sends. E206: a linear law ends before it begins; E208: a layer
 * without a law of its own is sent to rooms of different laws. */
void split_rooms(const JobSpec *job, Mix *mix, Arena *arena, ErrorList *errors);

#endif
