#ifndef CLUSTER_KEY_REFERENCE_H
#define CLUSTER_KEY_REFERENCE_H
/* `schema reference`: every key of the job format as a page of Markdown, made from the key table.
 */
#include "render/base/arena.h"

const char *key_reference_text(Arena *arena);

#endif
