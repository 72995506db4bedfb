/* `palette`: libraries of presets and sounds, pinned by lock files. */
#include "jobs/palette.h"

#include <string.h>

#include "jobs/job_path.h"
#include "jobs/job_schema.h"
#include "jobs/node_merge.h"
#include "jobs/reference.h"
#include "jobs/yaml_reader.h"
#include "render/base/files.h"
#include "render/base/hash.h"

/* What a preset may say: processing, not where a layer lies or where it goes. */
static const char preset_keys[] =
    "gain hpf lpf eq tilt transient width proximity send lfe distance binaural";

enum { SHA256_DIGITS = 64 };

typedef struct PresetReader {
    const Node *palette; /* of the tree; NULL: not written */
    JobFiles *files;
    Arena *arena;
    ErrorList *errors;
} PresetReader;

static const char *text_of(const Node *map, const char *key) {
    const Node *value = node_get(map, key);
    return node_is_null(value) || value->kind != NODE_SCALAR ? NULL : value->text;
}

/* The sum of a name in a lock, SHA256_DIGITS digits; NULL: it is not there. */
static const char *find_sum(const char *lock, const char *name) {
    for (const char *line = lock; line && *line;) {
        const size_t length = strcspn(line, "\r\n");
        const char *listed = line + SHA256_DIGITS + 2; /* two spaces, or a space and `*` */
        if (length > SHA256_DIGITS + 2 && (size_t)(line + length - listed) == strlen(name) &&
            strncmp(listed, name, strlen(name)) == 0) {
            return line;
        }
        line += length + strspn(line + length, "\r\n");
    }
    return NULL;
}

/* sha256: of what is there. */
static Status check_sum(const char *lock,
                        const char *library,
                        const char *name,
                        const char *sha256,
                        const JobText *at,
                        ErrorList *errors) {
    const char *pinned = find_sum(lock, name);
    if (pinned && strncmp(pinned, sha256, SHA256_DIGITS) == 0) {
        return DONE;
    }
    fail(errors, E430, at->place,
         pinned ? "`%s` is not the file that palette.%s is locked to"
                : "`%s` is not in the lock of palette.%s",
         at->text, library);
    error_caret(errors, "its SHA-256 is %s", sha256);
    return E430;
}

static Status read_lock(const PresetReader *reader, const Node *library, const JobFile **lock) {
    const Node *name = node_get(library, "lock");
    const char *path = NULL;
    *lock = NULL;
    if (node_is_null(name) || name->kind != NODE_SCALAR) {
        return DONE;
    }
    TRY(job_files_path(name, ".", reader->arena, &path, reader->errors));
    return job_files_find(reader->files, path, name->place, reader->arena, lock, reader->errors);
}

static Status fail_library(const PresetReader *reader, const Node *preset, const char *library) {
    const int count =
        reader->palette && reader->palette->kind == NODE_MAP ? reader->palette->count : 0;
    Reference *known = arena_array(reader->arena, (size_t)count + 1, sizeof *known);
    for (int pair = 0; pair < count; pair++) {
        known[pair] =
            (Reference){reader->palette->pairs[pair].key, reader->palette->pairs[pair].key_place};
    }
    const ReferenceList list = {"library of `palette`", known, count};
    return reference_fail(&list, library, preset->place, reader->errors);
}

static Status check_keys(const PresetReader *reader, const Node *preset, const Node *keys) {
    if (keys->kind != NODE_MAP) {
        return fail(reader->errors, E204, keys->place, "the preset `%s` holds no keys of a layer",
                    preset->text);
    }
    for (int pair = 0; pair < keys->count; pair++) {
        const char *key = keys->pairs[pair].key;
        if (!word_is_in(preset_keys, key, strlen(key)) && job_schema_find("layers.*", key)) {
            fail(reader->errors, E208, keys->pairs[pair].key_place, "a preset has no `%s`", key);
            error_note(reader->errors, "it may have %s", preset_keys);
            return E208;
        }
    }
    return DONE;
}

/* *keys NULL: there is no such library or preset, which has been told. */
static Status read_preset(const PresetReader *reader, const Node *preset, Node **keys) {
    const size_t length = strcspn(preset->text, "/");
    const char *name = preset->text + length;
    const char *id = arena_copy_bytes(reader->arena, preset->text, length);
    const Node *library = node_get(reader->palette, id);
    const char *folder = text_of(library, "path");
    const JobFile *file = NULL;
    const JobFile *lock = NULL;
    if (*name != '/' || !name[1]) {
        fail(reader->errors, E204, preset->place, "`%s` is not a preset", preset->text);
        error_caret(reader->errors, "write library/name");
        return E204;
    }
    if (!library || !folder) {
        return fail_library(reader, preset, id);
    }
    TRY(read_lock(reader, library, &lock));
    const char *member = arena_format(reader->arena, "%s.yaml", name + 1);
    const Node path = {.kind = NODE_SCALAR,
                       .place = preset->place,
                       .text = arena_format(reader->arena, "%s/%s", folder, member)};
    const char *normal = NULL;
    TRY(job_files_path(&path, ".", reader->arena, &normal, reader->errors));
    ErrorList *missing = errors_create(reader->arena);
    if (job_files_find(reader->files, normal, preset->place, reader->arena, &file, missing) !=
        DONE) {
        fail(reader->errors, E432, preset->place, "palette.%s has no preset `%s`", id, name + 1);
        error_note(reader->errors, "it would be %s", normal);
        return E432;
    }
    if (lock) {
        Sha256Text sha256;
        const JobText at = {.text = preset->text, .place = preset->place};
        Sha256 *sum = sha256_create();
        sha256_update(sum, file->bytes, file->size_bytes);
        sha256_finish(&sum, sha256);
        TRY(check_sum(lock->bytes, id, member, sha256, &at, reader->errors));
    }
    TRY(yaml_read(file->name, file->bytes, file->size_bytes, reader->arena, keys, reader->errors));
    return check_keys(reader, preset, *keys);
}

static Status apply_preset(const PresetReader *reader, NodePair *layer) {
    const Node *preset = node_get(layer->value, "preset");
    Node *keys = NULL;
    if (node_is_null(preset) || preset->kind != NODE_SCALAR) {
        return DONE;
    }
    TRY(read_preset(reader, preset, &keys));
    layer->value = node_merge(keys, layer->value, reader->arena, reader->errors);
    return DONE;
}

/* Locks are read even where no preset asks for them: sounds are held to them, too. */
static Status read_locks(const PresetReader *reader) {
    const Node *palette = reader->palette;
    for (int pair = 0; palette && palette->kind == NODE_MAP && pair < palette->count; pair++) {
        const JobFile *lock = NULL;
        TRY(read_lock(reader, palette->pairs[pair].value, &lock));
    }
    return DONE;
}

Status palette_apply(Node **root, JobFiles *files, Arena *arena, ErrorList *errors) {
    const PresetReader reader = {
        .palette = node_get(*root, "palette"), .files = files, .arena = arena, .errors = errors};
    const Node *layers = node_get(*root, "layers");
    TRY(read_locks(&reader));
    if (!layers || layers->kind != NODE_MAP) {
        return DONE;
    }
    Node *changed = node_copy_map(layers, 0, arena); /* the old ones may be shared by an alias */
    Status status = DONE;
    for (int pair = 0; pair < changed->count; pair++) {
        const Status applied = apply_preset(&reader, &changed->pairs[pair]);
        status = status == DONE ? applied : status;
    }
    *root = node_copy_map(*root, 0, arena);
    node_get_pair(*root, "layers")->value = changed;
    return status;
}

void palette_resolve(JobReader *reader) {
    JobSpec *job = reader->job;
    ErrorList *ignored = errors_create(reader->arena); /* told by palette_apply */
    for (int index = 0; index < job->palette_count; index++) {
        JobPalette *palette = &job->palettes[index];
        const Node name = {.kind = NODE_SCALAR,
                           .place = palette->lock.place,
                           .text = palette->lock.text ? palette->lock.text : ""};
        const JobFile *lock = NULL;
        const char *path = NULL;
        if (palette->lock.text &&
            job_files_path(&name, ".", reader->arena, &path, ignored) == DONE &&
            job_files_find(reader->files, path, name.place, reader->arena, &lock, ignored) ==
                DONE) {
            palette->locked = lock->bytes;
        }
    }
}

/* What of a path lies in a library: "hits/taiko.wav"; NULL: it lies elsewhere. */
static const char *name_in(const JobPalette *palette, const char *path, Arena *arena) {
    const size_t id_length = strlen(palette->id);
    if (strncmp(path, palette->id, id_length) == 0 && path[id_length] == ':') {
        return path_normalize(path + id_length + 1, arena);
    }
    const char *folder = path_normalize(palette->path.text, arena);
    const char *normal = path_normalize(path, arena);
    const size_t length = strlen(folder);
    return strncmp(normal, folder, length) == 0 && normal[length] == '/' ? normal + length + 1
                                                                         : NULL;
}

const JobPalette *palette_of(const JobSpec *job, const JobText *path) {
    Arena *arena = arena_create();
    const JobPalette *found = NULL;
    for (int index = 0; index < job->palette_count && path->text && !found; index++) {
        found = name_in(&job->palettes[index], path->text, arena) ? &job->palettes[index] : NULL;
    }
    arena_destroy(&arena);
    return found;
}

Status palette_check(
    const JobSpec *job, const MixFile *files, int file_count, Arena *arena, ErrorList *errors) {
    Status status = DONE;
    for (int index = 0; index < file_count; index++) {
        const JobText at = {.text = files[index].path, .place = files[index].place};
        const JobPalette *palette = palette_of(job, &at);
        if (palette && palette->locked) {
            const Status checked =
                check_sum(palette->locked, palette->id, name_in(palette, at.text, arena),
                          files[index].sha256, &at, errors);
            status = status == DONE ? checked : status;
        }
    }
    return status;
}
