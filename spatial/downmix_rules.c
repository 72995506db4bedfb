/* A fold by the rules of BS.2127 for DirectSpeakers, and which folds fit which layouts. */
#include "spatial/downmix_rules.h"

#include <string.h>

#include "spatial/adm_frame.h"
#include "spatial/direct_speakers_remap.h"
#include "spatial/downmix.h"
#include "spatial/layout_table.h"
#include "spatial/point_source.h"

static int count_loudspeakers(const Layout *layout) {
    int count = 0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        count += layout->channels[channel].role == CHANNEL_SPEAKER;
    }
    return count;
}

bool downmix_rules_fit(const Layout *from, const Layout *to) {
    return from->kind == LAYOUT_SPEAKERS && to->kind == LAYOUT_SPEAKERS &&
           count_loudspeakers(to) >= 2 && count_loudspeakers(to) <= count_loudspeakers(from);
}

/* The channel of the same place and role; of a place without a name that of the same label. */
static int same_channel(const Layout *from, int channel, const Layout *to) {
    const char *const place = layout_bs2051_label(from, channel);
    const int found = layout_channel_index(to, *place ? place : from->channels[channel].label);
    const bool is_same = found >= 0 && to->channels[found].role == from->channels[channel].role;
    return is_same ? found : -1;
}

/* gains: [to->channel_count]. */
static void
channel_gains(const Layout *from, int channel, const PointSource *panner, double *gains) {
    const Layout *const to = point_source_layout(panner);
    const Channel *const of = &from->channels[channel];
    const char *const known = layout_bs2051_system(from);
    const char *const label = layout_bs2051_label(from, channel);
    const int same = same_channel(from, channel, to);
    const bool is_lfe = of->role == CHANNEL_LFE;
    memset(gains, 0, (size_t)to->channel_count * sizeof *gains);
    if (same >= 0 && (!is_lfe || layout_lfe_gain(from, to) == 1.0)) {
        gains[same] = 1.0;
        return;
    }
    if (remap_gains(known ? known : from->name, label, to, gains) || is_lfe) {
        return;
    }
    const Direction at = adm_vector(of->position.azimuth_deg, of->position.elevation_deg, 1.0);
    point_source_gains(panner, (double[]){at.x, at.y, at.z}, gains);
}

Status downmix_by_rules(const Layout *from, const Layout *to, double *gains, ErrorList *errors) {
    Arena *arena = arena_create();
    PointSource *panner = NULL;
    const Status status = point_source_create(to, arena, &panner, errors);
    for (int channel = 0; status == DONE && channel < from->channel_count; ++channel) {
        double column[POINT_SOURCE_CHANNELS];
        channel_gains(from, channel, panner, column);
        for (int output = 0; output < to->channel_count; ++output) {
            gains[output * from->channel_count + channel] = column[output];
        }
    }
    arena_destroy(&arena);
    return status;
}

static bool is_named(const char *name, const Layout *layout) {
    return strcmp(layout->base ? layout->base->name : layout->name, name) == 0;
}

/* Whether the channel is an input of some row, or (is_output) the output of one. */
static bool row_has(const Downmix *downmix, const char *label, bool is_output) {
    for (const DownmixRow *row = downmix->rows; row->output; ++row) {
        if (is_output && strcmp(row->output, label) == 0) {
            return true;
        }
        for (int term = 0; !is_output && term < DOWNMIX_TERMS_MAX && row->terms[term].input;
             ++term) {
            if (strcmp(row->terms[term].input, label) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Nothing but an LFE may stay unheard or silent. */
static bool covers(const Downmix *downmix, const Layout *layout, bool is_output) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const Channel *const of = &layout->channels[channel];
        if (of->role != CHANNEL_LFE && !row_has(downmix, of->label, is_output)) {
            return false;
        }
    }
    return true;
}

static bool has_labels(const Downmix *downmix, const Layout *from, const Layout *to) {
    for (const DownmixRow *row = downmix->rows; row->output; ++row) {
        if (layout_channel_index(to, row->output) < 0) {
            return false;
        }
        for (int term = 0; term < DOWNMIX_TERMS_MAX && row->terms[term].input; ++term) {
            if (layout_channel_index(from, row->terms[term].input) < 0) {
                return false;
            }
        }
    }
    return true;
}

bool downmix_fits(const Downmix *downmix, const Layout *from, const Layout *to) {
    if (from->kind != LAYOUT_SPEAKERS || to->kind != LAYOUT_SPEAKERS) {
        return false;
    }
    if (!downmix->rows) {
        return downmix_rules_fit(from, to);
    }
    if (is_named(downmix->from, from) && is_named(downmix->to, to)) {
        return true;
    }
    return has_labels(downmix, from, to) && covers(downmix, from, false) &&
           covers(downmix, to, true);
}
