#ifndef CLUSTER_QC_JOB_POLICY_H
#define CLUSTER_QC_JOB_POLICY_H
/* The policies that published deliverables were held to when they were rendered. */
#include "cluster/qc_set.h"

/* Fills the policies of all folders that lie in an output folder with its job.resolved.yaml: the
 * job's `policy` and that of the deliverable over the defaults. Others keep NULL. E411, errors of
 * the YAML and of qc_policy_merge: that file was changed by hand. */
Status qc_job_policies_read(QcSet *set, ErrorList *errors);

#endif
