/* Decay times and ratios of impulse responses. Law: pure functions. */
#include "spatial/decay.h"

#include <math.h>

#include "render/base/units.h"

static const double arrival_db = -20.0;
static const double direct_s = 0.0025;
static const double least_db = -150.0;
static const double noise_share = 0.1; /* ISO 3382-1, 5.3.3: 10 dB above the noise */

typedef struct Decay {
    double *left; /* [count + 1]: energy from a sample on; left[0] at the arrival */
    int64_t count;
    int rate_hz;
} Decay;

/* The sample with the most energy. */
static int64_t find_peak(const double *energy, int64_t sample_count) {
    int64_t peak = 0;
    for (int64_t sample = 1; sample < sample_count; ++sample) {
        peak = energy[sample] > energy[peak] ? sample : peak;
    }
    return peak;
}

static int64_t find_arrival(const double *energy, int64_t peak) {
    const double threshold = gain_from_db(arrival_db);
    const double least = energy[peak] * threshold * threshold;
    int64_t arrival = 0;
    while (energy[arrival] < least) {
        ++arrival;
    }
    return arrival;
}

static double level_db(const Decay *decay, int64_t sample) {
    const double energy = decay->left[sample] / decay->left[0];
    return energy > 0.0 ? fmax(db_from_gain(sqrt(energy)), least_db) : least_db;
}

/* The first sample at or below a level; the decay never rises. */
static int64_t sample_below(const Decay *decay, double wanted_db) {
    int64_t low = 0;
    int64_t high = decay->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (level_db(decay, middle) <= wanted_db) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Whether what follows could be mere noise as strong as the last tenth. */
static bool is_noise(const Decay *decay, int64_t sample) {
    const int64_t tenth = decay->count / 10 + 1;
    const double power = decay->left[decay->count - tenth] / (double)tenth;
    return power * (double)(decay->count - sample) > noise_share * decay->left[sample];
}

/* Least squares through the decay between two levels. */
static DecayTime measure_time(const Decay *decay, double from_db, double to_db) {
    const int64_t begin = sample_below(decay, from_db);
    const int64_t end = sample_below(decay, to_db);
    const double count = (double)(end - begin);
    if (count < 2.0 || is_noise(decay, end)) {
        return (DecayTime){.is_known = false};
    }
    const double middle = (count - 1.0) / 2.0;
    double slope = 0.0;
    double spread = 0.0;
    for (int64_t sample = begin; sample < end; ++sample) {
        const double place = (double)(sample - begin) - middle;
        slope += place * level_db(decay, sample);
        spread += place * place;
    }
    slope /= spread; /* dB a sample, negative */
    return (DecayTime){.is_known = true, .seconds = -60.0 / slope / decay->rate_hz};
}

static DecayRatio measure_ratio(const Decay *decay, int64_t border) {
    const double late = border < decay->count ? decay->left[border] : 0.0;
    const double early = decay->left[0] - late;
    if (late <= 0.0 || early <= 0.0) {
        return (DecayRatio){.is_known = false};
    }
    return (DecayRatio){.is_known = true, .level_db = db_from_gain(sqrt(early / late))};
}

static int64_t samples_of(const Decay *decay, double time_s) {
    return (int64_t)rint(time_s * decay->rate_hz);
}

static Decay integrate(const double *energy, int64_t count, int rate_hz, Arena *scratch) {
    Decay decay = {.count = count, .rate_hz = rate_hz};
    decay.left = arena_array(scratch, (size_t)count + 1, sizeof *decay.left);
    for (int64_t sample = count - 1; sample >= 0; --sample) {
        decay.left[sample] = decay.left[sample + 1] + energy[sample];
    }
    return decay;
}

static void draw(const Decay *decay, DecayFacts *facts) {
    for (int level = 0; level < DECAY_LEVELS; ++level) {
        const int64_t sample = sample_below(decay, -10.0 * (level + 1));
        facts->below[level].is_known = sample < decay->count;
        facts->below[level].seconds = (double)sample / decay->rate_hz;
    }
    for (int point = 0; point < DECAY_POINTS; ++point) {
        facts->curve_db[point] = level_db(decay, decay->count * point / (DECAY_POINTS - 1));
    }
}

void decay_add_energy(const AudioBlock *portion, double *energy) {
    for (int channel = 0; channel < portion->channel_count; ++channel) {
        for (int64_t sample = 0; sample < portion->sample_count; ++sample) {
            const double value = (double)portion->samples[channel][sample];
            energy[sample] += value * value;
        }
    }
}

void decay_measure(
    const double *energy, int64_t sample_count, int rate_hz, Arena *scratch, DecayFacts *facts) {
    const int64_t peak = find_peak(energy, sample_count);
    const int64_t arrival = find_arrival(energy, peak);
    const Decay decay = integrate(energy + arrival, sample_count - arrival, rate_hz, scratch);
    *facts = (DecayFacts){.length_s = (double)sample_count / rate_hz,
                          .arrival_s = (double)arrival / rate_hz,
                          .edt = measure_time(&decay, 0.0, -10.0),
                          .t20 = measure_time(&decay, -5.0, -25.0),
                          .t30 = measure_time(&decay, -5.0, -35.0),
                          .c50 = measure_ratio(&decay, samples_of(&decay, 0.050)),
                          .c80 = measure_ratio(&decay, samples_of(&decay, 0.080))};
    facts->direct_to_reverberant =
        measure_ratio(&decay, peak - arrival + samples_of(&decay, direct_s));
    draw(&decay, facts);
}
