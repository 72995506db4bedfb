#ifndef SPATIAL_KEPT_OBJECT_H
#define SPATIAL_KEPT_OBJECT_H
/* What is made of a SOFA file, kept in the store: read back when its text is the same.
 *
 *     size_t size_bytes = 0;
 *     const void *kept = kept_object_read(head, text, arena, &size_bytes, errors);
 *     if (!fits(kept, size_bytes)) { make(...); kept_object_write(head, text, made, made_bytes); }
 */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/model/spatializer.h"

/* The head has a store, and its file a hash. */
bool kept_object_can_be(const HeadFile *head);
/* A copy in the arena; NULL: it has to be made. W701: it was damaged; never a failure. */
const void *kept_object_read(
    const HeadFile *head, const char *text, Arena *arena, size_t *size_bytes, ErrorList *errors);
/* That warning, for what only its reader can see. */
void kept_object_warn(const HeadFile *head, ErrorList *errors);
/* A store that takes nothing more fails when a result is due; this is none. */
void kept_object_write(const HeadFile *head,
                       const char *text,
                       const void *bytes,
                       size_t size_bytes);

#endif
