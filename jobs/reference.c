/* Names that refer to something of the job, and what is said when there is no such thing. */
#include "jobs/reference.h"

#include <string.h>

#include "jobs/suggest.h"

enum { MAX_CANDIDATES = 256 };

static const Reference *find_nearest(const ReferenceList *list, const char *wrong) {
    const char *candidates[MAX_CANDIDATES] = {NULL};
    const int count = list->count < MAX_CANDIDATES ? list->count : MAX_CANDIDATES;
    for (int index = 0; index < count; index++) {
        candidates[index] = list->references[index].id;
    }
    const char *nearest = suggest_nearest(wrong, candidates, count);
    for (int index = 0; nearest && index < count; index++) {
        if (candidates[index] == nearest) {
            return &list->references[index];
        }
    }
    return NULL;
}

Status
reference_fail(const ReferenceList *list, const char *wrong, Place place, ErrorList *errors) {
    fail(errors, E301, place, "no %s is called `%s`", list->kind, wrong);
    const Reference *nearest = find_nearest(list, wrong);
    if (nearest) {
        if (nearest->place.line > 0) {
            error_mark(errors, nearest->place, "defined here");
        }
        error_caret(errors, "did you mean `%s`?", nearest->id);
    } else if (list->count == 0) {
        error_note(errors, "this job has no %ss", list->kind);
    }
    return E301;
}
