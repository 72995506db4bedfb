/* Whether an input is still the one that the keys of the plan were made from. */
#include "render/model/mix_file.h"

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
