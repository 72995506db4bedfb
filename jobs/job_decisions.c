/* `decisions`: what was decided, bound to keys of the job. */
#include "jobs/job_decisions.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/node_find.h"

/* "2026-02-29" is none. */
static bool is_day(const char *text) {
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const char digits[] = "0123456789";
    if (strlen(text) != 10 || strspn(text, digits) != 4 || text[4] != '-' ||
        strspn(text + 5, digits) != 2 || text[7] != '-' || strspn(text + 8, digits) != 2) {
        return false;
    }
    const long year = strtol(text, NULL, 10);
    const long month = strtol(text + 5, NULL, 10);
    const long day = strtol(text + 8, NULL, 10);
    const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days[month - 1] + (month == 2 && is_leap);
}

void job_decisions_check(const JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int index = 0; index < job->decision_count; index++) {
        const JobDecision *decision = &job->decisions[index];
        const Node *ignored = NULL;
        if (!is_day(decision->date.text)) {
            fail(errors, E204, decision->date.place, "`%s` is not a day", decision->date.text);
            error_caret(errors, "write YYYY-MM-DD");
        }
        const ErrorEntry *before = errors_last(errors);
        if (node_find(job->tree, decision->about.text, arena, &ignored, errors) != DONE) {
            errors_place(errors, before, decision->about.place);
        }
    }
}
