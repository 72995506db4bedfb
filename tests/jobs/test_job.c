/* Whole jobs: every member filled, from the file, the defaults and the command line. */
#include "tests/support/job_desk.h"

static const char night[] =
    "nocturne: 1\n"
    "x-notes: [free, {for: anything}]\n"
    "project:\n"
    "  title: First Night\n"
    "  code: FNGT\n"
    "  reel: R1\n"
    "  cut: v7\n"
    "  version: 12\n"
    "  language: de-AT\n"
    "  grade: proxy\n"
    "  rate: 96 kHz\n"
    "  frame_rate: 23.976\n"
    "  start: 01:00:00:00\n"
    "  length: 46 s\n"
    "  tail: 3 s\n"
    "  seed: 9223372036854775807\n"
    "roots: {lib: media/library}\n"
    "markers:\n"
    "  exhale: arrival + 24 fr\n" /* defined below */
    "  arrival: 01:00:10:00\n"
    "stems:\n"
    "  mx: {role: music, gain: -1.5 dB}\n"
    "  dx: {role: dialogue}\n"
    "rooms:\n"
    "  valley: {shoebox: {size: [60 m, 90 m, 25 m], t60: 3.2 s}, predelay: 35 ms, gain: -3 dB}\n"
    "  booth: {shoebox: {size: [2 m, 3 m, 1.6 m], t60: 300 ms, t60_hf: 0.2 s}, early: 20 ms}\n"
    "  hall: {ir: lib:hall.wav, layout: foa, normalise: no, truncate: -80 dB}\n"
    "layers:\n"
    "  violin: {file: stems/violin.flac, stem: mx, family: strings, role: solo, gain: -inf,\n"
    "           pan: {az: 18 deg, el: 5 deg, dist: 2 m, spread: 20 deg}, width: 40 %,\n"
    "           send: {valley: -14 dB, hall: 0}, purpose: \"carries, the theme\"}\n"
    "  cart: {file: ./fx//cart.wav, stem: fx, at: exhale - 12 fr, from: 250 ms, to: 2 s,\n"
    "         fade_in: 10 ms, fade_out: 1 s, mute: yes, invert: yes, status: temp,\n"
    "         hpf: 80 Hz, lpf: {freq: 12 kHz, slope: 24 dB/oct}, layout: 2.0}\n"
    "  amb: {file: lib:wind.wav, path: {curve: spline, points: [[2 s, front],\n"
    "        [exhale, {az: -110 deg, dist: 12 m}]]}}\n"
    "deliverables:\n"
    "  th: {layout: 5.1, bits: 32f, container: rf64, stems: [full, me, fx], split: mono,\n"
    "       channel_order: film}\n"
    "  st: {layout: 2.0, name: $code/$lang-$rate/$deliverable_$alt, loudness: {target: -24 "
    "LKFS, scope: job}}\n"
    "  hp: {layout: binaural, sofa: {file: lib:ears.sofa}, loudness: {peak: -2 dBTP,\n"
    "       tolerance: 0.5 LU, report_only: yes}}\n";

static Status load_night(Desk *desk) {
    return load(desk, night);
}

static void assert_seconds(JobTime time, int64_t numerator, int64_t denominator) {
    assert_int_equal(time.seconds.numerator, numerator);
    assert_int_equal(time.seconds.denominator, denominator);
}

static void the_project_is_read(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    assert_string_equal(job->title.text, "First Night");
    assert_int_equal(job->title.place.line, 4);
    assert_string_equal(job->code.text, "FNGT");
    assert_string_equal(job->reel.text, "R1");
    assert_string_equal(job->cut.text, "v7");
    assert_int_equal(job->version, 12);
    assert_string_equal(job->language.text, "de-AT");
    assert_int_equal(job->grade.index, 1);
    assert_int_equal(job->rate_hz, 96000);
    assert_int_equal(job->frame_rate_numerator, 24000);
    assert_int_equal(job->frame_rate_denominator, 1001);
    assert_false(job->is_drop_frame);
    assert_int_equal(job->start_frames, 86400);
    assert_seconds(job->start, 18018, 5);
    assert_seconds(job->length, 46, 1);
    assert_true(job->length.is_set);
    assert_false(job->end.is_set);
    assert_seconds(job->tail, 3, 1);
    assert_true(job->seed == UINT64_C(9223372036854775807));
}

static void times_follow_markers_and_film_frames(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    assert_int_equal(job->marker_count, 2);
    assert_string_equal(job->markers[0].id, "exhale");
    assert_seconds(job->markers[1].time, 1001, 100);   /* 240 frames of 1001/24000 s */
    assert_seconds(job->markers[0].time, 11011, 1000); /* 264 of them */
}

static void stems_keep_their_order_and_built_in_ones_follow(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobSpec *job = desk->job;
    static const char *const ids[] = {"mx", "dx", "fx", "amb"};
    static const int roles[] = {1, 0, 2, 3};
    assert_int_equal(job->stem_count, 4);
    for (int stem = 0; stem < 4; stem++) {
        assert_string_equal(job->stems[stem].id, ids[stem]);
        assert_int_equal(job->stems[stem].role.index, roles[stem]);
    }
    assert_true(job->stems[0].gain_db.value == -1.5);
    assert_int_equal(job->stems[2].id_place.line, 0);
    assert_int_equal(job->layers[0].stem_index, 0);
    assert_int_equal(job->layers[1].stem_index, 2);
    assert_int_equal(job->layers[2].stem_index, 3); /* called like the stem */
}

static void rooms_get_their_defaults(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobRoom *valley = &desk->job->rooms[0];
    assert_true(valley->has_shoebox);
    assert_true(valley->size.values_m[1] == 90.0 && valley->t60_s == 3.2 &&
                valley->t60_hf_s == 1.6);
    assert_true(valley->order == 3 && valley->listener.values_m[0] == 30.0 &&
                valley->listener.values_m[1] == 45.0 && valley->listener.values_m[2] == 1.7);
    assert_seconds(valley->early, 2, 25);
    assert_seconds(valley->predelay, 7, 200);
    assert_true(valley->gain_db.value == -3.0 && valley->normalise.value);
    const JobRoom *booth = &desk->job->rooms[1];
    assert_true(booth->t60_hf_s == 0.2 && booth->listener.values_m[2] == 0.8);
    const JobRoom *hall = &desk->job->rooms[2];
    assert_false(hall->has_shoebox);
    assert_string_equal(hall->ir.text, "lib:hall.wav");
    assert_string_equal(hall->layout.text, "foa");
    assert_false(hall->normalise.value);
    assert_true(hall->truncate_db.value == -80.0 && hall->gain_db.value == 0.0);
}

static void layers_are_read(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobLayer *violin = &desk->job->layers[0];
    assert_true(violin->gain_db.value == silence_db);
    assert_int_equal(violin->role.index, 1);
    assert_int_equal(violin->status.index, 0);
    assert_true(violin->pan.azimuth_deg.value == 18.0);
    assert_true(violin->pan.elevation_deg.value == 5.0);
    assert_true(violin->pan.distance_m.value == 2.0);
    assert_true(violin->pan.spread_deg.value == 20.0);
    assert_true(violin->width_percent.value == 40.0);
    assert_int_equal(violin->send_count, 2);
    assert_string_equal(violin->sends[0].room, "valley");
    assert_true(violin->sends[0].level_db.value == -14.0 && violin->sends[1].level_db.value == 0.0);
    assert_string_equal(violin->purpose.text, "carries, the theme");
    assert_false(violin->at.is_set || violin->to.is_set || violin->hpf.is_set);
    assert_seconds(violin->at, 0, 1);

    const JobLayer *cart = &desk->job->layers[1];
    assert_int_equal(cart->role.index, -1);
    assert_true(cart->mute.value && cart->invert.value);
    assert_seconds(cart->at, 21021, 2000); /* 252 frames of 1001/24000 s */
    assert_seconds(cart->from, 1, 4);
    assert_seconds(cart->fade_out, 1, 1);
    assert_true(cart->hpf.is_set && cart->hpf.frequency_hz == 80.0);
    assert_int_equal(cart->hpf.slope_db_per_octave, 12);
    assert_true(cart->lpf.frequency_hz == 12000.0);
    assert_int_equal(cart->lpf.slope_db_per_octave, 24);
    assert_true(cart->pan.distance_m.value == 1.0 && cart->width_percent.value == 100.0);

    const JobLayer *amb = &desk->job->layers[2];
    assert_int_equal(amb->path_count, 2);
    assert_int_equal(amb->path_curve.index, PATH_SPLINE);
    assert_seconds(amb->path[0].time, 2, 1);
    assert_true(amb->path[0].at.distance_m.value == 1.0);
    assert_true(amb->path[1].at.azimuth_deg.value == -110.0);
    assert_true(rational_compare(amb->path[1].time.seconds, desk->job->markers[0].time.seconds) ==
                0);
}

static void deliverables_are_read_and_named(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_night(desk), DONE);
    const JobDeliverable *theatre = &desk->job->deliverables[0];
    assert_string_equal(theatre->layout_table->name, "5.1");
    assert_int_equal(theatre->format.index, FLOAT_32);
    assert_int_equal(theatre->container.index, CONTAINER_RF64);
    assert_int_equal(theatre->channel_order.index, 1);
    assert_int_equal(theatre->output_count, 3);
    assert_int_equal(theatre->outputs[0].kind, OUTPUT_FULL);
    assert_int_equal(theatre->outputs[1].kind, OUTPUT_ME);
    assert_int_equal(theatre->outputs[2].kind, OUTPUT_STEM);
    assert_int_equal(theatre->outputs[2].stem_index, 2);
    assert_string_equal(theatre->outputs[0].files[0], "FNGT_R1_v7_th_full_L.wav");
    assert_string_equal(theatre->outputs[2].files[3], "FNGT_R1_v7_th_fx_LFE.wav");
    assert_false(theatre->has_loudness || theatre->has_target);
    assert_true(theatre->peak_dbtp.value == -1.0 && theatre->tolerance_lu.value == 1.0);

    const JobDeliverable *stream = &desk->job->deliverables[1];
    assert_int_equal(stream->output_count, 1);
    assert_string_equal(stream->outputs[0].files[0], "FNGT/de-AT-96000/st.wav");
    assert_true(stream->has_loudness && stream->has_target);
    assert_true(stream->target_lufs.value == -24.0 && stream->tolerance_lu.value == 1.0);
    assert_int_equal(stream->format.index, PCM_24);

    const JobDeliverable *ears = &desk->job->deliverables[2];
    assert_string_equal(ears->sofa.text, "lib:ears.sofa");
    assert_true(ears->has_loudness && !ears->has_target && ears->report_only.value);
    assert_true(ears->peak_dbtp.value == -2.0 && ears->tolerance_lu.value == 0.5);
}

static void a_small_job_has_all_defaults(void **state) {
    Desk *desk = *state;
    assert_int_equal(load(desk,
                          "nocturne: 1\nproject: {title: T, code: T}\n"
                          "layers: {mx: {file: a.wav}}\ndeliverables: {d: {layout: binaural}}\n"),
                     DONE);
    const JobSpec *job = desk->job;
    assert_string_equal(job->cut.text, "v1");
    assert_string_equal(job->language.text, "und");
    assert_null(job->reel.text);
    assert_int_equal(job->version, 1);
    assert_int_equal(job->grade.index, 0);
    assert_int_equal(job->rate_hz, 48000);
    assert_int_equal(job->frame_rate_numerator, 24);
    assert_int_equal(job->start_frames, 0);
    assert_seconds(job->start, 0, 1);
    assert_seconds(job->tail, 0, 1);
    assert_false(job->end.is_set || job->length.is_set);
    assert_true(job->seed == 0);
    assert_string_equal(job->deliverables[0].sofa.text, "sys:default.sofa");
    assert_int_equal(job->deliverables[0].sofa.place.line, 0);
    assert_string_equal(job->deliverables[0].outputs[0].files[0], "T_v1_d_full.wav");
    assert_int_equal(job->layers[0].stem_index, 0);
}

static void a_tilde_takes_back_what_is_written(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk,
                               "layers:\n  a: ~\n  b: {file: a.wav, stem: mx, gain: ~, pan: }\n"
                               "rooms: ~\n"),
                     DONE);
    assert_int_equal(desk->job->layer_count, 1);
    assert_true(desk->job->layers[0].gain_db.value == 0.0);
    assert_true(desk->job->layers[0].pan.distance_m.value == 1.0);
}

static void paths_resolve_to_their_folders(void **state) {
    const JobRootOption option = {.name = "lib", .path = "/srv/library"};
    Desk *desk = *state;
    JobSource source = source_of(HEAD "roots: {lib: media, sfx: a/./b/../sfx}\n");
    source.roots = &option;
    source.root_count = 1;
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), DONE);
    char current[1024];
    assert_non_null(getcwd(current, sizeof current));
    const struct {
        const char *written, *real, *folder;
    } paths[] = {
        {"x/../y.wav",             arena_format(desk->arena, "%s/reel/y.wav",                        current),
         arena_format(desk->arena, "%s/reel", current)},
        {"lib:a.wav", "/srv/library/a.wav",                "/srv/library"                                             }, /* the option wins */
        {"sfx:b.wav",              arena_format(desk->arena,                  "%s/reel/a/sfx/b.wav",                           current),
         arena_format(desk->arena, "%s/reel/a/sfx", current)},
        {"sys:default.sofa",              "/usr/share/libmysofa/default.sofa", "/usr/share/libmysofa"},
    };
    for (size_t row = 0; row < sizeof paths / sizeof *paths; row++) {
        const JobText written = {.text = paths[row].written};
        const char *real = NULL;
        const char *folder = NULL;
        assert_int_equal(
            job_resolve_path(desk->job, &written, desk->arena, &real, &folder, desk->errors), DONE);
        assert_string_equal(real, paths[row].real);
        assert_string_equal(folder, paths[row].folder);
    }
}

static void values_of_the_command_line_win(void **state) {
    static const char body[] = HEAD "x-pan: &p {az: 5 deg}\n"
                                    "layers:\n"
                                    "  a: {file: a.wav, stem: mx, gain: -3 dB, pan: *p}\n"
                                    "  b: {file: b.wav, stem: mx, pan: *p}\n";
    Desk *desk = *state;
    assert_int_equal(load_set(desk, body, "layers.a.gain=+6dB"), DONE);
    assert_true(desk->job->layers[0].gain_db.value == 6.0);
    assert_string_equal(desk->job->layers[0].gain_db.place.file, "--set");
    assert_int_equal(load_set(desk, body, "layers.a.pan={az: 10 deg, dist: 3 m}"), DONE);
    assert_true(desk->job->layers[0].pan.azimuth_deg.value == 10.0);
    assert_true(desk->job->layers[1].pan.azimuth_deg.value == 5.0);
    assert_int_equal(load_set(desk, body, "layers.a.pan.az=20 deg"), DONE);
    assert_true(desk->job->layers[0].pan.azimuth_deg.value == 20.0);
    assert_true(desk->job->layers[1].pan.azimuth_deg.value == 5.0); /* the alias is not touched */
    assert_int_equal(load_set(desk, body, "deliverables.d.layout=7.1.4"), DONE);
    assert_int_equal(desk->job->deliverable_count, 1);
    assert_int_equal(load_set(desk, body, "layers.a="), DONE);
    assert_int_equal(desk->job->layer_count, 1);
    assert_int_equal(load_set(desk, body, "layers.a.gain=-3"), E210);
    assert_int_equal(load_set(desk, body, "layers.a.gian=-3 dB"), E202);
    assert_int_equal(load_set(desk, body, "layers.a.gain"), E002);
    assert_int_equal(load_set(desk, body, "=3"), E002);
    assert_int_equal(load_set(desk, body, "layers.a.file.x=3"), E002);
}

static void work_is_required_for_a_render_only(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk, ""), DONE);
    assert_int_equal(job_require_work(desk->job, desk->errors), E203);
    assert_int_equal(errors_count(desk->errors), 2);
    assert_int_equal(load_body(desk, "layers: {mx: {file: a}}\ndeliverables: {d: {layout: 5.1}}"),
                     DONE);
    assert_int_equal(job_require_work(desk->job, desk->errors), DONE);
}

static void lints_warn_and_do_not_fail(void **state) {
    Desk *desk = *state;
    assert_int_equal(
        load_body(desk, "layers: {mx: {file: a}, fx: {file: b, purpose: why}}\n"
                        "deliverables: {d: {layout: binaural},\n"
                        "  e: {layout: binaural, sofa: {file: sys:default.sofa, sha256: "
                        "0000000000000000000000000000000000000000000000000000000000000000}}}"),
        DONE);
    assert_int_equal(warnings_count(desk->errors), 0);
    job_lint(desk->job, desk->errors);
    assert_int_equal(errors_count(desk->errors), 0);
    assert_int_equal(warnings_count(desk->errors), 2);
    assert_string_equal(errors_first(desk->errors)->message, "layers.mx has no purpose");
    assert_int_equal(errors_last(desk->errors)->status, E421);
}

static void copied_purposes_and_scenes_without_music_are_told(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_body(desk,
                               "layers: {a: {file: a, stem: mx, purpose: warm},\n"
                               "  b: {file: a, stem: mx, purpose: warm},\n"
                               "  c: {file: a, stem: mx, purpose: warm},\n"
                               "  d: {file: a, stem: mx, purpose: warm},\n"
                               "  e: {file: a, stem: mx, purpose: warm}}\n"
                               "cues: {1m1: {in: 0 s, out: 1 s, tags: [motif:dusk]}}\n"
                               "scenes: {one: {in: 0 s, out: 1 s}, two: {in: 1 s, out: 2 s},\n"
                               "  three: {in: 2 s, out: 3 s, tags: [music:none]}}"),
                     DONE);
    job_lint(desk->job, desk->errors);
    assert_int_equal(warnings_count(desk->errors), 2);
    const ErrorEntry *copied = errors_first(desk->errors);
    assert_int_equal(copied->status, E302); /* W302 */
    assert_string_equal(copied->message, "more than 3 layers have this purpose");
    assert_int_equal(errors_last(desk->errors)->status, E311); /* W311 */
    assert_string_equal(errors_last(desk->errors)->message, "scenes.two has no musical idea");
}

static void long_chains_of_markers_are_followed(void **state) {
    enum { LINKS = 2000 };
    Desk *desk = *state;
    const char *body = "markers:\n";
    for (int link = 0; link < LINKS; link++) {
        char line[64];
        snprintf(line, sizeof line, "  m_%d: m_%d + 1 ms\n", link, link + 1);
        body = arena_format(desk->arena, "%s%s", body, line);
    }
    body = arena_format(desk->arena, "%s  m_%d: 1 s\n", body, LINKS);
    assert_int_equal(load_body(desk, body), DONE);
    assert_seconds(desk->job->markers[0].time, 3, 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_project_is_read),
        TEST(times_follow_markers_and_film_frames),
        TEST(stems_keep_their_order_and_built_in_ones_follow),
        TEST(rooms_get_their_defaults),
        TEST(layers_are_read),
        TEST(deliverables_are_read_and_named),
        TEST(a_small_job_has_all_defaults),
        TEST(a_tilde_takes_back_what_is_written),
        TEST(long_chains_of_markers_are_followed),
        TEST(paths_resolve_to_their_folders),
        TEST(values_of_the_command_line_win),
        TEST(work_is_required_for_a_render_only),
        TEST(lints_warn_and_do_not_fail),
        TEST(copied_purposes_and_scenes_without_music_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
