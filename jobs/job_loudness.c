/* A dialogue gate needs dialogue. */
#include "jobs/job_loudness.h"

enum { ROLE_DIALOGUE };

static bool has_dialogue(const JobSpec *job) {
    for (int layer = 0; layer < job->layer_count; layer++) {
        const int stem = job->layers[layer].stem_index;
        if (stem >= 0 && job->stems[stem].role.index == ROLE_DIALOGUE &&
            !job->layers[layer].mute.value) {
            return true;
        }
    }
    return false;
}

static void check_gate(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors) {
    if (deliverable->gate.index != GATE_DIALOGUE || has_dialogue(job)) {
        return;
    }
    fail(errors, E208, deliverable->gate.place,
         "a dialogue gate needs a stem with `role: dialogue` that some layer belongs to");
    error_help(errors, "write `stem: dx` where somebody speaks, or `gate: program`");
}

void job_loudness_check(const JobSpec *job, ErrorList *errors) {
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        check_gate(job, &job->deliverables[deliverable], errors);
    }
}
