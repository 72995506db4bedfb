#ifndef JOBS_YAML_ANCHOR_H
#define JOBS_YAML_ANCHOR_H
/* The anchors of a file: what an alias may stand for. */
#include <stdbool.h>
#include <stdint.h>
#include <yaml.h>

#include "jobs/name_table.h"
#include "jobs/node.h"
#include "render/base/arena.h"
#include "render/base/error.h"

typedef struct YamlAnchor {
    const char *name;
    Node *node;
    int64_t size; /* nodes, with its aliases expanded */
    bool is_open; /* its collection has not ended: an alias would contain itself */
} YamlAnchor;

typedef struct YamlAnchors { /* zeroed: none */
    YamlAnchor *entries;
    int count, capacity;
    NameTable names; /* of the newest anchor of a name */
} YamlAnchors;

/* Returns the index of the new entry, -1 when name is NULL. */
int yaml_anchor_add(YamlAnchors *anchors, Arena *arena, const yaml_char_t *name, Node *node);

/* E108, with the nearest name there is. */
Status yaml_anchor_report_missing(
    const YamlAnchors *anchors, const char *name, Place place, Arena *arena, ErrorList *errors);

#endif
