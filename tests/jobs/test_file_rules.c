/* Every file is held to what was asked of it: good ones pass, and each damage is told by name. */
#include "tests/support/render_job.h"

#include <jansson.h>

#include "render/stages/file_rules.h"

enum { RATE_HZ = 48000, FRAMES = 24 * 2000 };

static const char form[] = "nocturne: 1\n"
                           "project: {title: T, code: T, length: 24 fr, start: \"01:00:00:00\"}\n"
                           "markers: {hit: 12 fr}\n"
                           "layers: {fx: {file: tone.wav}}\n"
                           "deliverables: {a: {%s}}\n";

static void render(Bench *bench, const char *more, const char *name) {
    if (!file_exists(path_join(bench->arena, bench->folder, "tone.wav"))) {
        double *samples = arena_array(bench->arena, FRAMES, sizeof *samples);
        for (int sample = 0; sample < FRAMES; sample++) {
            samples[sample] = 0.25 * (sample % 96 - 48) / 48.0;
        }
        bench_write_wav(bench, "tone.wav", FLOAT_32, 1, samples, FRAMES);
    }
    const bool has_layout = strstr(more, "layout") != NULL;
    const bool has_name = strstr(more, "name") != NULL;
    const char *deliverable =
        arena_format(bench->arena, "%s%s%s", has_layout ? "" : "layout: 5.1, ",
                     has_name ? "" : "name: $stem, ", *more ? more + 2 : "bits: 24");
    bench_plan(bench, arena_format(bench->arena, form, deliverable), 1);
    bench_run(bench, name);
}

/* The rules of the files as they lie there now; the caller's. */
static json_t *check(Bench *bench) {
    const Stage stage = {.mix = bench->mix,
                         .plan = bench->plan,
                         .task = &bench->plan->tasks[bench->plan->inspect_tasks[0]],
                         .workplace = &bench->workplace,
                         .scratch = bench->arena};
    const char *folder = encode_folder(bench->mix, bench->plan, 0, &bench->workplace, bench->arena);
    json_t *rules = json_pack("{s:[], s:[]}", "tested", "broken");
    for (int output = 0; output < bench->mix->deliverables[0].output_count; output++) {
        json_t *own = NULL;
        bench_must(bench, file_rules_check(&stage, folder, output, &own, bench->errors));
        file_rules_merge(rules, own);
        json_decref(own);
    }
    return rules;
}

/* "a b c" */
static const char *tested_rules(Bench *bench, const json_t *rules) {
    const char *names = "";
    size_t index = 0;
    const json_t *name = NULL;
    json_array_foreach(json_object_get(rules, "tested"), index, name) {
        names =
            arena_format(bench->arena, "%s%s%s", names, *names ? " " : "", json_string_value(name));
    }
    return names;
}

static void assert_whole(Bench *bench, const char *tested) {
    json_t *rules = check(bench);
    size_t index = 0;
    const json_t *broken = NULL;
    json_array_foreach(json_object_get(rules, "broken"), index, broken) {
        print_error("%s: %s\n", json_string_value(json_object_get(broken, "rule")),
                    json_string_value(json_object_get(broken, "text")));
    }
    assert_string_equal(tested_rules(bench, rules), tested);
    assert_int_equal(json_array_size(json_object_get(rules, "broken")), 0);
    json_decref(rules);
}

static void good_files_break_no_rule_whatever_was_asked(void **state) {
    (void)state;
    static const struct {
        const char *more, *tested;
    } rows[] = {
        {"",                                                                            "container samples channels channel_mask length time_stamp tracks cues"            },
        {", leader: {length: 6 fr}, pop: {before: 4 fr, after: 4 fr}",
         "container samples channels channel_mask length time_stamp tracks cues leader pops"                                                                               },
        {", leader: {length: 6 fr}, pop: {before: 4 fr, tail: no}, split: mono, bits: 32f,\n"
         "   name: $stem.$channel, channel_order: film",                       "container samples channels channel_mask length time_stamp tracks cues leader pops"},
        {", forbid: [bext, ixml, cue, leader]",
         "container samples channels channel_mask length forbidden"                                                                                                        },
        {", container: flac, leader: {length: 6 fr}",                                   "container samples channels length leader"                                         },
        {", container: opus",                                                           "container samples channels length"                                                },
        {", container: caf, bits: 16",                                                  "container samples channels length"                                                },
        {", channel_order: dcp, leader: {length: 6 fr}, pop: {before: 4 fr, tail: no}",
         "container samples channels channel_mask length time_stamp tracks cues leader pops"                                                                               },
        {", container: bw64, channel_order: film",
         "container samples channels channel_mask length time_stamp adm tracks cues"                                                                                       },
    };
    Bench bench;
    bench_open(&bench);
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        render(&bench, rows[row].more, arena_format(bench.arena, "row%d", (int)row));
        assert_whole(&bench, rows[row].tested);
        json_t *facts = json_loads(bench_facts(&bench, 0), 0, NULL); /* INSPECT says the same */
        json_t *rules = json_object_get(facts, "rules");
        assert_string_equal(tested_rules(&bench, rules), rows[row].tested);
        json_decref(facts);
    }
    bench_close(&bench);
}

/* One byte of the file, so many behind a mark. */
typedef struct Damage {
    const char *mark;
    int mark_bytes, behind;
    unsigned char value;
    const char *rule; /* that it breaks */
} Damage;

static const Damage damages[] = {
    {"bext", 4, 8 + 338,                       7,   "time_stamp"  },
    {"fmt ", 4, 8 + 20,                        0xF, "channel_mask"},
    {"iXML", 4, 8 + 200,                       '~', "tracks"      },
    {"cue ", 4, 0,                             'x', "cues"        },
    {"data", 4, 8 + 300 * 18 + 2,              1,   "leader"      },
    {"data", 4, 8 + 4100 * 18 + 2,             64,  "pops"        }, /* the pop begins at 4000 */
    {"data", 4, 8 + (33 * 2000 + 10) * 18 + 2, 64,  "pops"        },
};

static void damage(Bench *bench, const char *path, const Damage *how, const FileBytes *good) {
    char *bytes = arena_alloc(bench->arena, good->size_bytes);
    memcpy(bytes, good->bytes, good->size_bytes);
    size_t at = 4096; /* the last one of the header: cue points name the data, too */
    while (memcmp(bytes + at, how->mark, (size_t)how->mark_bytes) != 0) {
        at--;
    }
    bytes[at + (size_t)how->behind] = (char)how->value;
    bench_must(bench, file_write_atomically(path, bytes, good->size_bytes, bench->errors));
}

static void each_damage_breaks_the_rule_of_its_name(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    render(&bench, ", leader: {length: 6 fr, tail: 8 fr}, pop: {before: 4 fr, after: 4 fr}", "d");
    const char *path = bench_output(&bench, 0, 0, 0);
    FileBytes good;
    bench_must(&bench, file_read(path, 1 << 24, NO_PLACE, bench.arena, &good, bench.errors));
    for (size_t row = 0; row < sizeof damages / sizeof *damages; row++) {
        damage(&bench, path, &damages[row], &good);
        json_t *rules = check(&bench);
        const json_t *broken = json_object_get(rules, "broken");
        assert_int_equal(json_array_size(broken), 1);
        const char *rule = json_string_value(json_object_get(json_array_get(broken, 0), "rule"));
        assert_string_equal(rule, damages[row].rule);
        json_decref(rules);
    }
    bench_close(&bench);
}

static void another_kind_of_file_is_told_as_that(void **state) {
    (void)state;
    static const struct {
        const char *more, *broken;
    } rows[] = {
        {", container: rf64", "container"},
        {", bits: 16",        "samples"  },
        {", layout: 2.0",     "channels" },
        {", leader: {}",      "length"   },
    };
    Bench bench;
    bench_open(&bench);
    render(&bench, "", "good");
    FileBytes good;
    bench_must(&bench, file_read(bench_output(&bench, 0, 0, 0), 1 << 24, NO_PLACE, bench.arena,
                                 &good, bench.errors));
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        render(&bench, rows[row].more, arena_format(bench.arena, "other%d", (int)row));
        bench_must(&bench, file_write_atomically(bench_output(&bench, 0, 0, 0), good.bytes,
                                                 good.size_bytes, bench.errors));
        json_t *rules = check(&bench);
        const json_t *first = json_array_get(json_object_get(rules, "broken"), 0);
        assert_string_equal(json_string_value(json_object_get(first, "rule")), rows[row].broken);
        json_decref(rules);
    }
    bench_close(&bench);
}

static double loudness_of(const json_t *facts) {
    const json_t *output = json_array_get(json_object_get(facts, "outputs"), 0);
    return json_number_value(json_object_get(output, "integrated_lufs"));
}

/* Measured as it decodes; what is lossy promises no null. */
static void an_opus_delivery_is_measured_and_claims_no_null(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    render(&bench, ", stems: [full, fx]", "wav");
    json_t *wav = json_loads(bench_facts(&bench, 0), 0, NULL);
    assert_true(json_is_true(json_object_get(json_object_get(wav, "null"), "is_exact")));
    render(&bench, ", stems: [full, fx], container: opus", "opus");
    json_t *opus = json_loads(bench_facts(&bench, 0), 0, NULL);
    const json_t *null_test = json_object_get(opus, "null");
    assert_true(json_is_false(json_object_get(null_test, "is_checked")));
    assert_true(json_is_null(json_object_get(null_test, "is_exact")));
    assert_true(json_is_null(json_object_get(null_test, "max_difference_lsb")));
    assert_true(fabs(loudness_of(opus) - loudness_of(wav)) < 0.3);
    json_decref(wav);
    json_decref(opus);
    bench_close(&bench);
}

static Key encode_key(Bench *bench, const char *bit_rate) {
    const char *deliverable =
        arena_format(bench->arena, "layout: 2.0, name: $stem, container: opus%s", bit_rate);
    bench_plan(bench, arena_format(bench->arena, form, deliverable), 1);
    return bench->plan->tasks[bench->plan->encode_tasks[0]].outputs[0];
}

static void another_bit_rate_is_another_file(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    render(&bench, "", "good");
    const Key first = encode_key(&bench, "");
    assert_true(key_equal(first, encode_key(&bench, "")));
    assert_false(key_equal(first, encode_key(&bench, ", bitrate: 96 kbit/s")));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_files_break_no_rule_whatever_was_asked),
        cmocka_unit_test(each_damage_breaks_the_rule_of_its_name),
        cmocka_unit_test(another_kind_of_file_is_told_as_that),
        cmocka_unit_test(an_opus_delivery_is_measured_and_claims_no_null),
        cmocka_unit_test(another_bit_rate_is_another_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
