#ifndef RENDER_FILES_OPUS_MAPPING_H
#define RENDER_FILES_OPUS_MAPPING_H
/* Which loudspeakers an Opus file can hold, and in which order. */
#include <stdbool.h>
#include <stdint.h>

enum {
    OPUS_RATE_HZ = 48000,
    OPUS_MOST_SPEAKERS = 8,
    OPUS_LEAST_BITS_PER_S = 6000,  /* of a channel */
    OPUS_MOST_BITS_PER_S = 256000, /* of a channel: two share a stream, which has 510000 at most */
};

typedef struct OpusMapping {
    int family; /* RFC 7845, 5.1.1: 0 mono and stereo, 1 loudspeakers; RFC 8486: 2 ambisonics */
    /* [channels], family 1: place in the file -> channel of a WAV file with the same mask. */
    int order[OPUS_MOST_SPEAKERS];
} OpusMapping;

/* mask: dwChannelMask, 0 for one or two channels whatever they are. false: no place for it. */
bool opus_mapping_of(int channel_count, uint32_t mask, bool is_ambisonic, OpusMapping *mapping);
/* The mask of family 1 (surrounds of 5.1 are called rears there); 0: no such number of channels. */
uint32_t opus_channel_mask(int channel_count);

/* Of a file; asked: 0 is 64 kbit/s a channel, the upper end of what wiki.xiph.org (Opus Recommended
 * Settings) advises for music. */
int opus_bits_per_s(int asked_bits_per_s, int channel_count);

#endif
