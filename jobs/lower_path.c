/* Where a layer is and what it is there: pan and path as points of a trajectory. */
#include "jobs/lower_path.h"

#include "spatial/cube_conversion.h"
#include "spatial/zone_presets.h"

static bool is_written(Place place) {
    return place.line > 0;
}

static bool is_cartesian(const JobPosition *at) {
    return is_written(at->x_percent.place) || is_written(at->y_percent.place) ||
           is_written(at->z_percent.place);
}

static double share(const JobNumber *percent) {
    return percent->value / 100.0;
}

static bool has_shape(const JobPosition *at) {
    return is_cartesian(at) || at->width.value != 0.0 || at->height.value != 0.0 ||
           at->depth_percent.value != 0.0 || at->divergence_percent.value != 0.0 ||
           at->diffuse_percent.value != 0.0 || at->lock.value || at->zones.index >= 0;
}

static void take(const JobNumber *written, double value, double *member) {
    *member = is_written(written->place) ? value : *member;
}

static void take_extent(const JobExtent *written, double *member) {
    if (is_written(written->place)) {
        *member = written->is_percent ? written->value / 100.0 : written->value;
    }
}

/* What is not written stays as it was at the point before. In the cube the engine takes the sizes
 * along x, y and z; the words of the job are those of BS.2076-2, table 16: depth lies along y. */
static void take_shape(const JobPosition *at, ObjectState *state) {
    take_extent(&at->width, &state->width);
    take_extent(&at->height, state->is_cartesian ? &state->depth : &state->height);
    take(&at->depth_percent, share(&at->depth_percent),
         state->is_cartesian ? &state->height : &state->depth);
    take(&at->divergence_percent, share(&at->divergence_percent), &state->divergence);
    take(&at->diffuse_percent, share(&at->diffuse_percent), &state->diffuse);
    take(&at->gain_db, at->gain_db.value, &state->gain_db);
    take_extent(&at->divergence_range, &state->divergence_range);
}

static void take_lock(const JobPosition *at, ObjectState *state) {
    static const char *const zone_words[] = {"no-centre", "no-sides", "no-rear", "no-heights",
                                             "screen-only"};
    state->is_locked = at->lock.value;
    state->has_lock_distance = is_written(at->lock_distance_percent.place);
    state->lock_distance = share(&at->lock_distance_percent);
    if (at->zones.index >= 0) {
        state->zones = zone_preset(zone_words[at->zones.index], &state->zone_count);
    }
}

/* The state of the first point before anything is written. */
static ObjectState first_state(const JobPosition *at) {
    static const double range_deg = 45.0; /* BS.2076-1, azimuthRange */
    static const double range_in_cube = 0.25;
    const bool is_cube = is_cartesian(at);
    ObjectState state = {.is_cartesian = is_cube,
                         .divergence_range = is_cube ? range_in_cube : range_deg};
    take_lock(at, &state);
    return state;
}

static void take_place(const JobPosition *at, ObjectState *state) {
    state->position = (Position){at->azimuth_deg.value, at->elevation_deg.value,
                                 at->distance_m.value, at->spread_deg.value};
    state->x = share(&at->x_percent);
    state->y = share(&at->y_percent);
    state->z = share(&at->z_percent);
}

static Position polar_of_cube(const double place[3]) {
    Position at = {0};
    cube_position_to_polar(place, &at.azimuth_deg, &at.elevation_deg, &at.distance_m);
    return at;
}

static const JobPosition *position_at(const JobLayer *written, int point) {
    return written->path_count ? &written->path[point].at : &written->pan;
}

bool lower_path_is_old(const JobSpec *job, const JobLayer *written) {
    bool is_old = job->recut.changes && written->path_count > 1;
    for (int point = 0; point < written->path_count; point++) {
        is_old = is_old && !written->path[point].time.is_new;
    }
    return is_old;
}

static void make_points(const JobSpec *job, const JobLayer *written, PathPoint *points, int count) {
    const bool is_old = lower_path_is_old(job, written);
    ObjectState state = first_state(position_at(written, 0));
    for (int point = 0; point < count; point++) {
        const JobPosition *at = position_at(written, point);
        take_shape(at, &state);
        take_place(at, &state);
        points[point].state = state;
        if (written->path_count) {
            const JobTime *time = &written->path[point].time;
            path_point_set_time(&points[point], is_old ? time->before : time->seconds,
                                job->rate_hz);
        }
    }
}

static Status check_points(const JobLayer *written, ErrorList *errors) {
    const bool is_cube = is_cartesian(position_at(written, 0));
    for (int point = 1; point < written->path_count; point++) {
        const JobPosition *at = &written->path[point].at;
        if (is_cartesian(at) != is_cube) {
            fail(errors, E208, at->place, "this point is %s, the first one %s",
                 is_cube ? "a direction" : "in the cube", is_cube ? "in the cube" : "a direction");
            error_mark(errors, position_at(written, 0)->place, "the path begins here");
            error_note(errors, "a path goes in az, el and dist, or in x, y and z");
            return E208;
        }
        if (is_written(at->lock.place) || at->zones.index >= 0) {
            fail(errors, E208, at->place, "lock and zones of a path stand in its first point");
            error_note(errors, "they hold for the whole path");
            return E208;
        }
    }
    return DONE;
}

/* Objects are mono or stereo, in the cube mono; the panner has to be the standard's. */
static Status check_object(const JobSpec *job,
                           const JobLayer *written,
                           const MixLayer *layer,
                           ErrorList *errors) {
    const JobPosition *pan = position_at(written, 0);
    const int panner = written->panner.index >= 0 ? written->panner.index : job->panner.index;
    const int limit = is_cartesian(pan) ? 1 : 2;
    if (layer->layout->channel_count > limit || layer->layout->kind != LAYOUT_SPEAKERS) {
        return fail(errors, E208, pan->place, "an object%s is %s, `%s` is %s",
                    limit == 1 ? " in the cube" : "", limit == 1 ? "mono" : "mono or stereo",
                    written->id, layer->layout->name);
    }
    if (panner != 0) {
        return fail(errors, E208, pan->place,
                    "only the panner bs2127 knows objects; `%s` is panned by vbap", written->id);
    }
    return DONE;
}

Status lower_path(
    const JobSpec *job, const JobLayer *written, Arena *arena, MixLayer *layer, ErrorList *errors) {
    const int count = written->path_count ? written->path_count : 1;
    if (written->path_count && layer->layout->channel_count > 2) {
        return fail(errors, E208, written->path[0].time.place,
                    "a path moves mono and stereo layers only, `%s` is %s", written->id,
                    layer->layout->name);
    }
    TRY(check_points(written, errors));
    for (int point = 0; point < count; point++) {
        layer->is_object = layer->is_object || has_shape(position_at(written, point));
    }
    TRY(layer->is_object ? check_object(job, written, layer, errors) : DONE);
    PathPoint *points = arena_array(arena, (size_t)count, sizeof *points);
    make_points(job, written, points, count);
    layer->path = (Trajectory){.points = points,
                               .point_count = count,
                               .curve = (PathCurve)written->path_curve.index,
                               .polar_of = polar_of_cube};
    return DONE;
}
