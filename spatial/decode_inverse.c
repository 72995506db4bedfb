/* Ambisonic decoders from the loudspeakers' own harmonics: sampling, mode matching, equal power. */
#include "spatial/decode_inverse.h"

#include "spatial/harmonics.h"
#include "spatial/small_matrix.h"

enum { HARMONIC_COUNT = (HARMONIC_MAX_ORDER + 1) * (HARMONIC_MAX_ORDER + 1) };

static const double poor_share = 0.1;     /* of the largest singular value: noise would be lifted */
static const double nothing_share = 1e-9; /* a combination that the loudspeakers cannot make */

/* Y or its transpose, whichever has rows >= columns, as u diag(s) v^T. */
typedef struct Factors {
    int rows, columns;
    bool rows_are_speakers;
    double *u, *s, *v;
    double largest, least; /* of s */
} Factors;

static int harmonic_count_of(int order) {
    return (order + 1) * (order + 1);
}

static void harmonics_n3d(Direction at, int order, double *values) {
    harmonics_at(at, order, values);
    for (int acn = 0; acn < harmonic_count_of(order); ++acn) {
        values[acn] *= sqrt(2.0 * harmonic_degree(acn) + 1.0);
    }
}

static Factors factors_of(const SpeakerSet *speakers, int order, Arena *arena) {
    const int harmonic_count = harmonic_count_of(order);
    const bool by_speakers = speakers->count >= harmonic_count;
    Factors factors = {.rows = by_speakers ? speakers->count : harmonic_count,
                       .columns = by_speakers ? harmonic_count : speakers->count,
                       .rows_are_speakers = by_speakers};
    const size_t columns = (size_t)factors.columns;
    factors.u = arena_array(arena, (size_t)factors.rows * columns, sizeof(double));
    factors.v = arena_array(arena, columns * columns, sizeof(double));
    factors.s = arena_array(arena, columns, sizeof(double));
    for (int speaker = 0; speaker < speakers->count; ++speaker) {
        double values[HARMONIC_COUNT];
        harmonics_n3d(speakers->directions[speaker], order, values);
        for (int acn = 0; acn < harmonic_count; ++acn) {
            factors.u[by_speakers ? speaker * factors.columns + acn
                                  : acn * factors.columns + speaker] = values[acn];
        }
    }
    matrix_singular_values(factors.rows, factors.columns, factors.u, factors.s, factors.v);
    factors.least = factors.largest = factors.s[0];
    for (int column = 1; column < factors.columns; ++column) {
        factors.largest = fmax(factors.largest, factors.s[column]);
        factors.least = fmin(factors.least, factors.s[column]);
    }
    return factors;
}

/* matrix: [speakers][harmonics] = V diag(1 / s or 1) U^T of Y = U S V^T. */
static void
combine(const Factors *factors, bool is_inverse, int speaker, int harmonic_count, double *row) {
    const double *const speaker_side = factors->rows_are_speakers ? factors->u : factors->v;
    const double *const harmonic_side = factors->rows_are_speakers ? factors->v : factors->u;
    for (int acn = 0; acn < harmonic_count; ++acn) {
        row[acn] = 0.0;
        for (int column = 0; column < factors->columns; ++column) {
            if (factors->s[column] > nothing_share * factors->largest) {
                const double weight = is_inverse ? 1.0 / factors->s[column] : 1.0;
                row[acn] += weight * speaker_side[speaker * factors->columns + column] *
                            harmonic_side[acn * factors->columns + column];
            }
        }
    }
}

static void decode_by_factors(
    const SpeakerSet *speakers, int order, bool is_inverse, Arena *arena, double *matrix) {
    const Factors factors = factors_of(speakers, order, arena);
    for (int speaker = 0; speaker < speakers->count; ++speaker) {
        combine(&factors, is_inverse, speaker, harmonic_count_of(order),
                &matrix[(size_t)speaker * (size_t)harmonic_count_of(order)]);
    }
}

void decode_by_mode_matching(const SpeakerSet *speakers, int order, Arena *arena, double *matrix) {
    decode_by_factors(speakers, order, true, arena, matrix);
}

void decode_by_equal_power(const SpeakerSet *speakers, int order, Arena *arena, double *matrix) {
    decode_by_factors(speakers, order, false, arena, matrix);
}

void decode_by_sampling(const SpeakerSet *speakers, int order, double *matrix) {
    for (int speaker = 0; speaker < speakers->count; ++speaker) {
        double *const row = &matrix[(size_t)speaker * (size_t)harmonic_count_of(order)];
        harmonics_n3d(speakers->directions[speaker], order, row);
        for (int acn = 0; acn < harmonic_count_of(order); ++acn) {
            row[acn] /= speakers->count;
        }
    }
}

int equal_power_order(const SpeakerSet *speakers, int order, Arena *arena) {
    for (; order > 0; --order) {
        if (harmonic_count_of(order) > speakers->count) {
            continue;
        }
        const Factors factors = factors_of(speakers, order, arena);
        if (factors.least > poor_share * factors.largest) {
            break;
        }
    }
    return order;
}
