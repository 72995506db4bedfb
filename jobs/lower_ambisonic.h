#ifndef JOBS_LOWER_AMBISONIC_H
#define JOBS_LOWER_AMBISONIC_H
/* How an ambisonic layer is read, turned and decoded. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* Of a layer whose layout is known. E208: on a layer that is not ambisonic, or in two bands where
 * something else than loudspeakers is delivered. */
Status
lower_ambisonic(const JobSpec *job, const JobLayer *written, MixLayer *layer, ErrorList *errors);

#endif
