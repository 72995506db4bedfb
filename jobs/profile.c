/* A delivery profile from YAML. */
#include "jobs/profile.h"

#include <string.h>

#include "jobs/node_find.h"
#include "jobs/suggest.h"
#include "jobs/value.h"
#include "jobs/yaml_reader.h"
#include "render/base/files.h"

static Status check_keys(
    const Node *map, const char *owner, const char *const *keys, int count, ErrorList *errors) {
    Status status = DONE;
    for (int index = 0; index < map->count; index++) {
        const NodePair *pair = &map->pairs[index];
        int key = 0;
        while (key < count && strcmp(keys[key], pair->key) != 0) {
            key++;
        }
        if (key == count) {
            status =
                fail(errors, E202, pair->key_place, "unknown key `%s` in %s", pair->key, owner);
            const char *nearest = suggest_nearest(pair->key, keys, count);
            if (nearest) {
                error_caret(errors, "did you mean `%s`?", nearest);
            }
        }
    }
    return status;
}

static Status check_shape(const JobFile *file, const Node *root, ErrorList *errors) {
    static const char *const keys[] = {"profile", "id",   "version",     "title",
                                       "source",  "note", "deliverable", "figures"};
    const Node *format = node_get(root, "profile");
    if (!format || format->kind != NODE_SCALAR || strcmp(format->text, "1") != 0) {
        const Place place = format ? format->place : (Place){file->name, 1, 1, 0};
        return fail(errors, E201, place, "a delivery profile says `profile: 1`");
    }
    return check_keys(root, "a delivery profile", keys, sizeof keys / sizeof *keys, errors);
}

/* "" when it is not written. */
static Status read_text(const Node *map, const char *key, const char **text, ErrorList *errors) {
    const Node *node = node_get(map, key);
    *text = "";
    if (!node || node_is_null(node)) {
        return DONE;
    }
    if (node->kind != NODE_SCALAR) {
        return fail(errors, E204, node->place, "`%s` is one text", key);
    }
    *text = node->text;
    return DONE;
}

static Status require_text(
    const JobFile *file, const Node *root, const char *key, const char **text, ErrorList *errors) {
    TRY(read_text(root, key, text, errors));
    const Place place = {file->name, 1, 1, 0};
    return **text ? DONE : fail(errors, E203, place, "this profile has no `%s`", key);
}

/* NAME@VERSION.yaml holds that version of that profile. */
static Status check_name(const JobFile *file, const Profile *profile, ErrorList *errors) {
    const char *name = path_name(file->name);
    const size_t id_length = strlen(profile->id);
    const size_t version_length = strlen(profile->version);
    const bool is_named = strchr(name, '@') != NULL;
    if (is_named && (strncmp(name, profile->id, id_length) != 0 || name[id_length] != '@' ||
                     strncmp(name + id_length + 1, profile->version, version_length) != 0 ||
                     strcmp(name + id_length + 1 + version_length, ".yaml") != 0)) {
        fail(errors, E204, (Place){file->name, 1, 1, 0}, "the file `%s` holds version `%s` of `%s`",
             name, profile->version, profile->id);
        error_help(errors, "name it %s@%s.yaml", profile->id, profile->version);
        return E204;
    }
    return DONE;
}

/* A check of the policy that rests on a figure nobody vouches for may warn, not fail. */
static Status
check_level(const Profile *profile, const NodePair *figure, bool is_verified, ErrorList *errors) {
    static const char prefix[] = "policy.checks.";
    if (is_verified || strncmp(figure->key, prefix, strlen(prefix)) != 0) {
        return DONE;
    }
    Arena *arena = arena_create();
    const char *name = figure->key + strlen(prefix);
    const Node *checks = node_get(node_get(profile->deliverable, "policy"), "checks");
    const Node *check = node_get(checks, arena_copy_bytes(arena, name, strcspn(name, ".")));
    const Node *level = check ? node_get(check, "level") : NULL;
    const bool may_fail = !level || level->kind != NODE_SCALAR || strcmp(level->text, "fail") == 0;
    arena_destroy(&arena);
    if (may_fail) {
        fail(errors, E303, figure->key_place, "`%s` is not verified, and its check can fail",
             figure->key);
        error_help(errors, "write `level: warn` into the check");
        return E303;
    }
    return DONE;
}

static Status read_figure(const Profile *profile,
                          const NodePair *pair,
                          Arena *arena,
                          ProfileFigure *figure,
                          ErrorList *errors) {
    static const char *const keys[] = {"verified", "source", "note"};
    const Node *found = NULL;
    if (pair->value->kind != NODE_MAP) {
        return fail(errors, E204, pair->value->place, "a figure is a map {verified, source}");
    }
    TRY(check_keys(pair->value, "a figure", keys, sizeof keys / sizeof *keys, errors));
    if (node_find(profile->deliverable, pair->key, arena, &found, errors_create(arena)) != DONE) {
        return fail(errors, E320, pair->key_place, "the deliverable of this profile has no `%s`",
                    pair->key);
    }
    const Node *verified = node_get(pair->value, "verified");
    if (!verified) {
        return fail(errors, E203, pair->key_place, "`%s` needs `verified: yes` or `no`", pair->key);
    }
    *figure = (ProfileFigure){.path = pair->key};
    TRY(bool_read(verified, &figure->is_verified, errors));
    TRY(check_level(profile, pair, figure->is_verified, errors));
    ((Node *)found)->is_unverified = !figure->is_verified; /* of the tree that profile_read made */
    return read_text(pair->value, "source", &figure->source, errors);
}

static Status read_figures(const Node *root, Arena *arena, Profile *profile, ErrorList *errors) {
    const Node *figures = node_get(root, "figures");
    Status first = DONE;
    if (!figures || node_is_null(figures)) {
        return DONE;
    }
    if (figures->kind != NODE_MAP) {
        return fail(errors, E204, figures->place, "`figures` is a map of figures");
    }
    profile->figures = arena_array(arena, (size_t)figures->count + 1, sizeof *profile->figures);
    for (int index = 0; index < figures->count; index++) {
        const Status status = read_figure(profile, &figures->pairs[index], arena,
                                          &profile->figures[profile->figure_count++], errors);
        first = first ? first : status;
    }
    return first;
}

Status profile_read(const JobFile *file, Arena *arena, Profile *profile, ErrorList *errors) {
    Node *root = NULL;
    *profile = (Profile){.file = file->name};
    TRY(yaml_read(file->name, file->bytes, file->size_bytes, arena, &root, errors));
    TRY(check_shape(file, root, errors));
    TRY(require_text(file, root, "id", &profile->id, errors));
    TRY(require_text(file, root, "version", &profile->version, errors));
    TRY(read_text(root, "title", &profile->title, errors));
    TRY(read_text(root, "source", &profile->source, errors));
    TRY(check_name(file, profile, errors));
    profile->deliverable = node_get(root, "deliverable");
    if (!profile->deliverable || profile->deliverable->kind != NODE_MAP) {
        const Place place =
            profile->deliverable ? profile->deliverable->place : (Place){file->name, 1, 1, 0};
        return fail(errors, E203, place, "this profile has no map `deliverable`");
    }
    return read_figures(root, arena, profile, errors);
}
