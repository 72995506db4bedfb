/* Which delivery profiles there are, and which one a name means. */
#include <string.h>

#include "jobs/configs.h"
#include "jobs/job_path.h"
#include "jobs/profile.h"
#include "jobs/suggest.h"
#include "render/base/files.h"

static const char folder_name[] = "profiles/";
static const char extension[] = ".yaml";

/* "profiles/ebu-r128@2026-11-20.yaml" and "configs:profiles/..."; false: not named like that. */
static bool parse_file(const char *file, Arena *arena, ProfileFile *out) {
    const char *name = path_name(file);
    const char *at = strchr(name, '@');
    const size_t length = strlen(name);
    const size_t end_length = strlen(extension);
    if (!at || at == name || length <= end_length ||
        strcmp(name + length - end_length, extension) != 0) {
        return false;
    }
    const size_t version_length = length - end_length - (size_t)(at + 1 - name);
    *out = (ProfileFile){.id = arena_copy_bytes(arena, name, (size_t)(at - name)),
                         .version = arena_copy_bytes(arena, at + 1, version_length),
                         .file = file};
    return version_length > 0;
}

static bool is_in_profiles(const char *file) {
    return strncmp(configs_plain_name(file), folder_name, strlen(folder_name)) == 0;
}

static void add_bundled(const JobFiles *files, Arena *arena, ProfileFiles *list) {
    list->files = arena_array(arena, (size_t)files->count, sizeof *list->files);
    for (int file = 0; file < files->count; file++) {
        if (is_in_profiles(files->files[file].name)) {
            list->count += parse_file(files->files[file].name, arena, &list->files[list->count]);
        }
    }
}

static void add_named(
    const char *prefix, const char *const *names, int count, Arena *arena, ProfileFiles *list) {
    for (int name = 0; name < count; name++) {
        const char *file = arena_format(arena, "%s%s%s", prefix, folder_name, names[name]);
        list->count += parse_file(file, arena, &list->files[list->count]);
    }
}

/* NAME@VERSION sorts by name and version: the last one of a name is the newest. */
Status
profile_files_list(const JobFiles *files, Arena *arena, ProfileFiles *list, ErrorList *errors) {
    *list = (ProfileFiles){0};
    if (files->is_bundle) {
        add_bundled(files, arena, list);
        return DONE;
    }
    const char **own = NULL;
    const char **shipped = NULL;
    int own_count = 0;
    int shipped_count = 0;
    const char *folder = configs_find("profiles", arena);
    TRY(folder_list(path_join(arena, files->folder, "profiles"), arena, &own, &own_count, errors));
    if (folder) {
        TRY(folder_list(folder, arena, &shipped, &shipped_count, errors));
    }
    list->files =
        arena_array(arena, (size_t)own_count + (size_t)shipped_count + 1, sizeof *list->files);
    add_named("", own, own_count, arena, list);
    add_named(CONFIGS_ROOT, shipped, shipped_count, arena, list);
    return DONE;
}

static bool is_own(const ProfileFile *file) {
    return configs_plain_name(file->file) == file->file;
}

/* "2024-01-01, 2026-11-20", NULL: no such name. */
static const char *versions_of(const ProfileFiles *list, const char *id, Arena *arena) {
    const char *versions = NULL;
    for (int file = 0; file < list->count; file++) {
        if (strcmp(list->files[file].id, id) == 0) {
            versions = versions ? arena_format(arena, "%s, %s", versions, list->files[file].version)
                                : list->files[file].version;
        }
    }
    return versions;
}

static Status fail_name(
    const ProfileFiles *list, const Node *name, const char *id, Arena *arena, ErrorList *errors) {
    const char *versions = versions_of(list, id, arena);
    if (versions) {
        fail(errors, E301, name->place, "profile `%s` has no version `%s`", id,
             name->text + strlen(id) + 1);
        error_note(errors, "versions of `%s`: %s", id, versions);
        return E301;
    }
    fail(errors, E301, name->place, "no profile is called `%s`", id);
    const char **ids = arena_array(arena, (size_t)list->count + 1, sizeof *ids);
    for (int file = 0; file < list->count; file++) {
        ids[file] = list->files[file].id;
    }
    const char *nearest = suggest_nearest(id, ids, list->count);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    error_help(errors, "nocturne list profiles; a file of your own is named by its path");
    return E301;
}

/* version NULL: the newest one, beside the job before those of configs. */
static const ProfileFile *choose(const ProfileFiles *list, const char *id, const char *version) {
    const ProfileFile *chosen = NULL;
    for (int file = 0; file < list->count; file++) {
        const ProfileFile *candidate = &list->files[file];
        const bool fits = strcmp(candidate->id, id) == 0 &&
                          (!version || strcmp(candidate->version, version) == 0);
        const bool is_behind = chosen && is_own(chosen) && !is_own(candidate);
        const bool is_newer = !chosen || strcmp(candidate->version, chosen->version) > 0;
        chosen = fits && !is_behind && is_newer ? candidate : chosen;
    }
    return chosen;
}

bool profile_is_path(const char *name) {
    const size_t length = strlen(name);
    const size_t end_length = strlen(extension);
    return strchr(name, '/') ||
           (length > end_length && strcmp(name + length - end_length, extension) == 0);
}

Status profile_find(
    JobFiles *files, const Node *name, Arena *arena, const JobFile **file, ErrorList *errors) {
    if (name->kind != NODE_SCALAR || !*name->text) {
        fail(errors, E204, name->place, "`profile` names a delivery profile");
        error_help(errors, "nocturne list profiles");
        return E204;
    }
    if (profile_is_path(name->text)) {
        const char *path = NULL;
        TRY(job_files_path(name, "", arena, &path, errors));
        return job_files_find(files, path, name->place, arena, file, errors);
    }
    ProfileFiles list;
    TRY(profile_files_list(files, arena, &list, errors));
    const char *at = strchr(name->text, '@');
    const char *id =
        at ? arena_copy_bytes(arena, name->text, (size_t)(at - name->text)) : name->text;
    const ProfileFile *found = choose(&list, id, at ? at + 1 : NULL);
    return found ? job_files_find(files, found->file, name->place, arena, file, errors)
                 : fail_name(&list, name, id, arena, errors);
}
