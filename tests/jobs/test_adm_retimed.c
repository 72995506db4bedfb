/* ADM at another speed or rate: every time in it is the exact one, its sound that of the WAV files.
 */
#include <math.h>

#include "render/base/rational.h"
#include "spatial/adm/adm_render.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, LENGTH = 48048, MOST_BLOCKS = 64 }; /* 24 frames at 23.976 */

#define JOB(frame_rate, deliverables)                                                              \
    "nocturne: 1\n"                                                                                \
    "project: {title: T, code: T, rate: 48 kHz, frame_rate: " frame_rate ", motion: bs2127, "      \
    "length: 24 fr}\n"                                                                             \
    "layers:\n"                                                                                    \
    "  still: {file: one.wav, stem: dx, gain: -3 dB}\n"                                            \
    "  fly: {file: one.wav, stem: fx, path: {points: [[0.3001 s, {az: -90 deg}], "                 \
    "[0.5 s, {az: 90 deg, el: 30 deg}], [13 fr, {az: 91 deg}], [0.7 s, {az: 150 deg}]]}}\n"        \
    "deliverables:\n" deliverables
#define MASTER "layout: adm, beds: 2.0, objects: all, container: bw64, bits: 32f"

typedef struct Blocks { /* of the object channels, in the order of the file */
    Rational begin_s[MOST_BLOCKS], end_s[MOST_BLOCKS];
    int count;
} Blocks;

/* "hh:mm:ss.zzzzz" or "hh:mm:ss.nSd". */
static Rational read_time(const char *text) {
    int parts[3];
    long long numerator = 0;
    long long denominator = 100000;
    Rational time = {0, 1};
    assert_true(sscanf(text, "%2d:%2d:%2d.%lldS%lld", &parts[0], &parts[1], &parts[2], &numerator,
                       &denominator) >= 4);
    const int64_t whole = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    assert_true(rational_make(whole * denominator + numerator, denominator, &time));
    return time;
}

static const char *read_axml(Bench *bench, const char *path, SoundInfo *info) {
    OpenFile file;
    size_t got = 0;
    bench_must(bench, file_open_shown(path, path, NO_PLACE, &file, bench->errors));
    bench_must(bench, sound_walk_adm(&file, 1024, info, bench->errors));
    char *text = arena_alloc(bench->arena, (size_t)info->axml.size_bytes + 1);
    bench_must(bench, file_read_at(&file, info->axml.offset, text, (size_t)info->axml.size_bytes,
                                   &got, bench->errors));
    close(file.descriptor);
    return text;
}

static void read_blocks(const char *axml, Blocks *blocks) {
    blocks->count = 0;
    for (const char *at = axml; (at = strstr(at, "<audioBlockFormat ")); at++) {
        const int block = blocks->count++;
        assert_true(block < MOST_BLOCKS);
        blocks->begin_s[block] = read_time(strstr(at, "rtime=\"") + 7);
        assert_true(rational_add(blocks->begin_s[block], read_time(strstr(at, "duration=\"") + 10),
                                 &blocks->end_s[block]));
    }
}

/* Nothing has to be put right in it. */
static void read_back(Bench *bench, const char *path) {
    AdmFile *file = NULL;
    bench_must(bench, adm_open(path, &(AdmOpening){.scratch_folder = bench->folder}, &file,
                               bench->errors));
    assert_null(adm_facts(file)->repairs->first);
    adm_close(&file);
}

static bool is_equal(Rational a, Rational b) {
    return rational_compare(a, b) == 0;
}

/* The times of `plain` by a factor, up to the whole length of the other file. */
static void
check_times(const Blocks *plain, const Blocks *moved, Rational factor, Rational length) {
    assert_int_equal(moved->count, plain->count);
    for (int block = 0; block < plain->count; block++) {
        Rational begin = {0, 1};
        Rational end = {0, 1};
        assert_true(rational_multiply(plain->begin_s[block], factor, &begin));
        assert_true(rational_multiply(plain->end_s[block], factor, &end));
        assert_true(is_equal(moved->begin_s[block], begin));
        assert_true(is_equal(moved->end_s[block], end));
        assert_true(rational_compare(moved->end_s[block], length) <= 0);
    }
    assert_true(is_equal(moved->end_s[moved->count - 1], length));
}

/* One track of many. */
static void check_track(const float *file, const SoundInfo *info, int track, const float *alone) {
    for (int64_t frame = 0; frame < info->frame_count; frame++) {
        assert_true(file[frame * info->channel_count + track] == alone[frame]);
    }
}

static void a_master_at_another_speed_keeps_exact_times_and_the_sound_of_the_wav(void **state) {
    (void)state;
    static const struct {
        Rational factor, length;
        int rate_hz;
        int64_t frame_count;
    } cases[] = {
        {{1, 1},       {1001, 1000}, 48000, 48048},
        {{1000, 1001}, {1, 1},       48000, 48000},
        {{960, 1001},  {24, 25},     96000, 92160},
        {{1, 1},       {1001, 1000}, 44100, 44144}, /* 44144.1 */
    };
    Bench bench;
    Blocks *blocks = NULL;
    bench_open(&bench);
    bench_write_noise(&bench, "one.wav", PCM_24, 1, LENGTH, 0.1);
    bench_plan(&bench,
               JOB("23.976",
                   "  plain: {" MASTER "}\n"
                   "  film: {" MASTER ", frame_rate: 24}\n"
                   "  pal: {" MASTER ", frame_rate: 25, rate: 96 kHz}\n"
                   "  disc: {" MASTER ", rate: 44.1 kHz}\n"
                   "  alone: {layout: 1.0, stems: [dx], bits: 32f}\n"
                   "  film1: {layout: 1.0, stems: [dx], bits: 32f, frame_rate: 24}\n"
                   "  pal1: {layout: 1.0, stems: [dx], bits: 32f, frame_rate: 25, rate: 96 kHz}\n"
                   "  disc1: {layout: 1.0, stems: [dx], bits: 32f, rate: 44.1 kHz}\n"),
               1);
    bench_run(&bench, "speeds");
    blocks = arena_array(bench.arena, 4, sizeof *blocks);
    for (int index = 0; index < 4; index++) {
        SoundInfo info;
        SoundInfo flat_info;
        const char *const path = bench_output(&bench, index, 0, 0);
        read_blocks(read_axml(&bench, path, &info), &blocks[index]);
        assert_int_equal(info.rate_hz, cases[index].rate_hz);
        assert_int_equal(info.frame_count, cases[index].frame_count);
        if (index < 3) {
            check_times(&blocks[0], &blocks[index], cases[index].factor, cases[index].length);
        } else { /* the file ends within the last sample: so do its blocks */
            const int last = blocks[3].count - 1;
            assert_true(is_equal(blocks[3].begin_s[last], blocks[0].begin_s[last]));
            assert_int_equal(rational_to_samples(blocks[3].end_s[last], 44100), 44144);
            assert_true(is_equal(blocks[3].end_s[last], (Rational){44144 / 4, 44100 / 4}));
        }
        read_back(&bench, path);
        const float *const master = bench_read(&bench, path, &info);
        const float *const flat =
            bench_read(&bench, bench_output(&bench, index + 4, 0, 0), &flat_info);
        assert_int_equal(flat_info.frame_count, info.frame_count);
        assert_int_equal(info.channel_count, 4);
        check_track(master, &info, 2, flat); /* behind the bed of two */
    }
    bench_close(&bench);
}

/* As a layer of a job at another rate: the tracks are resampled as any file, the points of the way
 * lie at the exact fractions of a sample. */
static void a_master_is_a_layer_of_a_job_at_any_rate(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    bench_open(&bench);
    bench_write_noise(&bench, "one.wav", PCM_24, 1, LENGTH, 0.1);
    bench_plan(&bench,
               JOB("24", "  plain: {" MASTER "}\n  alone: {layout: 1.0, stems: [dx], bits: 32f}\n"),
               1);
    bench_run(&bench, "master");
    assert_int_equal(
        rename(bench_output(&bench, 0, 0, 0), path_join(bench.arena, bench.folder, "master.wav")),
        0);
    assert_int_equal(
        rename(bench_output(&bench, 1, 0, 0), path_join(bench.arena, bench.folder, "alone.wav")),
        0);
    bench_plan(&bench,
               "nocturne: 1\n"
               "project: {title: T, code: T}\n"
               "layers: {a: {file: master.wav, stem: dx}, b: {file: one.wav, stem: mx}}\n"
               "deliverables: {d: {layout: adm, container: bw64}}\n",
               1);
    assert_int_equal(bench.mix->deliverables[0].object_count, 2); /* of the master alone */
    bench_plan(&bench,
               "nocturne: 1\n"
               "project: {title: T, code: T, rate: 96 kHz, frame_rate: 24, length: 24 fr}\n"
               "layers:\n"
               "  a: {file: master.wav, object: still, stem: dx}\n"
               "  b: {file: master.wav, object: fly, stem: mx}\n"
               "  c: {file: alone.wav, stem: fx}\n"
               "deliverables: {d: {layout: 1.0, stems: [dx, fx], bits: 32f}}\n",
               1);
    const Trajectory *const way = &bench.mix->layers[1].path;
    static const double times_s[] = {0.3001, 0.5};
    for (int point = 0; point < 2; point++) {
        bool is_there = false;
        for (int index = 0; index < way->point_count; index++) {
            const double at = (double)way->points[index].time + way->points[index].rest_samples;
            is_there = is_there || fabs(at - 96000.0 * times_s[point]) < 1e-6;
        }
        assert_true(is_there);
    }
    bench_run(&bench, "layers");
    const float *const object = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_int_equal(info.rate_hz, 96000);
    assert_int_equal(info.frame_count, 96000);
    const float *const file = bench_read(&bench, bench_output(&bench, 0, 1, 0), &info);
    double peak = 0.0;
    for (int64_t frame = 0; frame < info.frame_count; frame++) {
        assert_true(object[frame] == file[frame]);
        peak = fmax(peak, fabs((double)file[frame]));
    }
    assert_true(peak > 0.01);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_at_another_speed_keeps_exact_times_and_the_sound_of_the_wav),
        cmocka_unit_test(a_master_is_a_layer_of_a_job_at_any_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
