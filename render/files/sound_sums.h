#ifndef RENDER_FILES_SOUND_SUMS_H
#define RENDER_FILES_SOUND_SUMS_H
/* What a sound file is held to when it is read again: a seal of what was written, taken while that
 * lay in the cache, and the checksum for those who get the file, taken while it is read.
 */
#include <stdint.h>

#include "render/base/files.h"
#include "render/base/hash.h"

typedef struct SoundSeal { /* of all bytes of a file */
    int64_t size_bytes;
    int64_t head_bytes; /* that were completed after the rest */
    Key head, rest;     /* XXH3-128 of these bytes, and of those behind them */
} SoundSeal;

bool sound_seal_equal(const SoundSeal *a, const SoundSeal *b);

/* The sums of a file whose bytes are passed in order as they are read for something else; what is
 * left out is read here. */
typedef struct SoundSums SoundSums;

/* file: must outlive it. head_bytes: as in the seal that it will be held to. */
SoundSums *sound_sums_create(const OpenFile *file, int64_t head_bytes, Arena *arena);
/* Bytes at an offset of the file; what was passed before counts once. E411. */
Status sound_sums_pass(
    SoundSums *sums, int64_t offset, const void *bytes, size_t size_bytes, ErrorList *errors);
/* To the end of the file. seal, sha256: NULL is fine. E411. */
Status sound_sums_finish(SoundSums *sums, SoundSeal *seal, Sha256Text sha256, ErrorList *errors);
/* Of a file that is read for nothing else. seal: NULL is fine; sha256: NULL is much cheaper. */
Status sound_file_sums(
    const char *path, int64_t head_bytes, SoundSeal *seal, Sha256Text sha256, ErrorList *errors);
void sound_sums_destroy(SoundSums **sums); /* NULL is fine */

#endif
