/* Names of times: who is meant, and what is said when nobody is. */
#include "jobs/anchor_names.h"

#include <string.h>

#include "jobs/reference.h"
#include "jobs/suggest.h"

enum { MAX_EDGES = 16 };

/* "scenes.sc21.in": kind "scenes", id "sc21", edge "in"; "markers.m_door" has no edge. */
typedef struct NameParts {
    const char *kind, *id, *edge; /* edge NULL: none */
    size_t kind_length, id_length;
} NameParts;

static NameParts split_owner(const char *owner) {
    const char *id = strchr(owner, '.') + 1;
    const size_t id_length = strcspn(id, ".");
    return (NameParts){.kind = owner,
                       .kind_length = (size_t)(id - owner) - 1,
                       .id = id,
                       .id_length = id_length,
                       .edge = id[id_length] ? id + id_length + 1 : NULL};
}

void anchor_names_add(AnchorTable *table, int anchor) {
    Anchor *added = &table->anchors[anchor];
    const NameParts parts = split_owner(added->owner);
    added->next_of_name = name_table_find(&table->names, parts.id);
    name_table_set(&table->names, parts.id, anchor, table->arena);
    const char *id = arena_copy_bytes(table->arena, parts.id, parts.id_length);
    if (name_table_find(&table->ids, id) < 0) {
        name_table_set(&table->ids, id, anchor, table->arena);
    }
}

/* `scenes.sc21.in`: the anchor with just this owner. */
static int find_in_full(const AnchorTable *table, const char *name) {
    const char *point = strchr(name, '.');
    int anchor = point ? name_table_find(&table->names, point + 1) : -1;
    while (anchor >= 0 && strcmp(table->anchors[anchor].owner, name) != 0) {
        anchor = table->anchors[anchor].next_of_name;
    }
    return anchor;
}

int anchor_table_find(const AnchorTable *table, const char *name) {
    const int anchor = name_table_find(&table->names, name);
    if (anchor < 0) {
        return find_in_full(table, name);
    }
    return table->anchors[anchor].next_of_name < 0 ? anchor : -1;
}

/* "scene" of "scenes". */
static const char *singular(const AnchorTable *table, NameParts parts) {
    return arena_copy_bytes(table->arena, parts.kind,
                            parts.kind_length - (parts.kind[parts.kind_length - 1] == 's'));
}

static void collect_cues(AnchorTable *table) {
    table->cue_names =
        arena_array(table->arena, (size_t)table->map_count + 1, sizeof *table->cue_names);
    for (int map = 0; map < table->map_count; map++) {
        const AnchorMap *known = &table->maps[map];
        if (known->cue) {
            const Place place =
                known->origin >= 0 ? table->anchors[known->origin].id_place : NO_PLACE;
            table->cue_names[table->cue_count++] = (Reference){known->cue, place};
        }
    }
}

/* One reference an id: markers apart from what has edges. */
static void collect_suggestions(AnchorTable *table) {
    if (table->has_suggestions) {
        return;
    }
    const size_t most = (size_t)table->anchor_count + 1;
    table->has_suggestions = true;
    table->markers = arena_array(table->arena, most, sizeof *table->markers);
    table->spans = arena_array(table->arena, most, sizeof *table->spans);
    collect_cues(table);
    for (int anchor = 0; anchor < table->anchor_count; anchor++) {
        if (!table->anchors[anchor].is_named) {
            continue;
        }
        const NameParts parts = split_owner(table->anchors[anchor].owner);
        const char *id = arena_copy_bytes(table->arena, parts.id, parts.id_length);
        const Reference reference = {id, table->anchors[anchor].id_place};
        if (!parts.edge) {
            table->markers[table->marker_count++] = reference;
        } else if (name_table_find(&table->ids, id) == anchor) {
            table->spans[table->span_count++] = reference;
        }
    }
}

/* Edges of the kind and id of an anchor, in the order they were added. */
static int collect_edges(const AnchorTable *table, int anchor, const char **edges) {
    const NameParts wanted = split_owner(table->anchors[anchor].owner);
    const size_t length = wanted.kind_length + 1 + wanted.id_length + 1;
    int count = 0;
    /* the edges of one thing are added together */
    for (int index = anchor; index < table->anchor_count && count < MAX_EDGES; index++) {
        const Anchor *other = &table->anchors[index];
        if (strncmp(other->owner, wanted.kind, length) != 0) {
            break;
        }
        edges[count++] = other->owner + length;
    }
    return count;
}

/* The id is right, the edge is not. */
static Status fail_edge(AnchorTable *table, int anchor, const TimePoint *point, ErrorList *errors) {
    const char *edges[MAX_EDGES] = {""};
    const NameParts known = split_owner(table->anchors[anchor].owner);
    const char *wrong = strrchr(point->name, '.');
    const int id_length = (int)known.id_length;
    if (!known.edge) {
        fail(errors, E301, point->name_place, "%s %s has no edges", singular(table, known),
             known.id);
        error_caret(errors, "write `%s`", known.id);
        return E301;
    }
    const int count = collect_edges(table, anchor, edges);
    const char *last = edges[count > 0 ? count - 1 : 0];
    if (!wrong) {
        fail(errors, E301, point->name_place, "%s %.*s is not one time", singular(table, known),
             id_length, known.id);
        error_caret(errors, "write `%.*s.%s` or `%.*s.%s`", id_length, known.id, edges[0],
                    id_length, known.id, last);
        return E301;
    }
    fail(errors, E301, point->name_place, "%s %.*s has no edge `%s`", singular(table, known),
         id_length, known.id, wrong + 1);
    const char *nearest = suggest_nearest(wrong + 1, edges, count);
    if (nearest) {
        error_caret(errors, "did you mean `%.*s.%s`?", id_length, known.id, nearest);
    } else {
        error_caret(errors, "write `%.*s.%s` or `%.*s.%s`", id_length, known.id, edges[0],
                    id_length, known.id, last);
    }
    return E301;
}

/* The id in front of the edge, behind a kind if there is one. */
static const char *id_of_name(const AnchorTable *table, const char *name) {
    const char *point = strchr(name, '.');
    const char *last = strrchr(name, '.');
    if (!point) {
        return name;
    }
    const char *begin = point == last ? name : point + 1;
    return arena_copy_bytes(table->arena, begin, (size_t)(last - begin));
}

static Status fail_unknown(AnchorTable *table, const TimePoint *point, ErrorList *errors) {
    const char *id = id_of_name(table, point->name);
    const int known = name_table_find(&table->ids, id);
    if (known >= 0) {
        return fail_edge(table, known, point, errors);
    }
    collect_suggestions(table);
    if (!strchr(point->name, '.')) {
        const ReferenceList markers = {"marker", table->markers, table->marker_count};
        return reference_fail(&markers, point->name, point->name_place, errors);
    }
    const ReferenceList spans = {"scene, cue or line", table->spans, table->span_count};
    return reference_fail(&spans, id, point->name_place, errors);
}

static Status
fail_ambiguous(AnchorTable *table, int anchor, const TimePoint *point, ErrorList *errors) {
    const Anchor *first = &table->anchors[anchor];
    const Anchor *second = &table->anchors[first->next_of_name];
    fail(errors, E309, point->name_place, "`%s` is the name of two times", point->name);
    error_mark(errors, second->id_place, "one is `%s`", second->owner);
    error_mark(errors, first->id_place, "the other is `%s`", first->owner);
    error_caret(errors, "write `%s` or `%s`", second->owner, first->owner);
    return E309;
}

Status
anchor_names_find(AnchorTable *table, const TimePoint *point, int *anchor, ErrorList *errors) {
    *anchor = anchor_table_find(table, point->name);
    if (*anchor >= 0) {
        return DONE;
    }
    const int first = name_table_find(&table->names, point->name);
    return first >= 0 ? fail_ambiguous(table, first, point, errors)
                      : fail_unknown(table, point, errors);
}

int anchor_table_find_cue(AnchorTable *table, const char *cue, Place place, ErrorList *errors) {
    const int map = name_table_find(&table->cues, cue);
    if (map < 0) {
        collect_suggestions(table);
        const ReferenceList list = {"cue", table->cue_names, table->cue_count};
        reference_fail(&list, cue, place, errors);
    }
    return map;
}
