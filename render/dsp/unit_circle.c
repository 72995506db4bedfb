/* Points of the unit circle by exact_math: the same on every machine. */
#include "render/dsp/unit_circle.h"

#include <assert.h>
#include <stddef.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"

static void set_turn(float *turns, int at, float re, float im) {
    turns[2 * (size_t)at] = re;
    turns[2 * (size_t)at + 1] = im;
}

void unit_circle_fill(int size, float *turns) {
    assert(size >= 8 && size % 8 == 0);
    for (int k = 0; k <= size / 8; k++) {
        const double angle_rad = 2 * pi * k / size;
        const float cosine = (float)exact_cos(angle_rad);
        const float sine = k == size / 8 ? cosine : (float)exact_sin(angle_rad);
        set_turn(turns, k, cosine, -sine);
        set_turn(turns, size / 4 - k, sine, -cosine);
        set_turn(turns, size / 4 + k, -sine, -cosine);
        set_turn(turns, size / 2 - k, -cosine, -sine);
        set_turn(turns, size / 2 + k, -cosine, sine);
        set_turn(turns, 3 * (size / 4) - k, -sine, cosine);
        set_turn(turns, 3 * (size / 4) + k, sine, cosine);
        if (k > 0) {
            set_turn(turns, size - k, cosine, sine);
        }
    }
}
