#ifndef RENDER_STAGES_STEM_PARTS_H
#define RENDER_STAGES_STEM_PARTS_H
/* One sample of a stem in two parts whose sum it is, bit for bit.
 *
 * Integers: whole and dry are quantized with the same dither, wet is their difference; where that
 * is out of range, dry gives way, which keeps it in range. The whole is the sample that is written
 * without parts. Floats: both parts are rounded, and the whole is their sum, rounded as any float
 * addition: within half a step of the larger part of what is written without parts.
 */
#include <stdbool.h>

typedef struct StemParts {
    double whole, dry, wet;
} StemParts;

/* In steps: whole and dry are integers in -scale .. scale - 1, and so is what comes out. */
StemParts stem_parts_of_integers(double whole, double dry, double scale);
/* is_double: 64-bit files. */
StemParts stem_parts_of_floats(double dry, double wet, bool is_double);

#endif
