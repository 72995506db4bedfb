#ifndef RENDER_FILES_SOUND_WALK_H
#define RENDER_FILES_SOUND_WALK_H
/* The walks through the headers of the formats, private to this folder. */
#include "render/files/sound_header.h"

typedef struct SoundWalk {
    const OpenFile *file;
    int64_t file_bytes;
    bool tells_warnings;
    bool takes_metadata; /* chna and axml: a damaged one is an error only to who reads it */
    int channel_limit;
    SoundInfo *info; /* what the walk finds out */
    ErrorList *errors;
} SoundWalk;

/* Each fills info, begins with the check of channels and rate, and reports E412 .. E416. */
Status walk_riff(SoundWalk *walk);    /* WAV, RF64, BW64 */
Status walk_flac(SoundWalk *walk);    /* STREAMINFO: RFC 9639, 8.2 */
Status walk_ogg(SoundWalk *walk);     /* Opus and Vorbis in Ogg: their loudspeakers */
Status walk_library(SoundWalk *walk); /* everything else: libsndfile's word */
/* E413: AIFF, CAF, W64 or AU shorter than its header says. Knows the formats by themselves. */
Status walk_check_size(const SoundWalk *walk);

/* E415, E416. */
Status walk_check_limits(const SoundWalk *walk, int64_t channel_count, int64_t rate_hz);
/* E412: `<path>` <what> */
Status walk_fail_malformed(const SoundWalk *walk, const char *what);

#endif
