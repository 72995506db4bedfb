#ifndef TESTS_SUPPORT_ASSERT_NEAR_H
#define TESTS_SUPPORT_ASSERT_NEAR_H
/* A number within a tolerance of another; a NaN is near nothing. Comes behind the headers of the
 * project, as cmocka does: it has a macro called fail. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline void assert_near(double found, double expected, double tolerance) {
    if (!(fabs(found - expected) <= tolerance)) {
        fail_msg("%.12g is not %.12g within %g", found, expected, tolerance);
    }
}

#endif
