/* Arcs that follow the picture or the dialogue: `source: cut_rate` or `dialogue_density`. */
#include "jobs/arc_source.h"

enum { SOURCE_POINTS, SOURCE_CUT_RATE, SOURCE_DIALOGUE_DENSITY };

typedef struct Window {
    double begin_s, end_s;
} Window;

static int count_all_cuts(const JobSpec *job) {
    int count = 0;
    for (int import = 0; import < job->import_count; import++) {
        count += job->imports[import].cuts.count;
    }
    return count;
}

static double cuts_in(const JobSpec *job, const Window *window) {
    int count = 0;
    for (int import = 0; import < job->import_count; import++) {
        const JobTimes *cuts = &job->imports[import].cuts;
        for (int cut = 0; cut < cuts->count; cut++) {
            const double at_s = rational_value(cuts->times[cut].seconds);
            count += at_s >= window->begin_s && at_s < window->end_s;
        }
    }
    return count;
}

static double overlap_s(const Window *window, const JobLine *line) {
    const double in_s = rational_value(line->in.seconds);
    const double out_s = rational_value(line->out.seconds);
    const double begin_s = in_s > window->begin_s ? in_s : window->begin_s;
    const double end_s = out_s < window->end_s ? out_s : window->end_s;
    return end_s > begin_s ? end_s - begin_s : 0.0;
}

/* Lines that overlap count twice, but never make more than all of the window. */
static double dialogue_in(const JobSpec *job, const Window *window) {
    double spoken_s = 0.0;
    for (int line = 0; line < job->line_count; line++) {
        spoken_s += overlap_s(window, &job->lines[line]);
    }
    const double share = spoken_s / (window->end_s - window->begin_s);
    return share < 1.0 ? share : 1.0;
}

static Status check(const JobSpec *job, const JobArc *arc, ErrorList *errors) {
    const bool is_rate = arc->source.index == SOURCE_CUT_RATE;
    if (arc->curve.point_count > 0 || arc->has_build || arc->has_release) {
        return fail(errors, E303, arc->source.place,
                    "give a source, or points, build and release, not both");
    }
    if (!arc->over.is_set) {
        return fail(errors, E203, arc->id_place, "arcs.%s has a source, but no `over`", arc->id);
    }
    if (is_rate && count_all_cuts(job) == 0) {
        fail(errors, E303, arc->source.place, "no list of `import` has cuts to follow");
        return E303;
    }
    if (!is_rate && job->line_count == 0) {
        fail(errors, E303, arc->source.place, "the job has no lines to follow");
        return E303;
    }
    return DONE;
}

/* Of one second each; the last one lies at the end of the span. */
static void fill_points(const JobSpec *job, JobArc *arc, double *most) {
    const double half_s = rational_value(arc->window.seconds) / 2.0;
    JobCurve *curve = &arc->curve;
    *most = 0.0;
    for (int index = 0; index < curve->point_count; index++) {
        JobCurvePoint *point = &curve->points[index];
        const bool is_last = index + 1 == curve->point_count;
        point->time = is_last ? arc->over.out : arc->over.in;
        point->time.is_new = true; /* it follows the lines and the picture of the new cut */
        if (!is_last) {
            rational_add(arc->over.in.seconds, (Rational){index, 1}, &point->time.seconds);
        }
        const double at_s = rational_value(point->time.seconds);
        const Window window = {at_s - half_s, at_s + half_s};
        point->value = arc->source.index == SOURCE_CUT_RATE ? cuts_in(job, &window)
                                                            : dialogue_in(job, &window);
        *most = point->value > *most ? point->value : *most;
    }
}

void arc_source_complete(const JobSpec *job, JobArc *arc, Arena *arena, ErrorList *errors) {
    if (arc->source.index == SOURCE_POINTS || check(job, arc, errors) != DONE) {
        return;
    }
    Rational length = {0, 1};
    double most = 0.0;
    rational_subtract(arc->over.out.seconds, arc->over.in.seconds, &length);
    const int64_t whole_s = (length.numerator - 1) / length.denominator; /* below the length */
    if (length.numerator <= 0) {
        return; /* told by who checks spans */
    }
    arc->curve.point_count = (int)whole_s + 2;
    arc->curve.points =
        arena_array(arena, (size_t)arc->curve.point_count, sizeof *arc->curve.points);
    arc->curve.place = arc->source.place;
    fill_points(job, arc, &most);
    for (int point = 0; arc->source.index == SOURCE_CUT_RATE && point < arc->curve.point_count;
         point++) {
        arc->curve.points[point].value /= most > 0.0 ? most : 1.0;
    }
}
