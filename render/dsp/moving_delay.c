/* A signal read at any place between its samples: a table of the windowed sinc. */
#include "render/dsp/moving_delay.h"

#include <math.h>
#include <stdbool.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"

/* Straight lines between the cells of the table err by (pi / 1024)^2 / 8: -118 dB. */
enum { CELLS_PER_CROSSING = 1024, CELL_COUNT = SINC_ZERO_CROSSINGS * CELLS_PER_CROSSING };

struct SincTable {
    double cells[CELL_COUNT + 2]; /* right half; zero behind the window */
};

/* Harris 1978, table 1, 4-term -92 dB; across: 0 in the middle, 1 at the edge. */
static double blackman_harris(double across) {
    return 0.35875 + 0.48829 * exact_cos(pi * across) + 0.14128 * exact_cos(2.0 * pi * across) +
           0.01168 * exact_cos(3.0 * pi * across);
}

SincTable *sinc_table_create(Arena *arena) {
    SincTable *table = arena_alloc(arena, sizeof *table);
    table->cells[0] = 1.0;
    for (int cell = 1; cell < CELL_COUNT; cell++) {
        const double x = (double)cell / CELLS_PER_CROSSING;
        const bool is_crossing = cell % CELLS_PER_CROSSING == 0;
        const double sinc = is_crossing ? 0.0 : exact_sin(pi * x) / (pi * x);
        table->cells[cell] = sinc * blackman_harris((double)cell / CELL_COUNT);
    }
    table->cells[CELL_COUNT] = table->cells[CELL_COUNT + 1] = 0.0;
    return table;
}

static double sinc_at(const SincTable *table, double x) {
    const double place = fabs(x) * CELLS_PER_CROSSING;
    if (place >= CELL_COUNT) {
        return 0.0;
    }
    const int cell = (int)place;
    const double *from = &table->cells[cell];
    return from[0] + (place - cell) * (from[1] - from[0]);
}

int sinc_table_reach(double speed) {
    return (int)ceil(SINC_ZERO_CROSSINGS * fmax(speed, 1.0)) + 1;
}

double sinc_table_read(
    const SincTable *table, const float *samples, int64_t sample_count, double at, double speed) {
    const double narrowing = 1.0 / fmax(speed, 1.0);
    const int64_t middle = (int64_t)floor(at);
    const int reach = sinc_table_reach(speed);
    const int64_t first = middle - reach > 0 ? middle - reach : 0;
    const int64_t last = middle + reach < sample_count ? middle + reach : sample_count - 1;
    double sum = 0.0;
    for (int64_t sample = first; sample <= last; sample++) {
        sum += sinc_at(table, ((double)sample - at) * narrowing) * (double)samples[sample];
    }
    return sum * narrowing;
}
