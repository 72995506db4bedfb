#ifndef RENDER_MODEL_DISTANCE_H
#define RENDER_MODEL_DISTANCE_H
/* What distance does to a sound: its level, and the air's part by frequency.
 *
 *     const DistanceLaw law = {.kind = DISTANCE_INVERSE, .reference_m = 1.0, .rolloff = 1.0};
 *     double gain = distance_gain(&law, 2.0);                                      // 0.5
 *     double loss_db = 100.0 * air_absorption_db_per_m(4000.0, &standard_air);     // 3.0 dB
 */

#include <stdbool.h>

typedef enum DistanceKind {                   /* r = distance, r0 = reference, R = rolloff */
                            DISTANCE_NONE,    /* 1: the mixer wrote the level */
                            DISTANCE_INVERSE, /* r0 / (r0 + R (max(r, r0) - r0)) */
                            DISTANCE_INVERSE_CLAMPED, /* r0 / max(r, least): louder than 1 nearer
                                                         than r0 */
                            DISTANCE_LINEAR, /* 1 - R (r - r0) / (most - r0), r clamped to r0 ..
                                                most */
                            DISTANCE_EXPONENTIAL, /* (max(r, r0) / r0)^-R */
                            DISTANCE_LOG          /* -6.02 dB R log2(max(r, r0) / r0) */
} DistanceKind;

typedef struct DistanceLaw {
    DistanceKind kind;
    double reference_m;     /* > 0 */
    double rolloff;         /* 0: none, 1: natural */
    double least_m, most_m; /* least > 0; most > reference; each for one law only */
    bool is_halved;         /* in dB: of the early sound of a room */
} DistanceLaw;

/* 0 or more. distance_m >= 0. OpenAL 1.1, 3.4 (the laws of games); log: 6.02 dB a doubling. */
double distance_gain(const DistanceLaw *law, double distance_m);

/* The word of a job (none inverse inverse-clamped linear exponential log); NULL past the end. */
const char *distance_kind_name(int kind);

typedef struct Air {
    double temperature_c;    /* -20 .. 50 */
    double humidity_percent; /* relative, 10 .. 100 */
    double pressure_kpa;     /* up to 200 */
} Air;

/* 20 degrees, 50 %, sea level. */
static const Air standard_air = {20.0, 50.0, 101.325};

/* What pure tones lose on their way, above the law of distance. 50 Hz .. 10 kHz within 10 %,
 * reasonable to 20 kHz and beyond. ISO 9613-1:1993, equations (3) - (5), annex B. */
double air_absorption_db_per_m(double frequency_hz, const Air *air);

#endif
