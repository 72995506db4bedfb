#ifndef JOBS_QC_POLICY_H
#define JOBS_QC_POLICY_H
/* A QC policy: a YAML file that sets the level of checks and where their limits lie.
 *
 *     policy: 1
 *     name: house 5.1
 *     checks:
 *       clicks: off
 *       true_peak: {level: fail, max: -2 dBTP}
 *
 * What it does not name stays as it is by default.
 */
#include "jobs/node.h"
#include "render/qc/qc_check.h"

typedef struct JobPolicy { /* of a job or a deliverable; NULL: not written */
    const Node *node;
    const QcPolicy *merged; /* with that of the job */
} JobPolicy;

/* The same as a part of a job, over what `policy` says already; `policy: 1` may be left out. */
Status qc_policy_merge(const Node *root, QcPolicy *policy, ErrorList *errors);

/* text: the bytes of the file, quoted in messages by the caller. E201 another version, E202 unknown
 * key, E203 a limit that has no default is missing, E205, E206, E210; errors of the YAML. */
Status qc_policy_read(const char *file,
                      const char *bytes,
                      size_t size_bytes,
                      Arena *arena,
                      QcPolicy *policy,
                      ErrorList *errors);

#endif
