#ifndef RENDER_DSP_QUANTIZE_H
#define RENDER_DSP_QUANTIZE_H
/* Samples as whole steps of an integer format: gain, TPDF dither, rounding and clipping in one
 * pass.
 *
 * A value that lies on the grid already is left alone; others take noise_tpdf of their stream at
 * their time before they are rounded, half to even (DECISIONS 10). */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/units.h"
#include "render/dsp/cpu_level.h"

typedef struct Quantizer {
    double scale; /* steps of full scale: clips to -scale .. scale - 1; at most 2^31 */
    bool has_dither;
    CpuLevel level; /* one that runs; changes no bit */
} Quantizer;

typedef struct QuantizerInput {
    const float *samples;
    const double *gains;
    uint64_t stream; /* of the dither */
    SampleTime begin;
} QuantizerInput;

/* steps: [count], whole numbers. Returns how many of them were clipped. */
int64_t
quantize(const Quantizer *quantizer, const QuantizerInput *input, int64_t count, double *steps);

#endif
