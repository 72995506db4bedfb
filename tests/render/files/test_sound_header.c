/* Headers that tell the truth, and every way in which one can lie. */
#include "render/files/sound_header.h"
#include "render/files/sound_text.h"

#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/render/files/sound_fixture.h"

static const Place job_place = {.file = "job.yaml", .line = 12, .column = 9};

static Status probe(const Fixture *fixture, SoundInfo *info) {
    return sound_probe(fixture->path, "takes/a.wav", job_place, info, fixture->errors);
}

/* Fails with the status, at the place, and says the words and the name as given. */
static void expect(const Fixture *fixture, Status status, const char *words) {
    SoundInfo info;
    const int count = errors_count(fixture->errors);
    assert_int_equal(probe(fixture, &info), status);
    assert_int_equal(errors_count(fixture->errors), count + 1);
    assert_true(last_message_has(fixture, words));
    assert_true(last_message_has(fixture, "`takes/a.wav`"));
    assert_int_equal(errors_last(fixture->errors)->place.line, 12);
}

static void expect_warning(const Fixture *fixture, Status status, const char *words) {
    SoundInfo info;
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(errors_count(fixture->errors), 0);
    assert_int_equal(warnings_count(fixture->errors), 1);
    assert_int_equal(errors_last(fixture->errors)->status, status);
    assert_true(last_message_has(fixture, words));
}

/* 16 bit stereo, 1000 frames. */
static void make_wav(TestFile *file) {
    add_riff(file, "RIFF");
    add_format(file, 1, 2, 48000, 16);
    add_chunk(file, "data", 4000);
    add_zeros(file, 4000);
}

static void a_plain_wav_says_what_it_holds(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    make_wav(&file);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_string_equal(info.format_name, "WAV");
    assert_int_equal(info.container, SOUND_WAV);
    assert_int_equal(info.channel_count, 2);
    assert_int_equal(info.rate_hz, 48000);
    assert_int_equal(info.bits_per_sample, 16);
    assert_false(info.is_float);
    assert_int_equal(info.frame_count, 1000);
    assert_int_equal(info.channel_mask, 0);
    assert_false(info.has_time_reference);
    assert_int_equal(info.data_offset, 44);
    assert_int_equal(info.data_bytes, 4000);
    assert_int_equal(errors_count(fixture->errors) + warnings_count(fixture->errors), 0);
}

static void add_extensible(TestFile *file, unsigned channel_count, unsigned mask, unsigned tag) {
    static const unsigned char guid_end[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                               0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    add_format(file, 0xFFFE, channel_count, 96000, 32);
    file->bytes[file->size_bytes - 20] = 40;
    add_number(file, 22, 2);
    add_number(file, 32, 2);
    add_number(file, mask, 4);
    add_number(file, tag, 2);
    add_bytes(file, guid_end, sizeof guid_end);
}

static void an_extensible_wav_has_a_mask_and_a_time_reference(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    add_riff(&file, "RIFF");
    add_chunk(&file, "bext", 602);
    add_zeros(&file, 338);
    add_number(&file, 3600LL * 96000 * 20, 8);
    add_zeros(&file, 256);
    add_extensible(&file, 6, 0x60F, 3);
    add_chunk(&file, "data", 168);
    add_zeros(&file, 168);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(info.channel_count, 6);
    assert_int_equal(info.channel_mask, 0x60F);
    assert_true(info.is_float);
    assert_int_equal(info.frame_count, 7);
    assert_true(info.has_time_reference);
    assert_int_equal(info.time_reference, 6912000000);
}

static void add_rf64(TestFile *file, const char *id, uint64_t data_bytes) {
    add_riff(file, id);
    add_chunk(file, "ds64", 28);
    add_number(file, data_bytes + 100, 8);
    add_number(file, data_bytes, 8);
    add_number(file, data_bytes / 3, 8);
    add_number(file, 0, 4);
    add_format(file, 1, 1, 44100, 24);
    add_chunk(file, "data", 0xFFFFFFFF);
    add_zeros(file, 300);
}

static void rf64_and_bw64_have_their_size_in_ds64(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    add_rf64(&file, "RF64", 300);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(info.container, SOUND_RF64);
    assert_int_equal(info.frame_count, 100);
    add_rf64(&file, "BW64", 300);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_string_equal(info.format_name, "BW64");
    assert_int_equal(info.frame_count, 100);
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void a_rf64_of_terabytes_in_a_small_file_is_cut_short(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    add_rf64(&file, "RF64", 3000000000000);
    save(fixture, &file);
    expect(fixture, E413, "promises 1 000 000 000 000 frames, the file has 100");
    add_rf64(&file, "RF64", UINT64_MAX);
    save(fixture, &file);
    expect(fixture, E413, "cut short");
}

static void a_wav_above_4_gib_is_walked_without_being_read(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    add_rf64(&file, "RF64", 6000000000);
    save(fixture, &file);
    const int64_t size_bytes = (int64_t)file.size_bytes - 300 + 6000000000;
    assert_int_equal(truncate(fixture->path, size_bytes), 0); /* sparse */
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(info.frame_count, 2000000000);
}

static void a_truncated_file_is_cut_short(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    make_wav(&file);
    file.size_bytes = 44 + 114 * 4 + 3;
    save(fixture, &file);
    expect(fixture, E413,
           "`takes/a.wav` is cut short: its header promises 1 000 frames, the file has 114");
}

static void one_missing_byte_is_one_missing_frame(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    make_wav(&file);
    file.size_bytes--;
    save(fixture, &file);
    expect(fixture, E413, "promises 1 000 frames, the file has 999");
}

static void a_header_that_promises_gigabytes_is_cut_short(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    add_riff(&file, "RIFF");
    add_format(&file, 1, 2, 48000, 16);
    add_chunk(&file, "data", 4000000000);
    add_zeros(&file, 4000);
    save(fixture, &file);
    expect(fixture, E413, "promises 1 000 000 000 frames, the file has 1 000");
}

static void a_streamed_wav_takes_its_length_from_the_file(void **state) {
    Fixture *fixture = *state;
    static const uint32_t sizes[] = {0xFFFFFFFF, 0};
    for (int row = 0; row < 2; row++) {
        TestFile file;
        SoundInfo info;
        add_riff(&file, "RIFF");
        add_format(&file, 1, 2, 48000, 16);
        add_chunk(&file, "data", sizes[row]);
        add_zeros(&file, 803);
        save(fixture, &file);
        assert_int_equal(probe(fixture, &info), DONE);
        assert_int_equal(info.frame_count, 200);
        assert_int_equal(info.data_bytes, 800);
        assert_int_equal(warnings_count(fixture->errors), row + 1);
        assert_int_equal(errors_last(fixture->errors)->status, E414);
        assert_true(last_message_has(fixture, "length taken from the file size"));
    }
}

static void bytes_after_the_data_are_told_above_one_frame(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    make_wav(&file);
    add_zeros(&file, 4);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(warnings_count(fixture->errors), 0);
    add_zeros(&file, 3596);
    save(fixture, &file);
    expect_warning(fixture, E413, "3 600 unread bytes after data");
}

static void chunks_after_the_data_are_no_matter(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    SoundInfo info;
    make_wav(&file);
    add_chunk(&file, "LIST", 200);
    add_zeros(&file, 200);
    add_chunk(&file, "bext", 602);
    add_zeros(&file, 338);
    add_number(&file, 172800, 8);
    add_zeros(&file, 256);
    save(fixture, &file);
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(warnings_count(fixture->errors), 0);
    assert_int_equal(info.time_reference, 172800);
}

static void an_odd_chunk_may_lack_its_pad_byte(void **state) {
    Fixture *fixture = *state;
    for (size_t padding = 0; padding < 2; padding++) {
        TestFile file;
        SoundInfo info;
        add_riff(&file, "RIFF");
        add_format(&file, 1, 2, 48000, 16);
        add_chunk(&file, "LIST", 3);
        add_zeros(&file, 3 + padding);
        add_chunk(&file, "data", 400);
        add_zeros(&file, 400);
        save(fixture, &file);
        assert_int_equal(probe(fixture, &info), DONE);
        assert_int_equal(info.frame_count, 100);
    }
}

static void an_empty_file_and_a_text_are_no_audio_files(void **state) {
    Fixture *fixture = *state;
    TestFile file = {0};
    save(fixture, &file);
    expect(fixture, E412, "is empty");
    add_bytes(&file, "hello", 5);
    save(fixture, &file);
    expect(fixture, E412, "is not an audio file");
    add_bytes(&file, "RIFFRIFFRIFFRIFFRIFF", 20);
    save(fixture, &file);
    expect(fixture, E412, "is not an audio file");
}

static void a_file_cut_anywhere_is_refused(void **state) {
    Fixture *fixture = *state;
    TestFile whole;
    make_wav(&whole);
    for (size_t size = 1; size < 48; size++) {
        TestFile file = whole;
        SoundInfo info;
        file.size_bytes = size;
        save(fixture, &file);
        const Status expected = size >= 44 ? E413 : E412;
        assert_int_equal(probe(fixture, &info), expected);
    }
}

static void no_data_chunk_is_malformed(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    make_wav(&file);
    file.size_bytes = 36;
    save(fixture, &file);
    expect(fixture, E412, "no data chunk");
    file.size_bytes = 12;
    save(fixture, &file);
    expect(fixture, E412, "no fmt chunk");
}

static void two_of_a_chunk_are_malformed(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    add_riff(&file, "RF64");
    add_format(&file, 1, 2, 48000, 16);
    add_format(&file, 1, 60, 48000, 16);
    add_chunk(&file, "data", 4);
    add_zeros(&file, 4);
    save(fixture, &file);
    expect(fixture, E412, "malformed: it has two fmt chunks");
    make_wav(&file);
    add_chunk(&file, "data", 4);
    add_zeros(&file, 4);
    save(fixture, &file);
    expect(fixture, E412, "malformed: it has two data chunks");
}

static void a_block_size_that_does_not_fit_is_malformed(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    make_wav(&file);
    file.bytes[32] = 3;
    save(fixture, &file);
    expect(fixture, E412, "block size");
}

static void a_file_of_nothing_but_chunks_ends_soon(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    add_riff(&file, "RIFF");
    for (int count = 0; count < 5000; count++) {
        add_chunk(&file, "JUNK", 0);
    }
    save(fixture, &file);
    expect(fixture, E412, "too many chunks");
}

static void a_file_without_frames_holds_no_audio(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    make_wav(&file);
    file.size_bytes = 40;
    add_number(&file, 0, 4);
    save(fixture, &file);
    expect(fixture, E414, "no audio");
    add_chunk(&file, "LIST", 4); /* another chunk follows: not streamed, but empty */
    add_zeros(&file, 4);
    save(fixture, &file);
    expect(fixture, E414, "no audio");
}

static void channels_are_1_to_64(void **state) {
    Fixture *fixture = *state;
    static const struct {
        unsigned channel_count;
        Status status;
        const char *words;
    } rows[] = {
        {0,    E415, "no channels"                    },
        {65,   E415, "65 channels, more than 64"      },
        {1024, E415, "1 024 channels, more than 64 ch"}
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        TestFile file;
        add_riff(&file, "RIFF");
        add_format(&file, 1, rows[row].channel_count, 48000, 16);
        add_chunk(&file, "data", 4096);
        add_zeros(&file, 4096);
        save(fixture, &file);
        expect(fixture, rows[row].status, rows[row].words);
    }
}

static void rates_are_8_to_768_khz(void **state) {
    Fixture *fixture = *state;
    static const unsigned refused_hz[] = {0, 7999, 768001, 4000000000};
    static const unsigned allowed_hz[] = {8000, 44100, 768000};
    TestFile file;
    for (size_t row = 0; row < sizeof refused_hz / sizeof *refused_hz; row++) {
        add_riff(&file, "RIFF");
        add_format(&file, 1, 1, refused_hz[row], 16);
        add_chunk(&file, "data", 2);
        add_zeros(&file, 2);
        save(fixture, &file);
        expect(fixture, E416, "sample rate");
        assert_true(last_message_has(fixture, "768"));
    }
    for (size_t row = 0; row < sizeof allowed_hz / sizeof *allowed_hz; row++) {
        SoundInfo info;
        add_riff(&file, "RIFF");
        add_format(&file, 1, 1, allowed_hz[row], 16);
        add_chunk(&file, "data", 2);
        add_zeros(&file, 2);
        save(fixture, &file);
        assert_int_equal(probe(fixture, &info), DONE);
        assert_int_equal(info.frame_count, 1);
    }
}

static void twelve_bits_in_sixteen_are_told(void **state) {
    Fixture *fixture = *state;
    TestFile file;
    add_riff(&file, "RIFF");
    add_format(&file, 1, 1, 48000, 12);
    add_chunk(&file, "data", 20);
    add_zeros(&file, 20);
    save(fixture, &file);
    expect_warning(fixture, E415, "12-bit samples in 16 bits");
}

static void what_is_no_regular_file_is_refused_at_once(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    alarm(10); /* ends the test if the open waits for a writer */
    expect(fixture, E404, "not a regular file");
    alarm(0);
    assert_int_equal(unlink(fixture->path), 0);
    expect(fixture, E410, "does not exist");
    assert_int_equal(mkdir(fixture->path, 0700), 0);
    expect(fixture, E404, "a folder");
}

static void write_by_library(const Fixture *fixture, int format, int channel_count) {
    SF_INFO info = {.channels = channel_count, .samplerate = 48000, .format = format};
    SNDFILE *file = sf_open(fixture->path, SFM_WRITE, &info);
    assert_non_null(file);
    float samples[3000] = {0};
    for (int sample = 0; sample < 3000; sample++) {
        samples[sample] = (float)(sample % 97) / 128.0F;
    }
    assert_int_equal(sf_write_float(file, samples, 3000), 3000);
    sf_close(file);
}

static void other_formats_are_left_to_the_library(void **state) {
    Fixture *fixture = *state;
    static const struct {
        int format, bits;
        bool is_float;
        const char *name;
    } rows[] = {
        {SF_FORMAT_CAF | SF_FORMAT_PCM_24,                 24, false, "CAF" },
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16,                16, false, "AIFF"},
        {SF_FORMAT_W64 | SF_FORMAT_FLOAT,                  32, true,  "W64" },
        {SF_FORMAT_WAV | SF_FORMAT_ULAW,                   8,  false, "WAV" },
        {SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,              0,  false, "WAV" },
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 16, false, "WAV" },
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24,                24, false, "FLAC"},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        SoundInfo info;
        write_by_library(fixture, rows[row].format, 2);
        assert_int_equal(probe(fixture, &info), DONE);
        assert_non_null(strstr(info.format_name, rows[row].name));
        assert_int_equal(info.channel_count, 2);
        assert_int_equal(info.bits_per_sample, rows[row].bits);
        assert_int_equal(info.is_float, rows[row].is_float);
        assert_true(info.frame_count >= 1500 && info.frame_count < 3100); /* ADPCM: whole blocks */
        assert_int_equal(unlink(fixture->path), 0);
    }
    assert_int_equal(warnings_count(fixture->errors), 0);
}

static void patch(const Fixture *fixture, long offset, const char *bytes, size_t size_bytes) {
    FILE *file = fopen(fixture->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    fclose(file);
}

static void a_flac_of_unknown_length_is_counted(void **state) {
    Fixture *fixture = *state;
    SoundInfo info;
    write_by_library(fixture, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2);
    patch(fixture, 22, "\0\0\0\0", 4); /* the lower 32 bits of the frame count */
    assert_int_equal(probe(fixture, &info), DONE);
    assert_int_equal(info.frame_count, 1500);
    assert_int_equal(warnings_count(fixture->errors), 1);
    assert_int_equal(errors_last(fixture->errors)->status, E414);
}

static void a_flac_cut_in_its_header_is_refused(void **state) {
    Fixture *fixture = *state;
    write_by_library(fixture, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2);
    for (off_t size = 41; size > 0; size--) {
        assert_int_equal(truncate(fixture->path, size), 0);
        expect(fixture, E412, size >= 4 ? "ends inside its header" : "not an audio file");
    }
}

static uint32_t next_random(uint32_t *random) {
    *random = *random * 1664525U + 1013904223U;
    return *random >> 8;
}

static void damaged_headers_give_a_status_and_nothing_else(void **state) {
    Fixture *fixture = *state;
    uint32_t random = 1;
    for (int round = 0; round < 3000; round++) {
        TestFile file;
        SoundInfo info;
        if (round % 2) {
            add_rf64(&file, "RF64", 300);
        } else {
            add_riff(&file, "RIFF");
            add_extensible(&file, 2, 3, 1);
            add_chunk(&file, "data", 80);
            add_zeros(&file, 80);
        }
        for (int change = 0; change < 3; change++) {
            const size_t byte = 4 + next_random(&random) % 90;
            file.bytes[byte] = (unsigned char)next_random(&random);
        }
        file.size_bytes -= next_random(&random) % 50;
        save(fixture, &file);
        const Status status = probe(fixture, &info);
        assert_true(status == DONE || (status >= E412 && status <= E416));
        if (status == DONE) {
            assert_true(info.channel_count >= 1 && info.channel_count <= 64);
            assert_true(info.frame_count >= 1 && info.frame_count <= 400);
            assert_true(info.data_offset + info.data_bytes <= (int64_t)file.size_bytes);
        }
    }
}

static void numbers_and_times_read_well(void **state) {
    (void)state;
    assert_string_equal(sound_count_text(0).text, "0");
    assert_string_equal(sound_count_text(999).text, "999");
    assert_string_equal(sound_count_text(1000).text, "1 000");
    assert_string_equal(sound_count_text(123456).text, "123 456");
    assert_string_equal(sound_count_text(-1234567).text, "-1 234 567");
    assert_string_equal(sound_count_text(INT64_MAX).text, "9 223 372 036 854 775 807");
    assert_string_equal(sound_time_text(592560, 48000).text, "00:00:12.345");
    assert_string_equal(sound_time_text(48000LL * 3723 + 47999, 48000).text, "01:02:03.999");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_plain_wav_says_what_it_holds),
        TEST(an_extensible_wav_has_a_mask_and_a_time_reference),
        TEST(rf64_and_bw64_have_their_size_in_ds64),
        TEST(a_rf64_of_terabytes_in_a_small_file_is_cut_short),
        TEST(a_wav_above_4_gib_is_walked_without_being_read),
        TEST(a_truncated_file_is_cut_short),
        TEST(one_missing_byte_is_one_missing_frame),
        TEST(a_header_that_promises_gigabytes_is_cut_short),
        TEST(a_streamed_wav_takes_its_length_from_the_file),
        TEST(bytes_after_the_data_are_told_above_one_frame),
        TEST(chunks_after_the_data_are_no_matter),
        TEST(an_odd_chunk_may_lack_its_pad_byte),
        TEST(an_empty_file_and_a_text_are_no_audio_files),
        TEST(a_file_cut_anywhere_is_refused),
        TEST(no_data_chunk_is_malformed),
        TEST(two_of_a_chunk_are_malformed),
        TEST(a_block_size_that_does_not_fit_is_malformed),
        TEST(a_file_of_nothing_but_chunks_ends_soon),
        TEST(a_file_without_frames_holds_no_audio),
        TEST(channels_are_1_to_64),
        TEST(rates_are_8_to_768_khz),
        TEST(twelve_bits_in_sixteen_are_told),
        TEST(what_is_no_regular_file_is_refused_at_once),
        TEST(other_formats_are_left_to_the_library),
        TEST(a_flac_of_unknown_length_is_counted),
        TEST(a_flac_cut_in_its_header_is_refused),
        TEST(damaged_headers_give_a_status_and_nothing_else),
        TEST(numbers_and_times_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
