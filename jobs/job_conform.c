/* `qc.conform`: markers, cues and scenes against the cuts of the picture. */
#include "jobs/job_conform.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/reference.h"

enum { ACTION_WARN, ACTION_FAIL };

static const JobImport *find_list(const JobReader *reader) {
    const JobSpec *job = reader->job;
    const JobText *written = &job->conform.edl;
    const size_t most = (size_t)job->import_count + 1;
    Reference *known = arena_array(reader->arena, most, sizeof *known);
    for (int index = 0; index < job->import_count; index++) {
        const JobImport *import = &job->imports[index];
        known[index] = (Reference){import->id, import->id_place};
        if (strcmp(import->id, written->text) != 0) {
            continue;
        }
        if (import->cuts.count == 0) {
            fail(reader->errors, E303, written->place, "import.%s gives no cuts", import->id);
            error_mark(reader->errors, import->id_place, "the list");
            return NULL;
        }
        return import;
    }
    const ReferenceList list = {"list of `import`", known, job->import_count};
    reference_fail(&list, written->text, written->place, reader->errors);
    return NULL;
}

static int compare_times(const void *left, const void *right) {
    return rational_compare(((const JobTime *)left)->seconds, ((const JobTime *)right)->seconds);
}

static JobTimes sort_cuts(const JobTimes *cuts, Arena *arena) {
    JobTimes sorted = {.times = arena_array(arena, (size_t)cuts->count, sizeof(JobTime)),
                       .count = cuts->count};
    memcpy(sorted.times, cuts->times, (size_t)cuts->count * sizeof(JobTime));
    qsort(sorted.times, (size_t)sorted.count, sizeof(JobTime), compare_times);
    return sorted;
}

static bool is_judged(const PendingTime *pending) {
    static const char *const kinds[] = {"markers.", "scenes.", "cues."};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        if (strncmp(pending->owner, kinds[kind], strlen(kinds[kind])) == 0) {
            return pending->point.origin != TIME_FROM_NAME;
        }
    }
    return false;
}

static int compare_hits(const void *left, const void *right) {
    const PendingTime *first = *(const PendingTime *const *)left;
    const PendingTime *second = *(const PendingTime *const *)right;
    const int by_time = rational_compare(first->time->seconds, second->time->seconds);
    return by_time ? by_time : strcmp(first->owner, second->owner);
}

/* By time. */
static const PendingTime **collect_hits(const JobReader *reader, int *count) {
    const size_t size_bytes = sizeof(void *); /* pointers: the times stay where they are */
    int most = 0;
    for (const PendingTime *pending = reader->first_time; pending; pending = pending->next) {
        most += is_judged(pending);
    }
    const PendingTime **hits = arena_array(reader->arena, (size_t)most + 1, size_bytes);
    *count = 0;
    for (const PendingTime *pending = reader->first_time; pending; pending = pending->next) {
        if (is_judged(pending)) {
            hits[(*count)++] = pending;
        }
    }
    qsort(hits, (size_t)*count, size_bytes, compare_hits);
    return hits;
}

static Rational absolute(Rational value) {
    return (Rational){value.numerator < 0 ? -value.numerator : value.numerator, value.denominator};
}

/* first: of the cuts that are not passed yet, moves on with the hits. */
static const JobTime *nearest_cut(const JobTimes *cuts, Rational seconds, int *first) {
    while (*first + 1 < cuts->count &&
           rational_compare(cuts->times[*first + 1].seconds, seconds) <= 0) {
        ++*first;
    }
    const JobTime *before = &cuts->times[*first];
    if (*first + 1 == cuts->count) {
        return before;
    }
    Rational to_before = {0, 1};
    Rational to_after = {0, 1};
    rational_subtract(seconds, before->seconds, &to_before);
    rational_subtract(before[1].seconds, seconds, &to_after);
    return rational_compare(absolute(to_before), absolute(to_after)) <= 0 ? before : before + 1;
}

/* The nearest whole number of frames. */
static int64_t count_frames(const JobReader *reader, Rational seconds) {
    const FrameRate *rate = reader->base.frame_rate;
    Rational frames = {0, 1};
    rational_multiply(seconds, (Rational){rate->numerator, rate->denominator}, &frames);
    rational_add(frames, (Rational){1, 2}, &frames);
    const int64_t whole = frames.numerator / frames.denominator;
    return whole - (frames.numerator % frames.denominator < 0);
}

static void add_slip(const JobReader *reader, const PendingTime *hit, const JobTime *cut) {
    JobSpec *job = reader->job;
    Rational distance = {0, 1};
    rational_subtract(hit->time->seconds, cut->seconds, &distance);
    if (rational_compare(absolute(distance), job->conform.tolerance.seconds) <= 0 ||
        rational_compare(absolute(distance), job->conform.reach.seconds) > 0) {
        return;
    }
    Rational at = {0, 1};
    TimecodeText text;
    rational_add(cut->seconds, reader->base.start_seconds, &at);
    timecode_format(timecode_frames_at(at, reader->base.frame_rate), reader->base.frame_rate, text);
    job->slips[job->slip_count++] = (JobSlip){.owner = hit->owner,
                                              .place = hit->point.place,
                                              .frames = count_frames(reader, distance),
                                              .cut = arena_copy_text(reader->arena, text),
                                              .cut_place = cut->place};
}

static void tell(const JobSlip *slip, bool is_error, ErrorList *errors) {
    const int64_t frames = slip->frames < 0 ? -slip->frames : slip->frames;
    const char *plural = frames == 1 ? "" : "s";
    const char *side = slip->frames < 0 ? "before" : "after";
    if (is_error) {
        fail(errors, E344, slip->place, "%s lies %" PRId64 " frame%s %s the cut at %s", slip->owner,
             frames, plural, side, slip->cut);
    } else {
        warn(errors, E344, slip->place, "%s lies %" PRId64 " frame%s %s the cut at %s", slip->owner,
             frames, plural, side, slip->cut);
    }
    error_caret(errors, "write `%s` to hit it", slip->cut);
    error_mark(errors, slip->cut_place, "the cut");
}

void job_conform_check(JobReader *reader) {
    JobSpec *job = reader->job;
    const JobImport *list = job->conform.edl.text ? find_list(reader) : NULL;
    if (!list) {
        return;
    }
    const JobTimes cuts = sort_cuts(&list->cuts, reader->arena);
    int hit_count = 0;
    const PendingTime **hits = collect_hits(reader, &hit_count);
    int first = 0;
    job->slips = arena_array(reader->arena, (size_t)hit_count + 1, sizeof *job->slips);
    for (int hit = 0; hit < hit_count; hit++) {
        const Rational seconds = hits[hit]->time->seconds;
        if (hit == 0 || rational_compare(hits[hit - 1]->time->seconds, seconds) != 0) {
            add_slip(reader, hits[hit], nearest_cut(&cuts, seconds, &first));
        }
    }
    for (int slip = 0; slip < job->slip_count && job->conform.action.index == ACTION_FAIL; slip++) {
        tell(&job->slips[slip], true, reader->errors);
    }
}

void job_conform_warn(const JobSpec *job, ErrorList *errors) {
    for (int slip = 0; slip < job->slip_count && job->conform.action.index == ACTION_WARN; slip++) {
        tell(&job->slips[slip], false, errors);
    }
}
