/* The machine profile: what holds here when the command line does not say otherwise. */
#include "cluster/machine.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/suggest.h"
#include "jobs/yaml_reader.h"
#include "render/base/files.h"

static const size_t limit_bytes = 64u << 10;

typedef struct MachineKey {
    const char *name;
    size_t member;  /* of Options: a text, or a switch */
    bool is_kept;   /* by the folder of a run, for `resume` */
    bool is_switch; /* true or false */
} MachineKey;

static const MachineKey keys[] = {
    {"store",         offsetof(Options, store),         true,  false},
    {"scratch",       offsetof(Options, scratch),       true,  false},
    {"intermediates", offsetof(Options, intermediates), true,  false},
    {"notify",        offsetof(Options, notify),        false, false},
    {"ssh",           offsetof(Options, ssh),           true,  false},
    {"network",       offsetof(Options, network),       true,  false},
    {"keep_ranks",    offsetof(Options, keeps_ranks),   true,  true },
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static const char sharing_key[] = "sharing";

static const char *variable(const char *name) {
    const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): nothing writes it
    return value && value[0] ? value : NULL;
}

const char *machine_find(Arena *arena) {
    const char *configs = variable("XDG_CONFIG_HOME");
    const char *home = variable("HOME");
    const char *const paths[] = {
        configs ? path_join(arena, configs, "nocturne/machine.yaml") : NULL,
        home ? path_join(arena, home, ".config/nocturne/machine.yaml") : NULL,
        "/etc/nocturne/machine.yaml"};
    const char *named = variable("NOCTURNE_MACHINE");
    if (named) {
        return strcmp(named, "none") == 0 ? NULL : named;
    }
    for (size_t path = 0; path < sizeof paths / sizeof *paths; path++) {
        if (paths[path] && file_exists(paths[path])) {
            return paths[path];
        }
    }
    return NULL;
}

static const MachineKey *find_key(const char *name) {
    for (int key = 0; key < KEY_COUNT; key++) {
        if (strcmp(keys[key].name, name) == 0) {
            return &keys[key];
        }
    }
    return NULL;
}

static Status fail_unknown(const NodePair *pair, ErrorList *errors) {
    const char *names[KEY_COUNT + 1];
    for (int key = 0; key < KEY_COUNT; key++) {
        names[key] = keys[key].name;
    }
    names[KEY_COUNT] = sharing_key;
    fail(errors, E202, pair->key_place, "unknown key `%s` in the machine profile", pair->key);
    const char *nearest = suggest_nearest(pair->key, names, KEY_COUNT + 1);
    if (nearest) {
        error_help(errors, "did you mean `%s`?", nearest);
    } else {
        error_note(
            errors,
            "it has store, scratch, intermediates, notify, ssh, network, keep_ranks and sharing");
    }
    return E202;
}

/* As the lines of the store's file, which judges them: store_sharing.h. */
static Status
read_sharing(const NodePair *pair, Arena *arena, Options *options, ErrorList *errors) {
    const char *lines = "";
    if (pair->value->kind != NODE_MAP) {
        return fail(errors, E202, pair->value->place,
                    "`sharing` is a map of group, dir_mode and "
                    "file_mode");
    }
    for (int entry = 0; entry < pair->value->count; entry++) {
        const NodePair *mode = &pair->value->pairs[entry];
        if (mode->value->kind != NODE_SCALAR) {
            return fail(errors, E202, mode->value->place, "`%s` is one value", mode->key);
        }
        lines = arena_format(arena, "%s%s %s\n", lines, mode->key, mode->value->text);
    }
    options->sharing = lines;
    return DONE;
}

/* What the command line has switched on stays on. */
static Status read_switch(const NodePair *pair, bool *is_on, ErrorList *errors) {
    const char *text = pair->value->text;
    const bool is_true = strcmp(text, "true") == 0;
    if (!is_true && strcmp(text, "false") != 0) {
        return fail(errors, E202, pair->value->place, "`%s` is true or false, not `%s`", pair->key,
                    text);
    }
    *is_on = *is_on || is_true;
    return DONE;
}

static Status read_pair(const NodePair *pair, Arena *arena, Options *options, ErrorList *errors) {
    const MachineKey *key = find_key(pair->key);
    if (strcmp(pair->key, sharing_key) == 0) {
        return read_sharing(pair, arena, options, errors);
    }
    if (!key) {
        return fail_unknown(pair, errors);
    }
    if (pair->value->kind != NODE_SCALAR || node_is_null(pair->value)) {
        return fail(errors, E202, pair->value->place, "`%s` is one text", pair->key);
    }
    if (key->is_kept && strcmp(options->verb, "resume") == 0) {
        return DONE;
    }
    if (key->is_switch) {
        return read_switch(pair, (bool *)((char *)options + key->member), errors);
    }
    const char **member = (const char **)((char *)options + key->member);
    if (key->member == offsetof(Options, intermediates) &&
        strcmp(pair->value->text, "local") != 0 && strcmp(pair->value->text, "shared") != 0) {
        return fail(errors, E202, pair->value->place, "`%s` is local or shared, not `%s`",
                    pair->key, pair->value->text);
    }
    *member = *member ? *member : arena_copy_text(arena, pair->value->text);
    return DONE;
}

Status machine_apply(const char *path, Arena *arena, Options *options, ErrorList *errors) {
    FileBytes file;
    Node *root = NULL;
    const bool was_asked = options->keeps_ranks; /* with --slurm: that is refused, and said */
    TRY(file_read(path, limit_bytes, NO_PLACE, arena, &file, errors));
    Status first = yaml_read(path, file.bytes, file.size_bytes, arena, &root, errors);
    if (root && root->kind != NODE_MAP) {
        return fail(errors, E202, root->place, "a machine profile is a map of keys");
    }
    for (int pair = 0; root && pair < root->count; pair++) {
        const Status status = read_pair(&root->pairs[pair], arena, options, errors);
        first = first ? first : status;
    }
    options->keeps_ranks = options->keeps_ranks && (was_asked || !options->is_slurm);
    return first;
}
