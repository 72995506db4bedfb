/* The built-in layouts: BS.2051 positions, WAVE bits and BS.1770 weights of their channels. */
#include "spatial/layout_table.h"

#include <stddef.h>
#include <string.h>

/* Positions: BS.2051-3 (3.1.2 and 9.1.x: IAMF); azimuth and elevation of the nominal place.
 * Weights: BS.1770-5 table 4 (|el| < 30 and 60 <= |az| <= 120: 1.41). Bits: WAVEFORMATEXTENSIBLE;
 * 0 where none exists. */
#define SPEAKER(label, azimuth_deg, elevation_deg, wave_bit, weight)                               \
    { label, CHANNEL_SPEAKER, {azimuth_deg, elevation_deg, 1.0, 0.0}, wave_bit, weight }
#define LFE(label, azimuth_deg, wave_bit)                                                          \
    { label, CHANNEL_LFE, {azimuth_deg, -30.0, 1.0, 0.0}, wave_bit, 0.0 }

#define CH_L       SPEAKER("L", 30.0, 0.0, 0x1, 1.0)
#define CH_R       SPEAKER("R", -30.0, 0.0, 0x2, 1.0)
#define CH_C       SPEAKER("C", 0.0, 0.0, 0x4, 1.0)
#define CH_LFE     LFE("LFE", 0.0, 0x8)
#define CH_LFE1    LFE("LFE1", 45.0, 0x8)
#define CH_LFE2    LFE("LFE2", -45.0, 0)
#define CH_LS      SPEAKER("Ls", 110.0, 0.0, 0x10, 1.41)
#define CH_RS      SPEAKER("Rs", -110.0, 0.0, 0x20, 1.41)
#define CH_LSS     SPEAKER("Lss", 90.0, 0.0, 0x200, 1.41)
#define CH_RSS     SPEAKER("Rss", -90.0, 0.0, 0x400, 1.41)
#define CH_LRS     SPEAKER("Lrs", 135.0, 0.0, 0x10, 1.0)
#define CH_RRS     SPEAKER("Rrs", -135.0, 0.0, 0x20, 1.0)
#define CH_CS      SPEAKER("Cs", 180.0, 0.0, 0x100, 1.0)
#define CH_LW      SPEAKER("Lw", 60.0, 0.0, 0, 1.41)
#define CH_RW      SPEAKER("Rw", -60.0, 0.0, 0, 1.41)
#define CH_LTF_30  SPEAKER("Ltf", 30.0, 30.0, 0x1000, 1.0)
#define CH_RTF_30  SPEAKER("Rtf", -30.0, 30.0, 0x4000, 1.0)
#define CH_LTF     SPEAKER("Ltf", 45.0, 30.0, 0x1000, 1.0)
#define CH_RTF     SPEAKER("Rtf", -45.0, 30.0, 0x4000, 1.0)
#define CH_LTM     SPEAKER("Ltm", 90.0, 30.0, 0, 1.0)
#define CH_RTM     SPEAKER("Rtm", -90.0, 30.0, 0, 1.0)
#define CH_LTB_110 SPEAKER("Ltb", 110.0, 30.0, 0x8000, 1.0)
#define CH_RTB_110 SPEAKER("Rtb", -110.0, 30.0, 0x20000, 1.0)
#define CH_LTB     SPEAKER("Ltb", 135.0, 30.0, 0x8000, 1.0)
#define CH_RTB     SPEAKER("Rtb", -135.0, 30.0, 0x20000, 1.0)
#define CH_TFC     SPEAKER("Tfc", 0.0, 30.0, 0x2000, 1.0)
#define CH_TC      SPEAKER("Tc", 0.0, 90.0, 0x800, 1.0)
#define CH_TBC     SPEAKER("Tbc", 180.0, 30.0, 0x10000, 1.0)
#define CH_BFC     SPEAKER("Bfc", 0.0, -30.0, 0, 1.0)
#define CH_BFL     SPEAKER("Bfl", 45.0, -30.0, 0, 1.0)
#define CH_BFR     SPEAKER("Bfr", -45.0, -30.0, 0, 1.0)
#define CH_LSC     SPEAKER("Lsc", 15.0, 0.0, 0, 1.0)
#define CH_RSC     SPEAKER("Rsc", -15.0, 0.0, 0, 1.0)
#define CH_UHBC    SPEAKER("UHbc", 180.0, 45.0, 0, 1.0)
#define CH_5_1     CH_L, CH_R, CH_C, CH_LFE, CH_LS, CH_RS
#define CH_7_1     CH_L, CH_R, CH_C, CH_LFE, CH_LSS, CH_RSS, CH_LRS, CH_RRS

static const Channel mono[] = {CH_C};
static const Channel stereo[] = {CH_L, CH_R};
static const Channel front_three[] = {CH_L, CH_R, CH_C};
static const Channel lcrs[] = {CH_L, CH_R, CH_C, CH_CS};
static const Channel quad[] = {CH_L, CH_R, CH_LS, CH_RS};
static const Channel surround_5_0[] = {CH_L, CH_R, CH_C, CH_LS, CH_RS};
static const Channel surround_5_1[] = {CH_5_1};
static const Channel surround_7_1[] = {CH_7_1};
static const Channel height_3_1_2[] = {CH_L, CH_R, CH_C, CH_LFE, CH_LTF_30, CH_RTF_30};
static const Channel height_5_1_2[] = {CH_5_1, CH_LTF_30, CH_RTF_30};
static const Channel height_5_1_4[] = {CH_5_1, CH_LTF_30, CH_RTF_30, CH_LTB_110, CH_RTB_110};
static const Channel height_7_1_2[] = {CH_7_1, CH_LTM, CH_RTM};
static const Channel height_7_1_4[] = {CH_7_1, CH_LTF, CH_RTF, CH_LTB, CH_RTB};
static const Channel height_9_1_4[] = {CH_7_1, CH_LW, CH_RW, CH_LTF, CH_RTF, CH_LTB, CH_RTB};
static const Channel height_9_1_6[] = {CH_7_1, CH_LW,  CH_RW,  CH_LTF, CH_RTF,
                                       CH_LTM, CH_RTM, CH_LTB, CH_RTB};
static const Channel nhk_22_2[] = {CH_LW,  CH_RW,  CH_C,   CH_LFE1, CH_LRS, CH_RRS,
                                   CH_L,   CH_R,   CH_CS,  CH_LFE2, CH_LSS, CH_RSS,
                                   CH_LTF, CH_RTF, CH_TFC, CH_TC,   CH_LTB, CH_RTB,
                                   CH_LTM, CH_RTM, CH_TBC, CH_BFC,  CH_BFL, CH_BFR};

/* Systems of BS.2051 that have no name in a job. */
static const Channel system_3_7_0[] = {CH_C,   CH_L,   CH_R,   CH_LTF,  CH_RTF,  CH_LSS,
                                       CH_RSS, CH_LRS, CH_RRS, CH_UHBC, CH_LFE1, CH_LFE2};
static const Channel system_4_5_1[] = {CH_5_1,     CH_LTF_30,  CH_RTF_30,
                                       CH_LTB_110, CH_RTB_110, CH_BFC};
static const Channel system_4_9_0[] = {CH_7_1, CH_LTF, CH_RTF, CH_LTB, CH_RTB, CH_LSC, CH_RSC};

/* BS.1770 measures what each ear is given like the two channels of 2.0; no mask bit means "ear". */
static const Channel ears[] = {
    {"LE", CHANNEL_EAR, {90.0, 0.0, 1.0, 0.0},  0, 1.0},
    {"RE", CHANNEL_EAR, {-90.0, 0.0, 1.0, 0.0}, 0, 1.0},
};

/* ACN order, SN3D (AmbiX). Only W counts for loudness: there is no standard for the others. */
#define HARMONIC(acn, weight)                                                                      \
    { "ACN" #acn, CHANNEL_HARMONIC, {0.0, 0.0, 1.0, 0.0}, 0, weight }
#define HARMONICS_TEN(tens)                                                                        \
    HARMONIC(tens##0, 0.0), HARMONIC(tens##1, 0.0), HARMONIC(tens##2, 0.0),                        \
        HARMONIC(tens##3, 0.0), HARMONIC(tens##4, 0.0), HARMONIC(tens##5, 0.0),                    \
        HARMONIC(tens##6, 0.0), HARMONIC(tens##7, 0.0), HARMONIC(tens##8, 0.0),                    \
        HARMONIC(tens##9, 0.0)

static const Channel harmonics[LAYOUT_MAX_CHANNELS] = {
    HARMONIC(0, 1.0),  HARMONIC(1, 0.0),  HARMONIC(2, 0.0),  HARMONIC(3, 0.0), HARMONIC(4, 0.0),
    HARMONIC(5, 0.0),  HARMONIC(6, 0.0),  HARMONIC(7, 0.0),  HARMONIC(8, 0.0), HARMONIC(9, 0.0),
    HARMONICS_TEN(1),  HARMONICS_TEN(2),  HARMONICS_TEN(3),  HARMONICS_TEN(4), HARMONICS_TEN(5),
    HARMONIC(60, 0.0), HARMONIC(61, 0.0), HARMONIC(62, 0.0), HARMONIC(63, 0.0)};

#define SPEAKERS(name, members)                                                                    \
    { name, LAYOUT_SPEAKERS, members, (int)(sizeof(members) / sizeof(Channel)), NULL, NULL }
#define AMBISONIC(name, order)                                                                     \
    { name, LAYOUT_AMBISONIC, harmonics, ((order) + 1) * ((order) + 1), NULL, NULL }

static const Layout layouts[] = {
    SPEAKERS("1.0", mono),
    SPEAKERS("2.0", stereo),
    SPEAKERS("3.0", front_three),
    SPEAKERS("4.0", lcrs),
    SPEAKERS("quad", quad),
    SPEAKERS("5.0", surround_5_0),
    SPEAKERS("5.1", surround_5_1),
    SPEAKERS("7.1", surround_7_1),
    SPEAKERS("3.1.2", height_3_1_2),
    SPEAKERS("5.1.2", height_5_1_2),
    SPEAKERS("5.1.4", height_5_1_4),
    SPEAKERS("7.1.2", height_7_1_2),
    SPEAKERS("7.1.4", height_7_1_4),
    SPEAKERS("9.1.4", height_9_1_4),
    SPEAKERS("9.1.6", height_9_1_6),
    SPEAKERS("22.2", nhk_22_2),
    {"binaural", LAYOUT_BINAURAL, ears, 2, NULL, NULL},
    AMBISONIC("foa", 1),
    AMBISONIC("hoa1", 1),
    AMBISONIC("hoa2", 2),
    AMBISONIC("hoa3", 3),
    AMBISONIC("hoa4", 4),
    AMBISONIC("hoa5", 5),
    AMBISONIC("hoa6", 6),
    AMBISONIC("hoa7", 7),
};

/* The systems of BS.2051-3; where a job has the same loudspeakers: under which name. */
static const struct {
    const char *system, *name;
    Layout layout;
} systems[] = {
    {"0+2+0",           "2.0",         {0}                      },
    {"0+5+0",           "5.1",         {0}                      },
    {"2+5+0",           "5.1.2",       {0}                      },
    {"4+5+0",           "5.1.4",       {0}                      },
    {"4+5+1",           NULL,          SPEAKERS("4+5+1",          system_4_5_1)},
    {"3+7+0",                 NULL,                        SPEAKERS("3+7+0",                             system_3_7_0)},
    {"4+9+0",    NULL,                 SPEAKERS("4+9+0",        system_4_9_0)},
    {"9+10+3", "22.2",{0}  },
    {"0+7+0",           "7.1",                                     {0}                                                           },
    {"4+7+0",  "7.1.4",{0}},
};

typedef struct Place2051 { /* a loudspeaker place of BS.2051: its label and its corner of the room
                            */
    double azimuth_deg, elevation_deg;
    const char *label;
    double cube[3];
} Place2051;

/* Labels: BS.2051-3; cube: BS.2127-1, 11.2 (right, front, up), which leaves out the loudspeakers at
 * the edges of the screen: those at 15 degrees stand halfway to the corners, those at 45 where 10.1
 * takes their azimuth. */
static const Place2051 places[] = {
    {0.0,    0.0,   "M+000",  {0.0, 1.0, 0.0}      },
    {15.0,   0.0,   "M+SC",   {-0.5, 1.0, 0.0}     },
    {-15.0,  0.0,   "M-SC",   {0.5, 1.0, 0.0}      },
    {45.0,   0.0,   "M+SC",   {-1.0, 0.645822, 0.0}},
    {-45.0,  0.0,   "M-SC",   {1.0, 0.645822, 0.0} },
    {30.0,   0.0,   "M+030",  {-1.0, 1.0, 0.0}     },
    {-30.0,  0.0,   "M-030",  {1.0, 1.0, 0.0}      },
    {60.0,   0.0,   "M+060",  {-1.0, 0.414214, 0.0}},
    {-60.0,  0.0,   "M-060",  {1.0, 0.414214, 0.0} },
    {90.0,   0.0,   "M+090",  {-1.0, 0.0, 0.0}     },
    {-90.0,  0.0,   "M-090",  {1.0, 0.0, 0.0}      },
    {110.0,  0.0,   "M+110",  {-1.0, -1.0, 0.0}    },
    {-110.0, 0.0,   "M-110",  {1.0, -1.0, 0.0}     },
    {135.0,  0.0,   "M+135",  {-1.0, -1.0, 0.0}    },
    {-135.0, 0.0,   "M-135",  {1.0, -1.0, 0.0}     },
    {180.0,  0.0,   "M+180",  {0.0, -1.0, 0.0}     },
    {0.0,    30.0,  "U+000",  {0.0, 1.0, 1.0}      },
    {30.0,   30.0,  "U+030",  {-1.0, 1.0, 1.0}     },
    {-30.0,  30.0,  "U-030",  {1.0, 1.0, 1.0}      },
    {45.0,   30.0,  "U+045",  {-1.0, 1.0, 1.0}     },
    {-45.0,  30.0,  "U-045",  {1.0, 1.0, 1.0}      },
    {90.0,   30.0,  "U+090",  {-1.0, 0.0, 1.0}     },
    {-90.0,  30.0,  "U-090",  {1.0, 0.0, 1.0}      },
    {110.0,  30.0,  "U+110",  {-1.0, -1.0, 1.0}    },
    {-110.0, 30.0,  "U-110",  {1.0, -1.0, 1.0}     },
    {135.0,  30.0,  "U+135",  {-1.0, -1.0, 1.0}    },
    {-135.0, 30.0,  "U-135",  {1.0, -1.0, 1.0}     },
    {180.0,  30.0,  "U+180",  {0.0, -1.0, 1.0}     },
    {180.0,  45.0,  "UH+180", {0.0, -1.0, 1.0}     },
    {0.0,    90.0,  "T+000",  {0.0, 0.0, 1.0}      },
    {0.0,    -30.0, "B+000",  {0.0, 1.0, -1.0}     },
    {45.0,   -30.0, "B+045",  {-1.0, 1.0, -1.0}    },
    {-45.0,  -30.0, "B-045",  {1.0, 1.0, -1.0}     },
};
static const Place2051 lfe_places[] = {
    {45.0,  -30.0, "LFE1", {-1.0, 1.0, -1.0}},
    {-45.0, -30.0, "LFE2", {1.0, 1.0, -1.0} },
};

static const Place2051 *place_of_lfe(const Layout *layout, int channel) {
    int before = 0;
    for (int other = 0; other < channel; ++other) {
        before += layout->channels[other].role == CHANNEL_LFE;
    }
    return before < 2 ? &lfe_places[before] : NULL;
}

static const Place2051 *place_of(const Layout *layout, int channel) {
    const Channel *const of = &layout->channels[channel];
    if (of->role == CHANNEL_LFE) {
        return place_of_lfe(layout, channel);
    }
    for (size_t index = 0; index < sizeof places / sizeof *places; ++index) {
        if (of->role == CHANNEL_SPEAKER && places[index].azimuth_deg == of->position.azimuth_deg &&
            places[index].elevation_deg == of->position.elevation_deg) {
            return &places[index];
        }
    }
    return NULL;
}

static void sort_by_rank(int *order, const uint32_t *rank, int count) {
    for (int place = 1; place < count; ++place) { /* insertion: stable, at most 64 */
        const int moved = order[place];
        int hole = place;
        for (; hole > 0 && rank[order[hole - 1]] > rank[moved]; --hole) {
            order[hole] = order[hole - 1];
        }
        order[hole] = moved;
    }
}

static bool bits_are_distinct(const Layout *layout) {
    uint32_t seen = 0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const uint32_t bit = layout->channels[channel].wave_bit;
        if (bit == 0 || (seen & bit) != 0) {
            return false;
        }
        seen |= bit;
    }
    return true;
}

static bool has_film_order(const Layout *layout) {
    int lfe_count = 0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        lfe_count += layout->channels[channel].role == CHANNEL_LFE;
    }
    return layout->kind == LAYOUT_SPEAKERS && lfe_count <= 1;
}

static uint32_t film_rank(const Channel *channel) {
    static const char *const first[] = {"L", "C", "R", "Lw", "Rw"};
    enum { FIRST_COUNT = (int)(sizeof first / sizeof *first) };
    for (uint32_t rank = 0; rank < FIRST_COUNT; ++rank) {
        if (strcmp(channel->label, first[rank]) == 0) {
            return rank;
        }
    }
    if (channel->role == CHANNEL_LFE) {
        return FIRST_COUNT + 1;
    }
    const bool is_mid_layer = channel->position.elevation_deg == 0.0;
    return is_mid_layer ? FIRST_COUNT : FIRST_COUNT + 2;
}

const Layout *layout_find(const char *name) {
    for (size_t index = 0; index < sizeof layouts / sizeof *layouts; ++index) {
        if (strcmp(layouts[index].name, name) == 0) {
            return &layouts[index];
        }
    }
    return NULL;
}

const Layout *layout_find_bs2051(const char *name) {
    for (size_t index = 0; index < sizeof systems / sizeof *systems; ++index) {
        if (strcmp(systems[index].system, name) == 0) {
            return systems[index].name ? layout_find(systems[index].name) : &systems[index].layout;
        }
    }
    return NULL;
}

const char *layout_bs2051_system(const Layout *layout) {
    const char *const name = layout->base ? layout->base->name : layout->name;
    for (size_t index = 0; index < sizeof systems / sizeof *systems; ++index) {
        const bool has_name = systems[index].name && strcmp(systems[index].name, name) == 0;
        if (has_name || strcmp(systems[index].system, name) == 0) {
            return systems[index].system;
        }
    }
    return NULL;
}

const char *layout_bs2051_label(const Layout *layout, int channel) {
    const Place2051 *const place = place_of(layout, channel);
    return place ? place->label : "";
}

int layout_channel_index(const Layout *layout, const char *label) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const char *const place = layout_bs2051_label(layout, channel);
        if (strcmp(layout->channels[channel].label, label) == 0 || strcmp(place, label) == 0) {
            return channel;
        }
    }
    return -1;
}

bool layout_find_channel(const char *label, Channel *found) {
    static const char *const names[] = {"9.1.6", "5.1.4", "22.2", "3+7+0", "4+5+1", "4+9+0"};
    for (size_t name = 0; name < sizeof names / sizeof *names; ++name) {
        const Layout *const system = layout_find_bs2051(names[name]);
        const Layout *const layout = system ? system : layout_find(names[name]);
        const int channel = layout_channel_index(layout, label);
        if (channel >= 0) {
            *found = layout->channels[channel];
            return true;
        }
    }
    return false;
}

bool layout_cube_position(const Layout *layout, int channel, double position[3]) {
    const Place2051 *const place = place_of(layout, channel);
    if (place) {
        memcpy(position, place->cube, sizeof place->cube);
    }
    return place != NULL;
}

const Layout *layout_at(int index) {
    const int count = (int)(sizeof layouts / sizeof *layouts);
    return index >= 0 && index < count ? &layouts[index] : NULL;
}

const Layout *layout_for_channel_count(int channel_count) {
    switch (channel_count) {
    case 1:
        return layout_find("1.0");
    case 2:
        return layout_find("2.0");
    case 6:
        return layout_find("5.1");
    case 8:
        return layout_find("7.1");
    case 12:
        return layout_find("7.1.4");
    default:
        return NULL;
    }
}

uint32_t layout_wave_mask(const Layout *layout, const int *order) {
    uint32_t mask = 0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const uint32_t bit = layout->channels[order ? order[channel] : channel].wave_bit;
        if (bit <= mask) { /* a higher single bit is larger than all lower bits together */
            return 0;
        }
        mask |= bit;
    }
    return mask;
}

/* ISDCF document 4, channels 1 .. 16: 7 and 8 are HI and VI-N, 13 .. 16 no sound of the mix. */
static int dcp_place(const Channel *channel) {
    static const struct {
        const char *label;
        int place;
    } labels[] = {
        {"L",   0 },
        {"R",   1 },
        {"C",   2 },
        {"LFE", 3 },
        {"Ls",  4 },
        {"Rs",  5 },
        {"Lss", 4 },
        {"Rss", 5 },
        {"Lrs", 10},
        {"Rrs", 11}
    };
    for (size_t index = 0; index < sizeof labels / sizeof *labels; ++index) {
        if (strcmp(labels[index].label, channel->label) == 0) {
            return labels[index].place;
        }
    }
    return -1;
}

const char *layout_dcp_stray(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (dcp_place(&layout->channels[channel]) < 0) {
            return layout->channels[channel].label;
        }
    }
    return NULL;
}

static int order_for_dcp(const Layout *layout, int *order) {
    for (int place = 0; place < DCP_CHANNELS; ++place) {
        order[place] = -1;
    }
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        order[dcp_place(&layout->channels[channel])] = channel;
    }
    return DCP_CHANNELS;
}

int layout_file_order(const Layout *layout,
                      ChannelOrder order,
                      int *bus_channel_of_file_channel,
                      uint32_t *mask) {
    if (order == ORDER_DCP && !layout_dcp_stray(layout)) {
        *mask = 0;
        return order_for_dcp(layout, bus_channel_of_file_channel);
    }
    const int count = layout->channel_count;
    const bool by_mask = order == ORDER_SMPTE && bits_are_distinct(layout);
    const bool by_film = order == ORDER_FILM && has_film_order(layout);
    uint32_t rank[LAYOUT_MAX_CHANNELS] = {0};
    for (int channel = 0; channel < count; ++channel) {
        const Channel *const of = &layout->channels[channel];
        bus_channel_of_file_channel[channel] = channel;
        rank[channel] = by_mask ? of->wave_bit : by_film ? film_rank(of) : 0;
    }
    sort_by_rank(bus_channel_of_file_channel, rank, count);
    *mask = layout_wave_mask(layout, bus_channel_of_file_channel);
    return count;
}
