/* Low-frequency extension and diffuse-field equalization of head-related responses. */
#include "spatial/hrir_equalize.h"

#include "render/base/units.h"

/* Where the level of the low end is read, and where it takes over. */
static const double level_to_hz = 400.0;
static const double own_from_hz = 250.0;
static const double common_to_hz = 100.0;
/* The band of the equalization; beyond 16 kHz pinnae and microphones agree with nobody's. */
static const double equal_from_hz = 200.0;
static const double equal_to_hz = 16000.0;
static const double sixth_octave = 1.12246204830937298; /* 2^(1/6): half of a third */
static const double strongest_log = 1.72693881974556;   /* 15 dB: ln 10 * 15 / 20 */
/* Mean power of a set of which every response is silent (-240 dB) lies below. */
static const double silent_power = 1e-20;

static int bin_of(double frequency_hz, int rate_hz) {
    const int bin = (int)rint(frequency_hz / rate_hz * PHASE_SIZE);
    return bin < PHASE_BINS - 1 ? bin : PHASE_BINS - 1;
}

static float *logs_of(const HrirSpectra *spectra, int point, int ear) {
    return &spectra->logs[((size_t)point * EAR_COUNT + (size_t)ear) * PHASE_BINS];
}

/* Mean logarithm of the set from first to last. */
static double
common_log(const HrirSpectra *spectra, const double *weights, int point_count, const int band[2]) {
    double sum = 0.0;
    for (int point = 0; point < point_count; ++point) {
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            const float *const logs = logs_of(spectra, point, ear);
            for (int bin = band[0]; bin <= band[1]; ++bin) {
                sum += weights[point] * (double)logs[bin];
            }
        }
    }
    return sum / (EAR_COUNT * (band[1] - band[0] + 1));
}

static void extend_lows(HrirSpectra *spectra, const double *weights, int point_count, int rate_hz) {
    const int band[2] = {bin_of(own_from_hz, rate_hz), bin_of(level_to_hz, rate_hz)};
    const double common = common_log(spectra, weights, point_count, band);
    for (int bin = 0; bin < band[0]; ++bin) {
        const double frequency_hz = (double)bin * rate_hz / PHASE_SIZE;
        const double across = (frequency_hz - common_to_hz) / (own_from_hz - common_to_hz);
        const double own = across > 0.0 ? across * across * (3.0 - 2.0 * across) : 0.0;
        for (int response = 0; response < point_count * EAR_COUNT; ++response) {
            float *const log = &spectra->logs[(size_t)response * PHASE_BINS + (size_t)bin];
            *log = (float)(own * (double)*log + (1.0 - own) * common);
        }
    }
}

/* sums[bin + 1] = power of all bins up to this one, both ears, mean over the sphere. */
static void sum_diffuse_power(const HrirSpectra *spectra,
                              const double *weights,
                              int point_count,
                              double sums[PHASE_BINS + 1]) {
    for (int bin = 0; bin <= PHASE_BINS; ++bin) {
        sums[bin] = 0.0;
    }
    for (int point = 0; point < point_count; ++point) {
        for (int ear = 0; ear < EAR_COUNT; ++ear) {
            const float *const logs = logs_of(spectra, point, ear);
            for (int bin = 0; bin < PHASE_BINS; ++bin) {
                sums[bin + 1] += weights[point] * exact_exp(2.0 * (double)logs[bin]);
            }
        }
    }
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        sums[bin + 1] += sums[bin];
    }
}

/* What is missing to power 1 in the third around the bin. */
static double missing_log(const double sums[PHASE_BINS + 1], int bin) {
    const int first = (int)ceil(bin / sixth_octave);
    const int last = (int)floor(bin * sixth_octave);
    const int end = last < PHASE_BINS ? last + 1 : PHASE_BINS;
    return -0.5 * exact_log((sums[end] - sums[first]) / (end - first));
}

/* Mean of the correction over a logarithmic axis. */
static double mean_log(const double *correction, int first, int last) {
    double sum = 0.0;
    double weight_sum = 0.0;
    for (int bin = first; bin <= last; ++bin) {
        sum += correction[bin] / bin;
        weight_sum += 1.0 / bin;
    }
    return sum / weight_sum;
}

static void
make_correction(const double sums[PHASE_BINS + 1], int rate_hz, double correction[PHASE_BINS]) {
    const int first = bin_of(equal_from_hz, rate_hz);
    const int last = bin_of(equal_to_hz, rate_hz);
    for (int bin = 0; bin <= last; ++bin) {
        correction[bin] = missing_log(sums, bin);
    }
    const double mean = mean_log(correction, first, last);
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        const double wanted = correction[bin < last ? bin : last];
        correction[bin] = mean + fmin(fmax(wanted - mean, -strongest_log), strongest_log);
    }
}

Status hrirs_equalize(
    HrirSpectra *spectra, const double *weights, int point_count, int rate_hz, ErrorList *errors) {
    double sums[PHASE_BINS + 1];
    double correction[PHASE_BINS];
    extend_lows(spectra, weights, point_count, rate_hz);
    sum_diffuse_power(spectra, weights, point_count, sums);
    if (sums[PHASE_BINS] < silent_power) {
        return fail(errors, E420, NO_PLACE, "the responses of the SOFA file are silent");
    }
    make_correction(sums, rate_hz, correction);
    for (int response = 0; response < point_count * EAR_COUNT; ++response) {
        float *const logs = &spectra->logs[(size_t)response * PHASE_BINS];
        for (int bin = 0; bin < PHASE_BINS; ++bin) {
            logs[bin] = (float)((double)logs[bin] + correction[bin]);
        }
    }
    return DONE;
}
