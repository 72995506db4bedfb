#ifndef RENDER_MODEL_VERIFIED_OBJECTS_H
#define RENDER_MODEL_VERIFIED_OBJECTS_H
/* Which files of the store this process has summed already: a prepared layer is opened once per
 * span, and summing it each time would cost the square of the programme's length.
 *
 * A file counts as the same when its device, inode, size and times are. One that changed less than
 * a moment ago is not remembered: a second change could carry the same times. */
#include <stdbool.h>
#include <sys/stat.h>

#include "render/base/arena.h"
#include "render/base/hash.h"

typedef struct VerifiedObjects VerifiedObjects;

/* Holds a fixed number of them and forgets when two share a place. */
VerifiedObjects *verified_objects_create(Arena *arena);
bool verified_objects_has(const VerifiedObjects *objects, Key key, const struct stat *facts);
void verified_objects_add(VerifiedObjects *objects, Key key, const struct stat *facts);

#endif
