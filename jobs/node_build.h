#ifndef JOBS_NODE_BUILD_H
#define JOBS_NODE_BUILD_H
/* Trees of values that no YAML file wrote: lists of other tools, values of the command line. */
#include "jobs/node.h"
#include "render/base/arena.h"

/* text is not copied; it is never read as "empty" (`~` stays a text). */
Node *node_make_text(const char *text, Place place, Arena *arena);
/* Empty, with room for `most` pairs or items. */
Node *node_make_map(int most, Place place, Arena *arena);
Node *node_make_list(int most, Place place, Arena *arena);
/* Adds a pair or item to what was made above. */
void node_add_pair(Node *map, const char *key, Place key_place, Node *value);
void node_add_item(Node *list, Node *item);

#endif
