#ifndef RENDER_RUN_TASK_H
#define RENDER_RUN_TASK_H
/* Runs one task of a plan on any rank. */
#include "render/stages/stage.h"
#include "render/stages/staged_files.h"

/* scratch: freed by the caller after the task. E606 when a needed object is missing. */
Status run_task(const Mix *mix,
                const Plan *plan,
                int task,
                const Workplace *workplace,
                Arena *scratch,
                ErrorList *errors);

/* Every output of the task is there already. A published deliverable counts as encoded: see
 * publish. */
bool task_is_done(const Mix *mix, const Plan *plan, int task, const Workplace *workplace);

#endif
