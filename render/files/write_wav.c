/* WAV, RF64, BW64 and CAF files: a header that is right from the start but for what the samples
 * measure, then packed samples.
 */
#include <string.h>

#include "render/files/caf_header.h"
#include "render/files/sound_sink.h"
#include "render/files/wav_header.h"

enum {
    BUFFER_BYTES = 32 * 1024, /* written at once, to a multiple of it in the file: whole pages */
    SAMPLE_BYTES_MOST = 8,
    ROOM_BYTES = BUFFER_BYTES + SAMPLE_BYTES_MOST, /* the last sample may reach beyond */
    MAX_WAV_CHANNELS = 64,
    MAX_BW64_CHANNELS = 1024
};

typedef struct PcmState {
    unsigned char *buffer; /* [ROOM_BYTES] */
    size_t buffered_bytes;
    size_t file_bytes; /* in front of them */
    int padding_bytes;
    size_t loudness_offset;
} PcmState;

static bool wav_can(SampleFormat format, int channel_count, const char **reason) {
    (void)format;
    *reason = "a WAV file holds 1 to 64 channels";
    return channel_count >= 1 && channel_count <= MAX_WAV_CHANNELS;
}

/* ADM masters have a bed and up to 118 objects. */
static bool bw64_can(SampleFormat format, int channel_count, const char **reason) {
    (void)format;
    *reason = "an RF64 or BW64 file holds 1 to 1024 channels";
    return channel_count >= 1 && channel_count <= MAX_BW64_CHANNELS;
}

/* Behind what is there. The sum is taken while the bytes are in the cache. */
static Status
append(SoundWriter *writer, const unsigned char *bytes, size_t size_bytes, ErrorList *errors) {
    key_stream_update(writer->rest, bytes, size_bytes);
    return file_write_all(&writer->file, -1, bytes, size_bytes, errors);
}

/* The first bytes of the buffer; the others wait for what comes behind them. */
static Status flush_bytes(SoundWriter *writer, size_t size_bytes, ErrorList *errors) {
    PcmState *state = writer->state;
    TRY(append(writer, state->buffer, size_bytes, errors));
    state->buffered_bytes -= size_bytes;
    state->file_bytes += size_bytes;
    memmove(state->buffer, state->buffer + size_bytes, state->buffered_bytes);
    return DONE;
}

/* Of a full buffer. */
static Status flush_whole(SoundWriter *writer, ErrorList *errors) {
    const PcmState *state = writer->state;
    const size_t end = state->file_bytes + state->buffered_bytes;
    return flush_bytes(writer, end / BUFFER_BYTES * BUFFER_BYTES - state->file_bytes, errors);
}

static Status begin(SoundWriter *writer, const WavHeader *header, ErrorList *errors) {
    PcmState *state = arena_alloc(writer->arena, sizeof *state);
    state->buffer = arena_alloc(writer->arena, ROOM_BYTES);
    state->file_bytes = header->size_bytes;
    state->padding_bytes = header->padding_bytes;
    state->loudness_offset = header->loudness_offset;
    writer->state = state;
    writer->head_bytes = (int64_t)header->size_bytes;
    writer->rest = key_stream_create();
    return file_write_all(&writer->file, -1, header->bytes, header->size_bytes, errors);
}

static Status wav_begin(SoundWriter *writer, ErrorList *errors) {
    WavHeader header;
    wav_header_build(&writer->format, writer->arena, &header);
    return begin(writer, &header, errors);
}

static Status caf_begin(SoundWriter *writer, ErrorList *errors) {
    WavHeader header;
    caf_header_build(&writer->format, writer->arena, &header);
    return begin(writer, &header, errors);
}

static void pack_16(unsigned char *target, const int32_t *samples, size_t count) {
    for (size_t sample = 0; sample < count; sample++) {
        const uint32_t bits = (uint32_t)samples[sample];
        target[2 * sample] = (unsigned char)bits;
        target[2 * sample + 1] = (unsigned char)(bits >> 8);
    }
}

/* As the CPU has them: little endian on every host that is supported. */
static void pack_u32(unsigned char *target, uint32_t bits) {
    memcpy(target, &bits, sizeof bits);
}

/* Four bytes at a time: the next sample overwrites the fourth. */
static void pack_24(unsigned char *target, const int32_t *samples, size_t count) {
    for (size_t sample = 0; sample + 1 < count; sample++) {
        pack_u32(target + 3 * sample, (uint32_t)samples[sample]);
    }
    if (count > 0) {
        const uint32_t bits = (uint32_t)samples[count - 1];
        for (size_t byte = 0; byte < 3; byte++) {
            target[3 * (count - 1) + byte] = (unsigned char)(bits >> 8 * byte);
        }
    }
}

static void pack_32(unsigned char *target, const int32_t *samples, size_t count) {
    for (size_t sample = 0; sample < count; sample++) {
        pack_u32(target + 4 * sample, (uint32_t)samples[sample]);
    }
}

static void pack_float_32(unsigned char *target, const double *samples, size_t count) {
    for (size_t sample = 0; sample < count; sample++) {
        const float value = (float)samples[sample];
        uint32_t bits = 0;
        memcpy(&bits, &value, sizeof bits);
        pack_u32(target + 4 * sample, bits);
    }
}

static void pack_float_64(unsigned char *target, const double *samples, size_t count) {
    for (size_t sample = 0; sample < count; sample++) {
        uint64_t bits = 0;
        memcpy(&bits, &samples[sample], sizeof bits);
        pack_u32(target + 8 * sample, (uint32_t)bits);
        pack_u32(target + 8 * sample + 4, (uint32_t)(bits >> 32));
    }
}

/* How many of the count samples still fit into the buffer, which is emptied when it is full. */
static Status make_room(SoundWriter *writer, size_t count, size_t *fitting, ErrorList *errors) {
    PcmState *state = writer->state;
    const size_t sample_bytes = (size_t)sound_sample_bytes(writer->format.format);
    if (ROOM_BYTES - state->buffered_bytes < sample_bytes) {
        TRY(flush_whole(writer, errors));
    }
    const size_t room = (ROOM_BYTES - state->buffered_bytes) / sample_bytes;
    *fitting = count < room ? count : room;
    return DONE;
}

static Status wav_write_integers(SoundWriter *writer,
                                 const int32_t *interleaved,
                                 int64_t frames,
                                 ErrorList *errors) {
    PcmState *state = writer->state;
    const SampleFormat format = writer->format.format;
    size_t rest = (size_t)frames * (size_t)writer->format.channel_count;
    while (rest > 0) {
        size_t count = 0;
        TRY(make_room(writer, rest, &count, errors));
        unsigned char *target = state->buffer + state->buffered_bytes;
        if (format == PCM_16) {
            pack_16(target, interleaved, count);
        } else if (format == PCM_24) {
            pack_24(target, interleaved, count);
        } else {
            pack_32(target, interleaved, count);
        }
        state->buffered_bytes += count * (size_t)sound_sample_bytes(format);
        interleaved += count;
        rest -= count;
    }
    return DONE;
}

static Status wav_write_floats(SoundWriter *writer,
                               const double *interleaved,
                               int64_t frames,
                               ErrorList *errors) {
    PcmState *state = writer->state;
    const SampleFormat format = writer->format.format;
    size_t rest = (size_t)frames * (size_t)writer->format.channel_count;
    while (rest > 0) {
        size_t count = 0;
        TRY(make_room(writer, rest, &count, errors));
        unsigned char *target = state->buffer + state->buffered_bytes;
        if (format == FLOAT_32) {
            pack_float_32(target, interleaved, count);
        } else {
            pack_float_64(target, interleaved, count);
        }
        state->buffered_bytes += count * (size_t)sound_sample_bytes(format);
        interleaved += count;
        rest -= count;
    }
    return DONE;
}

static Status wav_end(SoundWriter *writer, ErrorList *errors) {
    static const unsigned char padding[1] = {0};
    const PcmState *state = writer->state;
    TRY(flush_bytes(writer, state->buffered_bytes, errors));
    TRY(append(writer, padding, (size_t)state->padding_bytes, errors));
    if (!writer->has_loudness || state->loudness_offset == 0) {
        return DONE;
    }
    unsigned char loudness[WAV_LOUDNESS_BYTES];
    wav_header_loudness(&writer->loudness, loudness);
    return file_write_all(&writer->file, (int64_t)state->loudness_offset, loudness, sizeof loudness,
                          errors);
}

const SoundWriterKind wav_writer_kind = {
    .name = "WAV",
    .extension = "wav",
    .tells_loudness = true,
    .can = wav_can,
    .file_bytes = wav_file_bytes,
    .begin = wav_begin,
    .write_integers = wav_write_integers,
    .write_floats = wav_write_floats,
    .end = wav_end,
};

static bool caf_can(SampleFormat format, int channel_count, const char **reason) {
    (void)format;
    *reason = "a CAF file holds 1 to 64 channels";
    return channel_count >= 1 && channel_count <= MAX_WAV_CHANNELS;
}

const SoundWriterKind caf_writer_kind = {
    .name = "CAF",
    .extension = "caf",
    .can = caf_can,
    .file_bytes = caf_file_bytes,
    .begin = caf_begin,
    .write_integers = wav_write_integers,
    .write_floats = wav_write_floats,
    .end = wav_end,
};

const SoundWriterKind bw64_writer_kind = {
    .name = "BW64",
    .extension = "wav",
    .tells_loudness = true,
    .can = bw64_can,
    .file_bytes = wav_file_bytes,
    .begin = wav_begin,
    .write_integers = wav_write_integers,
    .write_floats = wav_write_floats,
    .end = wav_end,
};
