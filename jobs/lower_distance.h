#ifndef JOBS_LOWER_DISTANCE_H
#define JOBS_LOWER_DISTANCE_H
/* What distance does to a layer: its law, the air, Doppler, and nearness in one word. */
#include "jobs/job.h"
#include "render/model/mix.h"

typedef struct Nearness { /* of a word of proximity: what it does to levels, width and air */
    double direct_db, send_db, width, air_m;
} Nearness;

/* word: close mid far. */
const Nearness *lower_nearness(int word);
/* The level that a word of proximity adds to every send. */
double lower_proximity_send_db(const JobLayer *written);

/* false: a bed, a scene or what two ears hear, which have no distance. */
bool lower_distance_is_panned(const MixLayer *layer);
/* E206: a linear law ends before it begins. */
Status lower_distance_law(const JobDistance *distance, DistanceLaw *law, ErrorList *errors);

/* Of a layer whose path is known; its width may change. E206: faster than sound; E208: not on this
 * layer. */
Status
lower_distance(const JobSpec *job, const JobLayer *written, MixLayer *layer, ErrorList *errors);

/* After a path followed the changes of the picture. E206: one of them goes by faster than sound. */
Status lower_distance_recheck(const JobSpec *job,
                              const JobLayer *written,
                              const MixLayer *layer,
                              ErrorList *errors);

#endif
