/* Times that name others or count bars become seconds; then every time is held to its order and the
 * programme. */
#include "jobs/job_times.h"

#include <string.h>

#include "jobs/anchor.h"
#include "jobs/job_recut.h"

enum { ANCHOR_MARGIN_S = 3600 };

typedef struct TimeLinker {
    JobReader *reader;
    AnchorTable *table;
} TimeLinker;

/* Kinds whose times other times may name. */
static bool is_named(const char *owner) {
    static const char *const kinds[] = {"markers.", "scenes.", "lines.", "cues."};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (strncmp(owner, kinds[kind], strlen(kinds[kind])) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_of_arc(const char *owner) {
    return strncmp(owner, "arcs.", strlen("arcs.")) == 0;
}

typedef struct ArcTimes { /* what was written in arcs */
    const PendingTime **times;
    int count;
} ArcTimes;

static ArcTimes find_arc_times(const JobReader *reader) {
    ArcTimes all = {0};
    for (const PendingTime *time = reader->first_time; time; time = time->next) {
        all.count += is_of_arc(time->owner);
    }
    all.times = arena_array(reader->arena, (size_t)all.count + 1, sizeof(PendingTime *));
    all.count = 0;
    for (const PendingTime *time = reader->first_time; time; time = time->next) {
        if (is_of_arc(time->owner)) {
            all.times[all.count++] = time;
        }
    }
    return all;
}

/* What was written for a time; NULL: nothing. */
static const TimePoint *point_of(const ArcTimes *all, const JobTime *time) {
    for (int index = 0; index < all->count; index++) {
        if (all->times[index]->time == time) {
            return &all->times[index]->point;
        }
    }
    return NULL;
}

/* A name for a time that follows from others: `arcs.rise.end`. */
static void
name_edge(const TimeLinker *linker, const JobArc *arc, const char *edge, const TimePoint *point) {
    if (point) {
        const Anchor anchor = {.owner =
                                   arena_format(linker->reader->arena, "arcs.%s.%s", arc->id, edge),
                               .id_place = arc->id_place,
                               .is_named = true,
                               .is_twin = true, /* what it is made of tells what is wrong */
                               .point = point,
                               .map = linker->table->job_map};
        anchor_table_add(linker->table, &anchor);
    }
}

static const TimePoint *first_of(const TimePoint *one, const TimePoint *other) {
    return one ? one : other;
}

static const TimePoint *
end_of_release(const TimeLinker *linker, const JobArc *arc, const TimePoint *begin) {
    Arena *arena = linker->reader->arena;
    if (!begin) {
        return NULL;
    }
    TimePoint *point = arena_alloc(arena, sizeof *point);
    *point = *begin;
    if (begin->offset_count == 0) { /* no beats and bars come first */
        rational_add(begin->seconds, arc->release.over.seconds, &point->seconds);
        return point;
    }
    const size_t count = (size_t)begin->offset_count;
    point->offset_count = begin->offset_count + 1;
    point->offsets = arena_array(arena, count + 1, sizeof *point->offsets);
    memcpy(point->offsets, begin->offsets, count * sizeof *point->offsets);
    point->offsets[count] =
        (Duration){.amount = arc->release.over.seconds, .unit = DURATION_SECONDS};
    return point;
}

/* `rise.start` and `rise.end`, as the picture has them: without the lead. */
static void name_arc(const TimeLinker *linker, const ArcTimes *all, const JobArc *arc) {
    const TimePoint *in = point_of(all, &arc->over.in);
    const TimePoint *out = point_of(all, &arc->over.out);
    if (arc->curve.point_count > 0) {
        name_edge(linker, arc, "start", point_of(all, &arc->curve.points[0].time));
        name_edge(linker, arc, "end",
                  point_of(all, &arc->curve.points[arc->curve.point_count - 1].time));
        return;
    }
    const TimePoint *release = point_of(all, &arc->release.from);
    const TimePoint *arrival = first_of(point_of(all, &arc->build.to), first_of(release, out));
    const TimePoint *fall = first_of(release, arc->has_build ? arrival : in);
    name_edge(linker, arc, "start",
              arc->has_build ? first_of(point_of(all, &arc->build.from), in) : fall);
    name_edge(linker, arc, "end", arc->has_release ? end_of_release(linker, arc, fall) : arrival);
}

static void name_arcs(const TimeLinker *linker) {
    const ArcTimes all = find_arc_times(linker->reader);
    for (int arc = 0; arc < linker->reader->job->arc_count; arc++) {
        name_arc(linker, &all, &linker->reader->job->arcs[arc]);
    }
}

/* The map of the job, then one a cue in their order; what they begin with is filled in later. */
static void add_maps(TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    if (job->tempo.map) {
        const AnchorMap map = {.tempo = job->tempo.map,
                               .origin = -1,
                               .origin_seconds = job->tempo.points[0].zero.seconds};
        linker->table->job_map = anchor_table_add_map(linker->table, &map);
    }
    for (int cue = 0; cue < job->cue_count; cue++) {
        const AnchorMap map = {.cue = job->cues[cue].id, .tempo = job->cues[cue].tempo.map};
        anchor_table_add_map(linker->table, &map);
    }
}

/* Where the map of a cue stands in the table. */
static int map_of_cue(const TimeLinker *linker, int cue) {
    return linker->table->job_map + 1 + cue;
}

/* A layer of a cue that has a map counts in it, all else in the job's. */
static int map_of_time(const TimeLinker *linker, const PendingTime *pending) {
    const char *cue = pending->cue ? pending->cue->text : NULL;
    const int map = cue ? name_table_find(&linker->table->cues, cue) : -1;
    return map >= 0 && linker->table->maps[map].tempo ? map : linker->table->job_map;
}

static void add_anchors(const TimeLinker *linker) {
    for (const PendingTime *pending = linker->reader->first_time; pending;
         pending = pending->next) {
        const Anchor anchor = {.owner = pending->owner,
                               .id_place = pending->id_place,
                               .is_named = is_named(pending->owner),
                               .is_twin = pending->is_twin,
                               .point = &pending->point,
                               .is_new = !job_recut_is_old(linker->reader, pending->point.place),
                               .map = map_of_time(linker, pending)};
        anchor_table_add(linker->table, &anchor);
    }
}

/* Bar 1 of a cue lies at its `in`. */
static void set_origins(const TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    for (int cue = 0; cue < job->cue_count; cue++) {
        const char *in = arena_format(linker->reader->arena, "cues.%s.in", job->cues[cue].id);
        linker->table->maps[map_of_cue(linker, cue)].origin = anchor_table_find(linker->table, in);
    }
}

/* A layer of a cue begins with it when it says nothing else. */
static void set_layers(const TimeLinker *linker) {
    const JobSpec *job = linker->reader->job;
    for (int index = 0; index < job->layer_count; index++) {
        JobLayer *layer = &job->layers[index];
        if (!layer->cue.text) {
            continue;
        }
        const int map = anchor_table_find_cue(linker->table, layer->cue.text, layer->cue.place,
                                              linker->reader->errors);
        if (map >= 0 && !layer->at.is_set) {
            layer->at = job->cues[map - map_of_cue(linker, 0)].in;
            layer->at.place = layer->cue.place;
        }
    }
}

void job_times_resolve(JobReader *reader) {
    TimeLinker linker = {.reader = reader, .table = anchor_table_create(reader->arena)};
    linker.table->changes = reader->job->recut.changes;
    add_maps(&linker);
    add_anchors(&linker);
    name_arcs(&linker);
    set_origins(&linker);
    anchor_table_resolve(linker.table, reader->errors);
    int anchor = 0;
    for (const PendingTime *pending = reader->first_time; pending; pending = pending->next) {
        const Anchor *known = &linker.table->anchors[anchor++];
        pending->time->seconds = known->seconds;
        pending->time->before = known->before;
        pending->time->is_new = known->is_new;
    }
    set_layers(&linker);
}

/* The timecode of a time that counts from project.start. */
static void format_time(const JobReader *reader, Rational seconds, TimecodeText text) {
    const FrameRate *rate = reader->base.frame_rate;
    Rational absolute = {0, 1};
    rational_add(seconds, reader->base.start_seconds, &absolute);
    timecode_format(timecode_frames_at(absolute, rate), rate, text);
}

/* The length that was written; false: it follows from the layers. */
static bool programme_end(const JobSpec *job, Rational *end) {
    const JobTime *written = job->end.is_set ? &job->end : &job->length;
    *end = written->seconds;
    return written->is_set;
}

/* margin_s: how far outside it may lie. */
static void check_inside(const JobReader *reader, const JobTime *time, int margin_s) {
    TimecodeText text;
    TimecodeText limit;
    Rational end;
    format_time(reader, time->seconds, text);
    if (rational_compare(time->seconds, (Rational){-margin_s, 1}) < 0) {
        format_time(reader, (Rational){0, 1}, limit);
        fail(reader->errors, E310, time->place,
             "this time is before the programme starts (%s < %s)", text, limit);
        return;
    }
    const bool has_end = programme_end(reader->job, &end);
    if (!has_end) { /* the layers decide, up to the longest programme there is */
        end = (Rational){JOB_MAX_LENGTH_S, 1};
    }
    format_time(reader, end, limit);
    Rational last = end;
    rational_add(end, (Rational){margin_s, 1}, &last);
    const int order = rational_compare(time->seconds, last);
    if (!has_end && order > 0) {
        fail(reader->errors, E206, time->place, "the programme is longer than 12 h");
    } else if (order > 0 || (order == 0 && margin_s == 0)) {
        fail(reader->errors, E310, time->place, "this time is after the programme ends (%s %s %s)",
             text, order > 0 ? ">" : "=", limit);
    }
}

static void check_end(const JobReader *reader) {
    const JobTime *end = &reader->job->end;
    if (!end->is_set) {
        return;
    }
    if (rational_compare(end->seconds, (Rational){0, 1}) <= 0) {
        TimecodeText text;
        TimecodeText start;
        format_time(reader, end->seconds, text);
        format_time(reader, (Rational){0, 1}, start);
        fail(reader->errors, E312, end->place, "the programme ends before it starts");
        error_caret(reader->errors, "%s, and it starts at %s", text, start);
        error_note(reader->errors, "`end` is exclusive and must be later than `start`");
    } else if (rational_compare(end->seconds, (Rational){JOB_MAX_LENGTH_S, 1}) > 0) {
        fail(reader->errors, E206, end->place, "the programme is longer than 12 h");
    }
}

int job_time_compare(const JobTime *one, const JobTime *other) {
    const bool is_old = !one->is_new && !other->is_new;
    return is_old ? rational_compare(one->before, other->before)
                  : rational_compare(one->seconds, other->seconds);
}

static void check_path(const JobReader *reader, const JobLayer *layer) {
    for (int point = 0; point < layer->path_count; point++) {
        const JobTime *time = &layer->path[point].time;
        check_inside(reader, time, ANCHOR_MARGIN_S);
        const JobTime *before = point > 0 ? &layer->path[point - 1].time : NULL;
        if (before && job_time_compare(time, before) <= 0) {
            fail(reader->errors, E316, time->place, "path points must ascend");
            error_mark(reader->errors, before->place, "%.3f s", rational_value(before->seconds));
            error_caret(reader->errors, "%.3f s", rational_value(time->seconds));
        }
    }
}

/* kind: "scene". */
static void check_span(const JobReader *reader,
                       const char *kind,
                       const char *id,
                       const JobTime *in,
                       const JobTime *out) {
    if (rational_compare(out->seconds, in->seconds) <= 0) {
        fail(reader->errors, E312, out->place, "%s %s ends before it starts", kind, id);
        error_mark(reader->errors, in->place, "%.3f s", rational_value(in->seconds));
        error_caret(reader->errors, "%.3f s", rational_value(out->seconds));
        error_note(reader->errors, "`out` is exclusive and must be later than `in`");
        return;
    }
    check_inside(reader, in, ANCHOR_MARGIN_S);
    check_inside(reader, out, ANCHOR_MARGIN_S);
}

static void check_spans(const JobReader *reader) {
    const JobSpec *job = reader->job;
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *scene = &job->scenes[index];
        check_span(reader, "scene", scene->id, &scene->in, &scene->out);
    }
    for (int index = 0; index < job->reel_count; index++) {
        const JobReel *reel = &job->reels[index];
        check_span(reader, "reel", reel->id, &reel->in, &reel->out);
    }
    for (int index = 0; index < job->line_count; index++) {
        const JobLine *line = &job->lines[index];
        check_span(reader, "line", line->id, &line->in, &line->out);
    }
    for (int index = 0; index < job->cue_count; index++) {
        const JobCue *cue = &job->cues[index];
        check_span(reader, "cue", cue->id, &cue->in, &cue->out);
    }
}

/* Edges that were not written are those of others. */
static void check_edge(const JobReader *reader, const JobTime *time) {
    if (time->is_set) {
        check_inside(reader, time, ANCHOR_MARGIN_S);
    }
}

static void check_curve(const JobReader *reader, const JobCurve *curve) {
    for (int point = 0; point < curve->point_count; point++) {
        check_inside(reader, &curve->points[point].time, ANCHOR_MARGIN_S);
    }
}

static void check_arcs(const JobReader *reader) {
    const JobSpec *job = reader->job;
    for (int index = 0; index < job->arc_count; index++) {
        const JobArc *arc = &job->arcs[index];
        check_curve(reader, &arc->curve);
        check_edge(reader, &arc->build.from);
        check_edge(reader, &arc->build.to);
        check_edge(reader, &arc->release.from);
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        const JobLayer *automated = &job->layers[layer];
        for (int lane = 0; lane < automated->automation_count; lane++) {
            check_curve(reader, &automated->automations[lane].curve);
        }
    }
}

void job_times_check(const JobReader *reader) {
    const JobSpec *job = reader->job;
    check_end(reader);
    for (int marker = 0; marker < job->marker_count; marker++) {
        check_inside(reader, &job->markers[marker].time, ANCHOR_MARGIN_S);
    }
    check_spans(reader);
    for (int layer = 0; layer < job->layer_count; layer++) {
        if (job->layers[layer].at.is_set) {
            check_inside(reader, &job->layers[layer].at, 0);
        }
        for (int clip = 0; clip < job->layers[layer].clip_count; clip++) {
            check_inside(reader, &job->layers[layer].clips[clip].at, 0);
        }
        check_path(reader, &job->layers[layer]);
    }
    check_arcs(reader);
}
