#ifndef SPATIAL_MAX_RE_H
#define SPATIAL_MAX_RE_H
/* Weights per degree that make the energy vector of a decoder as long as its order allows.
 *
 *     max_re_apply(3, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, 12, matrix);
 *
 * a_n = P_n(r). Plain decoding of what is above the crossover of the ears has side lobes; with
 * these weights they are gone, and localization is sharper. Daniel 2000; Zotter and Frank 2012,
 * All-Round Ambisonic Panning and Decoding, eq. 10.
 */
typedef enum MaxReRoot {
    MAX_RE_EXACT, /* r: largest root of P_N+1 */
    MAX_RE_APPROX /* r: cos(137.9 degrees / (N + 1.51)) */
} MaxReRoot;

typedef enum MaxReLevel {
    MAX_RE_PLAIN,       /* a_0 = 1 */
    MAX_RE_KEEPS_FRONT, /* times (N + 1)^2 / sum (2n + 1) a_n: gain in the source's direction */
    MAX_RE_KEEPS_POWER  /* times (N + 1) / sqrt(sum (2n + 1) a_n^2): mean power */
} MaxReLevel;

/* weights: [order + 1]. order 1 .. 7. */
void max_re_weights(int order, MaxReRoot root, MaxReLevel level, double *weights);
/* matrix: [channel_count][(order + 1)^2] of any norm, in place. */
void max_re_apply(int order, MaxReRoot root, MaxReLevel level, int channel_count, double *matrix);

#endif
