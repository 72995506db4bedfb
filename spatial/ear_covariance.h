#ifndef SPATIAL_EAR_COVARIANCE_H
#define SPATIAL_EAR_COVARIANCE_H
/* What the two ears receive from everywhere at once, at one frequency, and the 2 x 2 mix of two ear
 * signals that gives one such field the covariance of another. */
#include <stdbool.h>

typedef struct Complex {
    double real, imaginary;
} Complex;

static inline Complex complex_multiply(Complex a, Complex b) {
    return (Complex){a.real * b.real - a.imaginary * b.imaginary,
                     a.real * b.imaginary + a.imaginary * b.real};
}

static inline Complex complex_conjugate(Complex a) {
    return (Complex){a.real, -a.imaginary};
}

static inline Complex complex_add(Complex a, Complex b) {
    return (Complex){a.real + b.real, a.imaginary + b.imaginary};
}

static inline Complex complex_scale(Complex a, double factor) {
    return (Complex){a.real * factor, a.imaginary * factor};
}

typedef struct EarCovariance { /* Hermitian */
    double left, right;        /* powers */
    Complex cross;             /* left times the conjugate of right */
} EarCovariance;

typedef struct EarMatrix {
    Complex cells[2][2];
} EarMatrix;

/* The mix that changes least: ears' = mix ears. False: one of the two covariances has no inverse
 * (one ear is silent, or both hear the same). Vilkamo, Baeckstroem and Kuntz 2013. */
bool ear_covariance_match(const EarCovariance *have, const EarCovariance *wanted, EarMatrix *mix);

#endif
