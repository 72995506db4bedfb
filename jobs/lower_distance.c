/* What distance does to a layer: its law, the air, Doppler, and nearness in one word. */
#include "jobs/lower_distance.h"

#include <math.h>

/* How a path is looked through for its speed and its farthest place. */
enum { MOST_LOOKS = 65536, LEAST_LOOK_SAMPLES = 64, SINC_REACH_SAMPLES = 8192 };

/* close mid far. Direct sound, room and breadth change together with distance (Zahorik 2002: the
 * ratio of direct to reverberant sound is the main cue; Blauert, Spatial Hearing, 2.3.2); the
 * numbers are a mixer's, 8 and 6 dB of ratio to either side of what was written. */
static const Nearness words[] = {
    {2.0,  -6.0, 1.2, 0.0 },
    {0.0,  0.0,  1.0, 0.0 },
    {-4.0, 2.0,  0.6, 40.0}
};

const Nearness *lower_nearness(int word) {
    return &words[word];
}

double lower_proximity_send_db(const JobLayer *written) {
    return words[written->proximity.index].send_db;
}

static Status fail_here(const MixLayer *layer, const char *key, Place place, ErrorList *errors) {
    return fail(errors, E208, place, "`%s` needs a mono or stereo layer, `%s` is %s", key,
                layer->id, layer->layout->name);
}

bool lower_distance_is_panned(const MixLayer *layer) {
    return layer->layout->channel_count <= 2 && layer->layout->kind == LAYOUT_SPEAKERS;
}

/* Only what is panned as a whole has a distance. */
static Status check_layout(const JobLayer *written, const MixLayer *layer, ErrorList *errors) {
    const JobDistance *distance = &written->distance;
    if (lower_distance_is_panned(layer)) {
        return DONE;
    }
    if (distance->law.index != DISTANCE_NONE) {
        return fail_here(layer, "distance.law", distance->law.place, errors);
    }
    if (distance->air.value || distance->spread.value) {
        return fail_here(layer, distance->air.value ? "distance.air" : "distance.spread",
                         distance->air.value ? distance->air.place : distance->spread.place,
                         errors);
    }
    return written->doppler.value ? fail_here(layer, "doppler", written->doppler.place, errors)
                                  : DONE;
}

Status lower_distance_law(const JobDistance *distance, DistanceLaw *law, ErrorList *errors) {
    *law = (DistanceLaw){.kind = (DistanceKind)distance->law.index,
                         .reference_m = distance->reference_m.value,
                         .rolloff = distance->rolloff_percent.value / 100.0,
                         .least_m = distance->least_m.value,
                         .most_m = distance->most_m.value};
    if (law->kind == DISTANCE_LINEAR && law->most_m <= law->reference_m) {
        const Place place =
            distance->most_m.place.line > 0 ? distance->most_m.place : distance->reference_m.place;
        return fail(errors, E206, place, "`max` (%g m) must lie beyond `ref` (%g m)", law->most_m,
                    law->reference_m);
    }
    return DONE;
}

/* The nearest of its points is what sounds in time. */
static double nearest_point_m(const Trajectory *path) {
    double nearest_m = INFINITY;
    for (int point = 0; point < path->point_count; point++) {
        const ObjectState state = trajectory_object_of_point(path, point);
        nearest_m = fmin(nearest_m, trajectory_distance_m(&state));
    }
    return nearest_m;
}

typedef struct Journey { /* of a path that was looked through */
    double farthest_m, fastest_m_per_s;
    int fastest_point; /* the one before */
} Journey;

static void note_speed(Journey *journey, double way_m, double seconds, int point) {
    const double speed = way_m > 0.0 ? way_m / seconds : 0.0;
    if (speed > journey->fastest_m_per_s) {
        journey->fastest_m_per_s = speed;
        journey->fastest_point = point;
    }
}

/* Between two points as a whole (they may share a sample), and in even steps. */
static void look_between(const Trajectory *path, int point, int rate_hz, Journey *journey) {
    const SampleTime begin = path->points[point].time;
    const SampleTime length = path->points[point + 1].time - begin;
    const double exact_samples =
        (double)length + path->points[point + 1].rest_samples - path->points[point].rest_samples;
    const ObjectState first = trajectory_object_of_point(path, point);
    const ObjectState last = trajectory_object_of_point(path, point + 1);
    note_speed(journey, fabs(trajectory_distance_m(&last) - trajectory_distance_m(&first)),
               exact_samples / rate_hz, point);
    const int looks = MOST_LOOKS / path->point_count + 2;
    const SampleTime even = length / looks + 1;
    const SampleTime step = even > LEAST_LOOK_SAMPLES ? even : LEAST_LOOK_SAMPLES;
    for (SampleTime at = 0; at < length; at += step) {
        const SampleTime run = at + step < length ? step : length - at;
        const ObjectState from = trajectory_object_at(path, begin + at);
        const ObjectState to = trajectory_object_at(path, begin + at + run);
        const double from_m = trajectory_distance_m(&from);
        const double to_m = trajectory_distance_m(&to);
        journey->farthest_m = fmax(journey->farthest_m, fmax(from_m, to_m));
        note_speed(journey, fabs(to_m - from_m), (double)run / rate_hz, point);
    }
}

static Status fail_speed(const JobLayer *written, const Journey *journey, ErrorList *errors) {
    const JobPathPoint *point = &written->path[journey->fastest_point];
    fail(errors, E206, point[1].time.place, "the source would come or go at %.0f m/s",
         journey->fastest_m_per_s);
    error_mark(errors, point->time.place, "on its way from here");
    error_caret(errors, "sound has %.0f m/s", speed_of_sound_m_per_s);
    error_help(errors, "give it more time, or take `doppler` away");
    return E206;
}

static Journey look_through(const Trajectory *path, int rate_hz) {
    Journey journey = {0};
    for (int point = 0; point + 1 < path->point_count; point++) {
        look_between(path, point, rate_hz, &journey);
    }
    return journey;
}

static Status
lower_doppler(const JobSpec *job, const JobLayer *written, MixLayer *layer, ErrorList *errors) {
    const Trajectory *path = &layer->path;
    if (!written->doppler.value) {
        return DONE;
    }
    if (path->point_count < 2 || path->curve == PATH_HOLD) {
        fail(errors, E208, written->doppler.place, "`doppler` needs a path that moves, `%s` has %s",
             written->id, path->point_count < 2 ? "none" : "held points only");
        error_help(errors, "write `path: {points: [...], curve: linear}` or spline");
        return E208;
    }
    const Journey journey = look_through(path, job->rate_hz);
    if (journey.fastest_m_per_s >= speed_of_sound_m_per_s) {
        return fail_speed(written, &journey, errors);
    }
    const double latest_s = (journey.farthest_m - layer->travel.nearest_m) / speed_of_sound_m_per_s;
    layer->travel.has_doppler = true;
    layer->travel.ring_samples = (int64_t)ceil(latest_s * job->rate_hz) + LEAST_LOOK_SAMPLES;
    layer->travel.reach_samples = layer->travel.ring_samples + SINC_REACH_SAMPLES;
    return DONE;
}

Status
lower_distance(const JobSpec *job, const JobLayer *written, MixLayer *layer, ErrorList *errors) {
    const Nearness *nearness = &words[written->proximity.index];
    TRY(check_layout(written, layer, errors));
    layer->is_spread_near = written->distance.spread.value;
    layer->is_object = layer->is_object || layer->is_spread_near;
    TRY(lower_distance_law(&written->distance, &layer->distance, errors));
    layer->direct_db = nearness->direct_db;
    layer->width *= layer->layout->channel_count == 2 ? nearness->width : 1.0;
    layer->travel.nearest_m = nearest_point_m(&layer->path);
    layer->travel.reference_m = written->distance.reference_m.value;
    layer->travel.extra_m = nearness->air_m;
    layer->travel.has_air = written->distance.air.value || nearness->air_m > 0.0;
    if (!written->distance.air.value) {
        layer->travel.reference_m = INFINITY; /* the word's air alone, wherever the source is */
    }
    return lower_doppler(job, written, layer, errors);
}

Status lower_distance_recheck(const JobSpec *job,
                              const JobLayer *written,
                              const MixLayer *layer,
                              ErrorList *errors) {
    const double speed_m_per_s = look_through(&layer->path, job->rate_hz).fastest_m_per_s;
    if (!written->doppler.value || speed_m_per_s < speed_of_sound_m_per_s) {
        return DONE;
    }
    fail(errors, E206, written->doppler.place,
         "a change of the picture would move layers.%s at %.0f m/s", written->id, speed_m_per_s);
    error_caret(errors, "sound has %.0f m/s", speed_of_sound_m_per_s);
    error_help(errors, "take `doppler` away, or let a path of the new cut replace this one");
    return E206;
}
