/* One timeline cut into reels: the samples, the stamps and the pops. */
#include "tests/support/render_job.h"

#include <jansson.h>
#include <math.h>

enum { RATE_HZ = 48000, PROGRAMME = 4004 * 24, TAIL = RATE_HZ / 2 };

static const double two_pi = 6.28318530717958647692;

/* Something that never repeats, two seconds longer than the programme. */
static void write_sweep(Bench *bench) {
    const int frames = PROGRAMME;
    double *samples = calloc((size_t)frames, sizeof *samples);
    for (int sample = 0; sample < frames; sample++) {
        const double t = (double)sample / RATE_HZ;
        samples[sample] =
            0.4 * sin(two_pi * (60.0 * t + 300.0 * t * t)) + 0.3 * sin(two_pi * 5123.0 * t * t);
    }
    bench_write_wav(bench, "sweep.wav", FLOAT_32, 1, samples, frames);
    free(samples);
}

/* 48 frames at 23.976: 96096 samples, and half a second in which the room rings. */
static const char form[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 48 fr, tail: 0.5 s, frame_rate: 23.976,\n"
    "          start: \"01:00:00:00\"}\n"
    "markers: {hit: 30 fr}\n"
    "reels: {e: {in: 40 fr, out: 48 fr}, a: {in: 0 fr, out: 7 fr}, b: {in: 7 fr, out: 19 fr},\n"
    "        c: {in: 19 fr, out: hit}, d: {in: hit, out: 40 fr}}\n"
    "rooms: {hall: {shoebox: {size: [6 m, 8 m, 3 m], t60: 900 ms}}}\n"
    "layers:\n"
    "  mx: {file: sweep.wav, pan: {az: 20 deg}, send: {hall: 0 dB}}\n"
    "  fx: {file: sweep.wav, gain: -9 dB, at: 5 fr}\n"
    "deliverables: {a: {layout: 5.1, bits: 24, stems: [full, mx, fx], name: $stem_$reel,\n"
    "                   loudness: {target: -16 LKFS}%s}}\n";

static void render(Bench *bench, const char *more, int span_blocks, const char *name) {
    bench_plan(bench, arena_format(bench->arena, form, more), span_blocks);
    bench_run(bench, name);
}

/* What INSPECT found; the caller's. */
static json_t *read_facts(Bench *bench) {
    const Task *task = &bench->plan->tasks[bench->plan->inspect_tasks[0]];
    StoreObject object;
    bench_must(bench, store_map(bench->workplace.store, task->outputs[0], &object, bench->errors));
    json_t *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    assert_non_null(facts);
    return facts;
}

static double loudness_of(const json_t *facts, int output) {
    const json_t *found = json_array_get(json_object_get(facts, "outputs"), (size_t)output);
    return json_real_value(json_object_get(found, "integrated_lufs"));
}

/* Samples of the programme of all reels of an output, joined. */
static float *join(Bench *bench, int output, int64_t *frames) {
    const MixDeliverable *made = &bench->mix->deliverables[0];
    float *joined = arena_array(bench->arena, (PROGRAMME + TAIL) * 6, sizeof *joined);
    *frames = 0;
    for (int reel = 0; reel < made->reel_count; reel++) {
        SoundInfo info;
        const float *part = bench_read(bench, bench_output(bench, 0, output, reel), &info);
        const int64_t begin = made->reels[reel].leader_samples;
        const int64_t count = info.frame_count - begin - made->reels[reel].tail_samples;
        memcpy(joined + *frames * 6, part + begin * 6, (size_t)count * 6 * sizeof *joined);
        *frames += count;
    }
    return joined;
}

static void five_reels_joined_are_the_long_play_file(void **state) {
    (void)state;
    static const char *const edges[] = {"", ", leader: {length: 12 fr}, pop: {before: 6 fr}"};
    Bench bench;
    bench_open(&bench);
    write_sweep(&bench);
    render(&bench, ", reels: long-play", 1, "long");
    SoundInfo info;
    const float *whole[3];
    json_t *whole_facts = read_facts(&bench);
    for (int output = 0; output < 3; output++) {
        whole[output] = bench_read(&bench, bench_output(&bench, 0, output, 0), &info);
        assert_int_equal(info.frame_count, PROGRAMME + TAIL);
    }
    for (int row = 0; row < 2; row++) {
        render(&bench, edges[row], row + 1, row ? "edges" : "plain");
        json_t *facts = read_facts(&bench);
        for (int output = 0; output < 3; output++) {
            int64_t frames = 0;
            const float *joined = join(&bench, output, &frames);
            assert_int_equal(frames, PROGRAMME + TAIL);
            assert_memory_equal(joined, whole[output], (size_t)frames * 6 * sizeof *joined);
            /* leaders and pops stand outside of what is measured */
            assert_true(loudness_of(facts, output) == loudness_of(whole_facts, output));
        }
        assert_true(json_is_true(json_object_get(json_object_get(facts, "null"), "is_exact")));
        json_decref(facts);
    }
    json_decref(whole_facts);
    bench_close(&bench);
}

static void reels_are_files_in_the_order_of_time(void **state) {
    (void)state;
    static const char *const names[] = {"full_a.wav", "full_b.wav", "full_c.wav", "full_d.wav",
                                        "full_e.wav"};
    static const int frames[] = {7, 12, 11, 10, 8};
    Bench bench;
    bench_open(&bench);
    write_sweep(&bench);
    bench_plan(&bench, arena_format(bench.arena, form, ""), 1);
    const MixDeliverable *made = &bench.mix->deliverables[0];
    assert_int_equal(made->reel_count, 5);
    for (int reel = 0; reel < 5; reel++) {
        assert_string_equal(made->outputs[0].files[reel], names[reel]);
        const Span span = made->reels[reel].span;
        assert_int_equal(span.end - span.begin, frames[reel] * 2002 + (reel == 4 ? TAIL : 0));
    }
    /* 01:00:00:00 and 7 frames later, 2002 samples each */
    assert_int_equal(made->reels[0].time_reference, 172972800);
    assert_int_equal(made->reels[1].time_reference, 172972800 + 7 * 2002);
    bench_close(&bench);
}

typedef struct Stamp {
    const char *rate, *start, *more;
    int64_t first, second; /* time references of reels of 120 and 120 frames */
} Stamp;

static void stamps_are_those_of_the_hour(void **state) {
    (void)state;
    static const Stamp stamps[] = {
        {"23.976",  "01:00:00:00", "",                                         172972800,  173213040 },
        {"29.97df", "01:00:00;00", "",                                         172799827,  172992019 },
        {"24",      "00:00:00:00", ", hour: ffoa",                             172800000,  345600000 },
        {"24",      "00:00:00:00", ", hour: ffoa, leader: {}",                 172416000,  345216000 },
        {"24",      "00:00:00:00", ", hour: picture_start, leader: {}",        172800000,  345600000 },
        {"23.976",  "00:00:00:00", ", hour: ffoa, leader: {length: 24 fr}",    172924752,  345897552 },
 /* before midnight: 23:59:52:00 */
        {"24",      "00:00:00:00", ", leader: {}",                             4146816000, 4147056000},
        {"29.97df", "00:59:59;29", ", hour: ffoa",                             172799827,  345599654 },
 /* a start of its own, of the programme, not of the leader */
        {"23.976",  "00:00:00:00", ", start: \"01:00:00:00\"",                 172972800,  173213040 },
        {"29.97df", "10:00:00;00", ", start: \"01:00:00;00\"",                 172799827,  172992019 },
        {"24",      "00:00:00:00", ", start: \"01:00:00:00\", leader: {}",     172416000,  172656000 },
        {"25",      "10:00:00:00", ", start: \"01:00:00:00\", frame_rate: 24", 172800000,  173040000 },
        {"24",      "00:00:00:00", ", start: \"02:00:00:00\", hour: ffoa",     172800000,  345600000 },
    };
    Bench bench;
    bench_open(&bench);
    double silence[480] = {0};
    bench_write_wav(&bench, "n.wav", FLOAT_32, 1, silence, 480);
    for (size_t row = 0; row < sizeof stamps / sizeof *stamps; row++) {
        const Stamp *stamp = &stamps[row];
        bench_plan(
            &bench,
            arena_format(bench.arena,
                         "nocturne: 1\nproject: {title: T, code: T, length: 240 fr,\n"
                         "  frame_rate: %s, start: \"%s\"}\n"
                         "reels: {r1: {in: 0 fr, out: 120 fr}, r2: {in: 120 fr, out: 240 fr}}\n"
                         "layers: {fx: {file: n.wav}}\n"
                         "deliverables: {a: {layout: 2.0%s}}\n",
                         stamp->rate, stamp->start, stamp->more),
            1);
        const MixReel *reels = bench.mix->deliverables[0].reels;
        assert_int_equal(reels[0].time_reference, stamp->first);
        assert_int_equal(reels[1].time_reference, stamp->second);
    }
    bench_close(&bench);
}

/* Written out: a sine of one frame at -20 dBFS, two seconds before the first and, counted from it,
 * two seconds after the last frame; silence around it. */
static void pops_stand_where_they_belong(void **state) {
    (void)state;
    const int frame = 2002;
    const int64_t leader = 192 * frame;
    Bench bench;
    bench_open(&bench);
    write_sweep(&bench);
    render(&bench, ", reels: long-play, leader: {}, pop: {}", 2, "pops");
    SoundInfo info;
    const float *samples = bench_read(&bench, bench_output(&bench, 0, 1, 0), &info);
    const int64_t end = leader + PROGRAMME + TAIL; /* rings into the tail */
    assert_int_equal(info.frame_count, leader + PROGRAMME + 48 * frame);
    const int64_t pops[] = {leader - 48 * frame, leader + PROGRAMME + 47 * frame};
    for (int64_t sample = 0; sample < info.frame_count; sample++) {
        if (sample >= leader && sample < end) {
            continue;
        }
        double expected = 0.0;
        for (int pop = 0; pop < 2; pop++) {
            if (sample >= pops[pop] && sample < pops[pop] + frame) {
                expected = 0.1 * sin(two_pi * 1000.0 * (double)(sample - pops[pop]) / RATE_HZ);
            }
        }
        for (int channel = 0; channel < 6; channel++) {
            assert_true(fabs(samples[sample * 6 + channel] - expected) <= 0x1p-23);
        }
    }
    assert_int_equal(info.time_reference, 172972800 - leader);
    bench_close(&bench);
}

static void a_leader_asks_for_other_files_and_no_other_sound(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sweep(&bench);
    static const char *const edges[] = {
        "",
        ", leader: {length: 12 fr}",
        ", leader: {length: 12 fr}, hour: ffoa",
        ", leader: {length: 12 fr}, pop: {before: 6 fr}",
        ", leader: {length: 12 fr}, pop: {before: 7 fr}",
        ", leader: {length: 12 fr}, pop: {before: 7 fr, level: -6 dB}"};
    Key encode[6];
    Key master[6];
    for (int row = 0; row < 6; row++) {
        bench_plan(&bench, arena_format(bench.arena, form, edges[row]), 1);
        encode[row] = bench.plan->tasks[bench.plan->encode_tasks[0]].outputs[0];
        master[row] = bench.plan->tasks[bench.plan->master_tasks[0]].outputs[0];
        assert_true(key_equal(master[row], master[0]));
        for (int before = 0; before < row; before++) {
            assert_false(key_equal(encode[row], encode[before]));
        }
    }
    bench_close(&bench);
}

static void what_only_the_length_shows_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *reels, *deliverable, *tail;
        Status status;
        const char *message;
    } rows[] = {
        {"a: {in: 0 fr, out: 60 fr}", "",                               "0 s", E310,
         "reel a ends after the programme, which ends at 01:00:02:00"},
        {"a: {in: 0 fr, out: 48 fr}", ", leader: {tail: 4 s}, pop: {}", "2 s", E353,
         "the tail pop begins while the programme still rings"       },
    };
    Bench bench;
    bench_open(&bench);
    double silence[96000] = {0};
    bench_write_wav(&bench, "n.wav", FLOAT_32, 1, silence, 96000);
    for (int row = 0; row < 2; row++) {
        const char *text = arena_format(
            bench.arena,
            "nocturne: 1\nproject: {title: T, code: T, start: \"01:00:00:00\", tail: %s}\n"
            "reels: {%s}\nlayers: {fx: {file: n.wav}}\n"
            "deliverables: {a: {layout: 2.0%s}}\n",
            rows[row].tail, rows[row].reels, rows[row].deliverable);
        const JobSource source = bench_source(&bench, text);
        JobSpec *job = NULL;
        bench.errors = errors_create(bench.arena);
        bench_must(&bench, job_load(&source, bench.arena, &job, bench.errors));
        assert_int_equal(lower_job(job, NULL, bench.arena, &bench.mix, bench.errors),
                         rows[row].status);
        assert_string_equal(errors_first(bench.errors)->message, rows[row].message);
    }
    bench_close(&bench);
}

/* The same timeline, mastered once: a scene is what the long-play file holds there. */
static void scenes_are_files_out_of_the_one_timeline(void **state) {
    (void)state;
    static const struct {
        const char *id;
        int in_frames, out_frames;
    } scenes[] = {
        {"sc1", 2,  9 },
        {"sc3", 20, 48}
    };
    Bench bench;
    bench_open(&bench);
    write_sweep(&bench);
    render(&bench, ", reels: long-play", 1, "long");
    SoundInfo info;
    const float *whole = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    const char *text = arena_format(bench.arena, form, ", scenes: [sc3, sc1]");
    bench_plan(&bench,
               arena_format(bench.arena,
                            "%sscenes: {sc1: {in: 2 fr, out: 9 fr}, sc2: {in: 5 fr, out: 20 fr},\n"
                            "         sc3: {in: 20 fr, out: 48 fr}}\n",
                            text),
               1);
    bench_run(&bench, "scenes");
    const MixDeliverable *made = &bench.mix->deliverables[0];
    assert_int_equal(made->reel_count, 2);
    for (int scene = 0; scene < 2; scene++) {
        const float *part = bench_read(&bench, bench_output(&bench, 0, 0, scene), &info);
        const int64_t begin = (int64_t)scenes[scene].in_frames * 2002;
        const int64_t end = (int64_t)scenes[scene].out_frames * 2002 + (scene == 1 ? TAIL : 0);
        assert_int_equal(info.frame_count, end - begin);
        assert_memory_equal(part, whole + begin * 6, (size_t)(end - begin) * 6 * sizeof *part);
        assert_int_equal(info.time_reference, 172972800 + begin);
        assert_string_equal(made->outputs[0].files[scene],
                            arena_format(bench.arena, "full_%s.wav", scenes[scene].id));
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_reels_joined_are_the_long_play_file),
        cmocka_unit_test(scenes_are_files_out_of_the_one_timeline),
        cmocka_unit_test(reels_are_files_in_the_order_of_time),
        cmocka_unit_test(stamps_are_those_of_the_hour),
        cmocka_unit_test(pops_stand_where_they_belong),
        cmocka_unit_test(what_only_the_length_shows_is_refused),
        cmocka_unit_test(a_leader_asks_for_other_files_and_no_other_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
