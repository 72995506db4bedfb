/* Rules for loudspeakers that are not there: the first whose outputs all exist. */
#include "spatial/direct_speakers_remap.h"

#include <stddef.h>
#include <string.h>

#include "spatial/layout_table.h"

enum { LABEL_BYTES = 8, TARGETS_MAX = 2 };

/* Square roots of the parts of the power. */
#define ALL        1.0
#define TWO_THIRDS 0.81649658092772603
#define HALF       0.70710678118654752
#define THIRD      0.57735026918962576
#define QUARTER    0.5

/* A label with '*' for its sign means the pair of both sides. */
typedef struct RemapTarget {
    const char *label;
    double gain;
} RemapTarget;

typedef struct RemapRule {
    const char *input; /* also stands for its mirror image, the outputs mirrored likewise */
    bool only_22_2;    /* the input layout is 9+10+3 */
    RemapTarget targets[TARGETS_MAX];
} RemapRule;

/* BS.2127-1, 8.4, in its order. */
static const RemapRule rules[] = {
    {"M+000",  false, {{"M+000", ALL}}                          },
    {"M+000",  false, {{"M*030", HALF}}                         },
    {"M+060",  false, {{"M+060", ALL}}                          },
    {"M+060",  false, {{"M+030", TWO_THIRDS}, {"M+110", THIRD}} },
    {"M+060",  false, {{"M+030", HALF}, {"M+090", HALF}}        },
    {"M+060",  false, {{"M+030", ALL}}                          },
    {"M+090",  false, {{"M+090", ALL}}                          },
    {"M+090",  true,  {{"M+030", THIRD}, {"M+110", TWO_THIRDS}} },
    {"M+090",  false, {{"M+030", HALF}, {"M+110", HALF}}        },
    {"M+090",  false, {{"M+030", HALF}}                         },
    {"M+110",  false, {{"M+110", ALL}}                          },
    {"M+110",  false, {{"M+135", ALL}}                          },
    {"M+110",  false, {{"M+030", HALF}}                         },
    {"M+135",  false, {{"M+135", ALL}}                          },
    {"M+135",  false, {{"M+110", ALL}}                          },
    {"M+135",  false, {{"M+030", HALF}}                         },
    {"M+180",  false, {{"M+180", ALL}}                          },
    {"M+180",  false, {{"M*135", HALF}}                         },
    {"M+180",  false, {{"M*110", HALF}}                         },
    {"M+180",  false, {{"M*030", QUARTER}}                      },
    {"U+000",  false, {{"U+000", ALL}}                          },
    {"U+000",  false, {{"U*030", HALF}}                         },
    {"U+000",  false, {{"U*045", HALF}}                         },
    {"U+000",  false, {{"M+000", ALL}}                          },
    {"U+000",  false, {{"M*030", HALF}}                         },
    {"U+030",  false, {{"U+030", ALL}}                          },
    {"U+030",  false, {{"U+045", ALL}}                          },
    {"U+030",  false, {{"M+030", ALL}}                          },
    {"U+045",  false, {{"U+045", ALL}}                          },
    {"U+045",  false, {{"U+030", ALL}}                          },
    {"U+045",  false, {{"M+030", ALL}}                          },
    {"U+090",  false, {{"U+090", ALL}}                          },
    {"U+090",  true,  {{"U+045", TWO_THIRDS}, {"UH+180", THIRD}}},
    {"U+090",  false, {{"U+030", HALF}, {"U+110", HALF}}        },
    {"U+090",  false, {{"U+045", HALF}, {"U+135", HALF}}        },
    {"U+090",  false, {{"M+090", ALL}}                          },
    {"U+090",  false, {{"U+030", HALF}, {"M+110", HALF}}        },
    {"U+090",  false, {{"M+030", HALF}, {"M+110", HALF}}        },
    {"U+090",  false, {{"M+030", HALF}}                         },
    {"U+110",  false, {{"U+110", ALL}}                          },
    {"U+110",  false, {{"U+135", ALL}}                          },
    {"U+110",  false, {{"U+045", HALF}, {"UH+180", HALF}}       },
    {"U+110",  false, {{"M+110", ALL}}                          },
    {"U+110",  false, {{"M+135", ALL}}                          },
    {"U+110",  false, {{"M+030", HALF}}                         },
    {"U+135",  false, {{"U+135", ALL}}                          },
    {"U+135",  false, {{"U+110", ALL}}                          },
    {"U+135",  true,  {{"U+045", THIRD}, {"UH+180", TWO_THIRDS}}},
    {"U+135",  false, {{"U+045", HALF}, {"UH+180", HALF}}       },
    {"U+135",  false, {{"M+135", ALL}}                          },
    {"U+135",  false, {{"M+110", ALL}}                          },
    {"U+135",  false, {{"M+030", HALF}}                         },
    {"U+180",  false, {{"U+180", ALL}}                          },
    {"U+180",  false, {{"UH+180", ALL}}                         },
    {"U+180",  false, {{"U*135", HALF}}                         },
    {"U+180",  false, {{"U*110", HALF}}                         },
    {"U+180",  false, {{"M*135", HALF}}                         },
    {"U+180",  false, {{"M*110", HALF}}                         },
    {"U+180",  false, {{"M*030", QUARTER}}                      },
    {"UH+180", false, {{"UH+180", ALL}}                         },
    {"UH+180", false, {{"U+180", ALL}}                          },
    {"UH+180", false, {{"U*135", HALF}}                         },
    {"UH+180", false, {{"U*110", HALF}}                         },
    {"UH+180", false, {{"M*135", HALF}}                         },
    {"UH+180", false, {{"M*110", HALF}}                         },
    {"UH+180", false, {{"M*030", QUARTER}}                      },
    {"T+000",  false, {{"T+000", ALL}}                          },
    {"T+000",  false, {{"U*045", QUARTER}, {"U*135", QUARTER}}  },
    {"T+000",  false, {{"U*030", QUARTER}, {"U*110", QUARTER}}  },
    {"T+000",  false, {{"U*045", THIRD}, {"UH+180", THIRD}}     },
    {"T+000",  false, {{"U*045", QUARTER}, {"M*135", QUARTER}}  },
    {"T+000",  false, {{"U*030", QUARTER}, {"M*110", QUARTER}}  },
    {"T+000",  false, {{"M*030", QUARTER}, {"M*135", QUARTER}}  },
    {"T+000",  false, {{"M*030", QUARTER}, {"M*110", QUARTER}}  },
    {"T+000",  false, {{"M*030", QUARTER}}                      },
    {"B+000",  false, {{"B+000", ALL}}                          },
    {"B+000",  false, {{"M+000", ALL}}                          },
    {"B+000",  false, {{"M*030", HALF}}                         },
    {"B+045",  false, {{"B+045", ALL}}                          },
    {"B+045",  false, {{"M+030", ALL}}                          },
};

/* BS.2094-2. */
static const struct {
    const char *pack_id, *layout;
} packs[] = {
    {"AP_00010001", "0+1+0" },
    {"AP_00010002", "0+2+0" },
    {"AP_00010003", "0+5+0" },
    {"AP_00010004", "2+5+0" },
    {"AP_00010005", "4+5+0" },
    {"AP_00010007", "3+7+0" },
    {"AP_00010008", "4+9+0" },
    {"AP_00010009", "9+10+3"},
    {"AP_0001000c", "0+5+0" },
    {"AP_0001000f", "0+7+0" },
    {"AP_00010010", "4+5+1" },
    {"AP_00010017", "4+7+0" },
};

/* -1: the layout has no such place. */
static int channel_of(const Layout *layout, const char *label) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (strcmp(layout_bs2051_label(layout, channel), label) == 0) {
            return channel;
        }
    }
    return -1;
}

/* Labels end in a sign and three digits; 000 and 180 have no mirror image. */
static bool has_mirror_image(const char *label) {
    const size_t length = strlen(label);
    return length >= 4 && strcmp(label + length - 3, "000") != 0 &&
           strcmp(label + length - 3, "180") != 0;
}

static void set_sign(char *label, char sign) {
    label[strlen(label) - 4] = sign;
}

/* The labels of one target, seen from the side of the input. Returns 1 or 2. */
static int target_labels(const RemapTarget *target, bool is_mirrored, char labels[2][LABEL_BYTES]) {
    for (int side = 0; side < 2; ++side) {
        memset(labels[side], 0, LABEL_BYTES);
        memcpy(labels[side], target->label, strlen(target->label));
    }
    if (strchr(target->label, '*')) {
        set_sign(labels[0], '+');
        set_sign(labels[1], '-');
        return 2;
    }
    if (is_mirrored && has_mirror_image(target->label)) {
        set_sign(labels[0], '-');
    }
    return 1;
}

static bool
rule_apply(const RemapRule *rule, bool is_mirrored, const Layout *output, double *gains) {
    int channels[2 * TARGETS_MAX];
    double shares[2 * TARGETS_MAX];
    int count = 0;
    for (int target = 0; target < TARGETS_MAX && rule->targets[target].label; ++target) {
        char labels[2][LABEL_BYTES];
        const int label_count = target_labels(&rule->targets[target], is_mirrored, labels);
        for (int label = 0; label < label_count; ++label) {
            shares[count] = rule->targets[target].gain;
            channels[count] = channel_of(output, labels[label]);
            if (channels[count++] < 0) {
                return false;
            }
        }
    }
    memset(gains, 0, (size_t)output->channel_count * sizeof *gains);
    for (int part = 0; part < count; ++part) {
        gains[channels[part]] = shares[part];
    }
    return true;
}

static bool rule_matches(const RemapRule *rule, const char *label, bool *is_mirrored) {
    char mirrored[LABEL_BYTES] = {0};
    *is_mirrored = false;
    if (strcmp(rule->input, label) == 0) {
        return true;
    }
    memcpy(mirrored, rule->input, strlen(rule->input));
    set_sign(mirrored, '-');
    *is_mirrored = has_mirror_image(rule->input) && strcmp(mirrored, label) == 0;
    return *is_mirrored;
}

/* The two LFE of 9+10+3 and 3+7+0 go to the same two or, halved in power, into the only one. */
static bool remap_lfe(bool has_two, const char *label, const Layout *output, double *gains) {
    const int first = channel_of(output, "LFE1");
    const int second = channel_of(output, "LFE2");
    const bool is_second = strcmp(label, "LFE2") == 0;
    if (first < 0 || (is_second && !has_two)) {
        return false;
    }
    memset(gains, 0, (size_t)output->channel_count * sizeof *gains);
    const bool is_halved = has_two && second < 0;
    gains[is_second && second >= 0 ? second : first] = is_halved ? HALF : ALL;
    return true;
}

const char *remap_layout_of_pack(const char *pack_id) {
    for (size_t index = 0; pack_id && index < sizeof packs / sizeof *packs; ++index) {
        if (strcmp(packs[index].pack_id, pack_id) == 0) {
            return packs[index].layout;
        }
    }
    return NULL;
}

bool remap_gains(const char *input_layout, const char *label, const Layout *output, double *gains) {
    const bool is_22_2 = strcmp(input_layout, "9+10+3") == 0;
    if (strcmp(label, "LFE1") == 0 || strcmp(label, "LFE2") == 0) {
        return remap_lfe(is_22_2 || strcmp(input_layout, "3+7+0") == 0, label, output, gains);
    }
    for (size_t index = 0; index < sizeof rules / sizeof *rules; ++index) {
        bool is_mirrored = false;
        if ((is_22_2 || !rules[index].only_22_2) &&
            rule_matches(&rules[index], label, &is_mirrored) &&
            rule_apply(&rules[index], is_mirrored, output, gains)) {
            return true;
        }
    }
    return false;
}
