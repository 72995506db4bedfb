#ifndef JOBS_LOWER_ADM_H
#define JOBS_LOWER_ADM_H
/* The objects of an ADM deliverable, and the bed without them. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* The deliverable has its bus: what is measured. An ADM one gets another bus, the bed. mix->buses
 * has room for it. E208: a layer that is neither mono nor stereo; E217: more tracks than the
 * container holds; W306: more than 118 objects. */
Status lower_adm(const JobDeliverable *written,
                 Arena *arena,
                 Mix *mix,
                 MixDeliverable *deliverable,
                 ErrorList *errors);

#endif
