/* Files and folders on the command line become programmes with a layout. */
#include "cluster/qc_set.h"

#include <string.h>
#include <strings.h>

#include "cluster/manifest.h"
#include "render/base/files.h"
#include "spatial/layout_table.h"

enum { FOLDERS_AHEAD = 256 };

QcSet *qc_set_create(Arena *arena) {
    QcSet *set = arena_alloc(arena, sizeof *set);
    set->arena = arena;
    return set;
}

void qc_set_destroy(QcSet **set) {
    for (QcFolder *folder = *set ? (*set)->folders : NULL; folder; folder = folder->next) {
        json_decref(folder->manifest);
    }
    *set = NULL;
}

static QcItem *add_item(QcSet *set, const char *path) {
    QcItem *const item = arena_alloc(set->arena, sizeof *item);
    item->path = path;
    if (set->last) {
        set->last->next = item;
    } else {
        set->first = item;
    }
    set->last = item;
    set->count++;
    return item;
}

static void add_file(QcSet *set, const char *path, const Layout *layout) {
    const char **const paths = arena_array(set->arena, 1, sizeof *paths);
    paths[0] = arena_copy_text(set->arena, path);
    QcItem *const item = add_item(set, paths[0]);
    item->programme = (QcProgramme){.paths = paths, .path_count = 1, .layout = layout};
}

/* ---- what a manifest says ---- */

static const char *text_of(const json_t *object, const char *key) {
    const char *const text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static int find_label(const Layout *layout, const char *label) {
    for (int channel = 0; channel < layout->channel_count; channel++) {
        if (strcmp(layout->channels[channel].label, label) == 0) {
            return channel;
        }
    }
    return -1;
}

/* Which channel of the layout each channel of the file is, -1: what a DCP has beside; NULL: the
 * manifest does not say. */
static const int *read_order(const QcSet *set, const json_t *deliverable, const Layout *layout) {
    const json_t *const labels = json_object_get(deliverable, "channels");
    const size_t count = json_array_size(labels);
    int *const order = arena_array(set->arena, count, sizeof *order);
    int found = 0;
    for (size_t channel = 0; layout && channel < count; channel++) {
        const char *const label = json_string_value(json_array_get(labels, channel));
        order[channel] = label ? find_label(layout, label) : -1;
        found += order[channel] >= 0;
    }
    return layout && found == layout->channel_count ? order : NULL;
}

/* The name of a split programme: what its files share, and their channels in braces. */
static const char *name_split(const QcSet *set, const char *const *paths, int count) {
    size_t head = 0;
    size_t tail = 0;
    const char *const first = paths[0];
    const char *const second = paths[1];
    while (first[head] && first[head] == second[head]) {
        head++;
    }
    const size_t first_length = strlen(first);
    const size_t second_length = strlen(second);
    const size_t shorter = first_length < second_length ? first_length : second_length;
    while (tail < shorter - head &&
           first[first_length - 1 - tail] == second[second_length - 1 - tail]) {
        tail++;
    }
    const char *name = arena_format(set->arena, "%.*s{", (int)head, first);
    for (int file = 0; file < count; file++) {
        const int length = (int)(strlen(paths[file]) - head - tail);
        name = arena_format(set->arena, "%s%s%.*s", name, file ? "," : "", length > 0 ? length : 0,
                            paths[file] + head);
    }
    return arena_format(set->arena, "%s}%s", name, first + first_length - tail);
}

static int64_t whole(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(object, key));
}

static bool
is_known(const QcSet *set, const QcFolder *folder, const char *output, const char *reel) {
    for (const QcItem *item = set->first; item; item = item->next) {
        if (item->folder == folder && strcmp(item->output, output) == 0 &&
            strcmp(item->reel, reel) == 0) {
            return true;
        }
    }
    return false;
}

/* All files of one output and reel ("": the whole timeline), in the order of the manifest, which is
 * that of the layout. */
static void add_output(QcSet *set, const QcFolder *folder, const char *output, const char *reel) {
    const json_t *const files = json_object_get(folder->manifest, "files");
    const json_t *const deliverable = json_object_get(folder->manifest, "deliverable");
    const char **const paths = arena_array(set->arena, json_array_size(files), sizeof *paths);
    const Layout *const layout = layout_find(text_of(deliverable, "layout"));
    int *const order = arena_array(set->arena, json_array_size(files), sizeof *order);
    const json_t *file = NULL;
    size_t index = 0;
    int count = 0;
    int64_t frames = 0;
    int64_t leader = 0;
    int64_t tail = 0;
    bool has_order = layout != NULL;
    json_array_foreach(files, index, file) {
        if (strcmp(text_of(file, "output"), output) == 0 &&
            strcmp(text_of(file, "reel"), reel) == 0) {
            frames = whole(file, "frames");
            leader = whole(file, "leader_frames");
            tail = whole(file, "tail_frames");
            order[count] = layout ? find_label(layout, text_of(file, "channel")) : -1;
            has_order = has_order && order[count] >= 0;
            paths[count++] = path_join(set->arena, folder->path, text_of(file, "name"));
        }
    }
    QcItem *const item = add_item(set, count > 1 ? name_split(set, paths, count) : paths[0]);
    item->output = output;
    item->reel = reel;
    item->folder = folder;
    item->is_part = strcmp(output, "full") != 0 && strcmp(output, "me") != 0;
    item->expected_frames = frames > 0 ? frames : whole(deliverable, "frames");
    item->expected_rate_hz = whole(deliverable, "rate_hz");
    item->expected_channels = (int64_t)json_array_size(json_object_get(deliverable, "channels"));
    item->programme = (QcProgramme){.paths = paths,
                                    .path_count = count,
                                    .layout = layout,
                                    .leader_frames = leader,
                                    .tail_frames = tail};
    item->programme.order =
        count > 1 ? (has_order ? order : NULL) : read_order(set, deliverable, layout);
}

static Status add_deliverable(QcSet *set, const char *path, ErrorList *errors) {
    QcFolder *const folder = arena_alloc(set->arena, sizeof *folder);
    folder->path = path;
    TRY(manifest_read(path_join(set->arena, path, MANIFEST_NAME), set->arena, &folder->manifest,
                      errors));
    if (set->last_folder) {
        set->last_folder->next = folder;
    } else {
        set->folders = folder;
    }
    set->last_folder = folder;
    const json_t *file = NULL;
    size_t index = 0;
    json_array_foreach(json_object_get(folder->manifest, "files"), index, file) {
        const char *const output = arena_copy_text(set->arena, text_of(file, "output"));
        const char *const reel = arena_copy_text(set->arena, text_of(file, "reel"));
        if (!is_known(set, folder, output, reel)) {
            add_output(set, folder, output, reel);
        }
    }
    return DONE;
}

/* deliverables/ and held/ of an output folder. */
static Status add_run(QcSet *set, const char *path, ErrorList *errors) {
    static const char *const shelves[] = {"deliverables", "held"};
    for (int shelf = 0; shelf < 2; shelf++) {
        const char *const folder = path_join(set->arena, path, shelves[shelf]);
        const char **names = NULL;
        int count = 0;
        TRY(folder_list(folder, set->arena, &names, &count, errors));
        for (int name = 0; name < count; name++) {
            const char *const own = path_join(set->arena, folder, names[name]);
            if (file_exists(path_join(set->arena, own, MANIFEST_NAME))) {
                TRY(add_deliverable(set, own, errors));
            }
        }
    }
    return DONE;
}

/* ---- folders made elsewhere ---- */

static bool is_sound_name(const char *name) {
    static const char *const endings[] = {".wav", ".wave", ".bwf", ".rf64", ".bw64",
                                          ".w64", ".flac", ".aif", ".aiff", ".caf",
                                          ".ogg", ".opus", ".mp3", ".au",   ".snd"};
    const char *const dot = strrchr(name, '.');
    for (size_t ending = 0; dot && ending < sizeof endings / sizeof *endings; ending++) {
        if (strcasecmp(dot, endings[ending]) == 0) {
            return true;
        }
    }
    return false;
}

static Status add_folder(QcSet *set, const char *path, const Layout *layout, ErrorList *errors) {
    const char *pending[FOLDERS_AHEAD] = {path};
    int pending_count = 1;
    while (pending_count > 0) {
        const char *const folder = pending[--pending_count];
        const char **names = NULL;
        int count = 0;
        TRY(folder_list(folder, set->arena, &names, &count, errors));
        for (int name = 0; name < count; name++) {
            const char *const own = path_join(set->arena, folder, names[name]);
            if (folder_exists(own) && pending_count == FOLDERS_AHEAD) {
                return fail(errors, E106, NO_PLACE, "`%s` holds more than %d folders", path,
                            FOLDERS_AHEAD);
            }
            if (folder_exists(own)) {
                pending[pending_count++] = own;
            } else if (is_sound_name(own)) {
                add_file(set, own, layout);
            }
        }
    }
    return DONE;
}

Status qc_set_add(QcSet *set, const char *path, const Layout *layout, ErrorList *errors) {
    const int before = set->count;
    if (!folder_exists(path)) {
        if (!file_exists(path)) {
            return fail(errors, E410, NO_PLACE, "no file or folder `%s`", path);
        }
        add_file(set, path, layout);
        return DONE;
    }
    if (folder_exists(path_join(set->arena, path, "deliverables")) ||
        folder_exists(path_join(set->arena, path, "held"))) {
        TRY(add_run(set, path, errors));
    } else if (file_exists(path_join(set->arena, path, MANIFEST_NAME))) {
        TRY(add_deliverable(set, arena_copy_text(set->arena, path), errors));
    } else {
        TRY(add_folder(set, path, layout, errors));
    }
    return set->count > before ? DONE
                               : fail(errors, E414, NO_PLACE, "`%s` holds no sound files", path);
}
