/* The reader takes what a job may be written in and names the place of everything else. */
#include "tests/support/yaml_bench.h"

#include "jobs/name_table.h"
#include "render/base/files.h"

/* ---- what is read ---- */

static void scalars_stay_text(void **state) {
    const Node *root =
        read_good(*state, "a: NO\nb: 010\nc: 10:00:00:00\nd: 1e3\ne: ~\nf: \"~\"\ng:\nh: null\n");
    assert_int_equal(root->count, 8);
    assert_text(root, "a", "NO");
    assert_text(root, "b", "010");
    assert_text(root, "c", "10:00:00:00");
    assert_text(root, "d", "1e3");
    assert_true(node_is_null(node_get(root, "e")));
    assert_false(node_is_null(node_get(root, "f")));
    assert_true(node_is_null(node_get(root, "g")));
    assert_true(node_is_null(node_get(root, "h")));
    assert_false(node_is_null(node_get(root, "a")));
    assert_true(node_is_null(node_get(root, "absent")));
    assert_null(node_get(node_get(root, "a"), "x"));
}

static void places_cover_the_value_as_written(void **state) {
    const Node *root = read_good(*state, "nocturne: 1\n"
                                         "layers:\n"
                                         "  vln1: {file: a.wav, gain: \"-3 dB\", list: [a, b]}\n"
                                         "  text: two words  # comment\n"
                                         "  long: \"starts here\n"
                                         "    ends here\"\n"
                                         "  anchored: &name  value\n"
                                         "  block: |\n"
                                         "    text\n");
    const Node *layers = node_get(root, "layers");
    const Node *vln1 = node_get(layers, "vln1");
    assert_place(root->place, 1, 1, 8);
    assert_place(layers->place, 3, 3, 4);
    assert_place(node_get_pair(root, "layers")->key_place, 2, 1, 6);
    assert_place(node_get_pair(layers, "vln1")->key_place, 3, 3, 4);
    assert_place(vln1->place, 3, 9, 42);
    assert_place(node_get_pair(vln1, "gain")->key_place, 3, 23, 4);
    assert_place(node_get(vln1, "gain")->place, 3, 29, 7);
    assert_place(node_get(vln1, "list")->place, 3, 44, 6);
    assert_place(node_get(vln1, "list")->items[1]->place, 3, 48, 1);
    assert_place(node_get(layers, "text")->place, 4, 9, 9);
    assert_place(node_get(layers, "long")->place, 5, 9, 12);
    assert_place(node_get(layers, "anchored")->place, 7, 20, 5);
    assert_text(layers, "anchored", "value");
    assert_text(layers, "long", "starts here ends here");
    assert_text(layers, "block", "text\n");
}

static void columns_count_code_points(void **state) {
    const Node *root = read_good(*state, "{é: 🎻🎻, \"ключ\": עברית}\n");
    assert_place(node_get_pair(root, "é")->key_place, 1, 2, 1);
    assert_place(node_get(root, "é")->place, 1, 5, 2);
    assert_place(node_get_pair(root, "ключ")->key_place, 1, 9, 6);
    assert_place(node_get(root, "ключ")->place, 1, 17, 5);
}

static void crlf_and_a_byte_order_mark_change_nothing(void **state) {
    Fixture *fixture = *state;
    const Node *root = read_good(fixture, "\xEF\xBB\xBF"
                                          "a: 1\r\nb:\r\n  c: {d: x, e: &n\r\n    two}\r\n");
    assert_place(node_get_pair(root, "a")->key_place, 1, 1, 1);
    const Node *c = node_get(node_get(root, "b"), "c");
    assert_place(c->place, 3, 6, 12);
    assert_place(node_get(c, "d")->place, 3, 10, 1);
    assert_place(node_get(c, "e")->place, 4, 5, 3);
}

static void a_yaml_directive_and_document_marks_are_fine(void **state) {
    assert_text(read_good(*state, "%YAML 1.1\n---\na: 1\n...\n"), "a", "1");
    assert_text(read_good(*state, "%YAML 1.2\n---\na: 1\n"), "a", "1");
}

static void aliases_share_their_anchor(void **state) {
    const Node *root = read_good(*state, "a: &x {k: 1}\nb: *x\nc: [*x, *x]\nd: &x 2\ne: *x\n");
    assert_ptr_equal(node_get(root, "b"), node_get(root, "a"));
    assert_ptr_equal(node_get(root, "c")->items[1], node_get(root, "a"));
    assert_text(root, "e", "2"); /* the newest anchor of that name */
}

static void merge_keys_fill_what_is_not_written(void **state) {
    const Node *root = read_good(*state, "one: &one {a: 1, b: 1}\n"
                                         "two: &two {b: 2, c: 2}\n"
                                         "single: {<<: *one, b: own, z: 9}\n"
                                         "list: {b: own, <<: [*two, *one]}\n"
                                         "inline: {<<: {a: 3}}\n");
    const Node *single = node_get(root, "single");
    assert_int_equal(single->count, 3);
    assert_text(single, "a", "1");
    assert_text(single, "b", "own");
    assert_string_equal(single->pairs[0].key, "b"); /* written keys keep their order, before */
    assert_string_equal(single->pairs[2].key, "a");
    const Node *list = node_get(root, "list");
    assert_int_equal(list->count, 3);
    assert_text(list, "a", "1");
    assert_text(list, "b", "own");
    assert_text(list, "c", "2");
    assert_place(node_get_pair(single, "a")->key_place, 1, 12, 1); /* where it was written */
}

static void large_maps_keep_every_key(void **state) {
    Fixture *fixture = *state;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&fixture->made, &size_bytes);
    fprintf(out, "base: &base {k5: base, extra: base}\nmap:\n  <<: *base\n");
    for (int key = 0; key < 9998; key++) {
        fprintf(out, "  k%d: %d\n", key, key);
    }
    fclose(out);
    const Node *map = node_get(read_good(fixture, fixture->made), "map");
    assert_int_equal(map->count, 9999);
    assert_text(map, "k5", "5");
    assert_text(map, "k9997", "9997");
    assert_text(map, "extra", "base");
}

static void names_are_found_in_their_table(void **state) {
    Fixture *fixture = *state;
    NameTable table = {0};
    assert_int_equal(name_table_find(&table, "n0"), -1);
    for (int name = 0; name < 1000; name++) {
        name_table_set(&table, arena_format(fixture->arena, "n%d", name), name, fixture->arena);
    }
    name_table_set(&table, "n7", 70, fixture->arena);
    assert_int_equal(table.name_count, 1000);
    for (int name = 0; name < 1000; name++) {
        const int index = name_table_find(&table, arena_format(fixture->arena, "n%d", name));
        assert_int_equal(index, name == 7 ? 70 : name);
    }
    assert_int_equal(name_table_find(&table, "n1000"), -1);
}

/* ---- errors that do not end the reading ---- */

static void duplicates_and_cuts_are_all_collected(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a: 1\n"
                                        "m: {t: one, two, three, u: x, v: four, five}\n"
                                        "a: {b: 1, b: 2}\n"
                                        "c: 3\n"),
                     E221);
    assert_non_null(fixture->root); /* and one can go on */
    assert_text(fixture->root, "a", "1");
    assert_text(fixture->root, "c", "3");
    assert_int_equal(node_get(fixture->root, "m")->count, 3);
    static const struct {
        Status status;
        int line, column;
    } expected[] = {
        {E221, 2, 13},
        {E221, 2, 40},
        {E104, 3, 1 },
        {E104, 3, 11},
    };
    const ErrorEntry *entry = errors_first(fixture->errors);
    for (size_t row = 0; row < 4; row++, entry = entry->next) {
        assert_int_equal(entry->status, expected[row].status);
        assert_int_equal(entry->place.line, expected[row].line);
        assert_int_equal(entry->place.column, expected[row].column);
    }
    assert_null(entry);
    const ErrorEntry *first = errors_first(fixture->errors);
    assert_string_equal(first->lines->text, "put the text in quotes: `t: \"one, two, three\"`");
    assert_int_equal(first->marks->place.column, 8);
}

static void keys_that_may_be_empty_are_not_cut_texts(void **state) {
    read_good(*state, "a: {b: x, c: , d: ~, e: }\n");
    read_good(*state, "a: {b: x, \"c\"}\n");
    read_good(*state, "a: {b, c}\n"); /* nothing was cut: a set, which the schema refuses */
    read_good(*state, "a: {b: [x], c}\n");
    read_good(*state, "a: {b: x, c : y}\n");
    read_good(*state, "a: [x, y, z]\n");
    read_good(*state, "a: x, y\n");
}

static void a_cut_text_with_quotes_is_not_repeated(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "{t: say \"no\", then go}\n"), E221);
    assert_string_equal(errors_first(fixture->errors)->lines->text, "put the text in quotes");
}

static void two_merge_keys_are_a_duplicate(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a: &a {k: 1}\nb: {<<: *a, <<: *a}\n"), E104);
    assert_first_error(fixture, E104, "`<<` is defined twice");
    assert_int_equal(node_get(fixture->root, "b")->count, 1);
}

static void merging_something_else_is_refused(void **state) {
    Fixture *fixture = *state;
    assert_int_equal(read_text(fixture, "a: {<<: text}\n"), E109);
    assert_first_error(fixture, E109, "takes a map or a list of maps");
    assert_int_equal(read_text(fixture, "a: {<<: [{b: 1}, text]}\n"), E109);
}

static void reading_stops_after_a_hundred_errors(void **state) {
    Fixture *fixture = *state;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&fixture->made, &size_bytes);
    for (int key = 0; key < 5000; key++) {
        fputs("a: 1\n", out);
    }
    fclose(out);
    assert_int_equal(read_text(fixture, fixture->made), E104);
    assert_null(fixture->root);
    assert_int_equal(errors_count(fixture->errors), 100);
}

/* ---- encoding ---- */

static void broken_text_is_named_by_line_and_column(void **state) {
    Fixture *fixture = *state;
    assert_refused(fixture, "a: 1\nb: é\xC3(\n", E101, 2, 5, "not UTF-8");
    assert_refused(fixture, "a: 1\r\nb: \xFF\r\n", E101, 2, 4, "hex FF");
    assert_refused(fixture, "a: \xED\xA0\x80\n", E101, 1, 4, "not UTF-8");
    assert_refused(fixture, "a: \x1b[2J\n", E101, 1, 4, "control character U+001B");
    assert_refused(fixture, "a: x\xC2\x85y\n", E101, 1, 5, "control character U+0085");
    assert_refused(fixture, "a: x\xE2\x80\xA8y\n", E101, 1, 5, "control character U+2028");
    assert_refused(fixture, "a: 1\nt: \"\\x1b[2J\"\n", E101, 2, 4, "control character U+001B");
    assert_refused(fixture, "a: \"x\\0y\"\n", E101, 1, 4, "control character U+0000");
    assert_int_equal(read_bytes(fixture, "a: x\0y\n", 7), E101);
    assert_first_error(fixture, E101, "control character U+0000");
    assert_int_equal(errors_first(fixture->errors)->place.column, 5);
}

static void utf16_is_told_apart(void **state) {
    Fixture *fixture = *state;
    static const struct {
        const char *bytes;
        size_t size_bytes;
    } rows[] = {
        {"\xFF\xFE"
         "a\0:\0", 6},
        {"\xFE\xFF\0a\0:",  6},
        {"a\0:\0 \0"
         "1\0",    8},
        {"\0a\0:\0 \0"
         "1",      8},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_int_equal(read_bytes(fixture, rows[row].bytes, rows[row].size_bytes), E101);
        assert_first_error(fixture, E101, "UTF-16; save as UTF-8");
    }
}

static void emoji_and_right_to_left_text_are_fine(void **state) {
    assert_text(read_good(*state, "purpose: 🌒 שלום עולם مرحبا\n"), "purpose", "🌒 שלום עולם مرحبا");
}

/* ---- what YAML has and jobs do not ---- */

static void an_anchor_cannot_contain_itself(void **state) {
    assert_refused(*state, "a: &a [*a]\n", E107, 1, 8, "refers to itself");
    assert_refused(*state, "a: &a {b: {c: *a}}\n", E107, 1, 15, "refers to itself");
    assert_refused(*state, "a: &a {<<: *a}\n", E107, 1, 12, "refers to itself");
}

static void anchors_must_be_defined(void **state) {
    assert_refused(*state, "a: *nope\n", E108, 1, 4, "no anchor");
    assert_refused(*state, "a: &strings 1\nb: *string\n", E108, 2, 4, "did you mean `*strings`?");
    assert_refused(*state, "*x", E108, 1, 1, "no anchor");
}

static void one_document_without_tags_and_odd_keys(void **state) {
    assert_refused(*state, "a: 1\n---\nb: 2\n", E102, 2, 1, "one document");
    assert_refused(*state, "a: 1\n...\n---\nb: 2\n", E102, 3, 1, "one document");
    assert_refused(*state, "a: !!python/object:os.system x\n", E109, 1, 4, "tags are not used");
    assert_refused(*state, "a: !x {b: 1}\n", E109, 1, 4, "tags are not used");
    assert_refused(*state, "a: !!seq [b]\n", E109, 1, 4, "tags are not used");
    assert_refused(*state, "a: !e!x b\n", E109, 1, 4, "tags are not used");
    assert_refused(*state, "[a]: b\n", E109, 1, 1, "a key must be plain text");
    assert_refused(*state, "{{a}: b}\n", E109, 1, 2, "a key must be plain text");
    assert_refused(*state, "a: &a b\n*a : c\n", E109, 2, 1, "a key must be plain text");
    assert_refused(*state, "&a b: c\n", E109, 1, 4, "anchors on keys");
    assert_refused(*state, "?\n: c\n", E109, 1, 2, "a key is missing");
}

static void an_empty_file_is_named(void **state) {
    static const char *const texts[] = {"", "\n\n", "# only a comment\n", "---\n", "~\n"};
    for (size_t text = 0; text < sizeof texts / sizeof *texts; text++) {
        assert_refused(*state, texts[text], E109, 0, 0, "the file is empty");
    }
}

/* ---- syntax ---- */

static void syntax_errors_point_at_their_cause(void **state) {
    static const struct {
        const char *text;
        Status status;
        int line, column;
        const char *part;
    } rows[] = {
        {"a:\n\tb: 1\n",                      E103, 2, 1,  "tabs cannot indent"                },
        {"a:\n  b: 1\n  \tc: 2\n",            E103, 3, 3,  "tabs cannot indent"                },
        {"a:\n  b: 1\n\tc: 2\n",              E103, 3, 1,  "tabs cannot indent"                },
        {"-\ta: b\n",                         E103, 1, 2,  "tabs cannot indent"                },
        {"s: [full, dx\nqc: {c: 1}\n",        E109, 1, 4,  "after `qc:` starts"                },
        {"s: {a: b, c: {d: e}\nf: 1\n",       E109, 1, 4,  "where `f:` starts"                 },
        {"s: [full, dx\n",                    E109, 1, 4,  "end of the file"                   },
        {"s: [full, [dx]\n- b\n",             E109, 1, 4,  "this `[` is never closed"          },
        {"a: {b: [1, 2}\n",                   E109, 1, 8,  "this `[` is never closed"          },
        {"a: \"x\n",                          E109, 1, 4,  "this `\"` is never closed"         },
        {"a: 'x\n---\nb: 1\n",                E109, 1, 4,  "this `'` is never closed"          },
        {"a: \"x\nb: \"y\"\nc: 1\n",          E109, 1, 4,  "this `\"` is never closed"         },
        {"a: \"x\"_y\n",                      E109, 1, 7,  "behind the closing quote"          },
        {"a: 'it's fine'\n",                  E109, 1, 8,  "behind the closing quote"          },
        {"note: fine: not fine # why\n",      E109, 1, 11, "quotes: `note: \"fine: not fine\"`"},
        {"note: a \"b\": c\n",                E109, 1, 12, "put the text in quotes"            },
        {"{note: fine: not fine}\n",          E109, 1, 12, "put the text in quotes"            },
        {"a: {b: 1 c: 2}\n",                  E109, 1, 11, "separate the keys with a comma"    },
        {"a: [{b: 1} {c: 2}]\n",              E109, 1, 12, "a comma is missing"                },
        {"name: {title}_{stem}\n",            E109, 1, 7,  "`$title`, not `{title}`"           },
        {"{name: {title}_{stem}}\n",          E109, 1, 8,  "`$title`, not `{title}`"           },
        {"é: {title} - {stem}\n",            E109, 1, 4,  "`{` starts a YAML mapping"         },
        {"name: [x]_y\n",                     E109, 1, 7,  "`[` starts a YAML list"            },
        {"a: 1\n  b: 2\n",                    E109, 2, 3,  "read as more of the text above"    },
        {"l:\n  a: 1\n b: 2\n",               E109, 3, 2,  "not aligned with the keys"         },
        {"l:\n  - a: 1\n - b\n",              E109, 3, 2,  "not aligned with the"              },
        {"a: 1\nbc\nd: 1\n",                  E109, 2, 1,  "a `:` is missing"                  },
        {"a: @x\n",                           E109, 1, 4,  "`@` cannot start a value"          },
        {"a: %t\n",                           E109, 1, 4,  "`%` cannot start a value"          },
        {"a: * b\n",                          E109, 1, 4,  "put the text in quotes"            },
        {"a: - b\n",                          E109, 1, 4,  "a list item cannot start here"     },
        {"a: \"C:\\w\"\n",                    E109, 1, 7,  "not an escape"                     },
        {": c\n",                             E109, 1, 1,  "a key was expected here"           },
        {"a: {b: x, c:}\n",                   E109, 1, 12, "a space is missing"                },
        {"a: ]\n",                            E109, 1, 4,  "`]` stands where"                  },
        {"a: |é\n  b\n",                     E109, 1, 5,  "`é` cannot follow"                },
        {"%YAML 3.0\n---\na: 1\n",            E109, 1, 1,  "YAML 1.1 or 1.2"                   },
        {"%YAML 1.1\n%YAML 1.1\n---\na: 1\n", E109, 2, 1,  "duplicate %YAML"                   },
        {"a: 1\n%YAML 1.1\nb\n",              E109, 3, 1,  "the document has ended"            },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        assert_refused(*state, rows[row].text, rows[row].status, rows[row].line, rows[row].column,
                       rows[row].part);
    }
}

static void examples_are_read_without_errors(void **state) {
    Fixture *fixture = *state;
    FileBytes file = {0};
    assert_int_equal(file_read(TESTS_FOLDER "/jobs/examples/01-first-night.yaml", 4 << 20, NO_PLACE,
                               fixture->arena, &file, fixture->errors),
                     DONE);
    assert_int_equal(read_bytes(fixture, file.bytes, file.size_bytes), DONE);
    const Node *layers = node_get(fixture->root, "layers");
    assert_int_equal(layers->count, 13);
    assert_string_equal(layers->pairs[0].key, "voice");
    assert_string_equal(layers->pairs[12].key, "thunder");
    assert_text(layers->pairs[0].value, "purpose", "the only human in the valley");
    assert_text(node_get(fixture->root, "project"), "start", "01:00:00:00");
    assert_int_equal(node_get(fixture->root, "deliverables")->count, 4);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(scalars_stay_text),
        TEST(places_cover_the_value_as_written),
        TEST(columns_count_code_points),
        TEST(crlf_and_a_byte_order_mark_change_nothing),
        TEST(a_yaml_directive_and_document_marks_are_fine),
        TEST(aliases_share_their_anchor),
        TEST(merge_keys_fill_what_is_not_written),
        TEST(large_maps_keep_every_key),
        TEST(names_are_found_in_their_table),
        TEST(duplicates_and_cuts_are_all_collected),
        TEST(keys_that_may_be_empty_are_not_cut_texts),
        TEST(a_cut_text_with_quotes_is_not_repeated),
        TEST(two_merge_keys_are_a_duplicate),
        TEST(merging_something_else_is_refused),
        TEST(reading_stops_after_a_hundred_errors),
        TEST(broken_text_is_named_by_line_and_column),
        TEST(utf16_is_told_apart),
        TEST(emoji_and_right_to_left_text_are_fine),
        TEST(an_anchor_cannot_contain_itself),
        TEST(anchors_must_be_defined),
        TEST(one_document_without_tags_and_odd_keys),
        TEST(an_empty_file_is_named),
        TEST(syntax_errors_point_at_their_cause),
        TEST(examples_are_read_without_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
