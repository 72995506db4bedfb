#ifndef JOBS_LOWER_EARS_H
#define JOBS_LOWER_EARS_H
/* Layers that are binaural already: what two ears hear, with a head in it. */
#include "jobs/job.h"
#include "render/model/mix.h"

/* `layout: binaural`, or such a pack of an ADM master: to the ears as it is, without a second head.
 * E208: it has a pan, path or width. */
Status lower_ears(const JobLayer *written, MixLayer *layer, ErrorList *errors);

/* E208 where a deliverable other than binaural and 2.0 would play such a layer. */
Status lower_ears_check(const JobDeliverable *written, const Mix *mix, ErrorList *errors);

#endif
