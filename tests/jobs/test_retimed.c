/* A programme at another speed or rate: tones, clicks and stamps where arithmetic says they are. */
#include "tests/support/render_job.h"

#include <jansson.h>
#include <math.h>

enum { RATE_HZ = 48000, FRAMES = 48, PROGRAMME = FRAMES * 2002, CLICK_FRAME = 20, MARGIN = 400 };

static const double two_pi = 6.28318530717958647692;
static const double tone_hz = 1000.0;

static void write_sounds(Bench *bench) {
    double *samples = calloc(PROGRAMME, sizeof *samples);
    for (int sample = 0; sample < PROGRAMME; sample++) {
        samples[sample] = 0.25 * sin(two_pi * tone_hz * sample / RATE_HZ);
    }
    bench_write_wav(bench, "tone.wav", FLOAT_32, 1, samples, PROGRAMME);
    memset(samples, 0, PROGRAMME * sizeof *samples);
    samples[CLICK_FRAME * 2002] = 0.5;
    bench_write_wav(bench, "click.wav", FLOAT_32, 1, samples, PROGRAMME);
    free(samples);
}

static const char form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 48 fr, frame_rate: 23.976, start: \"01:00:00:00\"}\n"
    "markers: {hit: 20 fr}\n"
    "%s"
    "layers: {mx: {file: tone.wav, layout: 1.0}, fx: {file: click.wav, layout: 1.0}}\n"
    "deliverables: {a: {layout: 1.0, bits: %s, stems: [full, mx, fx], name: $stem_$reel, %s}}\n";

static void
render(Bench *bench, const char *reels, const char *bits, const char *more, int span_blocks) {
    bench_plan(bench, arena_format(bench->arena, form, reels, bits, more), span_blocks);
    bench_run(bench, arena_format(bench->arena, "%s-%s-%d", bits, more, span_blocks));
}

typedef struct Speed {
    const char *more;
    int rate_hz, frame_samples; /* of what is delivered */
    double step;                /* samples of the job in the time of one of those */
    int64_t time_reference;
} Speed;

static const Speed speeds[] = {
    {"frame_rate: 24",               48000, 2000, 1001.0 / 1000.0, 172800000},
    {"frame_rate: 25",               48000, 1920, 1001.0 / 960.0,  165888000},
    {"rate: 96 kHz",                 96000, 4004, 0.5,             345945600},
    {"rate: 96 kHz, frame_rate: 24", 96000, 4000, 1001.0 / 2000.0, 345600000},
};

/* Length in whole frames; the tone faster by the ratio, in phase; the click at its frame. */
static void tones_and_clicks_are_where_their_frames_are(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    for (size_t row = 0; row < sizeof speeds / sizeof *speeds; row++) {
        const Speed *speed = &speeds[row];
        render(&bench, "", "32f", speed->more, 1);
        SoundInfo info;
        const float *tone = bench_read(&bench, bench_output(&bench, 0, 1, 0), &info);
        assert_int_equal(info.rate_hz, speed->rate_hz);
        assert_int_equal(info.frame_count, FRAMES * speed->frame_samples);
        assert_int_equal(info.time_reference, speed->time_reference);
        for (int64_t at = MARGIN; at < info.frame_count - speed->rate_hz / 50; at++) {
            const double expected =
                0.25 * sin(two_pi * tone_hz * (double)at * speed->step / RATE_HZ);
            assert_true(fabs(tone[at] - expected) < 1e-6);
        }
        const float *click = bench_read(&bench, bench_output(&bench, 0, 2, 0), &info);
        const int64_t place = (int64_t)CLICK_FRAME * speed->frame_samples;
        for (int64_t at = 0; at < info.frame_count; at++) {
            assert_true(fabsf(click[at]) <= click[place]);
        }
        assert_true(fabsf(click[place - 3] - click[place + 3]) < 1e-7F);
    }
    bench_close(&bench);
}

/* The law, with leaders and reels; integers null; the stems are those of one programme. */
static void cuts_of_the_timeline_change_no_bit(void **state) {
    (void)state;
    static const char reels[] = "reels: {a: {in: 0 fr, out: 21 fr}, b: {in: 21 fr, out: 48 fr}}\n";
    static const char more[] =
        "frame_rate: 24, leader: {length: 12 fr}, pop: {before: 6 fr}, hour: ffoa";
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    FileBytes first[6];
    for (int cut = 0; cut < 3; cut++) {
        render(&bench, reels, "24", more, cut + 1);
        for (int file = 0; file < 6; file++) {
            FileBytes bytes;
            bench_must(&bench, file_read(bench_output(&bench, 0, file / 2, file % 2), 1 << 24,
                                         NO_PLACE, bench.arena, &bytes, bench.errors));
            first[file] = cut == 0 ? bytes : first[file];
            assert_int_equal(bytes.size_bytes, first[file].size_bytes);
            assert_memory_equal(bytes.bytes, first[file].bytes, bytes.size_bytes);
        }
    }
    SoundInfo info;
    for (int output = 0; output < 3; output++) {
        bench_read(&bench, bench_output(&bench, 0, output, 1), &info);
        /* 12 frames of leader, 27 of programme; the tail pop ends 48 frames behind it */
        assert_int_equal(info.frame_count, (12 + 27 + 48) * 2000);
        assert_int_equal(info.time_reference, 2 * 3600 * 48000 - 12 * 2000);
    }
    const Task *task = &bench.plan->tasks[bench.plan->inspect_tasks[0]];
    StoreObject object;
    bench_must(&bench, store_map(bench.workplace.store, task->outputs[0], &object, bench.errors));
    json_t *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    assert_true(json_is_true(json_object_get(json_object_get(facts, "null"), "is_exact")));
    json_decref(facts);
    bench_close(&bench);
}

/* iXML and cue points are those of the frames that are shown. */
static void a_file_tells_its_own_speed(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    render(&bench, "", "24", "frame_rate: 25", 1);
    FileBytes bytes;
    bench_must(&bench, file_read(bench_output(&bench, 0, 0, 0), 1 << 24, NO_PLACE, bench.arena,
                                 &bytes, bench.errors));
    assert_non_null(
        memmem(bytes.bytes, bytes.size_bytes, "<TIMECODE_RATE>25/1</TIMECODE_RATE>", 35));
    const char *cue = memmem(bytes.bytes, bytes.size_bytes, "cue \x1c", 5);
    assert_non_null(cue);
    uint32_t at = 0;
    memcpy(&at, cue + 8 + 4 + 20, sizeof at);
    assert_int_equal(at, 20 * 1920);
    bench_close(&bench);
}

static void another_speed_is_another_key(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    Key keys[5];
    for (int row = 0; row < 5; row++) {
        bench_plan(&bench,
                   arena_format(bench.arena, form, "", "24",
                                row < 4 ? speeds[row].more : "frame_rate: 23.976"),
                   1);
        keys[row] = bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0];
        for (int before = 0; before < row; before++) {
            assert_false(key_equal(keys[row], keys[before]));
        }
    }
    bench_plan(&bench, arena_format(bench.arena, form, "", "24", "rate: 48 kHz"), 1);
    assert_true(key_equal(keys[4], bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0]));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tones_and_clicks_are_where_their_frames_are),
        cmocka_unit_test(cuts_of_the_timeline_change_no_bit),
        cmocka_unit_test(a_file_tells_its_own_speed),
        cmocka_unit_test(another_speed_is_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
