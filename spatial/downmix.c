/* The folds of the trade, row by row. */
#include "spatial/downmix.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "spatial/downmix_rules.h"
#include "spatial/layout_table.h"

/* -3 dB and -6 dB as the standards mean them: halves of power and amplitude. */
#define MINUS_3_DB 0.70710678118654752
#define MINUS_6_DB 0.5
/* Encoding of surrounds for a Pro Logic II decoder: -1.2 dB near, -6.2 dB far. */
#define PL2_NEAR 0.8710
#define PL2_FAR  0.4898
/* SMPTE RP 200: the LFE is reproduced 10 dB louder in its band. */
static const double lfe_reproduction_gain = 3.1622776601683793;
static const double lfe_share_max = 0.5;

#define TERM(input, gain)                                                                          \
    { input, gain, false }
#define SHIFTED(input, gain)                                                                       \
    { input, gain, true }
#define UNITY(label)                                                                               \
    {                                                                                              \
        label, {                                                                                   \
            TERM(label, 1.0)                                                                       \
        }                                                                                          \
    }

static const DownmixRow lo_ro[] = {
    {"L",                                                              {TERM("L", 1.0), TERM("C", MINUS_3_DB), TERM("Ls", MINUS_3_DB)}},
    {"R",                                                                {TERM("R", 1.0), TERM("C", MINUS_3_DB), TERM("Rs", MINUS_3_DB)}},
    {0}
};
static const DownmixRow lo_ro_6[] = {
    {"L",                                                              {TERM("L", 1.0), TERM("C", MINUS_3_DB), TERM("Ls", MINUS_6_DB)}},
    {"R",                                                                {TERM("R", 1.0), TERM("C", MINUS_3_DB), TERM("Rs", MINUS_6_DB)}},
    {0}
};
static const DownmixRow lo_ro_front[] = {
    {"L",                                      {TERM("L", 1.0), TERM("C", MINUS_3_DB)}},
    {"R",                                        {TERM("R", 1.0), TERM("C", MINUS_3_DB)}},
    {0}
};
static const DownmixRow lt_rt[] = {
    {"L",
     {TERM("L", 1.0), TERM("C", MINUS_3_DB), SHIFTED("Ls", -MINUS_3_DB),
      SHIFTED("Rs", -MINUS_3_DB)}},
    {"R",
     {TERM("R", 1.0), TERM("C", MINUS_3_DB), SHIFTED("Ls", MINUS_3_DB), SHIFTED("Rs", MINUS_3_DB)}},
    {0}
};
static const DownmixRow lt_rt_pl2[] = {
    {"L",
     {TERM("L", 1.0), TERM("C", MINUS_3_DB), SHIFTED("Ls", -PL2_NEAR), SHIFTED("Rs", -PL2_FAR)}},
    {"R",                                                                                         {TERM("R", 1.0), TERM("C", MINUS_3_DB), SHIFTED("Ls", PL2_FAR), SHIFTED("Rs", PL2_NEAR)}},
    {0}
};
static const DownmixRow mono_5_1[] = {
    {"C",
     {TERM("L", MINUS_3_DB), TERM("R", MINUS_3_DB), TERM("C", 1.0), TERM("Ls", MINUS_6_DB),
      TERM("Rs", MINUS_6_DB)}},
    {0  }
};
static const DownmixRow mono_2_0[] = {
    {"C", {TERM("L", MINUS_6_DB), TERM("R", MINUS_6_DB)}},
    {0  }
};
static const DownmixRow mono_2_0_power[] = {
    {"C", {TERM("L", MINUS_3_DB), TERM("R", MINUS_3_DB)}},
    {0  }
};

#define FRONT_AND_LFE UNITY("L"), UNITY("R"), UNITY("C"), UNITY("LFE")

static const DownmixRow sides_rears[] = {
    FRONT_AND_LFE,
    {"Ls",                                  {TERM("Lss", 1.0), TERM("Lrs", 1.0)}},
    {"Rs",                                     {TERM("Rss", 1.0), TERM("Rrs", 1.0)}},
    {0}
};
static const DownmixRow sides_rears_power[] = {
    FRONT_AND_LFE,
    {"Ls",                                                {TERM("Lss", MINUS_3_DB), TERM("Lrs", MINUS_3_DB)}},
    {"Rs",                                                   {TERM("Rss", MINUS_3_DB), TERM("Rrs", MINUS_3_DB)}},
    {0}
};
static const DownmixRow tops_7_1_to_front[] = {
    FRONT_AND_LFE,
    {"Ls",                                  {TERM("Lss", 1.0), TERM("Lrs", 1.0)}},
    {"Rs",                                     {TERM("Rss", 1.0), TERM("Rrs", 1.0)}},
    {"Ltf",{TERM("Ltf", 1.0), TERM("Ltb", MINUS_3_DB)}},
    {"Rtf",                                 {TERM("Rtf", 1.0), TERM("Rtb", MINUS_3_DB)}},
    {0                                    }
};
static const DownmixRow tops_5_1_to_front[] = {
    FRONT_AND_LFE,
    UNITY("Ls"),
    UNITY("Rs"),
    {"Ltf",                                        {TERM("Ltf", 1.0), TERM("Ltb", MINUS_3_DB)}},
    {"Rtf",                                            {TERM("Rtf", 1.0), TERM("Rtb", MINUS_3_DB)}},
    {0}
};
static const DownmixRow tops_7_1[] = {
    {"L",                                 {TERM("L", 1.0), TERM("Ltf", 1.0)}},
    {"R",                                   {TERM("R", 1.0), TERM("Rtf", 1.0)}},
    UNITY("C"),
    UNITY("LFE"),
    UNITY("Lss"),
    UNITY("Rss"),
    {"Lrs",{TERM("Lrs", 1.0), TERM("Ltb", 1.0)}},
    {"Rrs",                               {TERM("Rrs", 1.0), TERM("Rtb", 1.0)}},
    {0                                  }
};
static const DownmixRow tops_7_1_to_5_1[] = {
    {"L",                                 {TERM("L", 1.0), TERM("Ltf", 1.0)}},
    {"R",                                   {TERM("R", 1.0), TERM("Rtf", 1.0)}},
    UNITY("C"),
    UNITY("LFE"),
    {"Ls",{TERM("Lss", 1.0), TERM("Lrs", 1.0), TERM("Ltb", 1.0)}},
    {"Rs",                                {TERM("Rss", 1.0), TERM("Rrs", 1.0), TERM("Rtb", 1.0)}},
    {0                                  }
};
static const DownmixRow tops_5_1[] = {
    {"L",                                 {TERM("L", 1.0), TERM("Ltf", 1.0)}},
    {"R",                                   {TERM("R", 1.0), TERM("Rtf", 1.0)}},
    UNITY("C"),
    UNITY("LFE"),
    {"Ls",{TERM("Ls", 1.0), TERM("Ltb", 1.0)}},
    {"Rs",                                {TERM("Rs", 1.0), TERM("Rtb", 1.0)}},
    {0                                  }
};
static const DownmixRow front_tops_5_1[] = {
    {"L",                                 {TERM("L", 1.0), TERM("Ltf", 1.0)}},
    {"R",                                   {TERM("R", 1.0), TERM("Rtf", 1.0)}},
    UNITY("C"),
    UNITY("LFE"),
    UNITY("Ls"),
    UNITY("Rs"),
    {0}
};
static const DownmixRow side_tops_7_1[] = {
    FRONT_AND_LFE,
    {"Lss",                                 {TERM("Lss", 1.0), TERM("Ltm", 1.0)}},
    {"Rss",                                     {TERM("Rss", 1.0), TERM("Rtm", 1.0)}},
    UNITY("Lrs"),
    UNITY("Rrs"),
    {0}
};

static const char bs775[] = "BS.775-3, annex 4";
static const char bs2127[] = "BS.2127-1, 8.4";
static const char bs2127_all[] = "BS.2127-1, 8: DirectSpeakers";
static const char iamf[] = "IAMF 1.0, annex A (mix mode 1)";
static const char iamf_all_3[] = "IAMF 1.0, annex A (mix mode 2)";
static const char matrix_stereo[] = "practice: 4:2 matrix, surrounds through +90 degrees";

static const Downmix downmixes[] = {
    {"lo-ro",       "5.1 to stereo, surrounds -3 dB",   bs775,         "5.1",   "2.0",   lo_ro            },
    {"lo-ro-6",     "5.1 to stereo, surrounds -6 dB",   bs775,         "5.1",   "2.0",   lo_ro_6          },
    {"lo-ro-front", "5.1 to stereo, no surrounds",      bs775,         "5.1",   "2.0",   lo_ro_front      },
    {"lt-rt",       "5.1 to matrix stereo",             matrix_stereo, "5.1",   "2.0",   lt_rt            },
    {"lt-rt-pl2",   "5.1 to matrix stereo, sides kept", matrix_stereo, "5.1",   "2.0",   lt_rt_pl2        },
    {"mono-5.1",    "5.1 to mono",                      bs775,         "5.1",   "1.0",   mono_5_1         },
    {"mono",        "stereo to mono, -6 dB each",       iamf,          "2.0",   "1.0",   mono_2_0         },
    {"mono-power",  "stereo to mono, -3 dB each",       bs775,         "2.0",   "1.0",   mono_2_0_power   },
    {"7.1-5.1",     "sides and rears at unity",         iamf,          "7.1",   "5.1",   sides_rears      },
    {"7.1-5.1-3",   "sides and rears at -3 dB",         iamf_all_3,    "7.1",   "5.1",   sides_rears_power},
    {"7.1.4-5.1.2", "rear heights -3 dB to the front",  iamf,          "7.1.4", "5.1.2", tops_7_1_to_front},
    {"5.1.4-5.1.2", "rear heights -3 dB to the front",  iamf,          "5.1.4", "5.1.2", tops_5_1_to_front},
    {"7.1.4-7.1",   "heights to what is below them",    bs2127,        "7.1.4", "7.1",   tops_7_1         },
    {"7.1.4-5.1",   "heights to what is below them",    bs2127,        "7.1.4", "5.1",   tops_7_1_to_5_1  },
    {"5.1.4-5.1",   "heights to what is below them",    bs2127,        "5.1.4", "5.1",   tops_5_1         },
    {"5.1.2-5.1",   "heights to what is below them",    bs2127,        "5.1.2", "5.1",   front_tops_5_1   },
    {"7.1.2-7.1",   "heights to the sides",             bs2127,        "7.1.2", "7.1",   side_tops_7_1    },
    {"bs2127",      "by label, table and panner",       bs2127_all,    NULL,    NULL,    NULL             },
};

static int channel_of(const Layout *layout, const char *label) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (strcmp(layout->channels[channel].label, label) == 0) {
            return channel;
        }
    }
    return -1;
}

static bool has_term(const DownmixRow *row, int term) {
    return term < DOWNMIX_TERMS_MAX && row->terms[term].input;
}

static Status
no_channel(const Downmix *downmix, const char *label, const Layout *in, ErrorList *errors) {
    return fail(errors, E208, NO_PLACE, "downmix `%s` needs the channel %s, which `%s` lacks",
                downmix->name, label, in->name);
}

static Status row_fill(const Downmix *downmix,
                       const DownmixRow *row,
                       const Layout *from,
                       bool is_shifted,
                       double *gains,
                       ErrorList *errors) {
    for (int term = 0; has_term(row, term); ++term) {
        const int input = channel_of(from, row->terms[term].input);
        if (input < 0) {
            return no_channel(downmix, row->terms[term].input, from, errors);
        }
        if (row->terms[term].is_shifted == is_shifted) {
            gains[input] += row->terms[term].gain;
        }
    }
    return DONE;
}

static Status matrix_fill(const Downmix *downmix,
                          const Layout *const layouts[2], /* from, to */
                          bool is_shifted,
                          double *gains,
                          ErrorList *errors) {
    const size_t columns = (size_t)layouts[0]->channel_count;
    memset(gains, 0, (size_t)layouts[1]->channel_count * columns * sizeof *gains);
    if (!downmix->rows) {
        return is_shifted ? DONE : downmix_by_rules(layouts[0], layouts[1], gains, errors);
    }
    for (const DownmixRow *row = downmix->rows; row->output; ++row) {
        const int output = channel_of(layouts[1], row->output);
        if (output < 0) {
            return no_channel(downmix, row->output, layouts[1], errors);
        }
        TRY(row_fill(downmix, row, layouts[0], is_shifted, gains + (size_t)output * columns,
                     errors));
    }
    return DONE;
}

const Downmix *downmix_find(const char *name) {
    for (int index = 0; downmix_at(index); ++index) {
        if (strcmp(downmixes[index].name, name) == 0) {
            return &downmixes[index];
        }
    }
    return NULL;
}

const Downmix *downmix_at(int index) {
    const int count = (int)(sizeof downmixes / sizeof *downmixes);
    return index >= 0 && index < count ? &downmixes[index] : NULL;
}

Status downmix_matrix(const Downmix *downmix,
                      const Layout *from,
                      const Layout *to,
                      double *gains,
                      ErrorList *errors) {
    const Layout *const layouts[2] = {from, to};
    return matrix_fill(downmix, layouts, false, gains, errors);
}

Status downmix_shifted_matrix(const Downmix *downmix,
                              const Layout *from,
                              const Layout *to,
                              double *gains,
                              ErrorList *errors) {
    const Layout *const layouts[2] = {from, to};
    return matrix_fill(downmix, layouts, true, gains, errors);
}

bool downmix_drops_lfe(const Downmix *downmix) {
    if (!downmix->rows) {
        return false;
    }
    const Layout *const from = layout_find(downmix->from);
    double gains[LAYOUT_MAX_CHANNELS] = {0.0};
    for (const DownmixRow *row = downmix->rows; row->output; ++row) {
        for (int term = 0; has_term(row, term); ++term) {
            gains[channel_of(from, row->terms[term].input)] = row->terms[term].gain;
        }
    }
    for (int channel = 0; channel < from->channel_count; ++channel) {
        if (from->channels[channel].role == CHANNEL_LFE && gains[channel] == 0.0) {
            return true;
        }
    }
    return false;
}

double downmix_peak_gain(const Downmix *downmix) {
    double largest = 0.0;
    for (const DownmixRow *row = downmix->rows; row && row->output; ++row) {
        double sum = 0.0;
        for (int term = 0; has_term(row, term); ++term) {
            sum += fabs(row->terms[term].gain);
        }
        largest = fmax(largest, sum);
    }
    return largest;
}

double downmix_lfe_gain(double share) {
    return fmin(fmax(share, 0.0), lfe_share_max) * lfe_reproduction_gain;
}
