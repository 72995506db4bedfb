/* The measured onset of a sound goes to the nearest place of a grid. */
#include "jobs/lower_snap.h"

#include <math.h>
#include <string.h>

#include "render/files/sound_reader.h"

enum { SNAP_FRAME, SNAP_BEAT, SNAP_MARKER }; /* layers.*.snap.onset */
enum { PORTION_FRAMES = 4096 };

typedef struct OnsetScan { /* of a region of a file */
    SoundReader *reader;
    int channel_count;
    int64_t begin, end; /* frames of the file */
    float *samples;     /* [PORTION_FRAMES][channel_count] */
} OnsetScan;

/* The first frame whose size reaches `level`, -1: none; peak: of all frames up to it. */
static Status scan(OnsetScan *onset, float level, int64_t *found, float *peak, ErrorList *errors) {
    int64_t got = 1;
    *found = -1;
    *peak = 0.0F;
    TRY(sound_seek(onset->reader, onset->begin, errors));
    for (int64_t at = onset->begin; at < onset->end && got > 0; at += got) {
        const int64_t rest = onset->end - at;
        TRY(sound_read(onset->reader, onset->samples, rest < PORTION_FRAMES ? rest : PORTION_FRAMES,
                       &got, errors));
        for (int64_t value = 0; value < got * onset->channel_count; value++) {
            *peak = fmaxf(*peak, fabsf(onset->samples[value]));
            if (*peak >= level) {
                *found = at + value / onset->channel_count;
                return DONE;
            }
        }
    }
    return DONE;
}

/* Frames of the file from the clip's first one, -1: silence. */
static Status find_onset(OnsetScan *onset, double detect_db, int64_t *frames, ErrorList *errors) {
    int64_t found = -1;
    float peak = 0.0F;
    TRY(scan(onset, INFINITY, &found, &peak, errors));
    *frames = -1;
    if (peak > 0.0F) {
        TRY(scan(onset, (float)(peak * gain_from_db(detect_db)), &found, &peak, errors));
        *frames = found - onset->begin;
    }
    return DONE;
}

static Status measure(const JobLayer *written,
                      const MixFile *file,
                      const MixLayer *layer,
                      int rate_hz,
                      double *onset_samples,
                      ErrorList *errors) {
    const MixClip *clip = &layer->clips[0];
    const double frames_per_sample = file->rate_hz * layer->speed / rate_hz;
    Arena *scratch = arena_create();
    SoundInfo info;
    int64_t frames = -1;
    OnsetScan onset = {
        .channel_count = file->channel_count,
        .begin = (int64_t)((double)clip->from_samples * frames_per_sample),
        .end = (int64_t)((double)(clip->from_samples + clip->length_samples) * frames_per_sample)};
    onset.samples =
        arena_array(scratch, PORTION_FRAMES * (size_t)file->channel_count, sizeof(float));
    Status status =
        sound_open(file->real_path, file->path, file->place, &onset.reader, &info, errors);
    status = status ? status : find_onset(&onset, written->snap_detect_db.value, &frames, errors);
    sound_close(&onset.reader);
    arena_destroy(&scratch);
    *onset_samples = frames < 0 ? NAN
                                : (double)(onset.begin + frames) / frames_per_sample -
                                      (double)clip->from_samples;
    return status;
}

/* Seconds from project.start. */
static double nearest_frame(const JobSpec *job, double time_s) {
    const double frame_s = (double)job->frame_rate_denominator / job->frame_rate_numerator;
    return nearbyint(time_s / frame_s) * frame_s;
}

/* The beats of the layer's cue when that has a map, else of the job. */
static Status
nearest_beat(const JobSpec *job, const JobLayer *written, double *time_s, ErrorList *errors) {
    const TempoMap *map = job->tempo.map;
    double origin_s = map ? rational_value(job->tempo.points[0].zero.seconds) : 0.0;
    for (int cue = 0; written->cue.text && cue < job->cue_count; cue++) {
        if (job->cues[cue].tempo.map && strcmp(job->cues[cue].id, written->cue.text) == 0) {
            map = job->cues[cue].tempo.map;
            origin_s = rational_value(job->cues[cue].in.seconds);
        }
    }
    if (!map) {
        return fail(errors, E319, written->snap_onset.place,
                    "the onset goes to a beat, but the job has no tempo map");
    }
    Rational from_origin = {0, 1};
    rational_make((int64_t)nearbyint((*time_s - origin_s) * 1e6), 1000000, &from_origin);
    const BarTime at = tempo_map_bar_time_at(map, from_origin);
    int64_t ticks = 0;
    tempo_map_ticks(map, (BarTime){at.bar, at.beat, 0}, &ticks);
    const int beat_ticks = metre_beat_ticks(tempo_map_metre(map, ticks));
    const double before_s = rational_value(tempo_map_seconds(map, (Rational){ticks, 1}));
    const double after_s =
        rational_value(tempo_map_seconds(map, (Rational){ticks + beat_ticks, 1}));
    const double middle_s = (before_s + after_s) / 2.0;
    *time_s = origin_s + (rational_value(from_origin) < middle_s ? before_s : after_s);
    return DONE;
}

static Status
nearest_marker(const JobSpec *job, const JobLayer *written, double *time_s, ErrorList *errors) {
    double nearest_s = INFINITY;
    for (int marker = 0; marker < job->marker_count; marker++) {
        const double marker_s = rational_value(job->markers[marker].time.seconds);
        nearest_s = fabs(marker_s - *time_s) < fabs(nearest_s - *time_s) ? marker_s : nearest_s;
    }
    if (job->marker_count == 0) {
        return fail(errors, E301, written->snap_onset.place,
                    "the onset goes to a marker, but the job has none");
    }
    *time_s = nearest_s;
    return DONE;
}

Status lower_snap(const JobSpec *job,
                  const JobLayer *written,
                  const MixFile *file,
                  MixLayer *layer,
                  ErrorList *errors) {
    if (written->snap_onset.index < 0) {
        return DONE;
    }
    double onset_samples = 0.0;
    TRY(measure(written, file, layer, job->rate_hz, &onset_samples, errors));
    const double heard_s = ((double)layer->start + onset_samples) / job->rate_hz;
    double time_s = heard_s;
    if (isnan(onset_samples)) {
        return DONE;
    }
    if (written->snap_onset.index == SNAP_FRAME) {
        time_s = nearest_frame(job, time_s);
    } else if (written->snap_onset.index == SNAP_BEAT) {
        TRY(nearest_beat(job, written, &time_s, errors));
    } else {
        TRY(nearest_marker(job, written, &time_s, errors));
    }
    layer->is_snapped = true;
    layer->snap_shift_samples = (int64_t)nearbyint((time_s - heard_s) * job->rate_hz);
    layer->start += layer->snap_shift_samples;
    return DONE;
}
