#ifndef CLUSTER_SURVEY_H
#define CLUSTER_SURVEY_H
/* Which tasks a run would have to do now; nothing is run. */
#include "cluster/run.h"

int survey_count_open(Run *run);
/* Which: [task_count] of the run's arena. */
const bool *survey_list_open(Run *run);

#endif
