/* Numbers and times as messages show them. */
#include "render/files/sound_text.h"

#include <inttypes.h>
#include <stdio.h>

/* Digits from the right, a space before every third. 19 digits and 6 spaces fit. */
SoundText sound_count_text(int64_t count) {
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%" PRId64, count);
    const int first = count < 0 ? 1 : 0;
    SoundText shown = {0};
    int end = 0;
    for (int digit = 0; digit < length; digit++) {
        if (digit > first && (length - digit) % 3 == 0) {
            shown.text[end++] = ' ';
        }
        shown.text[end++] = digits[digit];
    }
    return shown;
}

SoundText sound_time_text(int64_t frame, int rate_hz) {
    const int64_t seconds = frame / rate_hz;
    const int64_t milliseconds = frame % rate_hz * 1000 / rate_hz;
    SoundText shown;
    snprintf(shown.text, sizeof shown.text, "%02d:%02d:%02d.%03d", (int)(seconds / 3600),
             (int)(seconds / 60 % 60), (int)(seconds % 60), (int)milliseconds);
    return shown;
}
