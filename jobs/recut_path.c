/* A path of the cut before in the new one.
 *
 * Every passage asks the old path at the old time, so that splines stay what they are. The points
 * are those that are seen, and the ends of the passages.
 */
#include "jobs/recut_path.h"

typedef struct PathCut {
    const Trajectory *old;
    PathPoint *points;
    int point_count, point_capacity;
    PathRun *runs;
    int run_count;
    Arena *arena;
} PathCut;

static void move_point(PathPoint *point, SampleTime later_samples) {
    point->time += later_samples;
}

static bool is_before(const PathPoint *point, SampleTime time) {
    return (double)(point->time - time) + point->rest_samples < 0.0;
}

static bool is_behind(const PathPoint *point, SampleTime time) {
    return (double)(point->time - time) + point->rest_samples > 0.0;
}

/* Held points jump anyway. */
static bool path_steps(const void *curve, SampleTime out, SampleTime in) {
    const Trajectory *path = curve;
    const ObjectState before = trajectory_object_at(path, out);
    const ObjectState behind = trajectory_object_at(path, in);
    return path->curve != PATH_HOLD && !trajectory_is_same(&before, &behind);
}

static void add_point(PathCut *cut, PathPoint point) {
    const PathPoint *last = cut->point_count > 0 ? &cut->points[cut->point_count - 1] : NULL;
    if (last && last->time == point.time && last->rest_samples == point.rest_samples &&
        trajectory_is_same(&last->state, &point.state)) {
        return;
    }
    cut->points = arena_grow(cut->arena, cut->points, cut->point_count, &cut->point_capacity,
                             sizeof *cut->points);
    cut->points[cut->point_count++] = point;
}

static PathPoint point_at(const PathCut *cut, SampleTime old_time, SampleTime time) {
    return (PathPoint){.time = time, .state = trajectory_object_at(cut->old, old_time)};
}

/* What it shows of the old path. The ends say nothing where the path rests for ever. */
static void add_passage(PathCut *cut, const PassageSamples *passage) {
    const Trajectory *old = cut->old;
    const SampleTime later = passage->new_begin - passage->old_begin;
    if (passage->old_end <= passage->old_begin) {
        return;
    }
    const bool is_all_before =
        old->curve == PATH_HOLD && !is_before(&old->points[0], passage->old_end);
    const bool rests_before =
        cut->run_count == 0 && !is_before(&old->points[0], passage->old_begin);
    cut->runs[cut->run_count++] =
        (PathRun){rests_before ? PATH_ALWAYS : passage->new_begin, later, old};
    if (cut->point_count > 0 || is_before(&old->points[0], passage->old_begin) || is_all_before) {
        add_point(cut, point_at(cut, passage->old_begin, passage->new_begin));
    }
    for (int point = 0; point < old->point_count; point++) {
        PathPoint moved = old->points[point];
        if (is_behind(&moved, passage->old_begin) && is_before(&moved, passage->old_end)) {
            move_point(&moved, later);
            add_point(cut, moved);
        }
    }
    if (old->curve != PATH_HOLD) {
        add_point(cut, point_at(cut, passage->old_end, passage->old_end + later));
    }
}

/* A splice, new picture, or what lies behind the last passage: `to` may be the same place. */
static void add_way(PathCut *cut, PathPoint from, PathPoint to) {
    PathPoint *ends = arena_array(cut->arena, 2, sizeof *ends);
    Trajectory *way = arena_alloc(cut->arena, sizeof *way);
    ends[0] = from;
    ends[1] = to;
    *way = *cut->old;
    way->points = ends;
    way->point_count = cut->old->curve == PATH_HOLD ? 1 : 2;
    way->curve = PATH_LINEAR;
    cut->runs[cut->run_count++] = (PathRun){from.time, 0, way};
}

static void add_between(PathCut *cut, const PassageSamples *before, const PassageSamples *behind) {
    const SampleTime begin = before->new_begin + before->old_end - before->old_begin;
    if (begin < behind->new_begin) {
        add_way(cut, point_at(cut, before->old_end, begin),
                point_at(cut, behind->old_begin, behind->new_begin));
    }
}

/* Whether one passage shows all that moves, those before it nothing but what lies before, and
 * those behind it nothing but what lies behind. */
static bool is_whole(const Recut *recut, const Trajectory *old, SampleTime *later_samples) {
    const PathPoint *first = &old->points[0];
    const PathPoint *last = &old->points[old->point_count - 1];
    bool is_found = false;
    for (int index = 0; index < recut->changes->count; index++) {
        const PassageSamples passage =
            passage_samples(&recut->changes->passages[index], recut->rate_hz);
        const bool is_all =
            !is_before(first, passage.old_begin) && is_before(last, passage.old_end);
        const bool is_early = !is_before(first, passage.old_end);
        const bool is_late = !is_behind(last, passage.old_begin);
        if (is_all && !is_found) {
            is_found = true;
            *later_samples = passage.new_begin - passage.old_begin;
        } else if (is_found ? !is_late : !is_early) {
            return false;
        }
    }
    return is_found;
}

static Trajectory move_path(const Trajectory *old, SampleTime later_samples, Arena *arena) {
    Trajectory moved = *old;
    PathPoint *points = arena_array(arena, (size_t)old->point_count, sizeof *points);
    for (int point = 0; point < old->point_count; point++) {
        points[point] = old->points[point];
        move_point(&points[point], later_samples);
    }
    moved.points = points;
    return moved;
}

Trajectory recut_path(const Recut *recut, const Trajectory *old, Arena *arena) {
    const int count = recut->changes->count;
    SampleTime later_samples = 0;
    if (is_whole(recut, old, &later_samples)) {
        return move_path(old, later_samples, arena);
    }
    Trajectory *kept = arena_alloc(arena, sizeof *kept);
    *kept = *old;
    const PassageSamples *passages = recut_passages(recut, path_steps, kept, arena);
    PathCut cut = {.old = kept, .point_capacity = old->point_count + 2, .arena = arena};
    cut.points = arena_array(arena, (size_t)cut.point_capacity, sizeof *cut.points);
    cut.runs = arena_array(arena, 2 * (size_t)count + 1, sizeof *cut.runs);
    for (int index = 0; index < count; index++) {
        if (index > 0) {
            add_between(&cut, &passages[index - 1], &passages[index]);
        }
        add_passage(&cut, &passages[index]);
    }
    const PassageSamples *last = &passages[count - 1];
    const PathPoint end =
        point_at(&cut, last->old_end, last->new_begin + last->old_end - last->old_begin);
    add_way(&cut, end, end);
    Trajectory path = *kept;
    path.points = cut.points;
    path.point_count = cut.point_count;
    path.runs = cut.runs;
    path.run_count = cut.run_count;
    return path;
}
