#ifndef JOBS_NODE_H
#define JOBS_NODE_H
/* The tree of a YAML file: every value with its place, nothing typed yet. */
#include <stdbool.h>

#include "render/base/error.h"

typedef enum NodeKind { NODE_SCALAR, NODE_MAP, NODE_LIST } NodeKind;

typedef struct Node Node;

typedef struct NodePair {
    const char *key;
    Place key_place;
    Node *value;
} NodePair;

struct Node {
    NodeKind kind;
    Place place;      /* of the value; length covers it on its line */
    const char *text; /* NODE_SCALAR, after YAML unquoting */
    bool is_quoted;   /* a plain empty scalar, ~ or null is "empty" only when not quoted */
    bool is_expanded; /* holds the value of a variable: columns inside are not those of the file */
    bool is_unverified; /* a figure of a profile that its source does not vouch for */
    const Node *under;  /* what this value replaced: that of a base, an include, the file itself */
    NodePair *pairs;    /* NODE_MAP */
    Node **items;       /* NODE_LIST */
    int count;          /* pairs or items */
};

bool node_is_null(const Node *node);                       /* NULL, plain empty, ~, null */
Node *node_get(const Node *map, const char *key);          /* NULL when absent or not a map */
NodePair *node_get_pair(const Node *map, const char *key); /* for the place of the key */

#endif
