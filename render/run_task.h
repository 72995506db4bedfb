#ifndef RENDER_RUN_TASK_H
#define RENDER_RUN_TASK_H
/* Runs one task of a plan on any rank. */
#include "render/model/mix.h"
#include "render/model/store.h"
#include "render/model/task.h"

typedef struct Workplace { /* where a rank works; nothing here reaches a sample */
    Store *store;
    const char *stage_folder; /* <output>/.nocturne/stage */
} Workplace;

/* scratch: freed by the caller after the task. E606 when a needed object is missing. */
Status run_task(const Mix *mix,
                const Plan *plan,
                int task,
                const Workplace *workplace,
                Arena *scratch,
                ErrorList *errors);
/* Every output of the task is there already. A published deliverable counts as encoded: see
 * publish. */
bool task_is_done(const Plan *plan, int task, const Workplace *workplace);

/* The stage folder of an encoded deliverable: <stage>/<id>-<encode key>. */
const char *encode_folder(
    const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace, Arena *arena);

#endif
