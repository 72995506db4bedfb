/* Audio between stages: any portions in, any portions out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/files.h"
#include "render/model/stored_audio.h"

#include "tests/support/temp_folder.h"

typedef struct Desk {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    Store *store;
} Desk;

enum { CHANNELS = 3, SAMPLES = 2 * AUDIO_CHUNK_SAMPLES + 777 };

static void open_desk(Desk *desk) {
    temp_folder_open(&desk->arena, &desk->errors, &desk->folder);
    assert_int_equal(store_open(desk->folder, desk->arena, &desk->store, desk->errors), DONE);
}

static float value_at(int channel, int64_t sample) {
    return (float)(channel * 1000000 + sample + 1);
}

static void write_audio(Store *store, Key key, Arena *arena, int64_t portion, ErrorList *errors) {
    const AudioHead head = {.sample_count = SAMPLES, .channel_count = CHANNELS};
    AudioSink *sink = NULL;
    assert_int_equal(audio_sink_open(&(AudioPlace){.store = store, .key = key, .key_text = "text"},
                                     &head, arena, &sink, errors),
                     DONE);
    float *planes[CHANNELS];
    for (int channel = 0; channel < CHANNELS; channel++) {
        planes[channel] = arena_array(arena, (size_t)portion, sizeof(float));
    }
    for (int64_t at = 0; at < SAMPLES; at += portion) {
        const int64_t count = SAMPLES - at < portion ? SAMPLES - at : portion;
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int64_t sample = 0; sample < count; sample++) {
                planes[channel][sample] = value_at(channel, at + sample);
            }
        }
        assert_int_equal(audio_sink_write(sink, planes, count, errors), DONE);
    }
    assert_int_equal(audio_sink_commit(sink, errors), DONE);
    audio_sink_cancel(sink);
}

static void any_portion_reads_what_any_portion_wrote(void **state) {
    (void)state;
    static const int64_t portions[] = {1000, AUDIO_CHUNK_SAMPLES, SAMPLES};
    static const int64_t begins[] = {-50, 0, 1, AUDIO_CHUNK_SAMPLES - 3, SAMPLES - 20};
    Desk desk;
    open_desk(&desk);
    Arena *arena = desk.arena;
    ErrorList *errors = desk.errors;
    Store *store = desk.store;
    float *out = arena_array(arena, 40000, sizeof *out);
    for (size_t portion = 0; portion < 3; portion++) {
        const Key key = {1, portion + 1};
        write_audio(store, key, arena, portions[portion], errors);
        StoredAudio audio;
        assert_int_equal(stored_audio_open(store, key, &audio, errors), DONE);
        for (size_t begin = 0; begin < sizeof begins / sizeof *begins; begin++) {
            stored_audio_read(&audio, 2, begins[begin], 40000, out);
            for (int64_t sample = 0; sample < 40000; sample++) {
                const int64_t at = begins[begin] + sample;
                const float expected = at < 0 || at >= SAMPLES ? 0.0F : value_at(2, at);
                assert_true(out[sample] == expected);
            }
        }
        stored_audio_close(&audio);
    }
    temp_folder_close(&desk.arena, desk.folder);
}

/* One row of nine sounds, another one holds a zero with a sign: the rest takes no room. */
static void rows_of_silence_are_not_stored(void **state) {
    (void)state;
    Desk desk;
    open_desk(&desk);
    Arena *arena = desk.arena;
    ErrorList *errors = desk.errors;
    Store *store = desk.store;
    const AudioHead head = {.sample_count = SAMPLES, .channel_count = CHANNELS};
    float *planes[CHANNELS];
    for (int channel = 0; channel < CHANNELS; channel++) {
        planes[channel] = arena_array(arena, SAMPLES, sizeof(float));
    }
    planes[1][AUDIO_CHUNK_SAMPLES + 5] = 0.5F;
    planes[2][SAMPLES - 1] = -0.0F;
    AudioSink *sink = NULL;
    const Key key = {2, 1};
    assert_int_equal(audio_sink_open(&(AudioPlace){.store = store, .key = key, .key_text = "text"},
                                     &head, arena, &sink, errors),
                     DONE);
    assert_int_equal(audio_sink_write(sink, planes, SAMPLES, errors), DONE);
    assert_int_equal(audio_sink_commit(sink, errors), DONE);
    StoredAudio audio;
    assert_int_equal(stored_audio_open(store, key, &audio, errors), DONE);
    assert_true(audio.object.size_bytes < 3 * AUDIO_CHUNK_SAMPLES * sizeof(float));
    float *out = arena_array(arena, SAMPLES, sizeof *out);
    for (int channel = 0; channel < CHANNELS; channel++) {
        stored_audio_read(&audio, channel, 0, SAMPLES, out);
        assert_memory_equal(out, planes[channel], SAMPLES * sizeof *out);
    }
    int64_t count = SAMPLES;
    assert_null(stored_audio_view(&audio, 0, 0, &count));
    assert_int_equal(count, AUDIO_CHUNK_SAMPLES);
    stored_audio_close(&audio);
    temp_folder_close(&desk.arena, desk.folder);
}

static void a_zero_key_is_silence(void **state) {
    (void)state;
    StoredAudio audio;
    float out[3] = {1.0F, 2.0F, 3.0F};
    assert_int_equal(stored_audio_open(NULL, (Key){0}, &audio, NULL), DONE);
    stored_audio_read(&audio, 0, 5, 3, out);
    assert_true(out[0] == 0.0F && out[1] == 0.0F && out[2] == 0.0F);
    stored_audio_close(&audio);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_portion_reads_what_any_portion_wrote),
        cmocka_unit_test(rows_of_silence_are_not_stored),
        cmocka_unit_test(a_zero_key_is_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
