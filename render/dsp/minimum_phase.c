/* Minimum-phase responses by the real cepstrum.
 *
 * Law: pure functions of what they are given.
 */
#include "render/dsp/minimum_phase.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/fft.h"

/* A notch deeper than 60 dB cannot be heard, and would ring for long. */
static const double deepest_notch_gain = 1e-3;
static const double silent_magnitude = 1e-12;

struct MinimumPhase {
    Fft *fft;
    float *samples;  /* [PHASE_SIZE] */
    float *spectrum; /* [PHASE_SIZE + 2] */
    float *measured; /* [PHASE_SIZE + 2], of the response read last */
    float *cross;    /* [PHASE_SIZE + 2] */
    double *series;  /* [PHASE_SIZE] */
};

Status minimum_phase_create(Arena *arena, MinimumPhase **phase, ErrorList *errors) {
    MinimumPhase *const made = arena_alloc(arena, sizeof *made);
    made->samples = arena_array(arena, PHASE_SIZE, sizeof(float));
    made->spectrum = arena_array(arena, PHASE_SIZE + 2, sizeof(float));
    made->measured = arena_array(arena, PHASE_SIZE + 2, sizeof(float));
    made->cross = arena_array(arena, PHASE_SIZE + 2, sizeof(float));
    made->series = arena_array(arena, PHASE_SIZE, sizeof(double));
    *phase = made;
    return fft_create(PHASE_SIZE, &made->fft, errors);
}

void minimum_phase_destroy(MinimumPhase **phase) {
    if (*phase) {
        fft_destroy(&(*phase)->fft);
        *phase = NULL;
    }
}

static void measure(MinimumPhase *phase, const double *response, int count) {
    memset(phase->samples, 0, PHASE_SIZE * sizeof(float));
    for (int sample = 0; sample < count; ++sample) {
        phase->samples[sample] = (float)response[sample];
    }
    fft_forward(phase->fft, phase->samples, phase->measured);
}

static double bin_power(const float *spectrum, int bin) {
    const double real = (double)spectrum[2 * (size_t)bin];
    const double imaginary = (double)spectrum[2 * (size_t)bin + 1];
    return real * real + imaginary * imaginary;
}

void minimum_phase_read(MinimumPhase *phase, const double *response, int count, float *logs) {
    double largest = 0.0;
    measure(phase, response, count);
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        largest = fmax(largest, bin_power(phase->measured, bin));
    }
    const double least = fmax(largest * deepest_notch_gain * deepest_notch_gain,
                              silent_magnitude * silent_magnitude);
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        logs[bin] = (float)(0.5 * exact_log(fmax(bin_power(phase->measured, bin), least)));
    }
}

/* Leaves the folded cepstrum in samples: [0] once, 1 .. size / 2 - 1 doubled, the rest 0. */
static void fold_cepstrum(MinimumPhase *phase, const float *logs) {
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        phase->spectrum[2 * (size_t)bin] = logs[bin] / (float)PHASE_SIZE;
        phase->spectrum[2 * (size_t)bin + 1] = 0.0F;
    }
    fft_inverse(phase->fft, phase->spectrum, phase->samples);
    for (int sample = 1; sample < PHASE_SIZE; ++sample) {
        phase->samples[sample] *= sample < PHASE_SIZE / 2 ? 2.0F : 0.0F;
    }
}

/* The agreement of both responses: their phases' difference, weighted by magnitude in the band. */
static void cross_in_band(MinimumPhase *phase, const double band[2]) {
    memset(phase->cross, 0, (PHASE_SIZE + 2) * sizeof(float));
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        const double frequency = (double)bin / PHASE_SIZE;
        if (frequency < band[0] || frequency > band[1]) {
            continue;
        }
        const float *const value = &phase->measured[2 * (size_t)bin];
        const double angle = (double)phase->spectrum[2 * (size_t)bin + 1];
        const double magnitude = sqrt(bin_power(phase->measured, bin));
        const double cosine = magnitude * exact_cos(angle);
        const double sine = magnitude * exact_sin(angle);
        const double real = (double)value[0];
        const double imaginary = (double)value[1];
        phase->cross[2 * (size_t)bin] = (float)(real * cosine + imaginary * sine);
        phase->cross[2 * (size_t)bin + 1] = (float)(imaginary * cosine - real * sine);
    }
}

static double circular(const float *samples, int index) {
    return (double)samples[(index % PHASE_SIZE + PHASE_SIZE) % PHASE_SIZE];
}

/* Place of the largest sample from range[0] to range[1], a parabola through it and its neighbours;
 * 0 where there is none. */
static double find_peak(const float *samples, const int range[2]) {
    int best = range[0];
    for (int sample = range[0] + 1; sample <= range[1]; ++sample) {
        best = circular(samples, sample) > circular(samples, best) ? sample : best;
    }
    const double before = circular(samples, best - 1);
    const double peak = circular(samples, best);
    const double after = circular(samples, best + 1);
    const double curvature = before - 2.0 * peak + after;
    const double part = curvature < 0.0 ? 0.5 * (before - after) / curvature : 0.0;
    return peak > 0.0 ? best + fmin(fmax(part, -1.0), 1.0) : 0.0;
}

double minimum_phase_lag(MinimumPhase *phase,
                         const float *logs,
                         const double band[2],
                         const int range[2]) {
    fold_cepstrum(phase, logs);
    fft_forward(phase->fft, phase->samples, phase->spectrum);
    cross_in_band(phase, band);
    fft_inverse(phase->fft, phase->cross, phase->samples);
    return find_peak(phase->samples, range);
}

void minimum_phase_excess(const MinimumPhase *phase, double lag, double *angles, int count) {
    for (int bin = 0; bin < count; ++bin) {
        const double real = (double)phase->measured[2 * (size_t)bin];
        const double imaginary = (double)phase->measured[2 * (size_t)bin + 1];
        angles[bin] = exact_atan2(imaginary, real) - (double)phase->spectrum[2 * (size_t)bin + 1] +
                      2.0 * pi * lag * bin / PHASE_SIZE;
    }
}

void minimum_phase_turn(
    MinimumPhase *phase, const double *angles, double *response, int count, int lead) {
    measure(phase, response, count);
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        float *const value = &phase->measured[2 * (size_t)bin];
        const double cosine = exact_cos(angles[bin]) / PHASE_SIZE;
        const double sine = exact_sin(angles[bin]) / PHASE_SIZE;
        const double real = (double)value[0];
        const double imaginary = (double)value[1];
        value[0] = (float)(real * cosine - imaginary * sine);
        value[1] = (float)(imaginary * cosine + real * sine);
    }
    fft_inverse(phase->fft, phase->measured, phase->samples);
    for (int sample = -lead; sample < count; ++sample) {
        response[sample] = circular(phase->samples, sample);
    }
}

/* With h the exponential of the series c: n h[n] = sum of k c[k] h[n - k] over k = 1 .. n. Every
 * h[n] is spread over what follows as soon as it is known. */
void minimum_phase_write(MinimumPhase *phase, const float *logs, double *response, int count) {
    double *const series = phase->series;
    fold_cepstrum(phase, logs);
    memset(response, 0, sizeof(double) * (size_t)count);
    for (int sample = 1; sample < count; ++sample) {
        series[sample] = sample * (double)phase->samples[sample];
    }
    response[0] = exact_exp((double)phase->samples[0]);
    for (int sample = 0; sample < count; ++sample) {
        const double value = sample == 0 ? response[0] : response[sample] / sample;
        response[sample] = value;
        for (int ahead = 1; ahead < count - sample; ++ahead) {
            response[sample + ahead] += series[ahead] * value;
        }
    }
}
