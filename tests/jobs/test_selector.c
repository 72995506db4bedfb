/* Selectors against a tree that is evaluated by hand, and what is said of the wrong ones. */
#include "jobs/selector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum { RANDOM_SELECTORS = 10000, LAYERS = 8, TEXT_MAX = 4096 };

static const char keys[] = "id stem family role tag status";
static const char *const families[] = {"strings", "brass", "keys", "voice"};
static const char *const tags[] = {"dark", "light", "motif:nightfall"};

static const Selector *must_read(Arena *arena, const char *text) {
    ErrorList *errors = errors_create(arena);
    const Node node = {
        .kind = NODE_SCALAR, .text = text, .place = {"job.yaml", 1, 1, 1}
    };
    const Selector *selector = NULL;
    assert_int_equal(selector_read(&node, keys, arena, &selector, errors), DONE);
    return selector;
}

static const ErrorEntry *must_refuse(Arena *arena, const char *text) {
    ErrorList *errors = errors_create(arena);
    const Node node = {
        .kind = NODE_SCALAR, .text = text, .place = {"job.yaml", 4, 11, 1}
    };
    const Selector *selector = NULL;
    assert_int_equal(selector_read(&node, keys, arena, &selector, errors), E305);
    assert_int_equal(errors_count(errors), 1);
    return errors_first(errors);
}

typedef struct Drawing { /* a random selector, written and judged at once */
    uint64_t random;
    char text[TEXT_MAX];
    size_t length;
} Drawing;

static int draw(Drawing *drawing, int below) {
    drawing->random = drawing->random * 6364136223846793005U + 1442695040888963407U;
    return (int)((drawing->random >> 33) % (uint64_t)below);
}

static void write_word(Drawing *drawing, const char *word) {
    drawing->length +=
        (size_t)snprintf(drawing->text + drawing->length, TEXT_MAX - drawing->length, "%s", word);
}

typedef struct Subject {
    SelectorFact facts[4];
    int family, tag; /* which of the words above */
} Subject;

/* Truths of all layers, one bit each. */
static unsigned draw_term(Drawing *drawing, const Subject *subjects) {
    unsigned truths = 0;
    const bool is_tag = draw(drawing, 2) == 1;
    const int first = draw(drawing, is_tag ? COUNT(tags) : COUNT(families));
    const int second = draw(drawing, is_tag ? COUNT(tags) : COUNT(families));
    const char *const *words = is_tag ? tags : families;
    const bool has_two = draw(drawing, 3) == 0;
    write_word(drawing, is_tag ? "tag=" : "family=");
    write_word(drawing, words[first]);
    if (has_two) {
        write_word(drawing, "|");
        write_word(drawing, words[second]);
    }
    for (int layer = 0; layer < LAYERS; layer++) {
        const int own = is_tag ? subjects[layer].tag : subjects[layer].family;
        truths |= (unsigned)(own == first || (has_two && own == second)) << layer;
    }
    return truths;
}

static unsigned draw_tree(Drawing *drawing, const Subject *subjects, int depth) {
    const unsigned every = (1U << LAYERS) - 1;
    const int kind = depth == 0 ? 0 : draw(drawing, 5);
    if (kind == 0) {
        return draw_term(drawing, subjects);
    }
    if (kind == 1) {
        write_word(drawing, "all");
        return every;
    }
    if (kind == 2) {
        write_word(drawing, "not (");
        const unsigned inner = draw_tree(drawing, subjects, depth - 1);
        write_word(drawing, ")");
        return every & ~inner;
    }
    write_word(drawing, "(");
    const unsigned left = draw_tree(drawing, subjects, depth - 1);
    write_word(drawing, kind == 3 ? ") and (" : ") or (");
    const unsigned right = draw_tree(drawing, subjects, depth - 1);
    write_word(drawing, ")");
    return kind == 3 ? left & right : left | right;
}

static void make_subjects(Subject *subjects) {
    for (int layer = 0; layer < LAYERS; layer++) {
        Subject *subject = &subjects[layer];
        subject->family = layer % COUNT(families);
        subject->tag = layer / 2 % COUNT(tags);
        subject->facts[0] = (SelectorFact){"stem", "mx"};
        subject->facts[1] = (SelectorFact){"family", families[subject->family]};
        subject->facts[2] = (SelectorFact){"tag", tags[subject->tag]};
        subject->facts[3] = (SelectorFact){"tag", "loud"};
    }
}

static void ten_thousand_random_selectors_mean_what_they_say(void **state) {
    (void)state;
    Subject subjects[LAYERS];
    make_subjects(subjects);
    static Drawing drawing = {.random = 20261121};
    int chosen = 0;
    for (int round = 0; round < RANDOM_SELECTORS; round++) {
        Arena *arena = arena_create();
        drawing.length = 0;
        const unsigned expected = draw_tree(&drawing, subjects, 4);
        const Selector *selector = must_read(arena, drawing.text);
        for (int layer = 0; layer < LAYERS; layer++) {
            const bool found = selector_matches(selector, subjects[layer].facts, 4);
            assert_int_equal(found, expected >> layer & 1);
            chosen += found;
        }
        arena_destroy(&arena);
    }
    assert_in_range(chosen, RANDOM_SELECTORS, RANDOM_SELECTORS * (LAYERS - 1));
}

static bool chooses(const char *text, const SelectorFact *facts, int fact_count) {
    Arena *arena = arena_create();
    const bool found = selector_matches(must_read(arena, text), facts, fact_count);
    arena_destroy(&arena);
    return found;
}

static void not_binds_before_and_and_and_before_or(void **state) {
    (void)state;
    const SelectorFact facts[] = {
        {"family", "brass"},
        {"stem",   "mx"   }
    };
    assert_true(chooses("family=brass or family=keys and stem=fx", facts, 2));
    assert_false(chooses("(family=brass or family=keys) and stem=fx", facts, 2));
    assert_false(chooses("not family=brass and stem=mx", facts, 2));
    assert_true(chooses("not family=keys and stem=mx", facts, 2));
    assert_true(chooses("not not family = brass | keys", facts, 2));
    assert_true(chooses("not (family=brass and stem=fx)", facts, 2));
}

static void a_star_stands_for_any_characters(void **state) {
    (void)state;
    const SelectorFact facts[] = {
        {"id", "vln12_solo"}
    };
    assert_true(chooses("id=vln*", facts, 1));
    assert_true(chooses("id=*solo", facts, 1));
    assert_true(chooses("id=v*1*_s*o", facts, 1));
    assert_true(chooses("id=*", facts, 1));
    assert_false(chooses("id=vln", facts, 1));
    assert_false(chooses("id=*x*", facts, 1));
}

static void a_key_that_nobody_has_matches_nothing(void **state) {
    (void)state;
    assert_false(chooses("role=melody", NULL, 0));
    assert_true(chooses("not role=melody", NULL, 0));
    assert_true(chooses("all", NULL, 0));
}

static void the_place_and_the_fix_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column, length;
        const char *caret;
    } wrong[] = {
        {"family=strings && role=melody", 26, 2, "write `and`"                       },
        {"family=strings || role=melody", 26, 2, "write `or`"                        },
        {"!family=strings",               11, 1, "write `not`"                       },
        {"family==strings",               17, 2, "write `=`"                         },
        {"family=strings role=melody",    26, 4, "write `and` or `or` before this"   },
        {"family=",                       11, 1, "a value is missing"                },
        {"strings",                       11, 7, "write `key=value`"                 },
        {"(family=strings",               11, 1, "this `(` is never closed"          },
        {"family=strings)",               25, 1, "nothing is open here"              },
        {"family=strings and",            26, 3, "`key=value` is missing behind this"},
        {"famly=strings",                 11, 5, "did you mean `family`?"            },
        {"",                              11, 1, "write `all` or `key=value`"        },
        {"and",                           11, 3, "`key=value` has to stand here"     },
    };
    for (int row = 0; row < COUNT(wrong); row++) {
        Arena *arena = arena_create();
        const ErrorEntry *entry = must_refuse(arena, wrong[row].text);
        assert_non_null(entry->caret);
        assert_string_equal(entry->caret, wrong[row].caret);
        assert_int_equal(entry->place.column, wrong[row].column);
        assert_int_equal(entry->place.length, wrong[row].length);
        arena_destroy(&arena);
    }
}

static void endless_ones_are_refused(void **state) {
    (void)state;
    static char text[100001];
    memset(text, '(', sizeof text - 1);
    Arena *arena = arena_create();
    must_refuse(arena, text);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_random_selectors_mean_what_they_say),
        cmocka_unit_test(not_binds_before_and_and_and_before_or),
        cmocka_unit_test(a_star_stands_for_any_characters),
        cmocka_unit_test(a_key_that_nobody_has_matches_nothing),
        cmocka_unit_test(the_place_and_the_fix_are_told),
        cmocka_unit_test(endless_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
