/* Stems told by their names, the folder they make, and the job that stands for it. */
#include "jobs/stem_files.h"

#include "tests/support/test_sounds.h"

#include "jobs/deliver_job.h"

static void names_tell_stem_and_loudspeaker(void **state) {
    (void)state;
    static const struct {
        const char *name;
        StemKind kind;
        const char *speaker;
    } cases[] = {
        {"film_DX_51",                                    STEM_KIND_DIALOGUE,  NULL },
        {"Film Dialogue",                                 STEM_KIND_DIALOGUE,  NULL },
        {"project_s01e01_v05_DIAStem_6ch_48k_24b_24.LFE", STEM_KIND_DIALOGUE,  "LFE"},
        {"project_s01e01_v05_PM_Nearfield_6ch.Ls",        STEM_KIND_FULL,      "Ls" },
        {"MX",                                            STEM_KIND_MUSIC,     NULL },
        {"r3_music_L",                                    STEM_KIND_MUSIC,     "L"  },
        {"SFX-5.1",                                       STEM_KIND_EFFECTS,   NULL },
        {"reel 2 M&E",                                    STEM_KIND_ME,        NULL },
        {"reel2_ME.rs",                                   STEM_KIND_ME,        "Rs" },
        {"bg",                                            STEM_KIND_AMBIENCE,  NULL },
        {"foley.Rss",                                     STEM_KIND_FOLEY,     "Rss"},
        {"narration",                                     STEM_KIND_NARRATION, NULL },
        {"OPTIONAL",                                      STEM_KIND_OPTIONAL,  NULL },
        {"music_video_dx",                                STEM_KIND_DIALOGUE,  NULL },
        {"musical",                                       STEM_KIND_NONE,      NULL },
        {"homeless",                                      STEM_KIND_NONE,      NULL },
        {"",                                              STEM_KIND_NONE,      NULL },
    };
    Arena *arena = arena_create();
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const char *speaker = NULL;
        assert_int_equal(stem_kind_of_name(cases[row].name, arena, &speaker), cases[row].kind);
        assert_true(!speaker == !cases[row].speaker);
        if (speaker) {
            assert_string_equal(speaker, cases[row].speaker);
        }
    }
    arena_destroy(&arena);
}

static void write_sound(Bench *bench, const char *name, int channels, int64_t frames) {
    double *samples = arena_array(bench->arena, (size_t)(frames * channels), sizeof *samples);
    for (int64_t value = 0; value < frames * channels; value++) {
        samples[value] = 0.1 * noise_at((uint64_t)value);
    }
    bench_write_wav(bench, name, PCM_24, channels, samples, frames);
}

static Status read_stems(Bench *bench, StemFiles *stems) {
    bench->errors = errors_create(bench->arena);
    return stem_files_read(bench->folder, bench->arena, stems, bench->errors);
}

static const StemFile *find(const StemFiles *stems, const char *name) {
    for (int file = 0; file < stems->count; file++) {
        if (strcmp(stems->files[file].name, name) == 0) {
            return &stems->files[file];
        }
    }
    print_error("no %s\n", name);
    assert_true(false);
    return NULL;
}

static void sums_beside_their_parts_are_not_used(void **state) {
    (void)state;
    Bench bench;
    StemFiles stems;
    bench_open(&bench);
    write_sound(&bench, "x_DX.wav", 6, 1000);
    write_sound(&bench, "x_MX.wav", 6, 2000);
    write_sound(&bench, "x_ME.wav", 6, 2000);
    write_sound(&bench, "x_PM.wav", 6, 2000);
    write_sound(&bench, "slate.wav", 1, 500);
    bench_must(&bench, read_stems(&bench, &stems));
    assert_int_equal(stems.count, 5);
    assert_null(find(&stems, "x_DX.wav")->unused);
    assert_string_equal(find(&stems, "x_MX.wav")->layout->name, "5.1");
    assert_string_equal(find(&stems, "x_ME.wav")->unused, "the sum of stems that are there");
    assert_string_equal(find(&stems, "x_PM.wav")->unused, "the sum of stems that are there");
    assert_string_equal(find(&stems, "slate.wav")->unused, "its name tells no stem");

    const char *const profiles[] = {"ebu-r128", "lab/house@2.yaml"};
    const DeliverOrder order = {.stems = &stems, .profiles = profiles, .profile_count = 2};
    const char *text = NULL;
    bench_must(&bench, deliver_job_write(&order, bench.arena, &text, bench.errors));
    assert_non_null(strstr(text, "length: 2000 smp\n"));
    assert_non_null(strstr(text, "  dx: {role: dialogue}\n"));
    assert_non_null(strstr(text, "  ebu_r128: {profile: ebu-r128}\n"));
    assert_non_null(strstr(text, "  house: {profile: lab/house@2.yaml}\n"));
    assert_null(strstr(text, "x_PM"));
    const char *const twice[] = {"ebu-r128", "ebu-r128@2026-11-20"};
    const DeliverOrder again = {.stems = &stems, .profiles = twice, .profile_count = 2};
    assert_int_equal(deliver_job_write(&again, bench.arena, &text, bench.errors), E216);
    bench_close(&bench);
}

static void mono_files_are_sets_with_a_layout(void **state) {
    (void)state;
    Bench bench;
    StemFiles stems;
    bench_open(&bench);
    write_sound(&bench, "a_DX.L.wav", 1, 100);
    write_sound(&bench, "a_DX.R.wav", 1, 100);
    bench_must(&bench, read_stems(&bench, &stems));
    assert_string_equal(stems.files[0].layout->name, "2.0");
    write_sound(&bench, "a_DX.C.wav", 1, 100);
    write_sound(&bench, "a_DX.LFE.wav", 1, 100);
    assert_int_equal(read_stems(&bench, &stems), E429);
    assert_non_null(
        strstr(errors_first(bench.errors)->message, "the mono files of dialogue are no layout"));
    write_sound(&bench, "a_DX.Ls.wav", 1, 100);
    write_sound(&bench, "a_DX.Rs.wav", 1, 100);
    bench_must(&bench, read_stems(&bench, &stems));
    assert_string_equal(stems.files[0].layout->name, "5.1");
    bench_close(&bench);
}

static void folders_that_tell_too_little_or_too_much_are_refused(void **state) {
    (void)state;
    Bench bench;
    StemFiles stems;
    bench_open(&bench);
    assert_int_equal(read_stems(&bench, &stems), E414);
    write_sound(&bench, "slate.wav", 1, 100);
    assert_int_equal(read_stems(&bench, &stems), E429);
    assert_non_null(strstr(errors_first(bench.errors)->message, "says which stem it is"));
    write_sound(&bench, "DX_v1.wav", 2, 100);
    write_sound(&bench, "DX_v2.wav", 2, 100);
    assert_int_equal(read_stems(&bench, &stems), E429);
    assert_string_equal(errors_first(bench.errors)->message,
                        "`DX_v1.wav` and `DX_v2.wav` are both dialogue");
    bench.errors = errors_create(bench.arena);
    assert_int_equal(stem_files_read("/nonexistent/a.wav", bench.arena, &stems, bench.errors),
                     E410);
    bench_close(&bench);
}

static void stems_of_other_rates_or_shapes_are_refused(void **state) {
    (void)state;
    Bench bench;
    StemFiles stems;
    bench_open(&bench);
    write_sound(&bench, "DX.wav", 5, 100);
    assert_int_equal(read_stems(&bench, &stems), E429);
    assert_string_equal(errors_first(bench.errors)->message,
                        "`DX.wav` has 5 channels: which layout is that?");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_tell_stem_and_loudspeaker),
        cmocka_unit_test(sums_beside_their_parts_are_not_used),
        cmocka_unit_test(mono_files_are_sets_with_a_layout),
        cmocka_unit_test(folders_that_tell_too_little_or_too_much_are_refused),
        cmocka_unit_test(stems_of_other_rates_or_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
