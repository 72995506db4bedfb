/* Rules, once all layers are placed: each becomes lanes that are neutral outside of its windows. */
#include "jobs/lower_rules.h"

#include <string.h>

#include "jobs/lower_distance.h"
#include "jobs/time_windows.h"

/* Where a filter does nothing that is heard: what a rule's filter rests at. */
static const double open_hpf_hz = 1.0;
static const double open_lpf_share_of_rate = 0.49;
static const double tilt_hz = 1000.0; /* DECISIONS 7 */

enum { RULE_FILTERS = 3, DEFAULT_SLOPE = 12 };

typedef struct RuleWork {
    const JobSpec *job;
    const LayerFacts *facts;
    Mix *mix;
    const JobRule *rule;
    TimeWindows windows;
    Arena *arena;
    ErrorList *errors;
} RuleWork;

static bool is_written(Place place) {
    return place.line > 0;
}

static Lane make_lane(const RuleWork *work, LaneKind kind, double outside, double inside) {
    const WindowMove move = {outside, inside, work->rule->ramp.seconds};
    return windows_lane(&work->windows, kind, &move, work->job->rate_hz, work->arena);
}

/* Entries of a list that only grows here: its last ones are copied. */
static void add_lane(const Lane **lanes, int *count, Lane lane, Arena *arena) {
    Lane *grown = arena_array(arena, (size_t)*count + 1, sizeof *grown);
    if (*count) {
        memcpy(grown, *lanes, (size_t)*count * sizeof *grown);
    }
    grown[(*count)++] = lane;
    *lanes = grown;
}

static void add_layer_lane(const RuleWork *work, MixLayer *layer, Lane lane) {
    add_lane(&layer->lanes, &layer->lane_count, lane, work->arena);
}

/* Silence is an amplitude: in dB it would be reached at once. */
static void apply_gain(const RuleWork *work, MixLayer *layer) {
    const double gain_db = work->rule->gain_db.value;
    if (gain_db <= silence_db) {
        add_layer_lane(work, layer, make_lane(work, LANE_FADE, 1.0, 0.0));
    } else if (gain_db != 0.0) {
        add_layer_lane(work, layer, make_lane(work, LANE_GAIN, 0.0, gain_db));
    }
}

static void add_filter(
    const RuleWork *work, MixLayer *layer, FilterKind kind, LaneKind lane_kind, double value) {
    const bool is_tilt = kind == FILTER_TILT;
    const double open_hz =
        kind == FILTER_HIGHPASS ? open_hpf_hz : open_lpf_share_of_rate * work->job->rate_hz;
    MixFilter *filters = arena_array(work->arena, (size_t)layer->filter_count + 1, sizeof *filters);
    Lane *lane = arena_alloc(work->arena, sizeof *lane);
    if (layer->filter_count) {
        memcpy(filters, layer->filters, (size_t)layer->filter_count * sizeof *filters);
    }
    *lane = is_tilt ? make_lane(work, lane_kind, 0.0, value)
                    : make_lane(work, lane_kind, exact_log2(open_hz), exact_log2(value));
    MixFilter *filter = &filters[layer->filter_count++];
    *filter = (MixFilter){.kind = kind,
                          .frequency_hz = is_tilt ? tilt_hz : value,
                          .gain_db = is_tilt ? value : 0.0,
                          .slope_db_per_octave = DEFAULT_SLOPE,
                          .lane = work->windows.is_always ? NULL : lane};
    layer->filters = filters;
}

static void apply_filters(const RuleWork *work, MixLayer *layer) {
    const JobRule *rule = work->rule;
    if (is_written(rule->hpf_hz.place)) {
        add_filter(work, layer, FILTER_HIGHPASS, LANE_HPF, rule->hpf_hz.value);
    }
    if (is_written(rule->lpf_hz.place)) {
        add_filter(work, layer, FILTER_LOWPASS, LANE_LPF, rule->lpf_hz.value);
    }
    if (rule->tilt_db.value != 0.0) {
        add_filter(work, layer, FILTER_TILT, LANE_TILT, rule->tilt_db.value);
    }
}

static void apply_shape(const RuleWork *work, MixLayer *layer) {
    const double amounts_db[] = {work->rule->attack_db.value, work->rule->sustain_db.value};
    for (int amount = 0; amount < 2; amount++) {
        if (amounts_db[amount] != 0.0) {
            const LaneKind kind = amount ? LANE_SUSTAIN : LANE_ATTACK;
            add_lane(&layer->shape_lanes, &layer->shape_lane_count,
                     make_lane(work, kind, 0.0, amounts_db[amount]), work->arena);
        }
    }
}

static void multiply_width(const RuleWork *work, MixLayer *layer, double factor) {
    if (factor == 1.0 || layer->layout->channel_count == 1) {
        return;
    }
    if (work->windows.is_always && !layer->width_lane) {
        layer->width *= factor;
        return;
    }
    add_lane(&layer->width_factors, &layer->width_factor_count,
             make_lane(work, LANE_WIDTH, 1.0, factor), work->arena);
}

static Status apply_width(const RuleWork *work, MixLayer *layer) {
    const double factor = work->rule->width_percent.value / 100.0;
    const bool is_plain =
        layer->layout->channel_count <= 2 && layer->layout->kind == LAYOUT_SPEAKERS;
    if (factor != 1.0 && !is_plain && !work->windows.is_always) {
        return fail(work->errors, E208, work->rule->width_percent.place,
                    "the width of layers.%s cannot move: it is no stereo layer", layer->id);
    }
    multiply_width(work, layer, factor);
    return DONE;
}

/* Its sends as what may be changed. */
static MixSend *own_sends(const RuleWork *work, MixLayer *layer) {
    MixSend *sends = arena_array(work->arena, (size_t)layer->send_count + 1, sizeof *sends);
    if (layer->send_count) {
        memcpy(sends, layer->sends, (size_t)layer->send_count * sizeof *sends);
    }
    layer->sends = sends;
    return sends;
}

static void add_send_lane(const RuleWork *work, MixSend *send, double level_db) {
    add_lane(&send->lanes, &send->lane_count, make_lane(work, LANE_SEND, 0.0, level_db),
             work->arena);
}

static void apply_sends(const RuleWork *work, MixLayer *layer) {
    const JobRule *rule = work->rule;
    if (rule->send_count == 0 || layer->send_count == 0) {
        return;
    }
    MixSend *sends = own_sends(work, layer);
    for (int change = 0; change < rule->send_count; change++) {
        for (int send = 0; send < layer->send_count; send++) {
            const char *room = work->job->rooms[sends[send].room].id;
            if (strcmp(room, rule->sends[change].room) == 0) {
                add_send_lane(work, &sends[send], rule->sends[change].level_db.value);
            }
        }
    }
}

/* From the layer's own word to that of the rule. What a word does to the direct sound alone is a
 * gain of all, taken from the sends. */
static void apply_proximity(const RuleWork *work, MixLayer *layer) {
    if (!is_written(work->rule->proximity.place)) {
        return;
    }
    const JobLayer *written = &work->job->layers[layer->written];
    const Nearness *from = lower_nearness(written->proximity.index);
    const Nearness *to = lower_nearness(work->rule->proximity.index);
    const double direct_db = to->direct_db - from->direct_db;
    if (direct_db != 0.0) {
        add_layer_lane(work, layer, make_lane(work, LANE_GAIN, 0.0, direct_db));
    }
    MixSend *sends = own_sends(work, layer);
    for (int send = 0; direct_db != 0.0 && send < layer->send_count; send++) {
        add_send_lane(work, &sends[send], to->send_db - from->send_db - direct_db);
    }
    if (layer->layout->channel_count == 2) {
        multiply_width(work, layer, to->width / from->width);
    }
    if (to->air_m != from->air_m) {
        add_lane(&layer->travel.air_lanes, &layer->travel.air_lane_count,
                 make_lane(work, LANE_AIR, 0.0, to->air_m - from->air_m), work->arena);
        layer->travel.has_air = true;
    }
}

bool rule_means_layer(const JobRule *rule, const LayerFacts *facts, int layer) {
    return layer_facts_match(facts, layer, &rule->select) &&
           !layer_facts_match(facts, layer, &rule->except);
}

static bool is_meant(const RuleWork *work, int layer) {
    return rule_means_layer(work->rule, work->facts, work->mix->layers[layer].written);
}

static bool sounds_in(const RuleWork *work, int layer, const TimeWindow *window) {
    const MixLayer *subject = &work->mix->layers[layer];
    const int rate_hz = work->job->rate_hz;
    return subject->start < rational_to_samples(window->end_s, rate_hz) &&
           subject->start + subject->length_samples > rational_to_samples(window->begin_s, rate_hz);
}

/* Too many layers sound in the window that have more right to. */
static bool is_thinned(const RuleWork *work, int layer, const TimeWindow *window) {
    const int own = work->job->layers[work->mix->layers[layer].written].priority;
    int before = 0;
    for (int other = 0; other < work->mix->layer_count; other++) {
        const int priority = work->job->layers[work->mix->layers[other].written].priority;
        const bool is_first = priority > own || (priority == own && other < layer);
        before += is_first && is_meant(work, other) && sounds_in(work, other, window);
    }
    return before >= rational_value(work->rule->max_layers.value);
}

static void thin(const RuleWork *work, int layer) {
    const size_t limit = (size_t)work->windows.count + 1;
    TimeWindow *windows = arena_array(work->arena, limit, sizeof *windows);
    int count = 0;
    for (int index = 0; index < work->windows.count; index++) {
        const TimeWindow *window = &work->windows.windows[index];
        if (sounds_in(work, layer, window) && is_thinned(work, layer, window)) {
            windows[count++] = *window;
        }
    }
    if (count) {
        RuleWork part = *work;
        part.windows = (TimeWindows){.windows = windows, .count = count};
        add_layer_lane(&part, &work->mix->layers[layer], make_lane(&part, LANE_FADE, 1.0, 0.0));
    }
}

/* The segments of one window: up, hold, down. */
static Lane share_of_window(const Lane *all, int first) {
    const LaneSegment *segments = all->segments + first;
    int count = segments[0].from != segments[0].to ? 2 : 1;
    if (first + count < all->segment_count && segments[count].to == 0.0) {
        count++;
    }
    return (Lane){.kind = all->kind, .segments = segments, .segment_count = count};
}

static Span clip_window(const RuleWork *work, const TimeWindow *window) {
    const int rate_hz = work->job->rate_hz;
    const SampleTime begin = rational_to_samples(window->begin_s, rate_hz);
    const SampleTime end = rational_to_samples(window->end_s, rate_hz);
    return (Span){begin > 0 ? begin : 0,
                  end < work->mix->length_samples ? end : work->mix->length_samples};
}

static void add_ceiling(const RuleWork *work, const MixCeiling *ceiling) {
    Mix *mix = work->mix;
    MixCeiling *grown = arena_array(work->arena, (size_t)mix->ceiling_count + 1, sizeof *grown);
    if (mix->ceiling_count) {
        memcpy(grown, mix->ceilings, (size_t)mix->ceiling_count * sizeof *grown);
    }
    grown[mix->ceiling_count++] = *ceiling;
    mix->ceilings = grown;
}

/* A window of its own measures for each: a loud one does not lower the others. */
static void cap(const RuleWork *work) {
    const Mix *mix = work->mix;
    bool *is_in = arena_array(work->arena, (size_t)mix->layer_count + 1, sizeof *is_in);
    Lane *shares = arena_alloc(work->arena, sizeof *shares);
    int first = 0;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        is_in[layer] = is_meant(work, layer);
    }
    *shares = make_lane(work, LANE_GAIN, 0.0, 1.0);
    for (int window = 0; window < work->windows.count; window++) {
        const MixCeiling ceiling = {.id = work->rule->id,
                                    .is_in = is_in,
                                    .ceiling_lufs = work->rule->ceiling_lufs.value,
                                    .window = clip_window(work, &work->windows.windows[window]),
                                    .share = share_of_window(shares, first)};
        first += ceiling.share.segment_count;
        if (ceiling.window.begin < ceiling.window.end) {
            add_ceiling(work, &ceiling);
        }
    }
}

static Status apply(const RuleWork *work, int layer) {
    MixLayer *subject = &work->mix->layers[layer];
    if (!is_meant(work, layer)) {
        return DONE;
    }
    apply_gain(work, subject);
    apply_filters(work, subject);
    apply_shape(work, subject);
    apply_sends(work, subject);
    apply_proximity(work, subject);
    if (is_written(work->rule->max_layers.place)) {
        thin(work, layer);
    }
    return apply_width(work, subject);
}

Status lower_rules(
    const JobSpec *job, const LayerFacts *facts, Mix *mix, Arena *arena, ErrorList *errors) {
    const Timeline timeline = timeline_make(job, arena);
    RuleWork work = {.job = job, .facts = facts, .mix = mix, .arena = arena, .errors = errors};
    for (int rule = 0; rule < job->rule_count; rule++) {
        work.rule = &job->rules[rule];
        work.windows =
            time_windows_make(&timeline, work.rule->when.selector, &work.rule->over, arena);
        for (int layer = 0; work.windows.count && layer < mix->layer_count; layer++) {
            TRY(apply(&work, layer));
        }
        if (work.windows.count && is_written(work.rule->ceiling_lufs.place)) {
            cap(&work);
        }
    }
    return DONE;
}
