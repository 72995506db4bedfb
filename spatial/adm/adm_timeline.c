/* Blocks as spans of exact time. */
#include "spatial/adm/adm_timeline.h"

struct AdmTimeline {
    AdmTimelineSource source;
    const AdmElement *channel;
    Rational object_begin, object_end, file_end;
    bool has_object_end;
    bool has_before;
    Rational end_before; /* of the span before */
    AdmBlock blocks[2];  /* this one and the next */
    int now;
    bool has_now, has_next, has_begun;
    BlockCursor cursor;
};

void adm_timeline_open(const AdmTimelineSource *source,
                       const AdmElement *channel,
                       const AdmElement *object,
                       Arena *arena,
                       AdmTimeline **timeline) {
    AdmTimeline *const made = arena_alloc(arena, sizeof *made);
    made->source = *source;
    made->channel = channel;
    made->object_begin = object && object->has_start ? object->start : (Rational){0, 1};
    made->file_end = (Rational){0, 1};
    rational_make(source->frame_count, source->rate_hz, &made->file_end);
    made->has_object_end = object && object->has_duration &&
                           rational_add(made->object_begin, object->duration, &made->object_end);
    block_cursor_open(source->model->blocks, channel->blocks, &made->cursor);
    *timeline = made;
}

static Status fail_times(const AdmTimeline *timeline, const char *what, ErrorList *errors) {
    const AdmBlockFacts *const facts = &timeline->blocks[timeline->now].facts;
    return fail(errors, E442, adm_place(timeline->source.model, facts->line), "block %d of %s %s",
                (int)facts->number, timeline->channel->id, what);
}

static void repair(const AdmTimeline *timeline, AdmRepairKind kind) {
    adm_repair(timeline->source.repairs, kind, timeline->channel->id,
               timeline->blocks[timeline->now].facts.line);
}

/* Moves on by one block. */
static Status step(AdmTimeline *timeline, ErrorList *errors) {
    if (!timeline->has_begun) {
        timeline->has_begun = true;
        TRY(block_cursor_next(&timeline->cursor, &timeline->blocks[0], &timeline->has_now, errors));
    } else {
        timeline->now = 1 - timeline->now;
        timeline->has_now = timeline->has_next;
    }
    timeline->has_next = false;
    return timeline->has_now
               ? block_cursor_next(&timeline->cursor, &timeline->blocks[1 - timeline->now],
                                   &timeline->has_next, errors)
               : DONE;
}

/* Whether two different times lie less than a sample apart. */
static bool is_near(const AdmTimeline *timeline, Rational a, Rational b) {
    Rational difference;
    if (!rational_subtract(a, b, &difference)) {
        return false;
    }
    difference.numerator = difference.numerator < 0 ? -difference.numerator : difference.numerator;
    return rational_compare(difference, (Rational){1, timeline->source.rate_hz}) < 0;
}

/* The end of a block as it says itself, or as the next one or its object makes it. */
static Status find_end(const AdmTimeline *timeline,
                       const Rational *next_begin,
                       AdmSpan *span,
                       ErrorList *errors) {
    const AdmBlockFacts *const facts = &span->block->facts;
    if (facts->has_duration) {
        return rational_add(span->begin, facts->duration, &span->end)
                   ? DONE
                   : fail_times(timeline, "has times too fine to add up", errors);
    }
    if (next_begin && !facts->has_rtime) {
        return fail_times(timeline, "has no times, but another block follows", errors);
    }
    if (facts->has_rtime) {
        repair(timeline, REPAIR_TIME);
    }
    span->end = timeline->has_object_end ? timeline->object_end : timeline->file_end;
    span->end = next_begin ? *next_begin : span->end;
    return DONE;
}

static Status
join_next(const AdmTimeline *timeline, Rational next_begin, AdmSpan *span, ErrorList *errors) {
    const int order = rational_compare(next_begin, span->end);
    if (order == 0) {
        return DONE;
    }
    if (is_near(timeline, next_begin, span->end) &&
        rational_compare(next_begin, span->begin) >= 0) {
        repair(timeline, order > 0 ? REPAIR_GAP : REPAIR_OVERLAP);
        span->end = next_begin;
        return DONE;
    }
    return order > 0 ? DONE : fail_times(timeline, "overlaps the next one", errors);
}

static Status begin_of(const AdmTimeline *timeline,
                       const AdmBlockFacts *facts,
                       Rational *begin,
                       ErrorList *errors) {
    return rational_add(timeline->object_begin, facts->rtime, begin)
               ? DONE
               : fail_times(timeline, "has times too fine to add up", errors);
}

static Status find_times(const AdmTimeline *timeline, AdmSpan *span, ErrorList *errors) {
    const AdmBlockFacts *const facts = &span->block->facts;
    const AdmBlockFacts *const next = &timeline->blocks[1 - timeline->now].facts;
    Rational next_begin;
    if (!facts->has_rtime && facts->has_duration) {
        repair(timeline, REPAIR_TIME);
    }
    TRY(begin_of(timeline, facts, &span->begin, errors));
    if (!timeline->has_next) {
        return find_end(timeline, NULL, span, errors);
    }
    if (!next->has_rtime) {
        return fail_times(timeline, "is followed by one without rtime", errors);
    }
    TRY(begin_of(timeline, next, &next_begin, errors));
    TRY(find_end(timeline, &next_begin, span, errors));
    return join_next(timeline, next_begin, span, errors);
}

static void cut_to_object(const AdmTimeline *timeline, AdmSpan *span) {
    if (timeline->has_object_end && rational_compare(span->end, timeline->object_end) > 0) {
        const bool is_outside = rational_compare(span->begin, timeline->object_end) >= 0;
        repair(timeline, is_outside ? REPAIR_BLOCK_OUTSIDE : REPAIR_BLOCK_END);
        span->end = is_outside ? span->begin : timeline->object_end;
    }
}

static Status find_interpolation(AdmTimeline *timeline, AdmSpan *span, ErrorList *errors) {
    const AdmBlockFacts *const facts = &span->block->facts;
    Rational length;
    if (!rational_subtract(span->end, span->begin, &length)) {
        return fail_times(timeline, "has times too fine to add up", errors);
    }
    span->joins = timeline->has_before && rational_compare(span->begin, timeline->end_before) == 0;
    span->interpolation = (Rational){0, 1};
    if (span->joins && !facts->jumps) {
        span->interpolation = length;
    } else if (span->joins && facts->has_interpolation) {
        span->interpolation = facts->interpolation;
        if (rational_compare(span->interpolation, length) > 0) {
            repair(timeline, REPAIR_INTERPOLATION);
            span->interpolation = length;
        }
    }
    return DONE;
}

Status adm_timeline_next(AdmTimeline *timeline, AdmSpan *span, bool *is_there, ErrorList *errors) {
    do {
        TRY(step(timeline, errors));
        *is_there = timeline->has_now;
        if (!*is_there) {
            return DONE;
        }
        span->block = &timeline->blocks[timeline->now];
        TRY(find_times(timeline, span, errors));
        cut_to_object(timeline, span);
    } while (timeline->has_object_end && rational_compare(span->begin, timeline->object_end) > 0);
    TRY(find_interpolation(timeline, span, errors));
    timeline->has_before = true;
    timeline->end_before = span->end;
    return DONE;
}
