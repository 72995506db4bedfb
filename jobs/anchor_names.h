#ifndef JOBS_ANCHOR_NAMES_H
#define JOBS_ANCHOR_NAMES_H
/* Names of times: who is meant, and what is said when nobody is. Internal to jobs/anchor.c. */
#include "jobs/anchor.h"

/* Makes the names of an anchor known. */
void anchor_names_add(AnchorTable *table, int anchor);

/* The anchor that a point counts from. E301, E309. */
Status
anchor_names_find(AnchorTable *table, const TimePoint *point, int *anchor, ErrorList *errors);

#endif
