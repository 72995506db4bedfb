/* A stem's sample in two parts. Law: pure functions. */
#include "render/stages/stem_parts.h"

#include <math.h>

StemParts stem_parts_of_integers(double whole, double dry, double scale) {
    /* wet > scale - 1 means dry < whole - scale + 1 <= 0: the new dry lies between the two, and is
     * in range; the same downwards */
    const double wet = fmin(fmax(whole - dry, -scale), scale - 1.0);
    return (StemParts){.whole = whole, .dry = whole - wet, .wet = wet};
}

StemParts stem_parts_of_floats(double dry, double wet, bool is_double) {
    if (is_double) {
        return (StemParts){.whole = dry + wet, .dry = dry, .wet = wet};
    }
    const float dry_part = (float)dry;
    const float wet_part = (float)wet;
    return (StemParts){
        .whole = (double)(dry_part + wet_part), .dry = (double)dry_part, .wet = (double)wet_part};
}
