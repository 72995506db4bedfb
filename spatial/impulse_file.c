/* Impulse responses from sound and SOFA files. */
#include "spatial/impulse_file.h"

#include <string.h>

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

enum { PIECE_FRAMES = 4096 };

struct ImpulseStream {
    const MixFile *file;
    SoundInfo info;
    SoundReader *reader; /* NULL: SOFA */
    const float *frames; /* of SOFA: [info.frame_count][info.channel_count] */
    float *read;         /* [PIECE_FRAMES][channel_count] of a sound file */
    Resampler *resampler;
    int rate_hz;
    float *piece; /* [resampler_capacity()][channel_count] */
    float **rows; /* the same, planar and scaled */
    int64_t read_frames;
    bool is_flushed, has_sound;
};

static Status open_input(ImpulseStream *stream, Arena *arena, ErrorList *errors) {
    const MixFile *const file = stream->file;
    SofaRoom room;
    if (!sofa_room_is_path(file->real_path)) {
        return sound_open(file->real_path, file->path, file->place, &stream->reader, &stream->info,
                          errors);
    }
    TRY(sofa_room_read(file->real_path, file->path, file->place, arena, &room, errors));
    stream->frames = room.frames;
    stream->info = info_of_sofa(&room);
    return DONE;
}

static Status make_resampler(ImpulseStream *stream, ErrorList *errors) {
    const SoundInfo *const info = &stream->info;
    resampler_destroy(&stream->resampler);
    return resampler_create(info->rate_hz, stream->rate_hz, info->channel_count, &stream->resampler,
                            errors);
}

static void make_buffers(ImpulseStream *stream, Arena *arena) {
    const size_t channel_count = (size_t)stream->info.channel_count;
    const size_t capacity = (size_t)resampler_capacity(stream->resampler, PIECE_FRAMES);
    stream->read = arena_array(arena, PIECE_FRAMES * channel_count, sizeof *stream->read);
    stream->piece = arena_array(arena, capacity * channel_count, sizeof *stream->piece);
    stream->rows = arena_array(arena, channel_count, sizeof *stream->rows);
    for (size_t channel = 0; channel < channel_count; ++channel) {
        stream->rows[channel] = arena_array(arena, capacity, sizeof **stream->rows);
    }
}

Status impulse_stream_open(const MixFile *file,
                           int channel_count,
                           int rate_hz,
                           Arena *arena,
                           ImpulseStream **stream,
                           ErrorList *errors) {
    ImpulseStream *const opened = arena_alloc(arena, sizeof *opened);
    *stream = opened;
    *opened = (ImpulseStream){.file = file, .rate_hz = rate_hz};
    Status status = open_input(opened, arena, errors);
    status = status ? status : check_size(file, channel_count, &opened->info, errors);
    status = status ? status : make_resampler(opened, errors);
    if (status == DONE) {
        make_buffers(opened, arena);
    } else {
        impulse_stream_close(stream);
    }
    return status;
}

int64_t impulse_stream_samples(const ImpulseStream *stream) {
    return resampled_frames(stream->info.frame_count, stream->info.rate_hz, stream->rate_hz);
}

/* The next piece of the input, as it was recorded. */
static Status
take_piece(ImpulseStream *stream, const float **frames, int64_t *count, ErrorList *errors) {
    const int64_t rest = stream->info.frame_count - stream->read_frames;
    const int64_t wanted = rest < PIECE_FRAMES ? rest : PIECE_FRAMES;
    *count = wanted;
    if (stream->reader) {
        *frames = stream->read;
        TRY(sound_read(stream->reader, stream->read, wanted, count, errors));
        if (*count != wanted) {
            return fail(errors, E413, stream->file->place, "`%s` ends too early",
                        stream->file->path);
        }
    } else {
        *frames = stream->frames + stream->read_frames * stream->info.channel_count;
    }
    stream->read_frames += wanted;
    return DONE;
}

/* `count` frames of the piece become planar and scaled. */
static AudioBlock show_piece(ImpulseStream *stream, int64_t count) {
    const int channel_count = stream->info.channel_count;
    const double gain = (double)stream->info.rate_hz / stream->rate_hz;
    for (int channel = 0; channel < channel_count; ++channel) {
        float *const to = stream->rows[channel];
        for (int64_t frame = 0; frame < count; ++frame) {
            const float value = stream->piece[frame * channel_count + channel];
            to[frame] = (float)(gain * (double)value);
            stream->has_sound = stream->has_sound || value != 0.0F;
        }
    }
    return (AudioBlock){stream->rows, channel_count, count};
}

static Status check_end(const ImpulseStream *stream, ErrorList *errors) {
    TRY(mix_file_check(stream->file, errors));
    if (!stream->has_sound) {
        return fail(errors, E422, stream->file->place, "the impulse response `%s` is silent",
                    stream->file->path);
    }
    return DONE;
}

/* A resampler may give nothing for its first pieces. */
Status impulse_stream_next(ImpulseStream *stream, AudioBlock *portion, ErrorList *errors) {
    int64_t count = 0;
    while (count == 0 && stream->read_frames < stream->info.frame_count) {
        const float *frames = NULL;
        int64_t taken = 0;
        TRY(take_piece(stream, &frames, &taken, errors));
        TRY(resampler_push(stream->resampler, frames, taken, stream->piece, &count, errors));
    }
    if (count == 0 && !stream->is_flushed) {
        stream->is_flushed = true;
        TRY(resampler_flush(stream->resampler, stream->piece, &count, errors));
    }
    *portion = show_piece(stream, count);
    return count == 0 ? check_end(stream, errors) : DONE;
}

Status impulse_stream_rewind(ImpulseStream *stream, ErrorList *errors) {
    stream->read_frames = 0;
    stream->is_flushed = false;
    if (stream->reader) {
        TRY(sound_seek(stream->reader, 0, errors));
    }
    return make_resampler(stream, errors);
}

void impulse_stream_close(ImpulseStream **stream) {
    if (*stream) {
        sound_close(&(*stream)->reader);
        resampler_destroy(&(*stream)->resampler);
    }
    *stream = NULL;
}

/* out: [channel_count][impulse_stream_samples()] */
static Status read_all(ImpulseStream *stream, const AudioBlock *out, ErrorList *errors) {
    AudioBlock portion;
    int64_t done = 0;
    do {
        TRY(impulse_stream_next(stream, &portion, errors));
        for (int channel = 0; portion.sample_count && channel < out->channel_count; ++channel) {
            memcpy(out->samples[channel] + done, portion.samples[channel],
                   (size_t)portion.sample_count * sizeof **out->samples);
        }
        done += portion.sample_count;
    } while (portion.sample_count > 0);
    return DONE;
}

Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors) {
    Arena *scratch = arena_create();
    ImpulseStream *stream = NULL;
    Status status = impulse_stream_open(file, channel_count, rate_hz, scratch, &stream, errors);
    if (status == DONE) {
        float **const rows = arena_array(arena, (size_t)channel_count, sizeof *rows);
        const size_t count = (size_t)impulse_stream_samples(stream);
        for (int channel = 0; channel < channel_count; ++channel) {
            rows[channel] = arena_array(arena, count, sizeof **rows);
        }
        *out = (AudioBlock){rows, channel_count, (int64_t)count};
        status = read_all(stream, out, errors);
    }
    impulse_stream_close(&stream);
    arena_destroy(&scratch);
    return status;
}
