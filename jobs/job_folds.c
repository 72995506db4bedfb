/* Deliverables that are folded down from others: names to indices, circles, fits. */
#include "jobs/job_folds.h"

#include <string.h>

#include "jobs/reference.h"
#include "spatial/downmix.h"

static int find_deliverable(const JobSpec *job, const char *id) {
    for (int index = 0; index < job->deliverable_count; index++) {
        if (strcmp(job->deliverables[index].id, id) == 0) {
            return index;
        }
    }
    return -1;
}

static void
resolve_from(const JobSpec *job, JobDeliverable *written, Arena *arena, ErrorList *errors) {
    written->from_index = -1;
    if (!written->from.text) {
        if (written->fold.text) {
            fail(errors, E303, written->fold.place, "`fold` needs `from`");
            error_help(errors, "say from which deliverable this one is folded down");
        }
        return;
    }
    written->from_index = find_deliverable(job, written->from.text);
    if (written->from_index < 0) {
        Reference *names = arena_array(arena, (size_t)job->deliverable_count, sizeof *names);
        for (int index = 0; index < job->deliverable_count; index++) {
            names[index] =
                (Reference){job->deliverables[index].id, job->deliverables[index].id_place};
        }
        const ReferenceList list = {"deliverable", names, job->deliverable_count};
        reference_fail(&list, written->from.text, written->from.place, errors);
    }
}

/* "lo-ro lt-rt ": the folds that lead from one layout to the other. */
static const char *fitting_folds(const Layout *from, const Layout *to, Arena *arena) {
    const char *names = "";
    for (int index = 0; downmix_at(index); index++) {
        if (downmix_fits(downmix_at(index), from, to)) {
            names = arena_format(arena, "%s %s", names, downmix_at(index)->name);
        }
    }
    return names;
}

static const Downmix *first_fitting(const Layout *from, const Layout *to) {
    for (int index = 0; downmix_at(index); index++) {
        if (downmix_fits(downmix_at(index), from, to)) {
            return downmix_at(index);
        }
    }
    return NULL;
}

static Status fail_fold_name(const JobText *fold, Arena *arena, ErrorList *errors) {
    int count = 0;
    while (downmix_at(count)) {
        count++;
    }
    Reference *names = arena_array(arena, (size_t)count, sizeof *names);
    for (int index = 0; index < count; index++) {
        names[index] = (Reference){downmix_at(index)->name, NO_PLACE};
    }
    const ReferenceList list = {"fold", names, count};
    reference_fail(&list, fold->text, fold->place, errors);
    error_help(errors, "nocturne list folds");
    return E301;
}

static Status
fail_fit(const JobSpec *job, const JobDeliverable *written, Arena *arena, ErrorList *errors) {
    const Layout *from = job->deliverables[written->from_index].layout_table;
    const Layout *to = written->layout_table;
    const char *others = fitting_folds(from, to, arena);
    if (written->fold.text) {
        fail(errors, E208, written->fold.place, "`%s` does not lead from %s to %s",
             written->fold.text, from->name, to->name);
    } else {
        fail(errors, E208, written->from.place, "no fold leads from %s to %s", from->name,
             to->name);
    }
    if (*others) {
        error_note(errors, "folds from %s to %s:%s", from->name, to->name, others);
    }
    error_help(errors, "nocturne list folds; without `from` the layers are rendered to %s",
               to->name);
    return E208;
}

static Status
resolve_fold(const JobSpec *job, JobDeliverable *written, Arena *arena, ErrorList *errors) {
    const Layout *from = job->deliverables[written->from_index].layout_table;
    const Layout *to = written->layout_table;
    const Place decoded =
        written->decoder.place.line > 0 ? written->decoder.place : written->max_re.place;
    if (decoded.line > 0) {
        return fail(errors, E208, decoded, "deliverables.%s is folded: `%s` has the decoder",
                    written->id, written->from.text);
    }
    written->fold_table =
        written->fold.text ? downmix_find(written->fold.text) : first_fitting(from, to);
    if (written->fold.text && !written->fold_table) {
        return fail_fold_name(&written->fold, arena, errors);
    }
    if (!written->fold_table || !downmix_fits(written->fold_table, from, to)) {
        return fail_fit(job, written, arena, errors);
    }
    return DONE;
}

/* Whether the way up from here comes back here. */
static bool is_in_circle(const JobSpec *job, int deliverable) {
    int at = job->deliverables[deliverable].from_index;
    for (int step = 0; step < job->deliverable_count && at >= 0; step++) {
        if (at == deliverable) {
            return true;
        }
        at = job->deliverables[at].from_index;
    }
    return false;
}

void job_folds_resolve(JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int index = 0; index < job->deliverable_count; index++) {
        resolve_from(job, &job->deliverables[index], arena, errors);
    }
    for (int index = 0; index < job->deliverable_count; index++) {
        JobDeliverable *written = &job->deliverables[index];
        if (is_in_circle(job, index)) {
            fail(errors, E303, written->from.place, "deliverables.%s is made of itself",
                 written->id);
            error_note(errors, "one of the deliverables in the circle has to be rendered");
        } else if (written->from_index >= 0) {
            resolve_fold(job, written, arena, errors);
        }
    }
}
