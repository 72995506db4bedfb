/* The lists beside the deliverables, and the decisions that are bound to keys. */
#include "jobs/score_sheets.h"

#include "tests/support/job_bundle.h"

static const char base[] =
    "nocturne: 1\nproject: {title: Night, code: N, cut: v7, start: 01:00:00:00, length: 60 s}\n"
    "tempo: [{at: 1|1, bpm: 92}]\n"
    "scenes: {s1: {in: 0 s, out: 20 s, title: \"Kitchen, night\", tags: [motif:dawn]}}\n"
    "cues: {1m1: {in: 2 s, out: 12 s, title: Kettle, intent: \"so \\\"far\\\" | no more\",\n"
    "  tags: [motif:dawn, variation:lean], tempo: [{at: 1|1, bpm: 72}, {at: 3|1, bpm: 90}]}}\n"
    "decisions: [{date: 2026-04-18, by: mixer, about: tempo.0.bpm, text: slower}]\n";

static Status load_job(Desk *desk, const char *job) {
    const Text texts[] = {
        {"job.yaml",  job },
        {"base.yaml", base}
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

/* NULL: it is not there. */
static const char *text_of(Desk *desk, const char *name) {
    const Mix mix = {.rate_hz = 48000, .programme_samples = 60 * 48000};
    const ScoreSheets sheets = score_sheets_make(desk->job, &mix, desk->arena);
    for (int file = 0; file < sheets.count; file++) {
        if (strcmp(sheets.files[file].name, name) == 0) {
            return sheets.files[file].text;
        }
    }
    return NULL;
}

static void sheets_hold_what_the_job_says(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_job(desk, base), DONE);
    assert_string_equal(text_of(desk, "cues.csv"),
                        "id,in,out,length,title,tempo,intent,tags\n"
                        "1m1,01:00:02:00,01:00:12:00,10.000 s,Kettle,72 .. 90,"
                        "\"so \"\"far\"\" | no more\",motif:dawn variation:lean\n");
    assert_string_equal(text_of(desk, "scenes.csv"),
                        "id,in,out,length,title,polarity,tags,arc,room\n"
                        "s1,01:00:00:00,01:00:20:00,20.000 s,\"Kitchen, night\",,motif:dawn,,\n");
    assert_string_equal(text_of(desk, "themes.csv"), "motif,of,id,in,out,variation\n"
                                                     "dawn,scene,s1,01:00:00:00,01:00:20:00,\n"
                                                     "dawn,cue,1m1,01:00:02:00,01:00:12:00,lean\n");
    assert_null(text_of(desk, "splices.csv"));
    assert_non_null(strstr(text_of(desk, "score.md"), "so \"far\" \\| no more |"));
}

/* F145, F146. */
static void decisions_of_a_base_stay_in_front_with_their_place(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_job(desk, "nocturne: 1\nextends: base.yaml\ndecisions:\n"
                                    "  - {date: 2028-02-29, by: editor, about: cues.1m1.intent, "
                                    "text: \"yes, quiet\"}\n"),
                     DONE);
    assert_int_equal(desk->job->decision_count, 2);
    assert_string_equal(text_of(desk, "decisions.csv"),
                        "date,by,about,text,written in\n"
                        "2026-04-18,mixer,tempo.0.bpm,slower,base.yaml:7\n"
                        "2028-02-29,editor,cues.1m1.intent,\"yes, quiet\",job.yaml:4\n");
}

static void a_decision_needs_a_day_and_a_key(void **state) {
    static const struct {
        const char *date, *about;
        Status status;
    } rows[] = {
        {"2026-13-01", "tempo",   E204},
        {"2026-02-29", "tempo",   E204},
        {"1.5.2026",   "tempo",   E204},
        {"2026-05-01", "tempo.1", E320},
        {"2026-05-01", "cue.1m1", E320},
    };
    Desk *desk = *state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        const char *job = arena_format(desk->arena,
                                       "nocturne: 1\nextends: base.yaml\ndecisions:\n"
                                       "  - {date: %s, by: x, about: %s, text: y}\n",
                                       rows[row].date, rows[row].about);
        assert_int_equal(load_job(desk, job), rows[row].status);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_int_equal(errors_first(desk->errors)->place.line, 4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sheets_hold_what_the_job_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(decisions_of_a_base_stay_in_front_with_their_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_decision_needs_a_day_and_a_key, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
