/* Layers whose samples stay in their file give, bit for bit, what PREPARE would have stored. */
#include "tests/support/render_job.h"

#include <math.h>

#include "render/base/growing_text.h"
#include "render/stages/layer_audio.h"

enum { FRAMES = 150001, CHANNELS = 6 };

/* Noise with silence in it: whole rows, single channels, and -0 where the format has it. */
static void write_input(Bench *bench, const char *name, SampleFormat format, int channels) {
    double *samples = arena_array(bench->arena, (size_t)FRAMES * (size_t)channels, sizeof *samples);
    uint32_t noise = 1;
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        const bool is_silent = frame >= 60000 && frame < 140000;
        for (int channel = 0; channel < channels; channel++) {
            noise = noise * 1664525U + 1013904223U;
            const double value = (double)(noise >> 8) / (double)(1 << 24) - 0.5;
            const bool is_heard = !is_silent && (channel != 1 || frame > 145000);
            samples[frame * channels + channel] = is_heard && noise % 7 ? value : -0.0;
        }
    }
    bench_write_wav(bench, name, format, channels, samples, FRAMES);
}

/* is_stored: as if their samples had to be decoded. */
static void plan_layers(Bench *bench, const char *layers, bool is_stored) {
    const PlanOptions options = {.span_samples = 4 * 32768};
    bench_plan(bench,
               arena_format(bench->arena,
                            "nocturne: 1\n"
                            "project: {title: T, code: T, rate: 48 kHz, length: 8 s}\n"
                            "stems: {fx: {role: effects}}\n"
                            "layers:\n%s"
                            "deliverables: {o: {layout: 5.1, bits: 32f}}\n",
                            layers),
               4);
    for (int file = 0; is_stored && file < bench->mix->file_count; file++) {
        ((MixFile *)&bench->mix->files[file])->is_open = false;
    }
    bench_must(bench,
               plan_make(bench->mix, "TEST", options, bench->arena, &bench->plan, bench->errors));
}

static Status run_prepare(Bench *bench, const char *store, int layer) {
    Arena *scratch = arena_create();
    bench_must(bench, store_open(path_join(bench->arena, bench->folder, store), bench->arena,
                                 &bench->workplace.store, bench->errors));
    const Status status = run_task(bench->mix, bench->plan, bench->plan->prepare_tasks[layer],
                                   &bench->workplace, scratch, bench->errors);
    arena_destroy(&scratch);
    return status;
}

static void prepare(Bench *bench, const char *layers, const char *store, bool is_stored) {
    plan_layers(bench, layers, is_stored);
    for (int layer = 0; layer < bench->mix->layer_count; layer++) {
        bench_must(bench, run_prepare(bench, store, layer));
    }
}

typedef struct World { /* the same job, stored and in its files */
    Bench sides[2];
    LayerInputs *inputs[2];
} World;

static void open_world(World *world, Bench *bench, const char *layers) {
    for (int is_stored = 0; is_stored < 2; is_stored++) {
        Bench *side = &world->sides[is_stored];
        *side = *bench;
        prepare(side, layers, is_stored ? "stored" : "noted", is_stored);
        const Stage stage = {.mix = side->mix, .plan = side->plan, .workplace = &side->workplace};
        Stage *kept = arena_alloc(bench->arena, sizeof *kept);
        *kept = stage;
        world->inputs[is_stored] = layer_inputs_create(kept, bench->arena, bench->errors);
    }
}

static void read_side(World *world, int is_stored, int layer, int channel, Span part, float *out) {
    LayerAudio audio;
    Bench *bench = &world->sides[is_stored];
    bench_must(bench, layer_audio_open(world->inputs[is_stored], layer, &audio, bench->errors));
    assert_int_equal(audio.plain != NULL, !is_stored);
    layer_audio_read(&audio, channel, part.begin, part.end - part.begin, out);
    layer_audio_close(&audio);
}

/* All at once, then pieces at odd places in an order of their own. */
static void compare_channel(World *world, int layer, int channel) {
    Arena *arena = arena_create();
    const int64_t length = world->sides[0].mix->layers[layer].length_samples;
    const Span whole = {-100, length + 100};
    const int64_t count = whole.end - whole.begin;
    float *truth = arena_array(arena, (size_t)count, sizeof *truth);
    float *found = arena_array(arena, (size_t)count, sizeof *found);
    read_side(world, 1, layer, channel, whole, truth);
    read_side(world, 0, layer, channel, whole, found);
    assert_memory_equal(found, truth, (size_t)count * sizeof *found);
    LayerAudio audio;
    Bench *bench = &world->sides[0];
    bench_must(bench, layer_audio_open(world->inputs[0], layer, &audio, bench->errors));
    for (int64_t at = count - 7; at > 0; at -= 40009) {
        const int64_t part = at % 9001 < count - at ? at % 9001 : count - at;
        layer_audio_read(&audio, channel, whole.begin + at, part, found);
        assert_memory_equal(found, truth + at, (size_t)part * sizeof *found);
    }
    layer_audio_close(&audio);
    arena_destroy(&arena);
}

static void compare_layers(Bench *bench, const char *layers) {
    World world;
    open_world(&world, bench, layers);
    for (int layer = 0; layer < world.sides[0].mix->layer_count; layer++) {
        const int channels = world.sides[0].mix->layers[layer].layout->channel_count;
        for (int channel = 0; channel < channels; channel++) {
            compare_channel(&world, layer, channel);
        }
    }
    for (int is_stored = 0; is_stored < 2; is_stored++) {
        bench_must(bench, layer_inputs_check(world.inputs[is_stored], bench->errors));
        layer_inputs_close(world.inputs[is_stored]);
    }
}

static void samples_of_every_format_are_what_prepare_would_store(void **state) {
    (void)state;
    static const SampleFormat formats[] = {PCM_16, PCM_24, FLOAT_32, FLOAT_64};
    Bench bench;
    bench_open(&bench);
    for (int format = 0; format < 4; format++) {
        write_input(&bench, arena_format(bench.arena, "m%d.wav", format), formats[format], 1);
        write_input(&bench, arena_format(bench.arena, "c%d.wav", format), formats[format],
                    CHANNELS);
    }
    Text layers = {.arena = bench.arena};
    for (int format = 0; format < 4; format++) {
        text_add(&layers, "  m%d: {stem: fx, file: m%d.wav, gain: -3 dB}\n", format, format);
        text_add(&layers, "  c%d: {stem: fx, file: c%d.wav, layout: 5.1, at: 1 s}\n", format,
                 format);
    }
    compare_layers(&bench, layers.bytes);
    bench_close(&bench);
}

static void clips_fades_and_gains_are_what_prepare_would_store(void **state) {
    (void)state;
    static const char layers[] =
        "  plain: {stem: fx, file: a.wav}\n"
        "  turned: {stem: fx, file: a.wav, invert: yes, at: 333 ms}\n"
        "  faded: {stem: fx, file: s.wav, from: 100 ms, to: 2.9 s, fade_in: 1 s, fade_out: 0.7 s}\n"
        "  cut: {stem: fx, file: s.wav, gain: 4 dB, clips: [{at: 0.5 s, to: 2 s, fade_out: 30 "
        "ms},\n"
        "    {at: 1.7 s, from: 1 s, gain: -7 dB}, {at: 1.9 s, fade_in: 2 s}, {at: 7 s}]}\n"
        "  off: {stem: fx, file: a.wav, mute: yes}\n";
    Bench bench;
    bench_open(&bench);
    write_input(&bench, "a.wav", FLOAT_32, 1);
    write_input(&bench, "s.wav", PCM_24, 2);
    compare_layers(&bench, layers);
    bench_close(&bench);
}

static double counted(int64_t frame) {
    return (double)(frame * 7 % 1000) / 1024.0;
}

/* More layers than have their file open at once, read in turns. */
static void many_layers_are_read_in_turns(void **state) {
    (void)state;
    enum { LAYERS = 70, LENGTH = 40000, STEP = 20000, FRAMES_PER_MS = 48 };
    Bench bench;
    bench_open(&bench);
    double *samples = arena_array(bench.arena, LENGTH, sizeof *samples);
    Text layers = {.arena = bench.arena};
    for (int64_t frame = 0; frame < LENGTH; frame++) {
        samples[frame] = counted(frame);
    }
    bench_write_wav(&bench, "n.wav", PCM_16, 1, samples, LENGTH);
    for (int layer = 0; layer < LAYERS; layer++) {
        text_add(&layers, "  n%d: {stem: fx, file: n.wav, from: %d ms}\n", layer, layer);
    }
    prepare(&bench, layers.bytes, "store", false);
    const Stage stage = {.mix = bench.mix, .plan = bench.plan, .workplace = &bench.workplace};
    LayerInputs *inputs = layer_inputs_create(&stage, bench.arena, bench.errors);
    LayerAudio audios[LAYERS];
    for (int layer = 0; layer < LAYERS; layer++) {
        bench_must(&bench, layer_audio_open(inputs, layer, &audios[layer], bench.errors));
    }
    for (int64_t at = 0; at < LENGTH; at += STEP) {
        for (int layer = 0; layer < LAYERS; layer++) {
            float found[STEP];
            layer_audio_read(&audios[layer], 0, at, STEP, found);
            for (int64_t sample = 0; sample < STEP; sample++) {
                const int64_t frame = at + sample + (int64_t)layer * FRAMES_PER_MS;
                assert_true(found[sample] == (frame < LENGTH ? (float)counted(frame) : 0.0F));
            }
        }
    }
    bench_must(&bench, layer_inputs_check(inputs, bench.errors));
    layer_inputs_close(inputs);
    bench_close(&bench);
}

/* The samples of a result have to be those that its key names. */
static void a_file_that_changes_behind_its_note_is_refused(void **state) {
    (void)state;
    for (int is_short = 0; is_short < 2; is_short++) {
        Bench bench;
        bench_open(&bench);
        write_input(&bench, "a.wav", PCM_16, 1);
        prepare(&bench, "  a: {stem: fx, file: a.wav}\n", "store", false);
        const char *path = path_join(bench.arena, bench.folder, "a.wav");
        if (is_short) {
            assert_int_equal(truncate(path, 5000), 0);
        } else {
            assert_int_equal(unlink(path), 0);
            write_input(&bench, "a.wav", PCM_24, 1);
        }
        Arena *scratch = arena_create();
        assert_int_equal(run_task(bench.mix, bench.plan, bench.plan->spatialize_tasks[0],
                                  &bench.workplace, scratch, bench.errors),
                         E418);
        arena_destroy(&scratch);
        assert_string_equal(errors_first(bench.errors)->message, "`a.wav` changed since the plan");
        bench_close(&bench);
    }
}

/* Told as where the samples are stored: by PREPARE, at its place, up to the end of the portion that
 * is read with the last sample. */
static void what_is_no_number_is_told_by_prepare(void **state) {
    (void)state;
    static const struct {
        int64_t frame;
        const char *message;
    } rows[] = {
        {71999, "NaN at 00:00:01.499, channel 2 of `a.wav`"},
        {72500, "NaN at 00:00:01.510, channel 2 of `a.wav`"},
        {90000, NULL                                       },
    };
    for (int row = 0; row < 6; row++) {
        Bench bench;
        bench_open(&bench);
        double *samples = arena_array(bench.arena, (size_t)2 * FRAMES, sizeof *samples);
        samples[100000] = 0.5;
        samples[2 * rows[row / 2].frame + 1] = (double)NAN;
        bench_write_wav(&bench, "a.wav", FLOAT_32, 2, samples, FRAMES);
        plan_layers(&bench, "  a: {stem: fx, file: a.wav, from: 1 s, to: 1.5 s}\n", row % 2);
        const char *message = rows[row / 2].message;
        assert_int_equal(run_prepare(&bench, "store", 0), message ? E417 : DONE);
        if (message) {
            assert_string_equal(errors_first(bench.errors)->message, message);
        }
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_every_format_are_what_prepare_would_store),
        cmocka_unit_test(clips_fades_and_gains_are_what_prepare_would_store),
        cmocka_unit_test(many_layers_are_read_in_turns),
        cmocka_unit_test(a_file_that_changes_behind_its_note_is_refused),
        cmocka_unit_test(what_is_no_number_is_told_by_prepare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
