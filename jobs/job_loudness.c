/* A dialogue gate needs dialogue, a programme its reels. */
#include "jobs/job_loudness.h"

#include "jobs/job_path.h"

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
    const JobNumber *fallback = &deliverable->fallback_lufs;
    if (fallback->place.line > 0 && deliverable->gate.index != GATE_DIALOGUE) {
        fail(errors, E208, fallback->place, "`fallback` belongs to `gate: dialogue`");
    }
    if (deliverable->gate.index != GATE_DIALOGUE || has_dialogue(job)) {
        return;
    }
    fail(errors, E208, deliverable->gate.place,
         "a dialogue gate needs a stem with `role: dialogue` that some layer belongs to");
    error_help(errors, "write `stem: dx` where somebody speaks, or `gate: program`");
}

static void
check_programme(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors) {
    const JobPaths *reels = &deliverable->programme_reels;
    const Place place = deliverable->scope.place;
    if (deliverable->scope.index != SCOPE_PROGRAMME) {
        if (reels->place.line > 0) {
            fail(errors, E208, reels->place, "`reels` belongs to `scope: programme`");
        }
        return;
    }
    if (reels->count == 0) {
        fail(errors, E203, place, "`scope: programme` needs `reels`: the jobs of the other reels");
        error_note(errors, "a reel is never normalised alone");
    } else if (!deliverable->has_target || deliverable->report_only.value) {
        fail(errors, E203, place, "`scope: programme` needs a `target` that holds");
    } else if (deliverable->gate.index == GATE_DIALOGUE) {
        fail(errors, E208, deliverable->gate.place,
             "the loudness of a programme is that of all of it: `gate: program`");
    }
    for (int reel = 0; reel < reels->count; reel++) {
        job_path_check(job, &reels->paths[reel], errors);
    }
}

void job_loudness_check(const JobSpec *job, ErrorList *errors) {
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        check_gate(job, &job->deliverables[deliverable], errors);
        check_programme(job, &job->deliverables[deliverable], errors);
    }
}
