#ifndef CLUSTER_ANSWER_H
#define CLUSTER_ANSWER_H
/* How a verb answers: the result on stdout, errors on stderr in the format that was asked for.
 *
 *     if (work(..., errors) != DONE) {
 *         return answer_failure(options, errors, NULL);
 *     }
 *     answer_json(json_pack("{s:b}", "ok", true));
 */
#include <jansson.h>

#include "cluster/job_input.h"
#include "cluster/options.h"

/* Errors, warnings and the closing count, on stderr; --strict has turned warnings into errors, -q
 * leaves warnings out when there are no errors. input: the job whose lines are quoted, or NULL.
 * Returns the exit code. */
int answer_errors(const Options *options, ErrorList *errors, const JobInput *input);

/* answer_errors, and with --json the object {"ok": false, "exit_code": N, ...} on stdout. */
int answer_failure(const Options *options, ErrorList *errors, const JobInput *input);

/* E002 of a verb's arguments when their number is wrong. at_most < 0: any number. */
Status answer_check_count(
    const Options *options, int at_least, int at_most, const char *usage, ErrorList *errors);

/* One line on stdout, sorted keys; takes over the reference. */
void answer_json(json_t *object);

/* One row of comma-separated values (RFC 4180), cells: [count]. */
void answer_csv(const char *const *cells, int count);

#endif
