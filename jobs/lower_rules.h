#ifndef JOBS_LOWER_RULES_H
#define JOBS_LOWER_RULES_H
/* Rules and rooms of scenes, once all layers are placed: more lanes on layers, filters and sends.
 */
#include "jobs/layer_facts.h"
#include "render/model/mix.h"

/* E208: the width of a layer that is no stereo one. */
Status
lower_rules(const JobSpec *job, const LayerFacts *facts, Mix *mix, Arena *arena, ErrorList *errors);

/* layer: of the job. */
bool rule_means_layer(const JobRule *rule, const LayerFacts *facts, int layer);

/* DECISIONS 4: a room that any scene names is open in those scenes only. */
void lower_scene_rooms(const JobSpec *job, Mix *mix, Arena *arena);

#endif
