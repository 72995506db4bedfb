#ifndef TESTS_SPATIAL_BS2127_H
#define TESTS_SPATIAL_BS2127_H
/* Tables of the reference renderer of BS.2127: one row a case, one column g_M+030 ... a
 * loudspeaker. */
#include <math.h>
#include <stdint.h>

#include "oracle.h"
#include "render/base/arena.h"
#include "render/base/error.h"
#include "spatial/layout_table.h"

static const char *const reference_systems[] = {"0+2+0", "0+5+0",  "2+5+0", "4+5+0",
                                                "4+9+0", "9+10+3", "0+7+0", "4+7+0"};
enum { REFERENCE_SYSTEMS = 8 };

/* The tables are printed with 12 digits. */
static const double reference_tolerance = 1e-9;

typedef struct Reference {
    Oracle oracle;
    const Layout *layout;
    int title_count;
    int channel_of_cell[ORACLE_CELLS]; /* -1: not a gain */
    int row_count;
    double largest_error;
} Reference;

/* prefix: "g_", "dir_" ... of the columns to compare. */
static inline void reference_titles(Reference *reference, const char *prefix) {
    for (int cell = 0; cell < reference->title_count; ++cell) {
        reference->channel_of_cell[cell] = -1;
        const char *const title = reference->oracle.cells[cell];
        if (strncmp(title, prefix, strlen(prefix)) != 0) {
            continue;
        }
        for (int channel = 0; channel < reference->layout->channel_count; ++channel) {
            if (strcmp(title + strlen(prefix), layout_bs2051_label(reference->layout, channel)) ==
                0) {
                reference->channel_of_cell[cell] = channel;
            }
        }
        assert(reference->channel_of_cell[cell] >= 0 && "a loudspeaker that the layout lacks");
    }
}

/* kind: psp, extent ... */
static inline Reference reference_open(const char *kind, const char *system, const char *prefix) {
    Reference reference = {.layout = layout_find_bs2051(system)};
    char name[64];
    snprintf(name, sizeof name, "ear_%s_%s.csv", kind, system);
    for (char *at = name; *at; ++at) {
        *at = *at == '+' ? '_' : *at;
    }
    assert(reference.layout && "a system without a layout");
    oracle_open(&reference.oracle, name);
    reference.title_count = reference.oracle.cell_count;
    reference_titles(&reference, prefix);
    return reference;
}

static inline bool reference_next(Reference *reference) {
    const bool has_row = oracle_next(&reference->oracle);
    reference->row_count += has_row;
    return has_row;
}

static inline double reference_number(const Reference *reference, int cell) {
    return oracle_number(&reference->oracle, cell);
}

/* missing: cells of this row that are empty, and so not counted, before the gains. */
static inline void
reference_compare(Reference *reference, int missing, const double *gains, double scale) {
    for (int cell = 0; cell < reference->title_count; ++cell) {
        const int channel = reference->channel_of_cell[cell];
        if (channel >= 0) {
            const double expected = reference_number(reference, cell - missing);
            reference->largest_error =
                fmax(reference->largest_error, fabs(scale * gains[channel] - expected));
        }
    }
}

/* Adds to the totals of a test program. */
static inline void reference_report(const char *kind, int row_count, double largest_error) {
    printf("%s: %d rows, largest deviation %.1e\n", kind, row_count, largest_error);
}

/* A fixed sequence of numbers 0 .. 1 (splitmix64). */
static inline double next_random(uint64_t *state) {
    uint64_t mixed = *state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (double)((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53;
}

/* Evenly over the sphere. */
static inline void next_direction(uint64_t *state, double direction[3]) {
    double power = 2.0;
    while (power > 1.0 || power < 1e-4) {
        power = 0.0;
        for (int axis = 0; axis < 3; ++axis) {
            direction[axis] = 2.0 * next_random(state) - 1.0;
            power += direction[axis] * direction[axis];
        }
    }
    for (int axis = 0; axis < 3; ++axis) {
        direction[axis] /= sqrt(power);
    }
}

static inline int mirror_channel(const Layout *layout, int channel) {
    const Channel *const of = &layout->channels[channel];
    for (int other = 0; other < layout->channel_count; ++other) {
        const Channel *const to = &layout->channels[other];
        const double turn_deg = fabs(of->position.azimuth_deg + to->position.azimuth_deg);
        if (of->role == to->role && of->position.elevation_deg == to->position.elevation_deg &&
            (turn_deg == 0.0 || turn_deg == 360.0)) {
            return other;
        }
    }
    return -1;
}

/* The layouts of loudspeakers: those of a job, then the systems without a name there; NULL past the
 * end. */
static inline const Layout *speaker_layout_at(int index) {
    static const char *const systems[] = {"4+5+1", "3+7+0", "4+9+0"};
    int job_count = 0;
    while (layout_at(job_count) && layout_at(job_count)->kind == LAYOUT_SPEAKERS) {
        ++job_count;
    }
    if (index < job_count) {
        return layout_at(index);
    }
    return index < job_count + 3 ? layout_find_bs2051(systems[index - job_count]) : NULL;
}

#endif
