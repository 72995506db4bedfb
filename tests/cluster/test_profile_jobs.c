/* Every shipped profile has a job whose set passes its gates, from the file of the profile to the
 * verdict; and what fails them is held. */
#include "tests/support/test_sounds.h"

#include "cluster/gates.h"
#include "jobs/profile.h"

enum { RATE_HZ = 48000, FRAMES = 4 * RATE_HZ };

/* Noise in bursts, as speech is; steady noise as music. */
static void write_sounds(Bench *bench) {
    double *dialogue = arena_array(bench->arena, FRAMES, sizeof *dialogue);
    double *music = arena_array(bench->arena, 2 * (size_t)FRAMES, sizeof *music);
    double low[3] = {0.0, 0.0, 0.0};
    for (int64_t sample = 0; sample < FRAMES; sample++) {
        const bool speaks = sample / 12000 % 4 != 3;
        for (uint64_t source = 0; source < 3; source++) {
            low[source] += 0.2 * (noise_at(3 * (uint64_t)sample + source) - low[source]);
        }
        dialogue[sample] = speaks ? 0.2 * low[0] : 1e-4 * low[0];
        music[2 * sample] = 0.025 * low[1];
        music[2 * sample + 1] = 0.025 * low[2];
    }
    bench_write_wav(bench, "dx.wav", FLOAT_32, 1, dialogue, FRAMES);
    bench_write_wav(bench, "mx.wav", FLOAT_32, 2, music, FRAMES);
}

static const char *job_of(Bench *bench, const Profile *profile) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 4 s}\n"
                        "layers:\n"
                        "  dx: {file: dx.wav}\n"
                        "  mx: {file: mx.wav}\n"
                        "deliverables: {a: {profile: %s@%s}}\n",
                        profile->id, profile->version);
}

static PublishResult judge(Bench *bench, const char *job) {
    PublishResult result = {0};
    bench->errors = errors_create(bench->arena);
    bench_plan(bench, job, 8);
    bench_run(bench, "all"); /* one store: sources and stems are shared */
    json_t *facts = json_loads(bench_facts(bench, 0), 0, NULL);
    bench->errors = errors_create(bench->arena);
    gates_judge(bench->mix, 0, facts, false, &result, bench->errors);
    json_decref(facts);
    return result;
}

static void every_profile_has_a_job_that_passes_its_gates(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    JobFiles files = {.folder = "/nonexistent"};
    ProfileFiles list;
    bench_must(&bench, profile_files_list(&files, bench.arena, &list, bench.errors));
    for (int index = 0; index < list.count; index++) {
        const JobFile *file = NULL;
        Profile profile;
        files.count = 0;
        bench_must(&bench, job_files_find(&files, list.files[index].file, NO_PLACE, bench.arena,
                                          &file, bench.errors));
        bench_must(&bench, profile_read(file, bench.arena, &profile, bench.errors));
        const PublishResult result = judge(&bench, job_of(&bench, &profile));
        if (result.is_held) {
            print_error("%s: %s\n", profile.file, result.verdict);
        }
        assert_false(result.is_held);
        assert_string_equal(bench.mix->deliverables[0].profile,
                            arena_format(bench.arena, "%s@%s", profile.id, profile.version));
    }
    bench_close(&bench);
}

static bool tells_of(const Bench *bench, const char *text) {
    for (const ErrorEntry *entry = errors_first(bench->errors); entry; entry = entry->next) {
        if (strstr(entry->message, text)) {
            return true;
        }
    }
    return false;
}

/* The music drowns the dialogue, which no file of the first deliverable holds. */
static void a_mix_that_is_not_delivered_is_not_judged(void **state) {
    (void)state;
    static const char form[] = "nocturne: 1\nproject: {title: T, code: T, length: 4 s}\n"
                               "layers: {dx: {file: dx.wav, gain: -20 dB}, mx: {file: mx.wav}}\n"
                               "deliverables: {a: {layout: 2.0, policy: {checks: {}}%s}}\n";
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    assert_false(judge(&bench, arena_format(bench.arena, form, ", stems: [me]")).is_held);
    assert_false(tells_of(&bench, "dialogue_ratio"));
    assert_false(judge(&bench, arena_format(bench.arena, form, "")).is_held);
    assert_true(tells_of(&bench, "dialogue_ratio"));
    bench_close(&bench);
}

/* Half of it has words. */
static void a_programme_of_little_dialogue_is_judged_as_a_whole(void **state) {
    (void)state;
    static const char form[] =
        "nocturne: 1\nproject: {title: T, code: T, length: 4 s}\n"
        "layers: {dx: {file: dx.wav, to: 2 s}, mx: {file: mx.wav}}\n"
        "deliverables: {a: {layout: 2.0, loudness: {target: -30 LKFS, gate: dialogue,\n"
        "  tolerance: 1 LU, fallback: %s, fallback_below: 80 %%, peak: %s}}}\n";
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    const PublishResult good =
        judge(&bench, arena_format(bench.arena, form, "-24 LKFS", "-1 dBTP"));
    assert_false(good.is_held);
    assert_true(fabs(good.integrated_lufs + 24.0) <= 0.02);
    const PublishResult bad = judge(&bench, arena_format(bench.arena, form, "-8 LKFS", "-20 dBTP"));
    assert_true(bad.is_held);
    assert_non_null(strstr(bad.verdict, "as less than 80 % of it is dialogue"));
    bench_close(&bench);
}

static const char *house_job(Bench *bench, const char *verified, const char *loudness) {
    const char *profile = arena_format(bench->arena,
                                       "profile: 1\nid: house\nversion: 1\n"
                                       "deliverable:\n  layout: 2.0\n  loudness: {%s}\n"
                                       "figures:\n"
                                       "  loudness.target: {verified: %s, source: hearsay}\n",
                                       loudness, verified);
    const char *path = path_join(bench->arena, bench->folder, "house.yaml");
    bench_must(bench, file_write_atomically(path, profile, strlen(profile), bench->errors));
    return "nocturne: 1\nproject: {title: T, code: T, length: 4 s}\n"
           "layers: {dx: {file: dx.wav}, mx: {file: mx.wav}}\n"
           "deliverables: {a: {profile: house.yaml}}\n";
}

/* -20 dBTP is as low as a ceiling goes, and no noise of -8 LUFS fits below it. */
static void only_verified_figures_hold(void **state) {
    (void)state;
    static const char impossible[] = "target: -8 LUFS, peak: -20 dBTP";
    Bench bench;
    bench_open(&bench);
    write_sounds(&bench);
    assert_true(judge(&bench, house_job(&bench, "yes", impossible)).is_held);
    assert_int_equal(errors_count(bench.errors), 1);
    const PublishResult told = judge(&bench, house_job(&bench, "no", impossible));
    assert_false(told.is_held);
    assert_int_equal(errors_count(bench.errors), 0);
    assert_true(warnings_count(bench.errors) > 0);
    assert_string_equal(told.verdict, "ok");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_profile_has_a_job_that_passes_its_gates),
        cmocka_unit_test(a_mix_that_is_not_delivered_is_not_judged),
        cmocka_unit_test(a_programme_of_little_dialogue_is_judged_as_a_whole),
        cmocka_unit_test(only_verified_figures_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
