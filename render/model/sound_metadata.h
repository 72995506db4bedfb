#ifndef RENDER_MODEL_SOUND_METADATA_H
#define RENDER_MODEL_SOUND_METADATA_H
/* What a file says about its own sound: loudness, and the Audio Definition Model (BS.2076). */
#include <stddef.h>

typedef struct SoundLoudness { /* silence_db: not measured */
    double integrated_lufs, loudness_range_lu, max_momentary_lufs, max_short_term_lufs,
        true_peak_dbtp;
} SoundLoudness;

typedef struct SoundMetadata { /* chunks of a WAV, RF64 or BW64 file; NULL: none */
    const unsigned char *chna;
    size_t chna_bytes;
    const char *axml; /* UTF-8; padded with spaces to a multiple of 4 bytes */
} SoundMetadata;

#endif
