/* Lists of other tools in a job: what is read, who wins, where mistakes are told. */
#include <stdlib.h>

#include "jobs/import_tables.h"
#include "jobs/node_find.h"

#include "tests/support/job_bundle.h"

static const char head[] = "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n";
static const char lines_entry[] = "import: {d: {file: d.csv, format: csv, as: [lines]}}\n";
static const char markers_entry[] = "import: {d: {file: d.csv, format: csv, as: [markers]}}\n";
static const char edl[] = "001 A V C 00:00:00:00 00:00:05:00 00:00:05:00 00:00:10:00\n"
                          "002 A A C 00:00:00:00 00:00:05:00 00:00:07:00 00:00:12:00\n"
                          "003 A V C 00:00:00:00 00:00:05:00 00:00:10:00 00:00:15:00\n"
                          "* LOC: 00:00:12:12 RED Door slam!\n";

/* A job of the head and `body`, and one list. */
static Status load_list(Desk *desk, const char *body, const char *name, const char *list) {
    const Text texts[] = {
        {"job.yaml", arena_format(desk->arena, "%s%s", head, body)},
        {name,      list                        }
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static Status load_lines(Desk *desk, const char *list) {
    return load_list(desk, lines_entry, "d.csv", list);
}

static double seconds(JobTime time) {
    return rational_value(time.seconds);
}

static void assert_first(const Desk *desk, const char *file, int line, int column) {
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_string_equal(entry->place.file, file);
    assert_int_equal(entry->place.line, line);
    assert_int_equal(entry->place.column, column);
}

static void a_list_fills_the_tables_of_the_job(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_lines(desk, "\xEF\xBB\xBFid,in,x-note,out\r\n"
                                      "l_ask,00:00:01:00,\"says \"\"no\"\", twice\",2 s\r\n"
                                      "\r\n"
                                      "\"l_bye\" , 3 s ,,l_bye.in + 12 fr"),
                     DONE);
    assert_int_equal(desk->job->line_count, 2);
    const JobLine *bye = &desk->job->lines[1];
    assert_string_equal(bye->id, "l_bye");
    assert_float_equal(seconds(desk->job->lines[0].out), 2.0, 0.0);
    assert_float_equal(seconds(bye->in), 3.0, 0.0);
    assert_float_equal(seconds(bye->out), 3.5, 0.0);
    assert_string_equal(bye->out.place.file, "d.csv");
    assert_int_equal(bye->out.place.line, 4);
    assert_int_equal(bye->out.place.column, 17);
    assert_int_equal(desk->job->imports[0].as.set, 1U << IMPORT_LINES);
}

static void semicolons_tabs_and_quoted_line_ends_are_fine(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_lines(desk, "id;in;out\rl1;1 s;2 s\r"), DONE);
    assert_int_equal(desk->job->line_count, 1);
    assert_int_equal(load_lines(desk, "id\tin\tout\nl1\t1 s\t2 s\n"), DONE);
    assert_int_equal(load_lines(desk, "id,x-n,in,out\nl1,\"a\nb\",1 s,2 s\nl2,ü,9 s,8 s\n"), E312);
    assert_first(desk, "d.csv", 4, 10);
}

/* Job over extends over include over lists. */
static void the_job_wins_over_what_it_imports(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nmarkers: {m2: 22 s, m4: ~}\n"},
        {"base.yaml",
         arena_format(desk->arena,                                        "%s%smarkers: {m1: 11 s, m2: 12 s}\n", head, markers_entry)},
        {"d.csv",       "id,time\nm1,1 s\nm2,2 s\nm3,3 s\nm4,4 s\n"                                          },
    };
    const JobSource source = bundle(desk, texts, 3);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), DONE);
    assert_int_equal(desk->job->marker_count, 3);
    assert_float_equal(seconds(desk->job->markers[0].time), 11.0, 0.0);
    assert_float_equal(seconds(desk->job->markers[1].time), 22.0, 0.0);
    assert_float_equal(seconds(desk->job->markers[2].time), 3.0, 0.0);
    const Node *node = NULL;
    node_find(desk->job->tree, "markers.m2", desk->arena, &node, desk->errors);
    assert_string_equal(node->under->under->place.file, "d.csv");
    assert_int_equal(node->under->under->place.line, 3);
}

/* An extending job swaps one list: the old one is not read at all. */
static void only_the_lists_of_the_merged_job_are_read(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nvars: {cut: v8}\nimport: {d: {file: $(cut).csv}}\n"},
        {"base.yaml", arena_format(desk->arena,                                                 "%s%s", head, markers_entry)},
        {"v8.csv",       "id,time\nm8,8 s\n"                                                                },
    };
    const JobSource source = bundle(desk, texts, 3);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), DONE);
    assert_int_equal(desk->job->marker_count, 1);
    assert_string_equal(desk->job->markers[0].id, "m8");
}

static void an_edl_gives_cuts_and_locators(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_list(desk,
                               "import: {c: {file: c.edl, format: cmx3600, as: [cuts, markers]}}\n",
                               "c.edl", edl),
                     DONE);
    const JobTimes *cuts = &desk->job->imports[0].cuts;
    assert_int_equal(cuts->count, 2); /* the second event is sound */
    assert_float_equal(seconds(cuts->times[0]), 5.0, 0.0);
    assert_float_equal(seconds(cuts->times[1]), 10.0, 0.0);
    assert_int_equal(cuts->times[1].place.line, 3);
    assert_string_equal(desk->job->markers[0].id, "Door_slam");
    assert_float_equal(seconds(desk->job->markers[0].time), 12.5, 0.0);
    assert_int_equal(load_list(desk, "import: {c: {file: c.edl, format: cmx3600}}\n", "c.edl", edl),
                     DONE);
    assert_int_equal(desk->job->marker_count, 0);
}

/* Behind midnight no timecode reaches a cut; it is still where it is. */
static void cuts_behind_midnight_lie_a_day_later(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", "nocturne: 1\nproject: {title: T, code: T, length: 60 s, frame_rate: 29.97df, "
                     "start: 23:59:50;00}\nimport: {c: {file: c.edl, format: cmx3600}}\n"},
        {"c.edl",    "001 A V C 00:00:00;00 00:00:05;00 23:59:50;00 23:59:55;00\n"
                  "002 A V C 00:00:00;00 00:00:05;00 00:00:05;00 00:00:10;00\n"             },
    };
    const JobSource source = bundle(desk, texts, 2);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), DONE);
    const JobTimes *cuts = &desk->job->imports[0].cuts;
    assert_int_equal(rational_to_samples(cuts->times[0].seconds, 48000), 0);
    assert_int_equal(rational_to_samples(cuts->times[1].seconds, 48000), 720720);
}

static void markers_of_sound_editors_are_found_by_their_heads(void **state) {
    Desk *desk = *state;
    const char *entry = "import: {d: {file: d.csv, format: markers-csv}}\n";
    assert_int_equal(load_list(desk, entry, "d.csv",
                               "#,Name,Start,End,Length\nM1,Door slam!,0:01.250,,\n"
                               "M2,12,00:00:02:00\nM3,\"a, b\",0:00:03.5,0:04,1\n"),
                     DONE);
    assert_int_equal(desk->job->marker_count, 3);
    assert_string_equal(desk->job->markers[0].id, "Door_slam");
    assert_string_equal(desk->job->markers[1].id, "m_12");
    assert_string_equal(desk->job->markers[2].id, "a_b");
    assert_float_equal(seconds(desk->job->markers[0].time), 1.25, 0.0);
    assert_float_equal(seconds(desk->job->markers[2].time), 3.5, 0.0);
    assert_int_equal(load_list(desk, entry, "d.csv", "Nom,Start\na,1 s\n"), E203);
    assert_int_equal(load_list(desk, entry, "d.csv", "Name,Debut\na,1 s\n"), E203);
    assert_int_equal(load_list(desk, entry, "d.csv", "Name,Start\n!?,1 s\n"), E306);
    assert_first(desk, "d.csv", 2, 1);
    assert_int_equal(load_list(desk, entry, "d.csv", "Name,Start\nDoor,\n"), E203);
}

static void what_is_wrong_in_a_list_is_told_with_its_place(void **state) {
    static const struct {
        const char *list;
        Status status;
        int line, column;
    } wrong[] = {
        {"",                                    E427, 1, 1 },
        {"id,in\nl1,1 s\n",                     E203, 1, 1 },
        {"in,out\n1 s,2 s\n",                   E203, 1, 1 },
        {"id,in,ot\nl1,1 s,2 s\n",              E202, 1, 7 },
        {"id,in,out,charactr\nl1,1 s,2 s,x\n",  E202, 1, 11},
        {"id,in,in,out\nl1,1 s,1 s,2 s\n",      E104, 1, 7 },
        {"id,in,out\nl1,1 s,2 s\nl1,3 s,4 s\n", E104, 3, 1 },
        {"id,in,out\nl1,1 s\n",                 E427, 2, 1 },
        {"id,in,out\nl1,1 s,2 s,no\n",          E427, 2, 12},
        {"id,in,out\nl1,\"1 s,2 s\n",           E427, 2, 4 },
        {"id,in,out\nl1,\"1\" s,2 s\n",         E427, 2, 8 },
        {"id,in,out\n,1 s,2 s\n",               E203, 2, 1 },
        {"id,in,out\nl 1,1 s,2 s\n",            E306, 2, 1 },
        {"id,in,out\nl1,,2 s\n",                E203, 2, 1 },
        {"id,in,out\nl1,1 x,2 s\n",             E210, 2, 4 },
        {"id,in,out\nl1,2 s,1 s\n",             E312, 2, 8 },
        {"id,in,out\nl1,00:00:01:24,2 s\n",     E211, 2, 4 },
        {"id,in,out\nl1,lx.in,2 s\n",           E301, 2, 4 },
        {"id,in,out\nl1,1 s,2 s\n\x02\n",       E101, 3, 1 },
    };
    Desk *desk = *state;
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        assert_int_equal(load_lines(desk, wrong[index].list), wrong[index].status);
        assert_first(desk, "d.csv", wrong[index].line, wrong[index].column);
        assert_int_equal(errors_count(desk->errors), 1);
    }
}

static void columns_that_are_no_cells_are_refused(void **state) {
    Desk *desk = *state;
    const char *entry = "import: {d: {file: d.csv, format: csv, as: [cues]}}\n";
    assert_int_equal(load_list(desk, entry, "d.csv", "id,in,out,range\nc1,1 s,2 s,x\n"), E202);
    assert_first(desk, "d.csv", 1, 11);
    assert_non_null(strstr(errors_first(desk->errors)->message, "unknown column"));
    assert_int_equal(load_list(desk, entry, "d.csv", "id,in,out,tempo\nc1,1 s,2 s,x\n"), E202);
    assert_non_null(strstr(errors_first(desk->errors)->message, "does not fit into a cell"));
    assert_int_equal(errors_count(desk->errors), 1);
}

static void mistakes_of_rows_are_told_together_up_to_twenty(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_lines(desk, "id,in,out\nl1\nl2\nl3,1 s,2 s\nl3,1 s,2 s\n"), E427);
    assert_int_equal(errors_count(desk->errors), 3);
    char *many = arena_format(desk->arena, "id,in,out%0400d", 0);
    memset(many + 9, '\n', 400);
    for (int row = 0; row < 200; row++) {
        many[10 + 2 * row] = 'a';
    }
    assert_int_equal(load_lines(desk, many), E427);
    assert_int_equal(errors_count(desk->errors), 20);
}

static void an_entry_has_to_say_what_it_holds(void **state) {
    static const struct {
        const char *entry;
        Status status;
    } wrong[] = {
        {"import: {d: {file: d.csv, format: csv}}\n",                       E203},
        {"import: {d: {file: d.csv, format: csv, as: [lines, scenes]}}\n",  E303},
        {"import: {d: {file: d.csv, format: csv, as: [cuts]}}\n",           E208},
        {"import: {d: {file: d.csv, format: cmx3600, as: [lines]}}\n",      E208},
        {"import: {d: {file: d.csv, format: csv, as: [liens]}}\n",          E205},
        {"import: {d: {file: d.csv, format: csv, as: [objects]}}\n",        E202},
        {"import: {d: {file: d.csv, format: csv, as: lines}}\n",            E202},
        {"import: {d: {file: d.csv, format: cvs, as: [lines]}}\n",          E205},
        {"import: {d: {format: csv, as: [lines]}}\n",                       E203},
        {"import: {d: {file: d.csv, as: [lines]}}\n",                       E203},
        {"import: {d: {file: ../d.csv, format: csv, as: [lines]}}\n",       E402},
        {"import: {d: {file: /d.csv, format: csv, as: [lines]}}\n",         E402},
        {"import: {d: {file: e.csv, format: csv, as: [lines]}}\n",          E410},
        {"import: {d: {file: d.csv, format: csv, as: [lines], fps: 24}}\n", E202},
        {"import: [d.csv]\n",                                               E202},
    };
    Desk *desk = *state;
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        assert_int_equal(load_list(desk, wrong[index].entry, "d.csv", "id,in,out\nl1,1 s,2 s\n"),
                         wrong[index].status);
        assert_int_equal(errors_count(desk->errors), 1);
        assert_string_equal(errors_first(desk->errors)->place.file, "job.yaml");
    }
}

static void one_name_in_two_lists_is_told_with_both_places(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",                 arena_format(desk->arena,
         "%simport:\n  a: {file: a.csv, format: csv, as: [lines]}\n"
                                  "  b: {file: b.csv, format: csv, as: [lines]}\n", head)},
        {"a.csv",                     "id,in,out\nl1,1 s,2 s\n"                                            },
        {"b.csv","id,in,out\nl1,1 s,2 s\n"},
    };
    const JobSource source = bundle(desk, texts, 3);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), E104);
    assert_first(desk, "b.csv", 2, 1);
    assert_string_equal(errors_first(desk->errors)->marks->place.file, "a.csv");
}

/* A time that is wrong in the frame rate of the job is told at it, not as a pile of times. */
static void a_frame_rate_that_is_wrong_is_told_alone(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", "nocturne: 1\nproject: {title: T, code: T, length: 60 s, frame_rate: 23}\n"
                     "import: {c: {file: c.edl, format: cmx3600}}\n"},
        {"c.edl",    edl                                                                },
    };
    const JobSource source = bundle(desk, texts, 2);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), E205);
    assert_int_equal(errors_count(desk->errors), 1);
}

static const char *make_rows(Desk *desk, int count) {
    enum { LINE = 40 };
    char *text = arena_alloc(desk->arena, (size_t)(count + 1) * LINE);
    char *end = text + snprintf(text, LINE, "id,time\n");
    for (int row = 0; row < count; row++) {
        end += snprintf(end, LINE, "m%d,%d smp\n", row, row);
    }
    return text;
}

static void a_hundred_thousand_rows_are_the_most(void **state) {
    Desk *desk = *state;
    assert_int_equal(load_list(desk, markers_entry, "d.csv", make_rows(desk, 20000)), DONE);
    assert_int_equal(desk->job->marker_count, 20000);
    assert_int_equal(rational_to_samples(desk->job->markers[19999].time.seconds, 48000), 19999);
    assert_int_equal(load_list(desk, markers_entry, "d.csv", make_rows(desk, 100001)), E106);
    assert_first(desk, "d.csv", 100002, 1);
}

static void a_cell_of_fifty_megabytes_is_refused(void **state) {
    Desk *desk = *state;
    const size_t size_bytes = 50 << 20;
    char *text = arena_alloc(desk->arena, size_bytes + 1);
    memset(text, 'x', size_bytes);
    memcpy(text, "id,in,out\n", 10);
    assert_int_equal(load_lines(desk, text), E106);
    assert_first(desk, "d.csv", 2, 1);
}

static void a_list_may_end_anywhere(void **state) {
    Desk *desk = *state;
    const char *whole = "id,in,out\r\n\"l1\",1 s,\"2 s\"\r\nl2,\"3 s\",4 s\r\n";
    for (size_t length = 0; length <= strlen(whole); length++) {
        load_lines(desk, arena_copy_bytes(desk->arena, whole, length));
    }
    assert_int_equal(errors_count(desk->errors), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_fills_the_tables_of_the_job, set_up, tear_down),
        cmocka_unit_test_setup_teardown(semicolons_tabs_and_quoted_line_ends_are_fine, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_job_wins_over_what_it_imports, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_lists_of_the_merged_job_are_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_edl_gives_cuts_and_locators, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_behind_midnight_lie_a_day_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(markers_of_sound_editors_are_found_by_their_heads, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_in_a_list_is_told_with_its_place, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(columns_that_are_no_cells_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_of_rows_are_told_together_up_to_twenty, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_entry_has_to_say_what_it_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_name_in_two_lists_is_told_with_both_places, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_frame_rate_that_is_wrong_is_told_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_rows_are_the_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cell_of_fifty_megabytes_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_may_end_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
