/* Tables of delivery profiles. */
#include "cluster/list_profiles.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/node_json.h"
#include "cluster/table.h"
#include "jobs/node_build.h"
#include "jobs/profile.h"

static const char *text_at(const Node *map, const char *path, Arena *arena) {
    const Node *node = NULL;
    const Status status = node_find(map, path, arena, &node, errors_create(arena));
    return status == DONE && node->kind == NODE_SCALAR ? node->text : "";
}

static Status read_listed(
    JobFiles *files, const ProfileFile *listed, Arena *arena, Profile *profile, ErrorList *errors) {
    const JobFile *file = NULL;
    files->count = 0; /* each is read for itself: there may be more than a job is made of */
    TRY(job_files_find(files, listed->file, NO_PLACE, arena, &file, errors));
    return profile_read(file, arena, profile, errors);
}

static Status list_all(const Options *options, JobFiles *files, Arena *arena, ErrorList *errors) {
    static const char *const columns[] = {"profile", "version", "layout", "loudness",
                                          "peak",    "title",   "source"};
    ProfileFiles list;
    TRY(profile_files_list(files, arena, &list, errors));
    Table *table = table_create(arena, "profiles", columns, 7);
    for (int index = 0; index < list.count; index++) {
        Profile profile;
        TRY(read_listed(files, &list.files[index], arena, &profile, errors));
        table_add(table, (const char *[]){profile.id, profile.version,
                                          text_at(profile.deliverable, "layout", arena),
                                          text_at(profile.deliverable, "loudness.target", arena),
                                          text_at(profile.deliverable, "loudness.peak", arena),
                                          profile.title, profile.source});
    }
    table_print(table, options);
    return DONE;
}

static const ProfileFigure *find_figure(const Profile *profile, const char *path) {
    for (int figure = 0; figure < profile->figure_count; figure++) {
        if (strcmp(profile->figures[figure].path, path) == 0) {
            return &profile->figures[figure];
        }
    }
    return NULL;
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *value_to_json(const Profile *profile, const NodeLeaf *leaf) {
    const ProfileFigure *figure = find_figure(profile, leaf->path);
    json_t *object = node_leaf_to_json(leaf);
    json_object_set_new(object, "is_verified",
                        figure ? json_boolean(figure->is_verified) : json_null());
    json_object_set_new(object, "source", text_or_null(figure ? figure->source : NULL));
    return object;
}

static void answer_profile(const Profile *profile, const NodeLeaves *leaves) {
    json_t *values = json_array();
    for (int index = 0; index < leaves->count; index++) {
        json_array_append_new(values, value_to_json(profile, &leaves->leaves[index]));
    }
    answer_json(json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", profile->id, "version",
                          profile->version, "title", profile->title, "source", profile->source,
                          "file", profile->file, "values", values));
}

static void print_profile(const Options *options,
                          const Profile *profile,
                          const NodeLeaves *leaves,
                          Arena *arena) {
    static const char *const columns[] = {"key", "value", "verified", "source", "line"};
    Table *table = table_create(arena, "values", columns, 5);
    for (int index = 0; index < leaves->count; index++) {
        const NodeLeaf *leaf = &leaves->leaves[index];
        const ProfileFigure *figure = find_figure(profile, leaf->path);
        table_add(table, (const char *[]){leaf->path, leaf->node->text,
                                          figure ? figure->is_verified ? "yes" : "no" : "",
                                          figure ? figure->source : "",
                                          arena_format(arena, "%d", leaf->node->place.line)});
    }
    if (!options->is_csv) {
        printf("%s@%s  %s\n%s\nsource: %s\n\n", profile->id, profile->version, profile->title,
               profile->file, profile->source);
    }
    table_print(table, options);
}

static Status list_one(const Options *options, JobFiles *files, Arena *arena, ErrorList *errors) {
    const JobFile *file = NULL;
    Profile profile;
    const Node *name = node_make_text(options->arguments[1], NO_PLACE, arena);
    TRY(profile_find(files, name, arena, &file, errors));
    TRY(profile_read(file, arena, &profile, errors));
    const NodeLeaves leaves = node_leaves(profile.deliverable, arena);
    if (options->is_json) {
        answer_profile(&profile, &leaves);
    } else {
        print_profile(options, &profile, &leaves, arena);
    }
    return DONE;
}

Status list_profiles(const Options *options, Arena *arena, JobInput *input, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 2, "profiles [NAME]", errors));
    JobFiles files = {.folder = "."};
    *input = (JobInput){.folder = "."};
    return options->argument_count == 1 ? list_all(options, &files, arena, errors)
                                        : list_one(options, &files, arena, errors);
}
