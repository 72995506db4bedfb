/* One clip of a layer, from its file to the job's rate.
 *
 * Law: what a clip sounds like follows from its file, its edges and the layer's speed alone.
 */
#include "render/stages/clip_reader.h"

#include <math.h>

#include "render/dsp/resample.h"
#include "render/files/sound_reader.h"
#include "render/stages/clip_gain.h"
#include "render/stages/stage.h"

struct ClipReader {
    const MixFile *file;
    SoundTracks tracks; /* without tracks: all channels of the file */
    const MixClip *clip;
    double from_hz; /* of the file, times the layer's speed */
    int rate_hz;
    Arena *scratch; /* NULL: not open */
    SoundReader *sound;
    Resampler *resampler;
    float *decoded, *resampled;       /* interleaved */
    int64_t ready_begin, ready_count; /* of the resampled file, in `resampled` */
    bool has_ended;
    float peak;
};

ClipReader *clip_reader_create(const Mix *mix, const MixLayer *layer, int clip, Arena *arena) {
    ClipReader *reader = arena_alloc(arena, sizeof *reader);
    const MixFile *file = &mix->files[layer->file];
    *reader = (ClipReader){
        .file = file,
        .tracks = {layer->tracks, mix_layer_track_count(mix, layer), file->path, file->place},
        .clip = &layer->clips[clip],
        .from_hz = file->rate_hz * layer->speed,
        .rate_hz = mix->rate_hz
    };
    return reader;
}

void clip_reader_close(ClipReader *reader) {
    resampler_destroy(&reader->resampler);
    sound_close(&reader->sound);
    arena_destroy(&reader->scratch);
}

float clip_reader_peak(const ClipReader *reader) {
    return reader->peak;
}

static void make_buffers(ClipReader *reader) {
    const size_t channels = (size_t)reader->tracks.count;
    int64_t capacity = resampler_capacity(reader->resampler, STAGE_CHUNK_SAMPLES);
    const int64_t rest = resampler_capacity(reader->resampler, 0);
    capacity = rest > capacity ? rest : capacity;
    reader->decoded = arena_array(reader->scratch, STAGE_CHUNK_SAMPLES * channels, sizeof(float));
    reader->resampled = arena_array(reader->scratch, (size_t)capacity * channels, sizeof(float));
}

/* The file must still be what the plan saw. */
static Status open_file(ClipReader *reader, ErrorList *errors) {
    const MixFile *file = reader->file;
    SoundInfo info;
    reader->scratch = arena_create();
    TRY(reader->tracks.tracks
            ? sound_open_tracks(file->real_path, &reader->tracks, &reader->sound, &info, errors)
            : sound_open(file->real_path, file->path, file->place, &reader->sound, &info, errors));
    if (info.channel_count != file->channel_count || info.rate_hz != file->rate_hz ||
        info.frame_count != file->frame_count) {
        return fail(errors, E418, file->place, "`%s` changed since the plan", file->path);
    }
    TRY(resampler_create(reader->from_hz, reader->rate_hz, reader->tracks.count, &reader->resampler,
                         errors));
    make_buffers(reader);
    if (reader->from_hz == reader->rate_hz) {
        reader->ready_begin = reader->clip->from_samples;
        return sound_seek(reader->sound, reader->ready_begin, errors);
    }
    return DONE;
}

static void note_peak(ClipReader *reader, int64_t frames) {
    for (int64_t sample = 0; sample < frames * reader->tracks.count; sample++) {
        const float size = fabsf(reader->decoded[sample]);
        reader->peak = size > reader->peak ? size : reader->peak;
    }
}

/* What comes behind the samples that are ready. */
static Status read_on(ClipReader *reader, ErrorList *errors) {
    int64_t got = 0;
    reader->ready_begin += reader->ready_count;
    reader->ready_count = 0;
    TRY(sound_read(reader->sound, reader->decoded, STAGE_CHUNK_SAMPLES, &got, errors));
    if (got > 0) {
        note_peak(reader, got);
        return resampler_push(reader->resampler, reader->decoded, got, reader->resampled,
                              &reader->ready_count, errors);
    }
    reader->has_ended = true;
    return resampler_flush(reader->resampler, reader->resampled, &reader->ready_count, errors);
}

/* frames: interleaved, of the clip's samples at .. at + count - 1. */
static void add_frames(
    const ClipReader *reader, const float *frames, int64_t at, Span to, float *const *planes) {
    const MixClip *clip = reader->clip;
    const int channels = reader->tracks.count;
    const int64_t count = to.end - to.begin;
    const bool is_plain = clip->gain == 1.0 && clip_is_steady(clip, at, count);
    for (int64_t frame = 0; frame < count; frame++) {
        const double gain = is_plain ? 1.0 : clip_gain_at(clip, at + frame);
        for (int channel = 0; channel < channels; channel++) {
            float *sample = &planes[channel][to.begin + frame];
            *sample = (float)(*sample + gain * frames[frame * channels + channel]);
        }
    }
}

/* at: the next sample of the clip; place: in planes. Adds what is ready of `count`, at least one
 * sample unless the file has ended. */
static Status add_ready(ClipReader *reader,
                        int64_t at,
                        Span place,
                        float *const *planes,
                        int64_t *added,
                        ErrorList *errors) {
    const int64_t wanted = reader->clip->from_samples + at;
    while (!reader->has_ended && reader->ready_begin + reader->ready_count <= wanted) {
        TRY(read_on(reader, errors));
    }
    const int64_t skipped = wanted - reader->ready_begin;
    const int64_t left = reader->ready_count - skipped;
    const int64_t count = place.end - place.begin < left ? place.end - place.begin : left;
    *added = count > 0 ? count : 0;
    if (count > 0) {
        add_frames(reader, reader->resampled + skipped * reader->tracks.count, at,
                   (Span){place.begin, place.begin + count}, planes);
    }
    return DONE;
}

Status clip_reader_add(
    ClipReader *reader, int64_t begin, int64_t count, float *const *planes, ErrorList *errors) {
    const MixClip *clip = reader->clip;
    const int64_t clip_end = clip->at_samples + clip->length_samples;
    int64_t place = clip->at_samples > begin ? clip->at_samples - begin : 0;
    const int64_t end = clip_end - begin < count ? clip_end - begin : count;
    if (clip_end <= begin) {
        clip_reader_close(reader);
        return DONE;
    }
    if (place < end && !reader->scratch) {
        TRY(open_file(reader, errors));
    }
    int64_t added = 1;
    while (place < end && added > 0) {
        TRY(add_ready(reader, begin + place - clip->at_samples, (Span){place, end}, planes, &added,
                      errors));
        place += added;
    }
    return DONE;
}
