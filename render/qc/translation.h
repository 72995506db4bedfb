#ifndef RENDER_QC_TRANSLATION_H
#define RENDER_QC_TRANSLATION_H
/* What a programme is like where it will be heard: in a cinema, a living room, a phone, in mono.
 *
 * cinema: every channel through the X curve of large rooms (ISO 2969, SMPTE ST 202), the LFE with
 * the 10 dB that it is played louder. living room: folded to 2.0 (BS.775-3), loudspeakers that end
 * at 60 Hz. phone: folded to mono, 450 Hz to 12 kHz. mono: folded. Nothing of it is delivered: it
 * is the loudness of BS.1770-5 computed from spectra, good to 0.2 LU.
 */
#include <stdbool.h>

typedef enum TranslationPlace {
    PLACE_AS_IT_IS,
    PLACE_CINEMA,
    PLACE_LIVING_ROOM,
    PLACE_PHONE,
    PLACE_MONO,
    PLACE_COUNT
} TranslationPlace;

extern const char *const translation_names[PLACE_COUNT]; /* "as it is", "cinema" ... */

typedef struct Translation {
    bool is_known; /* of loudspeakers, and loud enough */
    double integrated_lufs[PLACE_COUNT];
    /* The 3 s that lose most there against what the programme loses as a whole; 0: none. */
    double worst_lu[PLACE_COUNT], worst_at_s[PLACE_COUNT];
} Translation;

#endif
