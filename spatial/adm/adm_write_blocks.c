/* The way of a layer's channel as audioBlockFormats at exact times. */
#include "spatial/adm/adm_write_blocks.h"

#include <math.h>

#include "render/model/direction.h"
#include "render/stages/gain_motion.h"
#include "spatial/adm/adm_write_text.h"

/* TIME_PARTS: of a sample, for points between two; tens of microseconds are whole numbers of them
 * at all usual rates (2^10 * 5^3). */
enum { SHORTEST_BLOCK_SAMPLES = 256, TIME_PARTS = 128000 };

static const double widest_turn_deg = 3.0;
static const double longest_step = 0.05;  /* in the cube; of the distance to a polar place */
static const double widest_change = 10.0; /* of extents in degrees */
static const double loudest_change_db = 0.5;

typedef struct BlockWriter {
    Text *text;
    const Mix *mix;
    const Source *source;
    const char *channel_id; /* "AC_00031001" */
    Rational slowness;      /* seconds of the deliverable in one of the mix */
    Rational length_s;      /* of the deliverable */
    int count;
    int64_t end_parts; /* of the block before: samples * TIME_PARTS */
    bool has_stepped;  /* two points of one time: what follows does not begin where that ended */
} BlockWriter;

/* When the parts are over in the deliverable, whose last sample may lie half of one before or
 * behind that of the mix. */
static Rational time_of(const BlockWriter *writer, int64_t parts) {
    Rational seconds = {0, 1};
    rational_make(parts, (int64_t)writer->mix->rate_hz * TIME_PARTS, &seconds);
    const bool is_exact = rational_multiply(seconds, writer->slowness, &seconds);
    const bool is_end = parts >= writer->mix->length_samples * TIME_PARTS;
    return is_end || !is_exact || rational_compare(seconds, writer->length_s) > 0 ? writer->length_s
                                                                                  : seconds;
}

static Rational duration_until(const BlockWriter *writer, int64_t end_parts) {
    Rational duration = {0, 1};
    rational_subtract(time_of(writer, end_parts), time_of(writer, writer->end_parts), &duration);
    return duration;
}

static void add_value(Text *text, const char *name, double value, double usual) {
    if (value != usual) {
        text_add(text, "<%s>", name);
        adm_add_number(text, value);
        text_add(text, "</%s>", name);
    }
}

static void add_coordinate(Text *text, const char *name, double value) {
    text_add(text, "<position coordinate=\"%s\">", name);
    adm_add_number(text, value);
    text_add(text, "</position>");
}

static void add_place(Text *text, const ObjectState *state) {
    if (state->is_cartesian) {
        text_add(text, "<cartesian>1</cartesian>");
        add_coordinate(text, "X", state->x);
        add_coordinate(text, "Y", state->y);
        add_coordinate(text, "Z", state->z);
    } else {
        add_coordinate(text, "azimuth", state->position.azimuth_deg);
        add_coordinate(text, "elevation", state->position.elevation_deg);
        add_coordinate(text, "distance", state->position.distance_m);
    }
    add_value(text, "width", state->width, 0.0);
    /* in the cube our sizes go along x, y and z: depth lies along y (BS.2076-2, table 16) */
    add_value(text, "height", state->is_cartesian ? state->depth : state->height, 0.0);
    add_value(text, "depth", state->is_cartesian ? state->height : state->depth, 0.0);
}

static void add_bounds(Text *text, const char *axis, double least, double most) {
    text_add(text, " min%s=\"", axis);
    adm_add_number(text, least);
    text_add(text, "\" max%s=\"", axis);
    adm_add_number(text, most);
    text_add(text, "\"");
}

static void add_zones(Text *text, const ObjectState *state) {
    if (state->zone_count == 0) {
        return;
    }
    text_add(text, "<zoneExclusion>");
    for (int index = 0; index < state->zone_count; ++index) {
        const ExclusionZone *zone = &state->zones[index];
        text_add(text, "<zone");
        if (zone->is_cartesian) {
            add_bounds(text, "X", zone->x_min, zone->x_max);
            add_bounds(text, "Y", zone->y_min, zone->y_max);
            add_bounds(text, "Z", zone->z_min, zone->z_max);
        } else {
            add_bounds(text, "Azimuth", zone->azimuth_min_deg, zone->azimuth_max_deg);
            add_bounds(text, "Elevation", zone->elevation_min_deg, zone->elevation_max_deg);
        }
        text_add(text, "/>");
    }
    text_add(text, "</zoneExclusion>");
}

static void add_manner(Text *text, const ObjectState *state) {
    add_value(text, "diffuse", state->diffuse, 0.0);
    if (state->is_locked) {
        text_add(text, "<channelLock");
        if (state->has_lock_distance) {
            text_add(text, " maxDistance=\"");
            adm_add_number(text, state->lock_distance);
            text_add(text, "\"");
        }
        text_add(text, ">1</channelLock>");
    }
    if (state->divergence != 0.0) {
        text_add(text, "<objectDivergence %s=\"",
                 state->is_cartesian ? "positionRange" : "azimuthRange");
        adm_add_number(text, state->divergence_range);
        text_add(text, "\">");
        adm_add_number(text, state->divergence);
        text_add(text, "</objectDivergence>");
    }
    add_zones(text, state);
}

/* What the panner hears of the layer: a plain place is on the sphere, as wide as it is spread. */
static ObjectState heard_state(const Source *source, const ObjectState *state) {
    ObjectState heard = *state;
    if (!source->layer->is_object) {
        heard = (ObjectState){.position = source_plain_place(source, state)};
        heard.position.distance_m = 1.0;
    }
    if (!heard.is_cartesian && heard.width == 0.0 && heard.height == 0.0) {
        heard.width = heard.height = fmin(fmax(heard.position.spread_deg, 0.0), 360.0);
    }
    return heard;
}

/* A block from the end of the one before. */
static void
add_block(BlockWriter *writer, int64_t end_parts, const ObjectState *state, bool jumps) {
    Text *text = writer->text;
    const ObjectState heard = heard_state(writer->source, state);
    text_add(text, "<audioBlockFormat audioBlockFormatID=\"AB_%s_%08x\" rtime=\"",
             writer->channel_id + 3, (unsigned)++writer->count);
    adm_add_time(text, time_of(writer, writer->end_parts));
    text_add(text, "\" duration=\"");
    adm_add_time(text, duration_until(writer, end_parts));
    text_add(text, "\">");
    add_place(text, &heard);
    add_value(text, "gain", source_direct_gain(writer->source, state), 1.0);
    add_manner(text, &heard);
    text_add(text, jumps ? "<jumpPosition interpolationLength=\"0\">1</jumpPosition>"
                         : "<jumpPosition>0</jumpPosition>");
    text_add(text, "</audioBlockFormat>\n");
    writer->end_parts = end_parts;
}

static double turn_deg(const ObjectState *a, const ObjectState *b) {
    const Direction from = direction_of(a->position.azimuth_deg, a->position.elevation_deg);
    const Direction to = direction_of(b->position.azimuth_deg, b->position.elevation_deg);
    return deg_from_rad(direction_length(direction_subtract(from, to))); /* the chord: fine here */
}

static bool is_near_place(const ObjectState *a, const ObjectState *b) {
    if (a->is_cartesian) {
        return fmax(fmax(fabs(a->x - b->x), fabs(a->y - b->y)), fabs(a->z - b->z)) <= longest_step;
    }
    const double step_m = fabs(a->position.distance_m - b->position.distance_m);
    return turn_deg(a, b) <= widest_turn_deg &&
           step_m <= longest_step * fmin(a->position.distance_m, b->position.distance_m);
}

static bool is_near(const Source *source, const ObjectState *a, const ObjectState *b) {
    const double louder_db =
        db_from_gain(source_direct_gain(source, a)) - db_from_gain(source_direct_gain(source, b));
    const double scale = a->is_cartesian ? longest_step / widest_change : 1.0;
    return is_near_place(a, b) && fabs(louder_db) <= loudest_change_db &&
           fabs(a->position.spread_deg - b->position.spread_deg) <= widest_change &&
           fabs(a->width - b->width) <= widest_change * scale &&
           fabs(a->height - b->height) <= widest_change * scale &&
           fabs(a->diffuse - b->diffuse) <= longest_step &&
           fabs(a->divergence - b->divergence) <= longest_step;
}

static SampleTime part_of(Span span, int64_t part, int64_t part_count) {
    return span.begin + (span.end - span.begin) * part / part_count;
}

/* How many equal parts of the span are short and straight enough. */
static int64_t count_parts(const Source *source, Span span) {
    int64_t count = 1;
    bool is_fine = false;
    while (!is_fine && (span.end - span.begin) / (2 * count) >= SHORTEST_BLOCK_SAMPLES) {
        is_fine = count >= 2; /* a closed loop looks like rest from its ends */
        ObjectState before = source_object(source, span.begin);
        for (int64_t part = 1; is_fine && part <= count; ++part) {
            const ObjectState now = source_object(source, part_of(span, part, count));
            is_fine = is_near(source, &before, &now);
            before = now;
        }
        count = is_fine ? count : 2 * count;
    }
    return count;
}

/* Whether places between two points follow from these two: a reader that goes along great circles
 * finds them all. */
static bool is_straight(const Source *source) {
    const MixLayer *layer = source->layer;
    return layer->path.curve == PATH_LINEAR && layer->layout->channel_count == 1 &&
           !source_has_lanes(source) && layer->distance.kind == DISTANCE_NONE &&
           !layer->is_spread_near;
}

static void add_straight(BlockWriter *writer, Span span) {
    const int64_t count = count_parts(writer->source, span);
    for (int64_t part = 1; part < count; ++part) {
        const SampleTime end = part_of(span, part, count);
        const ObjectState state = source_object(writer->source, end);
        add_block(writer, end * TIME_PARTS, &state, false);
    }
}

static bool is_at_rest(const Source *source, const ObjectState *a, const ObjectState *b) {
    const double louder = source_direct_gain(source, a) - source_direct_gain(source, b);
    return is_near_place(a, b) && turn_deg(a, b) == 0.0 && louder == 0.0 && a->x == b->x &&
           a->y == b->y && a->z == b->z && a->position.distance_m == b->position.distance_m &&
           a->position.spread_deg == b->position.spread_deg && a->width == b->width &&
           a->height == b->height && a->depth == b->depth && a->diffuse == b->diffuse &&
           a->divergence == b->divergence;
}

/* On the grid where the gains of the smooth motion are exact: who reads this back moves through
 * the same control points. What rests is one block. */
static void add_grid(BlockWriter *writer, Span span) {
    const Source *source = writer->source;
    ObjectState before = source_object(source, span.begin);
    SampleTime at = (span.begin / GAIN_GRID_SAMPLES + 1) * GAIN_GRID_SAMPLES;
    for (; at < span.end; at += GAIN_GRID_SAMPLES) {
        const ObjectState now = source_object(source, at);
        const SampleTime rest = at - GAIN_GRID_SAMPLES;
        if (!is_at_rest(source, &before, &now)) {
            if (rest * TIME_PARTS > writer->end_parts) {
                add_block(writer, rest * TIME_PARTS, &before, false);
            }
            add_block(writer, at * TIME_PARTS, &now, false);
        }
        before = now;
    }
    const SampleTime last = at - GAIN_GRID_SAMPLES;
    if (last * TIME_PARTS > writer->end_parts) {
        add_block(writer, last * TIME_PARTS, &before, false);
    }
}

/* What moves in another way than readers do, up to the exact time of a point. */
static void add_curve(BlockWriter *writer, int64_t end_parts, const ObjectState *end) {
    const Span span = {writer->end_parts / TIME_PARTS, end_parts / TIME_PARTS};
    if (is_straight(writer->source)) {
        add_straight(writer, span);
    } else {
        add_grid(writer, span);
    }
    if (writer->end_parts < end_parts) {
        add_block(writer, end_parts, end, false);
    }
}

static int64_t parts_of_point(const BlockWriter *writer, int point) {
    const PathPoint *at = &writer->source->layer->path.points[point];
    const int64_t parts =
        at->time * TIME_PARTS + (int64_t)floor(at->rest_samples * TIME_PARTS + 0.5);
    const int64_t end = writer->mix->length_samples * TIME_PARTS;
    return parts < 0 ? 0 : (parts < end ? parts : end);
}

/* After a step: a block without length says from where the next one moves. */
static void
add_step(BlockWriter *writer, const ObjectState *from, const ObjectState *to, bool *jumps) {
    *jumps = writer->has_stepped && is_at_rest(writer->source, from, to);
    if (writer->has_stepped && !*jumps) {
        add_block(writer, writer->end_parts, from, true);
    }
    writer->has_stepped = false;
}

/* Two points of one time inside the programme. */
static bool is_step(const BlockWriter *writer, int point) {
    const PathPoint *from = &writer->source->layer->path.points[point];
    const PathPoint *to = from + 1;
    return from->time == to->time && from->rest_samples == to->rest_samples && to->time >= 0 &&
           to->time < writer->mix->length_samples;
}

/* From one point to the next. */
static void add_segment(BlockWriter *writer, int point) {
    const Trajectory *path = &writer->source->layer->path;
    const int64_t end_parts = parts_of_point(writer, point + 1);
    const SampleTime length = writer->mix->length_samples;
    const bool is_ended = path->points[point + 1].time <= length;
    const bool is_whole = path->points[point].time >= 0 && is_ended;
    if (end_parts <= writer->end_parts) {
        writer->has_stepped = writer->has_stepped || is_step(writer, point);
        return; /* outside of the programme, or two points of one time */
    }
    const ObjectState from = source_object_of_point(writer->source, point);
    const ObjectState to = is_ended ? source_object_of_point(writer->source, point + 1)
                                    : source_object(writer->source, length);
    if (path->curve == PATH_HOLD) {
        add_block(writer, end_parts, &from, true);
        return;
    }
    bool jumps = false;
    add_step(writer, &from, &to, &jumps);
    if (jumps || (writer->mix->has_standard_motion && is_whole)) {
        add_block(writer, end_parts, &to, jumps);
    } else {
        add_curve(writer, end_parts, &to);
    }
}

static void set_times(const MixDeliverable *deliverable, BlockWriter *writer) {
    const RetimeRatio ratio = deliverable->retime;
    rational_make(ratio.output * writer->mix->rate_hz, ratio.input * deliverable->rate_hz,
                  &writer->slowness);
    rational_make(deliverable->length_samples, deliverable->rate_hz, &writer->length_s);
}

void adm_add_blocks(Text *text,
                    const BlockTimes *times,
                    const Source *source,
                    const char *channel_id) {
    const Mix *mix = times->mix;
    BlockWriter writer = {.text = text, .mix = mix, .source = source, .channel_id = channel_id};
    const Trajectory *path = &source->layer->path;
    const int last = source_moves(source) ? path->point_count - 1 : 0;
    const int64_t end_parts = mix->length_samples * TIME_PARTS;
    set_times(times->deliverable, &writer);
    if (last > 0) {
        const ObjectState first =
            path->points[0].time < 0 ? source_object(source, 0) : source_object_of_point(source, 0);
        add_block(&writer, parts_of_point(&writer, 0), &first, true);
    }
    for (int point = 0; point < last; ++point) {
        add_segment(&writer, point);
    }
    if (writer.end_parts < end_parts) {
        const ObjectState state = source_object_of_point(source, last);
        const bool jumps = path->curve == PATH_HOLD || last == 0 || writer.has_stepped;
        add_block(&writer, end_parts, &state, jumps);
    }
}
