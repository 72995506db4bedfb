/* One task: the stage of its kind, between a check that it is needed and the note where it failed.
 */
#include "render/run_task.h"

#include "render/base/files.h"

static Status run_stage(const Stage *stage, ErrorList *errors) {
    switch (stage->task->kind) {
    case TASK_PREPARE:
        return prepare_run(stage, errors);
    case TASK_ROOM:
        return room_run(stage, errors);
    case TASK_ANALYSE:
        return analyse_run(stage, errors);
    case TASK_SPATIALIZE:
        return spatialize_run(stage, errors);
    case TASK_MEASURE:
        return measure_run(stage, errors);
    case TASK_MASTER:
        return master_run(stage, errors);
    case TASK_WRITE:
        return write_run(stage, errors);
    case TASK_METER:
        return meter_run(stage, errors);
    case TASK_ENCODE:
        return encode_run(stage, errors);
    case TASK_INSPECT:
        return inspect_run(stage, errors);
    }
    return fail(errors, E601, NO_PLACE, "unknown kind of task");
}

Status run_task(const Mix *mix,
                const Plan *plan,
                int task,
                const Workplace *workplace,
                Arena *scratch,
                ErrorList *errors) {
    const Stage stage = {.mix = mix,
                         .plan = plan,
                         .task = &plan->tasks[task],
                         .workplace = workplace,
                         .scratch = scratch};
    const ErrorEntry *before = errors_last(errors);
    const Status status = run_stage(&stage, errors);
    errors_within(errors, before, "running task `%s`", stage.task->name);
    return status;
}

bool task_is_done(const Mix *mix, const Plan *plan, int task, const Workplace *workplace) {
    const Task *asked = &plan->tasks[task];
    if (asked->kind == TASK_WRITE || asked->kind == TASK_ENCODE) {
        return staged_is_done(mix, plan, task, workplace);
    }
    for (int output = 0; output < task_needed_count(asked); output++) {
        if (!key_is_zero(asked->outputs[output]) &&
            !store_has_text(workplace->store, asked->outputs[output],
                            asked->output_texts[output])) {
            return false;
        }
    }
    return true;
}
