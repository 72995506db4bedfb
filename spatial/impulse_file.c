/* Impulse responses from sound files. */
#include "spatial/impulse_file.h"

#include "render/dsp/resample.h"
#include "render/files/sound_reader.h"

enum { LONGEST_S = 60, MOST_CHANNELS = 64 };

static Status
check_size(const MixFile *file, int channel_count, const SoundInfo *info, ErrorList *errors) {
    if (info->channel_count > MOST_CHANNELS) {
        return fail(errors, E424, file->place,
                    "`%s` has %d channels, an impulse response has at most %d", file->path,
                    info->channel_count, MOST_CHANNELS);
    }
    if (info->frame_count > (int64_t)LONGEST_S * info->rate_hz) {
        return fail(errors, E424, file->place,
                    "`%s` lasts %.1f s, an impulse response at most %d s", file->path,
                    (double)info->frame_count / info->rate_hz, LONGEST_S);
    }
    if (info->channel_count != channel_count) {
        return fail(errors, E415, file->place, "`%s` has %d channels, not %d", file->path,
                    info->channel_count, channel_count);
    }
    return DONE;
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

static Status read_open(SoundReader *reader,
                        const SoundInfo *info,
                        const MixFile *file,
                        int rate_hz,
                        float *resampled,
                        ErrorList *errors) {
    Arena *scratch = arena_create();
    float *const samples = arena_array(
        scratch, (size_t)info->frame_count * (size_t)info->channel_count, sizeof *samples);
    Status status = read_frames(reader, info, file, samples, errors);
    if (status == DONE) {
        status = resample_frames(info, rate_hz, samples, resampled, errors);
    }
    arena_destroy(&scratch);
    return status;
}

Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors) {
    SoundReader *reader = NULL;
    SoundInfo info;
    TRY(sound_open(file->real_path, file->path, file->place, &reader, &info, errors));
    Status status = check_size(file, channel_count, &info, errors);
    if (status != DONE) {
        sound_close(&reader);
        return status;
    }
    const int64_t count = resampled_frames(info.frame_count, info.rate_hz, rate_hz);
    float *const resampled =
        arena_array(arena, (size_t)count * (size_t)info.channel_count, sizeof *resampled);
    status = read_open(reader, &info, file, rate_hz, resampled, errors);
    sound_close(&reader);
    TRY(status);
    TRY(mix_file_check(file, errors));
    float **const channels = arena_array(arena, (size_t)info.channel_count, sizeof *channels);
    for (int channel = 0; channel < info.channel_count; ++channel) {
        channels[channel] = arena_array(arena, (size_t)count, sizeof(float));
    }
    *out = (AudioBlock){channels, info.channel_count, count};
    if (!split_channels(resampled, (double)info.rate_hz / rate_hz, channels, out)) {
        return fail(errors, E422, file->place, "the impulse response `%s` is silent", file->path);
    }
    return DONE;
}
