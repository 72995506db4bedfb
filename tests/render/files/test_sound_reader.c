/* Samples as floats: exact where they were integers, refused where they are no numbers. */
#include "render/files/sound_reader.h"

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <unistd.h>

#include "tests/render/files/sound_fixture.h"

enum { MAX_SAMPLES = 40000 };

typedef struct Samples {
    float values[MAX_SAMPLES];
    SoundInfo info;
    int64_t frame_count;
} Samples;

/* Reads all in pieces of chunk_frames. */
static Status read_all(const Fixture *fixture, int64_t chunk_frames, Samples *samples) {
    SoundReader *reader = NULL;
    samples->frame_count = 0;
    const Place place = {.file = "job.yaml", .line = 3};
    TRY(sound_open(fixture->path, "takes/a.wav", place, &reader, &samples->info, fixture->errors));
    Status status = DONE;
    int64_t got = 0;
    do {
        float *next = samples->values + samples->frame_count * samples->info.channel_count;
        status = sound_read(reader, next, chunk_frames, &got, fixture->errors);
        samples->frame_count += got;
    } while (status == DONE && got == chunk_frames);
    sound_close(&reader);
    assert_null(reader);
    sound_close(&reader);
    return status;
}

static void integers_become_exact_fractions(void **state) {
    Fixture *fixture = *state;
    static const struct {
        unsigned bits;
        int64_t values[5];
    } rows[] = {
        {8,  {-128, -1, 0, 1, 127}                            },
        {16, {-32768, -1, 0, 1, 32767}                        },
        {24, {-8388608, -1, 0, 1, 8388607}                    },
        {32, {-2147483648LL, -128, 0, 128, 2147483647 & ~0xFF}}
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        TestFile file;
        Samples samples;
        const int sample_bytes = (int)rows[row].bits / 8;
        add_riff(&file, "RIFF");
        add_format(&file, 1, 1, 48000, rows[row].bits);
        add_chunk(&file, "data", 5 * (uint32_t)sample_bytes);
        for (int value = 0; value < 5; value++) { /* 8 bit is unsigned around 128 */
            const int64_t bias = rows[row].bits == 8 ? 128 : 0;
            add_number(&file, (uint64_t)(rows[row].values[value] + bias), sample_bytes);
        }
        save(fixture, &file);
        assert_int_equal(read_all(fixture, 2, &samples), DONE);
        assert_int_equal(samples.frame_count, 5);
        for (int value = 0; value < 5; value++) {
            const double exact = ldexp((double)rows[row].values[value], 1 - (int)rows[row].bits);
            assert_true((double)samples.values[value] == exact);
        }
    }
}

static void floats_pass_bit_for_bit(void **state) {
    Fixture *fixture = *state;
    static const float values[] = {0.0F, -0.0F, 1.0F, -1.5F, 1000.0F, 1e-42F, -3.4e38F, 0.1F};
    TestFile file;
    Samples samples;
    add_riff(&file, "RIFF");
    add_format(&file, 3, 2, 48000, 32);
    add_chunk(&file, "data", sizeof values);
    add_bytes(&file, values, sizeof values);
    save(fixture, &file);
    assert_int_equal(read_all(fixture, 3, &samples), DONE);
    assert_int_equal(samples.frame_count, 4);
    assert_memory_equal(samples.values, values, sizeof values);
}

static void doubles_are_rounded_to_floats(void **state) {
    Fixture *fixture = *state;
    static const double values[] = {0.1, -1.0 / 3.0, 1e-320};
    TestFile file;
    Samples samples;
    add_riff(&file, "RIFF");
    add_format(&file, 3, 1, 48000, 64);
    add_chunk(&file, "data", sizeof values);
    add_bytes(&file, values, sizeof values);
    save(fixture, &file);
    assert_int_equal(read_all(fixture, 100, &samples), DONE);
    for (int value = 0; value < 3; value++) {
        assert_true(samples.values[value] == (float)values[value]);
    }
}

/* 32-bit float stereo at 48 kHz with one odd sample; sparse up to it. */
static void save_with_sample(const Fixture *fixture, int64_t frame, int channel, float sample) {
    TestFile file;
    add_riff(&file, "RIFF");
    add_format(&file, 3, 2, 48000, 32);
    add_chunk(&file, "data", 8 * 600000);
    save(fixture, &file);
    const int64_t offset = (int64_t)file.size_bytes;
    assert_int_equal(truncate(fixture->path, offset + 8LL * 600000), 0);
    const int descriptor = open(fixture->path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(descriptor, &sample, 4, offset + frame * 8 + channel * 4L), 4);
    close(descriptor);
}

static Status read_silently(const Fixture *fixture, int64_t *frames) {
    static float chunk[2L * 4096]; /* thrown away */
    SoundInfo info;
    SoundReader *reader = NULL;
    TRY(sound_open(fixture->path, "takes/a.wav", NO_PLACE, &reader, &info, fixture->errors));
    Status status = DONE;
    int64_t got = 0;
    *frames = 0;
    do {
        status = sound_read(reader, chunk, 4096, &got, fixture->errors);
        *frames += got;
    } while (status == DONE && got > 0);
    sound_close(&reader);
    return status;
}

static void what_is_no_number_is_found_at_its_time_and_channel(void **state) {
    Fixture *fixture = *state;
    int64_t frames = 0;
    save_with_sample(fixture, 592560, 1, NAN);
    assert_int_equal(read_silently(fixture, &frames), E417);
    assert_true(last_message_has(fixture, "NaN at 00:00:12.345, channel 2 of `takes/a.wav`"));
    save_with_sample(fixture, 48, 0, -INFINITY);
    assert_int_equal(read_silently(fixture, &frames), E417);
    assert_true(last_message_has(fixture, "Inf at 00:00:00.001, channel 1 of `takes/a.wav`"));
    save_with_sample(fixture, 48, 0, 3.0e38F);
    assert_int_equal(read_silently(fixture, &frames), DONE);
    assert_int_equal(frames, 600000);
}

static void a_streamed_file_and_bw64_are_read_to_the_end(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    Samples samples;
    add_riff(&file, "RIFF");
    add_format(&file, 1, 1, 48000, 16);
    add_chunk(&file, "data", 0);
    for (uint64_t sample = 1; sample <= 100; sample++) {
        add_number(&file, sample, 2);
    }
    save(fixture, &file);
    assert_int_equal(read_all(fixture, 33, &samples), DONE);
    assert_int_equal(samples.frame_count, 100);
    assert_true(samples.values[99] == 100.0F / 32768.0F);
    memcpy(file.bytes, "BW64", 4);
    save(fixture, &file);
    assert_int_equal(read_all(fixture, 33, &samples), DONE);
    assert_int_equal(samples.frame_count, 100);
    assert_int_equal(warnings_count(fixture->errors), 0); /* the probe tells them */
}

/* What libsndfile itself reads from the same file. */
static void compare_with_library(const Fixture *fixture, const Samples *samples) {
    SF_INFO info = {0};
    SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(file);
    static float expected[MAX_SAMPLES];
    assert_int_equal(sf_readf_float(file, expected, info.frames), info.frames);
    sf_close(file);
    assert_int_equal(samples->frame_count, info.frames);
    assert_memory_equal(samples->values, expected,
                        (size_t)(info.frames * info.channels) * sizeof(float));
}

static void write_by_library(const Fixture *fixture, int format, int64_t frames) {
    SF_INFO info = {.channels = 2, .samplerate = 48000, .format = format};
    SNDFILE *file = sf_open(fixture->path, SFM_WRITE, &info);
    assert_non_null(file);
    for (int64_t frame = 0; frame < frames; frame++) {
        const float pair[2] = {(float)sin((double)frame * 0.05) * 0.7F,
                               (float)((double)(frame * 7919 % 1000) / 1000.0 - 0.5)};
        assert_int_equal(sf_writef_float(file, pair, 1), 1);
    }
    sf_close(file);
}

static void every_format_reads_as_the_library_reads_it(void **state) {
    Fixture *fixture = *state;
    static const int formats[] = {
        SF_FORMAT_WAV | SF_FORMAT_PCM_U8,    SF_FORMAT_WAV | SF_FORMAT_PCM_24,
        SF_FORMAT_WAVEX | SF_FORMAT_PCM_32,  SF_FORMAT_RF64 | SF_FORMAT_DOUBLE,
        SF_FORMAT_WAV | SF_FORMAT_ULAW,      SF_FORMAT_WAV | SF_FORMAT_ALAW,
        SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG,
        SF_FORMAT_AIFF | SF_FORMAT_PCM_24,   SF_FORMAT_CAF | SF_FORMAT_FLOAT,
        SF_FORMAT_W64 | SF_FORMAT_PCM_16,    SF_FORMAT_FLAC | SF_FORMAT_PCM_24,
        SF_FORMAT_OGG | SF_FORMAT_VORBIS};
    for (size_t row = 0; row < sizeof formats / sizeof *formats; row++) {
        Samples samples;
        write_by_library(fixture, formats[row], 10000);
        assert_int_equal(read_all(fixture, 777, &samples), DONE);
        assert_int_equal(samples.info.channel_count, 2);
        compare_with_library(fixture, &samples);
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void a_flac_that_ends_early_is_cut_short(void **state) {
    Fixture *fixture = *state;
    Samples samples;
    write_by_library(fixture, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 18000);
    assert_int_equal(truncate(fixture->path, 20000), 0);
    assert_int_equal(read_all(fixture, 1000, &samples), E413);
    assert_true(last_message_has(fixture, "promises 18 000 frames"));
}

static void a_flac_cut_anywhere_is_never_read_as_whole(void **state) {
    Fixture *fixture = *state;
    write_by_library(fixture, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 3000);
    FileBytes whole;
    assert_int_equal(
        file_read(fixture->path, MAX_FILE_BYTES, NO_PLACE, fixture->arena, &whole, fixture->errors),
        DONE);
    for (off_t size = (off_t)whole.size_bytes - 1; size > 0; size -= 53) {
        Samples samples;
        assert_int_equal(truncate(fixture->path, size), 0);
        const Status status = read_all(fixture, 1000, &samples);
        assert_true(status == E412 || status == E413);
    }
}

static void a_file_that_shrinks_while_it_is_read_is_cut_short(void **state) {
    Fixture *fixture = *state;
    SoundReader *reader = NULL;
    SoundInfo info;
    float chunk[2 * 100];
    int64_t got = 0;
    save_with_sample(fixture, 0, 0, 0.5F);
    assert_int_equal(sound_open(fixture->path, "a", NO_PLACE, &reader, &info, fixture->errors),
                     DONE);
    assert_int_equal(sound_read(reader, chunk, 100, &got, fixture->errors), DONE);
    assert_int_equal(truncate(fixture->path, 44), 0);
    Status status = DONE;
    for (int count = 0; status == DONE && count < 6000; count++) {
        status = sound_read(reader, chunk, 100, &got, fixture->errors);
    }
    assert_int_equal(status, E413);
    sound_close(&reader);
}

static void seeking_gives_the_samples_from_there(void **state) {
    Fixture *fixture = *state;
    static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_24,
                                  SF_FORMAT_FLAC | SF_FORMAT_PCM_24,
                                  SF_FORMAT_CAF | SF_FORMAT_PCM_16};
    static const int64_t frames[] = {9000, 0, 4097, 10000, 3};
    for (size_t row = 0; row < 3; row++) {
        Samples all;
        SoundInfo info;
        SoundReader *reader = NULL;
        write_by_library(fixture, formats[row], 10000);
        assert_int_equal(read_all(fixture, 10000, &all), DONE);
        sound_open(fixture->path, "a", NO_PLACE, &reader, &info, fixture->errors);
        for (size_t place = 0; place < sizeof frames / sizeof *frames; place++) {
            float pair[2];
            int64_t got = 0;
            assert_int_equal(sound_seek(reader, frames[place], fixture->errors), DONE);
            assert_int_equal(sound_read(reader, pair, 1, &got, fixture->errors), DONE);
            assert_int_equal(got, frames[place] < 10000 ? 1 : 0);
            if (got) {
                assert_memory_equal(pair, all.values + 2 * frames[place], sizeof pair);
            }
        }
        sound_close(&reader);
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void opening_fails_as_probing_does(void **state) {
    Fixture *fixture = *state;
    Samples samples;
    assert_int_equal(read_all(fixture, 1, &samples), E410);
    TestFile file = {0};
    add_bytes(&file, "hello", 5);
    save(fixture, &file);
    assert_int_equal(read_all(fixture, 1, &samples), E412);
    assert_true(last_message_has(fixture, "`takes/a.wav`"));
    assert_int_equal(errors_last(fixture->errors)->place.line, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(integers_become_exact_fractions),
        TEST(floats_pass_bit_for_bit),
        TEST(doubles_are_rounded_to_floats),
        TEST(what_is_no_number_is_found_at_its_time_and_channel),
        TEST(a_streamed_file_and_bw64_are_read_to_the_end),
        TEST(every_format_reads_as_the_library_reads_it),
        TEST(a_flac_that_ends_early_is_cut_short),
        TEST(a_flac_cut_anywhere_is_never_read_as_whole),
        TEST(a_file_that_shrinks_while_it_is_read_is_cut_short),
        TEST(seeking_gives_the_samples_from_there),
        TEST(opening_fails_as_probing_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
