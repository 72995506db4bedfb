#ifndef RENDER_BASE_UNITS_H
#define RENDER_BASE_UNITS_H
/* Constants and conversions between the units of the trade. */
#include <stdint.h>

#include "render/base/exact_math.h"

typedef int64_t SampleTime; /* samples since job start, job rate */

typedef struct Span { /* half open */
    SampleTime begin, end;
} Span;

static const double pi = 3.14159265358979323846;
static const double speed_of_sound_m_per_s = 343.0; /* 20 degrees */
static const double silence_db = -1000.0;           /* stands for -inf dB in parameters */

/* 20 log10: amplitude. -inf dB (anything at or below silence_db) is exactly 0. */
static inline double gain_from_db(double level_db) {
    if (level_db == 0.0) { /* so often that it is worth a line; the bits are the same */
        return 1.0;
    }
    return level_db <= silence_db ? 0.0 : exact_exp(level_db * 0.11512925464970228420);
}

static inline double db_from_gain(double gain) {
    return gain <= 0.0 ? silence_db : 8.6858896380650365530 * exact_log(gain);
}

static inline double rad_from_deg(double angle_deg) {
    return angle_deg * (3.14159265358979323846 / 180.0);
}

static inline double deg_from_rad(double angle_rad) {
    return angle_rad * (180.0 / 3.14159265358979323846);
}

#endif
