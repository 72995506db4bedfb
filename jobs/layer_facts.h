#ifndef JOBS_LAYER_FACTS_H
#define JOBS_LAYER_FACTS_H
/* What selectors may ask of layers.
 *
 *     const LayerFacts facts = layer_facts_make(job, arena);
 *     if (layer_facts_match(&facts, layer, &drive->select)) { ... }
 */
#include "jobs/job.h"

extern const char layer_fact_keys[]; /* "id stem family ..." */

typedef struct LayerFacts {
    const SelectorFact *const *facts; /* [layer_count] */
    const int *counts;                /* [layer_count] */
    int layer_count;
} LayerFacts;

LayerFacts layer_facts_make(const JobSpec *job, Arena *arena);
/* false for a selector that is not written. */
bool layer_facts_match(const LayerFacts *facts, int layer, const JobSelector *select);
/* W305 when it matches no layer of a job that has some. */
void layer_facts_check(const LayerFacts *facts, const JobSelector *select, ErrorList *errors);

#endif
