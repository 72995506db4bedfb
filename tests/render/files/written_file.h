#ifndef TESTS_RENDER_FILES_WRITTEN_FILE_H
#define TESTS_RENDER_FILES_WRITTEN_FILE_H
/* A file written and read back byte by byte. */
#include "render/files/sound_writer.h"

#include "tests/render/files/sound_fixture.h"

enum { MAX_SAMPLES = 20000 };

static const SoundFormat stereo_24 = {.container = CONTAINER_WAV,
                                      .format = PCM_24,
                                      .channel_count = 2,
                                      .rate_hz = 48000,
                                      .frame_count = 5,
                                      .channel_mask = 0x3,
                                      .time_reference = 172800000,
                                      .description = "first night",
                                      .originator = "nocturne",
                                      .coding_history = "A=PCM,F=48000\r\n"};

/* All values of a repeating pattern that reaches both ends of the range. */
static inline void fill_integers(int32_t *samples, int count, int bits) {
    const int64_t range = (int64_t)1 << bits;
    for (int sample = 0; sample < count; sample++) {
        samples[sample] = (int32_t)(sample * 48271LL * 65537 % range - range / 2);
    }
    samples[0] = (int32_t)(-range / 2);
    samples[1] = (int32_t)(range / 2 - 1);
}

static inline Status write_integers(const Fixture *fixture,
                                    const SoundFormat *format,
                                    const int32_t *samples,
                                    Sha256Text sha256,
                                    int64_t *size_bytes) {
    SoundWriter *writer = NULL;
    TRY(sound_create(fixture->path, format, &writer, fixture->errors));
    const int64_t half = format->frame_count / 2;
    assert_int_equal(sound_write_integers(writer, samples, half, fixture->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples + half * format->channel_count,
                                          format->frame_count - half, fixture->errors),
                     DONE);
    return sound_finish(&writer, sha256, size_bytes, fixture->errors);
}

static inline Status
write_floats(const Fixture *fixture, const SoundFormat *format, const double *samples) {
    SoundWriter *writer = NULL;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    TRY(sound_create(fixture->path, format, &writer, fixture->errors));
    assert_int_equal(sound_write_floats(writer, samples, format->frame_count, fixture->errors),
                     DONE);
    return sound_finish(&writer, sha256, &size_bytes, fixture->errors);
}

static inline FileBytes read_back(const Fixture *fixture) {
    FileBytes bytes;
    assert_int_equal(
        file_read(fixture->path, 1 << 24, NO_PLACE, fixture->arena, &bytes, fixture->errors), DONE);
    return bytes;
}

static inline uint64_t number_at(const unsigned char *bytes, int size_bytes) {
    uint64_t number = 0;
    for (int byte = size_bytes - 1; byte >= 0; byte--) {
        number = number << 8 | bytes[byte];
    }
    return number;
}

/* The contents of a chunk by a walk of its own; *size_bytes as the header says. */
static inline const unsigned char *
find_chunk(const unsigned char *file, size_t file_bytes, const char *id, uint64_t *size_bytes) {
    for (size_t position = 12; position + 8 <= file_bytes;) {
        *size_bytes = number_at(file + position + 4, 4);
        if (memcmp(file + position, id, 4) == 0) {
            return file + position + 8;
        }
        position += 8 + *size_bytes + *size_bytes % 2;
    }
    return NULL;
}

static inline const unsigned char *chunk_of(FileBytes file, const char *id, uint64_t size_bytes) {
    uint64_t found_bytes = 0;
    const unsigned char *chunk =
        find_chunk((const unsigned char *)file.bytes, file.size_bytes, id, &found_bytes);
    assert_non_null(chunk);
    assert_int_equal(found_bytes, size_bytes);
    return chunk;
}

#endif
