/* What a final job may not contain: temp sources that reach a deliverable. */
#include "jobs/job_grade.h"

enum { GRADE_FINAL, GRADE_PROXY };
enum { STATUS_FINAL, STATUS_TEMP };
enum { ROLE_DIALOGUE };

static bool takes_stem(const JobSpec *job, const JobDeliverable *deliverable, int stem) {
    for (int index = 0; index < deliverable->output_count; index++) {
        const JobOutput *output = &deliverable->outputs[index];
        if (output->kind == OUTPUT_FULL ||
            (output->kind == OUTPUT_ME && job->stems[stem].role.index != ROLE_DIALOGUE) ||
            (output->kind == OUTPUT_STEM && output->stem_index == stem)) {
            return true;
        }
    }
    return false;
}

/* "deliverables.th and deliverables.st", NULL when none takes the stem. */
static const char *takers_of(const JobSpec *job, int stem, Arena *arena) {
    const char *takers = NULL;
    const char *last = NULL;
    for (int index = 0; index < job->deliverable_count; index++) {
        if (!takes_stem(job, &job->deliverables[index], stem)) {
            continue;
        }
        if (last) {
            takers = takers ? arena_format(arena, "%s, deliverables.%s", takers, last)
                            : arena_format(arena, "deliverables.%s", last);
        }
        last = job->deliverables[index].id;
    }
    if (!last) {
        return NULL;
    }
    return takers ? arena_format(arena, "%s and deliverables.%s", takers, last)
                  : arena_format(arena, "deliverables.%s", last);
}

void job_grade_check(const JobSpec *job, Arena *arena, ErrorList *errors) {
    if (job->grade.index != GRADE_FINAL) {
        return;
    }
    for (int index = 0; index < job->layer_count; index++) {
        const JobLayer *layer = &job->layers[index];
        if (layer->status.index != STATUS_TEMP || layer->mute.value) {
            continue;
        }
        const char *takers = takers_of(job, layer->stem_index, arena);
        if (!takers) {
            continue;
        }
        fail(errors, E431, layer->status.pair, "a temp source would reach a final deliverable");
        if (job->grade.place.line > 0) {
            error_mark(errors, job->grade.pair, "the grade is final");
        }
        error_caret(errors, "this layer is temporary");
        error_note(errors, "it reaches %s through stem %s", takers,
                   job->stems[layer->stem_index].id);
        error_help(errors, "render with `--grade proxy`, mute the layer, or set `status: final`");
    }
}
