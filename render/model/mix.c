/* Questions to a Mix: is an input still that of the plan, are parts of a stem asked for. */
#include "render/model/mix.h"

#include <string.h>

#include "render/base/files.h"

/* A new time alone says little: the bytes decide. */
Status mix_file_check(const MixFile *file, ErrorList *errors) {
    if (file->modified_ns == 0) {
        return DONE;
    }
    FileIdentity now;
    TRY(file_identity(file->real_path, file->place, &now, errors));
    if (now.size_bytes == file->size_bytes && now.modified_ns == file->modified_ns) {
        return DONE;
    }
    Sha256Text sha256;
    TRY(file_sha256(file->real_path, file->place, sha256, errors));
    if (strcmp(sha256, file->sha256) == 0) {
        return DONE;
    }
    return fail(errors, E418, file->place, "`%s` changed since the plan", file->path);
}

bool mix_has_parts(const Mix *mix, int stem, int bus) {
    for (int index = 0; index < mix->deliverable_count; index++) {
        const MixDeliverable *deliverable = &mix->deliverables[index];
        for (int output = 0; deliverable->bus == bus && output < deliverable->output_count;
             output++) {
            const MixOutput *asked = &deliverable->outputs[output];
            if (asked->kind == OUTPUT_STEM && asked->stem == stem && asked->part != PART_WHOLE) {
                return true;
            }
        }
    }
    return false;
}
