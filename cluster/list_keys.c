/* `list keys [PREFIX] [--core]`: the language, a row a key. */
#include "cluster/list_keys.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/table.h"
#include "jobs/job_schema.h"
#include "render/base/growing_text.h"

/* Tables and maps of the top with more members than this are shown member by member. */
enum { FOLDED_MEMBERS = 5, CANDIDATES_MAX = 1024 };

/* Of a deliverable: it comes from its profile, and may be written instead. */
static const char profile_keys[] = "container bits bitrate rate split channel_order normalisation "
                                   "beds sofa headphone_eq reference "
                                   "frame_rate leader pop hour env stem_codes slots";

/* Of layers that are beds or ambisonic scenes alone. */
static const char scene_layer_keys[] = "beds rotate normalisation decoder max_re";

/* ---- shape ---- */

/* The path itself or something below it. */
static bool is_below(const char *path, const char *prefix) {
    const size_t length = strlen(prefix);
    return !strncmp(path, prefix, length) &&
           (!path[length] || path[length] == '.' || path[length] == '[');
}

/* What stands behind `prefix.`, `prefix.*.` or `prefix[].`; NULL: nothing does. */
static const char *rest_below(const char *path, const char *prefix) {
    if (!is_below(path, prefix) || !path[strlen(prefix)]) {
        return NULL;
    }
    const char *rest = path + strlen(prefix);
    rest += strncmp(rest, "[]", 2) ? 0 : 2;
    rest += strncmp(rest, ".*", 2) ? 0 : 2;
    return *rest == '.' ? rest + 1 : rest;
}

/* The name of a member directly below; NULL: the row is none. */
static const char *member_of(const SchemaKey *key, const SchemaKey *above) {
    const char *rest = rest_below(key->path, above->path);
    return rest && *rest && !strpbrk(rest, ".[") && key->type != VALUE_PLANNED ? rest : NULL;
}

static int count_members(const SchemaKey *above) {
    int count = 0;
    for (int row = 0; job_schema_at(row); row++) {
        count += member_of(job_schema_at(row), above) != NULL;
    }
    return count;
}

static bool is_core(const SchemaKey *key) {
    return (key->flags & KEY_CORE) != 0;
}

/* "{az, el, dist}"; NULL without members. */
static const char *name_members(const SchemaKey *above, bool core_alone, Arena *arena) {
    Text text = {.arena = arena};
    for (int row = 0; job_schema_at(row); row++) {
        const char *member = member_of(job_schema_at(row), above);
        if (member && (!core_alone || is_core(job_schema_at(row)))) {
            text_add(&text, "%s%s", text.bytes ? ", " : "{", member);
        }
    }
    if (!text.bytes) {
        return NULL;
    }
    text_add(&text, "}");
    return text.bytes;
}

/* The row of the path up to its first `.` or `[`. */
static const SchemaKey *top_of(const SchemaKey *key) {
    const size_t length = strcspn(key->path, ".[");
    for (int row = 0; job_schema_at(row); row++) {
        const char *path = job_schema_at(row)->path;
        if (strlen(path) == length && !strncmp(path, key->path, length)) {
            return job_schema_at(row);
        }
    }
    return key;
}

static bool is_open(const SchemaKey *top) {
    return (top->type == VALUE_TABLE || top->type == VALUE_MAP) &&
           count_members(top) > FOLDED_MEMBERS;
}

/* A member of `table` that is one of `words`. */
static bool is_one_of(const SchemaKey *key, const char *table, const char *words) {
    const char *member = rest_below(key->path, table);
    return member && *member && !strpbrk(member, ".[") && word_is_in(words, member, strlen(member));
}

/* Whether the row stands for itself in the folded list. */
static bool is_shown(const SchemaKey *key) {
    const SchemaKey *top = top_of(key);
    if (key->type == VALUE_PLANNED || is_one_of(key, "deliverables", profile_keys) ||
        is_one_of(key, "layers", scene_layer_keys)) {
        return false;
    }
    if (key == top) {
        return !is_open(top);
    }
    return is_open(top) && member_of(key, top);
}

/* A row or something below it. */
static bool has_core(const SchemaKey *key) {
    for (int row = 0; job_schema_at(row); row++) {
        if (is_core(job_schema_at(row)) && is_below(job_schema_at(row)->path, key->path)) {
            return true;
        }
    }
    return false;
}

/* ---- rows ---- */

static const char *describe_flags(const SchemaKey *key) {
    if (key->type == VALUE_PLANNED) {
        return "planned";
    }
    return key->flags & KEY_REQUIRED && !key->fallback ? "required" : "";
}

static void add_row(Table *table, const SchemaKey *key, const char *values) {
    table_add(table, (const char *[]){key->path, job_schema_type_name(key), key->fallback, values,
                                      describe_flags(key), key->meaning});
}

static int add_folded(Table *table, bool core_alone, Arena *arena) {
    int count = 0;
    for (int row = 0; job_schema_at(row); row++) {
        const SchemaKey *key = job_schema_at(row);
        if (is_shown(key) && (!core_alone || has_core(key))) {
            const char *members = name_members(key, core_alone, arena);
            add_row(table, key, members ? members : key->values);
            count++;
        }
    }
    return count;
}

static int add_below(Table *table, const char *prefix, bool core_alone) {
    int count = 0;
    for (int row = 0; job_schema_at(row); row++) {
        const SchemaKey *key = job_schema_at(row);
        if (is_below(key->path, prefix) && (!core_alone || is_core(key))) {
            add_row(table, key, key->values);
            count++;
        }
    }
    return count;
}

static Status fail_prefix(const char *prefix, ErrorList *errors) {
    const char *paths[CANDIDATES_MAX];
    int count = 0;
    for (int row = 0; job_schema_at(row) && count < CANDIDATES_MAX; row++) {
        paths[count++] = job_schema_at(row)->path;
    }
    fail(errors, E002, NO_PLACE, "the job format has no `%s`", prefix);
    options_suggest(prefix, paths, count, errors);
    return E002;
}

Status list_keys(const Options *options, Arena *arena, ErrorList *errors) {
    static const char *const columns[] = {"key", "type", "default", "values", "note", "meaning"};
    TRY(answer_check_count(options, 1, 2, "keys [PREFIX]", errors));
    const char *prefix = options->argument_count > 1 ? options->arguments[1] : NULL;
    Table *table = table_create(arena, "keys", columns, 6);
    const int count = prefix ? add_below(table, prefix, options->is_core)
                             : add_folded(table, options->is_core, arena);
    if (count == 0) {
        return fail_prefix(prefix ? prefix : "keys", errors);
    }
    table_print(table, options);
    return DONE;
}
