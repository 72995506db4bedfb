#ifndef JOBS_NUMBER_H
#define JOBS_NUMBER_H
/* The number at the begin of a text, exact and without a locale. */
#include "render/base/rational.h"

typedef enum NumberFault {
    NUMBER_GOOD,
    NUMBER_NONE,      /* no digit; *text stays */
    NUMBER_TOO_LARGE, /* does not fit, such as 1e999 */
    NUMBER_TOO_FINE,  /* more digits than can be held exactly */
} NumberFault;

/* Sign, digits, point, digits, exponent. Moves *text behind the number. */
NumberFault number_scan(const char **text, Rational *value);

#endif
