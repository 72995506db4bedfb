#ifndef JOBS_NODE_WRITE_H
#define JOBS_NODE_WRITE_H
/* A tree as YAML, every value with the place it comes from. */
#include <stdio.h>

#include "jobs/node.h"
#include "render/base/arena.h"

/* YAML that reads back as the same tree; `# file:line` behind every value. */
void node_write(const Node *root, FILE *out);

/* A scalar as YAML would take it: plain where that is safe, else in double quotes. */
const char *node_scalar_text(const Node *scalar, Arena *arena);

#endif
