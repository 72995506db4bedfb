/* Matrix, phase shift and delay of a bus that is made of another one. */
#include "render/stages/bus_fold.h"

#include <string.h>

static int64_t shift_delay_samples(const BusFold *fold) {
    return fold->shift_tap_count / 2;
}

static int64_t longest_delay_samples(const BusFold *fold) {
    return fold->longest_delay_samples;
}

Span bus_fold_reach(const BusFold *fold, Span part) {
    const int64_t shift = shift_delay_samples(fold);
    return (Span){part.begin - longest_delay_samples(fold) - shift, part.end + shift};
}

int64_t bus_fold_reach_samples(const BusFold *fold, int64_t count) {
    return count + longest_delay_samples(fold) + 2 * shift_delay_samples(fold);
}

/* to += gain * from */
static void add_scaled(double gain, const double *from, int64_t count, double *to) {
    for (int64_t sample = 0; gain != 0.0 && sample < count; sample++) {
        to[sample] += gain * from[sample];
    }
}

static bool has_gain(const double *gains, int count) {
    for (int input = 0; gains && input < count; input++) {
        if (gains[input] != 0.0) {
            return true;
        }
    }
    return false;
}

/* Every other tap is 0, and those at the same distance from the middle differ in sign only: the
 * sum runs over the distances, each in all samples. from: the middle of the first sample. */
static void add_shifted(const BusFold *fold, const double *from, int64_t count, double *to) {
    const int64_t middle = shift_delay_samples(fold);
    for (int64_t distance = 1; distance <= middle; distance += 2) {
        const double tap = fold->shift_taps[middle - distance];
        for (int64_t sample = 0; sample < count; sample++) {
            to[sample] += tap * (from[sample + distance] - from[sample - distance]);
        }
    }
}

static void fold_channel(const BusFold *fold,
                         int channel,
                         const double *const *in,
                         int64_t count,
                         double *sums,
                         double *out) {
    const double *gains = fold->gains + (ptrdiff_t)channel * fold->input_count;
    const double *shifted =
        fold->shifted ? fold->shifted + (ptrdiff_t)channel * fold->input_count : NULL;
    const int64_t delay = fold->delays_samples ? fold->delays_samples[channel] : 0;
    const int64_t shift = shift_delay_samples(fold);
    const int64_t begin = longest_delay_samples(fold) + shift - delay;
    memset(out, 0, (size_t)count * sizeof *out);
    for (int input = 0; input < fold->input_count; input++) {
        add_scaled(gains[input], in[input] + begin, count, out);
    }
    if (!has_gain(shifted, fold->input_count)) {
        return;
    }
    memset(sums, 0, (size_t)(count + 2 * shift) * sizeof *sums);
    for (int input = 0; input < fold->input_count; input++) {
        add_scaled(shifted[input], in[input] + begin - shift, count + 2 * shift, sums);
    }
    add_shifted(fold, sums + shift, count, out);
}

void bus_fold_apply(
    const MixBus *bus, Span part, const double *const *in, double *sums, double *const *out) {
    for (int channel = 0; channel < bus->layout->channel_count; channel++) {
        fold_channel(bus->fold, channel, in, part.end - part.begin, sums, out[channel]);
    }
}
