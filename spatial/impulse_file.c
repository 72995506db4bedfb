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

/* A response on its way from a file into channels, piece by piece: it may be long and wide. */
typedef struct Impulse {
    const MixFile *file;
    SoundInfo info;
    Resampler *resampler;
    float *piece;     /* [resampler_capacity()][channel_count] */
    float **channels; /* [channel_count][sample_count] */
    int64_t sample_count, done_samples;
    double gain;
    bool has_sound;
} Impulse;

enum { PIECE_FRAMES = 16384 };

static Status open_impulse(Impulse *impulse, int rate_hz, Arena *arenas[2], ErrorList *errors) {
    const SoundInfo *const info = &impulse->info;
    const size_t channel_count = (size_t)info->channel_count;
    TRY(resampler_create(info->rate_hz, rate_hz, info->channel_count, &impulse->resampler, errors));
    const int64_t capacity = resampler_capacity(impulse->resampler, PIECE_FRAMES);
    impulse->piece = arena_array(arenas[1], (size_t)capacity * channel_count, sizeof(float));
    impulse->sample_count = resampled_frames(info->frame_count, info->rate_hz, rate_hz);
    impulse->gain = (double)info->rate_hz / rate_hz;
    impulse->channels = arena_array(arenas[0], channel_count, sizeof *impulse->channels);
    for (size_t channel = 0; channel < channel_count; ++channel) {
        impulse->channels[channel] =
            arena_array(arenas[0], (size_t)impulse->sample_count, sizeof(float));
    }
    return DONE;
}

/* `count` frames of the piece become planar and scaled. */
static void keep_piece(Impulse *impulse, int64_t count) {
    const int channel_count = impulse->info.channel_count;
    for (int channel = 0; channel < channel_count; ++channel) {
        float *const to = impulse->channels[channel] + impulse->done_samples;
        for (int64_t frame = 0; frame < count; ++frame) {
            const float value = impulse->piece[frame * channel_count + channel];
            to[frame] = (float)(impulse->gain * (double)value);
            impulse->has_sound = impulse->has_sound || value != 0.0F;
        }
    }
    impulse->done_samples += count;
}

static Status take_frames(Impulse *impulse, const float *frames, int64_t count, ErrorList *errors) {
    for (int64_t at = 0; at < count; at += PIECE_FRAMES) {
        const int64_t piece = count - at < PIECE_FRAMES ? count - at : PIECE_FRAMES;
        int64_t pushed = 0;
        TRY(resampler_push(impulse->resampler, frames + at * impulse->info.channel_count, piece,
                           impulse->piece, &pushed, errors));
        keep_piece(impulse, pushed);
    }
    return DONE;
}

static Status take_sound(Impulse *impulse, SoundReader *reader, Arena *scratch, ErrorList *errors) {
    const int64_t count = impulse->info.frame_count;
    float *const frames = arena_array(
        scratch, (size_t)PIECE_FRAMES * (size_t)impulse->info.channel_count, sizeof *frames);
    for (int64_t at = 0; at < count; at += PIECE_FRAMES) {
        const int64_t piece = count - at < PIECE_FRAMES ? count - at : PIECE_FRAMES;
        int64_t got = 0;
        TRY(sound_read(reader, frames, piece, &got, errors));
        if (got != piece) {
            return fail(errors, E413, impulse->file->place, "`%s` ends too early",
                        impulse->file->path);
        }
        TRY(take_frames(impulse, frames, piece, errors));
    }
    return DONE;
}

static Status finish_impulse(Impulse *impulse, AudioBlock *out, ErrorList *errors) {
    int64_t flushed = 0;
    TRY(resampler_flush(impulse->resampler, impulse->piece, &flushed, errors));
    keep_piece(impulse, flushed);
    TRY(mix_file_check(impulse->file, errors));
    *out = (AudioBlock){impulse->channels, impulse->info.channel_count, impulse->sample_count};
    if (!impulse->has_sound) {
        return fail(errors, E422, impulse->file->place, "the impulse response `%s` is silent",
                    impulse->file->path);
    }
    return DONE;
}

typedef struct ImpulseInput {
    SoundReader *reader; /* NULL: SOFA */
    const float *frames; /* of SOFA: [info.frame_count][info.channel_count] */
    SoundInfo info;
} ImpulseInput;

static Status read_input(Impulse *impulse,
                         const ImpulseInput *input,
                         int rate_hz,
                         Arena *arenas[2], /* result, scratch */
                         ErrorList *errors) {
    TRY(open_impulse(impulse, rate_hz, arenas, errors));
    return input->reader ? take_sound(impulse, input->reader, arenas[1], errors)
                         : take_frames(impulse, input->frames, input->info.frame_count, errors);
}

static Status
open_input(const MixFile *file, Arena *scratch, ImpulseInput *input, ErrorList *errors) {
    SofaRoom room;
    if (!sofa_room_is_path(file->real_path)) {
        return sound_open(file->real_path, file->path, file->place, &input->reader, &input->info,
                          errors);
    }
    TRY(sofa_room_read(file->real_path, file->path, file->place, scratch, &room, errors));
    *input = (ImpulseInput){NULL, room.frames, info_of_sofa(&room)};
    return DONE;
}

static Status read_planes(const ImpulseInput *input,
                          const MixFile *file,
                          int rate_hz,
                          Arena *arenas[2], /* result, scratch */
                          AudioBlock *out,
                          ErrorList *errors) {
    Impulse impulse = {.file = file, .info = input->info};
    Status status = read_input(&impulse, input, rate_hz, arenas, errors);
    status = status ? status : finish_impulse(&impulse, out, errors);
    resampler_destroy(&impulse.resampler);
    return status;
}

Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors) {
    Arena *scratch = arena_create();
    ImpulseInput input = {0};
    Status status = open_input(file, scratch, &input, errors);
    status = status ? status : check_size(file, channel_count, &input.info, errors);
    status = status ? status
                    : read_planes(&input, file, rate_hz, (Arena *[]){arena, scratch}, out, errors);
    sound_close(&input.reader);
    arena_destroy(&scratch);
    return status;
}
