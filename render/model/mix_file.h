#ifndef RENDER_MODEL_MIX_FILE_H
#define RENDER_MODEL_MIX_FILE_H
/* An input of the job: audio, an impulse response or SOFA. */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct MixFile {
    const char *path; /* as written in the job, for messages and the manifest */
    const char *real_path;
    Place place;
    Sha256Text sha256;
    int64_t size_bytes;
    int64_t modified_ns;        /* when it was hashed; 0: not known */
    int channel_count, rate_hz; /* 0 for SOFA */
    int64_t frame_count;
    bool is_open; /* its samples lie open in it, of 16 bits and more (files/table_reader.h) */
} MixFile;

/* Asked after the last read and before a result is kept: the key of a result names what the plan
 * saw, so nothing else may be stored under it. E418 when the file is another one by now. */
Status mix_file_check(const MixFile *file, ErrorList *errors);

#endif
