#ifndef CLUSTER_PUBLISH_H
#define CLUSTER_PUBLISH_H
/* From staged, inspected files to deliverables that appear whole, by one rename each. */
#include <stdbool.h>

#include "cluster/run.h"

typedef struct PublishResult {
    bool is_held; /* a gate failed: the set lies in held/ (exit 8) */
    int file_count;
    double integrated_lufs, true_peak_dbtp;
    bool has_loudness;   /* false: too short or silent */
    const char *verdict; /* "ok", or the gate that failed, for people */
} PublishResult;

/* deliverables/<id>/manifest.json names the plan's encode key and every file in it is there with
 * its size. */
bool publish_is_done(const Run *run, int deliverable);

/* Judges the facts of INSPECT, writes manifest.json and SHA256SUMS into the staged folder, fsyncs,
 * moves an old deliverable to previous/, renames. Rank 0 only. */
Status publish_deliverable(Run *run,
                           int deliverable,
                           bool allow_qc_fail,
                           Arena *arena,
                           PublishResult *result,
                           ErrorList *errors);

/* Rebuilds the top-level manifest.json and SHA256SUMS from what is published. */
Status publish_manifest(Run *run, Arena *arena, ErrorList *errors);

/* Empties the stage. For when everything is published: what is left there is of older jobs, or of a
 * process that died. What cannot be removed stays. */
void publish_sweep_stage(const Run *run);

#endif
