#ifndef JOBS_YAML_READER_H
#define JOBS_YAML_READER_H
/* YAML text -> nodes with places. Everything that is wrong with a file as YAML is found here.
 *
 *     Node *root = NULL;
 *     const Status status = yaml_read("job.yaml", bytes, size_bytes, arena, &root, errors);
 *     if (!root) {
 *         return status;
 *     }
 */
#include "jobs/node.h"
#include "render/base/arena.h"
#include "render/base/error.h"

/* Reads one document. Aliases share the nodes of their anchor, merge keys are merged, scalars stay
 * text. Limits: 4 MiB a file, 32 levels, 64 KiB a scalar, 10 000 keys a map, 200 000 nodes, 100 000
 * nodes by aliases. Errors E101 .. E104, E106 .. E109, E221; `file` is kept in every place.
 * A duplicate key or a text cut at a comma does not end the reading: then the status is that of the
 * first one, and *root holds the rest of the tree, so that the caller can go on looking for errors.
 * After every other error *root is NULL. */
Status yaml_read(const char *file,
                 const char *bytes,
                 size_t size_bytes,
                 Arena *arena,
                 Node **root,
                 ErrorList *errors);

#endif
