#ifndef RENDER_FILES_SOUND_BYTES_H
#define RENDER_FILES_SOUND_BYTES_H
/* A part of an open file, as libsndfile reads it: never by name, so that no FIFO can stop it. */
#include <sndfile.h>
#include <stdbool.h>
#include <stdint.h>

#include "render/base/files.h"

typedef struct SoundBytes {
    const OpenFile *file;
    int64_t offset, size_bytes; /* the part */
    int64_t position;           /* in the part */
    ErrorList *errors;          /* of the call that reads */
    Status status;              /* of the last failed read */
} SoundBytes;

/* Size of the open file. */
Status sound_file_size(const OpenFile *file, int64_t *size_bytes, ErrorList *errors);

/* A decoder on the part; bytes must outlive it. format: as sf_open, all 0 to look at the header.
 * NULL: bytes->status, or what libsndfile does not understand (DONE). */
SNDFILE *sound_bytes_open(SoundBytes *bytes, SF_INFO *format);

#endif
