#ifndef RENDER_DSP_UNIT_CIRCLE_H
#define RENDER_DSP_UNIT_CIRCLE_H
/* The twiddle factors of a transform. */

/* turns: [size][re, im]: exp(-2 pi i k / size), rounded once from double; size: a multiple of 8.
 * An eighth is computed, the others are its mirror images, so size / 8 is real and imaginary to the
 * same bits. */
void unit_circle_fill(int size, float *turns);

#endif
