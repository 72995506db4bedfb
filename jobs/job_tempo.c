/* Written tempo points become tempo maps: of the job, and of each cue. */
#include "jobs/job_tempo.h"

#include "jobs/bar_check.h"

enum { CURVE_LINEAR = 1 };

static const Metre common_time = {4, 4};

static bool is_written(Place place) {
    return place.line > 0;
}

static bool is_same(Metre a, Metre b) {
    return a.beats == b.beats && a.unit == b.unit;
}

static Status
check_members(const JobTempoPoint *point, bool is_first, bool is_cue, ErrorList *errors) {
    if (point->zero.is_set && is_cue) {
        fail(errors, E208, point->zero.place, "a cue's map has no `zero`");
        error_note(errors, "bar 1 beat 1 of a cue lies where its `in` is");
        return E208;
    }
    if (point->zero.is_set && !is_first) {
        return fail(errors, E208, point->zero.place, "`zero` belongs to the first point only");
    }
    if (is_first && point->curve.index == CURVE_LINEAR) {
        fail(errors, E208, point->curve.place, "the first point has none before it to come from");
        error_note(errors, "`curve` says how bpm moves from the previous point to this one");
        return E208;
    }
    return DONE;
}

static Status fail_inside_bar(BarTime at, Place place, ErrorList *errors) {
    fail(errors, E314, place, "the metre may only change at the start of a bar");
    if (at.tick > 0) {
        error_caret(errors, "this is tick %d of beat %d of bar %d", at.tick, at.beat, at.bar);
    } else {
        error_caret(errors, "this is beat %d of bar %d", at.beat, at.bar);
    }
    error_help(errors, "use `%d|1` or `%d|1`", at.bar, at.bar + 1);
    return E314;
}

static Status add_first(TempoMap *map, const JobTempoPoint *point, ErrorList *errors) {
    TempoStep step = {.bpm = point->bpm.value,
                      .metre = is_written(point->metre.place) ? point->metre.metre : common_time};
    TempoPoint origin = {.step = step, .bar = 1};
    const TempoMap bars = {&origin, 1};
    TRY(bar_check(&bars, point->at.bars, point->at.place, &step.ticks, errors));
    tempo_map_add(map, step);
    return DONE;
}

static Status add_next(TempoMap *map, const JobTempoPoint *point, ErrorList *errors) {
    const TempoStep *before = &map->points[map->point_count - 1].step;
    const BarTime at = point->at.bars;
    TempoStep step = {.bpm = point->bpm.value,
                      .metre = is_written(point->metre.place) ? point->metre.metre : before->metre,
                      .is_linear = point->curve.index == CURVE_LINEAR};
    TRY(bar_check(map, at, point->at.place, &step.ticks, errors));
    if (step.ticks <= before->ticks) {
        fail(errors, E313, point->at.place, "tempo points must ascend");
        error_mark(errors, point[-1].at.place, "the point before");
        return E313;
    }
    if (!is_same(step.metre, before->metre) && (at.beat > 1 || at.tick > 0)) {
        return fail_inside_bar(at, point->at.place, errors);
    }
    tempo_map_add(map, step);
    return DONE;
}

/* What follows from a wrong point is not judged. */
static void build(JobTempo *tempo, bool is_cue, Arena *arena, ErrorList *errors) {
    if (!is_written(tempo->place)) {
        return;
    }
    if (tempo->point_count == 0) {
        fail(errors, E203, tempo->place, "this tempo map has no points");
        return;
    }
    TempoMap *map = tempo_map_create(tempo->point_count, arena);
    for (int index = 0; index < tempo->point_count; index++) {
        const JobTempoPoint *point = &tempo->points[index];
        if (check_members(point, index == 0, is_cue, errors) != DONE ||
            (index == 0 ? add_first : add_next)(map, point, errors) != DONE) {
            return;
        }
    }
    tempo->map = map;
}

void job_tempo_build(JobSpec *job, Arena *arena, ErrorList *errors) {
    build(&job->tempo, false, arena, errors);
    for (int cue = 0; cue < job->cue_count; cue++) {
        build(&job->cues[cue].tempo, true, arena, errors);
    }
}
