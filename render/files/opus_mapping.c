/* Which loudspeakers an Opus file can hold, and in which order. */
#include "render/files/opus_mapping.h"

enum { /* bits of dwChannelMask */
       FL = 0x1,
       FR = 0x2,
       FC = 0x4,
       LFE = 0x8,
       BL = 0x10,
       BR = 0x20,
       BC = 0x100,
       SL = 0x200,
       SR = 0x400
};

enum { DEFAULT_BITS_PER_S = 64000, MOST_HARMONICS = 225 /* order 14: RFC 8486, 3.1 */ };

/* RFC 7845, 5.1.1.2: 1 .. 8 channels. */
static const uint32_t places[OPUS_MOST_SPEAKERS][OPUS_MOST_SPEAKERS] = {
    {FC, 0,  0,  0,  0,  0,   0,   0  },
    {FL, FR, 0,  0,  0,  0,   0,   0  },
    {FL, FC, FR, 0,  0,  0,   0,   0  },
    {FL, FR, BL, BR, 0,  0,   0,   0  },
    {FL, FC, FR, BL, BR, 0,   0,   0  },
    {FL, FC, FR, BL, BR, LFE, 0,   0  },
    {FL, FC, FR, SL, SR, BC,  LFE, 0  },
    {FL, FC, FR, SL, SR, BL,  BR,  LFE},
};

uint32_t opus_channel_mask(int channel_count) {
    uint32_t mask = 0;
    for (int place = 0; channel_count <= OPUS_MOST_SPEAKERS && place < channel_count; place++) {
        mask |= places[channel_count - 1][place];
    }
    return mask;
}

/* One pair of surrounds stands beside or behind: the same loudspeakers. */
static uint32_t with_rears(uint32_t mask) {
    const uint32_t sides = SL | SR;
    const uint32_t rears = BL | BR;
    return (mask & sides) == sides && !(mask & (rears | BC)) ? (mask & ~sides) | rears : mask;
}

/* Channels of a WAV file stand in the order of their bits. */
static int count_below(uint32_t mask, uint32_t bit) {
    int count = 0;
    for (uint32_t lower = 1; lower < bit; lower <<= 1) {
        count += (mask & lower) != 0;
    }
    return count;
}

static bool is_square(int count) {
    int root = 1;
    while (root * root < count) {
        root++;
    }
    return root * root == count;
}

bool opus_mapping_of(int channel_count, uint32_t mask, bool is_ambisonic, OpusMapping *mapping) {
    *mapping = (OpusMapping){.family = 0};
    if (is_ambisonic) {
        mapping->family = 2;
        return channel_count <= MOST_HARMONICS && is_square(channel_count);
    }
    if (channel_count < 1 || channel_count > OPUS_MOST_SPEAKERS) {
        return false;
    }
    const uint32_t wanted = opus_channel_mask(channel_count);
    if (channel_count <= 2) {
        return mask == 0 || mask == wanted;
    }
    mapping->family = 1;
    for (int place = 0; place < channel_count; place++) {
        mapping->order[place] = count_below(wanted, places[channel_count - 1][place]);
    }
    return with_rears(mask) == wanted;
}

int opus_bits_per_s(int asked_bits_per_s, int channel_count) {
    return asked_bits_per_s ? asked_bits_per_s : DEFAULT_BITS_PER_S * channel_count;
}
