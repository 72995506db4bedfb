#ifndef CLUSTER_MANIFEST_H
#define CLUSTER_MANIFEST_H
/* manifest.json: what a deliverable is, what it was made from, and what was measured.
 *
 * Canonical: sorted keys, numbers of six digits, no absolute path, no time, no host; two renders of
 * one job give the same bytes.
 */
#include <jansson.h>

#include "cluster/run.h"

#define MANIFEST_NAME  "manifest.json"
#define CHECKSUMS_NAME "SHA256SUMS"

/* facts: the JSON object of INSPECT (files, outputs, null, gain_db, limiter_max_reduction_db). The
 * caller owns the reference. */
json_t *manifest_of_deliverable(const Run *run, int deliverable, const json_t *facts);

/* The top-level manifest: the job and its published deliverables (id -> {files, manifest_sha256}).
 */
json_t *manifest_of_run(const Run *run, const json_t *deliverables);

/* The key of the deliverable's ENCODE task, as in its manifest. */
/* Of what is in the files, and of the verdict on them. */
void manifest_encode_key(const Run *run, int deliverable, KeyText text);
void manifest_inspect_key(const Run *run, int deliverable, KeyText text);

const char *manifest_format(const json_t *manifest, Arena *arena);
Status manifest_write(const json_t *manifest, const char *path, ErrorList *errors);
/* The caller owns *out. E709: missing or not a JSON object. */
Status manifest_read(const char *path, Arena *arena, json_t **out, ErrorList *errors);

#endif
