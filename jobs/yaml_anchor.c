/* The anchors of a file: what an alias may stand for. */
#include "jobs/yaml_anchor.h"

#include "jobs/suggest.h"

enum { SUGGESTED_MAX = 1000 }; /* more names are not searched for a near one */

int yaml_anchor_add(YamlAnchors *anchors, Arena *arena, const yaml_char_t *name, Node *node) {
    if (!name) {
        return -1;
    }
    anchors->entries = arena_grow(arena, anchors->entries, anchors->count, &anchors->capacity,
                                  sizeof *anchors->entries);
    const int index = anchors->count++;
    const char *copy = arena_copy_text(arena, (const char *)name);
    anchors->entries[index] = (YamlAnchor){.name = copy, .node = node, .size = 1};
    name_table_set(&anchors->names, copy, index, arena); /* a later one replaces it */
    return index;
}

Status yaml_anchor_report_missing(
    const YamlAnchors *anchors, const char *name, Place place, Arena *arena, ErrorList *errors) {
    const int count = anchors->count < SUGGESTED_MAX ? anchors->count : SUGGESTED_MAX;
    const char **names = arena_array(arena, (size_t)count + 1, sizeof(const char *));
    for (int anchor = 0; anchor < count; anchor++) {
        names[anchor] = anchors->entries[anchor].name;
    }
    const char *near = suggest_nearest(name, names, count);
    const Status status = fail(errors, E108, place, "no anchor is called `%s`", name);
    if (near) {
        error_caret(errors, "did you mean `*%s`?", near);
    } else {
        error_caret(errors, "`*` starts a YAML alias");
        error_help(errors, "an anchor is written `&%s` above; if this is text, put it in quotes",
                   name);
    }
    return status;
}
