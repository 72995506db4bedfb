#ifndef JOBS_YAML_MAP_H
#define JOBS_YAML_MAP_H
/* A map while it is read: duplicate keys, texts cut at a comma, merge keys. */
#include <stdbool.h>

#include "jobs/name_table.h"
#include "jobs/node.h"
#include "jobs/yaml_text.h"
#include "render/base/arena.h"
#include "render/base/error.h"

typedef struct YamlContext { /* what all maps of a file share */
    YamlText text;
    Arena *arena;
    ErrorList *errors;
    Status first_status; /* of the errors that do not end the reading */
    int collected_count;
} YamlContext;

typedef struct YamlKey { /* the key whose value is awaited */
    bool is_set, is_plain;
    const char *text;
    Place place;
    size_t end; /* offset behind it */
} YamlKey;

typedef struct YamlValue {
    Node *node;
    bool is_plain;     /* a plain scalar written here, maybe empty */
    size_t begin, end; /* offsets of a plain scalar */
} YamlValue;

typedef struct YamlCut { /* a text that lost its rest at a comma */
    bool is_set;
    const char *key;
    size_t begin, end; /* offsets of the whole text */
    Place text_place;  /* what YAML left of it */
    Place rest_place;  /* the first key made of the rest */
} YamlCut;

typedef struct YamlMap {
    Node *node;
    bool is_flow;
    int capacity;
    NameTable names; /* only for maps with many keys */
    YamlKey key;
    YamlCut plain, cut; /* the newest plain value, which may turn out to be cut; what was cut */
    int merge_pair;     /* index of `<<`, -1: none */
} YamlMap;

/* Gives the awaited key its value. Collects E104 and E221 (the pair is left out); E106 beyond
 * 10 000 keys. */
Status yaml_map_add(YamlContext *context, YamlMap *map, const YamlValue *value);

/* The map is complete: merges. Collects E109 for a merge value that is no map; E106. */
Status yaml_map_finish(YamlContext *context, YamlMap *map);

#endif
