#ifndef CLUSTER_NULL_TEST_H
#define CLUSTER_NULL_TEST_H
/* Whether the published stems of a deliverable add up to its sums, sample by sample. */
#include <jansson.h>

#include "render/base/error.h"

typedef enum NullVerdict {
    NULL_NOT_TESTED, /* not every stem of the sum was delivered, or the samples are no integers of
                        at most 24 bits */
    NULL_EXACT,
    NULL_DIFFERS
} NullVerdict;

typedef struct NullResult {
    NullVerdict verdict;
    const char *name;  /* of the first file that differs, else NULL */
    int64_t frame;     /* where it does; -1: the lengths differ */
    int file_channel;  /* counted from 0 */
    double difference; /* full scale */
} NullResult;

/* folder: deliverables/<id>; manifest: its own; sum: "full" or "me". The sum minus its stems must
 * be zero in every sample (DECISIONS 9). Errors of unreadable files. */
Status null_test(const char *folder,
                 const json_t *manifest,
                 const char *sum,
                 Arena *arena,
                 NullResult *result,
                 ErrorList *errors);

#endif
