/* Policies of a job: files read into its tree, and one laid over the other. */
#include "jobs/job_policy.h"

#include "jobs/qc_policy.h"
#include "jobs/yaml_reader.h"

/* ---- files ---- */

typedef struct PolicyFiles {
    JobFiles *files;
    Arena *arena;
    ErrorList *errors;
} PolicyFiles;

/* The map of a file in place of its path. */
static Status read_file(const PolicyFiles *reader, NodePair *pair) {
    const Node *const written = pair->value;
    const char *path = NULL;
    const JobFile *file = NULL;
    Node *root = NULL;
    QcPolicy unused = qc_policy_default();
    if (node_is_null(written) || written->kind != NODE_SCALAR) {
        return DONE;
    }
    TRY(job_files_path(written, ".", reader->arena, &path, reader->errors));
    TRY(job_files_find(reader->files, path, written->place, reader->arena, &file, reader->errors));
    TRY(qc_policy_read(file->name, file->bytes, file->size_bytes, reader->arena, &unused,
                       reader->errors));
    TRY(yaml_read(file->name, file->bytes, file->size_bytes, reader->arena, &root, reader->errors));
    pair->value = root;
    return DONE;
}

static Status read_of(const PolicyFiles *reader, const Node *owner) {
    NodePair *const pair = node_get_pair(owner, "policy");
    return pair ? read_file(reader, pair) : DONE;
}

Status job_policy_files_read(Node *root, JobFiles *files, Arena *arena, ErrorList *errors) {
    const PolicyFiles reader = {files, arena, errors};
    const Node *const deliverables = node_get(root, "deliverables");
    Status first = read_of(&reader, root);
    for (int index = 0;
         deliverables && deliverables->kind == NODE_MAP && index < deliverables->count; index++) {
        const Status status = read_of(&reader, deliverables->pairs[index].value);
        first = first ? first : status;
    }
    return first;
}

/* ---- values ---- */

Status job_policy_read(JobReader *reader, const ValueSite *site) {
    const Node *const node = site->pair->value;
    if (node->kind != NODE_MAP) {
        return job_fail_shape(reader, node, "a path or a map such as {checks: {clicks: fail}}");
    }
    JobPolicy *const policy = (JobPolicy *)((char *)site->base + site->key->offset);
    policy->node = node;
    return DONE;
}

void job_policies_resolve(JobSpec *job, Arena *arena, ErrorList *errors) {
    QcPolicy of_job = qc_policy_default();
    const Node *const node = job->policy.node;
    if (node && qc_policy_merge(node, &of_job, errors) != DONE) {
        return;
    }
    for (int index = 0; index < job->deliverable_count; index++) {
        JobPolicy *const policy = &job->deliverables[index].policy;
        if (node || policy->node) {
            QcPolicy *const own = arena_alloc(arena, sizeof *own);
            *own = of_job;
            policy->merged = own;
            if (policy->node) {
                (void)qc_policy_merge(policy->node, own, errors);
            }
        }
    }
}
