/* What a WAV file says about itself: bext, iXML and cue points. */
#include "render/base/units.h"

#include <sndfile.h>

#include "tests/render/files/written_file.h"

/* Tech 3285 v2: hundredths, two's complement, 0x7FFF where nothing was measured. */
static void the_loudness_of_bext_is_what_was_measured(void **state) {
    Fixture *fixture = *state;
    const SoundLoudness measured = {.integrated_lufs = -23.004,
                                    .loudness_range_lu = 7.126,
                                    .max_momentary_lufs = -15.5,
                                    .max_short_term_lufs = silence_db,
                                    .true_peak_dbtp = -1.009};
    const int32_t samples[10] = {0};
    SoundWriter *writer = NULL;
    Sha256Text sha256;
    Sha256Text found;
    int64_t size_bytes = 0;
    assert_int_equal(sound_create(fixture->path, &stereo_24, &writer, fixture->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples, 5, fixture->errors), DONE);
    sound_set_loudness(writer, &measured);
    assert_int_equal(sound_finish(&writer, sha256, &size_bytes, fixture->errors), DONE);
    const unsigned char *bext = chunk_of(read_back(fixture), "bext", 602 + 16);
    const int expected[] = {-2300, 713, -101, -1550, 0x7FFF};
    for (int value = 0; value < 5; value++) {
        const int word = (int)number_at(bext + 412 + 2L * value, 2);
        assert_int_equal(word, expected[value] & 0xFFFF);
    }
    assert_int_equal(file_sha256(fixture->path, NO_PLACE, found, fixture->errors), DONE);
    assert_string_equal(sha256, found);
    assert_memory_equal(chunk_of(read_back(fixture), "data", 30), samples, 30);
}

static void the_origin_is_a_reference_and_a_umid(void **state) {
    Fixture *fixture = *state;
    static const unsigned char umid[32] = {0x06, 0x0A, 0x2B, 0x34, 0x01, 0x01, 0x01, 0x05,
                                           0x01, 0x01, 0x0F, 0x20, 0x13, 0x00, 0x00, 0x00,
                                           0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0x8D, 0xEF,
                                           0xBE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10};
    Sha256Text sha256;
    int64_t size_bytes = 0;
    const int32_t samples[10] = {0};
    SoundFormat format = stereo_24;
    format.originator_reference = "0123456789abcdef0123456789abcdef";
    format.material = (Key){0x0123456789ABCDEF, 0xFEDCBA9876543210};
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    const unsigned char *bext = chunk_of(read_back(fixture), "bext", 602 + 16);
    assert_memory_equal(bext + 288, format.originator_reference, 32);
    assert_memory_equal(bext + 348, umid, 32);
}

/* libsndfile reads the places, a walk of our own the names. */
static void cue_points_have_names(void **state) {
    Fixture *fixture = *state;
    static const SoundCue cues[] = {
        {0, "door"                   },
        {3, "a very long name indeed"}
    };
    Sha256Text sha256;
    int64_t size_bytes = 0;
    const int32_t samples[10] = {0};
    SoundFormat format = stereo_24;
    format.cues = cues;
    format.cue_count = 2;
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    SF_INFO info = {0};
    SF_CUES found = {0};
    SNDFILE *file = sf_open(fixture->path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(sf_command(file, SFC_GET_CUE, &found, sizeof found), SF_TRUE);
    sf_close(file);
    assert_int_equal(info.frames, 5);
    assert_int_equal(found.cue_count, 2);
    assert_int_equal(found.cue_points[1].sample_offset, 3);
    const unsigned char *list = chunk_of(read_back(fixture), "LIST", 4 + 8 + 12 + 8 + 28);
    assert_memory_equal(list, "adtllabl\x0C\0\0\0\x01\0\0\0door\0", 21);
    assert_memory_equal(list + 24, "labl\x1C\0\0\0\x02\0\0\0a very long name indeed\0", 36);
}

static void ixml_is_padded_with_spaces(void **state) {
    Fixture *fixture = *state;
    Sha256Text sha256;
    int64_t size_bytes = 0;
    const int32_t samples[10] = {0};
    SoundFormat format = stereo_24;
    format.ixml = "<BWFXML/>";
    assert_int_equal(write_integers(fixture, &format, samples, sha256, &size_bytes), DONE);
    assert_memory_equal(chunk_of(read_back(fixture), "iXML", 12), "<BWFXML/>   ", 12);
    assert_int_equal(size_bytes, sound_file_bytes(&format));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_loudness_of_bext_is_what_was_measured),
        TEST(the_origin_is_a_reference_and_a_umid),
        TEST(cue_points_have_names),
        TEST(ixml_is_padded_with_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
