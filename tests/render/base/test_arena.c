/* Memory: zeroed, aligned, apart, and its end in one call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "render/base/arena.h"

static void blocks_are_zeroed_aligned_and_apart(void **state) {
    (void)state;
    Arena *arena = arena_create();
    unsigned char *blocks[300];
    size_t sizes_bytes[300];
    for (size_t block = 0; block < 300; block++) {
        sizes_bytes[block] = block % 50 == 49 ? 200000 : block * block % 3001;
        blocks[block] = arena_alloc(arena, sizes_bytes[block]);
        assert_int_equal((uintptr_t)blocks[block] % 64, 0);
        for (size_t byte = 0; byte < sizes_bytes[block]; byte++) {
            assert_int_equal(blocks[block][byte], 0);
        }
        memset(blocks[block], (int)(block % 255) + 1, sizes_bytes[block]);
    }
    for (size_t block = 0; block < 300; block++) { /* nobody wrote into another's */
        for (size_t byte = 0; byte < sizes_bytes[block]; byte++) {
            assert_int_equal(blocks[block][byte], (int)(block % 255) + 1);
        }
    }
    assert_true(arena_size_bytes(arena) >= 6 * 200000);
    arena_destroy(&arena);
    assert_null(arena);
    arena_destroy(&arena);
}

static void a_big_block_leaves_the_rest_of_the_chunk_in_use(void **state) {
    (void)state;
    Arena *arena = arena_create();
    arena_alloc(arena, 100);
    arena_alloc(arena, 1 << 20);
    const size_t held_bytes = arena_size_bytes(arena);
    for (int block = 0; block < 100; block++) {
        arena_alloc(arena, 100);
    }
    assert_int_equal(arena_size_bytes(arena), held_bytes);
    arena_destroy(&arena);
}

/* Blocks with pages of their own, and small ones in what is left of them. */
static void pages_are_zeroed_and_writable_to_the_end(void **state) {
    (void)state;
    Arena *arena = arena_create();
    for (size_t size_bytes = 1 << 20; size_bytes < 10 << 20; size_bytes = 2 * size_bytes + 77) {
        unsigned char *block = arena_alloc(arena, size_bytes);
        unsigned char *small = arena_alloc(arena, 200);
        assert_int_equal((uintptr_t)block % 64, 0);
        for (size_t byte = 0; byte < size_bytes; byte++) {
            if (block[byte] != 0) {
                fail();
            }
        }
        memset(block, 0xff, size_bytes);
        for (size_t byte = 0; byte < 200; byte++) {
            assert_int_equal(small[byte], 0);
        }
    }
    arena_destroy(&arena);
}

/* Blocks that share huge pages: none reaches into the next, and rows of 2 MB are not a multiple of
 * 4096 bytes apart, where they would fall into the same cache sets. */
static void big_blocks_are_apart_and_staggered(void **state) {
    (void)state;
    enum { BLOCKS = 9, BLOCK_BYTES = 2 << 20 };
    Arena *arena = arena_create();
    unsigned char *blocks[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
        blocks[block] = arena_alloc(arena, BLOCK_BYTES);
        memset(blocks[block], block + 1, BLOCK_BYTES);
    }
    int staggered = 0;
    for (int block = 0; block < BLOCKS; block++) {
        for (int byte = 0; byte < BLOCK_BYTES; byte += 64) {
            assert_int_equal(blocks[block][byte], block + 1);
            assert_int_equal(blocks[block][byte + 63], block + 1);
        }
        staggered +=
            block > 0 && (uintptr_t)blocks[block] % 4096 != (uintptr_t)blocks[block - 1] % 4096;
    }
    assert_true(staggered >= BLOCKS / 2); /* all but the first of each region */
    assert_int_equal(arena_size_bytes(arena), BLOCKS * (size_t)BLOCK_BYTES);
    arena_destroy(&arena);
}

static void an_arena_within_another_ends_with_it_or_before(void **state) {
    (void)state;
    Arena *owner = arena_create();
    Arena *within[4];
    for (int at = 0; at < 4; at++) {
        within[at] = arena_create_within(owner);
        memset(arena_alloc(within[at], 5000), at, 5000);
    }
    arena_destroy(&within[1]); /* between two, then the first and the last */
    arena_destroy(&within[3]);
    arena_destroy(&within[0]);
    assert_null(within[0]);
    arena_alloc(within[2], 100);
    arena_destroy(&owner); /* the leak check of the sanitizer sees the rest go */
}

static void an_array_grows_and_keeps_what_is_in_it(void **state) {
    (void)state;
    Arena *arena = arena_create();
    int *numbers = NULL;
    int capacity = 0;
    int move_count = 0;
    for (int count = 0; count < 1000; count++) {
        int *const grown = arena_grow(arena, numbers, count, &capacity, sizeof *grown);
        move_count += grown != numbers;
        numbers = grown;
        assert_true(capacity > count);
        numbers[count] = count;
    }
    for (int at = 0; at < 1000; at++) {
        assert_int_equal(numbers[at], at);
    }
    for (int at = 1000; at < capacity; at++) {
        assert_int_equal(numbers[at], 0);
    }
    assert_in_range(move_count, 2, 12); /* twice as much each time: no more than log2 of them */
    arena_destroy(&arena);
}

static void texts_are_copied_and_formatted(void **state) {
    (void)state;
    Arena *arena = arena_create();
    char source[] = "stem";
    char *copy = arena_copy_text(arena, source);
    source[0] = 'x';
    assert_string_equal(copy, "stem");
    char *bytes = arena_copy_bytes(arena, "a\0b", 3);
    assert_memory_equal(bytes, "a\0b", 4); /* with the NUL behind it */
    assert_string_equal(arena_copy_bytes(arena, NULL, 0), "");
    assert_string_equal(arena_format(arena, "%s %d", "bus", 12), "bus 12");
    char *longer = arena_format(arena, "%0500d", 7);
    assert_int_equal(strlen(longer), 500);
    arena_destroy(&arena);
}

/* Exit code of a child that asks for more than there is. */
static int exit_code_of_overflow(size_t count, size_t size_bytes) {
    const pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        Arena *arena = arena_create();
        arena_array(arena, count, size_bytes);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void overflow_ends_the_process_with_exit_code_5(void **state) {
    (void)state;
    assert_int_equal(exit_code_of_overflow(SIZE_MAX / 8, 16), 5);
    assert_int_equal(exit_code_of_overflow(1, SIZE_MAX - 3), 5);
    assert_int_equal(exit_code_of_overflow(10, 16), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(a_big_block_leaves_the_rest_of_the_chunk_in_use),
        cmocka_unit_test(pages_are_zeroed_and_writable_to_the_end),
        cmocka_unit_test(big_blocks_are_apart_and_staggered),
        cmocka_unit_test(an_arena_within_another_ends_with_it_or_before),
        cmocka_unit_test(an_array_grows_and_keeps_what_is_in_it),
        cmocka_unit_test(texts_are_copied_and_formatted),
        cmocka_unit_test(overflow_ends_the_process_with_exit_code_5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
