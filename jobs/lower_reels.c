/* The timeline as a deliverable cuts and stamps it, and the names of places in it. */
#include "jobs/lower_reels.h"

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

void lower_reels(const Mix *mix, Arena *arena, MixDeliverable *deliverable) {
    MixReel *whole = arena_alloc(arena, sizeof *whole);
    *whole = (MixReel){
        .span = {0, mix->length_samples},
          .time_reference = mix->time_reference
    };
    deliverable->rate_hz = mix->rate_hz;
    deliverable->length_samples = mix->length_samples;
    deliverable->reels = whole;
    deliverable->reel_count = 1;
}
