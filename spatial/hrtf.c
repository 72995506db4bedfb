/* Head-related responses: mixed in triangles, delayed again. */
#include "spatial/hrtf.h"

#include <string.h>

#include "render/dsp/fractional_delay.h"
#include "spatial/hrir_prepare.h"
#include "spatial/hrtf_find.h"

enum {
    /* Around a response that is being delayed, so that no tap of the delay leaves the array. */
    MARGIN_SAMPLES = HRIR_MAX_TAPS / 2 + FRACTIONAL_DELAY_TAPS + 16,
    DELAYED_SAMPLES = HRIR_MAX_TAPS + 2 * MARGIN_SAMPLES
};

static double mixed_onset(const HrtfSet *hrtf, const Mixture *mixture, int ear) {
    double onset_samples = 0.0;
    for (int corner = 0; corner < 3; ++corner) {
        onset_samples += mixture->weights[corner] *
                         hrtf->onsets_samples[EAR_COUNT * mixture->points[corner] + ear];
    }
    return onset_samples;
}

int hrtf_tap_count(const HrtfSet *hrtf) {
    return hrtf->head->tap_count;
}

double hrtf_level_offset_db(const HrtfSet *hrtf) {
    return hrtf->head->level_offset_db;
}

/* padded: [DELAYED_SAMPLES], a response with margins of zeros. */
static void delay_response(const HrtfSet *hrtf, const float *padded, double samples, float *out) {
    const double whole = floor(samples);
    float taps[FRACTIONAL_DELAY_TAPS];
    hrtf->kernels->delay_taps(samples - whole, taps);
    const float *const from = padded + MARGIN_SAMPLES + FRACTIONAL_DELAY_LEAD - (int)whole;
    hrtf->kernels->delay(from, taps, hrtf->head->tap_count, out);
}

void hrtf_respond(const HrtfSet *hrtf, Direction at, float *out) {
    const Mixture mixture = hrtf_find_mixture(hrtf, at);
    const int length = hrtf->head->aligned_samples;
    float padded[DELAYED_SAMPLES];
    float weights[3];
    memset(padded, 0, sizeof(float) * MARGIN_SAMPLES);
    memset(padded + MARGIN_SAMPLES + length, 0,
           sizeof(float) * (size_t)(DELAYED_SAMPLES - MARGIN_SAMPLES - length));
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        const float *rows[3];
        for (int corner = 0; corner < 3; ++corner) {
            const size_t response = EAR_COUNT * (size_t)mixture.points[corner] + (size_t)ear;
            rows[corner] = &hrtf->aligned[response * (size_t)length];
            weights[corner] = (float)mixture.weights[corner];
        }
        hrtf->kernels->mix(rows, weights, length, padded + MARGIN_SAMPLES);
        delay_response(hrtf, padded, mixed_onset(hrtf, &mixture, ear),
                       out + (size_t)ear * (size_t)hrtf->head->tap_count);
    }
}

void hrtf_onsets(const HrtfSet *hrtf, Direction at, double onsets_samples[EAR_COUNT]) {
    const Mixture mixture = hrtf_find_mixture(hrtf, at);
    for (int ear = 0; ear < EAR_COUNT; ++ear) {
        onsets_samples[ear] = mixed_onset(hrtf, &mixture, ear);
    }
}
