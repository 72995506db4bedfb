/* ADM deliverables: what they hold, what they sound like elsewhere, and that they obey BS.2076. */
#include <math.h>

#include "spatial/adm/adm_render.h"
#include "spatial/layout_table.h"
#include "tests/support/adm_rules.h"
#include "tests/support/test_sounds.h"

enum { RATE_HZ = 48000, LENGTH = 2 * RATE_HZ };

static void open_with_noise(Bench *bench) {
    bench_open(bench);
    bench_write_noise(bench, "one.wav", PCM_24, 1, LENGTH, 0.1);
    bench_write_noise(bench, "two.wav", PCM_24, 2, LENGTH, 0.1);
    bench_write_noise(bench, "six.wav", PCM_24, 6, LENGTH, 0.1);
}

/* The axml of a written file, with a final NUL. */
static char *read_axml(Bench *bench, const char *path, SoundInfo *info) {
    OpenFile file;
    bench_must(bench, file_open_shown(path, path, NO_PLACE, &file, bench->errors));
    bench_must(bench, sound_walk_adm(&file, 1024, info, bench->errors));
    char *text = arena_alloc(bench->arena, (size_t)info->axml.size_bytes + 1);
    size_t got = 0;
    bench_must(bench, file_read_at(&file, info->axml.offset, text, (size_t)info->axml.size_bytes,
                                   &got, bench->errors));
    close(file.descriptor);
    return text;
}

static float *render_adm(Bench *bench, const char *path, const char *layout, SoundInfo *info) {
    AdmFile *file = NULL;
    AdmRendering rendering;
    const char *to = arena_format(bench->arena, "%s/adm-%s.wav", bench->folder, layout);
    const AdmTarget target = {.layout = layout_find(layout), .path = to};
    const AdmRequest request = {.targets = &target, .target_count = 1};
    bench_must(bench, adm_open(path, &(AdmOpening){.scratch_folder = bench->folder}, &file,
                               bench->errors));
    assert_null(adm_facts(file)->repairs->first);
    bench_must(bench, adm_render(file, &request, &rendering, bench->errors));
    adm_close(&file);
    return bench_read(bench, to, info);
}

static char *check_file(Bench *bench, const char *path) {
    SoundInfo info;
    char *const axml = read_axml(bench, path, &info);
    assert_int_equal(info.axml.offset % 4, 0);
    assert_int_equal(info.axml.size_bytes % 4, 0);
    const size_t chna_bytes = (size_t)info.chna.size_bytes;
    unsigned char *const chna = arena_alloc(bench->arena, chna_bytes + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)info.chna.offset, SEEK_SET), 0);
    assert_int_equal(fread(chna, 1, chna_bytes, file), chna_bytes);
    fclose(file);
    const char *const fault = adm_rules_fault(&(AdmRules){.axml = axml,
                                                          .chna = chna,
                                                          .chna_bytes = chna_bytes,
                                                          .track_count = info.channel_count,
                                                          .frame_count = (double)info.frame_count,
                                                          .arena = bench->arena});
    if (fault) {
        fail_msg("%s: %s", path, fault);
    }
    return axml;
}

/* ---- the same sound ---- */

#define HEAD(motion)                                                                               \
    "nocturne: 1\n"                                                                                \
    "project: {title: 'Night & <day>', code: T, cut: v1, rate: 48 kHz, frame_rate: 24, "           \
    "motion: " motion ", length: 2 s}\n"                                                           \
    "stems: {dx: {role: dialogue}, mx: {role: music, gain: -3 dB}, fx: {role: effects}}\n"         \
    "rooms:\n"                                                                                     \
    "  hall: {shoebox: {size: [8 m, 10 m, 4 m], t60: 0.3 s}}\n"
#define STATIC_LAYERS                                                                              \
    "layers:\n"                                                                                    \
    "  voice: {file: one.wav, stem: dx, at: 0.2 s, pan: {az: 20 deg, el: 10 deg}, "                \
    "send: {hall: -12 dB}}\n"                                                                      \
    "  pair: {file: two.wav, stem: mx, pan: {az: -10 deg, spread: 30 deg}, width: 60 %}\n"         \
    "  cube: {file: one.wav, stem: fx, pan: {x: 40 %, y: -60 %, z: 30 %, width: 20 %}}\n"          \
    "  wide: {file: one.wav, stem: fx, to: 1.9 s, pan: {az: 100 deg, width: 60 deg, diffuse: 50 "  \
    "%, "                                                                                          \
    "divergence: 30 %, gain: -2 dB}}\n"                                                            \
    "  far: {file: one.wav, stem: fx, distance: {law: inverse}, pan: {az: 0, dist: 3 m}}\n"        \
    "  bed: {file: six.wav, stem: mx, layout: 5.1, gain: -6 dB}\n"
#define MOVING_LAYERS                                                                              \
    "  fly: {file: one.wav, stem: fx, path: {points: [[0.5003 s, {az: -90 deg}], "                 \
    "[1 s, {az: 90 deg, el: 30 deg}], [1.7 s, {az: 150 deg}]]}}\n"                                 \
    "  jump: {file: one.wav, stem: fx, path: {curve: hold, points: [[0 s, {az: 30 deg}], "         \
    "[0.7 s, {az: -110 deg, el: 20 deg}]]}}\n"                                                     \
    "  grow: {file: one.wav, stem: fx, path: {points: [[0 s, {az: 30 deg, width: 10 deg, gain: "   \
    "-12 dB}], [1.9 s, {az: 30 deg, width: 90 deg, gain: 0 dB}]]}}\n"

/* The largest difference of two files of one shape. */
static double worst_difference(const float *a, const float *b, const SoundInfo *info) {
    double worst = 0.0;
    for (int64_t sample = 0; sample < info->frame_count * info->channel_count; sample++) {
        worst = fmax(worst, fabs((double)a[sample] - (double)b[sample]));
    }
    return worst;
}

/* Renders the job to ADM with this bed and to the same layout directly, and compares. */
static double round_trip(Bench *bench, const char *layers, const char *bed, const char *objects) {
    SoundInfo adm_info;
    SoundInfo info;
    const char *job = arena_format(bench->arena,
                                   "%sdeliverables:\n"
                                   "  master: {layout: adm, beds: %s, objects: %s, container: "
                                   "bw64, bits: 32f, channel_order: film}\n"
                                   "  flat: {layout: %s, bits: 32f, channel_order: itu}\n",
                                   layers, bed, objects, bed);
    bench_plan(bench, job, 1);
    bench_run(bench, bed);
    const char *const path = bench_output(bench, 0, 0, 0);
    check_file(bench, path);
    const float *const direct = bench_read(bench, bench_output(bench, 1, 0, 0), &info);
    const float *const found = render_adm(bench, path, bed, &adm_info);
    assert_int_equal(info.channel_count, adm_info.channel_count);
    assert_int_equal(info.frame_count, adm_info.frame_count);
    return worst_difference(direct, found, &info);
}

static void an_adm_file_rendered_elsewhere_is_the_direct_rendering(void **state) {
    (void)state;
    static const char *const beds[] = {"7.1.4", "5.1", "7.1.2"};
    Bench bench;
    open_with_noise(&bench);
    for (size_t bed = 0; bed < sizeof beds / sizeof *beds; bed++) {
        const double worst =
            round_trip(&bench, HEAD("bs2127") STATIC_LAYERS MOVING_LAYERS, beds[bed], "not id=bed");
        if (!(worst <= 0x1p-23)) { /* one step of 24 bit */
            fail_msg("%s: %g steps", beds[bed], worst * 0x1p23);
        }
    }
    bench_close(&bench);
}

/* Blocks turn by 3 degrees: gains between them are straight, ours a smooth curve. The noise has
 * peaks of 0.1. */
static void a_smooth_path_is_followed_within_one_percent(void **state) {
    (void)state;
    Bench bench;
    open_with_noise(&bench);
    const double worst =
        round_trip(&bench, HEAD("enhanced") STATIC_LAYERS MOVING_LAYERS, "7.1.4", "id=fly|grow");
    assert_true(worst < 0.01 * 0.1);
    assert_true(worst > 0x1p-20); /* another motion */
    bench_close(&bench);
}

static void the_bed_keeps_the_reverb_and_no_direct_sound_of_objects(void **state) {
    (void)state;
    SoundInfo info;
    Bench bench;
    open_with_noise(&bench);
    bench_plan(
        &bench,
        HEAD("enhanced") "layers:\n"
                         "  voice: {file: one.wav, stem: dx, to: 0.1 s, send: {hall: -6 dB}}\n"
                         "  dry: {file: one.wav, stem: mx, gain: -6 dB}\n"
                         "deliverables:\n"
                         "  master: {layout: adm, beds: 5.1, objects: all, bits: 32f}\n",
        1);
    bench_run(&bench, "reverb");
    const float *const tracks = bench_read(&bench, bench_output(&bench, 0, 0, 0), &info);
    assert_int_equal(info.channel_count, 8);
    double tail = 0.0;
    double dry_difference = 0.0;
    SoundInfo source_info;
    const float *const source =
        bench_read(&bench, path_join(bench.arena, bench.folder, "one.wav"), &source_info);
    for (int64_t frame = 0; frame < info.frame_count; frame++) {
        const float *const row = tracks + 8 * frame;
        tail = frame > RATE_HZ / 5 ? fmax(tail, fabs((double)row[0])) : tail;
        const double wanted = (double)source[frame] * gain_from_db(-6.0) * gain_from_db(-3.0);
        if (frame < LENGTH - RATE_HZ / 100) { /* then the fade at the end */
            dry_difference = fmax(dry_difference, fabs((double)row[7] - wanted));
        }
        if (frame < 48) { /* before the first wall answers */
            for (int channel = 0; channel < 6; channel++) {
                assert_true(fabs((double)row[channel]) < 1e-7); /* rounding of the room */
            }
        }
        assert_true(frame < RATE_HZ / 10 || row[6] == 0.0F);
    }
    assert_true(tail > 1e-4);
    assert_true(dry_difference < 1e-8);
    bench_close(&bench);
}

static void the_programme_tells_contents_kinds_and_loudness(void **state) {
    (void)state;
    Bench bench;
    open_with_noise(&bench);
    bench_plan(&bench,
               HEAD("enhanced") STATIC_LAYERS
               "deliverables:\n"
               "  master: {layout: adm, objects: stem=dx|fx, loudness: {target: -23 LKFS}}\n",
               1);
    bench_run(&bench, "kinds");
    const char *const axml = check_file(&bench, bench_output(&bench, 0, 0, 0));
    assert_non_null(strstr(axml, "audioProgrammeName=\"Night &amp; &lt;day&gt;\""));
    assert_non_null(strstr(axml, "end=\"00:00:02.00000\""));
    assert_non_null(strstr(axml, "<integratedLoudness>-23.00</integratedLoudness>"));
    assert_non_null(strstr(axml, "audioContentName=\"dx\">\n<audioObjectIDRef>AO_100b</"));
    assert_non_null(strstr(axml, "<dialogue dialogueContentKind=\"0\">1</dialogue>"));
    assert_non_null(strstr(axml, "<dialogue nonDialogueContentKind=\"2\">0</dialogue>"));
    assert_non_null(strstr(axml, "<dialogue mixedContentKind=\"0\">2</dialogue>"));
    assert_null(strstr(axml, "audioContentName=\"mx\"")); /* it is all in the bed */
    bench_close(&bench);
}

static void every_layout_in_bw64_says_what_its_channels_are(void **state) {
    (void)state;
    static const struct {
        const char *layout, *pack;
    } cases[] = {
        {"1.0",                      "AP_00010001"},
        {"5.1",                      "AP_00010003"},
        {"7.1",                      "AP_0001000f"},
        {"7.1.2",                    "AP_00011001"}, /* an own one: readers disagree about the common one */
        {"7.1.4",                    "AP_00010017"},
        {"9.1.6",                    "AP_00011001"},
        {"22.2",                     "AP_00010009"},
        {"foa",                      "AP_00040001"},
        {"hoa3",                     "AP_00040003"},
        {"hoa7",                     "AP_00041001"},
        {"foa, normalisation: n3d",  "AP_00040011"},
        {"hoa3, normalisation: n3d", "AP_00040013"},
        {"hoa7, normalisation: n3d", "AP_00041001"},
        {"binaural",                 "AP_00050001"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        Bench bench;
        open_with_noise(&bench);
        const char *job =
            arena_format(bench.arena,
                         HEAD("enhanced") "layers:\n  one: {file: one.wav, stem: dx, to: 0.1 s}\n"
                                          "deliverables:\n  x: {layout: %s, container: bw64, "
                                          "stems: [full, dx]}\n",
                         cases[index].layout);
        bench_plan(&bench, job, 1);
        bench_run(&bench, "bw64");
        const char *const axml = check_file(&bench, bench_output(&bench, 0, 0, 0));
        assert_non_null(strstr(axml, arena_format(bench.arena, ">%s<", cases[index].pack)));
        assert_non_null(strstr(axml, "<integratedLoudness>"));
        const char *const stem = check_file(&bench, bench_output(&bench, 0, 1, 0));
        assert_non_null(strstr(stem, "<dialogue dialogueContentKind=\"0\">1</dialogue>"));
        assert_null(strstr(stem, "<integratedLoudness>"));
        AdmFile *file = NULL;
        if (strcmp(cases[index].layout, "binaural") !=
            0) { /* which is no source for loudspeakers */
            bench_must(&bench, adm_open(bench_output(&bench, 0, 0, 0),
                                        &(AdmOpening){.scratch_folder = bench.folder}, &file,
                                        bench.errors));
            assert_null(adm_facts(file)->repairs->first);
            adm_close(&file);
        }
        bench_close(&bench);
    }
}

/* The reader knows both from the common definitions, and that of the channels 49 .. 63 from them.
 */
static void an_n3d_file_is_heard_as_the_sn3d_file(void **state) {
    (void)state;
    Bench bench;
    SoundInfo info;
    open_with_noise(&bench);
    bench_plan(
        &bench,
        HEAD("bs2127") "layers:\n" /* below every limiter */
                       "  voice: {file: one.wav, stem: dx, gain: -12 dB, pan: {az: 20 deg, el: 10 "
                       "deg}}\n"
                       "  bed: {file: six.wav, stem: mx, layout: 5.1, gain: -20 dB}\n"
                       "deliverables:\n"
                       "  s: {layout: hoa7, container: bw64, bits: 32f}\n"
                       "  n: {layout: hoa7, container: bw64, bits: 32f, normalisation: n3d}\n",
        1);
    bench_run(&bench, "n3d");
    const float *const sn3d = render_adm(&bench, bench_output(&bench, 0, 0, 0), "7.1.4", &info);
    unlink(path_join(bench.arena, bench.folder, "adm-7.1.4.wav")); /* it is read */
    const float *const n3d = render_adm(&bench, bench_output(&bench, 1, 0, 0), "7.1.4", &info);
    assert_true(worst_difference(sn3d, n3d, &info) < 1e-6);
    double peak = 0.0;
    for (int64_t sample = 0; sample < info.frame_count * info.channel_count; sample++) {
        peak = fmax(peak, fabs((double)n3d[sample]));
    }
    assert_true(peak > 0.01);
    bench_close(&bench);
}

/* ---- keys ---- */

static Key encode_key(Bench *bench, const char *layers, const char *deliverable) {
    bench_plan(bench,
               arena_format(bench->arena, "%sdeliverables:\n  x: {%s}\n", layers, deliverable), 1);
    return bench->plan->tasks[bench->plan->encode_tasks[0]].outputs[0];
}

static void what_changes_the_file_changes_its_key(void **state) {
    (void)state;
    Bench bench;
    open_with_noise(&bench);
    static const char first[] =
        HEAD("enhanced") "layers:\n  one: {file: one.wav, stem: dx, pan: {az: 20 deg}}\n"
                         "  two: {file: one.wav, stem: dx, pan: {az: 30 deg}}\n";
    static const char moved[] =
        HEAD("enhanced") "layers:\n  one: {file: one.wav, stem: dx, pan: {az: 21 deg}}\n"
                         "  two: {file: one.wav, stem: dx, pan: {az: 30 deg}}\n";
    const Key keys[] = {
        encode_key(&bench, first, "layout: adm, objects: id=one"),
        encode_key(&bench, first, "layout: adm, objects: id=two"),
        encode_key(&bench, first, "layout: adm, objects: all"),
        encode_key(&bench, first, "layout: adm"),
        encode_key(&bench, first, "layout: adm, beds: 5.1"),
        encode_key(&bench, moved, "layout: adm, objects: id=one"),
        encode_key(&bench, first, "layout: 7.1.4"),
        encode_key(&bench, first, "layout: 7.1.4, container: bw64"),
    };
    for (size_t a = 0; a < sizeof keys / sizeof *keys; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_memory_not_equal(&keys[a], &keys[b], sizeof(Key));
        }
    }
    bench_close(&bench);
}

/* ---- what is refused ---- */

/* The deliverable stands at line 14 of the job. */
static const ErrorEntry *refusal(Bench *bench, const char *deliverable) {
    const char *text = arena_format(bench->arena, "%sdeliverables:\n  x: {%s}\n",
                                    HEAD("enhanced") STATIC_LAYERS, deliverable);
    const JobSource source = bench_source(bench, text);
    JobSpec *job = NULL;
    bench->errors = errors_create(bench->arena);
    Status status = job_load(&source, bench->arena, &job, bench->errors);
    if (status == DONE) {
        status = lower_job(job, NULL, bench->arena, &bench->mix, bench->errors);
    }
    return errors_first(bench->errors);
}

static void what_is_no_adm_is_refused_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *deliverable;
        Status status;
        const char *message;
    } cases[] = {
        {"layout: adm, objects: family=harp", E305, "this selector matches no layer"           },
        {"layout: adm, objects: tags=x",      E305, "a selector has no key `tags`"             },
        {"layout: adm, objects: id=bed",      E208, "an object is mono or stereo, `bed` is 5.1"},
        {"layout: adm, beds: binaural",       E208, "`binaural` cannot be a bed"               },
        {"layout: adm, beds: 7.1.5",          E213, "unknown layout `7.1.5`"                   },
        {"layout: adm, beds: adm",            E208, "`adm` is no layout of loudspeakers"       },
        {"layout: adm, stems: [full, dx]",    E208, "an ADM deliverable holds `full` alone"    },
        {"layout: adm, split: mono",          E208, "an ADM deliverable has no `split`"        },
        {"layout: adm, container: flac",      E217, "flac cannot carry ADM"                    },
        {"layout: adm, container: opus",      E217, "opus cannot carry ADM"                    },
        {"layout: 5.1, beds: 5.1",            E208, "only ADM deliverables have `beds`"        },
        {"layout: 5.1, objects: all",         E208, "only ADM deliverables have `objects`"     },
    };
    Bench bench;
    open_with_noise(&bench);
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        const ErrorEntry *entry = refusal(&bench, cases[index].deliverable);
        assert_non_null(entry);
        if (entry->status != cases[index].status ||
            strcmp(entry->message, cases[index].message) != 0) {
            fail_msg("%s: E%d %s", cases[index].deliverable, (int)entry->status, entry->message);
        }
        assert_int_equal(entry->place.line, 14);
        assert_true(entry->place.column > 6);
    }
    bench_close(&bench);
}

static void many_objects_are_told_and_need_a_long_container(void **state) {
    (void)state;
    Bench bench;
    open_with_noise(&bench);
    for (int count = 118; count <= 119; count++) {
        const char *text = HEAD("enhanced") "layers:\n";
        for (int layer = 0; layer < count; layer++) {
            text = arena_format(bench.arena, "%s  l%d: {file: one.wav, stem: dx, to: 0.01 s}\n",
                                text, layer);
        }
        bench.errors = errors_create(bench.arena);
        bench_plan(&bench,
                   arena_format(bench.arena,
                                "%sdeliverables:\n  x: {layout: adm, objects: all, container: "
                                "bw64}\n",
                                text),
                   4);
        const ErrorEntry *entry = errors_first(bench.errors);
        assert_true(count == 118 ? entry == NULL : entry->status == E306);
        if (count == 119) {
            assert_int_equal(entry->severity, SEVERITY_WARNING);
            bench_run(&bench, "many");
            check_file(&bench, bench_output(&bench, 0, 0, 0));
        }
    }
    bench_close(&bench);
}

/* Objects taken for loudspeakers would be heard in wrong places: they are layers of their own. */
static void the_tracks_of_a_master_are_what_chna_or_the_layout_says(void **state) {
    (void)state;
    static const char out[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 1 s}\n"
        "layers: {a: {file: one.wav, stem: mx}, b: {file: two.wav, stem: mx}}\n"
        "deliverables: {d: {layout: adm, beds: 5.1, objects: id=b, container: wav}}\n";
    Bench bench;
    open_with_noise(&bench);
    bench_plan(&bench, out, 8);
    bench_run(&bench, "adm");
    const char *const made = bench_output(&bench, 0, 0, 0);
    FileBytes file;
    bench_must(&bench, file_read(made, 64 << 20, NO_PLACE, bench.arena, &file, bench.errors));
    bench_must(&bench, file_write_atomically(path_join(bench.arena, bench.folder, "master.wav"),
                                             file.bytes, file.size_bytes, bench.errors));
    static const char *const jobs[] = {
        "nocturne: 1\nproject: {title: T, code: T}\nlayers: {m: {file: master.wav, stem: mx}}\n"
        "deliverables: {d: {layout: 2.0}}\n",
        "nocturne: 1\nproject: {title: T, code: T}\n"
        "layers: {m: {file: master.wav, stem: mx, layout: 7.1}}\ndeliverables: {d: {layout: "
        "2.0}}\n",
    };
    for (int job = 0; job < 2; job++) {
        const JobSource source = bench_source(&bench, jobs[job]);
        JobSpec *read = NULL;
        Mix *mix = NULL;
        bench_must(&bench, job_load(&source, bench.arena, &read, bench.errors));
        bench_must(&bench, lower_job(read, NULL, bench.arena, &mix, bench.errors));
        assert_int_equal(mix->layer_count, job ? 1 : 8);
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adm_file_rendered_elsewhere_is_the_direct_rendering),
        cmocka_unit_test(a_smooth_path_is_followed_within_one_percent),
        cmocka_unit_test(the_bed_keeps_the_reverb_and_no_direct_sound_of_objects),
        cmocka_unit_test(the_programme_tells_contents_kinds_and_loudness),
        cmocka_unit_test(an_n3d_file_is_heard_as_the_sn3d_file),
        cmocka_unit_test(every_layout_in_bw64_says_what_its_channels_are),
        cmocka_unit_test(what_changes_the_file_changes_its_key),
        cmocka_unit_test(what_is_no_adm_is_refused_with_its_place),
        cmocka_unit_test(many_objects_are_told_and_need_a_long_container),
        cmocka_unit_test(the_tracks_of_a_master_are_what_chna_or_the_layout_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
