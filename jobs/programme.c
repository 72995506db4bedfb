/* The energies of the other reels, by their keys. */
#include "jobs/programme.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/input_file.h"
#include "jobs/job_path.h"
#include "jobs/lower.h"
#include "jobs/plan.h"

typedef struct ReelSearch {
    const JobSpec *job;
    const char *index_folder;
    Arena *arena;
    const Mix *mix; /* of the job */
    ErrorList *errors;
} ReelSearch;

typedef struct ReelPlan { /* another reel, as far as its keys */
    JobSpec *job;
    Mix *mix;
    Plan *plan;
} ReelPlan;

static Status plan_reel(const ReelSearch *search, const JobText *written, ReelPlan *reel) {
    const char *path = NULL;
    const char *root = NULL;
    TRY(job_resolve_path(search->job, written, search->arena, &path, &root, search->errors));
    const JobSource source = {.path = path, .grade = -1};
    TRY(job_load(&source, search->arena, &reel->job, search->errors));
    TRY(lower_job(reel->job, search->index_folder, search->arena, &reel->mix, search->errors));
    reel->mix->fft = search->mix->fft;
    return plan_make(reel->mix, "reel", (PlanOptions){0}, search->arena, &reel->plan,
                     search->errors);
}

static int find_deliverable(const Mix *mix, const char *id) {
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        if (strcmp(mix->deliverables[deliverable].id, id) == 0) {
            return deliverable;
        }
    }
    return -1;
}

/* The same target, and as many reels: else two reels would get two gains. */
static bool is_of_programme(const JobDeliverable *own, const JobDeliverable *other) {
    return other->scope.index == own->scope.index &&
           other->target_lufs.value == own->target_lufs.value &&
           other->programme_reels.count == own->programme_reels.count;
}

static Status add_reel(const ReelSearch *search,
                       const JobDeliverable *written,
                       const JobText *path,
                       ProgrammeReel *found) {
    ReelPlan reel = {0};
    const ErrorEntry *before = errors_last(search->errors);
    const Status status = plan_reel(search, path, &reel);
    errors_within(search->errors, before, "reading the reel `%s`", path->text);
    TRY(status);
    const int index = find_deliverable(reel.mix, written->id);
    if (index < 0 || !is_of_programme(written, &reel.job->deliverables[index])) {
        fail(search->errors, E208, path->place,
             "`%s` has no deliverable `%s` of the same programme", path->text, written->id);
        error_help(search->errors,
                   "give it the same `loudness`, with `scope: programme` and its own `reels`");
        return E208;
    }
    const Task *master = &reel.plan->tasks[reel.plan->master_tasks[index]];
    *found = (ProgrammeReel){.name = path->text, .energies = master->outputs[1]};
    return DONE;
}

static int compare_reels(const void *left, const void *right) {
    const ProgrammeReel *a = left;
    const ProgrammeReel *b = right;
    return key_compare(a->energies, b->energies);
}

static Status
find_reels(const ReelSearch *search, const JobDeliverable *written, MixDeliverable *deliverable) {
    const int count = written->programme_reels.count;
    ProgrammeReel *reels = arena_array(search->arena, (size_t)count, sizeof *reels);
    for (int reel = 0; reel < count; reel++) {
        TRY(add_reel(search, written, &written->programme_reels.paths[reel], &reels[reel]));
    }
    qsort(reels, (size_t)count, sizeof *reels, compare_reels);
    deliverable->programme = reels;
    deliverable->programme_count = count;
    return DONE;
}

Status programme_find_reels(
    const JobSpec *job, const char *index_folder, Arena *arena, Mix *mix, ErrorList *errors) {
    const ReelSearch search = {
        .job = job, .index_folder = index_folder, .arena = arena, .mix = mix, .errors = errors};
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        if (mix->deliverables[deliverable].is_programme) {
            TRY(find_reels(&search, &job->deliverables[deliverable],
                           &mix->deliverables[deliverable]));
        }
    }
    return DONE;
}
