/* The LFE folded to both ears. */
#include "spatial/binaural_lfe.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/minimum_phase.h"

static const double crossover_hz = 120.0;
static const double band_level_db = 10.0;
/* The end fades over a quarter of the filter; at 13 ms it has decayed by 55 dB anyway. */
enum { FADE_SHARE = 4 };

/* |H| of two Butterworth low-passes of second order: 1 / (1 + (f / crossover)^4). */
static void fill_logs(int rate_hz, float *logs) {
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        const double ratio = (double)bin * rate_hz / PHASE_SIZE / crossover_hz;
        logs[bin] = (float)-exact_log(1.0 + ratio * ratio * ratio * ratio);
    }
}

static void scale_to_level(const double *response, int count, float *out) {
    const int fade_begin = count - count / FADE_SHARE;
    double sum = 0.0;
    for (int pass = 0; pass < 2; ++pass) { /* sums, then scales */
        const double gain = pass ? sqrt(0.5) * gain_from_db(band_level_db) / sum : 0.0;
        for (int sample = 0; sample < count; ++sample) {
            const double across = (sample - fade_begin + 0.5) / (count - fade_begin);
            const double fade = across > 0.0 ? 0.5 + 0.5 * exact_cos(pi * across) : 1.0;
            const double value = fade * response[sample];
            sum += pass ? 0.0 : value;
            out[sample] = (float)(gain * value);
        }
    }
}

Status binaural_lfe(int tap_count, int lead_samples, int rate_hz, float *out, ErrorList *errors) {
    const int count = tap_count - lead_samples;
    Arena *scratch = arena_create();
    MinimumPhase *phase = NULL;
    const Status status = minimum_phase_create(scratch, &phase, errors);
    if (status == DONE) {
        float *const logs = arena_array(scratch, PHASE_BINS, sizeof *logs);
        double *const response = arena_array(scratch, (size_t)count, sizeof *response);
        fill_logs(rate_hz, logs);
        minimum_phase_write(phase, logs, response, count);
        memset(out, 0, sizeof(float) * (size_t)lead_samples);
        scale_to_level(response, count, out + lead_samples);
    }
    minimum_phase_destroy(&phase);
    arena_destroy(&scratch);
    return status;
}
