/* Where a layer lies in its file and on the timeline.
 *
 * `from`, `to` and fades are times of the file; at another speed they pass faster or slower. `at`
 * and `nudge` are times of the programme.
 */
#include "jobs/lower_placement.h"

#include <math.h>

#include "jobs/lower_snap.h"
#include "jobs/lower_splice.h"
#include "render/dsp/fractional_delay.h"
#include "render/dsp/resample.h"

typedef struct Placement {
    const JobSpec *job;
    const MixFile *file;
    double speed;
    int64_t end_samples; /* of the file as it is played */
    ErrorList *errors;
} Placement;

/* A time of the file. */
static int64_t played_samples(const Placement *placement, const JobTime *time) {
    const int rate_hz = placement->job->rate_hz;
    if (placement->speed == 1.0) {
        return rational_to_samples(time->seconds, rate_hz);
    }
    return (int64_t)nearbyint(rational_value(time->seconds) * rate_hz / placement->speed);
}

/* clip: with its times as written. */
static Status lower_clip(const Placement *placement, const JobClip *written, MixClip *clip) {
    const MixFile *file = placement->file;
    const int64_t end_samples = placement->end_samples;
    const int64_t to_samples =
        written->to.is_set ? played_samples(placement, &written->to) : end_samples;
    *clip =
        (MixClip){.at_samples = rational_to_samples(written->at.seconds, placement->job->rate_hz),
                  .from_samples = played_samples(placement, &written->from),
                  .fade_in_samples = played_samples(placement, &written->fade_in),
                  .fade_out_samples = played_samples(placement, &written->fade_out),
                  .gain = gain_from_db(written->gain_db.value)};
    clip->length_samples = to_samples - clip->from_samples;
    if (clip->from_samples >= end_samples || to_samples > end_samples) {
        const JobTime *wrong = clip->from_samples >= end_samples ? &written->from : &written->to;
        fail(placement->errors, E414, wrong->place, "this is behind the end of `%s`", file->path);
        error_caret(placement->errors, "the file is %.3f s long",
                    (double)file->frame_count / file->rate_hz);
        return E414;
    }
    return DONE;
}

/* The layer begins with its first clip and ends with the last. */
static void frame_clips(MixLayer *layer, MixClip *clips) {
    SampleTime end = INT64_MIN;
    layer->start = INT64_MAX;
    for (int clip = 0; clip < layer->clip_count; clip++) {
        const SampleTime clip_end = clips[clip].at_samples + clips[clip].length_samples;
        layer->start =
            clips[clip].at_samples < layer->start ? clips[clip].at_samples : layer->start;
        end = clip_end > end ? clip_end : end;
    }
    layer->length_samples = end - layer->start;
    for (int clip = 0; clip < layer->clip_count; clip++) {
        clips[clip].at_samples -= layer->start;
    }
}

typedef struct Nudge {
    int64_t whole_samples;
    double fraction;
} Nudge;

static Nudge nudge_of(const JobSpec *job, const JobTime *by) {
    Rational shift;
    if (!rational_multiply(by->seconds, (Rational){job->rate_hz, 1}, &shift)) {
        shift = (Rational){rational_to_samples(by->seconds, job->rate_hz), 1};
    }
    const int64_t rest =
        (shift.numerator % shift.denominator + shift.denominator) % shift.denominator;
    return (Nudge){.whole_samples = (shift.numerator - rest) / shift.denominator,
                   .fraction = (double)rest / (double)shift.denominator};
}

/* Whole samples move the start; a fraction goes through a filter that rings on both sides. */
static void move_by(const Nudge *nudge, MixLayer *layer) {
    layer->start += nudge->whole_samples;
    layer->delay_fraction = nudge->fraction;
    if (layer->delay_fraction > 0.0) {
        layer->start -= FRACTIONAL_DELAY_LEAD;
        layer->length_samples += FRACTIONAL_DELAY_TAPS - 1;
    }
}

/* Where the picture was cut anew; the layer is snapped and not yet nudged. */
static Status recut(const JobSpec *job,
                    const JobLayer *written,
                    int64_t nudge_samples,
                    Arena *arena,
                    MixLayer *layer,
                    ErrorList *errors) {
    for (int clip = 0; clip < layer->clip_count; clip++) {
        layer->clips[clip].at_samples += layer->start;
    }
    TRY(lower_splice(job, written, layer->snap_shift_samples + nudge_samples, arena, layer,
                     errors));
    frame_clips(layer, layer->clips);
    return DONE;
}

Status lower_placement(const JobSpec *job,
                       const JobLayer *written,
                       const MixFile *file,
                       Arena *arena,
                       MixLayer *layer,
                       ErrorList *errors) {
    const JobClip whole = {.at = written->at,
                           .from = written->from,
                           .to = written->to,
                           .fade_in = written->fade_in,
                           .fade_out = written->fade_out};
    const JobClip *sources = written->clip_count > 0 ? written->clips : &whole;
    layer->speed = written->speed_percent.value / 100.0;
    layer->clip_count = written->clip_count > 0 ? written->clip_count : 1;
    const Placement placement = {.job = job,
                                 .file = file,
                                 .speed = layer->speed,
                                 .end_samples = resampled_frames(
                                     file->frame_count, file->rate_hz * layer->speed, job->rate_hz),
                                 .errors = errors};
    MixClip *clips = arena_array(arena, (size_t)layer->clip_count, sizeof *clips);
    for (int clip = 0; clip < layer->clip_count; clip++) {
        TRY(lower_clip(&placement, &sources[clip], &clips[clip]));
    }
    layer->clips = clips;
    frame_clips(layer, clips);
    TRY(lower_snap(job, written, file, layer, errors));
    const Nudge nudge = nudge_of(job, &written->nudge);
    TRY(recut(job, written, nudge.whole_samples, arena, layer, errors));
    move_by(&nudge, layer);
    return DONE;
}

void lower_placement_cut(MixLayer *layer, SampleTime programme_end) {
    const int64_t room_left = programme_end - layer->start;
    if (layer->length_samples <= room_left) {
        return;
    }
    const int64_t lead = layer->delay_fraction > 0.0 ? FRACTIONAL_DELAY_LEAD : 0;
    layer->length_samples = room_left > 0 ? room_left : 0;
    for (int index = 0; index < layer->clip_count; index++) {
        MixClip *clip = &layer->clips[index];
        const int64_t clip_room = room_left - lead - clip->at_samples;
        if (clip->length_samples > clip_room) {
            clip->length_samples = clip_room > 0 ? clip_room : 0;
        }
    }
}
