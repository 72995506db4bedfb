/* How loud a clip is at a place of it: its gain, its fades, its splices. */
#include "render/stages/clip_gain.h"

#include "render/base/exact_math.h"
#include "render/base/units.h"

/* Raised cosine in amplitude: 0 at the first sample, 1 behind the last of `length`. */
static double fade_gain(int64_t position, int64_t length) {
    if (position >= length) {
        return 1.0;
    }
    return position < 0 ? 0.0 : 0.5 - 0.5 * exact_cos(pi * (double)position / (double)length);
}

/* The same at equal power: sin^2 of the one side and of the other add up to 1. */
static double splice_gain(int64_t position, int64_t length) {
    if (position >= length) {
        return 1.0;
    }
    return position < 0 ? 0.0 : exact_sin(0.5 * pi * (double)position / (double)length);
}

double clip_gain_at(const MixClip *clip, int64_t at) {
    const int64_t left = clip->length_samples - at;
    return clip->gain * fade_gain(clip->before_samples + at, clip->fade_in_samples) *
           fade_gain(left + clip->behind_samples, clip->fade_out_samples) *
           splice_gain(at, clip->splice_in_samples) * splice_gain(left, clip->splice_out_samples);
}

bool clip_is_steady(const MixClip *clip, int64_t at, int64_t count) {
    const int64_t left = clip->length_samples - at - count;
    return clip->before_samples + at >= clip->fade_in_samples && at >= clip->splice_in_samples &&
           left + clip->behind_samples >= clip->fade_out_samples &&
           left >= clip->splice_out_samples;
}
