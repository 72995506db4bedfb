/* Louder or softer beginnings and endings of notes: two followers of the level, one gain. */
#include "render/processors/transient_shaper.h"

#include <math.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"

static const double window_s = 0.01;
static const double rise_s = 0.025;
static const double fall_s = 1.0;
static const double smooth_s = 0.0003;
static const double dead_db = 0.5; /* the followers may differ by so much without a weight */
static const double ramp_db = 3.0; /* from there to the full weight */
static const double least_db = 1e-7;
static const double floor_level = 1e-5; /* -100 dBFS: below it all is rest, no note */

typedef struct Candidate { /* of the sliding maximum: later and greater than what is before it */
    int64_t at;
    float size;
} Candidate;

struct TransientShaper {
    double attack_db, sustain_db;
    double rise_step, fall_step, smooth_step; /* how much of the way goes in one sample */
    int64_t window_samples, now;
    Candidate *queue;    /* ring [window_samples]: sizes descend */
    int64_t first, last; /* of the queue, counted up for ever */
    double rise, fall, gain_db;
};

static double step_of(double time_s, int rate_hz) {
    return 1.0 - exact_exp(-1.0 / (time_s * rate_hz));
}

TransientShaper *
transient_shaper_create(double attack_db, double sustain_db, int rate_hz, Arena *arena) {
    TransientShaper *shaper = arena_alloc(arena, sizeof *shaper);
    *shaper = (TransientShaper){.attack_db = attack_db,
                                .sustain_db = sustain_db,
                                .rise_step = step_of(rise_s, rate_hz),
                                .fall_step = step_of(fall_s, rate_hz),
                                .smooth_step = step_of(smooth_s, rate_hz),
                                .window_samples = (int64_t)(window_s * rate_hz),
                                .rise = floor_level,
                                .fall = floor_level};
    shaper->queue = arena_array(arena, (size_t)shaper->window_samples, sizeof *shaper->queue);
    return shaper;
}

static Candidate *candidate(const TransientShaper *shaper, int64_t index) {
    return &shaper->queue[index % shaper->window_samples];
}

/* Lemire 2006, Streaming maximum-minimum filter: three comparisons a sample. */
static double level_with(TransientShaper *shaper, float size) {
    if (shaper->first < shaper->last &&
        candidate(shaper, shaper->first)->at <= shaper->now - shaper->window_samples) {
        shaper->first++;
    }
    while (shaper->first < shaper->last && candidate(shaper, shaper->last - 1)->size <= size) {
        shaper->last--;
    }
    *candidate(shaper, shaper->last++) = (Candidate){shaper->now++, size};
    const double level = candidate(shaper, shaper->first)->size;
    return level > floor_level ? level : floor_level;
}

/* ratio: how far one follower lies above another, >= 1. */
static double weight_of(double ratio) {
    const double apart_db = 20.0 * exact_log10(ratio) - dead_db;
    return apart_db <= 0.0 ? 0.0 : fmin(apart_db / ramp_db, 1.0);
}

static double
gain_with(TransientShaper *shaper, double level, double attack_db, double sustain_db) {
    const double rise = shaper->rise + shaper->rise_step * (level - shaper->rise);
    const double fall = shaper->fall + shaper->fall_step * (level - shaper->fall);
    shaper->rise = level < shaper->rise ? level : rise;
    shaper->fall = level > shaper->fall ? level : fall;
    const double wanted_db =
        attack_db * weight_of(level / shaper->rise) + sustain_db * weight_of(shaper->fall / level);
    shaper->gain_db += shaper->smooth_step * (wanted_db - shaper->gain_db);
    if (fabs(shaper->gain_db - wanted_db) < least_db) {
        shaper->gain_db = wanted_db;
    }
    return shaper->gain_db == 0.0 ? 1.0 : gain_from_db(shaper->gain_db);
}

static void shape_sample(TransientShaper *shaper,
                         float *const *planes,
                         int channel_count,
                         int64_t sample,
                         const double *amounts_db) {
    float size = 0.0F;
    for (int channel = 0; channel < channel_count; channel++) {
        size = fmaxf(size, fabsf(planes[channel][sample]));
    }
    const double level = level_with(shaper, size);
    const double gain = gain_with(shaper, level, amounts_db[0], amounts_db[1]);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel][sample] = (float)(planes[channel][sample] * gain);
    }
}

void transient_shaper_run(TransientShaper *shaper,
                          float *const *planes,
                          int channel_count,
                          int64_t count) {
    const double amounts_db[] = {shaper->attack_db, shaper->sustain_db};
    for (int64_t sample = 0; sample < count; sample++) {
        shape_sample(shaper, planes, channel_count, sample, amounts_db);
    }
}

void transient_shaper_run_along(TransientShaper *shaper,
                                float *const *planes,
                                int channel_count,
                                int64_t count,
                                const double *attack_db,
                                const double *sustain_db) {
    for (int64_t sample = 0; sample < count; sample++) {
        const double amounts_db[] = {attack_db[sample], sustain_db[sample]};
        shape_sample(shaper, planes, channel_count, sample, amounts_db);
    }
}
