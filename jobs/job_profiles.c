/* The keys of delivery profiles, below those of the job. */
#include "jobs/job_profiles.h"

#include <string.h>

#include "jobs/node_build.h"
#include "jobs/node_find.h"
#include "jobs/node_merge.h"
#include "jobs/profile.h"

static const char key_name[] = "profile";

/* The name with its version: a job that was resolved stays as it is when newer versions appear. */
static Node *pin(const Node *written, const Profile *profile, Arena *arena) {
    Node *node = node_make_text(profile_is_path(written->text)
                                    ? written->text
                                    : arena_format(arena, "%s@%s", profile->id, profile->version),
                                written->place, arena);
    node->under = written->under;
    return node;
}

static Status apply(NodePair *deliverable,
                    const Node *name,
                    JobFiles *files,
                    Arena *arena,
                    JobProfile *applied,
                    ErrorList *errors) {
    const JobFile *file = NULL;
    Profile profile;
    TRY(profile_find(files, name, arena, &file, errors));
    TRY(profile_read(file, arena, &profile, errors));
    Node *merged = node_merge(profile.deliverable, deliverable->value, arena, errors);
    node_get_pair(merged, key_name)->value = pin(name, &profile, arena);
    merged->place = deliverable->value->place;
    deliverable->value = merged;
    *applied = (JobProfile){.deliverable = deliverable->key,
                            .id = profile.id,
                            .version = profile.version,
                            .title = profile.title,
                            .source = profile.source,
                            .file = profile.file};
    return DONE;
}

void job_profiles_apply(Node **root,
                        JobFiles *files,
                        Arena *arena,
                        JobProfile **profiles,
                        int *count,
                        ErrorList *errors) {
    const Node *written = node_get(*root, "deliverables");
    *count = 0;
    if (!written || written->kind != NODE_MAP) {
        return;
    }
    Node *kept = node_copy_map(written, 0, arena);
    kept->count = 0;
    *profiles = arena_array(arena, (size_t)written->count + 1, sizeof **profiles);
    for (int index = 0; index < written->count; index++) {
        NodePair pair = written->pairs[index];
        const Node *name = node_get(pair.value, key_name);
        Status status = DONE;
        if (!node_is_null(name)) {
            status = apply(&pair, name, files, arena, &(*profiles)[*count], errors);
            *count += status == DONE;
        }
        if (status == DONE) {
            kept->pairs[kept->count++] = pair;
        }
    }
    *root = node_copy_map(*root, 0, arena);
    node_get_pair(*root, "deliverables")->value = kept;
}

const JobProfile *job_profile_of(const JobSpec *job, const char *deliverable) {
    for (int profile = 0; profile < job->profile_count; profile++) {
        if (strcmp(job->profiles[profile].deliverable, deliverable) == 0) {
            return &job->profiles[profile];
        }
    }
    return NULL;
}

bool job_figure_is_advice(const JobSpec *job, const char *deliverable, const char *path) {
    Arena *arena = arena_create();
    const Node *node = NULL;
    const char *whole = arena_format(arena, "deliverables.%s.%s", deliverable, path);
    const bool is_advice =
        node_find(job->tree, whole, arena, &node, errors_create(arena)) == DONE &&
        node->is_unverified;
    arena_destroy(&arena);
    return is_advice;
}
