/* Reels, leaders and pops: counted in frames of the picture. */
#include "jobs/job_reels.h"

#include <math.h>
#include <string.h>

#include "jobs/reference.h"

enum { CUT, LONG_PLAY }; /* the words of deliverables.*.reels */
enum { LEADER_S = 8, POP_DISTANCE_S = 2 };

typedef struct ReelCheck {
    const JobSpec *job;
    const FrameRate *rate;
    Arena *arena;
    ErrorList *errors;
} ReelCheck;

static const FrameRate *rate_of(const JobSpec *job) {
    return frame_rate_find(job->frame_rate_text);
}

/* Frames of a time that is checked to be whole. */
static int64_t frames_of(const FrameRate *rate, Rational seconds) {
    return timecode_frames_at(seconds, rate);
}

static bool is_whole(const FrameRate *rate, Rational seconds) {
    return rational_compare(timecode_seconds(frames_of(rate, seconds), rate), seconds) == 0;
}

/* The timecode of a frame that is counted from project.start. */
static const char *timecode_of(const ReelCheck *check, int64_t frames) {
    TimecodeText text;
    timecode_format(check->job->start_frames + frames, check->rate, text);
    return arena_copy_text(check->arena, text);
}

/* Where no deliverable is cut at the reels, their edges spoil none. */
static bool is_cut_anywhere(const JobSpec *job) {
    for (int index = 0; index < job->deliverable_count; index++) {
        const JobDeliverable *deliverable = &job->deliverables[index];
        if (deliverable->piece_count > 0 && deliverable->pieces == job->reels) {
            return true;
        }
    }
    return false;
}

/* what: "reel r2 begins". */
static bool check_edge(const ReelCheck *check, const char *what, const JobTime *edge) {
    if (is_whole(check->rate, edge->seconds)) {
        return true;
    }
    const int64_t before = frames_of(check->rate, edge->seconds);
    fail(check->errors, E350, edge->place, "%s between two frames", what);
    error_caret(check->errors, "%.6g s", rational_value(edge->seconds));
    error_help(check->errors, "the nearest frames at %s are %s and %s", check->rate->name,
               timecode_of(check, before), timecode_of(check, before + 1));
    return false;
}

/* what: "leader.length". */
static bool check_length(const ReelCheck *check, const char *what, const JobTime *length) {
    if (!length->is_set || is_whole(check->rate, length->seconds)) {
        return true;
    }
    const long long before = (long long)frames_of(check->rate, length->seconds);
    fail(check->errors, E350, length->place, "`%s` is not a whole number of frames", what);
    error_help(check->errors, "at %s write %lld fr or %lld fr", check->rate->name, before,
               before + 1);
    return false;
}

static void sort_by_time(JobReel *reels, int count) {
    for (int index = 1; index < count; index++) {
        const JobReel reel = reels[index];
        int place = index;
        while (place > 0 && rational_compare(reels[place - 1].in.seconds, reel.in.seconds) > 0) {
            reels[place] = reels[place - 1];
            place--;
        }
        reels[place] = reel;
    }
}

/* kind: "reel" or "scene". */
static bool check_reel(const ReelCheck *check, const char *kind, const JobReel *reel) {
    const char *id = reel->id;
    const bool begins =
        check_edge(check, arena_format(check->arena, "%s %s begins", kind, id), &reel->in);
    return check_edge(check, arena_format(check->arena, "%s %s ends", kind, id), &reel->out) &&
           begins;
}

/* A gap is told, an overlap is refused. */
static void check_neighbours(const ReelCheck *check, const JobReel *first, const JobReel *second) {
    const int order = rational_compare(second->in.seconds, first->out.seconds);
    if (order < 0) {
        fail(check->errors, E351, second->in.place, "reel %s begins before reel %s ends",
             second->id, first->id);
        error_mark(check->errors, first->out.place, "%s ends here", first->id);
    } else if (order > 0) {
        warn(check->errors, E352, second->in.place, "%s to %s lies in no reel",
             timecode_of(check, frames_of(check->rate, first->out.seconds)),
             timecode_of(check, frames_of(check->rate, second->in.seconds)));
        error_mark(check->errors, first->out.place, "%s ends here", first->id);
    }
}

static void check_reels(const ReelCheck *check) {
    const JobSpec *job = check->job;
    bool is_good = is_cut_anywhere(job);
    if (!is_good) {
        return;
    }
    for (int reel = 0; reel < job->reel_count; reel++) {
        is_good = check_reel(check, "reel", &job->reels[reel]) && is_good;
    }
    for (int reel = 1; is_good && reel < job->reel_count; reel++) {
        check_neighbours(check, &job->reels[reel - 1], &job->reels[reel]);
    }
}

/* ---- scenes ---- */

static const JobScene *find_scene(const JobSpec *job, const char *id) {
    for (int scene = 0; scene < job->scene_count; scene++) {
        if (strcmp(job->scenes[scene].id, id) == 0) {
            return &job->scenes[scene];
        }
    }
    return NULL;
}

static bool add_scene(const ReelCheck *check,
                      const JobDeliverable *deliverable,
                      const JobScene *scene,
                      JobReel *piece) {
    *piece =
        (JobReel){.id = scene->id, .id_place = scene->id_place, .in = scene->in, .out = scene->out};
    const bool is_good = check_reel(check, "scene", piece);
    if (!is_good) {
        error_mark(check->errors, deliverable->scenes.place, "a file of its own is asked for here");
    }
    return is_good;
}

static void fail_scene(const ReelCheck *check, const JobDeliverable *deliverable, const char *id) {
    const JobSpec *job = check->job;
    Reference *names = arena_array(check->arena, (size_t)job->scene_count + 1, sizeof *names);
    for (int scene = 0; scene < job->scene_count; scene++) {
        names[scene] = (Reference){job->scenes[scene].id, job->scenes[scene].id_place};
    }
    const ReferenceList list = {"scene", names, job->scene_count};
    reference_fail(&list, id, deliverable->scenes.place, check->errors);
}

static bool check_apart(const ReelCheck *check, const JobDeliverable *deliverable, int count) {
    for (int piece = 1; piece < count; piece++) {
        const JobReel *first = &deliverable->pieces[piece - 1];
        const JobReel *second = &deliverable->pieces[piece];
        if (rational_compare(second->in.seconds, first->out.seconds) < 0) {
            fail(check->errors, E351, deliverable->scenes.place,
                 "scene %s begins before scene %s ends", second->id, first->id);
            error_mark(check->errors, second->in.place, "%s begins here", second->id);
            error_help(check->errors, "files of one deliverable do not overlap: take two");
            return false;
        }
    }
    return true;
}

/* The scenes that a deliverable is cut into, in the order of time. */
static void cut_scenes(const ReelCheck *check, JobDeliverable *deliverable) {
    const JobSpec *job = check->job;
    const JobTags *asked = &deliverable->scenes;
    const bool is_all =
        asked->count == 1 && !strcmp(asked->words[0], "all") && !find_scene(job, "all");
    const int count = is_all ? job->scene_count : asked->count;
    JobReel *pieces = arena_array(check->arena, (size_t)count + 1, sizeof *pieces);
    bool is_good = true;
    for (int index = 0; index < count; index++) {
        const JobScene *scene = is_all ? &job->scenes[index] : find_scene(job, asked->words[index]);
        if (!scene) {
            fail_scene(check, deliverable, asked->words[index]);
            return;
        }
        is_good = add_scene(check, deliverable, scene, &pieces[index]) && is_good;
    }
    sort_by_time(pieces, count);
    deliverable->pieces = pieces;
    deliverable->piece_count = is_good && check_apart(check, deliverable, count) ? count : 0;
}

static void cut(const ReelCheck *check, JobDeliverable *deliverable) {
    const JobSpec *job = check->job;
    if (deliverable->scenes.count > 0) {
        cut_scenes(check, deliverable);
    } else if (!deliverable->is_adm && deliverable->reels.index != LONG_PLAY) {
        deliverable->pieces = job->reels;
        deliverable->piece_count = job->reel_count;
    }
}

/* ---- what stands around the programme ---- */

static void check_pops(const ReelCheck *check, const JobDeliverable *deliverable) {
    const ReelFrames frames = job_reel_frames(check->job, deliverable);
    const long long tail_pop_end = frames.tail_pop_begin + frames.pop_length;
    if (frames.pop_before > frames.leader) {
        fail(check->errors, E353, deliverable->pop_place,
             "the pop begins %lld frames before the programme, its leader has %lld",
             (long long)frames.pop_before, (long long)frames.leader);
        if (!deliverable->has_leader) {
            error_help(check->errors, "a pop stands in a leader: write `leader: {}`");
        }
    } else if (frames.pop_length > frames.pop_before) {
        fail(check->errors, E353, deliverable->pop_place,
             "the pop is %lld frames long and begins %lld before the programme",
             (long long)frames.pop_length, (long long)frames.pop_before);
    }
    if (frames.has_tail_pop && frames.tail_pop_begin < 0) {
        fail(check->errors, E353, deliverable->pop_place, "the tail pop begins in the programme");
    } else if (frames.has_tail_pop && tail_pop_end > frames.tail) {
        fail(check->errors, E353, deliverable->pop_place,
             "the tail pop ends %lld frames behind the programme, its tail has %lld", tail_pop_end,
             (long long)frames.tail);
        error_help(check->errors, "make `leader.tail` longer, or write `pop: {tail: no}`");
    }
}

/* ADM counts its blocks from the first sample of its one file. */
static bool check_adm(const ReelCheck *check, const JobDeliverable *deliverable) {
    const bool has_edges = deliverable->has_leader || deliverable->has_pop;
    const bool has_scenes = deliverable->scenes.count > 0;
    if (deliverable->is_adm && (has_edges || has_scenes || deliverable->reels.index == CUT)) {
        const Place edge =
            deliverable->has_leader ? deliverable->leader_place : deliverable->pop_place;
        const Place place = has_scenes ? deliverable->scenes.place : deliverable->reels.place;
        fail(check->errors, E208, has_edges ? edge : place,
             "layout adm is one file from the begin of the programme to its end");
        return false;
    }
    return true;
}

/* The receiver's word, which a job can still take back. */
static bool check_forbidden(const ReelCheck *check, const JobDeliverable *deliverable) {
    const struct {
        MixForbidden bit;
        bool is_written;
        Place place;
        const char *what;
    } rows[] = {
        {FORBID_LEADER, deliverable->has_leader, deliverable->leader_place, "leader"},
        {FORBID_POP,    deliverable->has_pop,    deliverable->pop_place,    "pop"   },
    };
    bool is_good = true;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (rows[row].is_written && (deliverable->forbid.set & rows[row].bit)) {
            fail(check->errors, E208, rows[row].place, "the receiver forbids a %s", rows[row].what);
            error_mark(check->errors, deliverable->forbid.place, "here");
            error_help(check->errors,
                       "take it out, or write a `forbid` of your own, with a `note`");
            is_good = false;
        }
    }
    return is_good;
}

/* Frames are shown faster or slower, none is left out or made up. */
static bool check_rates(const ReelCheck *check, const JobDeliverable *deliverable) {
    const double most = 0.1;
    const FrameRate *shown = job_delivered_rate(check->job, deliverable);
    const double speed = (double)shown->numerator * check->rate->denominator /
                         ((double)shown->denominator * check->rate->numerator);
    if (fabs(speed - 1.0) > most) {
        fail(check->errors, E208, deliverable->frame_rate.place,
             "a programme at %s cannot be shown at %s", check->rate->name, shown->name);
        error_note(check->errors, "the same frames are shown, at most 10 %% faster or slower");
        return false;
    }
    return true;
}

static void check_deliverable(const ReelCheck *check, const JobDeliverable *deliverable) {
    const struct {
        const char *what;
        const JobTime *length;
    } lengths[] = {
        {"leader.length", &deliverable->leader_length},
        {"leader.tail",   &deliverable->leader_tail  },
        {"pop.before",    &deliverable->pop_before   },
        {"pop.after",     &deliverable->pop_after    },
        {"pop.length",    &deliverable->pop_length   },
    };
    bool is_good = check_adm(check, deliverable);
    is_good = check_forbidden(check, deliverable) && is_good;
    is_good = check_rates(check, deliverable) && is_good;
    for (size_t row = 0; row < sizeof lengths / sizeof *lengths; row++) {
        is_good = check_length(check, lengths[row].what, lengths[row].length) && is_good;
    }
    if (is_good && deliverable->has_pop) {
        check_pops(check, deliverable);
    }
}

void job_reels_check(JobSpec *job, Arena *arena, ErrorList *errors) {
    const ReelCheck check = {.job = job, .rate = rate_of(job), .arena = arena, .errors = errors};
    if (!check.rate) {
        return; /* told already */
    }
    sort_by_time(job->reels, job->reel_count);
    for (int index = 0; index < job->deliverable_count; index++) {
        cut(&check, &job->deliverables[index]);
    }
    check_reels(&check);
    for (int index = 0; index < job->deliverable_count; index++) {
        check_deliverable(&check, &job->deliverables[index]);
    }
}

const FrameRate *job_delivered_rate(const JobSpec *job, const JobDeliverable *deliverable) {
    return deliverable->frame_rate.index < 0 ? rate_of(job)
                                             : frame_rate_at(deliverable->frame_rate.index);
}

static int64_t written_or(const FrameRate *rate, const JobTime *written, int64_t otherwise) {
    return written->is_set ? frames_of(rate, written->seconds) : otherwise;
}

ReelFrames job_reel_frames(const JobSpec *job, const JobDeliverable *deliverable) {
    const FrameRate *rate = rate_of(job);
    const int64_t second = rate->nominal; /* of timecode */
    ReelFrames frames = {0};
    if (deliverable->has_leader) {
        frames.leader = written_or(rate, &deliverable->leader_length, LEADER_S * second);
    }
    if (deliverable->has_pop) {
        frames.pop_length = written_or(rate, &deliverable->pop_length, 1);
        frames.pop_before = written_or(rate, &deliverable->pop_before, POP_DISTANCE_S * second);
        frames.has_tail_pop = deliverable->pop_tail.value;
        frames.tail_pop_begin =
            written_or(rate, &deliverable->pop_after, POP_DISTANCE_S * second) - 1;
    }
    const int64_t needed = frames.has_tail_pop ? frames.tail_pop_begin + frames.pop_length : 0;
    frames.tail = written_or(rate, &deliverable->leader_tail, needed);
    return frames;
}
