/* Spectra of rooms: found again, bounded, the oldest forgotten first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "render/stages/bank_cache.h"

#include <cmocka.h> /* last: its macro `fail` would break error.h */

static FilterBank *make_bank(BankCache *cache, Arena *scratch, uint64_t name, int64_t taps) {
    FilterBank *bank = NULL;
    float *row = arena_array(scratch, (size_t)taps, sizeof *row);
    row[taps - 1] = 1;
    const AudioBlock responses = {&row, 1, taps};
    assert_int_equal(filter_bank_create(&responses, bank_cache_arena(cache, 0, scratch), &bank,
                                        errors_create(scratch)),
                     DONE);
    bank_cache_keep(cache, (Key){name, 1}, bank);
    return bank;
}

static void a_bank_is_found_by_its_key_alone(void **state) {
    (void)state;
    Arena *arena = arena_create();
    BankCache *cache = bank_cache_create(64 << 20, arena);
    assert_null(bank_cache_find(cache, (Key){1, 1}));
    FilterBank *first = make_bank(cache, arena, 1, 100);
    FilterBank *second = make_bank(cache, arena, 2, 200);
    assert_ptr_equal(bank_cache_find(cache, (Key){1, 1}), first);
    assert_ptr_equal(bank_cache_find(cache, (Key){2, 1}), second);
    assert_null(bank_cache_find(cache, (Key){1, 2}));
    assert_int_equal(filter_bank_partition_count(first), 1);
    arena_destroy(&arena);
}

static void the_bank_used_longest_ago_is_forgotten_first(void **state) {
    (void)state;
    Arena *arena = arena_create();
    Arena *measure = arena_create();
    make_bank(NULL, measure, 1, 1000);
    BankCache *cache = bank_cache_create(5 * arena_size_bytes(measure) / 2, arena);
    make_bank(cache, arena, 1, 1000);
    make_bank(cache, arena, 2, 1000);
    assert_non_null(bank_cache_find(cache, (Key){1, 1}));
    make_bank(cache, arena, 3, 1000);
    assert_non_null(bank_cache_find(cache, (Key){1, 1}));
    assert_null(bank_cache_find(cache, (Key){2, 1}));
    assert_non_null(bank_cache_find(cache, (Key){3, 1}));
    for (uint64_t name = 10; name < 60; name++) {
        make_bank(cache, arena, name, 10);
        assert_non_null(bank_cache_find(cache, (Key){name, 1}));
    }
    arena_destroy(&measure);
    arena_destroy(&arena);
}

static void a_bank_beyond_the_limit_is_kept_while_it_is_the_newest(void **state) {
    (void)state;
    Arena *arena = arena_create();
    BankCache *cache = bank_cache_create(1, arena);
    make_bank(cache, arena, 1, 1000);
    assert_non_null(bank_cache_find(cache, (Key){1, 1}));
    make_bank(cache, arena, 2, 1000);
    assert_null(bank_cache_find(cache, (Key){1, 1}));
    assert_non_null(bank_cache_find(cache, (Key){2, 1}));
    arena_destroy(&arena);
}

static void without_a_cache_a_bank_lives_in_the_scratch(void **state) {
    (void)state;
    Arena *arena = arena_create();
    assert_null(bank_cache_find(NULL, (Key){1, 1}));
    assert_ptr_equal(bank_cache_arena(NULL, 0, arena), arena);
    assert_non_null(make_bank(NULL, arena, 1, 10));
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bank_is_found_by_its_key_alone),
        cmocka_unit_test(the_bank_used_longest_ago_is_forgotten_first),
        cmocka_unit_test(a_bank_beyond_the_limit_is_kept_while_it_is_the_newest),
        cmocka_unit_test(without_a_cache_a_bank_lives_in_the_scratch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
