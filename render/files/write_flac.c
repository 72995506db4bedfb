/* FLAC files, by libsndfile. */
#include <sndfile.h>
#include <stdio.h>
#include <unistd.h>

#include "render/files/sound_sink.h"

enum { MAX_FLAC_CHANNELS = 8, CHUNK_SAMPLES = 8192 };

typedef struct FlacState {
    SNDFILE *encoder;
    int64_t position, size_bytes;
    Status status; /* of the first failed write */
    SoundWriter *writer;
    ErrorList *errors; /* of the call that writes */
} FlacState;

static bool flac_can(SampleFormat format, int channel_count, const char **reason) {
    if (format != PCM_16 && format != PCM_24) {
        *reason = "a FLAC file holds 16 or 24 bit";
        return false;
    }
    *reason = "a FLAC file holds 1 to 8 channels";
    return channel_count >= 1 && channel_count <= MAX_FLAC_CHANNELS;
}

static int64_t flac_file_bytes(const SoundFormat *format) {
    (void)format;
    return 0;
}

static sf_count_t flac_length(void *user) {
    return ((const FlacState *)user)->size_bytes;
}

static sf_count_t flac_seek(sf_count_t offset, int whence, void *user) {
    FlacState *state = user;
    int64_t base = 0;
    if (whence != SEEK_SET) {
        base = whence == SEEK_CUR ? state->position : state->size_bytes;
    }
    state->position = base + offset;
    return state->position;
}

static sf_count_t flac_read(void *target, sf_count_t count, void *user) {
    FlacState *state = user;
    size_t got = 0;
    const Status status = file_read_at(&state->writer->file, state->position, target, (size_t)count,
                                       &got, state->errors);
    state->status = state->status == DONE ? status : state->status;
    state->position += (int64_t)got;
    return (sf_count_t)got;
}

static sf_count_t flac_write(const void *source, sf_count_t count, void *user) {
    FlacState *state = user;
    if (state->status != DONE) {
        return 0;
    }
    state->status =
        file_write_all(&state->writer->file, state->position, source, (size_t)count, state->errors);
    if (state->status != DONE) {
        return 0;
    }
    state->position += count;
    if (state->position > state->size_bytes) {
        state->size_bytes = state->position;
    }
    return count;
}

static sf_count_t flac_tell(void *user) {
    return ((const FlacState *)user)->position;
}

/* What libsndfile says went wrong, unless it was a write that has been reported already. */
static Status fail_encoder(const FlacState *state, ErrorList *errors) {
    return state->status != DONE ? state->status
                                 : fail(errors, E509, NO_PLACE, "`%s` cannot be encoded: %s",
                                        state->writer->file.path, sf_strerror(state->encoder));
}

static Status flac_begin(SoundWriter *writer, ErrorList *errors) {
    SF_VIRTUAL_IO calls = {.get_filelen = flac_length,
                           .seek = flac_seek,
                           .read = flac_read,
                           .write = flac_write,
                           .tell = flac_tell};
    FlacState *state = arena_alloc(writer->arena, sizeof *state);
    *state = (FlacState){.writer = writer, .errors = errors};
    writer->state = state;
    const int encoding = writer->format.format == PCM_16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24;
    SF_INFO info = {.channels = writer->format.channel_count,
                    .samplerate = writer->format.rate_hz,
                    .format = SF_FORMAT_FLAC | encoding};
    state->encoder = sf_open_virtual(&calls, SFM_WRITE, &info, state);
    return state->encoder ? DONE : fail_encoder(state, errors);
}

/* libsndfile takes integers that fill 32 bits. */
static Status flac_write_integers(SoundWriter *writer,
                                  const int32_t *interleaved,
                                  int64_t frames,
                                  ErrorList *errors) {
    FlacState *state = writer->state;
    state->errors = errors;
    const int shift = writer->format.format == PCM_16 ? 16 : 8;
    const int64_t channel_count = writer->format.channel_count;
    const int64_t chunk_samples = CHUNK_SAMPLES / channel_count * channel_count;
    int64_t rest = frames * channel_count;
    int scaled[CHUNK_SAMPLES];
    while (rest > 0) {
        const int64_t count = rest < chunk_samples ? rest : chunk_samples;
        for (int64_t sample = 0; sample < count; sample++) {
            scaled[sample] = (int32_t)((uint32_t)interleaved[sample] << shift);
        }
        if (sf_write_int(state->encoder, scaled, count) != count || state->status != DONE) {
            return fail_encoder(state, errors);
        }
        interleaved += count;
        rest -= count;
    }
    return DONE;
}

static Status flac_end(SoundWriter *writer, ErrorList *errors) {
    FlacState *state = writer->state;
    state->errors = errors;
    const int failed = sf_close(state->encoder);
    state->encoder = NULL;
    TRY(state->status);
    if (failed) {
        return fail(errors, E509, NO_PLACE, "`%s` cannot be encoded", writer->file.path);
    }
    return DONE;
}

/* A file that is given up gets no more writes, and so no more messages. */
static void flac_release(SoundWriter *writer) {
    FlacState *state = writer->state;
    if (state && state->encoder) {
        state->status = state->status == DONE ? E601 : state->status;
        sf_close(state->encoder);
        state->encoder = NULL;
    }
}

const SoundWriterKind flac_writer_kind = {
    .name = "FLAC",
    .extension = "flac",
    .can = flac_can,
    .file_bytes = flac_file_bytes,
    .begin = flac_begin,
    .write_integers = flac_write_integers,
    .write_floats = NULL,
    .end = flac_end,
    .release = flac_release,
};
