/* The blocks of a channel as the points of a trajectory. */
#include "spatial/adm/adm_path.h"

#include <string.h>

#include "spatial/adm/adm_state.h"
#include "spatial/adm/adm_timeline.h"
#include "spatial/cube_conversion.h"

typedef struct PathMaker {
    const AdmPathOrder *order;
    const AdmItem *item;
    int channel;
    Arena *arena;
    PathPoint *points;
    int count, capacity;
    int serials[2];  /* of the last two points: which state, silent ones below 0 */
    Rational last_s; /* exact time of the last one */
    AdmBlock before; /* stripped, of serial `serial` */
    AdmBlock now;
    int serial; /* 0: none */
    ObjectState state;
    ErrorList *errors;
} PathMaker;

static Position polar_of_cube(const double place[3]) {
    Position at = {0};
    cube_position_to_polar(place, &at.azimuth_deg, &at.elevation_deg, &at.distance_m);
    return at;
}

static void set_time(PathMaker *maker, PathPoint *point, Rational at_s) {
    path_point_set_time(point, at_s, maker->order->rate_hz);
    maker->last_s = at_s;
}

/* The state of the block that was entered last, or silence in its place. */
static Status add_point(PathMaker *maker, Rational at_s, bool is_silent) {
    const int serial = is_silent ? -maker->serial : maker->serial;
    Rational at = {0, 1};
    if (!rational_add(at_s, maker->order->shift_s, &at)) {
        return fail(maker->errors, E442, NO_PLACE, "the times of %s are too fine to add up",
                    maker->item->channels[maker->channel].channel->id);
    }
    const bool is_held = maker->count > 0 && maker->serials[0] == serial;
    if (is_held && rational_compare(at, maker->last_s) == 0) {
        return DONE;
    }
    if (is_held && maker->count > 1 && maker->serials[1] == serial) {
        set_time(maker, &maker->points[maker->count - 1], at);
        return DONE;
    }
    maker->points = arena_grow(maker->arena, maker->points, maker->count, &maker->capacity,
                               sizeof *maker->points);
    PathPoint *const point = &maker->points[maker->count++];
    *point = (PathPoint){.state = maker->state};
    point->state.gain_db = is_silent ? silence_db : maker->state.gain_db;
    set_time(maker, point, at);
    maker->serials[1] = maker->serials[0];
    maker->serials[0] = serial;
    return DONE;
}

/* Another block: its state, unless it is that of the one before. */
static Status enter(PathMaker *maker, const AdmBlock *block) {
    AdmBlock *const stripped = &maker->now;
    *stripped = *block;
    adm_block_strip(stripped);
    if (maker->serial > 0 && adm_block_is_same(stripped, &maker->before)) {
        return DONE;
    }
    if (maker->serial > 0 && block->facts.is_cartesian != maker->state.is_cartesian) {
        return fail(maker->errors, E443,
                    adm_place(adm_facts(maker->order->file)->model, block->facts.line),
                    "%s is polar here and Cartesian there: no layer of a job",
                    maker->item->channels[maker->channel].channel->id);
    }
    maker->before = *stripped;
    maker->serial++;
    maker->state = maker->order->state_of(maker->order->context, maker->item, stripped);
    if (maker->state.zone_count > 0) {
        const size_t count = (size_t)maker->state.zone_count;
        ExclusionZone *const zones = arena_array(maker->arena, count, sizeof *zones);
        memcpy(zones, maker->state.zones, count * sizeof *zones);
        maker->state.zones = zones;
    }
    return DONE;
}

static Status add_span(PathMaker *maker, const AdmSpan *span, Rational *end) {
    Rational there = span->begin;
    const bool is_first = maker->serial == 0;
    if (!is_first && !span->joins) {
        TRY(add_point(maker, *end, true));
    }
    TRY(enter(maker, span->block));
    if (!span->joins && span->begin.numerator > 0) {
        TRY(add_point(maker, span->begin, true));
    }
    if (!rational_add(span->begin, span->interpolation, &there)) {
        return fail(maker->errors, E442, NO_PLACE, "the times of %s are too fine to add up",
                    maker->item->channels[maker->channel].channel->id);
    }
    TRY(add_point(maker, there, false));
    *end = span->end;
    return add_point(maker, span->end, false);
}

static Status add_spans(PathMaker *maker, AdmTimeline *timeline) {
    const SoundInfo *const sound = adm_facts(maker->order->file)->sound;
    Rational end = {0, 1};
    Rational file_end = {0, 1};
    AdmSpan span;
    bool is_there = true;
    while (is_there) {
        TRY(adm_timeline_next(timeline, &span, &is_there, maker->errors));
        TRY(is_there ? add_span(maker, &span, &end) : DONE);
    }
    rational_make(sound->frame_count, sound->rate_hz, &file_end);
    return maker->serial > 0 && rational_compare(end, file_end) < 0 ? add_point(maker, end, true)
                                                                    : DONE;
}

Status adm_path_make(const AdmPathOrder *order,
                     const AdmItem *item,
                     int channel,
                     Arena *arena,
                     Trajectory *path,
                     ErrorList *errors) {
    const AdmFacts *const facts = adm_facts(order->file);
    const AdmTimelineSource source = {facts->model, NULL, facts->sound->rate_hz,
                                      facts->sound->frame_count};
    Arena *scratch = arena_create();
    PathMaker *const maker = arena_alloc(scratch, sizeof *maker);
    AdmTimeline *timeline = NULL;
    maker->order = order;
    maker->item = item;
    maker->channel = channel;
    maker->arena = arena;
    maker->errors = errors;
    adm_timeline_open(&source, item->channels[channel].channel, item->object, scratch, &timeline);
    const Status status = add_spans(maker, timeline);
    *path = (Trajectory){.points = maker->points,
                         .point_count = maker->count,
                         .curve = PATH_LINEAR,
                         .polar_of = polar_of_cube};
    arena_destroy(&scratch);
    return status;
}
