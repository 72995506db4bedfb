/* Impulse responses from sound and SOFA files. */
#include "spatial/impulse_file.h"

#include "render/dsp/resample.h"
#include "render/files/sound_reader.h"
#include "spatial/sofa_room.h"

enum { LONGEST_S = 60, MOST_CHANNELS = 64 };

Status impulse_file_check(const MixFile *file, ErrorList *errors) {
    if (file->channel_count > MOST_CHANNELS) {
        return fail(errors, E424, file->place,
                    "`%s` has %d channels, an impulse response has at most %d", file->path,
                    file->channel_count, MOST_CHANNELS);
    }
    if (file->frame_count > (int64_t)LONGEST_S * file->rate_hz) {
        return fail(errors, E424, file->place,
                    "`%s` lasts %.1f s, an impulse response at most %d s", file->path,
                    (double)file->frame_count / file->rate_hz, LONGEST_S);
    }
    return DONE;
}

static Status
check_size(const MixFile *file, int channel_count, const SoundInfo *info, ErrorList *errors) {
    const MixFile opened = {.path = file->path,
                            .place = file->place,
                            .channel_count = info->channel_count,
                            .rate_hz = info->rate_hz,
                            .frame_count = info->frame_count};
    TRY(impulse_file_check(&opened, errors));
    if (info->channel_count != channel_count) {
        return fail(errors, E415, file->place, "`%s` has %d channels, not %d", file->path,
                    info->channel_count, channel_count);
    }
    return DONE;
}

static SoundInfo info_of_sofa(const SofaRoom *room) {
    return (SoundInfo){.channel_count = room->channel_count,
                       .rate_hz = room->rate_hz,
                       .frame_count = room->frame_count};
}

static Status probe_sofa(const MixFile *file, SoundInfo *info, ErrorList *errors) {
    Arena *scratch = arena_create();
    SofaRoom room;
    const Status status =
        sofa_room_read(file->real_path, file->path, file->place, scratch, &room, errors);
    if (status == DONE) {
        *info = info_of_sofa(&room);
    }
    arena_destroy(&scratch);
    return status;
}

Status impulse_file_probe(MixFile *file, ErrorList *errors) {
    SoundInfo info;
    TRY(sofa_room_is_path(file->real_path)
            ? probe_sofa(file, &info, errors)
            : sound_probe(file->real_path, file->path, file->place, &info, errors));
    file->channel_count = info.channel_count;
    file->rate_hz = info.rate_hz;
    file->frame_count = info.frame_count;
    return impulse_file_check(file, errors);
}

/* The whole file, interleaved; samples: [frame_count][channel_count]. */
static Status read_frames(SoundReader *reader,
                          const SoundInfo *info,
                          const MixFile *file,
                          float *samples,
                          ErrorList *errors) {
    int64_t got = 0;
    TRY(sound_read(reader, samples, info->frame_count, &got, errors));
    if (got != info->frame_count) {
        return fail(errors, E413, file->place, "`%s` ends too early", file->path);
    }
    return DONE;
}

static Status resample_frames(
    const SoundInfo *info, int rate_hz, const float *in, float *out, ErrorList *errors) {
    Resampler *resampler = NULL;
    int64_t pushed = 0;
    int64_t flushed = 0;
    TRY(resampler_create(info->rate_hz, rate_hz, info->channel_count, &resampler, errors));
    Status status = resampler_push(resampler, in, info->frame_count, out, &pushed, errors);
    if (status == DONE) {
        status = resampler_flush(resampler, out + pushed * info->channel_count, &flushed, errors);
    }
    resampler_destroy(&resampler);
    return status;
}

/* Planar, scaled; false when every sample is 0. */
static bool split_channels(const float *interleaved,
                           double gain,
                           float *const *channels,
                           const AudioBlock *out) {
    bool has_sound = false;
    for (int64_t frame = 0; frame < out->sample_count; ++frame) {
        for (int channel = 0; channel < out->channel_count; ++channel) {
            const float value = interleaved[frame * out->channel_count + channel];
            channels[channel][frame] = (float)(gain * (double)value);
            has_sound = has_sound || value != 0.0F;
        }
    }
    return has_sound;
}

typedef struct Frames { /* a file as it is: [info.frame_count][info.channel_count] */
    SoundInfo info;
    const float *samples;
} Frames;

static Status load_open(SoundReader *reader,
                        const MixFile *file,
                        int channel_count,
                        Arena *arena,
                        Frames *frames,
                        ErrorList *errors) {
    TRY(check_size(file, channel_count, &frames->info, errors));
    const size_t values = (size_t)frames->info.frame_count * (size_t)frames->info.channel_count;
    float *const samples = arena_array(arena, values, sizeof *samples);
    frames->samples = samples;
    return read_frames(reader, &frames->info, file, samples, errors);
}

static Status
load(const MixFile *file, int channel_count, Arena *arena, Frames *frames, ErrorList *errors) {
    if (sofa_room_is_path(file->real_path)) {
        SofaRoom room;
        TRY(sofa_room_read(file->real_path, file->path, file->place, arena, &room, errors));
        *frames = (Frames){info_of_sofa(&room), room.frames};
        return check_size(file, channel_count, &frames->info, errors);
    }
    SoundReader *reader = NULL;
    TRY(sound_open(file->real_path, file->path, file->place, &reader, &frames->info, errors));
    const Status status = load_open(reader, file, channel_count, arena, frames, errors);
    sound_close(&reader);
    return status;
}

static Status read_planes(const MixFile *file,
                          int channel_count,
                          int rate_hz,
                          Arena *arenas[2], /* result, scratch */
                          AudioBlock *out,
                          ErrorList *errors) {
    Frames frames;
    TRY(load(file, channel_count, arenas[1], &frames, errors));
    const SoundInfo *const info = &frames.info;
    const int64_t count = resampled_frames(info->frame_count, info->rate_hz, rate_hz);
    float *const resampled =
        arena_array(arenas[1], (size_t)count * (size_t)info->channel_count, sizeof *resampled);
    TRY(resample_frames(info, rate_hz, frames.samples, resampled, errors));
    TRY(mix_file_check(file, errors));
    float **const channels = arena_array(arenas[0], (size_t)info->channel_count, sizeof *channels);
    for (int channel = 0; channel < info->channel_count; ++channel) {
        channels[channel] = arena_array(arenas[0], (size_t)count, sizeof(float));
    }
    *out = (AudioBlock){channels, info->channel_count, count};
    if (!split_channels(resampled, (double)info->rate_hz / rate_hz, channels, out)) {
        return fail(errors, E422, file->place, "the impulse response `%s` is silent", file->path);
    }
    return DONE;
}

Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors) {
    Arena *scratch = arena_create();
    const Status status =
        read_planes(file, channel_count, rate_hz, (Arena *[]){arena, scratch}, out, errors);
    arena_destroy(&scratch);
    return status;
}
