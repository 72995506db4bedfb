#ifndef RENDER_MODEL_LAYOUT_H
#define RENDER_MODEL_LAYOUT_H
/* Loudspeaker layouts, ears and ambisonic orders: what the channels of a file or bus mean. */
#include <stdbool.h>
#include <stdint.h>

/* Azimuth 0 in front, positive to the left; elevation positive upwards (BS.2051, ADM). */
typedef struct Position {
    double azimuth_deg, elevation_deg, distance_m, spread_deg;
} Position;

typedef enum ChannelRole {
    CHANNEL_SPEAKER,
    CHANNEL_LFE,
    CHANNEL_EAR,
    CHANNEL_HARMONIC
} ChannelRole;

typedef struct Channel {
    const char *label; /* L R C LFE Ls Rs Lss Rss Lrs Rrs Ltf Rtf Ltb Rtb ... */
    ChannelRole role;
    Position position;      /* nominal, BS.2051 */
    uint32_t wave_bit;      /* WAVEFORMATEXTENSIBLE dwChannelMask bit, 0 = none */
    double loudness_weight; /* BS.1770-5 table 4; 0 for LFE */
} Channel;

typedef enum LayoutKind { LAYOUT_SPEAKERS, LAYOUT_BINAURAL, LAYOUT_AMBISONIC } LayoutKind;

/* A loudspeaker as it really stands; its Channel says where it ought to (BS.2051 nominal). */
typedef struct Loudspeaker {
    Position real;
    double gain; /* linear */
    double delay_s;
} Loudspeaker;

/* Channels in production order (SMPTE: L R C LFE Ls Rs; 7.1: sides before rears). */
typedef struct Layout {
    const char *name; /* as written in a job: "5.1" */
    LayoutKind kind;
    const Channel *channels;
    int channel_count;
    const struct Layout *base; /* the built-in layout that a layout of a job varies, or NULL */
    const Loudspeaker *loudspeakers; /* [channel_count]; NULL: at their nominal places, gain 1 */
} Layout;

/* Where a loudspeaker is heard from. */
static inline Position layout_real_position(const Layout *layout, int channel) {
    return layout->loudspeakers ? layout->loudspeakers[channel].real
                                : layout->channels[channel].position;
}

/* Where an LFE channel with this label goes: to the LFE of the same label, else to the first one;
 * -1: the layout has none and it is dropped. */
int layout_lfe_channel(const Layout *layout, const char *label);

/* With which gain: sqrt(1/2) for each of two LFE that meet in one (22.2 into 7.1.4), else 1.
 * BS.2127-1, 8.4. */
double layout_lfe_gain(const Layout *from, const Layout *to);

#endif
