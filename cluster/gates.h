#ifndef CLUSTER_GATES_H
#define CLUSTER_GATES_H
/* The gates of a deliverable: loudness, true peak, silence, null, and the checks of its policy. */
#include <jansson.h>

#include "cluster/publish.h"

/* Adds `timecode` to the findings of INSPECT that have a place. */
void gates_add_timecodes(const Mix *mix, const json_t *facts);

/* Judges the facts of INSPECT. What fails is added to errors: E801 (loudness or true peak outside
 * the target, unrounded and inclusive), E803 (the full mix is silent), E805 (stems do not sum),
 * E810 (a check of the policy, the first ten of each severity); as warnings when allow_qc_fail. Too
 * short to measure (below 400 ms, BS.1770-4 annex 1) is W804. Fills verdict, is_held and the
 * measurements of result. */
void gates_judge(const Mix *mix,
                 int deliverable,
                 const json_t *facts,
                 bool allow_qc_fail,
                 PublishResult *result,
                 ErrorList *errors);

#endif
