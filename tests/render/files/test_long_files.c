/* Files above 4 GiB, sparse on the disk: what stands in them is found where it lies. And CAF. */
#include "render/files/caf_header.h"
#include "render/files/sound_reader.h"

#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include "tests/render/files/written_file.h"

/* 24 bit, so that the last frame can be written by hand. */
static SoundFormat long_format(Container container) {
    SoundFormat format = stereo_24;
    format.container = container;
    format.channel_count = 6;
    format.channel_mask = 0x3F;
    format.frame_count = 250000000; /* 4.5 GB, 87 minutes */
    format.ixml = "<BWFXML/>";
    return format;
}

/* Header, a hole, and 1 .. 6 in the last frame. */
static void write_hole(const char *path, const WavHeader *header, int64_t file_bytes) {
    unsigned char last[18] = {0};
    for (int channel = 0; channel < 6; channel++) {
        last[3 * channel + 2] = (unsigned char)(channel + 1);
    }
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, header->bytes, header->size_bytes, 0), header->size_bytes);
    assert_int_equal(pwrite(file, last, sizeof last, file_bytes - (int64_t)sizeof last), 18);
    close(file);
}

static void check_last_frame(Fixture *fixture, const SoundFormat *format) {
    SoundReader *reader = NULL;
    SoundInfo info;
    float frame[6];
    int64_t got = 0;
    assert_int_equal(
        sound_open(fixture->path, fixture->path, NO_PLACE, &reader, &info, fixture->errors), DONE);
    assert_int_equal(info.frame_count, format->frame_count);
    assert_int_equal(info.channel_count, 6);
    assert_int_equal(info.rate_hz, 48000);
    assert_int_equal(sound_seek(reader, format->frame_count - 1, fixture->errors), DONE);
    assert_int_equal(sound_read(reader, frame, 1, &got, fixture->errors), DONE);
    sound_close(&reader);
    assert_int_equal(got, 1);
    for (int channel = 0; channel < 6; channel++) {
        assert_true(frame[channel] == (float)(channel + 1) / 128.0F);
    }
}

/* WAV asked for becomes RF64 by itself. */
static void files_above_4_gib_are_read_to_their_last_frame(void **state) {
    Fixture *fixture = *state;
    static const Container containers[] = {CONTAINER_WAV, CONTAINER_RF64, CONTAINER_BW64,
                                           CONTAINER_CAF};
    for (int row = 0; row < 4; row++) {
        const SoundFormat format = long_format(containers[row]);
        WavHeader header;
        if (containers[row] == CONTAINER_CAF) {
            caf_header_build(&format, fixture->arena, &header);
        } else {
            wav_header_build(&format, fixture->arena, &header);
        }
        const int64_t file_bytes = sound_file_bytes(&format);
        assert_int_equal(file_bytes, (int64_t)header.size_bytes + 4500000000);
        write_hole(fixture->path, &header, file_bytes);
        check_last_frame(fixture, &format);
        unlink(fixture->path);
    }
}

/* The specification's own layout of the bytes, and libsndfile's reading of the samples. */
static void a_caf_file_is_as_its_specification_says(void **state) {
    Fixture *fixture = *state;
    static const unsigned char expected[] = {
        'c', 'a', 'f', 'f', 0,    1,    0,    0,  'd', 'e', 's', 'c', 0, 0, 0, 0,
        0,   0,   0,   32,  0x40, 0xE7, 0x70, 0,  0,   0,   0,   0, /* 48000.0 */
        'l', 'p', 'c', 'm', 0,    0,    0,    2,  0,   0,   0,   6,   0, 0, 0, 1,
        0,   0,   0,   2,   0,    0,    0,    24, 'c', 'h', 'a', 'n', 0, 0, 0, 0,
        0,   0,   0,   12,  0,    1,    0,    0,  0,   0,   0,   3,   0, 0, 0, 0,
        'd', 'a', 't', 'a', 0,    0,    0,    0,  0,   0,   0,   34,  0, 0, 0, 0};
    const int32_t samples[10] = {1, -1, 8388607, -8388608, 0, 255, 256, -256, 65536, -65536};
    Sha256Text sha256;
    int64_t size_bytes = 0;
    SoundFormat format = stereo_24;
    format.container = CONTAINER_CAF;
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    assert_int_equal(size_bytes, sizeof expected + 30);
    assert_memory_equal(read_back(fixture).bytes, expected, sizeof expected);
    SF_INFO info = {0};
    int found[10];
    SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(sf_readf_int(file, found, 5), 5);
    sf_close(file);
    for (int sample = 0; sample < 10; sample++) {
        assert_int_equal(found[sample], samples[sample] * 256);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(files_above_4_gib_are_read_to_their_last_frame),
        TEST(a_caf_file_is_as_its_specification_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
