#ifndef JOBS_PLAN_FILES_TEXT_H
#define JOBS_PLAN_FILES_TEXT_H
/* The keys of what is written and of what is measured there (see plan_key.h). */
#include "render/model/mix.h"
#include "render/model/task.h"

/* Everything that reaches the files of a group (mix_output_group) but what MASTER finds. */
const char *
plan_text_written(const Mix *mix, const Plan *plan, int deliverable, int group, Arena *arena);
/* Everything that the facts of an output depend on but its files, and the dialogue of the mix. */
const char *plan_text_metered(const Mix *mix, int deliverable, int output, Arena *arena);
/* content, and the results that are read: tasks of one output each, or whose first tells of all. */
const char *plan_text_with_needs(
    const char *content, const Plan *plan, const int *needs, int need_count, Arena *arena);
const char *plan_text_encode(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);
const char *plan_text_inspect(const Mix *mix, const Plan *plan, int deliverable, Arena *arena);

#endif
