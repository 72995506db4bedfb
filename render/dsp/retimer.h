#ifndef RENDER_DSP_RETIMER_H
#define RENDER_DSP_RETIMER_H
/* Sound played faster or slower, or held at another rate, by an exact ratio.
 *
 *     Retimer *retimer = retimer_create((RetimeRatio){1001, 1000}, arena);
 *     const Span needed = retimer_reach(retimer, out);        // of the input
 *     retimer_run(retimer, input, needed.begin, out, result);
 *
 * Output sample n stands where input sample n * input / output would: one linear-phase filter, no
 * delay and no drift. Windowed sinc, Kaiser window of 140 dB; flat up to 0.91 of the lower of both
 * Nyquist frequencies, nothing from there on. Every output sample follows from its place alone.
 */
#include "render/base/arena.h"
#include "render/base/units.h"
#include "render/model/retime_ratio.h"

typedef struct Retimer Retimer;

/* The arena holds output * 224 doubles, more where the rate falls by much. */
Retimer *retimer_create(RetimeRatio ratio, Arena *arena);
Span retimer_reach(const Retimer *retimer, Span out);
Span retime_reach(RetimeRatio ratio, Span out); /* the same, without a filter */
/* The longest reach of so many output samples. */
int64_t retimer_reach_samples(const Retimer *retimer, int64_t count);
/* input: all of retimer_reach(out), from input_begin on; result: [out.end - out.begin]. */
void retimer_run(
    const Retimer *retimer, const double *input, SampleTime input_begin, Span out, double *result);

#endif
