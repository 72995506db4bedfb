/* Layers that are binaural already reach the ears as they are, and nothing else. */
#include <math.h>

#include "spatial/adm/adm_render.h"
#include "spatial/hrir_prepare.h"
#include "tests/support/adm_file.h"
#include "tests/support/test_sounds.h"

enum { LENGTH = 24000, EARS = 2 };

/* An object with the common pack; right_first: its own channels, in the other order. */
static void write_master(Bench *bench, const char *object, bool right_first) {
    const char *const own =
        "<audioPackFormat audioPackFormatID='AP_00051001' audioPackFormatName='head' "
        "typeLabel='0005' typeDefinition='Binaural'>"
        "<audioChannelFormatIDRef>AC_00051001</audioChannelFormatIDRef>"
        "<audioChannelFormatIDRef>AC_00051002</audioChannelFormatIDRef></audioPackFormat>\n"
        "<audioChannelFormat audioChannelFormatID='AC_00051001' audioChannelFormatName='RightEar' "
        "typeLabel='0005' typeDefinition='Binaural'>"
        "<audioBlockFormat audioBlockFormatID='AB_00051001_00000001'/></audioChannelFormat>\n"
        "<audioChannelFormat audioChannelFormatID='AC_00051002' audioChannelFormatName='LeftEar' "
        "typeLabel='0005' typeDefinition='Binaural'>"
        "<audioBlockFormat audioBlockFormatID='AB_00051002_00000001'><gain>0.5</gain>"
        "</audioBlockFormat></audioChannelFormat>\n";
    const char *const axml = arena_format(
        bench->arena,
        "<ebuCoreMain xmlns='urn:ebu:metadata-schema:ebuCore_2016'><coreMetadata><format>"
        "<audioFormatExtended version='ITU-R_BS.2076-2'>\n"
        "<audioObject audioObjectID='AO_1001' audioObjectName='head' %s"
        "<audioPackFormatIDRef>%s</audioPackFormatIDRef>"
        "<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef>"
        "<audioTrackUIDRef>ATU_00000002</audioTrackUIDRef></audioObject>\n%s"
        "</audioFormatExtended></format></coreMetadata></ebuCoreMain>\n",
        object, right_first ? "AP_00051001" : "AP_00050001", right_first ? own : "");
    const char *const chna = right_first ? "1 ATU_00000001 AC_00051001 AP_00051001\n"
                                           "2 ATU_00000002 AC_00051002 AP_00051001\n"
                                         : "1 ATU_00000001 AT_00050001_01 AP_00050001\n"
                                           "2 ATU_00000002 AT_00050002_01 AP_00050001\n";
    adm_file_write(path_join(bench->arena, bench->folder, "head.wav"),
                   &(BenchFile){axml, chna, EARS, LENGTH, false});
}

static Status plan(Bench *bench, const char *layer, const char *deliverables) {
    const char *text = arena_format(bench->arena,
                                    "nocturne: 1\n"
                                    "project: {title: T, code: T, joins: sample, length: 500 ms}\n"
                                    "layers: {h: {file: head.wav, stem: mx, gain: -12 dB%s}}\n"
                                    "deliverables: {%s}\n",
                                    layer, deliverables);
    TRY(bench_lower(bench, text));
    const PlanOptions options = {.span_samples = 32768};
    return plan_make(bench->mix, "TEST", options, bench->arena, &bench->plan, bench->errors);
}

/* The largest difference from the tracks of the file behind these gains; tracks: of left, right. */
static double
worst(Bench *bench, int deliverable, const int tracks[EARS], const double gains[EARS]) {
    SoundInfo info;
    const float *const found = bench_read(bench, bench_output(bench, deliverable, 0, 0), &info);
    /* where the responses of a head begin: with all other layers of a binaural file */
    const int64_t lead = deliverable == 0 ? HRIR_LEAD_SAMPLES : 0;
    double worst = 0.0;
    assert_int_equal(info.channel_count, EARS);
    assert_int_equal(info.frame_count, LENGTH);
    for (int64_t frame = lead; frame < LENGTH; frame++) {
        for (int ear = 0; ear < EARS; ear++) {
            const double step = floor(bench_sample(tracks[ear], frame - lead) * 0x1p23) / 0x1p23;
            worst = fmax(worst, fabs((double)found[frame * EARS + ear] - gains[ear] * step));
        }
    }
    return worst;
}

static void a_binaural_pack_reaches_the_ears_and_a_stereo_file_as_it_is(void **state) {
    (void)state;
    static const char both[] = "b: {layout: binaural, bits: 32f}, s: {layout: 2.0, bits: 32f}";
    const double gain = gain_from_db(-12.0);
    Bench bench;
    bench_open(&bench);
    write_master(&bench, ">", false);
    bench_must(&bench, plan(&bench, "", both));
    bench_run(&bench, "common");
    assert_true(worst(&bench, 0, (int[]){0, 1}, (double[]){gain, gain}) < 1e-6);
    assert_true(worst(&bench, 1, (int[]){0, 1}, (double[]){gain, gain}) < 1e-7);
    write_master(&bench, "><gain>0.5</gain>", true);
    bench_must(&bench, plan(&bench, "", both));
    bench_run(&bench, "own");
    assert_true(worst(&bench, 0, (int[]){1, 0}, (double[]){gain / 4, gain / 2}) < 1e-6);
    assert_true(worst(&bench, 1, (int[]){1, 0}, (double[]){gain / 4, gain / 2}) < 1e-7);
    /* the same of a plain file that says so itself */
    bench_must(&bench, plan(&bench, ", layout: binaural", both));
    bench_run(&bench, "plain");
    assert_true(worst(&bench, 0, (int[]){0, 1}, (double[]){gain, gain}) < 1e-6);
    assert_true(worst(&bench, 1, (int[]){0, 1}, (double[]){gain, gain}) < 1e-7);
    bench_close(&bench);
}

static void loudspeakers_are_no_ears(void **state) {
    (void)state;
    static const struct {
        const char *layer, *deliverable, *message;
        int column;
    } faults[] = {
        {"",                                "d: {layout: 5.1}",                  "is binaural: 5.1 cannot play it",  28},
        {"",                                "d: {layout: hoa1}",                 "is binaural: hoa1 cannot play it", 28},
        {"",                                "d: {layout: 1.0}",                  "is binaural: 1.0 cannot play it",  28},
        {"",                                "d: {layout: adm, container: bw64}",
         "is binaural: an ADM master of loudspeakers cannot play it",                                                28},
        {", layout: binaural, pan: front",  "d: {layout: 2.0}",                  "is binaural: it has no place",     77},
        {", layout: binaural, width: 50 %", "d: {layout: 2.0}",                  "is binaural: it has no place",     79},
    };
    Bench bench;
    bench_open(&bench);
    write_master(&bench, ">", false);
    for (size_t row = 0; row < sizeof faults / sizeof *faults; row++) {
        assert_int_equal(plan(&bench, faults[row].layer, faults[row].deliverable), E208);
        const ErrorEntry *const entry = errors_first(bench.errors);
        assert_non_null(strstr(entry->message, faults[row].message));
        assert_int_equal(entry->place.line, row < 4 ? 4 : 3);
        assert_int_equal(entry->place.column, faults[row].column);
    }
    AdmFile *file = NULL;
    bench.errors = errors_create(bench.arena);
    assert_int_equal(adm_open(path_join(bench.arena, bench.folder, "head.wav"), &(AdmOpening){0},
                              &file, bench.errors),
                     E443);
    assert_string_equal(errors_first(bench.errors)->message,
                        "AP_00050001 is binaural: loudspeakers cannot play it");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_binaural_pack_reaches_the_ears_and_a_stereo_file_as_it_is),
        cmocka_unit_test(loudspeakers_are_no_ears),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
