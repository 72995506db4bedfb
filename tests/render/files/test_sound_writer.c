/* Written files, walked byte by byte here and read back by libsndfile. */
#include "render/files/sound_writer.h"
#include "render/files/wav_header.h"

#include <fcntl.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/render/files/written_file.h"

static void a_stereo_wav_has_a_plain_header(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    int32_t samples[10];
    fill_integers(samples, 10, 24);
    assert_int_equal(write_integers(fixture, &stereo_24, samples, sha256, &size_bytes), DONE);
    const FileBytes file = read_back(fixture);
    assert_int_equal(file.size_bytes, 12 + 8 + 602 + 16 + 8 + 16 + 8 + 30);
    assert_memory_equal(file.bytes, "RIFF", 4);
    assert_int_equal(number_at((unsigned char *)file.bytes + 4, 4), file.size_bytes - 8);
    assert_memory_equal(file.bytes + 8, "WAVE", 4);
    const unsigned char *format = chunk_of(file, "fmt ", 16);
    assert_int_equal(number_at(format, 2), 1);
    assert_int_equal(number_at(format + 2, 2), 2);
    assert_int_equal(number_at(format + 4, 4), 48000);
    assert_int_equal(number_at(format + 8, 4), 288000);
    assert_int_equal(number_at(format + 12, 2), 6);
    assert_int_equal(number_at(format + 14, 2), 24);
    const unsigned char *data = chunk_of(file, "data", 30);
    for (int sample = 0; sample < 10; sample++) {
        assert_int_equal(number_at(data + 3L * sample, 3), (uint32_t)samples[sample] & 0xFFFFFF);
    }
}

static void the_bext_chunk_is_as_tech_3285_says(void **state) {
    Fixture *fixture = *state;
    static const unsigned char zeros[180];
    Sha256Text sha256;
    int64_t size_bytes = 0;
    int32_t samples[10] = {0};
    SoundFormat format = stereo_24;
    format.description = "Caf\xC3\xA9 \xE2\x80\x93 night"; /* Café – night */
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    const unsigned char *bext = chunk_of(read_back(fixture), "bext", 602 + 16);
    assert_string_equal((const char *)bext, "Caf? ? night");
    assert_string_equal((const char *)bext + 256, "nocturne");
    assert_memory_equal(bext + 288, zeros, 50); /* reference, date, time of day */
    assert_int_equal(number_at(bext + 338, 8), 172800000);
    assert_int_equal(number_at(bext + 346, 2), 2);
    assert_memory_equal(bext + 348, zeros, 64); /* UMID */
    for (int value = 0; value < 5; value++) {
        assert_int_equal(number_at(bext + 412 + 2L * value, 2), 0x7FFF);
    }
    assert_memory_equal(bext + 422, zeros, 180);
    assert_memory_equal(bext + 602, "A=PCM,F=48000\r\n\0", 16);
}

static void the_library_reads_the_bext_fields(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    int32_t samples[10] = {0};
    assert_int_equal(write_integers(fixture, &stereo_24, samples, sha256, &size_bytes), DONE);
    SF_INFO info = {0};
    SF_BROADCAST_INFO broadcast = {0};
    SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(sf_command(file, SFC_GET_BROADCAST_INFO, &broadcast, sizeof broadcast), 1);
    sf_close(file);
    assert_string_equal(broadcast.description, "first night");
    assert_int_equal(broadcast.time_reference_low, 172800000);
    assert_int_equal(broadcast.version, 2);
    assert_int_equal(broadcast.loudness_value, 0x7FFF);
    assert_memory_equal(broadcast.coding_history, "A=PCM,F=48000", 13);
}

static void long_texts_are_cut_at_their_fields(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    int32_t samples[10] = {0};
    char text[400];
    memset(text, 'x', sizeof text);
    text[399] = '\0';
    SoundFormat format = stereo_24;
    format.description = text;
    format.originator = text;
    format.coding_history = NULL;
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    const unsigned char *bext = chunk_of(read_back(fixture), "bext", 602);
    assert_memory_equal(bext, text, 288);
    assert_int_equal(bext[288], 0);
}

static void more_channels_have_a_mask(void **state) {
    Fixture *fixture = *state;
    static const unsigned char guid_end[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                               0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    static const struct {
        SampleFormat format;
        int channel_count;
        uint32_t mask;
        int bits, tag;
    } rows[] = {
        {PCM_24,   6,  0x60F,   24, 1},
        {PCM_16,   12, 0x2D63F, 16, 1},
        {PCM_32,   16, 0,       32, 1}, /* third-order ambisonics */
        {PCM_24,   1,  0x1,     24, 1}, /* a mono that is no centre */
        {PCM_24,   2,  0,       24, 1}, /* ears */
        {FLOAT_32, 6,  0x60F,   32, 3},
        {FLOAT_64, 64, 0,       64, 3},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        static const double silence[64 * 5];
        static const int32_t zeros[64 * 5];
        Sha256Text sha256;
        int64_t size_bytes = 0;
        SoundFormat made = stereo_24;
        made.format = rows[row].format;
        made.channel_count = rows[row].channel_count;
        made.channel_mask = rows[row].mask;
        const Status status = rows[row].tag == 3
                                  ? write_floats(fixture, &made, silence)
                                  : write_integers(fixture, &made, zeros, sha256, &size_bytes);
        assert_int_equal(status, DONE);
        const FileBytes file = read_back(fixture);
        const unsigned char *format = chunk_of(file, "fmt ", 40);
        assert_int_equal(number_at(format, 2), 0xFFFE);
        assert_int_equal(number_at(format + 2, 2), rows[row].channel_count);
        assert_int_equal(number_at(format + 14, 2), rows[row].bits);
        assert_int_equal(number_at(format + 16, 2), 22);
        assert_int_equal(number_at(format + 18, 2), rows[row].bits);
        assert_int_equal(number_at(format + 20, 4), rows[row].mask);
        assert_int_equal(number_at(format + 24, 2), rows[row].tag);
        assert_memory_equal(format + 26, guid_end, 14);
        if (rows[row].tag == 3) {
            assert_int_equal(number_at(chunk_of(file, "fact", 4), 4), 5);
        }
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void the_library_knows_the_loudspeakers(void **state) {
    Fixture *fixture = *state;
    static const int32_t zeros[30];
    static const int expected[6] = {SF_CHANNEL_MAP_LEFT,      SF_CHANNEL_MAP_RIGHT,
                                    SF_CHANNEL_MAP_CENTER,    SF_CHANNEL_MAP_LFE,
                                    SF_CHANNEL_MAP_SIDE_LEFT, SF_CHANNEL_MAP_SIDE_RIGHT};
    Sha256Text sha256;
    int64_t size_bytes = 0;
    SoundFormat format = stereo_24;
    format.channel_count = 6;
    format.channel_mask = 0x60F;
    assert_int_equal(write_integers(fixture, &format, zeros, sha256, &size_bytes), DONE);
    SF_INFO info = {0};
    int map[6] = {0};
    SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(sf_command(file, SFC_GET_CHANNEL_MAP_INFO, map, sizeof map), SF_TRUE);
    sf_close(file);
    assert_memory_equal(map, expected, sizeof map);
}

static void a_mono_float_is_plain_with_a_fact_chunk(void **state) {
    Fixture *fixture = *state;
    static const double samples[5] = {0.25, -1.0, 1.5, 0.0, 1e-3};
    SoundFormat format = stereo_24;
    format.format = FLOAT_32;
    format.channel_count = 1;
    format.channel_mask = 0x4;
    assert_int_equal(write_floats(fixture, &format, samples), DONE);
    const FileBytes file = read_back(fixture);
    const unsigned char *plain = chunk_of(file, "fmt ", 18);
    assert_int_equal(number_at(plain, 2), 3);
    assert_int_equal(number_at(plain + 16, 2), 0);
    assert_int_equal(number_at(chunk_of(file, "fact", 4), 4), 5);
    const unsigned char *data = chunk_of(file, "data", 20);
    for (int sample = 0; sample < 5; sample++) {
        const float value = (float)samples[sample];
        assert_memory_equal(data + 4L * sample, &value, 4);
    }
}

static void odd_data_is_padded_and_not_counted(void **state) {
    Fixture *fixture = *state;
    static const int32_t samples[5] = {1, 2, 3, 4, -5};
    Sha256Text sha256;
    int64_t size_bytes = 0;
    SoundFormat format = stereo_24;
    format.channel_count = 1;
    format.channel_mask = 0x4;
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    const FileBytes file = read_back(fixture);
    const unsigned char *data = chunk_of(file, "data", 15);
    assert_ptr_equal(data + 16, (const unsigned char *)file.bytes + file.size_bytes);
    assert_int_equal(data[15], 0);
    assert_int_equal(number_at((unsigned char *)file.bytes + 4, 4), file.size_bytes - 8);
}

static void the_checksum_and_size_are_those_of_the_file(void **state) {
    Fixture *fixture = *state;
    static int32_t samples[3 * 300000];
    static const Container containers[] = {CONTAINER_WAV, CONTAINER_RF64, CONTAINER_FLAC};
    fill_integers(samples, 3 * 300000, 24);
    for (size_t row = 0; row < 3; row++) {
        SoundFormat format = stereo_24;
        Sha256Text told;
        Sha256Text found;
        int64_t size_bytes = 0;
        struct stat facts;
        format.container = containers[row];
        format.channel_count = 3;
        format.channel_mask = 0x7;
        format.frame_count = 299999;
        assert_int_equal(write_integers(fixture, &format, samples, told, &size_bytes), DONE);
        assert_int_equal(file_sha256(fixture->path, NO_PLACE, found, fixture->errors), DONE);
        assert_string_equal(told, found);
        assert_int_equal(stat(fixture->path, &facts), 0);
        assert_int_equal(size_bytes, facts.st_size);
        if (containers[row] != CONTAINER_FLAC) {
            assert_int_equal(size_bytes, sound_file_bytes(&format));
        }
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void integers_come_back_exactly(void **state) {
    Fixture *fixture = *state;
    static const struct {
        Container container;
        SampleFormat format;
        int bits, channel_count;
    } rows[] = {
        {CONTAINER_WAV,  PCM_16, 16, 1},
        {CONTAINER_WAV,  PCM_24, 24, 7},
        {CONTAINER_WAV,  PCM_32, 32, 2},
        {CONTAINER_RF64, PCM_24, 24, 6},
        {CONTAINER_FLAC, PCM_16, 16, 2},
        {CONTAINER_FLAC, PCM_24, 24, 8},
        {CONTAINER_FLAC, PCM_24, 24, 1},
    };
    static int32_t samples[MAX_SAMPLES];
    static int32_t found[MAX_SAMPLES];
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        Sha256Text sha256;
        int64_t size_bytes = 0;
        SF_INFO info = {0};
        SoundFormat format = stereo_24;
        format.container = rows[row].container;
        format.format = rows[row].format;
        format.channel_count = rows[row].channel_count;
        format.frame_count = MAX_SAMPLES / 8;
        const int count = (int)format.frame_count * format.channel_count;
        fill_integers(samples, count, rows[row].bits);
        assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
        SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
        assert_non_null(file);
        assert_int_equal(info.frames, format.frame_count);
        assert_int_equal(info.channels, format.channel_count);
        assert_int_equal(info.samplerate, 48000);
        assert_int_equal(sf_read_int(file, found, count), count);
        sf_close(file);
        for (int sample = 0; sample < count; sample++) { /* libsndfile fills 32 bits */
            assert_int_equal(found[sample] >> (32 - rows[row].bits), samples[sample]);
        }
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void doubles_come_back_exactly(void **state) {
    Fixture *fixture = *state;
    static double samples[MAX_SAMPLES];
    static double found[MAX_SAMPLES];
    for (int sample = 0; sample < MAX_SAMPLES; sample++) {
        samples[sample] = (sample - 10000) / 3.0e4;
    }
    for (int row = 0; row < 2; row++) {
        SF_INFO info = {0};
        SoundFormat format = stereo_24;
        format.container = row == 0 ? CONTAINER_WAV : CONTAINER_RF64;
        format.format = FLOAT_64;
        format.channel_count = 2;
        format.frame_count = MAX_SAMPLES / 2;
        assert_int_equal(write_floats(fixture, &format, samples), DONE);
        SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
        assert_non_null(file);
        assert_int_equal(info.frames, format.frame_count);
        assert_int_equal(sf_read_double(file, found, MAX_SAMPLES), MAX_SAMPLES);
        sf_close(file);
        assert_memory_equal(found, samples, sizeof samples);
        assert_int_equal(unlink(fixture->path), 0);
    }
}

static void the_same_samples_give_the_same_file(void **state) {
    Fixture *fixture = *state;
    static int32_t samples[10000];
    fill_integers(samples, 10000, 16);
    for (int row = 0; row < 3; row++) {
        Sha256Text one;
        Sha256Text two;
        int64_t size_bytes = 0;
        SoundFormat format = stereo_24;
        format.container = row == 0 ? CONTAINER_WAV : row == 1 ? CONTAINER_RF64 : CONTAINER_FLAC;
        format.format = PCM_16;
        format.frame_count = 5000;
        assert_int_equal(write_integers(fixture, &format, samples, one, &size_bytes), DONE);
        assert_int_equal(unlink(fixture->path), 0);
        assert_int_equal(write_integers(fixture, &format, samples, two, &size_bytes), DONE);
        assert_int_equal(unlink(fixture->path), 0);
        assert_string_equal(one, two);
    }
}

static void check_ds64(const unsigned char *bytes, size_t size_bytes, const SoundFormat *format) {
    uint64_t chunk_bytes = 0;
    const uint64_t data_bytes = (uint64_t)format->frame_count * (uint64_t)format->channel_count * 3;
    assert_memory_equal(bytes, "RF64\xFF\xFF\xFF\xFFWAVEds64", 16);
    const unsigned char *ds64 = find_chunk(bytes, size_bytes, "ds64", &chunk_bytes);
    assert_int_equal(chunk_bytes, 28);
    assert_int_equal(number_at(ds64, 8), size_bytes + data_bytes + data_bytes % 2 - 8);
    assert_int_equal(number_at(ds64 + 8, 8), data_bytes);
    assert_int_equal(number_at(ds64 + 16, 8), format->frame_count);
    assert_int_equal(number_at(ds64 + 24, 4), 0);
    assert_memory_equal(bytes + size_bytes - 8, "data\xFF\xFF\xFF\xFF", 8);
}

static void rf64_has_its_sizes_in_ds64(void **state) {
    Fixture *fixture = *state;
    WavHeader header;
    SoundFormat format = stereo_24;
    format.container = CONTAINER_RF64;
    wav_header_build(&format, fixture->arena, &header);
    check_ds64(header.bytes, header.size_bytes, &format);
    format.frame_count = 5000000001;
    format.channel_count = 11;
    wav_header_build(&format, fixture->arena, &header);
    check_ds64(header.bytes, header.size_bytes, &format);
    assert_int_equal(header.data_bytes, 165000000033);
    assert_int_equal(header.padding_bytes, 1);
}

static void a_wav_above_4_gib_becomes_rf64(void **state) {
    Fixture *fixture = *state;
    WavHeader header;
    SoundFormat format = stereo_24;
    format.frame_count = 715800000; /* 4 294 800 000 bytes of samples: just below */
    wav_header_build(&format, fixture->arena, &header);
    assert_false(sound_becomes_rf64(&format));
    assert_memory_equal(header.bytes, "RIFF", 4);
    assert_int_equal(number_at(header.bytes + 4, 4), header.size_bytes + 4294800000 - 8);
    assert_int_equal(number_at(header.bytes + header.size_bytes - 4, 4), 4294800000);
    format.frame_count = 715830000; /* above 4 GiB */
    wav_header_build(&format, fixture->arena, &header);
    assert_true(sound_becomes_rf64(&format));
    check_ds64(header.bytes, header.size_bytes, &format);
    assert_int_equal(sound_file_bytes(&format), (int64_t)header.size_bytes + 4294980000);
}

static void a_path_that_is_taken_is_refused_and_kept(void **state) {
    Fixture *fixture = *state;
    SoundWriter *writer = NULL;
    TestFile file = {0};
    add_bytes(&file, "mine", 4);
    save(fixture, &file);
    assert_int_equal(sound_create(fixture->path, &stereo_24, &writer, fixture->errors), E509);
    assert_null(writer);
    assert_memory_equal(read_back(fixture).bytes, "mine", 4);
    assert_int_equal(unlink(fixture->path), 0);
    assert_int_equal(symlink("elsewhere", fixture->path), 0);
    assert_int_equal(sound_create(fixture->path, &stereo_24, &writer, fixture->errors), E509);
    assert_false(file_exists(path_join(fixture->arena, fixture->folder, "elsewhere")));
}

static void a_cancelled_file_is_gone(void **state) {
    Fixture *fixture = *state;
    static const Container containers[] = {CONTAINER_WAV, CONTAINER_FLAC};
    for (size_t row = 0; row < 2; row++) {
        SoundWriter *writer = NULL;
        static const int32_t samples[10];
        SoundFormat format = stereo_24;
        format.container = containers[row];
        assert_int_equal(sound_create(fixture->path, &format, &writer, fixture->errors), DONE);
        assert_int_equal(sound_write_integers(writer, samples, 3, fixture->errors), DONE);
        sound_cancel(&writer);
        sound_cancel(&writer);
        assert_false(file_exists(fixture->path));
    }
    assert_int_equal(errors_count(fixture->errors), 0);
}

static void another_count_of_frames_is_a_fault(void **state) {
    Fixture *fixture = *state;
    static const int32_t samples[20];
    static const double floats[20];
    SoundWriter *writer = NULL;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    assert_int_equal(sound_create(fixture->path, &stereo_24, &writer, fixture->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples, 6, fixture->errors), E601);
    assert_int_equal(sound_write_floats(writer, floats, 1, fixture->errors), E601);
    assert_int_equal(sound_write_integers(writer, samples, 4, fixture->errors), DONE);
    assert_int_equal(sound_finish(&writer, sha256, &size_bytes, fixture->errors), E601);
    assert_true(last_message_has(fixture, "was to hold 5 frames, not 4"));
    assert_null(writer);
    assert_false(file_exists(fixture->path));
}

static void what_a_container_cannot_carry_is_said(void **state) {
    Fixture *fixture = *state;
    const char *reason = NULL;
    SoundWriter *writer = NULL;
    assert_true(sound_container_can(CONTAINER_WAV, FLOAT_64, 64, &reason));
    assert_true(sound_container_can(CONTAINER_RF64, PCM_16, 1, &reason));
    assert_false(sound_container_can(CONTAINER_WAV, PCM_16, 65, &reason));
    assert_true(sound_container_can(CONTAINER_FLAC, PCM_24, 8, &reason));
    assert_false(sound_container_can(CONTAINER_FLAC, PCM_24, 9, &reason));
    assert_non_null(strstr(reason, "8 channels"));
    assert_false(sound_container_can(CONTAINER_FLAC, FLOAT_32, 2, &reason));
    assert_non_null(strstr(reason, "16 or 24 bit"));
    SoundFormat format = stereo_24;
    format.container = CONTAINER_FLAC;
    format.format = PCM_32;
    assert_int_equal(sound_create(fixture->path, &format, &writer, fixture->errors), E217);
    assert_false(file_exists(fixture->path));
}

static Status write_above_the_limit(Fixture *fixture, Container container) {
    static int32_t samples[2 * 300000];
    const struct rlimit limit = {.rlim_cur = 200000, .rlim_max = 200000};
    SoundWriter *writer = NULL;
    SoundFormat format = stereo_24;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    fill_integers(samples, 2 * 300000, 24);
    format.container = container;
    format.frame_count = 300000;
    TRY(sound_create(fixture->path, &format, &writer, fixture->errors));
    const Status status = sound_write_integers(writer, samples, 300000, fixture->errors);
    const Status finished =
        status == DONE ? sound_finish(&writer, sha256, &size_bytes, fixture->errors) : status;
    sound_cancel(&writer);
    return errors_count(fixture->errors) == 1 ? finished : DONE;
}

static void a_full_disk_is_told_once_and_no_file_stays(void **state) {
    Fixture *fixture = *state;
    static const Container containers[] = {CONTAINER_WAV, CONTAINER_FLAC};
    for (size_t row = 0; row < 2; row++) {
        const pid_t child = fork();
        if (child == 0) {
            _exit(write_above_the_limit(fixture, containers[row]) == E504 ? 0 : 1);
        }
        int ended = 0;
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_int_equal(ended, 0);
        assert_false(file_exists(fixture->path));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_stereo_wav_has_a_plain_header),
        TEST(the_bext_chunk_is_as_tech_3285_says),
        TEST(the_library_reads_the_bext_fields),
        TEST(long_texts_are_cut_at_their_fields),
        TEST(more_channels_have_a_mask),
        TEST(the_library_knows_the_loudspeakers),
        TEST(a_mono_float_is_plain_with_a_fact_chunk),
        TEST(odd_data_is_padded_and_not_counted),
        TEST(the_checksum_and_size_are_those_of_the_file),
        TEST(integers_come_back_exactly),
        TEST(doubles_come_back_exactly),
        TEST(the_same_samples_give_the_same_file),
        TEST(rf64_has_its_sizes_in_ds64),
        TEST(a_wav_above_4_gib_becomes_rf64),
        TEST(a_path_that_is_taken_is_refused_and_kept),
        TEST(a_cancelled_file_is_gone),
        TEST(another_count_of_frames_is_a_fault),
        TEST(what_a_container_cannot_carry_is_said),
        TEST(a_full_disk_is_told_once_and_no_file_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
