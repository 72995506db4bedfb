#ifndef RENDER_QC_THIRD_OCTAVES_H
#define RENDER_QC_THIRD_OCTAVES_H
/* The spectrum of a programme as a whole, in third octaves.
 *
 * Mean power of all that sounds, LFE apart, in the bands of IEC 61260-1 (base 10) from 63 Hz to
 * 16 kHz.
 */
#include <stdbool.h>

enum { THIRD_OCTAVE_COUNT = 25 };

typedef struct ThirdOctaves {
    bool is_known; /* something sounded */
    double powers[THIRD_OCTAVE_COUNT];
} ThirdOctaves;

/* 63.1 Hz, 79.4 Hz ... 15.8 kHz. */
double third_octave_hz(int band);

/* The band that is farthest from the reference once both are as loud on the mean of all bands, and
 * how far in dB, above is positive. Bands more than 70 dB below the strongest one of their
 * programme count as that. */
int third_octaves_worst(const ThirdOctaves *found, const ThirdOctaves *reference, double *off_db);

#endif
