/* A dialogue gate needs dialogue, a programme its reels. */
#include "jobs/job_loudness.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

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

/* r2, R-2, reel_2: one of several; s01e01 is a programme. */
static bool is_one_of_several(const char *reel) {
    const size_t word = reel && strncasecmp(reel, "reel", 4) == 0 ? 4 : 1;
    if (!reel || tolower((unsigned char)reel[0]) != 'r') {
        return false;
    }
    const char *number = reel + word + strspn(reel + word, " -_.");
    return *number && number[strspn(number, "0123456789")] == '\0';
}

/* Reels that each have the target sound as if each were the film: the loud one is turned down. */
static void check_alone(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors) {
    const bool is_said = deliverable->scope.place.line > 0;
    if (is_said || !deliverable->has_target || deliverable->report_only.value ||
        !is_one_of_several(job->reel.text)) {
        return;
    }
    fail(errors, E208, deliverable->target_lufs.place, "reel %s would be normalised alone",
         job->reel.text);
    error_mark(errors, job->reel.place, "it is one of several");
    error_help(errors, "every reel gets the gain of the programme: `loudness: {scope: programme, "
                       "reels: [...]}` with the jobs of the others");
    error_note(errors, "where this reel is all there is, write `loudness: {scope: job}`");
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
        check_alone(job, &job->deliverables[deliverable], errors);
    }
}
