/* What a prepared layer depends on, as a whole and up to a time. */
#include "jobs/layer_keys.h"

#include <inttypes.h>
#include <stdlib.h>

/* Raise a number when the code of that part of PREPARE starts to give other bits. */
static const char prepare_version[] = "prepare 4";
static const char travel_version[] = "travel 2"; /* Doppler and air of a prepared layer */
/* What stands in the store instead of the samples of a plain layer. */
static const char note_version[] = "in its file 1";
static const char transient_version[] = "transient 1";
static const char lfe_version[] = "lfe 1";

/* A spline looks so many points ahead. */
enum { PATH_POINTS_AHEAD = 3 };

typedef struct LayerItem { /* of a text: nothing before its time depends on it */
    SampleTime time;
    int order; /* of equal times */
    const char *text;
} LayerItem;

typedef struct LayerText {
    const MixLayer *layer;
    Text header;
    LayerItem *items; /* [count] */
    int count;
} LayerText;

static const char *lane_name(const Lane *lane) {
    static const char *const names[] = {"gain", "fade",  "hpf",      "lpf",    "tilt",    "send",
                                        "gate", "width", "distance", "attack", "sustain", "air"};
    return names[lane->kind];
}

/* Times count from the layer's first sample: a layer that moves with its lanes is the same one, as
 * long as it meets the grid in the same place. */
static void add_lane_begin(Text *text, const MixLayer *layer, const Lane *lane) {
    text_add(text, "lane %s grid %d from %.17g\n", lane_name(lane),
             (int)(layer->start - lane_grid_floor(layer->start)),
             lane_value(lane, lane->segments[0].begin));
}

static void add_segment(Text *text, const MixLayer *layer, const LaneSegment *segment) {
    text_add(text, "%" PRId64 " .. %" PRId64 " from %.17g to %.17g shape %d\n",
             segment->begin - layer->start, segment->end - layer->start, segment->from, segment->to,
             (int)segment->shape);
    if (segment->lead_samples) {
        text_add(text, "lead %" PRId64 "\n", segment->lead_samples);
    }
}

void layer_text_add_lane(Text *text, const MixLayer *layer, SampleTime until, const Lane *lane) {
    add_lane_begin(text, layer, lane);
    for (int index = 0; index < lane->segment_count; index++) {
        if (lane->segments[index].begin < until) {
            add_segment(text, layer, &lane->segments[index]);
        }
    }
}

static void add_item(LayerText *all, SampleTime time, const char *text) {
    all->items[all->count] = (LayerItem){.time = time, .order = all->count, .text = text};
    all->count++;
}

/* name: of several lanes of a kind. */
static void add_lane(LayerText *all, const char *name, const Lane *lane) {
    Arena *arena = all->header.arena;
    text_add(&all->header, "%s ", name);
    add_lane_begin(&all->header, all->layer, lane);
    for (int index = 0; index < lane->segment_count; index++) {
        Text text = {.arena = arena};
        text_add(&text, "%s ", name);
        add_segment(&text, all->layer, &lane->segments[index]);
        add_item(all, lane->segments[index].begin, text.bytes);
    }
}

static void add_filter(LayerText *all, int index) {
    const MixFilter *filter = &all->layer->filters[index];
    Text *text = &all->header;
    static const char *const kinds[] = {"hpf",        "lpf",   "bell", "low shelf",
                                        "high shelf", "notch", "tilt"};
    text_add(text, "%s %.17g Hz %d dB/oct", kinds[filter->kind], filter->frequency_hz,
             filter->slope_db_per_octave);
    text_add(text, " %.17g dB q %.17g\n", filter->gain_db, filter->q);
    if (filter->lane) {
        add_lane(all, arena_format(text->arena, "filter %d", index), filter->lane);
    }
}

static void add_object(Text *text, const ObjectState *state) {
    text_add(text, "object %d x %.17g y %.17g z %.17g\n", state->is_cartesian, state->x, state->y,
             state->z);
    text_add(text, "width %.17g height %.17g depth %.17g\n", state->width, state->height,
             state->depth);
    text_add(text, "divergence %.17g range %.17g diffuse %.17g\n", state->divergence,
             state->divergence_range, state->diffuse);
    text_add(text, "lock %d within %.17g\n", state->is_locked,
             state->has_lock_distance ? state->lock_distance : -1.0);
    for (int zone = 0; zone < state->zone_count; zone++) {
        const ExclusionZone *out = &state->zones[zone];
        if (out->is_cartesian) {
            text_add(text, "zone x %.17g %.17g y %.17g %.17g z %.17g %.17g\n", out->x_min,
                     out->x_max, out->y_min, out->y_max, out->z_min, out->z_max);
        } else {
            text_add(text, "zone az %.17g %.17g el %.17g %.17g\n", out->azimuth_min_deg,
                     out->azimuth_max_deg, out->elevation_min_deg, out->elevation_max_deg);
        }
    }
}

/* Plain places keep their short text. first: the point to begin with. */
static void
add_points(Text *text, const MixLayer *layer, const PathRun *run, int first, SampleTime until) {
    static const char *const curves[] = {"linear", "spline", "hold"};
    const Trajectory *path = run->of;
    int ahead = 0;
    text_add(text, "path %s moves %d\n", curves[path->curve], trajectory_moves(path));
    for (int point = first; point < path->point_count && ahead < PATH_POINTS_AHEAD; point++) {
        const PathPoint *of = &path->points[point];
        const Position *at = &of->state.position;
        const SampleTime time = of->time + run->later_samples;
        ahead += time >= until;
        text_add(text, "at %" PRId64 " az %.17g el %.17g dist %.17g spread %.17g\n",
                 path->point_count > 1 ? time : 0, at->azimuth_deg, at->elevation_deg,
                 at->distance_m, at->spread_deg);
        if (of->rest_samples != 0.0 || of->state.gain_db != 0.0) {
            text_add(text, "rest %.17g gain %.17g dB\n", of->rest_samples, of->state.gain_db);
        }
        if (layer->is_object) {
            add_object(text, &of->state);
        }
    }
}

/* Up to its first cut a path is written as if it were whole: nothing before depends on the cut. */
static void add_run(Text *text, const MixLayer *layer, const PathRun *run, SampleTime until) {
    const int before = trajectory_point_before(run->of, run->begin - run->later_samples);
    const int first = before < PATH_POINTS_AHEAD ? 0 : before - PATH_POINTS_AHEAD;
    text_add(text, "from %" PRId64 "\n", run->begin);
    add_points(text, layer, run, first, until);
}

void layer_text_add_path(Text *text, const MixLayer *layer, SampleTime until) {
    const Trajectory *path = &layer->path;
    if (path->run_count == 0) {
        add_points(text, layer, &(PathRun){.of = path}, 0, until);
    }
    for (int run = 0; run < path->run_count; run++) {
        const PathRun *of = &path->runs[run];
        const bool is_last = run + 1 == path->run_count || of[1].begin >= until;
        const SampleTime end = is_last ? until : of[1].begin;
        if (of->begin == PATH_ALWAYS) {
            add_points(text, layer, of, 0, end);
        } else {
            add_run(text, layer, of, end);
        }
        if (is_last) {
            return;
        }
    }
}

/* Where the layer lies counts here, and how far away it is at every time. */
static void add_travel(Text *text, const MixLayer *layer) {
    const MixTravel *travel = &layer->travel;
    if (travel->has_doppler || travel->has_air) {
        text_add(text, "%s doppler %d air %d start %" PRId64 "\n", travel_version,
                 travel->has_doppler, travel->has_air, layer->start);
        text_add(text, "nearest %.17g reference %.17g extra %.17g m ring %" PRId64 "\n",
                 travel->nearest_m, travel->reference_m, travel->extra_m, travel->ring_samples);
        layer_text_add_path(text, layer, INT64_MAX);
    }
}

/* Where a clip begins to end: no sample before depends on how long it is. */
static SampleTime begin_of_end(const MixLayer *layer, const MixClip *clip) {
    const int64_t fade = clip->fade_out_samples - clip->behind_samples;
    const int64_t tail = fade > clip->splice_out_samples ? fade : clip->splice_out_samples;
    return layer->start + clip->at_samples + clip->length_samples - (tail > 0 ? tail : 0);
}

static void add_clip(LayerText *all, int index) {
    const MixLayer *layer = all->layer;
    const MixClip *clip = &layer->clips[index];
    Text begin = {.arena = all->header.arena};
    text_add(&begin, "clip %d at %" PRId64 " from %" PRId64, index, clip->at_samples,
             clip->from_samples);
    text_add(&begin, " fade_in %" PRId64 " gain %.17g", clip->fade_in_samples, clip->gain);
    text_add(&begin, " before %" PRId64 " splice %" PRId64 "\n", clip->before_samples,
             clip->splice_in_samples);
    add_item(all, layer->start + clip->at_samples, begin.bytes);
    Text end = {.arena = all->header.arena};
    text_add(&end, "clip %d length %" PRId64 " fade_out %" PRId64, index, clip->length_samples,
             clip->fade_out_samples);
    text_add(&end, " behind %" PRId64 " splice %" PRId64 "\n", clip->behind_samples,
             clip->splice_out_samples);
    add_item(all, begin_of_end(layer, clip), end.bytes);
}

static int count_segments(const Lane *lanes, int lane_count) {
    int count = 0;
    for (int lane = 0; lane < lane_count; lane++) {
        count += lanes[lane].segment_count;
    }
    return count;
}

static int count_items(const MixLayer *layer) {
    int count = 2 * layer->clip_count + 1;
    for (int filter = 0; filter < layer->filter_count; filter++) {
        count += layer->filters[filter].lane ? layer->filters[filter].lane->segment_count : 0;
    }
    count += count_segments(layer->lanes, layer->lane_count);
    count += count_segments(layer->shape_lanes, layer->shape_lane_count);
    return count + count_segments(layer->travel.air_lanes, layer->travel.air_lane_count);
}

static int compare_items(const void *left, const void *right) {
    const LayerItem *first = left;
    const LayerItem *second = right;
    const int by_time = (first->time > second->time) - (first->time < second->time);
    return by_time ? by_time : first->order - second->order;
}

static void add_manner(Text *text, const Mix *mix, const MixLayer *layer) {
    text_add(text, "%s\nfile %s\n", prepare_version, mix->files[layer->file].sha256);
    for (int channel = 0; layer->tracks && channel < layer->layout->channel_count; channel++) {
        text_add(text, "track %d\n", layer->tracks[channel]);
    }
    text_add(text, "rate %d\nspeed %.17g fraction %.17g\n", mix->rate_hz, layer->speed,
             layer->delay_fraction);
    text_add(text, "gain %.17g\n", layer->gain);
    if (layer->attack_db != 0.0 || layer->sustain_db != 0.0 || layer->shape_lane_count > 0) {
        text_add(text, "%s attack %.17g dB sustain %.17g dB\n", transient_version, layer->attack_db,
                 layer->sustain_db);
    }
    for (int channel = 0; layer->channel_gains && channel < layer->layout->channel_count;
         channel++) {
        text_add(text, "channel gain %.17g\n", layer->channel_gains[channel]);
    }
    if (layer->lfe_gain != 0.0) {
        text_add(text, "%s gain %.17g below %.17g Hz\n", lfe_version, layer->lfe_gain,
                 layer->lfe_below_hz);
    }
    if (layer->ambisonic.crossover_hz > 0.0) {
        text_add(text, "two bands 1 %.17g Hz %.17g\n", layer->ambisonic.crossover_hz,
                 layer->ambisonic.high_weights[0]);
    }
    add_travel(text, layer);
}

/* The header, and all else in the order of time. */
static LayerText write_layer(const Mix *mix, const MixLayer *layer, Arena *arena) {
    LayerText all = {.layer = layer, .header = {.arena = arena}};
    all.items = arena_array(arena, (size_t)count_items(layer), sizeof *all.items);
    add_manner(&all.header, mix, layer);
    for (int filter = 0; filter < layer->filter_count; filter++) {
        add_filter(&all, filter);
    }
    for (int lane = 0; lane < layer->lane_count; lane++) {
        add_lane(&all, arena_format(arena, "lane %d", lane), &layer->lanes[lane]);
    }
    for (int lane = 0; lane < layer->shape_lane_count; lane++) {
        add_lane(&all, arena_format(arena, "shape %d", lane), &layer->shape_lanes[lane]);
    }
    for (int lane = 0; lane < layer->travel.air_lane_count; lane++) {
        add_lane(&all, arena_format(arena, "air %d", lane), &layer->travel.air_lanes[lane]);
    }
    for (int clip = 0; clip < layer->clip_count; clip++) {
        add_clip(&all, clip);
    }
    add_item(&all, layer->start + layer->length_samples,
             arena_format(arena, "length %" PRId64 "\n", layer->length_samples));
    qsort(all.items, (size_t)all.count, sizeof *all.items, compare_items);
    return all;
}

const char *layer_text_prepare(const Mix *mix, int layer, Arena *arena) {
    LayerText all = write_layer(mix, &mix->layers[layer], arena);
    for (int item = 0; item < all.count; item++) {
        text_add(&all.header, "%s", all.items[item].text);
    }
    if (mix_layer_is_plain(mix, &mix->layers[layer])) {
        text_add(&all.header, "%s\n", note_version);
    }
    return all.header.bytes;
}

/* Each key is made of the one before it and what is added. */
LayerKeys layer_keys_make(const Mix *mix, int layer, Arena *arena) {
    Arena *scratch = arena_create();
    const LayerText all = write_layer(mix, &mix->layers[layer], scratch);
    const size_t count = (size_t)all.count;
    SampleTime *times = arena_array(arena, count, sizeof *times);
    Key *keys = arena_array(arena, count + 1, sizeof *keys);
    keys[0] = key_of_text(all.header.bytes);
    for (int item = 0; item < all.count; item++) {
        KeyText before;
        key_format(keys[item], before);
        times[item] = all.items[item].time;
        keys[item + 1] = key_of_text(arena_format(scratch, "%s %s", before, all.items[item].text));
    }
    arena_destroy(&scratch);
    return (LayerKeys){.times = times, .keys = keys, .count = all.count};
}

Key layer_keys_until(const LayerKeys *keys, SampleTime until) {
    int low = 0;
    int high = keys->count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (keys->times[middle] < until) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return keys->keys[low];
}
