/* Walks the tree of a job along the key table and fills JobSpec. */
#include "jobs/job_reader.h"

#include <string.h>

#include "jobs/builtin_stems.h"
#include "jobs/job_structures.h"
#include "jobs/replaced_keys.h"
#include "jobs/suggest.h"

enum { MAX_CANDIDATES = 128 };

typedef struct TableStore { /* where the entries of a table go */
    StoreKind store;
    size_t entry_size, count_offset; /* the count stands in the struct that holds the table */
    size_t id_offset, place_offset;  /* in the entry */
} TableStore;

#define TABLE(store, Owner, count, Entry, id, place)                                               \
    { store, sizeof(Entry), offsetof(Owner, count), offsetof(Entry, id), offsetof(Entry, place) }

/* One line a table. */
// clang-format off
static const TableStore table_stores[] = {
    TABLE(STORE_ROOTS, JobSpec, root_count, JobRoot, id, id_place),
    TABLE(STORE_IMPORTS, JobSpec, import_count, JobImport, id, id_place),
    TABLE(STORE_MARKERS, JobSpec, marker_count, JobMarker, id, id_place),
    TABLE(STORE_REELS, JobSpec, reel_count, JobReel, id, id_place),
    TABLE(STORE_SCENES, JobSpec, scene_count, JobScene, id, id_place),
    TABLE(STORE_LINES, JobSpec, line_count, JobLine, id, id_place),
    TABLE(STORE_CUES, JobSpec, cue_count, JobCue, id, id_place),
    TABLE(STORE_ARCS, JobSpec, arc_count, JobArc, id, id_place),
    TABLE(STORE_RULES, JobSpec, rule_count, JobRule, id, id_place),
    TABLE(STORE_TRIMS, JobDeliverable, trim_count, JobTrim, stem, stem_place),
    TABLE(STORE_RULE_SENDS, JobRule, send_count, JobRuleSend, room, room_place),
    TABLE(STORE_ALTERNATES, JobSpec, alternate_count, JobAlternate, id, id_place),
    TABLE(STORE_TRANSITIONS, JobSpec, transition_count, JobTransition, id, id_place),
    TABLE(STORE_LEADS, JobSpec, lead_count, JobLead, id, id_place),
    TABLE(STORE_PALETTES, JobSpec, palette_count, JobPalette, id, id_place),
    TABLE(STORE_STEMS, JobSpec, stem_count, JobStem, id, id_place),
    TABLE(STORE_ROOMS, JobSpec, room_count, JobRoom, id, id_place),
    TABLE(STORE_POSITIONS, JobSpec, position_count, JobNamedPosition, id, id_place),
    TABLE(STORE_LAYERS, JobSpec, layer_count, JobLayer, id, id_place),
    TABLE(STORE_SENDS, JobLayer, send_count, JobSend, room, room_place),
    TABLE(STORE_LAYOUTS, JobSpec, layout_count, JobLayout, id, id_place),
    TABLE(STORE_SPEAKERS, JobLayout, speaker_count, JobSpeaker, label, label_place),
    TABLE(STORE_TAKES, JobLayer, take_count, JobTake, id, id_place),
    TABLE(STORE_SLOTS, JobDeliverable, slots.count, JobSlotStem, stem, stem_place),
    TABLE(STORE_STEM_CODES, JobDeliverable, stem_code_count, JobStemCode, id, id_place),
    TABLE(STORE_DELIVERABLES, JobSpec, deliverable_count, JobDeliverable, id, id_place),
};
// clang-format on

static const TableStore *find_table_store(StoreKind store) {
    size_t row = 0;
    while (table_stores[row].store != store) {
        row++;
    }
    return &table_stores[row];
}

static void *member_of(const ValueSite *site) {
    return (char *)site->base + site->key->offset;
}

static void queue_entry(JobReader *reader, const ValueSite *site, const char *prefix) {
    if (site->key) { /* a table of values: markers, roots, sends */
        job_reader_queue(reader, (QueuedMap){.value = *site});
        return;
    }
    job_reader_queue(reader, (QueuedMap){.prefix = prefix,
                                         .owner = job_value_owner(reader, site),
                                         .node = site->pair->value,
                                         .place = site->pair->key_place,
                                         .target = site->base});
}

/* An entry that is `~` is not there. */
static Status read_table(JobReader *reader, const ValueSite *site) {
    const Node *node = site->pair->value;
    if (node->kind != NODE_MAP) {
        return job_fail_shape(reader, node, "a map keyed by name");
    }
    const TableStore *store = find_table_store(site->key->store);
    char *entries = arena_array(reader->arena, (size_t)node->count + 1, store->entry_size);
    memcpy(member_of(site), &entries, sizeof entries);
    int *count = (int *)((char *)site->base + store->count_offset);
    const char *prefix = arena_format(reader->arena, "%s.*", site->key->path);
    const char *owner = job_value_owner(reader, site);
    const SchemaKey *value_key = job_schema_find(site->key->path, "*");
    for (int index = 0; index < node->count; index++) {
        const NodePair *pair = &node->pairs[index];
        if (site->key->store == STORE_SPEAKERS) {
            label_check(pair->key, pair->key_place, reader->errors);
        } else if (site->key->store != STORE_TRANSITIONS) { /* `a>b`: transition.h */
            id_check(pair->key, pair->key_place, reader->errors);
        }
        if (node_is_null(pair->value)) {
            continue;
        }
        char *entry = entries + (size_t)(*count)++ * store->entry_size;
        *(const char **)(void *)(entry + store->id_offset) = pair->key;
        *(Place *)(void *)(entry + store->place_offset) = pair->key_place;
        const ValueSite entry_site = {value_key, pair, owner, entry, pair->key_place};
        queue_entry(reader, &entry_site, prefix);
    }
    return DONE;
}

static void read_member(JobReader *reader, const ValueSite *site) {
    if (job_scalar_type(site->key->type)) {
        job_scalar_read(reader, site);
    } else if (site->key->type == VALUE_TABLE) {
        read_table(reader, site);
    } else {
        job_structure_read(reader, site);
    }
}

/* Keys of one map, for did-you-mean: planned ones only when nothing else is near. */
static int collect_members(const char *prefix, bool is_planned, const char **members) {
    int count = 0;
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL && count < MAX_CANDIDATES; index++) {
        const char *member = job_schema_member(key, prefix);
        if (member && (key->type == VALUE_PLANNED) == is_planned) {
            members[count++] = member;
        }
    }
    return count;
}

static void suggest_member(JobReader *reader, const char *prefix, const char *wrong) {
    const char *members[MAX_CANDIDATES];
    const char *nearest = suggest_nearest(wrong, members, collect_members(prefix, false, members));
    if (!nearest) {
        nearest = suggest_nearest(wrong, members, collect_members(prefix, true, members));
    }
    if (nearest) {
        error_caret(reader->errors, "did you mean `%s`?", nearest);
    }
}

/* "keys of a layer: `nocturne list keys layers`" */
static void note_keys(JobReader *reader, const char *prefix) {
    const size_t length = strlen(prefix);
    if (length == 0) {
        error_note(reader->errors, "keys of a job: `nocturne list keys`");
        return;
    }
    if (length > 2 && strcmp(prefix + length - 2, ".*") == 0) {
        const char *table = arena_copy_bytes(reader->arena, prefix, length - 2);
        error_note(reader->errors, "keys of a %s: `nocturne list keys %s`",
                   job_schema_entry_name(table, reader->arena), table);
        return;
    }
    if (strcmp(prefix, "tempo[]") == 0) {
        error_note(reader->errors, "keys of a tempo point: `nocturne list keys tempo`");
        return;
    }
    const char *list = arena_copy_bytes(reader->arena, prefix, strcspn(prefix, "["));
    const char *last = strrchr(list, '.');
    error_note(reader->errors, "keys of %s: `nocturne list keys %s`", last ? last + 1 : list, list);
}

static void refuse_key(JobReader *reader, const QueuedMap *map, const NodePair *pair) {
    if (*map->owner) {
        fail(reader->errors, E202, pair->key_place, "unknown key `%s` in %s", pair->key,
             map->owner);
    } else {
        fail(reader->errors, E202, pair->key_place, "unknown key `%s`", pair->key);
    }
    const char *replacement = replaced_key_help(map->prefix, pair->key);
    if (replacement) {
        error_help(reader->errors, "%s", replacement);
        return;
    }
    suggest_member(reader, map->prefix, pair->key);
    note_keys(reader, map->prefix);
}

static void refuse_other_keys(JobReader *reader, const QueuedMap *map) {
    for (int index = 0; index < map->node->count; index++) {
        const NodePair *pair = &map->node->pairs[index];
        if (*map->prefix == '\0' && strncmp(pair->key, "x-", 2) == 0) {
            continue; /* free for anchors and notes */
        }
        const SchemaKey *key = job_schema_find(map->prefix, pair->key);
        if (!key) {
            refuse_key(reader, map, pair);
        } else if (key->type == VALUE_PLANNED) {
            fail(reader->errors, E202, pair->key_place,
                 "`%s` is planned: this version does not serve it yet", pair->key);
        }
    }
}

typedef struct Replacement { /* a required key is not missed beside `member` (with this value) */
    const char *path, *member, *value;
} Replacement;

static bool is_replaced(const QueuedMap *map, const SchemaKey *key) {
    static const Replacement replacements[] = {
        {"layers.*.file",      "takes", NULL   },
        {"layers.*.eq[].gain", "type",  "notch"},
    };
    for (size_t row = 0; row < sizeof replacements / sizeof *replacements; row++) {
        const Replacement *replacement = &replacements[row];
        const NodePair *pair = strcmp(key->path, replacement->path) == 0
                                   ? node_get_pair(map->node, replacement->member)
                                   : NULL;
        const char *text = pair ? pair->value->text : NULL;
        if (pair && (!replacement->value || (text && strcmp(text, replacement->value) == 0))) {
            return true;
        }
    }
    return false;
}

/* A layer that is called like a built-in stem needs no `stem`. */
static bool is_required(const QueuedMap *map, const SchemaKey *key) {
    const char *last = strrchr(map->owner, '.');
    return (key->flags & KEY_REQUIRED) && !is_replaced(map, key) &&
           !(key->type == VALUE_STEM && last && builtin_stem_role(last + 1));
}

static void require_key(JobReader *reader, const QueuedMap *map, const char *member) {
    if (*map->owner) {
        fail(reader->errors, E203, map->place, "%s has no `%s`", map->owner, member);
    } else {
        fail(reader->errors, E203, map->place, "this job has no `%s`", member);
    }
    if (strcmp(member, "nocturne") == 0) {
        error_help(reader->errors, "the first line of a job is `nocturne: 1`");
    }
}

/* What a key that is not written means: the fallback of its row, read like a written value. */
static void read_fallback(JobReader *reader, const QueuedMap *map, const SchemaKey *key) {
    const ValueSite site = {key, NULL, map->owner, map->target, map->place};
    if (key->store == STORE_CHOICE) {
        ((JobChoice *)member_of(&site))->index = -1;
    }
    if (key->store == STORE_TIME) {
        ((JobTime *)member_of(&site))->seconds = (Rational){0, 1};
    }
    if (key->type == VALUE_MAP) { /* its members have defaults, too */
        job_reader_queue(reader, (QueuedMap){.prefix = key->path,
                                             .owner = map->owner,
                                             .place = map->place,
                                             .target = map->target});
    }
    if (!key->fallback || *key->fallback == '(') {
        return;
    }
    Node *node = arena_alloc(reader->arena, sizeof *node);
    *node = (Node){.kind = NODE_SCALAR, .text = key->fallback};
    const NodePair pair = {.key = job_schema_member(key, map->prefix), .value = node};
    const ValueSite written = {key, &pair, map->owner, map->target, map->place};
    read_member(reader, &written);
}

static void read_members(JobReader *reader, const QueuedMap *map) {
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        const char *member = job_schema_member(key, map->prefix);
        if (!member || key->type == VALUE_PLANNED) {
            continue;
        }
        const NodePair *pair = node_get_pair(map->node, member);
        if (pair && !node_is_null(pair->value)) {
            const ValueSite site = {key, pair, map->owner, map->target, map->place};
            read_member(reader, &site);
            continue;
        }
        if (map->node && is_required(map, key)) {
            require_key(reader, map, member);
        }
        read_fallback(reader, map, key);
    }
}

void job_reader_read(JobReader *reader, const Node *root) {
    Place begin = root->place;
    begin.length = 0;
    job_reader_queue(
        reader,
        (QueuedMap){
            .prefix = "", .owner = "", .node = root, .place = begin, .target = reader->job});
    for (QueuedMap *map = reader->first_map; map; map = map->next) {
        if (map->value.key) {
            read_member(reader, &map->value);
            continue;
        }
        if (map->node && map->node->kind != NODE_MAP) {
            job_fail_shape(reader, map->node, "a map");
            map->node = NULL;
        }
        if (map->node) {
            refuse_other_keys(reader, map);
        }
        read_members(reader, map);
    }
}
