/* ADM masters as layers of a job: against the results of the EBU ADM Renderer, against what the
 * verb adm makes of the same file, and against the job that wrote it. */
#include <math.h>

#include "spatial/adm/adm_render.h"
#include "spatial/decorrelator.h"
#include "spatial/layout_table.h"
#include "tests/support/adm_file.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, LENGTH = RATE_HZ };

static const char *case_path(Bench *bench, const char *name) {
    return arena_format(bench->arena, TESTS_FOLDER "/spatial/adm/cases/%s.wav", name);
}

static void copy_file(Bench *bench, const char *from, const char *name) {
    FileBytes file;
    bench_must(bench, file_read(from, 64 << 20, NO_PLACE, bench->arena, &file, bench->errors));
    bench_must(bench, file_write_atomically(path_join(bench->arena, bench->folder, name),
                                            file.bytes, file.size_bytes, bench->errors));
}

/* The first deliverable of a job. */
static float *render(Bench *bench, const char *job, const char *name, SoundInfo *info) {
    bench_plan(bench, job, 1);
    bench_run(bench, name);
    return bench_read(bench, bench_output(bench, 0, 0, 0), info);
}

static const char *play(Bench *bench, const char *motion, const char *layer, const char *layout) {
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, motion: %s, joins: sample}\n"
                        "layers: {m: {file: master.wav, stem: mx, gain: -12 dB%s}}\n"
                        "deliverables: {d: {layout: %s, bits: 32f, channel_order: itu}}\n",
                        motion, layer, layout);
}

static float *render_adm(Bench *bench, const char *layout, SoundInfo *info) {
    AdmFile *file = NULL;
    AdmRendering rendering;
    const char *to = arena_format(bench->arena, "%s/adm.wav", bench->folder);
    const AdmTarget target = {.layout = layout_find(layout), .path = to};
    const AdmRequest request = {.targets = &target, .target_count = 1};
    unlink(to);
    bench_must(bench,
               adm_open(path_join(bench->arena, bench->folder, "master.wav"),
                        &(AdmOpening){.scratch_folder = bench->folder}, &file, bench->errors));
    bench_must(bench, adm_render(file, &request, &rendering, bench->errors));
    adm_close(&file);
    return bench_read(bench, to, info);
}

/* In steps of 24 bit, both rounded to them: below full scale, where no limiter acts. */
static double worst_steps(const float *a, const float *b, const SoundInfo *info) {
    const double gain = gain_from_db(-12.0); /* of play() */
    double worst = 0.0;
    for (int64_t sample = 0; sample < info->frame_count * info->channel_count; sample++) {
        worst = fmax(worst, fabs(rint((double)a[sample] * 0x1p23) -
                                 rint(gain * (double)b[sample] * 0x1p23)));
    }
    return worst;
}

static void a_master_as_a_layer_sounds_as_the_reference_within_one_step(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"bed_51_common",     "2.0", "bed_51_common__0_2_0"    },
        {"hoa_o1_sn3d",       "5.1", "hoa_o1_sn3d__0_5_0"      },
        {"obj_moving_interp", "2.0", "obj_moving_interp__0_2_0"},
        {"obj_params_static", "5.1", "obj_params_static__0_5_0"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        Bench bench;
        SoundInfo info;
        SoundInfo wanted_info;
        bench_open(&bench);
        copy_file(&bench, case_path(&bench, cases[index][0]), "master.wav");
        const float *const found =
            render(&bench, play(&bench, "bs2127", "", cases[index][1]), "case", &info);
        const float *const wanted =
            bench_read(&bench, case_path(&bench, cases[index][2]), &wanted_info);
        assert_int_equal(info.channel_count, wanted_info.channel_count);
        wanted_info.frame_count -= DECORRELATOR_DELAY_SAMPLES; /* the files were cut */
        const double worst = worst_steps(found, wanted, &wanted_info);
        if (worst > 1.0) {
            fail_msg("%s: %g steps", cases[index][0], worst);
        }
        bench_close(&bench);
    }
}

/* ---- against the verb adm ---- */

typedef struct Master {
    const char *name, *object, *blocks; /* of its one object: attributes, text of blocks */
} Master;

#define AT(azimuth, elevation)                                                                     \
    "<position coordinate='azimuth'>" azimuth "</position>"                                        \
    "<position coordinate='elevation'>" elevation "</position>"
#define CUBE(x, y, z)                                                                              \
    "<cartesian>1</cartesian><position coordinate='X'>" x "</position>"                            \
    "<position coordinate='Y'>" y "</position><position coordinate='Z'>" z "</position>"
#define BLOCK(times, body)                                                                         \
    "<audioBlockFormat audioBlockFormatID='AB_00031001_00000001' " times ">" body                  \
    "</audioBlockFormat>\n"
#define TIMES(rtime, duration) "rtime='00:00:0" rtime "' duration='00:00:0" duration "'"

static const Master masters[] = {
    {"no times",                  NULL,        BLOCK("",                                                        AT("30",    "10")) },
    {                                  "moves, jumps, interpolates",                                       NULL,
     BLOCK(TIMES("0.0",                                                              "0.1"), AT("-90", "0"))
         BLOCK(TIMES("0.1", "0.20003"), AT("60", "30") "<gain>0.5</gain>")
             BLOCK(TIMES("0.30003", "0.2"), AT("60", "30") "<gain>0.5</gain>")
                 BLOCK(TIMES("0.50003", "0.1"),
     AT("170", "0") "<jumpPosition interpolationLength='0.005'>1</jumpPosition>")
                     BLOCK(TIMES("0.60003", "0.3"), AT("-20", "0") "<jumpPosition>1</jumpPosition>")
                         BLOCK(TIMES("0.90003", "0.09997"),
     AT("-25", "0") "<width>40</width><diffuse>0.5</diffuse>")},
    { "gaps and an object that begins later",                                                             "start='00:00:00.2' duration='00:00:00.6'>",
     BLOCK(TIMES("0.05",                                                       "0.1"),                                                           AT("0",                                                          "0")) BLOCK(TIMES("0.25", "0.1"), AT("90", "0"))
         BLOCK(TIMES("0.35", "0.1"), AT("-90", "0") "<gain>0</gain>")
             BLOCK(TIMES("0.45", "0.15"), AT("-90", "60"))},
    {                                              "the cube, zones and lock",                                                                                                      NULL,
     BLOCK(TIMES("0.0", "0.3"),                                                                                                    CUBE("-1",                                               "1", "0") "<width>0.2</width><depth>0.4</depth>")
         BLOCK(TIMES("0.3", "0.3"),
     CUBE("0.5", "-1", "1") "<zoneExclusion><zone minX='-1' maxX='1' minY='-1' "
                                      "maxY='-0.9' minZ='-1' maxZ='1'/>"
                                      "</zoneExclusion>")
             BLOCK(TIMES("0.6", "0.2"), CUBE("0.5", "-1", "1"))
                 BLOCK(TIMES("0.8", "0.2"), CUBE("0.5", "-1", "1") "<channelLock>1</channelLock>")},
    {                "a screen of its own", NULL,
     BLOCK(TIMES("0.0",                                                             "0.5"),                                         AT("25",                                         "0") "<screenRef>1</screenRef>")
         BLOCK(TIMES("0.5", "0.5"),
     "<position coordinate='azimuth' screenEdgeLock='left'>0</position>"
               "<position coordinate='elevation'>0</position>")},
};

static void write_master(Bench *bench, const Master *master) {
    const char *const axml = adm_object_text(bench->arena, master->object, master->blocks);
    adm_file_write(path_join(bench->arena, bench->folder, "master.wav"),
                   &(BenchFile){axml, BENCH_CHNA, 1, LENGTH, false});
}

static void a_master_as_a_layer_sounds_as_the_verb_adm_renders_it(void **state) {
    (void)state;
    static const char *const layouts[] = {"7.1.4", "5.1"};
    for (size_t index = 0; index < 2 * sizeof masters / sizeof *masters; index++) {
        const Master *const master = &masters[index / 2];
        const char *const layout = layouts[index % 2];
        Bench bench;
        SoundInfo info;
        SoundInfo wanted_info;
        bench_open(&bench);
        write_master(&bench, master);
        const float *const found = render(&bench, play(&bench, "bs2127", "", layout), "adm", &info);
        const float *const wanted = render_adm(&bench, layout, &wanted_info);
        assert_int_equal(info.frame_count, wanted_info.frame_count);
        const double worst = worst_steps(found, wanted, &info);
        if (worst > 1.0) {
            fail_msg("%s in %s: %g steps", master->name, layout, worst);
        }
        bench_close(&bench);
    }
}

/* ---- what a job does with them ---- */

/* A bed of 5.1 with a voice and a moving pair of objects, with exact times between two samples. */
static void write_own_master(Bench *bench, const char *motion, const char *name) {
    bench_write_noise(bench, "one.wav", PCM_24, 1, LENGTH, 0.1);
    bench_write_noise(bench, "two.wav", PCM_24, 2, LENGTH, 0.1);
    bench_write_noise(bench, "six.wav", PCM_24, 6, LENGTH, 0.1);
    bench_plan(
        bench,
        arena_format(
            bench->arena,
            "nocturne: 1\nproject: {title: T, code: T, motion: %s, joins: sample, "
            "length: 1 s}\nlayers:\n"
            "  bed: {file: six.wav, stem: mx}\n"
            "  voice: {file: one.wav, stem: dx, pan: {az: 20 deg}}\n"
            "  pair: {file: two.wav, stem: fx, path: {points: [[0.10001 s, "
            "{az: -90 deg}], [0.7 s, {az: 60 deg, el: 40 deg, gain: -6 dB}]]}}\n"
            "  step: {file: one.wav, stem: fx, path: {curve: hold, points: [[0.1 s,"
            " {az: -90 deg}], [0.7 s, {az: 60 deg, el: 40 deg}]]}}\n"
            "  fly: {file: one.wav, stem: fx, path: {curve: spline, points: [[0.1 s, "
            "{az: -90 deg}], [0.4 s, {az: 60 deg, el: 40 deg}], [0.9003 s, {az: 120 deg}]]}}\n"
            "deliverables:\n"
            "  d: {layout: adm, beds: 5.1, objects: not id=bed, bits: 32f}\n"
            "  flat: {layout: 5.1, bits: 32f, channel_order: itu, loudness: {peak: 0 dBTP}}\n",
            motion),
        1);
    bench_run(bench, name);
    copy_file(bench, bench_output(bench, 0, 0, 0), "master.wav");
}

/* Smooth motion, too: its blocks lie where its gains are exact. */
static void a_written_master_is_read_back_as_layers_that_sound_the_same(void **state) {
    (void)state;
    static const char *const motions[] = {"bs2127", "enhanced"};
    for (int motion = 0; motion < 2; motion++) {
        Bench bench;
        SoundInfo info;
        bench_open(&bench);
        write_own_master(&bench, motions[motion], "write");
        const float *const wanted = bench_read(&bench, bench_output(&bench, 1, 0, 0), &info);
        const float *const found =
            render(&bench, play(&bench, motions[motion], "", "5.1"), "back", &info);
        assert_int_equal(bench.mix->layer_count, 6 + 1 + 2 + 1 + 1);
        const double worst = worst_steps(found, wanted, &info);
        if (worst > 1.0) {
            fail_msg("%s: %g steps", motions[motion], worst);
        }
        bench_close(&bench);
    }
}

/* Objects stay objects, and their jumps, ramps and gaps what they are. */
static void a_master_that_is_written_again_sounds_the_same(void **state) {
    (void)state;
    for (int index = 1; index <= 3; index++) {
        Bench bench;
        SoundInfo info;
        bench_open(&bench);
        write_master(&bench, &masters[index]);
        bench_plan(&bench,
                   "nocturne: 1\nproject: {title: T, code: T, motion: bs2127, joins: sample}\n"
                   "layers: {m: {file: master.wav, stem: mx, gain: -12 dB}}\n"
                   "deliverables: {d: {layout: adm, beds: 5.1, objects: all, bits: 32f}}\n",
                   1);
        bench_run(&bench, "again");
        assert_int_equal(bench.mix->deliverables[0].object_count, 1);
        const float *const wanted = render_adm(&bench, "7.1.4", &info);
        copy_file(&bench, bench_output(&bench, 0, 0, 0), "master.wav");
        const float *const found = render_adm(&bench, "7.1.4", &info);
        const double worst = worst_steps(found, wanted, &info);
        if (worst > 1.0) {
            fail_msg("%s: %g steps", masters[index].name, worst);
        }
        bench_close(&bench);
    }
}

/* In stems of their own, the parts add up to the whole; every cut gives the same bits. */
static void objects_are_chosen_by_name_and_cut_anywhere(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    bench_open(&bench);
    write_own_master(&bench, "bs2127", "write");
    const float *const whole = render(&bench, play(&bench, "bs2127", "", "7.1.4"), "all", &info);
    const char *const head =
        "nocturne: 1\nproject: {title: T, code: T, motion: bs2127, joins: sample}\nlayers:\n"
        "  a: {file: master.wav, stem: dx, gain: -12 dB, object: voice}\n";
    const char *const tail = "deliverables: {d: {layout: 7.1.4, bits: 32f, channel_order: itu}}\n";
    const char *const job =
        arena_format(bench.arena,
                     "%s  b: {file: master.wav, stem: mx, gain: -12 dB, object: AO_1001}\n"
                     "  c: {file: master.wav, stem: fx, gain: -12 dB, object: 'p*r'}\n"
                     "  e: {file: master.wav, stem: fx, gain: -12 dB, object: step}\n"
                     "  f: {file: master.wav, stem: fx, gain: -12 dB, object: f*}\n%s",
                     head, tail);
    const float *const parts = render(&bench, job, "parts", &info);
    for (int64_t sample = 0; sample < info.frame_count * info.channel_count; sample++) {
        assert_true(fabs((double)whole[sample] - (double)parts[sample]) < 1e-7);
    }
    assert_int_equal(bench_lower(&bench, arena_format(bench.arena,
                                                      "%s  b: {file: master.wav, stem: mx, "
                                                      "object: none}\n%s",
                                                      head, tail)),
                     E301);
    assert_string_equal(errors_first(bench.errors)->message,
                        "`master.wav` has no object `none` that is heard");
    bench_close(&bench);
}

/* `at` and `from` move the way together with the sound. */
static void a_master_that_is_moved_keeps_its_way(void **state) {
    (void)state;
    enum { LATE = RATE_HZ / 4, SKIPPED = RATE_HZ / 10 };
    Bench bench;
    SoundInfo info;
    SoundInfo late_info;
    bench_open(&bench);
    write_master(&bench, &masters[1]);
    const float *const plain = render(&bench, play(&bench, "bs2127", "", "5.1"), "plain", &info);
    const float *const late = render(
        &bench, play(&bench, "bs2127", ", at: 0.25 s, from: 100 ms", "5.1"), "late", &late_info);
    for (int64_t frame = 0; frame < LENGTH - SKIPPED - 512; frame++) {
        for (int channel = 0; channel < 6; channel++) { /* the reach of the decorrelators apart */
            const double a = (double)plain[(frame + SKIPPED) * 6 + channel];
            const double b = (double)late[(frame + LATE) * 6 + channel];
            assert_true(fabs(a - b) < 1e-7);
        }
    }
    bench_close(&bench);
}

static void what_a_master_cannot_be_is_refused_with_its_place(void **state) {
    (void)state;
    static const char *const refused[] = {
        ", pan: {az: 30 deg}", ", path: {points: [[0 s, {az: 0 deg}], [1 s, {az: 9 deg}]]}",
        ", speed: 50 %",       ", clips: [{at: 0 s}]",
        ", doppler: yes",      ", snap: {onset: frame}",
        ", normalisation: n3d"};
    Bench bench;
    bench_open(&bench);
    write_master(&bench, &masters[0]);
    for (size_t index = 0; index < sizeof refused / sizeof *refused; index++) {
        assert_int_equal(bench_lower(&bench, play(&bench, "bs2127", refused[index], "5.1")), E208);
        assert_int_equal(errors_first(bench.errors)->place.line, 3);
    }
    bench_write_noise(&bench, "plain.wav", PCM_24, 1, LENGTH, 0.1);
    assert_int_equal(bench_lower(&bench, "nocturne: 1\nproject: {title: T, code: T}\n"
                                         "layers: {m: {file: plain.wav, stem: mx, object: a}}\n"
                                         "deliverables: {d: {layout: 2.0}}\n"),
                     E208);
    static const Master mixed = {"mixed", NULL,
                                 BLOCK(TIMES("0.0", "0.3"), AT("10", "0"))
                                     BLOCK(TIMES("0.3", "0.3"), CUBE("0", "1", "0"))};
    write_master(&bench, &mixed);
    assert_int_equal(bench_lower(&bench, play(&bench, "bs2127", "", "5.1")), E443);
    static const Master leaning = {"leaning", NULL,
                                   BLOCK("", CUBE("0", "1", "0") "<screenRef>1</screenRef>")};
    write_master(&bench, &leaning);
    assert_int_equal(bench_lower(&bench, play(&bench, "bs2127", "", "5.1")), E443);
    bench_close(&bench);
}

static void repairs_of_a_master_are_warnings_of_the_job(void **state) {
    (void)state;
    static const Master gap = {"a gap under a sample", NULL,
                               BLOCK(TIMES("0.0", "0.10001"), AT("0", "0"))
                                   BLOCK(TIMES("0.10002", "0.2"), AT("90", "0"))};
    Bench bench;
    bench_open(&bench);
    write_master(&bench, &gap);
    assert_int_equal(bench_lower(&bench, play(&bench, "bs2127", "", "5.1")), DONE);
    const ErrorEntry *const told = errors_first(bench.errors);
    assert_int_equal(told->status, E445);
    assert_int_equal(told->severity, SEVERITY_WARNING);
    assert_string_equal(told->place.file, "master.wav (axml)");
    bench_close(&bench);
}

/* More tracks than a plain layer may have, and the last of them is heard. */
static void masters_have_more_tracks_than_other_files(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    bench_open(&bench);
    const char *const axml = adm_object_text(bench.arena, NULL, masters[0].blocks);
    adm_file_write(
        path_join(bench.arena, bench.folder, "master.wav"),
        &(BenchFile){axml, "100 ATU_00000001 AC_00031001 AP_00031001\n", 100, 4800, false});
    const float *const found = render(&bench, play(&bench, "bs2127", "", "1.0"), "many", &info);
    for (int64_t frame = 0; frame < 4800; frame++) {
        assert_true(fabs((double)found[frame] - gain_from_db(-12.0) * bench_sample(99, frame)) <
                    1e-7);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_as_a_layer_sounds_as_the_reference_within_one_step),
        cmocka_unit_test(a_master_as_a_layer_sounds_as_the_verb_adm_renders_it),
        cmocka_unit_test(a_written_master_is_read_back_as_layers_that_sound_the_same),
        cmocka_unit_test(a_master_that_is_written_again_sounds_the_same),
        cmocka_unit_test(objects_are_chosen_by_name_and_cut_anywhere),
        cmocka_unit_test(a_master_that_is_moved_keeps_its_way),
        cmocka_unit_test(what_a_master_cannot_be_is_refused_with_its_place),
        cmocka_unit_test(repairs_of_a_master_are_warnings_of_the_job),
        cmocka_unit_test(masters_have_more_tracks_than_other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
