/* Jobs made of several files: precedence, removal, variables, alternates, places, and the way back
 * from the resolved text. */
#include <stdlib.h>

#include "jobs/job_schema.h"
#include "jobs/job_tree.h"
#include "jobs/node_find.h"
#include "jobs/node_write.h"
#include "jobs/yaml_reader.h"

#include "tests/support/job_bundle.h"

static const char head[] = "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n";

static Status read_source(Desk *desk, const JobSource *source, Node **root) {
    JobFiles files;
    desk->errors = errors_create(desk->arena);
    *root = NULL;
    assert_int_equal(job_files_open(source, desk->arena, &files, desk->errors), DONE);
    const Status status = job_tree_read(source, &files, desk->arena, root, desk->errors);
    return status != DONE || errors_count(desk->errors) == 0 ? status
                                                             : errors_first(desk->errors)->status;
}

static Status read_texts(Desk *desk, const Text *texts, int count, Node **root) {
    const JobSource source = bundle(desk, texts, count);
    return read_source(desk, &source, root);
}

static const Node *must_find(Desk *desk, const Node *root, const char *path) {
    const Node *node = NULL;
    assert_int_equal(node_find(root, path, desk->arena, &node, desk->errors), DONE);
    return node;
}

static void assert_value(Desk *desk, const Node *root, const char *path, const char *text) {
    assert_string_equal(must_find(desk, root, path)->text, text);
}

static void a_file_lies_over_its_base_and_the_base_over_what_is_included(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",   "include: [one.yaml, two.yaml]\nextends: base.yaml\nx-d: own\n"},
        {"base.yaml",  "include: [below.yaml]\nx-c: base\nx-d: base\nx-e: {f: base}\n"},
        {"below.yaml", "x-e: {f: below, g: below}\n"                                  },
        {"one.yaml",   "x-a: one\nx-b: one\nx-c: one\nx-d: one\n"                     },
        {"two.yaml",   "x-b: two\nx-c: two\nx-d: two\n"                               },
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, texts, 5, &root), DONE);
    assert_value(desk, root, "x-a", "one");
    assert_value(desk, root, "x-b", "two");
    assert_value(desk, root, "x-c", "base");
    assert_value(desk, root, "x-d", "own");
    assert_value(desk, root, "x-e.f", "base");
    assert_value(desk, root, "x-e.g", "below");
    assert_null(node_get(root, "include"));
    assert_null(node_get(root, "extends"));
}

static void every_writer_of_a_value_is_kept_with_its_place(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nx-a: {b: own}\n"   },
        {"base.yaml", "include: [one.yaml]\nx-a:\n  b: base\n"},
        {"one.yaml",  "x-a: {c: 1, b: one}\n"                 }
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, texts, 3, &root), DONE);
    const Node *own = must_find(desk, root, "x-a.b");
    assert_string_equal(own->place.file, "job.yaml");
    assert_int_equal(own->place.line, 2);
    const Node *base = own->under;
    assert_string_equal(base->text, "base");
    assert_string_equal(base->place.file, "base.yaml");
    assert_int_equal(base->place.line, 3);
    assert_string_equal(base->under->text, "one");
    assert_null(base->under->under);
}

static void the_order_of_the_base_stays_and_lists_are_replaced_whole(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nx-a: {three: 3, one: 11}\nx-l: [z]\n"},
        {"base.yaml", "x-a: {one: 1, two: 2}\nx-l: [a, b, c]\n"                 },
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, texts, 2, &root), DONE);
    const Node *map = must_find(desk, root, "x-a");
    assert_int_equal(map->count, 3);
    assert_string_equal(map->pairs[0].key, "one");
    assert_string_equal(map->pairs[0].value->text, "11");
    assert_string_equal(map->pairs[2].key, "three");
    assert_int_equal(must_find(desk, root, "x-l")->count, 1);
}

static void a_tilde_removes_and_says_so_when_nothing_is_there(void **state) {
    Desk *desk = *state;
    const Text good[] = {
        {"job.yaml",  "extends: base.yaml\nx-a: {one: ~}\nx-b: ~\n"},
        {"base.yaml", "x-a: {one: 1, two: 2}\nx-b: {c: d}\n"       }
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, good, 2, &root), DONE);
    assert_int_equal(must_find(desk, root, "x-a")->count, 1);
    assert_null(node_get(root, "x-b"));

    const Text wrong[] = {
        {"job.yaml",  "extends: base.yaml\nx-a: {onne: ~}\n"},
        {"base.yaml", "x-a: {one: 1, two: 2}\n"             }
    };
    assert_int_equal(read_texts(desk, wrong, 2, &root), E301);
    assert_string_equal(errors_first(desk->errors)->caret, "did you mean `one`?");
    assert_int_equal(errors_first(desk->errors)->place.line, 2);
    assert_int_equal(errors_first(desk->errors)->place.column, 7);
}

static void circles_depth_and_number_of_files_end(void **state) {
    Desk *desk = *state;
    Node *root = NULL;
    const Text circle[] = {
        {"job.yaml", "extends: a.yaml\n"          },
        {"a.yaml",   "x-a: 1\ninclude: [b.yaml]\n"},
        {"b.yaml",   "extends: a.yaml\n"          }
    };
    assert_int_equal(read_texts(desk, circle, 3, &root), E105);
    assert_string_equal(errors_first(desk->errors)->place.file, "b.yaml");
    assert_null(root);
    const Text self[] = {
        {"job.yaml", "extends: job.yaml\n"}
    };
    const JobSource alone = bundle(desk, self, 1);
    assert_int_equal(read_source(desk, &alone, &root), E105);

    Text deep[10];
    for (int index = 0; index < 10; index++) {
        deep[index].name = arena_format(desk->arena, "f%d.yaml", index);
        deep[index].bytes = arena_format(desk->arena, "extends: f%d.yaml\n", index + 1);
    }
    assert_int_equal(read_texts(desk, deep, 10, &root), E105);
}

/* The same file twice, not in a circle, is no mistake. */
static void two_files_may_include_the_same_third_one(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", "include: [a.yaml, b.yaml]\n"},
        {"a.yaml",   "include: [c.yaml]\n"        },
        {"b.yaml",   "include: [c.yaml]\n"        },
        {"c.yaml",   "x-a: 1\n"                   }
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, texts, 4, &root), DONE);
    assert_value(desk, root, "x-a", "1");
}

static void names_are_seen_from_the_file_that_names_them_and_stay_below_the_job(void **state) {
    Desk *desk = *state;
    Node *root = NULL;
    const Text nested[] = {
        {"job.yaml",         "include: [show/rooms.yaml]\n"           },
        {"show/rooms.yaml",  "include: [./more/x.yaml, ../top.yaml]\n"},
        {"show/more/x.yaml", "x-a: 1\n"                               },
        {"top.yaml",         "x-b: 2\n"                               }
    };
    assert_int_equal(read_texts(desk, nested, 4, &root), DONE);
    assert_value(desk, root, "x-a", "1");
    assert_value(desk, root, "x-b", "2");
    const char *const leaving[] = {"../x.yaml", "/etc/passwd", "show/../../x.yaml"};
    for (size_t row = 0; row < 3; row++) {
        const Text wrong[] = {
            {"job.yaml",     arena_format(desk->arena, "x-a: 1\nextends: %s\n", leaving[row])},
            {"y.yaml", "x-a: 1\n"                        }
        };
        assert_int_equal(read_texts(desk, wrong, 2, &root), E402);
        assert_int_equal(errors_first(desk->errors)->place.line, 2);
    }
}

static void a_file_that_is_missing_is_told_at_the_place_that_names_it(void **state) {
    Desk *desk = *state;
    const char *text = arena_format(desk->arena, "%sinclude: [nowhere.yaml]\n", head);
    assert_int_equal(load(desk, text), E410);
    assert_int_equal(errors_first(desk->errors)->place.line, 3);
    assert_int_equal(errors_first(desk->errors)->place.column, 11);
    assert_int_equal(load(desk, arena_format(desk->arena, "%sinclude: rooms.yaml\n", head)), E204);
    assert_int_equal(load(desk, arena_format(desk->arena, "%sextends: {a: b}\n", head)), E204);
}

static void an_error_in_an_included_file_has_its_place_there(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", arena_format(desk->arena, "%sinclude: [show/rooms.yaml]\n", head)},
        {"show/rooms.yaml",     "rooms:\n  hall: {gian: -3 dB}\n"                            },
    };
    const JobSource source = bundle(desk, texts, 2);
    desk->errors = errors_create(desk->arena);
    assert_int_equal(job_load(&source, desk->arena, &desk->job, desk->errors), E202);
    assert_string_equal(errors_first(desk->errors)->place.file, "show/rooms.yaml");
    assert_int_equal(errors_first(desk->errors)->place.line, 2);
    assert_int_equal(errors_first(desk->errors)->place.column, 10);
}

static void variables_are_expanded_once_and_everywhere(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nvars: {two: own}\n"                                              },
        {"base.yaml", "vars: {one: 1, two: base, loop: \"$(one)\", no: ''}\n"
                      "x-a: a$(one)b$(two)c\nx-b: [$(one), {c: $(no)}]\nx-d: $(loop)\n"},
    };
    Node *root = NULL;
    assert_int_equal(read_texts(desk, texts, 2, &root), DONE);
    assert_value(desk, root, "x-a", "a1bownc");
    assert_value(desk, root, "x-b.0", "1");
    assert_value(desk, root, "x-b[1].c", "");
    assert_value(desk, root, "x-d", "$(one)");
    assert_null(node_get(root, "vars"));
}

static void unknown_variables_are_told_with_the_nearest_name(void **state) {
    Desk *desk = *state;
    Node *root = NULL;
    const Text texts[] = {
        {"job.yaml", "vars: {reel: R2}\nx-a: cut_$(real)_1\n"}
    };
    const JobSource source = bundle(desk, texts, 1);
    assert_int_equal(read_source(desk, &source, &root), E307);
    const ErrorEntry *entry = errors_first(desk->errors);
    assert_string_equal(entry->message, "no variable is called `real`");
    assert_string_equal(entry->caret, "did you mean `reel`?");
    assert_int_equal(entry->place.column, 10);
    assert_int_equal(entry->place.length, 7);
    const Text open[] = {
        {"job.yaml", "x-a: $(reel\n"}
    };
    const JobSource unclosed = bundle(desk, open, 1);
    assert_int_equal(read_source(desk, &unclosed, &root), E307);
    const Text map[] = {
        {"job.yaml", "vars: {reel: {a: b}}\n"}
    };
    const JobSource not_text = bundle(desk, map, 1);
    assert_int_equal(read_source(desk, &not_text, &root), E204);
}

static void a_variable_cannot_blow_up(void **state) {
    Desk *desk = *state;
    char *text = arena_alloc(desk->arena, 70000);
    char *end = stpcpy(text, "vars: {a: ");
    memset(end, 'x', 4000);
    end = stpcpy(end + 4000, "}\nx-a: ");
    for (int times = 0; times < 1000; times++) {
        end = stpcpy(end, "$(a)");
    }
    const Text texts[] = {
        {"job.yaml", text}
    };
    const JobSource source = bundle(desk, texts, 1);
    Node *root = NULL;
    assert_int_equal(read_source(desk, &source, &root), E106);
}

static void an_alternate_is_the_job_with_its_override(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", "x-a: {b: 1, c: 2}\ndeliverables: {st: {layout: 2.0}, th: {layout: 5.1}}\n"
                     "alternates:\n"
                     "  quiet: {override: {x-a: {b: 9, c: ~}}, deliverables: [th]}\n"
                     "  wrong: {deliverables: [th]}\n"
                     "  other: {override: {x-a: {b: 3}}, deliverables: [thh]}\n"},
    };
    JobSource source = bundle(desk, texts, 1);
    Node *root = NULL;
    assert_int_equal(read_source(desk, &source, &root), DONE);
    assert_value(desk, root, "x-a.b", "1");
    source.alternate = "quiet";
    assert_int_equal(read_source(desk, &source, &root), DONE);
    assert_value(desk, root, "x-a.b", "9");
    assert_int_equal(must_find(desk, root, "x-a")->count, 1);
    assert_int_equal(must_find(desk, root, "deliverables")->count, 1);
    assert_value(desk, root, "deliverables.th.layout", "5.1");
    source.alternate = "wrong";
    assert_int_equal(read_source(desk, &source, &root), E203);
    source.alternate = "other";
    assert_int_equal(read_source(desk, &source, &root), E301);
    source.alternate = "quite";
    assert_int_equal(read_source(desk, &source, &root), E301);
}

static void the_command_line_is_above_everything(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",  "extends: base.yaml\nx-a: {b: own}\n"      },
        {"base.yaml", "x-a: {b: base}\nvars: {v: 1}\nx-c: $(v)\n"}
    };
    JobSource source = bundle(desk, texts, 2);
    const char *const sets[] = {"x-a.b=set", "vars.v=2", "x-a.c=~"};
    source.sets = sets;
    source.set_count = 3;
    Node *root = NULL;
    assert_int_equal(read_source(desk, &source, &root), DONE);
    assert_value(desk, root, "x-a.b", "set");
    assert_true(node_is_null(node_get(node_get(root, "x-a"), "c")));
    assert_string_equal(must_find(desk, root, "x-a.b")->under->text, "own");
    assert_value(desk, root, "x-c", "2");
}

static void a_bundle_gives_its_files_back(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",     "x-a: 1\n"},
        {"a b/c 7.yaml", "%\n\n"   },
        {"empty",        ""        }
    };
    const JobSource source = bundle(desk, texts, 3);
    JobFiles files;
    job_files_unbundle(source.bytes, "reel/job.yaml", desk->arena, &files);
    assert_int_equal(files.count, 3);
    for (int index = 0; index < 3; index++) {
        assert_string_equal(files.files[index].name, texts[index].name);
        assert_string_equal(files.files[index].bytes, texts[index].bytes);
    }
    char *cut = arena_copy_bytes(desk->arena, source.bytes, source.size_bytes - 12);
    job_files_unbundle(cut, "reel/job.yaml", desk->arena, &files);
    assert_true(files.count < 3);
}

static const char *write_text(Desk *desk, const Node *root) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    node_write(root, out);
    fclose(out);
    const char *kept = arena_copy_bytes(desk->arena, text, size);
    free(text);
    return kept;
}

static void what_is_resolved_reads_back_as_the_same_tree(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml",
         "x-a: [1, [2, {a: b, c: [d]}], {e: f, g: {h: i}}, [], {}]\n"
         "x-b: {plain: -3 dB, inf: -inf, sign: \"- 3\", colon: 'a: b', hash: 'a #b', comma: \"a, "
         "b\", tab: \"a\\tb\\nc\", quote: 'say \"x\" \\', empty: '', tilde: '~', none: ~}\n"
         "x-c: {star: '*a', amp: '&b', bars: 12|3|240, range: 300 Hz..3.4 kHz, time: 01:02:03:04, "
         "yes: no, umlaut: käse, 'odd key': 1, 'a: b': 2}\n"},
    };
    const JobSource source = bundle(desk, texts, 1);
    Node *root = NULL;
    assert_int_equal(read_source(desk, &source, &root), DONE);
    const char *text = write_text(desk, root);
    Node *again = NULL;
    assert_int_equal(yaml_read("r.yaml", text, strlen(text), desk->arena, &again, desk->errors),
                     DONE);
    const NodeLeaves first = node_leaves(root, desk->arena);
    const NodeLeaves second = node_leaves(again, desk->arena);
    assert_int_equal(first.count, second.count);
    assert_int_equal(first.count, 28);
    for (int index = 0; index < first.count; index++) {
        assert_string_equal(first.leaves[index].path, second.leaves[index].path);
        const Node *one = first.leaves[index].node;
        const Node *other = second.leaves[index].node;
        assert_int_equal(one->kind, other->kind);
        assert_int_equal(node_is_null(one), node_is_null(other));
        if (one->kind == NODE_SCALAR && !node_is_null(one)) {
            assert_string_equal(one->text, other->text);
        }
    }
}

static void a_path_in_a_job_finds_its_row(void **state) {
    (void)state;
    assert_string_equal(job_schema_for("layers.winds.gain")->path, "layers.*.gain");
    assert_string_equal(job_schema_for("project.title")->path, "project.title");
    assert_string_equal(job_schema_for("layers.low.send.hall")->path, "layers.*.send.*");
    assert_null(job_schema_for("layers.winds.gian"));
    assert_null(job_schema_for("layers.winds"));
}

static void a_path_to_nothing_says_which_part_is_wrong(void **state) {
    Desk *desk = *state;
    const Text texts[] = {
        {"job.yaml", "x-a: {winds: {gain: 1}}\nx-l: [a, b]\n"}
    };
    const JobSource source = bundle(desk, texts, 1);
    Node *root = NULL;
    const Node *node = NULL;
    assert_int_equal(read_source(desk, &source, &root), DONE);
    assert_int_equal(node_find(root, "x-a.wind.gain", desk->arena, &node, desk->errors), E320);
    assert_string_equal(errors_last(desk->errors)->lines->text,
                        "instead of `wind`, did you mean `winds`?");
    assert_int_equal(node_find(root, "x-l.2", desk->arena, &node, desk->errors), E320);
    assert_int_equal(node_find(root, "x-l.1.x", desk->arena, &node, desk->errors), E320);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_file_lies_over_its_base_and_the_base_over_what_is_included),
        TEST(every_writer_of_a_value_is_kept_with_its_place),
        TEST(the_order_of_the_base_stays_and_lists_are_replaced_whole),
        TEST(a_tilde_removes_and_says_so_when_nothing_is_there),
        TEST(circles_depth_and_number_of_files_end),
        TEST(two_files_may_include_the_same_third_one),
        TEST(names_are_seen_from_the_file_that_names_them_and_stay_below_the_job),
        TEST(a_file_that_is_missing_is_told_at_the_place_that_names_it),
        TEST(an_error_in_an_included_file_has_its_place_there),
        TEST(variables_are_expanded_once_and_everywhere),
        TEST(unknown_variables_are_told_with_the_nearest_name),
        TEST(a_variable_cannot_blow_up),
        TEST(an_alternate_is_the_job_with_its_override),
        TEST(the_command_line_is_above_everything),
        TEST(a_bundle_gives_its_files_back),
        TEST(what_is_resolved_reads_back_as_the_same_tree),
        TEST(a_path_in_a_job_finds_its_row),
        TEST(a_path_to_nothing_says_which_part_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
