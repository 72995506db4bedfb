/* Noise as a hash: the same sample of a stream gets the same value whenever and wherever it is
 * asked for. */
#include "render/dsp/noise.h"

#include <math.h>

#include "render/base/exact_math.h"
#include "render/base/units.h"

/* 2^64 / golden ratio, odd: the step of Weyl's sequence (Steele, Lea and Flood, Fast Splittable
 * Pseudorandom Number Generators, 2014). */
static const uint64_t weyl_step = 0x9e3779b97f4a7c15U;

/* The finalizer of SplitMix64, variant 13 of Stafford, Better Bit Mixing (2011). */
static uint64_t mix_bits(uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31);
}

static uint64_t absorb(uint64_t stream, uint64_t word) {
    return mix_bits(mix_bits(stream + weyl_step) ^ (word * weyl_step + 1));
}

uint64_t noise_stream(uint64_t seed, const char *const *names, int count, int channel) {
    uint64_t stream = mix_bits(seed + weyl_step);
    for (int name = 0; name < count; name++) {
        for (const char *letter = names[name]; *letter; letter++) {
            stream = absorb(stream, (unsigned char)*letter);
        }
        stream = absorb(stream, 256); /* no letter: the border between two names */
    }
    return absorb(stream, (uint64_t)channel + 257);
}

uint64_t noise_hash(uint64_t stream, int64_t index) {
    /* two rounds: streams that differ by a multiple of the step are not shifted copies */
    return mix_bits(mix_bits((uint64_t)index * weyl_step + stream) ^ stream);
}

double noise_uniform(uint64_t stream, int64_t index) {
    return (double)(noise_hash(stream, index) >> 11) * 0x1p-52 - 1.0;
}

double noise_tpdf(uint64_t stream, int64_t index) {
    const uint64_t bits = noise_hash(stream, index);
    return ((double)(bits >> 32) - (double)(bits & 0xffffffffU)) * 0x1p-32;
}

double noise_gaussian(uint64_t stream, int64_t index) {
    const double radius_share = ((double)(noise_hash(stream, index) >> 11) + 1.0) * 0x1p-53;
    const double turn = noise_uniform(mix_bits(stream ^ weyl_step), index);
    /* Box and Muller 1958 */
    return sqrt(-2.0 * exact_log(radius_share)) * exact_cos(pi * turn);
}
