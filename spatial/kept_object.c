/* What is made of a SOFA file, in the store and back. */
#include "spatial/kept_object.h"

#include <string.h>

bool kept_object_can_be(const HeadFile *head) {
    return head->store && head->file && head->file->sha256[0] != '\0';
}

void kept_object_warn(const HeadFile *head, ErrorList *errors) {
    warn(errors, E701, NO_PLACE, "damaged cache object is made again: responses of `%s`",
         head->file->path);
}

const void *kept_object_read(
    const HeadFile *head, const char *text, Arena *arena, size_t *size_bytes, ErrorList *errors) {
    if (!kept_object_can_be(head) || !store_has(head->store, key_of_text(text))) {
        return NULL;
    }
    void *copy = NULL;
    StoreObject object;
    Arena *scratch = arena_create();
    if (store_map(head->store, key_of_text(text), &object, errors_create(scratch)) == DONE) {
        if (store_object_is_of(&object, text)) {
            *size_bytes = object.size_bytes;
            copy = arena_alloc(arena, object.size_bytes);
            memcpy(copy, object.bytes, object.size_bytes);
        }
        store_unmap(&object);
    }
    arena_destroy(&scratch);
    if (!copy) {
        kept_object_warn(head, errors);
    }
    return copy;
}

void kept_object_write(const HeadFile *head,
                       const char *text,
                       const void *bytes,
                       size_t size_bytes) {
    if (!kept_object_can_be(head)) {
        return;
    }
    Arena *scratch = arena_create();
    const Status status =
        store_put(head->store, key_of_text(text), text, bytes, size_bytes, errors_create(scratch));
    (void)status;
    arena_destroy(&scratch);
}
