/* Binaural decoders by magnitude least squares. */
#include "spatial/magls.h"

#include "render/base/units.h"
#include "spatial/ear_covariance.h"
#include "spatial/harmonics.h"
#include "spatial/small_matrix.h"

typedef struct Fit {
    const HrirGrid *grid;
    const MaglsShape *shape;
    int harmonic_count, bin_count;
    int last_plain_bin;           /* below and at it: least squares of the responses */
    double *harmonics;            /* [direction][harmonic], N3D */
    double *inverse;              /* [direction][harmonic]: Y^T (Y Y^T)^-1 */
    double *squares;              /* [harmonic][harmonic]: Y Y^T / directions */
    double *cosines, *sines;      /* [tap_count] of one turn */
    Complex *measured[EAR_COUNT]; /* [direction] at one bin */
    Complex *decoder;             /* [bin][ear][harmonic] */
    EarCovariance *wanted;        /* [bin] */
} Fit;

static Complex *decoder_at(const Fit *fit, int bin, int ear) {
    const size_t row = (size_t)bin * EAR_COUNT + (size_t)ear;
    return &fit->decoder[row * (size_t)fit->harmonic_count];
}

/* of [direction][harmonic] */
static double *row_of(const Fit *fit, double *table, int direction) {
    return &table[(size_t)direction * (size_t)fit->harmonic_count];
}

static void fill_harmonics(Fit *fit) {
    const int count = fit->harmonic_count;
    for (int direction = 0; direction < fit->grid->count; ++direction) {
        double *const row = row_of(fit, fit->harmonics, direction);
        harmonics_at(fit->grid->directions[direction], fit->shape->order, row);
        for (int acn = 0; acn < count; ++acn) {
            row[acn] *= sqrt(2.0 * harmonic_degree(acn) + 1.0);
        }
        for (int cell = 0; cell < count * count; ++cell) {
            fit->squares[cell] += row[cell / count] * row[cell % count] / fit->grid->count;
        }
    }
}

static Status invert_harmonics(Fit *fit, Arena *arena, ErrorList *errors) {
    const int count = fit->harmonic_count;
    double *const factor = arena_array(arena, (size_t)count * (size_t)count, sizeof *factor);
    for (int cell = 0; cell < count * count; ++cell) {
        factor[cell] = fit->squares[cell];
    }
    if (!matrix_factor_positive(count, factor)) {
        return fail(errors, E421, NO_PLACE, "%d directions do not carry ambisonics of order %d",
                    fit->grid->count, fit->shape->order);
    }
    for (int direction = 0; direction < fit->grid->count; ++direction) {
        const double *const values = row_of(fit, fit->harmonics, direction);
        double *const row = row_of(fit, fit->inverse, direction);
        for (int acn = 0; acn < count; ++acn) {
            row[acn] = values[acn] / fit->grid->count;
        }
        matrix_solve_factored(count, factor, row);
    }
    return DONE;
}

static void make_tables(Fit *fit, Arena *arena) {
    const size_t taps = (size_t)fit->shape->tap_count;
    const size_t directions = (size_t)fit->grid->count;
    const size_t harmonics = (size_t)fit->harmonic_count;
    const size_t bins = (size_t)fit->bin_count;
    fit->harmonics = arena_array(arena, directions * harmonics, sizeof *fit->harmonics);
    fit->inverse = arena_array(arena, directions * harmonics, sizeof *fit->inverse);
    fit->squares = arena_array(arena, harmonics * harmonics, sizeof *fit->squares);
    fit->cosines = arena_array(arena, taps, sizeof *fit->cosines);
    fit->sines = arena_array(arena, taps, sizeof *fit->sines);
    fit->decoder = arena_array(arena, bins * EAR_COUNT * harmonics, sizeof *fit->decoder);
    fit->wanted = arena_array(arena, bins, sizeof *fit->wanted);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        fit->measured[ear] = arena_array(arena, directions, sizeof(Complex));
    }
    for (int tap = 0; tap < fit->shape->tap_count; ++tap) {
        const double angle_rad = 2.0 * pi * tap / fit->shape->tap_count;
        fit->cosines[tap] = exact_cos(angle_rad);
        fit->sines[tap] = exact_sin(angle_rad);
    }
}

/* A division here would cost more than all the rest. step < turn */
static int turn_on(int phase, int step, int turn) {
    return phase + step < turn ? phase + step : phase + step - turn;
}

/* The measured response at a bin, delayed by Data.Delay. */
static Complex response_at(const Fit *fit, int direction, int ear, int bin) {
    const int index = direction * EAR_COUNT + ear;
    const float *const samples =
        &fit->grid->samples[(size_t)index * (size_t)fit->grid->length_samples];
    const double delay_samples = fit->grid->delays_samples[index];
    Complex sum = {0.0, 0.0};
    int phase = 0;
    for (int tap = 0; tap < fit->grid->length_samples; ++tap) {
        sum.real += (double)samples[tap] * fit->cosines[phase];
        sum.imaginary -= (double)samples[tap] * fit->sines[phase];
        phase = turn_on(phase, bin, fit->shape->tap_count);
    }
    if (delay_samples == 0.0) {
        return sum;
    }
    const double angle_rad = 2.0 * pi * bin * delay_samples / fit->shape->tap_count;
    return complex_multiply(sum, (Complex){exact_cos(angle_rad), -exact_sin(angle_rad)});
}

static void measure_bin(Fit *fit, int bin) {
    EarCovariance covariance = {0};
    for (int direction = 0; direction < fit->grid->count; ++direction) {
        const Complex left = response_at(fit, direction, 0, bin);
        const Complex right = response_at(fit, direction, 1, bin);
        const Complex cross = complex_multiply(left, complex_conjugate(right));
        fit->measured[0][direction] = left;
        fit->measured[1][direction] = right;
        covariance.left += left.real * left.real + left.imaginary * left.imaginary;
        covariance.right += right.real * right.real + right.imaginary * right.imaginary;
        covariance.cross = complex_add(covariance.cross, cross);
    }
    const double weight = 1.0 / fit->grid->count;
    fit->wanted[bin] = (EarCovariance){covariance.left * weight, covariance.right * weight,
                                       complex_scale(covariance.cross, weight)};
}

static double size_of(Complex value) {
    return sqrt(value.real * value.real + value.imaginary * value.imaginary);
}

/* The measured magnitude with the phase that the bin below decodes for this direction. */
static Complex rephase(const Fit *fit, Complex measured, int direction, const Complex *below) {
    const double *const row = row_of(fit, fit->harmonics, direction);
    Complex decoded = {0.0, 0.0};
    for (int acn = 0; acn < fit->harmonic_count; ++acn) {
        decoded = complex_add(decoded, complex_scale(below[acn], row[acn]));
    }
    const double size = size_of(decoded);
    return size > 0.0 ? complex_scale(decoded, size_of(measured) / size)
                      : (Complex){size_of(measured), 0.0};
}

static void fit_bin(Fit *fit, int bin, int ear) {
    Complex *const out = decoder_at(fit, bin, ear);
    for (int direction = 0; direction < fit->grid->count; ++direction) {
        const double *const row = row_of(fit, fit->inverse, direction);
        Complex target = fit->measured[ear][direction];
        if (bin > fit->last_plain_bin) {
            target = rephase(fit, target, direction, decoder_at(fit, bin - 1, ear));
        }
        for (int acn = 0; acn < fit->harmonic_count; ++acn) {
            out[acn] = complex_add(out[acn], complex_scale(target, row[acn]));
        }
    }
}

/* What the decoder makes of a diffuse field. */
static EarCovariance decoded_covariance(const Fit *fit, int bin) {
    const int count = fit->harmonic_count;
    const Complex *const left = decoder_at(fit, bin, 0);
    const Complex *const right = decoder_at(fit, bin, 1);
    EarCovariance covariance = {0};
    for (int cell = 0; cell < count * count; ++cell) {
        const int row = cell / count;
        const int column = cell % count;
        const double weight = fit->squares[cell];
        const Complex to_left = complex_multiply(left[row], complex_conjugate(left[column]));
        const Complex to_right = complex_multiply(right[row], complex_conjugate(right[column]));
        const Complex cross = complex_multiply(left[row], complex_conjugate(right[column]));
        covariance.left += weight * to_left.real;
        covariance.right += weight * to_right.real;
        covariance.cross = complex_add(covariance.cross, complex_scale(cross, weight));
    }
    return covariance;
}

static void match_bin(Fit *fit, int bin) {
    const EarCovariance have = decoded_covariance(fit, bin);
    const double amount = fit->shape->covariance;
    EarMatrix mix;
    if (!ear_covariance_match(&have, &fit->wanted[bin], &mix)) {
        return;
    }
    for (int acn = 0; acn < fit->harmonic_count; ++acn) {
        Complex *const ears[EAR_COUNT] = {&decoder_at(fit, bin, 0)[acn],
                                          &decoder_at(fit, bin, 1)[acn]};
        const Complex before[EAR_COUNT] = {*ears[0], *ears[1]};
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            const Complex mixed = complex_add(complex_multiply(mix.cells[ear][0], before[0]),
                                              complex_multiply(mix.cells[ear][1], before[1]));
            *ears[ear] =
                complex_add(complex_scale(before[ear], 1.0 - amount), complex_scale(mixed, amount));
        }
    }
}

/* Back to time, of which the first and last bin have a real part only. */
static void write_response(const Fit *fit, int acn, int ear, double *response) {
    const int taps = fit->shape->tap_count;
    const double sn3d = sqrt(2.0 * harmonic_degree(acn) + 1.0); /* SN3D input is weaker */
    for (int tap = 0; tap < taps; ++tap) {
        int phase = 0;
        double sum = 0.0;
        for (int bin = 0; bin < fit->bin_count; ++bin) {
            const Complex value = decoder_at(fit, bin, ear)[acn];
            const double weight = bin == 0 || bin == fit->bin_count - 1 ? 1.0 : 2.0;
            sum +=
                weight * (value.real * fit->cosines[phase] - value.imaginary * fit->sines[phase]);
            phase = turn_on(phase, tap, taps);
        }
        response[tap] = sn3d * sum / taps;
    }
}

static void fit_bins(Fit *fit) {
    for (int bin = 0; bin < fit->bin_count; ++bin) {
        measure_bin(fit, bin);
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            fit_bin(fit, bin, ear);
        }
    }
    /* afterwards, so that no bin inherits a phase from a mix; the last one has none of its own */
    for (int bin = 0; bin < fit->bin_count - 1 && fit->shape->covariance > 0.0; ++bin) {
        match_bin(fit, bin);
    }
}

Status magls_responses(const HrirGrid *grid,
                       const MaglsShape *shape,
                       Arena *arena,
                       double *responses,
                       ErrorList *errors) {
    const double bin_hz = (double)grid->rate_hz / shape->tap_count;
    Fit fit = {.grid = grid,
               .shape = shape,
               .harmonic_count = (shape->order + 1) * (shape->order + 1),
               .bin_count = shape->tap_count / 2 + 1,
               .last_plain_bin = (int)floor(shape->cutoff_hz / bin_hz + 0.5)};
    if (grid->length_samples > shape->tap_count) {
        return fail(errors, E420, NO_PLACE, "the responses have %d samples, more than %d taps",
                    grid->length_samples, shape->tap_count);
    }
    make_tables(&fit, arena);
    fill_harmonics(&fit);
    TRY(invert_harmonics(&fit, arena, errors));
    fit_bins(&fit);
    for (int row = 0; row < fit.harmonic_count * EAR_COUNT; ++row) {
        write_response(&fit, row / EAR_COUNT, row % EAR_COUNT,
                       &responses[(size_t)row * (size_t)shape->tap_count]);
    }
    return DONE;
}
