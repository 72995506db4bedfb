/* The score of a job: names become indices, arcs get their edges, and what moves is checked. */
#include "jobs/job_score.h"

#include <math.h>
#include <string.h>

#include "jobs/arc_source.h"
#include "jobs/curve.h"
#include "jobs/job_times.h"
#include "jobs/lane_writers.h"
#include "jobs/layer_facts.h"
#include "jobs/name_table.h"
#include "jobs/reference.h"
#include "jobs/transition.h"

typedef struct ScoreNames {
    const JobSpec *job;
    Arena *arena;
    NameTable arcs, rooms;
    ErrorList *errors;
} ScoreNames;

/* -1 and E301: there is none. */
static int find_arc(const ScoreNames *names, const JobText *written) {
    const JobSpec *job = names->job;
    const int found = name_table_find(&names->arcs, written->text);
    if (found >= 0) {
        return found;
    }
    Reference *list = arena_array(names->arena, (size_t)job->arc_count + 1, sizeof *list);
    for (int arc = 0; arc < job->arc_count; arc++) {
        list[arc] = (Reference){job->arcs[arc].id, job->arcs[arc].id_place};
    }
    const ReferenceList references = {"arc", list, job->arc_count};
    reference_fail(&references, written->text, written->place, names->errors);
    return -1;
}

static int find_room(const ScoreNames *names, const JobText *written) {
    const JobSpec *job = names->job;
    const int found = name_table_find(&names->rooms, written->text);
    if (found >= 0) {
        return found;
    }
    Reference *list = arena_array(names->arena, (size_t)job->room_count + 1, sizeof *list);
    for (int room = 0; room < job->room_count; room++) {
        list[room] = (Reference){job->rooms[room].id, job->rooms[room].id_place};
    }
    const ReferenceList references = {"room", list, job->room_count};
    reference_fail(&references, written->text, written->place, names->errors);
    return -1;
}

/* Sends have a room, and nothing else has. */
static int resolve_room(const ScoreNames *names,
                        const Parameter *parameter,
                        const JobText *room,
                        Place place) {
    const bool is_send = parameter->lane == LANE_SEND;
    if (is_send && !room->text) {
        fail(names->errors, E203, place, "a send needs its `room`");
        return -1;
    }
    if (!is_send && room->text) {
        fail(names->errors, E208, room->place, "only sends have a room, this is %s",
             parameter->name);
        return -1;
    }
    return room->text ? find_room(names, room) : -1;
}

static void
check_combine(const ScoreNames *names, const Parameter *parameter, const JobChoice *combine) {
    enum { REPLACE, ADD };
    if (combine->index == ADD && !parameter->can_add) {
        fail(names->errors, E208, combine->place, "only gain, send and tilt can be added, not %s",
             parameter->name);
    }
}

static void resolve_arc(const ScoreNames *names, JobArc *arc) {
    for (int index = 0; index < arc->drive_count; index++) {
        JobDrive *drive = &arc->drives[index];
        drive->room_index =
            resolve_room(names, drive->parameter.parameter, &drive->room, drive->place);
        check_combine(names, drive->parameter.parameter, &drive->combine);
    }
}

static void resolve_layer(const ScoreNames *names, JobLayer *layer) {
    if (layer->has_enter) {
        layer->enter.arc_index = find_arc(names, &layer->enter.arc);
    }
    for (int index = 0; index < layer->automation_count; index++) {
        JobAutomation *lane = &layer->automations[index];
        lane->room_index = resolve_room(names, lane->parameter.parameter, &lane->room, lane->place);
        check_combine(names, lane->parameter.parameter, &lane->combine);
    }
}

static void resolve_rule(const ScoreNames *names, const JobRule *rule) {
    for (int send = 0; send < rule->send_count; send++) {
        const JobText room = {rule->sends[send].room, rule->sends[send].room_place};
        find_room(names, &room);
    }
}

/* Bridges have a room, and nothing else has. */
static void resolve_bridge(const ScoreNames *names, JobTransition *transition) {
    const bool is_bridge = transition->type.index == TRANSITION_BRIDGE;
    if (is_bridge && !transition->room.text) {
        fail(names->errors, E203, transition->type.place, "a bridge needs its `room`");
    } else if (!is_bridge && transition->room.text) {
        fail(names->errors, E208, transition->room.place, "only a bridge has a room");
        error_help(names->errors, "write `type: bridge`");
    } else if (is_bridge) {
        transition->room_index = find_room(names, &transition->room);
    }
}

void job_score_resolve(JobSpec *job, Arena *arena, ErrorList *errors) {
    ScoreNames names = {.job = job, .arena = arena, .errors = errors};
    for (int arc = 0; arc < job->arc_count; arc++) {
        name_table_set(&names.arcs, job->arcs[arc].id, arc, arena);
    }
    for (int room = 0; room < job->room_count; room++) {
        name_table_set(&names.rooms, job->rooms[room].id, room, arena);
    }
    for (int arc = 0; arc < job->arc_count; arc++) {
        resolve_arc(&names, &job->arcs[arc]);
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        resolve_layer(&names, &job->layers[layer]);
    }
    for (int scene = 0; scene < job->scene_count; scene++) {
        const JobText *arc = &job->scenes[scene].arc;
        if (arc->text && strcmp(arc->text, "none") != 0) {
            find_arc(&names, arc);
        }
        if (job->scenes[scene].room.text) {
            find_room(&names, &job->scenes[scene].room);
        }
    }
    for (int rule = 0; rule < job->rule_count; rule++) {
        resolve_rule(&names, &job->rules[rule]);
    }
    for (int transition = 0; transition < job->transition_count; transition++) {
        resolve_bridge(&names, &job->transitions[transition]);
    }
}

static void take_default(JobTime *time, const JobTime *fallback) {
    if (!time->is_set && fallback->is_set) {
        *time = *fallback;
    }
}

/* what: "the build of arcs.". E312 when it does not go forward. */
static void check_order(
    const char *what, const char *id, const JobTime *from, const JobTime *to, ErrorList *errors) {
    if (job_time_compare(to, from) > 0) {
        return;
    }
    fail(errors, E312, to->place, "the %s%s ends before it starts", what, id);
    error_mark(errors, from->place, "%.3f s", rational_value(from->seconds));
    error_caret(errors, "%.3f s", rational_value(to->seconds));
}

static void check_points(const JobCurve *curve, ErrorList *errors) {
    for (int point = 1; point < curve->point_count; point++) {
        const JobTime *before = &curve->points[point - 1].time;
        const JobTime *time = &curve->points[point].time;
        if (job_time_compare(time, before) <= 0) {
            fail(errors, E316, time->place, "points of a curve must ascend");
            error_mark(errors, before->place, "%.3f s", rational_value(before->seconds));
            error_caret(errors, "%.3f s", rational_value(time->seconds));
        }
    }
}

static void complete_build(JobArc *arc, ErrorList *errors) {
    take_default(&arc->build.from, &arc->over.in);
    take_default(&arc->build.to, &arc->release.from);
    take_default(&arc->build.to, &arc->over.out);
    if (!arc->build.from.is_set || !arc->build.to.is_set) {
        fail(errors, E311, arc->build_place, "the build of arcs.%s has no `%s`", arc->id,
             arc->build.from.is_set ? "to" : "from");
        error_help(errors, "write it here, or give the arc an `over`");
        return;
    }
    check_order("build of arcs.", arc->id, &arc->build.from, &arc->build.to, errors);
}

static void complete_release(JobArc *arc, ErrorList *errors) {
    take_default(&arc->release.from, arc->has_build ? &arc->build.to : &arc->over.in);
    if (!arc->release.from.is_set) {
        fail(errors, E311, arc->release_place, "the release of arcs.%s has no `from`", arc->id);
        return;
    }
    if (arc->has_build && job_time_compare(&arc->release.from, &arc->build.to) < 0) {
        fail(errors, E312, arc->release.from.place,
             "the release of arcs.%s begins before its build has arrived", arc->id);
        error_mark(errors, arc->build.to.place, "%.3f s", rational_value(arc->build.to.seconds));
        error_caret(errors, "%.3f s", rational_value(arc->release.from.seconds));
    }
}

static void complete_arc(const JobSpec *job, JobArc *arc, Arena *arena, ErrorList *errors) {
    const ErrorEntry *before = errors_last(errors);
    arc_source_complete(job, arc, arena, errors);
    if (errors_last(errors) != before) {
        return;
    }
    const bool has_points = arc->curve.point_count > 0;
    if (has_points && (arc->has_build || arc->has_release)) {
        fail(errors, E303, arc->curve.place, "give points, or build and release, not both");
        error_mark(errors, arc->has_build ? arc->build_place : arc->release_place,
                   "this is given too");
        return;
    }
    if (!has_points && !arc->has_build && !arc->has_release) {
        fail(errors, E203, arc->id_place, "arcs.%s has no `points`, `build` or `release`", arc->id);
        return;
    }
    if (arc->over.is_set) {
        check_order("span of arcs.", arc->id, &arc->over.in, &arc->over.out, errors);
    }
    if (arc->has_build) {
        complete_build(arc, errors);
    }
    if (arc->has_release) {
        complete_release(arc, errors);
    }
    check_points(&arc->curve, errors);
}

void job_score_complete(JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int arc = 0; arc < job->arc_count; arc++) {
        complete_arc(job, &job->arcs[arc], arena, errors);
    }
    for (int rule = 0; rule < job->rule_count; rule++) {
        const JobSpan *over = &job->rules[rule].over;
        if (over->is_set) {
            check_order("span of rules.", job->rules[rule].id, &over->in, &over->out, errors);
        }
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        const JobLayer *automated = &job->layers[layer];
        for (int index = 0; index < automated->automation_count; index++) {
            check_points(&automated->automations[index].curve, errors);
        }
    }
}

static void check_slope(const JobArc *arc, const JobDrive *drive, ErrorList *errors) {
    const JobNumber *limit = &arc->release.max_slope_db_per_s;
    const double over_s = rational_value(arc->release.over.seconds);
    const double depth_db = fabs(drive->to.value - drive->from.value);
    const CurveShape shape = (CurveShape)arc->release.shape.index;
    const double slope = depth_db * curve_steepness_per_s(shape, over_s);
    if (slope <= limit->value * (1.0 + 1e-9)) {
        return;
    }
    fail(errors, E318, limit->place, "the release of arcs.%s falls by %.1f dB/s at its steepest",
         arc->id, slope);
    error_mark(errors, drive->place, "this gain falls by %.1f dB", depth_db);
    if (shape == CURVE_HOLD) {
        error_help(errors, "choose another shape: `hold` falls within 20 ms");
    } else {
        error_help(errors, "let it take at least %.1f s",
                   ceil(over_s * slope / limit->value * 10.0) / 10.0);
    }
}

static void check_arc(const LayerFacts *facts, const JobArc *arc, ErrorList *errors) {
    for (int index = 0; index < arc->drive_count; index++) {
        const JobDrive *drive = &arc->drives[index];
        layer_facts_check(facts, &drive->select, errors);
        if (arc->has_release && arc->release.max_slope_db_per_s.place.line > 0 &&
            drive->parameter.parameter->lane == LANE_GAIN) {
            check_slope(arc, drive, errors);
        }
    }
    if (arc->has_thin) {
        layer_facts_check(facts, &arc->thin.select, errors);
    }
}

static void check_rule(const LayerFacts *facts, const JobRule *rule, ErrorList *errors) {
    layer_facts_check(facts, &rule->select, errors);
    if (rule->tails.index == TAILS_CUT && !rule->over.is_set && !rule->when.selector) {
        fail(errors, E208, rule->tails.place, "rules.%s always holds: no tail rings into it",
             rule->id);
        error_help(errors, "say when: `over: [time, time]`, or `when: scene.tag=door`");
    }
}

void job_score_check(const JobSpec *job, Arena *arena, ErrorList *errors) {
    const LayerFacts facts = layer_facts_make(job, arena);
    for (int arc = 0; arc < job->arc_count; arc++) {
        check_arc(&facts, &job->arcs[arc], errors);
    }
    for (int rule = 0; rule < job->rule_count; rule++) {
        check_rule(&facts, &job->rules[rule], errors);
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        lane_writers_check(job, &facts, layer, arena, errors);
    }
}
