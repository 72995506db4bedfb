/* What was written, held to what lies in the file: every container, every byte. */
#include "tests/render/files/written_file.h"

#include "render/files/sound_reader.h"

enum { FRAMES = 6001 };

static const Container containers[] = {CONTAINER_WAV, CONTAINER_RF64, CONTAINER_CAF,
                                       CONTAINER_FLAC};
enum { CONTAINER_COUNT = sizeof containers / sizeof *containers };

static SoundSeal write_sealed(Fixture *fixture, Container container) {
    static int32_t samples[FRAMES];
    const SoundLoudness measured = {-23.0, 3.0, -20.0, -21.0, -3.0};
    SoundFormat format = stereo_24;
    SoundWriter *writer = NULL;
    SoundSeal seal;
    format.container = container;
    format.channel_count = 1; /* an odd number of bytes: one behind the samples */
    format.channel_mask = 0x4;
    format.frame_count = FRAMES;
    fill_integers(samples, FRAMES, 24);
    (void)unlink(fixture->path);
    assert_int_equal(sound_create(fixture->path, &format, &writer, fixture->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples, 2000, fixture->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples + 2000, FRAMES - 2000, fixture->errors),
                     DONE);
    sound_set_loudness(writer, &measured);
    assert_int_equal(sound_finish_sealed(&writer, &seal, fixture->errors), DONE);
    return seal;
}

static SoundSeal sums_of(Fixture *fixture, int64_t head_bytes, Sha256Text sha256) {
    SoundSeal seal;
    assert_int_equal(sound_file_sums(fixture->path, head_bytes, &seal, sha256, fixture->errors),
                     DONE);
    return seal;
}

static void a_file_is_as_it_was_sealed(void **state) {
    Fixture *fixture = *state;
    for (int row = 0; row < CONTAINER_COUNT; row++) {
        Sha256Text told;
        Sha256Text expected;
        const SoundSeal written = write_sealed(fixture, containers[row]);
        const SoundSeal found = sums_of(fixture, written.head_bytes, told);
        assert_true(sound_seal_equal(&written, &found));
        assert_int_equal(file_sha256(fixture->path, NO_PLACE, expected, fixture->errors), DONE);
        assert_string_equal(told, expected);
        const SoundSeal alone = sums_of(fixture, written.head_bytes, NULL);
        assert_true(sound_seal_equal(&written, &alone));
    }
}

/* In any order, parts of it twice, parts of it never. */
static void sums_are_those_of_the_file_however_it_is_read(void **state) {
    Fixture *fixture = *state;
    static const int64_t places[][3] = {
        {0,    6001, 6001},
        {100,  0,    5000},
        {3000, 10,   6001}
    };
    for (int row = 0; row < CONTAINER_COUNT; row++) {
        Sha256Text expected;
        const SoundSeal written = write_sealed(fixture, containers[row]);
        assert_int_equal(file_sha256(fixture->path, NO_PLACE, expected, fixture->errors), DONE);
        for (size_t way = 0; way < sizeof places / sizeof *places; way++) {
            SoundReader *reader = NULL;
            SoundInfo info;
            SoundSeal found;
            Sha256Text told;
            int64_t got = 0;
            float samples[500];
            assert_int_equal(
                sound_open(fixture->path, fixture->path, NO_PLACE, &reader, &info, fixture->errors),
                DONE);
            sound_begin_sums(reader, written.head_bytes);
            for (int step = 0; step < 3; step++) {
                assert_int_equal(sound_seek(reader, places[way][step], fixture->errors), DONE);
                assert_int_equal(sound_read(reader, samples, 500, &got, fixture->errors), DONE);
            }
            assert_int_equal(sound_end_sums(reader, &found, told, fixture->errors), DONE);
            assert_true(sound_seal_equal(&written, &found));
            assert_string_equal(told, expected);
            sound_close(&reader);
        }
    }
}

/* ---- damage ---- */

static void flip_byte(const Fixture *fixture, int64_t offset) {
    FILE *file = fopen(fixture->path, "r+b");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void one_bit_anywhere_breaks_the_seal(void **state) {
    Fixture *fixture = *state;
    for (int row = 0; row < CONTAINER_COUNT; row++) {
        const SoundSeal written = write_sealed(fixture, containers[row]);
        const int64_t offsets[] = {0, written.head_bytes - 1, written.head_bytes / 2,
                                   written.size_bytes / 2, written.size_bytes - 1};
        for (size_t place = 0; place < sizeof offsets / sizeof *offsets; place++) {
            flip_byte(fixture, offsets[place]);
            const SoundSeal found = sums_of(fixture, written.head_bytes, NULL);
            assert_false(sound_seal_equal(&written, &found));
            flip_byte(fixture, offsets[place]);
        }
    }
}

static void one_byte_more_or_less_breaks_the_seal(void **state) {
    Fixture *fixture = *state;
    for (int row = 0; row < CONTAINER_COUNT; row++) {
        const SoundSeal written = write_sealed(fixture, containers[row]);
        for (int change = -1; change <= 1; change += 2) {
            assert_int_equal(truncate(fixture->path, written.size_bytes + change), 0);
            const SoundSeal found = sums_of(fixture, written.head_bytes, NULL);
            assert_int_equal(found.size_bytes, written.size_bytes + change);
            assert_false(sound_seal_equal(&written, &found));
        }
    }
}

static void a_file_that_is_given_up_leaves_nothing(void **state) {
    Fixture *fixture = *state;
    SoundWriter *writer = NULL;
    SoundSeal seal;
    assert_int_equal(sound_create(fixture->path, &stereo_24, &writer, fixture->errors), DONE);
    assert_int_equal(sound_finish_sealed(&writer, &seal, fixture->errors), E601); /* no frames */
    assert_null(writer);
    assert_int_not_equal(access(fixture->path, F_OK), 0);
    assert_int_equal(sound_file_sums(fixture->path, 0, &seal, NULL, fixture->errors), E410);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_as_it_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sums_are_those_of_the_file_however_it_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_bit_anywhere_breaks_the_seal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_byte_more_or_less_breaks_the_seal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_given_up_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
