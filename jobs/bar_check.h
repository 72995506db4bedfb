#ifndef JOBS_BAR_CHECK_H
#define JOBS_BAR_CHECK_H
/* Whether a written bar|beat|tick exists in a tempo map, and what is said when it does not. */
#include "jobs/tempo_map.h"
#include "render/base/error.h"

/* ticks: from bar 1 beat 1. E211. */
Status
bar_check(const TempoMap *tempo, BarTime time, Place place, int64_t *ticks, ErrorList *errors);

#endif
