/* Opus files, their pages walked byte by byte here, and read back by libsndfile and our reader. */
#include <math.h>
#include <sndfile.h>

#include "render/files/opus_mapping.h"
#include "render/files/sound_reader.h"
#include "tests/render/files/written_file.h"

enum { FRAMES = 9000, LAST_GRANULE_AT = 6, SERIAL_AT = 14, SUM_AT = 22, PAGE_BYTES = 27 };

static const double pi_here = 3.14159265358979323846;

static const SoundFormat opus_stereo = {
    .container = CONTAINER_OPUS,
    .format = PCM_24,
    .channel_count = 2,
    .rate_hz = 48000,
    .frame_count = FRAMES,
    .channel_mask = 0x3,
    .material = {.low = 0x1234, .high = 0x70000000},
    .description = "first night",
    .originator = "nocturne"
};

/* A tone of its own for every channel, the harmonics of 375 Hz: whole turns in 128 samples. */
static double tone_at(int64_t frame, int channel) {
    return 0.25 * sin(2.0 * pi_here * 375.0 * (channel + 1) * (double)frame / 48000.0);
}

static Status write_tones(Fixture *fixture, const SoundFormat *format, int64_t portion) {
    const int width = format->channel_count;
    int32_t *samples = arena_array(fixture->arena, (size_t)(portion * width), sizeof *samples);
    SoundWriter *writer = NULL;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    unlink(fixture->path);
    TRY(sound_create(fixture->path, format, &writer, fixture->errors));
    for (int64_t at = 0; at < format->frame_count; at += portion) {
        const int64_t rest = format->frame_count - at;
        const int64_t count = rest < portion ? rest : portion;
        for (int64_t value = 0; value < count * width; value++) {
            samples[value] =
                (int32_t)(8388608.0 * tone_at(at + value / width, (int)(value % width)));
        }
        assert_int_equal(sound_write_integers(writer, samples, count, fixture->errors), DONE);
    }
    return sound_finish(&writer, sha256, &size_bytes, fixture->errors);
}

/* The channel whose tone is the loudest in a plane of [FRAMES]: by correlation over whole turns. */
static int loudest_tone(const float *interleaved, int channel, int width) {
    int loudest = -1;
    double most = 0.0;
    for (int tone = 0; tone < width; tone++) {
        double product = 0.0;
        for (int64_t frame = 1280; frame < 1280 + 128 * 50; frame++) {
            product += interleaved[frame * width + channel] * tone_at(frame, tone);
        }
        loudest = fabs(product) > most ? tone : loudest;
        most = fabs(product) > most ? fabs(product) : most;
    }
    return loudest;
}

/* ---- pages: RFC 3533 ---- */

static uint32_t page_sum(const unsigned char *page, size_t size_bytes) {
    uint32_t sum = 0;
    for (size_t byte = 0; byte < size_bytes; byte++) {
        const bool is_sum = byte >= SUM_AT && byte < SUM_AT + 4;
        sum ^= (uint32_t)(is_sum ? 0 : page[byte]) << 24;
        for (int bit = 0; bit < 8; bit++) {
            sum = sum & 0x80000000U ? (sum << 1) ^ 0x04C11DB7U : sum << 1;
        }
    }
    return sum;
}

static size_t page_bytes(const unsigned char *page) {
    size_t size_bytes = (size_t)PAGE_BYTES + page[PAGE_BYTES - 1];
    for (int segment = 0; segment < page[PAGE_BYTES - 1]; segment++) {
        size_bytes += page[PAGE_BYTES + segment];
    }
    return size_bytes;
}

static void pages_are_whole_and_end_at_the_last_sample(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(write_tones(fixture, &opus_stereo, 1000), DONE);
    const FileBytes file = read_back(fixture);
    const unsigned char *bytes = (const unsigned char *)file.bytes;
    uint64_t page_count = 0;
    uint64_t granule = 0;
    int flags = 0;
    const uint64_t lead = number_at(bytes + PAGE_BYTES + 1 + 10, 2);
    for (size_t at = 0; at < file.size_bytes; at += page_bytes(bytes + at)) {
        const unsigned char *page = bytes + at;
        assert_memory_equal(page, "OggS\0", 5);
        assert_int_equal(number_at(page + SERIAL_AT, 4), 0x70001234);
        assert_int_equal(number_at(page + SERIAL_AT + 4, 4), page_count);
        assert_int_equal(number_at(page + SUM_AT, 4), page_sum(page, page_bytes(page)));
        flags = page[5];
        assert_int_equal(flags & 2, page_count == 0 ? 2 : 0); /* begin of the stream */
        assert_true(number_at(page + LAST_GRANULE_AT, 8) >= granule);
        granule = number_at(page + LAST_GRANULE_AT, 8);
        assert_true(page_count >= 2 || granule == 0); /* headers, each on pages of its own */
        page_count++;
    }
    assert_int_equal(flags & 4, 4);
    assert_int_equal(granule, FRAMES + lead);
    assert_true(lead >= 120 && lead <= 3840); /* RFC 7845, 5.1: 80 ms are advised at most */
}

/* ---- headers ---- */

static void the_head_says_what_is_in_it(void **state) {
    Fixture *fixture = *state;
    static const struct {
        int channel_count;
        uint32_t mask;
        bool is_ambisonic;
        unsigned char family, streams, coupled;
    } rows[] = {
        {1,  0,     false, 0, 0,  0},
        {2,  0x3,   false, 0, 0,  0},
        {2,  0,     false, 0, 0,  0}, /* binaural */
        {6,  0x3F,  false, 1, 4,  2},
        {6,  0x60F, false, 1, 4,  2},
        {8,  0x63F, false, 1, 5,  3},
        {4,  0,     true,  2, 4,  0},
        {16, 0,     true,  2, 16, 0},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        SoundFormat format = opus_stereo;
        format.channel_count = rows[row].channel_count;
        format.channel_mask = rows[row].mask;
        format.is_ambisonic = rows[row].is_ambisonic;
        format.frame_count = 5;
        assert_int_equal(write_tones(fixture, &format, 5), DONE);
        const unsigned char *head =
            (const unsigned char *)read_back(fixture).bytes + PAGE_BYTES + 1;
        assert_memory_equal(head, "OpusHead\1", 9);
        assert_int_equal(head[9], rows[row].channel_count);
        assert_int_equal(number_at(head + 12, 4), 48000);
        assert_int_equal(number_at(head + 16, 2), 0);
        assert_int_equal(head[18], rows[row].family);
        if (rows[row].family != 0) {
            assert_int_equal(head[19], rows[row].streams);
            assert_int_equal(head[20], rows[row].coupled);
        }
    }
}

static bool holds(FileBytes file, const char *text) {
    return memmem(file.bytes, file.size_bytes, text, strlen(text)) != NULL;
}

static void markers_are_chapters(void **state) {
    Fixture *fixture = *state;
    static const SoundCue cues[] = {
        {4800,           "door"       },
        {48000LL * 3725, "caf\xC3\xA9"},
    };
    SoundFormat format = opus_stereo;
    format.cues = cues;
    format.cue_count = 2;
    assert_int_equal(write_tones(fixture, &format, 1000), DONE);
    const FileBytes file = read_back(fixture);
    assert_true(holds(file, "TITLE=first night"));
    assert_true(holds(file, "ENCODER=nocturne"));
    assert_true(holds(file, "CHAPTER000=00:00:00.100"));
    assert_true(holds(file, "CHAPTER000NAME=door"));
    assert_true(holds(file, "CHAPTER001=01:02:05.000"));
    assert_true(holds(file, "CHAPTER001NAME=caf\xC3\xA9"));
}

/* ---- samples ---- */

static void check_length_and_order(Fixture *fixture, const SoundFormat *format, const int *wanted) {
    static float samples[FRAMES * 8];
    SF_INFO info = {0};
    const int width = format->channel_count;
    assert_int_equal(write_tones(fixture, format, 1000), DONE);
    SNDFILE *library = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(library);
    assert_int_equal(info.channels, width);
    assert_int_equal(info.frames, FRAMES);
    assert_int_equal(sf_readf_float(library, samples, FRAMES), FRAMES);
    sf_close(library);
    for (int place = 0; place < width; place++) {
        assert_int_equal(loudest_tone(samples, place, width), wanted[place]);
    }
    SoundReader *reader = NULL;
    SoundInfo found;
    int64_t got = 0;
    assert_int_equal(sound_open(fixture->path, "a", NO_PLACE, &reader, &found, fixture->errors),
                     DONE);
    assert_string_equal(found.format_name, "Opus");
    assert_int_equal(sound_read(reader, samples, FRAMES, &got, fixture->errors), DONE);
    assert_int_equal(got, FRAMES);
    for (int channel = 0; channel < width; channel++) {
        assert_int_equal(loudest_tone(samples, channel, width), channel);
    }
    sound_close(&reader);
}

/* WAV: by the bits of dwChannelMask; Opus: RFC 7845, 5.1.1.2. The LFE has less than 120 Hz there.
 */
static void every_loudspeaker_keeps_its_place(void **state) {
    static const struct {
        int channel_count;
        uint32_t mask;
        int file[8]; /* channel of WAV at each place of Opus */
    } rows[] = {
        {3,  0x7,     {0, 2, 1}      },
        {4,  0x33,    {0, 1, 2, 3}   }, /* quad */
        {5,  0x37,    {0, 2, 1, 3, 4}},
        {5,  0x607,   {0, 2, 1, 3, 4}},
        {7,  0x637,   {0}            }, /* seven without an LFE: no place */
        {4,  0x107,   {0}            }, /* a surround in the middle: no place */
        {12, 0x2D63F, {0}            },
    };
    Fixture *fixture = *state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        SoundFormat format = opus_stereo;
        OpusMapping mapping;
        format.channel_count = rows[row].channel_count;
        format.channel_mask = rows[row].mask;
        if (opus_mapping_of(format.channel_count, format.channel_mask, false, &mapping)) {
            assert_memory_not_equal(rows[row].file, ((int[8]){0}), sizeof rows[row].file);
            check_length_and_order(fixture, &format, rows[row].file);
        } else {
            SoundWriter *writer = NULL;
            unlink(fixture->path);
            assert_int_equal(rows[row].file[1], 0);
            assert_int_equal(sound_create(fixture->path, &format, &writer, fixture->errors), E217);
        }
    }
}

/* Their LFE is coded as one: its tone, the fourth, is not there. */
static void the_lfe_is_the_last_one_in_the_file(void **state) {
    Fixture *fixture = *state;
    static const int orders[2][8] = {
        {0,  2, 1, 4, 5, 3},
        { 0, 2, 1, 6, 7, 4, 5, 3},
    };
    OpusMapping mapping;
    (void)fixture;
    assert_true(opus_mapping_of(6, 0x3F, false, &mapping));
    assert_memory_equal(mapping.order, orders[0], 6 * sizeof(int));
    assert_true(opus_mapping_of(6, 0x60F, false, &mapping));
    assert_memory_equal(mapping.order, orders[0], 6 * sizeof(int));
    assert_true(opus_mapping_of(8, 0x63F, false, &mapping)); /* WAV: rears in front of sides */
    assert_memory_equal(mapping.order, orders[1], 8 * sizeof(int));
}

/* libvorbisenc 1.3.7 does not free its setup when libsndfile has written a file. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:vorbis_encode_setup_init\n";
}

/* A file of Vorbis, written by libsndfile as it comes: each place is heard where its loudspeaker
 * is. */
static void the_loudspeakers_of_vorbis_are_found_too(void **state) {
    Fixture *fixture = *state;
    static float samples[FRAMES * 8];
    static const int channel_of_place[6] = {0, 2, 1, 4, 5, 3}; /* FL FC FR BL BR LFE */
    SF_INFO vorbis = {
        .channels = 6, .samplerate = 48000, .format = SF_FORMAT_OGG | SF_FORMAT_VORBIS};
    SoundReader *reader = NULL;
    SoundInfo info;
    int64_t got = 0;
    for (int64_t value = 0; value < 6L * FRAMES; value++) {
        samples[value] = (float)tone_at(value / 6, (int)(value % 6));
    }
    SNDFILE *library = sf_open(fixture->path, SFM_WRITE, &vorbis);
    assert_non_null(library);
    assert_int_equal(sf_writef_float(library, samples, FRAMES), FRAMES);
    sf_close(library);
    assert_int_equal(sound_open(fixture->path, "a", NO_PLACE, &reader, &info, fixture->errors),
                     DONE);
    assert_int_equal(info.channel_mask, 0x3F);
    assert_int_equal(sound_read(reader, samples, FRAMES, &got, fixture->errors), DONE);
    sound_close(&reader);
    for (int place = 0; place < 5; place++) { /* an LFE has no tone as high as its one */
        assert_int_equal(loudest_tone(samples, channel_of_place[place], 6), place);
    }
}

static void samples_come_back_in_time_and_level(void **state) {
    Fixture *fixture = *state;
    static float samples[FRAMES * 2];
    SoundReader *reader = NULL;
    SoundInfo info;
    int64_t got = 0;
    double error = 0.0;
    double signal = 0.0;
    SoundFormat format = opus_stereo;
    format.bits_per_s = 256000;
    assert_int_equal(write_tones(fixture, &format, 1000), DONE);
    assert_int_equal(sound_open(fixture->path, "a", NO_PLACE, &reader, &info, fixture->errors),
                     DONE);
    assert_int_equal(sound_read(reader, samples, FRAMES, &got, fixture->errors), DONE);
    sound_close(&reader);
    for (int64_t value = 0; value < 2L * FRAMES; value++) {
        const double wanted = tone_at(value / 2, (int)(value % 2));
        error += (samples[value] - wanted) * (samples[value] - wanted);
        signal += wanted * wanted;
    }
    /* one sample of delay alone would leave -23 dB of these tones */
    assert_true(10.0 * log10(error / signal) < -30.0);
}

static void the_same_samples_make_the_same_file(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(write_tones(fixture, &opus_stereo, 1), DONE);
    const FileBytes one = read_back(fixture);
    assert_int_equal(write_tones(fixture, &opus_stereo, FRAMES), DONE);
    const FileBytes other = read_back(fixture);
    assert_int_equal(one.size_bytes, other.size_bytes);
    assert_memory_equal(one.bytes, other.bytes, one.size_bytes);
}

static void the_bit_rate_is_what_was_asked_for(void **state) {
    Fixture *fixture = *state;
    SoundFormat format = opus_stereo;
    assert_int_equal(opus_bits_per_s(0, 2), 128000);
    assert_int_equal(opus_bits_per_s(96000, 2), 96000);
    format.bits_per_s = 32000;
    assert_int_equal(write_tones(fixture, &format, FRAMES), DONE);
    const size_t small = read_back(fixture).size_bytes;
    format.bits_per_s = 256000;
    assert_int_equal(write_tones(fixture, &format, FRAMES), DONE);
    assert_true(read_back(fixture).size_bytes > 3 * small);
}

static void other_rates_are_refused_and_leave_no_file(void **state) {
    Fixture *fixture = *state;
    SoundWriter *writer = NULL;
    const char *reason = NULL;
    SoundFormat format = opus_stereo;
    format.rate_hz = 44100;
    assert_int_equal(sound_create(fixture->path, &format, &writer, fixture->errors), E217);
    assert_true(last_message_has(fixture, "48000 Hz"));
    assert_false(file_exists(fixture->path));
    assert_false(sound_container_can(CONTAINER_OPUS, PCM_24, 10, &reason));
    assert_true(sound_container_can(CONTAINER_OPUS, FLOAT_32, 64, &reason));
    assert_true(sound_is_lossy(CONTAINER_OPUS));
    assert_false(sound_is_lossy(CONTAINER_FLAC));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_are_whole_and_end_at_the_last_sample, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_head_says_what_is_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers_are_chapters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_loudspeaker_keeps_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_lfe_is_the_last_one_in_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_loudspeakers_of_vorbis_are_found_too, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(samples_come_back_in_time_and_level, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_samples_make_the_same_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_bit_rate_is_what_was_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_rates_are_refused_and_leave_no_file, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
