#ifndef CLUSTER_SPACE_NEED_H
#define CLUSTER_SPACE_NEED_H
/* How much room a run will take: what is certain, to refuse what cannot fit, and what it may come
 * to, for `plan`. What is made already is not counted. */
#include "cluster/run.h"

typedef struct SpaceNeed {
    double bytes, files;
} SpaceNeed;

/* Deliverables in the output folder. Staged files become the published ones by rename: they lie
 * there once. FLAC and Opus are taken at 0.3 of their samples, which noise does not reach. */
SpaceNeed space_need_output(const Run *run);
/* Results in the store, at least: the prepared layers that are no longer as their files have them;
 * what is silent of a stem is not stored. */
SpaceNeed space_need_store_least(const Run *run);
/* At most: every channel of every span of every stem sounds. */
SpaceNeed space_need_store_most(const Run *run);

#endif
