#ifndef JOBS_VALUE_H
#define JOBS_VALUE_H
/* Written values: numbers with units, ranges, words, ids. The key's type decides what a text is.
 *
 *     Rational seconds;
 *     TRY(quantity_read(QUANTITY_DURATION, node, &time_base, &seconds, errors)); // "250 ms": 1/4
 *
 * Numbers are exact fractions until the end and never pass through the locale.
 */
#include "jobs/node.h"
#include "jobs/timecode.h"
#include "render/base/error.h"
#include "render/base/rational.h"

typedef enum QuantityKind {
    QUANTITY_NUMBER, /* no unit */
    QUANTITY_GAIN,   /* dB; `-inf` reads as silence_db */
    QUANTITY_LEVEL,  /* dB without `-inf` */
    QUANTITY_FREQUENCY,
    QUANTITY_ANGLE,
    QUANTITY_DISTANCE,
    QUANTITY_PERCENT,
    QUANTITY_LOUDNESS,
    QUANTITY_LOUDNESS_DIFFERENCE,
    QUANTITY_TRUE_PEAK,
    QUANTITY_SLOPE,
    QUANTITY_FALL,
    QUANTITY_BIT_RATE, /* bit/s */
    QUANTITY_DURATION, /* seconds */
    QUANTITY_TIME,     /* seconds from project.start */
} QuantityKind;

/* What frames, samples and timecodes mean in this job. */
typedef struct TimeBase {
    const FrameRate *frame_rate;
    Place frame_rate_place; /* line 0: the default */
    bool is_unsure;         /* the frame rate had an error: timecodes are not judged */
    int rate_hz;
    Rational start_seconds; /* project.start since midnight */
} TimeBase;

/* One value in the first unit of its kind (dB, Hz, deg, m, %, LKFS, LU, dBTP, dB/oct, seconds).
 * base may be NULL for kinds without time. E202 beats and bars, E206 more digits than can be held,
 * E210. */
Status quantity_read(
    QuantityKind kind, const Node *node, const TimeBase *base, Rational *value, ErrorList *errors);

typedef enum DurationUnit { DURATION_SECONDS, DURATION_BEATS, DURATION_BARS } DurationUnit;
typedef struct Duration { /* beats and bars: their length depends on the tempo where they are used
                           */
    Rational amount;
    DurationUnit unit;
} Duration;
/* A duration that may also be in beats or bars, at most a million. E206, E210. */
Status duration_read(const Node *node, const TimeBase *base, Duration *duration, ErrorList *errors);

/* range: "-96 dB … +24 dB" (bounds included), or any other text: no check. E206. */
Status quantity_check_range(QuantityKind kind,
                            const Node *node,
                            const TimeBase *base,
                            Rational value,
                            const char *range,
                            ErrorList *errors);
typedef struct QuantityRange {
    Rational low, high;
} QuantityRange;
/* The two bounds of a range text; false when the text is not one. base: NULL when no bound is in
 * frames or samples. */
bool quantity_read_range(QuantityKind kind,
                         const char *text,
                         const TimeBase *base,
                         QuantityRange *range);

const char *quantity_noun(QuantityKind kind);
/* "ms, s, min, h, fr or smp" */
const char *quantity_units(QuantityKind kind);
/* A regular expression (ECMA) of what may be written, for the JSON schema. */
const char *quantity_pattern(QuantityKind kind);

/* yes or no; E209. */
Status bool_read(const Node *node, bool *value, ErrorList *errors);

/* An index into words (separated by one space each). planned: words that are known but not served,
 * or NULL. noun: "role", for the message. E205, E202. */
typedef struct WordList {
    const char *noun, *words, *planned;
} WordList;
Status word_read(const Node *node, const WordList *list, int *index, ErrorList *errors);
bool word_is_in(const char *words, const char *word, size_t length);

/* [A-Za-z0-9_]+ that does not look like a number with a unit; E306. */
Status id_check(const char *id, Place place, ErrorList *errors);
/* The label of a loudspeaker: an id that may hold `+` and `-`, at most 16 long; E306. */
Status label_check(const char *label, Place place, ErrorList *errors);
bool id_is_text(const char *text, size_t length);

int text_code_points(const char *text);
/* The place of bytes offset .. offset + length of a value written on one line. */
Place place_within(const Node *node, size_t offset, size_t length);
/* From the begin of one place to the end of another on the same line. */
Place place_join(Place first, Place last);

#endif
