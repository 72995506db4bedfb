/* Who writes the moving parameters of a layer, and whether they get into each other's way. */
#include "jobs/lane_writers.h"

#include <stdlib.h>

enum { COMBINE_REPLACE, COMBINE_ADD };

static Rational begin_of(const LaneWriter *writer) {
    return writer->curve.pieces[0].begin_s;
}

static Rational end_of(const LaneWriter *writer) {
    return writer->curve.pieces[writer->curve.piece_count - 1].end_s;
}

static bool is_same_target(const LaneWriter *one, const LaneWriter *other) {
    return one->parameter == other->parameter && one->room == other->room &&
           one->is_added == other->is_added;
}

/* Stable: their order in the job decides last, by their place in memory. */
static int compare(const void *one, const void *other) {
    const LaneWriter *a = *(const LaneWriter *const *)one;
    const LaneWriter *b = *(const LaneWriter *const *)other;
    if (a->parameter != b->parameter) {
        return a->parameter < b->parameter ? -1 : 1;
    }
    if (a->room != b->room) {
        return a->room < b->room ? -1 : 1;
    }
    if (a->is_added != b->is_added) {
        return a->is_added ? 1 : -1;
    }
    if (a->curve.is_old != b->curve.is_old) {
        return a->curve.is_old ? -1 : 1;
    }
    const int order = rational_compare(begin_of(a), begin_of(b));
    if (order != 0) {
        return order;
    }
    return a < b ? -1 : 1;
}

static LaneWriter make_drive(const JobArc *arc, const JobDrive *drive, Arena *arena) {
    const Parameter *parameter = drive->parameter.parameter;
    LaneWriter writer = {.parameter = parameter,
                         .room = drive->room_index,
                         .is_added = drive->combine.index == COMBINE_ADD,
                         .is_arc = true,
                         .curve = curve_of_arc(arc, arena),
                         .place = drive->place};
    curve_scale(&writer.curve, parameter_to_lane(parameter, drive->from.value),
                parameter_to_lane(parameter, drive->to.value));
    return writer;
}

static LaneWriter make_automation(const JobAutomation *lane, Arena *arena) {
    return (LaneWriter){.parameter = lane->parameter.parameter,
                        .room = lane->room_index,
                        .is_added = lane->combine.index == COMBINE_ADD,
                        .curve = curve_of_automation(lane, arena),
                        .place = lane->place};
}

/* In the order of the job; NULL: only counted. */
static int
gather(const JobSpec *job, const LayerFacts *facts, int layer, Arena *arena, LaneWriter *writers) {
    int count = 0;
    for (int index = 0; index < job->arc_count; index++) {
        const JobArc *arc = &job->arcs[index];
        for (int drive = 0; drive < arc->drive_count; drive++) {
            if (!layer_facts_match(facts, layer, &arc->drives[drive].select)) {
                continue;
            }
            if (writers) {
                writers[count] = make_drive(arc, &arc->drives[drive], arena);
            }
            count++;
        }
    }
    const JobLayer *automated = &job->layers[layer];
    for (int lane = 0; lane < automated->automation_count; lane++) {
        if (writers) {
            writers[count] = make_automation(&automated->automations[lane], arena);
        }
        count++;
    }
    return count;
}

LaneWriters
lane_writers_make(const JobSpec *job, const LayerFacts *facts, int layer, Arena *arena) {
    const int count = gather(job, facts, layer, arena, NULL);
    if (count == 0) {
        return (LaneWriters){NULL, 0};
    }
    LaneWriter *unsorted = arena_array(arena, (size_t)count, sizeof *unsorted);
    const LaneWriter **order = arena_array(arena, (size_t)count, sizeof(LaneWriter *));
    LaneWriter *writers = arena_array(arena, (size_t)count, sizeof *writers);
    gather(job, facts, layer, arena, unsorted);
    for (int index = 0; index < count; index++) {
        order[index] = &unsorted[index];
    }
    qsort(order, (size_t)count, sizeof(LaneWriter *), compare);
    for (int index = 0; index < count; index++) {
        writers[index] = *order[index];
    }
    return (LaneWriters){writers, count};
}

static void fail_writers(const JobSpec *job,
                         const JobLayer *layer,
                         const LaneWriter *first,
                         const LaneWriter *second,
                         ErrorList *errors) {
    if (first->room >= 0) {
        fail(errors, E317, second->place,
             "two automations write the send of layers.%s to %s at the same time", layer->id,
             job->rooms[first->room].id);
    } else {
        fail(errors, E317, second->place,
             "two automations write the %s of layers.%s at the same time", first->parameter->noun,
             layer->id);
    }
    error_mark(errors, first->place, "this %s covers %g s … %g s", first->is_arc ? "arc" : "lane",
               rational_value(begin_of(first)), rational_value(end_of(first)));
    error_caret(errors, "this %s covers %g s … %g s", second->is_arc ? "arc" : "lane",
                rational_value(begin_of(second)), rational_value(end_of(second)));
    if (first->parameter->can_add) {
        error_help(errors, "add `combine: add` to one of them if you want the sum");
    } else {
        error_help(errors, "let one of them end before the other begins");
    }
}

static Rational in_new_cut(const JobSpec *job, const LaneWriter *writer, Rational seconds) {
    return writer->curve.is_old ? change_list_map(job->recut.changes, seconds) : seconds;
}

/* first: of the cut before, second: of the new one. */
static bool
overlap_in_new_cut(const JobSpec *job, const LaneWriter *first, const LaneWriter *second) {
    return rational_compare(begin_of(second), in_new_cut(job, first, end_of(first))) < 0 &&
           rational_compare(in_new_cut(job, first, begin_of(first)), end_of(second)) < 0;
}

static void check_distance(const JobLayer *layer, const LaneWriter *writer, ErrorList *errors) {
    if (writer->parameter->lane != LANE_DISTANCE) {
        return;
    }
    const char *other = layer->path_count           ? "path"
                        : layer->doppler.value      ? "doppler"
                        : layer->distance.air.value ? "distance.air"
                                                    : NULL;
    if (other) {
        fail(errors, E208, writer->place, "the distance of layers.%s cannot move: it has `%s`",
             layer->id, other);
        error_help(errors, "write the distances into the points of a `path`");
    }
}

void lane_writers_check(
    const JobSpec *job, const LayerFacts *facts, int layer, Arena *arena, ErrorList *errors) {
    const LaneWriters all = lane_writers_make(job, facts, layer, arena);
    const LaneWriter *longest = NULL; /* of its target so far */
    for (int index = 0; index < all.count; index++) {
        const LaneWriter *writer = &all.writers[index];
        check_distance(&job->layers[layer], writer, errors);
        const bool is_first = !longest || !is_same_target(longest, writer) || writer->is_added;
        const bool is_mixed = !is_first && longest->curve.is_old != writer->curve.is_old;
        if (!is_first && (is_mixed ? overlap_in_new_cut(job, longest, writer)
                                   : rational_compare(begin_of(writer), end_of(longest)) < 0)) {
            fail_writers(job, &job->layers[layer], longest, writer, errors);
        }
        if (is_first || rational_compare(end_of(writer), end_of(longest)) > 0) {
            longest = writer;
        }
    }
}
