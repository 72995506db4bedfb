/* Common beds, HOA packs and ears, made when a file refers to them. */
#include "spatial/adm/adm_common.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spatial/adm/adm_block_store.h"
#include "spatial/layout_table.h"

enum { FIRST_OWN_NUMBER = 0x1000, LFE_LOW_PASS_HZ = 120, HOA_MAX_ORDER = 6, FUMA_MAX_ORDER = 3 };

/* BS.2094-2, table 1: audioChannelFormats of loudspeakers. */
typedef struct CommonSpeaker {
    int number;
    const char *label;
    double azimuth_deg, elevation_deg;
} CommonSpeaker;

static const CommonSpeaker speakers[] = {
    {0x01, "M+030",      30.0,   0.0  },
    {0x02, "M-030",      -30.0,  0.0  },
    {0x03, "M+000",      0.0,    0.0  },
    {0x04, "LFE",        0.0,    -30.0},
    {0x05, "M+110",      110.0,  0.0  },
    {0x06, "M-110",      -110.0, 0.0  },
    {0x07, "M+022",      22.5,   0.0  },
    {0x08, "M-022",      -22.5,  0.0  },
    {0x09, "M+180",      180.0,  0.0  },
    {0x0a, "M+090",      90.0,   0.0  },
    {0x0b, "M-090",      -90.0,  0.0  },
    {0x0c, "T+000",      0.0,    90.0 },
    {0x0d, "U+030",      30.0,   30.0 },
    {0x0e, "U+000",      0.0,    30.0 },
    {0x0f, "U-030",      -30.0,  30.0 },
    {0x10, "U+110",      110.0,  30.0 },
    {0x11, "U+180",      180.0,  30.0 },
    {0x12, "U-110",      -110.0, 30.0 },
    {0x13, "U+090",      90.0,   30.0 },
    {0x14, "U-090",      -90.0,  30.0 },
    {0x15, "B+000",      0.0,    -30.0},
    {0x16, "B+045",      45.0,   -30.0},
    {0x17, "B-045",      -45.0,  -30.0},
    {0x18, "M+060",      60.0,   0.0  },
    {0x19, "M-060",      -60.0,  0.0  },
    {0x1a, "M+135_Diff", 135.0,  0.0  },
    {0x1b, "M-135_Diff", -135.0, 0.0  },
    {0x1c, "M+135",      135.0,  0.0  },
    {0x1d, "M-135",      -135.0, 0.0  },
    {0x1e, "U+135",      135.0,  30.0 },
    {0x1f, "U-135",      -135.0, 30.0 },
    {0x20, "LFEL",       45.0,   -30.0},
    {0x21, "LFER",       -45.0,  -30.0},
    {0x22, "U+045",      45.0,   30.0 },
    {0x23, "U-045",      -45.0,  30.0 },
    {0x24, "M+SC",       25.0,   0.0  },
    {0x25, "M-SC",       -25.0,  0.0  },
    {0x26, "M+045",      45.0,   0.0  },
    {0x27, "M-045",      -45.0,  0.0  },
    {0x28, "UH+180",     180.0,  45.0 },
};

/* BS.2094-2, table 2: audioPackFormats of loudspeakers; channels end with 0. 7.1.2 (0016) has the
 * side surrounds of the text (0a, 0b): a list that circulates has T+000 in their place. */
static const struct {
    int number;
    unsigned char channels[25];
} beds[] = {
    {0x01, {0x03}                                                                              },
    {0x02, {0x01, 0x02}                                                                        },
    {0x0a, {0x01, 0x02, 0x03}                                                                  },
    {0x0b, {0x01, 0x02, 0x03, 0x09}                                                            },
    {0x0c, {0x01, 0x02, 0x03, 0x05, 0x06}                                                      },
    {0x03, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06}                                                },
    {0x0d, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x09}                                          },
    {0x0e, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x26, 0x27}                                    },
    {0x0f, {0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x1c, 0x1d}                                    },
    {0x04, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0x0f}                                    },
    {0x12, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x24, 0x25}                                    },
    {0x13, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x13, 0x14}                                    },
    {0x14, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x13, 0x14, 0x24, 0x25}                        },
    {0x16, {0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x1c, 0x1d, 0x13, 0x14}                        },
    {0x05, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0x0f, 0x10, 0x12}                        },
    {0x10, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0x0f, 0x10, 0x12, 0x15}                  },
    {0x07, {0x03, 0x01, 0x02, 0x22, 0x23, 0x0a, 0x0b, 0x1c, 0x1d, 0x28, 0x20, 0x21}            },
    {0x15, {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0x0f, 0x10, 0x12, 0x24, 0x25}            },
    {0x17, {0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x1c, 0x1d, 0x22, 0x23, 0x1e, 0x1f}            },
    {0x08, {0x01, 0x02, 0x03, 0x04, 0x0a, 0x0b, 0x1c, 0x1d, 0x22, 0x23, 0x1e, 0x1f, 0x24, 0x25}},
    {0x09, {0x18, 0x19, 0x03, 0x20, 0x1c, 0x1d, 0x01, 0x02, 0x09, 0x21, 0x0a, 0x0b,
            0x22, 0x23, 0x0e, 0x0c, 0x1e, 0x1f, 0x13, 0x14, 0x11, 0x15, 0x16, 0x17}  },
    {0x11,
     {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0b, 0x1a, 0x1b, 0x0d, 0x0f, 0x0e, 0x10, 0x12,
      0x13, 0x14, 0x1e, 0x1f}                                                                  },
};

/* Channels and packs of each normalization begin at these numbers; ACN k is the k-th channel. */
static const struct {
    AdmNormalization normalization;
    int first_channel, first_pack, max_order;
} families[] = {
    {ADM_SN3D, 0x001, 0x01, HOA_MAX_ORDER },
    {ADM_N3D,  0x101, 0x11, HOA_MAX_ORDER },
    {ADM_FUMA, 0x201, 0x21, FUMA_MAX_ORDER},
};

typedef struct CommonId {
    AdmType type;
    int number;
} CommonId;

/* "AC_00010003" -> 1, 3; false: an own element of the file. */
static bool parse_id(const char *id, CommonId *common) {
    const char *const digits = strchr(id, '_') + 1;
    char type[5] = {0};
    char number[5] = {0};
    if (strlen(digits) < 8) {
        return false;
    }
    memcpy(type, digits, 4);
    memcpy(number, digits + 4, 4);
    const long type_value = strtol(type, NULL, 16);
    common->number = (int)strtol(number, NULL, 16);
    common->type = (AdmType)type_value;
    return type_value >= ADM_DIRECT_SPEAKERS && type_value <= ADM_BINAURAL &&
           common->number < FIRST_OWN_NUMBER;
}

static void refer(AdmModel *model, AdmElement *element, AdmKind kind, CommonId common) {
    char id[ADM_ID_BYTES];
    snprintf(id, sizeof id, "%s%04x%04x", adm_kind_prefix(kind), (unsigned)common.type,
             (unsigned)common.number);
    const AdmReference reference = {.kind = kind, .id = id};
    adm_refer(model, element, &reference);
}

/* false: no such pack. */
static bool fill_bed(AdmModel *model, AdmElement *pack, int number) {
    for (size_t row = 0; row < sizeof beds / sizeof *beds; ++row) {
        for (int channel = 0; beds[row].number == number && beds[row].channels[channel];
             ++channel) {
            refer(model, pack, ADM_CHANNEL,
                  (CommonId){ADM_DIRECT_SPEAKERS, beds[row].channels[channel]});
        }
    }
    return pack->references != NULL;
}

static bool fill_ambisonic(AdmModel *model, AdmElement *pack, int number) {
    for (size_t row = 0; row < sizeof families / sizeof *families; ++row) {
        const int order = number - families[row].first_pack + 1;
        if (order < 1 || order > families[row].max_order) {
            continue;
        }
        const int first = order == 1 ? 0 : order * order; /* the lower ones are in its pack */
        for (int acn = first; acn < (order + 1) * (order + 1); ++acn) {
            refer(model, pack, ADM_CHANNEL, (CommonId){ADM_HOA, families[row].first_channel + acn});
        }
        if (order > 1) {
            refer(model, pack, ADM_PACK, (CommonId){ADM_HOA, number - 1});
        }
    }
    return pack->references != NULL;
}

static bool fill_pack(AdmModel *model, AdmElement *pack, CommonId common) {
    if (common.type == ADM_DIRECT_SPEAKERS) {
        return fill_bed(model, pack, common.number);
    }
    if (common.type == ADM_BINAURAL && common.number == 1) {
        refer(model, pack, ADM_CHANNEL, (CommonId){ADM_BINAURAL, 1});
        refer(model, pack, ADM_CHANNEL, (CommonId){ADM_BINAURAL, 2});
        return true;
    }
    return common.type == ADM_HOA && fill_ambisonic(model, pack, common.number);
}

static BoundedValue exactly(double value) {
    return (BoundedValue){value, value, value};
}

static bool fill_speaker(AdmElement *channel, AdmBlock *block, int number) {
    for (size_t row = 0; row < sizeof speakers / sizeof *speakers; ++row) {
        const CommonSpeaker *const speaker = &speakers[row];
        if (speaker->number != number) {
            continue;
        }
        block->facts.has_position = true;
        block->facts.place[0] = exactly(speaker->azimuth_deg);
        block->facts.place[1] = exactly(speaker->elevation_deg);
        block->facts.place[2] = exactly(1.0);
        block->facts.label_count = 1;
        block->facts.label_bytes =
            1 + snprintf(block->labels, sizeof block->labels, "%s", speaker->label);
        channel->low_pass_hz = strncmp(speaker->label, "LFE", 3) == 0 ? LFE_LOW_PASS_HZ : 0;
        const bool is_screen = strcmp(speaker->label + 2, "SC") == 0;
        const ScreenEdge edge =
            speaker->azimuth_deg > 0.0 ? SCREEN_LEFT_OR_TOP : SCREEN_RIGHT_OR_BOTTOM;
        block->facts.horizontal_edge = is_screen ? edge : NO_SCREEN_EDGE;
        return true;
    }
    return false;
}

static bool fill_harmonic(AdmBlock *block, int number) {
    for (size_t row = 0; row < sizeof families / sizeof *families; ++row) {
        const int acn = number - families[row].first_channel;
        const int order = acn < 0 ? -1 : (int)sqrt((double)acn);
        if (order >= 0 && order <= families[row].max_order) {
            block->facts.order = order;
            block->facts.degree = acn - order * (order + 1);
            block->facts.has_order = block->facts.has_degree = true;
            block->facts.hoa.normalization = families[row].normalization;
            return true;
        }
    }
    return false;
}

static bool fill_block(AdmElement *channel, AdmBlock *block, CommonId common) {
    block->facts.number = 1;
    block->facts.gain = 1.0;
    block->facts.rtime = block->facts.duration = block->facts.interpolation = (Rational){0, 1};
    switch (common.type) {
    case ADM_DIRECT_SPEAKERS:
        return fill_speaker(channel, block, common.number);
    case ADM_HOA:
        return fill_harmonic(block, common.number);
    case ADM_BINAURAL:
        return common.number == 1 || common.number == 2;
    default:
        return false;
    }
}

static Status put_block(AdmModel *model, AdmElement *channel, CommonId common, ErrorList *errors) {
    AdmBlock *const block = arena_alloc(model->arena, sizeof *block);
    fill_block(channel, block, common);
    block_store_begin(model->blocks, &channel->blocks);
    TRY(block_store_put(model->blocks, block, errors));
    return block_store_flush(model->blocks, errors);
}

static bool exists(AdmModel *model, AdmKind kind, CommonId common) {
    AdmElement scratch = {.kind = kind};
    AdmBlock *block = NULL;
    switch (kind) {
    case ADM_PACK:
        return fill_pack(model, &scratch, common);
    case ADM_CHANNEL:
    case ADM_STREAM:
    case ADM_TRACK:
        block = arena_alloc(model->arena, sizeof *block);
        return fill_block(&scratch, block, common);
    default:
        return false;
    }
}

Status adm_find_or_make(
    AdmModel *model, AdmKind kind, const char *id, AdmElement **element, ErrorList *errors) {
    CommonId common;
    *element = adm_find(model, kind, id);
    if (*element || !parse_id(id, &common) || !exists(model, kind, common)) {
        return DONE;
    }
    const AdmElement like = {
        .kind = kind, .id = id, .is_common = true, .type = common.type, .gain = 1.0};
    TRY(adm_add(model, &like, element, errors));
    switch (kind) {
    case ADM_PACK:
        fill_pack(model, *element, common);
        return DONE;
    case ADM_CHANNEL:
        return put_block(model, *element, common, errors);
    default: /* a track of a stream of a channel, all of one number */
        refer(model, *element, kind == ADM_TRACK ? ADM_STREAM : ADM_CHANNEL, common);
        return DONE;
    }
}

/* "LFE1" is the label of a lone LFE in BS.2051; with two of them they are left and right. */
static int speaker_of(const Layout *layout, int channel) {
    const char *label = layout_bs2051_label(layout, channel);
    if (layout->channels[channel].role == CHANNEL_LFE) {
        int lfe_count = 0;
        for (int other = 0; other < layout->channel_count; ++other) {
            lfe_count += layout->channels[other].role == CHANNEL_LFE;
        }
        label = lfe_count == 1 ? "LFE" : (strcmp(label, "LFE1") == 0 ? "LFEL" : "LFER");
    }
    for (size_t row = 0; row < sizeof speakers / sizeof *speakers; ++row) {
        if (strcmp(speakers[row].label, label) == 0) {
            return speakers[row].number;
        }
    }
    return 0;
}

static bool bed_has(const unsigned char *channels, int number) {
    return memchr(channels, number, strlen((const char *)channels)) != NULL;
}

/* The pack with just these channels, in whatever order; 0: none. */
static int bed_of(const int *channels, int count) {
    enum { READ_IN_TWO_WAYS = 0x16 };
    for (size_t row = 0; row < sizeof beds / sizeof *beds; ++row) {
        bool is_same = strlen((const char *)beds[row].channels) == (size_t)count &&
                       beds[row].number != READ_IN_TWO_WAYS;
        for (int channel = 0; is_same && channel < count; ++channel) {
            is_same = bed_has(beds[row].channels, channels[channel]);
        }
        if (is_same) {
            return beds[row].number;
        }
    }
    return 0;
}

static void
find_ambisonic(const Layout *layout, AdmNormalization normalization, AdmCommonPack *pack) {
    const int order = (int)sqrt((double)layout->channel_count) - 1;
    size_t row = 0;
    while (families[row].normalization != normalization) {
        ++row;
    }
    pack->number = order <= families[row].max_order ? families[row].first_pack + order - 1 : 0;
    for (int acn = 0; acn < (HOA_MAX_ORDER + 1) * (HOA_MAX_ORDER + 1); ++acn) {
        pack->channels[acn] = families[row].first_channel + acn;
    }
}

bool adm_common_pack_of(const Layout *layout, AdmNormalization normalization, AdmCommonPack *pack) {
    *pack = (AdmCommonPack){.type = ADM_DIRECT_SPEAKERS};
    if (layout->kind == LAYOUT_AMBISONIC) {
        pack->type = ADM_HOA;
        find_ambisonic(layout, normalization, pack);
        return true;
    }
    if (layout->kind == LAYOUT_BINAURAL) {
        *pack = (AdmCommonPack){
            .type = ADM_BINAURAL, .number = 1, .channels = {1, 2}
        };
        return true;
    }
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        pack->channels[channel] = speaker_of(layout, channel);
        if (!pack->channels[channel]) {
            return false;
        }
    }
    pack->number = bed_of(pack->channels, layout->channel_count);
    return true;
}
