/* `policy` of the job that a deliverable was rendered from, found beside it. */
#include "cluster/qc_job_policy.h"

#include "jobs/qc_policy.h"
#include "jobs/yaml_reader.h"
#include "render/base/files.h"

enum { JOB_LIMIT_BYTES = 4 << 20 };

static Status merge(const Node *owner, QcPolicy *policy, ErrorList *errors) {
    const Node *const node = owner ? node_get(owner, "policy") : NULL;
    return node && node->kind == NODE_MAP ? qc_policy_merge(node, policy, errors) : DONE;
}

static Status read_folder(QcSet *set, QcFolder *folder, const char *path, ErrorList *errors) {
    const json_t *const deliverable = json_object_get(folder->manifest, "deliverable");
    const char *const id = json_string_value(json_object_get(deliverable, "id"));
    QcPolicy *const policy = arena_alloc(set->arena, sizeof *policy);
    FileBytes file = {0};
    Node *root = NULL;
    TRY(file_read(path, JOB_LIMIT_BYTES, NO_PLACE, set->arena, &file, errors));
    TRY(yaml_read(path, file.bytes, file.size_bytes, set->arena, &root, errors));
    const Node *const deliverables = node_get(root, "deliverables");
    *policy = qc_policy_default();
    TRY(merge(root, policy, errors));
    TRY(merge(deliverables && id ? node_get(deliverables, id) : NULL, policy, errors));
    folder->policy = policy;
    return DONE;
}

Status qc_job_policies_read(QcSet *set, ErrorList *errors) {
    for (QcFolder *folder = set->folders; folder; folder = folder->next) {
        const char *const shelf = path_folder(set->arena, folder->path); /* deliverables, held */
        const char *const path =
            path_join(set->arena, path_folder(set->arena, shelf), "job.resolved.yaml");
        TRY(file_exists(path) ? read_folder(set, folder, path, errors) : DONE);
    }
    return DONE;
}
