#ifndef TESTS_CLUSTER_PUBLISHED_RUN_H
#define TESTS_CLUSTER_PUBLISHED_RUN_H
/* A run made by hand up to the point where a deliverable is encoded and inspected: real WAV files
 * in the stage folder, and facts that a test may bend. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "cluster/manifest.h"
#include "cluster/publish.h"
#include "render/base/files.h"
#include "render/files/sound_writer.h"

#include "tests/support/temp_folder.h"

enum { FRAME_COUNT = 48000, OUTPUT_COUNT = 3 };

typedef struct Facts { /* what INSPECT would say */
    double integrated_lufs, true_peak_dbtp;
    bool is_measured, is_silent, is_exact;
} Facts;

typedef struct PublishedRun {
    Arena *arena;
    ErrorList *errors;
    Run run;
    MixDeliverable deliverable;
    json_t *files;
} PublishedRun;

static const Channel stereo_channels[] = {{.label = "L"}, {.label = "R"}};
static const Layout stereo_layout = {
    .name = "2.0", .channels = stereo_channels, .channel_count = 2};
static const int stereo_order[] = {0, 1};
static const char *const full_files[] = {"T_full.wav"};
static const char *const dialogue_files[] = {"T_dx.wav"};
static const char *const music_files[] = {"sub/T_mx.wav"};
static const MixOutput three_outputs[OUTPUT_COUNT] = {
    {.name = "full",       .kind = OUTPUT_FULL, .files = full_files    },
    { .name = "dx", .kind = OUTPUT_STEM,           .stem = 0, .files = dialogue_files},
    { .name = "mx", .kind = OUTPUT_STEM,           .stem = 1,    .files = music_files}
};
static const char *const output_names[OUTPUT_COUNT] = {"full", "dx", "mx"};
static const Facts good_facts = {
    .integrated_lufs = -24.0, .true_peak_dbtp = -3.0, .is_measured = true, .is_exact = true};

static inline void make_mix(PublishedRun *made) {
    static MixStem stems[] = {
        {"dx", "dialogue", 1.0},
        {"mx", "music",    1.0}
    };
    static MixFile files[] = {
        {.path = "stems/b.wav", .real_path = "/secret/b.wav"},
        {.path = "stems/a.wav", .real_path = "/secret/a.wav"}
    };
    static MixLayer layers[] = {
        {.id = "one", .file = 0},
        {.id = "two", .file = 1}
    };
    static MixBus bus = {.layout = &stereo_layout, .sofa_file = -1};
    made->deliverable = (MixDeliverable){.id = "st",
                                         .format = PCM_24,
                                         .channel_order = stereo_order,
                                         .order_count = 2,
                                         .outputs = three_outputs,
                                         .output_count = OUTPUT_COUNT,
                                         .rate_hz = 48000,
                                         .length_samples = FRAME_COUNT,
                                         .has_target = true,
                                         .target_lufs = -24.0,
                                         .tolerance_lu = 1.0,
                                         .ceiling_dbtp = -2.0};
    Mix *mix = arena_alloc(made->arena, sizeof *mix);
    *mix = (Mix){.title = "Test",
                 .code = "T",
                 .cut = "v1",
                 .version = 1,
                 .rate_hz = 48000,
                 .length_samples = FRAME_COUNT,
                 .files = files,
                 .file_count = 2,
                 .layers = layers,
                 .layer_count = 2,
                 .stems = stems,
                 .stem_count = 2,
                 .buses = &bus,
                 .bus_count = 1,
                 .deliverables = &made->deliverable,
                 .deliverable_count = 1};
    made->run.mix = mix;
}

/* Two tasks: ENCODE and INSPECT of the one deliverable. salt: makes other keys. */
static inline void make_plan(PublishedRun *made, const char *salt) {
    Arena *arena = made->arena;
    Task *tasks = arena_array(arena, 2, sizeof *tasks);
    Key *keys = arena_array(arena, 2, sizeof *keys);
    int *numbers = arena_array(arena, 2, sizeof *numbers);
    keys[0] = key_of_text(arena_format(arena, "encode %s", salt));
    keys[1] = key_of_text(arena_format(arena, "inspect %s", salt));
    numbers[1] = 1;
    tasks[0] =
        (Task){.kind = TASK_ENCODE, .outputs = &keys[0], .output_count = 1, .name = "encode"};
    tasks[1] =
        (Task){.kind = TASK_INSPECT, .outputs = &keys[1], .output_count = 1, .name = "inspect"};
    Plan *plan = arena_alloc(arena, sizeof *plan);
    *plan = (Plan){.tasks = tasks,
                   .task_count = 2,
                   .code = "T_v1",
                   .key = key_of_text(salt),
                   .encode_tasks = &numbers[0],
                   .inspect_tasks = &numbers[1]};
    made->run.plan = plan;
}

static inline void open_run(PublishedRun *made) {
    *made = (PublishedRun){0};
    temp_folder_open(&made->arena, &made->errors, &made->run.output_folder);
    made->run.arena = made->arena;
    made->run.state_folder = path_join(made->arena, made->run.output_folder, ".nocturne");
    const char *store = path_join(made->arena, made->run.state_folder, "store");
    assert_int_equal(store_open(store, made->arena, &made->run.store, made->errors), DONE);
    made->run.workplace.store = made->run.store;
    made->run.workplace.stage_folder = path_join(made->arena, made->run.state_folder, "stage");
    make_mix(made);
    make_plan(made, "one");
}

static inline void close_run(PublishedRun *made) {
    temp_folder_close(&made->arena, made->run.output_folder);
}

static inline const char *in_output(const PublishedRun *made, const char *name) {
    return path_join(made->arena, made->run.output_folder, name);
}

/* Sample values of an output: full is the sum of dx and mx, off by error_lsb in one sample. */
static inline void fill_samples(int32_t *samples, int output, int32_t error_lsb) {
    for (int32_t sample = 0; sample < FRAME_COUNT * 2; sample++) {
        const int32_t dialogue = sample * 7 % 100003 - 50000;
        const int32_t music = sample * 13 % 90001 - 45000;
        samples[sample] = output == 0 ? dialogue + music : output == 1 ? dialogue : music;
    }
    samples[4711] += output == 0 ? error_lsb : 0;
}

static inline void write_output(PublishedRun *made, const char *folder, int output, int32_t error) {
    const char *name = three_outputs[output].files[0];
    const char *path = path_join(made->arena, folder, name);
    const SoundFormat format = {.format = PCM_24,
                                .channel_count = 2,
                                .rate_hz = 48000,
                                .frame_count = FRAME_COUNT,
                                .channel_mask = 3};
    int32_t *samples = arena_array(made->arena, FRAME_COUNT * 2, sizeof *samples);
    Sha256Text sha256;
    int64_t size_bytes = 0;
    SoundWriter *writer = NULL;
    fill_samples(samples, output, error);
    folder_make(path_folder(made->arena, path), made->errors);
    assert_int_equal(sound_create(path, &format, &writer, made->errors), DONE);
    assert_int_equal(sound_write_integers(writer, samples, FRAME_COUNT, made->errors), DONE);
    assert_int_equal(sound_finish(&writer, sha256, &size_bytes, made->errors), DONE);
    json_array_append_new(made->files,
                          json_pack("{s:s, s:s, s:n, s:i, s:i, s:i, s:s, s:I}", "name", name,
                                    "output", output_names[output], "channel", "channels", 2,
                                    "rate_hz", 48000, "frames", FRAME_COUNT, "sha256", sha256,
                                    "size_bytes", (json_int_t)size_bytes));
}

static inline json_t *describe_full(Facts facts) {
    return json_pack("{s:s, s:o, s:f, s:b}", "name", "full", "integrated_lufs",
                     facts.is_measured ? json_real(facts.integrated_lufs) : json_null(),
                     "true_peak_dbtp", facts.true_peak_dbtp, "is_silent", facts.is_silent);
}

/* The files in the stage folder with encoded.json, and the facts in the store. */
static inline void stage_files(PublishedRun *made, Facts facts, int32_t error_lsb) {
    const char *folder =
        encode_folder(made->run.mix, made->run.plan, 0, &made->run.workplace, made->arena);
    made->files = json_array();
    for (int output = 0; output < OUTPUT_COUNT; output++) {
        write_output(made, folder, output, error_lsb);
    }
    file_write_atomically(path_join(made->arena, folder, "encoded.json"), "{}", 2, made->errors);
    json_t *object = json_pack("{s:o, s:[o], s:{s:b, s:f}, s:f}", "files", made->files, "outputs",
                               describe_full(facts), "null", "is_exact", facts.is_exact,
                               "max_difference_lsb", facts.is_exact ? 0.0 : 3.0, "gain_db", -1.5);
    char *text = json_dumps(object, 0);
    const Key key = made->run.plan->tasks[1].outputs[0];
    assert_int_equal(store_put(made->run.store, key, "facts", text, strlen(text), made->errors),
                     DONE);
    free(text);
    json_decref(object);
}

static inline PublishResult publish(PublishedRun *made, bool allow_qc_fail) {
    PublishResult result;
    assert_int_equal(
        publish_deliverable(&made->run, 0, allow_qc_fail, made->arena, &result, made->errors),
        DONE);
    return result;
}

#endif
