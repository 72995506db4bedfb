#ifndef RENDER_FILES_SOUND_TEXT_H
#define RENDER_FILES_SOUND_TEXT_H
/* Numbers and times as messages show them. */
#include <stdint.h>

typedef struct SoundText {
    char text[32];
} SoundText;

SoundText sound_count_text(int64_t count);             /* "1 000 000" */
SoundText sound_time_text(int64_t frame, int rate_hz); /* "00:00:12.345", rounded down */

#endif
