/* Delivery profiles: defaults with their origin, versions, figures, and what is refused. */
#include <stdlib.h>

#include "jobs/configs.h"
#include "jobs/job_profiles.h"
#include "jobs/node_find.h"
#include "jobs/profile.h"
#include "render/base/files.h"

#include "tests/support/job_bundle.h"

#define JOB_HEAD                                                                                   \
    "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\nlayers: {dx: {file: a.wav}, mx: "    \
    "{file: b.wav}}\n"
#define PROFILE(version, target)                                                                   \
    "profile: 1\nid: house\nversion: " version "\nsource: the house\ndeliverable:\n"               \
    "  layout: 5.1\n  loudness: {target: " target ", peak: -3 dBTP}\n"

static const Text house_1 = {"profiles/house@2020-01-01.yaml", PROFILE("2020-01-01", "-20 LUFS")};
static const Text house_2 = {"profiles/house@2024-12-31.yaml", PROFILE("2024-12-31", "-21 LUFS")};

static Status load_with(Desk *desk, const char *deliverables, Text first, Text second) {
    const char *job = arena_format(desk->arena, JOB_HEAD "deliverables:\n%s", deliverables);
    const Text texts[] = {
        {"job.yaml", job},
        first, second
    };
    const JobSource source = bundle(desk, texts, 3);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static Status load_profile(Desk *desk, const char *text) {
    const Text profile = {"profiles/own@1.yaml", text};
    return load_with(desk, "  a: {profile: own}\n", profile, house_1);
}

static const Node *find(Desk *desk, const char *path) {
    const Node *node = NULL;
    assert_int_equal(node_find(desk->job->tree, path, desk->arena, &node, desk->errors), DONE);
    return node;
}

static void assert_refused(Desk *desk, Status status, Status expected, const char *message) {
    assert_int_equal(status, expected);
    assert_string_equal(errors_first(desk->errors)->message, message);
}

static void keys_of_the_job_win_and_both_know_where_they_are_written(void **state) {
    Desk *desk = *state;
    const char *job = "  a: {profile: house@2020-01-01, loudness: {peak: -6 dBTP}}\n";
    assert_int_equal(load_with(desk, job, house_1, house_2), DONE);
    const JobDeliverable *deliverable = &desk->job->deliverables[0];
    assert_string_equal(deliverable->layout.text, "5.1");
    assert_true(deliverable->target_lufs.value == -20.0);
    assert_true(deliverable->peak_dbtp.value == -6.0);
    assert_true(deliverable->tolerance_lu.value == 1.0); /* of neither: the default of the format */

    const Node *target = find(desk, "deliverables.a.loudness.target");
    assert_string_equal(target->place.file, "profiles/house@2020-01-01.yaml");
    assert_int_equal(target->place.line, 7);
    const Node *peak = find(desk, "deliverables.a.loudness.peak");
    assert_string_equal(peak->place.file, "job.yaml");
    assert_string_equal(peak->under->text, "-3 dBTP");
    assert_string_equal(peak->under->place.file, "profiles/house@2020-01-01.yaml");
}

static void a_name_alone_is_its_newest_version_and_is_pinned(void **state) {
    Desk *desk = *state;
    const char *job =
        "  a: {profile: house}\n  b: {profile: house@2020-01-01}\n  c: {layout: 2.0}\n";
    assert_int_equal(load_with(desk, job, house_2, house_1), DONE);
    assert_true(desk->job->deliverables[0].target_lufs.value == -21.0);
    assert_true(desk->job->deliverables[1].target_lufs.value == -20.0);
    assert_string_equal(desk->job->deliverables[0].profile.text, "house@2024-12-31");
    assert_int_equal(desk->job->profile_count, 2);
    assert_string_equal(job_profile_of(desk->job, "a")->version, "2024-12-31");
    assert_string_equal(job_profile_of(desk->job, "a")->source, "the house");
    assert_null(job_profile_of(desk->job, "c"));
}

static void a_file_is_named_by_its_path_and_stays_so(void **state) {
    Desk *desk = *state;
    const Text mine = {"lab/mine.yaml", PROFILE("x", "-19 LUFS")};
    assert_int_equal(load_with(desk, "  a: {profile: lab/mine.yaml}\n", mine, house_1), DONE);
    assert_true(desk->job->deliverables[0].target_lufs.value == -19.0);
    assert_string_equal(desk->job->deliverables[0].profile.text, "lab/mine.yaml");
    assert_int_equal(load_with(desk, "  a: {profile: ../mine.yaml}\n", mine, house_1), E402);
}

static void shipped_profiles_travel_with_the_job(void **state) {
    Desk *desk = *state;
    const char *text = JOB_HEAD "deliverables: {a: {profile: ebu-r128@2026-11-20}}\n";
    const JobSource alone = {
        .path = "reel/job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
    assert_int_equal(job_load(&alone, desk->arena, &desk->job, desk->errors), DONE);
    assert_true(desk->job->deliverables[0].target_lufs.value == -23.0);

    JobSource sent = alone; /* what rank 0 sends, and a run keeps */
    sent.bytes = desk->job->bytes;
    sent.size_bytes = strlen(sent.bytes);
    assert_non_null(strstr(sent.bytes, CONFIGS_ROOT "profiles/ebu-r128@2026-11-20.yaml"));
    assert_int_equal(job_load(&sent, desk->arena, &desk->job, desk->errors), DONE);
    assert_string_equal(find(desk, "deliverables.a.layout")->place.file,
                        CONFIGS_ROOT "profiles/ebu-r128@2026-11-20.yaml");
}

/* The name of the specification, 1500000261101. */
static void a_profile_names_files_as_its_receiver_does(void **state) {
    Desk *desk = *state;
    const char *text = "nocturne: 1\n"
                       "project: {title: T, code: project, reel: s01e01, version: 5, frame_rate: "
                       "23.976, length: 60 s}\n"
                       "stems: {dlg: {role: dialogue}, mus: {role: music}, x: {role: other}}\n"
                       "layers: {dlg: {file: a.wav, stem: dlg}, m: {file: b.wav, stem: mus}}\n"
                       "deliverables: {nf: {profile: netflix-nearfield-5.1, stems: [full, me, dlg, "
                       "mus, x]}}\n";
    assert_int_equal(load(desk, text), DONE);
    const JobOutput *outputs = desk->job->deliverables[0].outputs;
    static const char *const codes[] = {"PM", "ME", "DIAStem", "MXStem", "x"};
    for (int output = 0; output < 5; output++) {
        assert_string_equal(outputs[output].files[0],
                            arena_format(desk->arena,
                                         "project_s01e01_v05_%s_Nearfield_6ch_48k_24b_23976.L.wav",
                                         codes[output]));
    }
    assert_string_equal(outputs[0].files[5],
                        "project_s01e01_v05_PM_Nearfield_6ch_48k_24b_23976.Rs.wav");
}

static void names_and_versions_that_do_not_exist_are_told_with_those_that_do(void **state) {
    Desk *desk = *state;
    assert_refused(desk, load_with(desk, "  a: {profile: house@2025-01-01}\n", house_1, house_2),
                   E301, "profile `house` has no version `2025-01-01`");
    assert_string_equal(errors_first(desk->errors)->lines->text,
                        "versions of `house`: 2020-01-01, 2024-12-31");
    assert_int_equal(errors_first(desk->errors)->place.line, 5);
    assert_refused(desk, load_with(desk, "  a: {profile: hosue}\n", house_1, house_2), E301,
                   "no profile is called `hosue`");
    assert_string_equal(errors_first(desk->errors)->caret, "did you mean `house`?");
    assert_refused(desk, load_with(desk, "  a: {profile: [x]}\n", house_1, house_2), E204,
                   "`profile` names a delivery profile");
    /* what follows from it is not said: no missing layout */
    assert_int_equal(errors_count(desk->errors), 1);
}

static void a_figure_that_is_not_verified_is_marked(void **state) {
    Desk *desk = *state;
    const char *profile = "profile: 1\nid: own\nversion: 1\ndeliverable:\n  layout: 2.0\n"
                          "  loudness: {target: -20 LUFS, peak: -3 dBTP}\nfigures:\n"
                          "  loudness.target: {verified: no, source: hearsay}\n"
                          "  loudness.peak: {verified: yes, source: the letter}\n";
    assert_int_equal(load_profile(desk, profile), DONE);
    assert_true(find(desk, "deliverables.a.loudness.target")->is_unverified);
    assert_false(find(desk, "deliverables.a.loudness.peak")->is_unverified);
}

static void faults_of_a_profile_are_told_in_its_file(void **state) {
    Desk *desk = *state;
    static const struct {
        const char *text;
        Status status;
        const char *message;
    } cases[] = {
        {"id: own\n",                                                                            E201, "a delivery profile says `profile: 1`"                             },
        {"profile: 1\nversion: 1\ndeliverable: {}\n",                                            E203, "this profile has no `id`"                                         },
        {"profile: 1\nid: own\ndeliverable: {}\n",                                               E203, "this profile has no `version`"                                    },
        {"profile: 1\nid: own\nversion: 1\n",                                                    E203, "this profile has no map `deliverable`"                            },
        {"profile: 1\nid: own\nversion: [1]\n",                                                  E204, "`version` is one text"                                            },
        {"profile: 1\nid: own\nversion: 2\ndeliverable: {}\n",                                   E204,
         "the file `own@1.yaml` holds version `2` of `own`"                                                                                                               },
        {"profile: 1\nid: own\nversion: 1\nfigure: {}\ndeliverable: {}\n",                       E202,
         "unknown key `figure` in a delivery profile"                                                                                                                     },
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layot: 2.0, layout: 2.0}\n",            E202,
         "unknown key `layot` in deliverables.a"                                                                                                                          },
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layout: 2.0}\nfigures: [1]\n",          E204,
         "`figures` is a map of figures"                                                                                                                                  },
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layout: 2.0}\nfigures: {layout: 1}\n",
         E204,                                                                                         "a figure is a map {verified, source}"                             },
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layout: 2.0}\nfigures: {bits: {verified: "
         "no}}\n",                                                                      E320, "the deliverable of this profile has no `bits`"                    },
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layout: 2.0, policy: {checks: {leq_m: "
         "{max: 85}}}}\nfigures: {policy.checks.leq_m.max: {verified: no}}\n",          E303, "`policy.checks.leq_m.max` is not verified, and its check can fail"},
        {"profile: 1\nid: own\nversion: 1\ndeliverable: {layout: 2.0}\nfigures: {layout: {}}\n",
         E203,                                                                                         "`layout` needs `verified: yes` or `no`"                           },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const Status status = load_profile(desk, cases[row].text);
        assert_refused(desk, status, cases[row].status, cases[row].message);
        assert_string_equal(errors_first(desk->errors)->place.file, "profiles/own@1.yaml");
    }
}

/* Every figure that may refuse a delivery says who says so. */
static void assert_sourced(const Profile *profile, const NodeLeaf *leaf) {
    if (strncmp(leaf->path, "loudness.", 9) != 0 || !strpbrk(leaf->node->text, "0123456789")) {
        return;
    }
    for (int figure = 0; figure < profile->figure_count; figure++) {
        if (strcmp(profile->figures[figure].path, leaf->path) == 0) {
            assert_true(*profile->figures[figure].source);
            return;
        }
    }
    print_error("%s: %s has no source\n", profile->file, leaf->path);
    assert_true(false);
}

static void every_shipped_profile_is_sound_and_names_its_sources(void **state) {
    Desk *desk = *state;
    JobFiles files = {.folder = "/nonexistent"};
    ProfileFiles list;
    assert_int_equal(profile_files_list(&files, desk->arena, &list, desk->errors), DONE);
    assert_true(list.count >= 26);
    for (int index = 0; index < list.count; index++) {
        const JobFile *file = NULL;
        Profile profile;
        files.count = 0;
        assert_int_equal(job_files_find(&files, list.files[index].file, NO_PLACE, desk->arena,
                                        &file, desk->errors),
                         DONE);
        assert_int_equal(profile_read(file, desk->arena, &profile, desk->errors), DONE);
        assert_true(*profile.title && *profile.source);
        const NodeLeaves leaves = node_leaves(profile.deliverable, desk->arena);
        for (int leaf = 0; leaf < leaves.count; leaf++) {
            assert_sourced(&profile, &leaves.leaves[leaf]);
        }
        const char *job =
            arena_format(desk->arena, JOB_HEAD "deliverables: {a: {profile: %s@%s}}\n", profile.id,
                         profile.version);
        assert_int_equal(load(desk, job), DONE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_of_the_job_win_and_both_know_where_they_are_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_alone_is_its_newest_version_and_is_pinned, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_named_by_its_path_and_stays_so, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(shipped_profiles_travel_with_the_job, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_names_files_as_its_receiver_does, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            names_and_versions_that_do_not_exist_are_told_with_those_that_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_figure_that_is_not_verified_is_marked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_of_a_profile_are_told_in_its_file, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_shipped_profile_is_sound_and_names_its_sources,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
