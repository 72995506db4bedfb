/* The timeline as a deliverable cuts and stamps it, and the names of places in it. */
#include "jobs/lower_reels.h"

#include <stdio.h>

#include "jobs/job_reels.h"
#include "jobs/timecode.h"

enum { HOURS_A_DAY = 24 };

static SampleTime sample_at(const Mix *mix, Rational seconds) {
    return rational_to_samples(seconds, mix->rate_hz);
}

static void lower_markers(const JobSpec *job, Arena *arena, Mix *mix) {
    mix->markers = arena_array(arena, (size_t)job->marker_count, sizeof *mix->markers);
    for (int index = 0; index < job->marker_count; index++) {
        const JobMarker *written = &job->markers[index];
        const SampleTime at = sample_at(mix, written->time.seconds);
        if (at < 0 || at >= mix->length_samples) {
            continue;
        }
        int place = mix->marker_count++;
        while (place > 0 && mix->markers[place - 1].at > at) {
            mix->markers[place] = mix->markers[place - 1];
            place--;
        }
        mix->markers[place] = (MixMarker){.id = written->id, .at = at};
    }
}

static void lower_scenes(const JobSpec *job, Arena *arena, Mix *mix) {
    mix->scenes = arena_array(arena, (size_t)job->scene_count, sizeof *mix->scenes);
    for (int scene = 0; scene < job->scene_count; scene++) {
        const JobScene *written = &job->scenes[scene];
        mix->scenes[mix->scene_count++] = (MixNote){
            .id = written->id,
            .title = written->title.text,
            .span = {sample_at(mix, written->in.seconds), sample_at(mix, written->out.seconds)}
        };
    }
}

void lower_notes(const JobSpec *job, Arena *arena, Mix *mix) {
    lower_markers(job, arena, mix);
    lower_scenes(job, arena, mix);
    mix->cues = arena_array(arena, (size_t)job->cue_count, sizeof *mix->cues);
    for (int cue = 0; cue < job->cue_count; cue++) {
        const JobCue *written = &job->cues[cue];
        mix->cues[mix->cue_count++] = (MixNote){
            .id = written->id,
            .title = written->title.text,
            .intent = written->intent.text,
            .span = {sample_at(mix, written->in.seconds), sample_at(mix, written->out.seconds)}
        };
    }
}

typedef struct ReelMaker {
    const JobSpec *job;
    const JobDeliverable *written;
    const FrameRate *counted, *delivered; /* the frames of the job, and how fast they are played */
    const Mix *mix;
    MixDeliverable *deliverable;
    ReelFrames frames;
} ReelMaker;

/* DECISIONS 13. frames: may be negative. */
static int64_t samples_of(const ReelMaker *maker, int64_t frames) {
    return rational_to_samples(timecode_seconds(frames, maker->delivered),
                               maker->deliverable->rate_hz);
}

/* What the first frame of the programme is called: the same words at either frame rate. */
static int64_t start_timecode(const ReelMaker *maker) {
    TimecodeText text;
    int64_t frames = maker->job->start_frames;
    if (maker->written->start.is_set) {
        frames += timecode_frames_at(maker->written->start.seconds, maker->counted);
        timecode_format(frames, maker->counted, text);
        timecode_read(text, maker->delivered, &frames); /* a label too many: as it is counted */
    }
    return frames;
}

/* What the frame is called that the programme of reel `number` begins with. */
static int64_t first_timecode(const ReelMaker *maker, int number, int64_t in_frames) {
    enum { TIMELINE, FFOA }; /* the words of deliverables.*.hour, picture_start behind them */
    char text[16];
    int64_t hour_frames = 0;
    if (maker->written->hour.index == TIMELINE || maker->written->scenes.count > 0) {
        return start_timecode(maker) + in_frames;
    }
    snprintf(text, sizeof text, "%02d:00:00:00", number % HOURS_A_DAY);
    timecode_read(text, maker->delivered, &hour_frames);
    return maker->written->hour.index == FFOA ? hour_frames : hour_frames + maker->frames.leader;
}

/* Since midnight, also of a leader that begins before it. */
static int64_t time_reference(const ReelMaker *maker, int64_t timecode_frames) {
    int64_t day_frames = 0;
    timecode_read("23:59:59:00", maker->delivered, &day_frames);
    day_frames += maker->delivered->nominal;
    return samples_of(maker, (timecode_frames % day_frames + day_frames) % day_frames);
}

static MixPop make_pop(const ReelMaker *maker, int64_t begin_samples, int64_t length_samples) {
    return (MixPop){.begin_samples = begin_samples,
                    .length_samples = length_samples,
                    .frequency_hz = maker->written->pop_hz.value,
                    .gain = gain_from_db(maker->written->pop_level_db.value)};
}

static Status fail_ringing(const ReelMaker *maker, ErrorList *errors) {
    fail(errors, E353, maker->written->pop_place,
         "the tail pop begins while the programme still rings");
    error_help(errors, "make `pop.after` longer than `project.tail`, or write `pop: {tail: no}`");
    return E353;
}

/* frames: in and out of the programme; span: its samples, with what rings behind it. */
static Status make_reel(const ReelMaker *maker,
                        int number,
                        const int64_t frames[2],
                        Span span,
                        MixReel *made,
                        ErrorList *errors) {
    const ReelFrames *around = &maker->frames;
    const int64_t begin = samples_of(maker, frames[0] - around->leader);
    const int64_t end = samples_of(maker, frames[1] + around->tail);
    MixReel reel = {.span = span,
                    .leader_samples = samples_of(maker, frames[0]) - begin,
                    .tail_samples = end > span.end ? end - span.end : 0};
    reel.time_reference =
        time_reference(maker, first_timecode(maker, number, frames[0]) - around->leader);
    if (around->pop_length > 0) {
        const int64_t pop = samples_of(maker, frames[0] - around->pop_before);
        const int64_t pop_end =
            samples_of(maker, frames[0] - around->pop_before + around->pop_length);
        reel.leader_pop = make_pop(maker, pop - begin, pop_end - pop);
    }
    if (around->has_tail_pop) {
        const int64_t pop = samples_of(maker, frames[1] + around->tail_pop_begin);
        const int64_t pop_end =
            samples_of(maker, frames[1] + around->tail_pop_begin + around->pop_length);
        reel.tail_pop = make_pop(maker, pop - span.end, pop_end - pop);
    }
    *made = reel;
    return reel.tail_pop.begin_samples >= 0 ? DONE : fail_ringing(maker, errors);
}

static Status fail_outside(const ReelMaker *maker, const JobReel *reel, ErrorList *errors) {
    TimecodeText end;
    const Rational length = {maker->mix->programme_samples, maker->mix->rate_hz};
    timecode_format(maker->job->start_frames + timecode_frames_at(length, maker->counted),
                    maker->counted, end);
    return fail(errors, E310, reel->out.place, "%s %s ends after the programme, which ends at %s",
                maker->written->scenes.count > 0 ? "scene" : "reel", reel->id, end);
}

/* The last reel of the programme holds what rings behind it. */
static Status cut_reels(const ReelMaker *maker, MixReel *reels, ErrorList *errors) {
    const Mix *mix = maker->mix;
    for (int index = 0; index < maker->written->piece_count; index++) {
        const JobReel *written = &maker->written->pieces[index];
        const int64_t frames[2] = {timecode_frames_at(written->in.seconds, maker->counted),
                                   timecode_frames_at(written->out.seconds, maker->counted)};
        Span span = {samples_of(maker, frames[0]), samples_of(maker, frames[1])};
        const SampleTime out = sample_at(mix, written->out.seconds);
        if (out > mix->programme_samples) {
            return fail_outside(maker, written, errors);
        }
        if (out == mix->programme_samples) {
            span.end = maker->deliverable->length_samples;
        }
        TRY(make_reel(maker, index + 1, frames, span, &reels[index], errors));
        reels[index].id = written->id;
    }
    return DONE;
}

/* Samples of the job in the time of one of the deliverable, which shows the same frames. */
static RetimeRatio
retime_ratio(const Mix *mix, int rate_hz, const FrameRate *counted, const FrameRate *delivered) {
    Rational speed = {1, 1};
    Rational ratio = {1, 1};
    rational_make((int64_t)delivered->numerator * counted->denominator,
                  (int64_t)delivered->denominator * counted->numerator, &speed);
    rational_multiply(speed, (Rational){mix->rate_hz, 1}, &ratio);
    rational_multiply(ratio, (Rational){1, rate_hz}, &ratio);
    return (RetimeRatio){.input = ratio.numerator, .output = ratio.denominator};
}

Status lower_reels(const JobSpec *job,
                   const JobDeliverable *written,
                   const Mix *mix,
                   Arena *arena,
                   MixDeliverable *deliverable,
                   ErrorList *errors) {
    const FrameRate *rate = frame_rate_find(job->frame_rate_text);
    const FrameRate *delivered = job_delivered_rate(job, written);
    const int count = written->piece_count;
    MixReel *reels = arena_array(arena, (size_t)count + 1, sizeof *reels);
    deliverable->rate_hz =
        written->rate_hz.value > 0.0 ? (int)written->rate_hz.value : mix->rate_hz;
    deliverable->retime = retime_ratio(mix, deliverable->rate_hz, rate, delivered);
    deliverable->length_samples = retimed_samples(deliverable->retime, mix->length_samples);
    deliverable->frame_rate_numerator = delivered->numerator;
    deliverable->frame_rate_denominator = delivered->denominator;
    deliverable->is_drop_frame = delivered->dropped_per_minute > 0;
    deliverable->reels = reels;
    deliverable->reel_count = count > 0 ? count : 1;
    const ReelMaker maker = {.job = job,
                             .written = written,
                             .counted = rate,
                             .delivered = delivered,
                             .mix = mix,
                             .deliverable = deliverable,
                             .frames = job_reel_frames(job, written)};
    if (count > 0) {
        return cut_reels(&maker, reels, errors);
    }
    const Rational length = {mix->programme_samples, mix->rate_hz};
    const int64_t frames[2] = {0, timecode_frames_at(length, rate)};
    const Span whole = {0, deliverable->length_samples};
    return make_reel(&maker, 1, frames, whole, &reels[0], errors);
}
