/* Responses kept in the store: the same as those made anew, and never believed when damaged. */
#include "spatial/hrtf_cache.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "render/base/files.h"
#include "spatial/hrtf_image.h"

#include "tests/support/temp_folder.h"

static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";
enum { RATE_HZ = 48000 };

typedef struct Desk {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    MixFile file;
    HeadFile head;
    HrtfSet *first;     /* made from the file and kept */
    const char *object; /* where */
} Desk;

/* The only object of the store. */
static const char *find_object(const Desk *desk) {
    const char *command = arena_format(desk->arena, "find %s/objects -type f", desk->folder);
    FILE *answer = popen(command, "r"); // NOLINT(cert-env33-c)
    char path[256] = {0};
    assert_non_null(fgets(path, sizeof path, answer));
    path[strcspn(path, "\n")] = '\0';
    pclose(answer);
    return arena_copy_text(desk->arena, path);
}

static int open_desk(void **state) {
    Desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    if (access(sofa_path, R_OK) != 0) {
        print_message("skipped: no %s\n", sofa_path);
        exit(0);
    }
    temp_folder_open(&desk->arena, &desk->errors, &desk->folder);
    desk->file = (MixFile){.path = sofa_path, .real_path = sofa_path};
    assert_int_equal(file_sha256(sofa_path, NO_PLACE, desk->file.sha256, desk->errors), DONE);
    desk->head.file = &desk->file;
    assert_int_equal(store_open(desk->folder, desk->arena, &desk->head.store, desk->errors), DONE);
    assert_int_equal(hrtf_open(&desk->head, RATE_HZ, desk->arena, &desk->first, desk->errors),
                     DONE);
    desk->object = find_object(desk);
    return 0;
}

static int close_desk(void **state) {
    Desk *desk = *state;
    temp_folder_close(&desk->arena, desk->folder);
    free(desk);
    return 0;
}

static double open_again(Desk *desk, HrtfSet **hrtf) {
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    assert_int_equal(hrtf_open(&desk->head, RATE_HZ, desk->arena, hrtf, desk->errors), DONE);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

/* Opens again, holds the set to the first one, and the warning to what is expected. */
static void expect_the_same(Desk *desk, bool was_damaged) {
    HrtfSet *again = NULL;
    open_again(desk, &again);
    assert_int_equal(again->image_bytes, desk->first->image_bytes);
    assert_memory_equal(again->image, desk->first->image, again->image_bytes);
    const ErrorEntry *last = errors_last(desk->errors);
    assert_int_equal(last != NULL, was_damaged);
    assert_true(!last || (last->status == E701 && strstr(last->message, "damaged cache object")));
}

static void a_kept_set_is_the_one_that_was_made_and_opens_in_milliseconds(void **state) {
    Desk *desk = *state;
    HrtfSet *again = NULL;
    const double seconds = open_again(desk, &again);
    print_message("opened in %.1f ms\n", 1e3 * seconds);
    assert_true(seconds < 0.1); /* made anew: 0.4 s; a busy machine and sanitizers get some room */
    expect_the_same(desk, false);
}

static void every_rate_has_an_object_of_its_own(void **state) {
    Desk *desk = *state;
    HrtfSet *other = NULL;
    assert_int_equal(hrtf_open(&desk->head, 44100, desk->arena, &other, desk->errors), DONE);
    assert_int_not_equal(other->head->tap_count, desk->first->head->tap_count);
    expect_the_same(desk, false);
}

/* Writes the object anew: cut to `length` bytes, or one bit of byte `at` turned. */
static void damage(const Desk *desk, long length, long at) {
    FILE *file = fopen(desk->object, "r+b");
    assert_non_null(file);
    if (length >= 0) {
        assert_int_equal(ftruncate(fileno(file), length), 0);
    } else {
        fseek(file, at, SEEK_SET);
        const int byte = fgetc(file);
        fseek(file, at, SEEK_SET);
        fputc(byte ^ 16, file);
    }
    fclose(file);
}

static void damaged_objects_are_made_again(void **state) {
    Desk *desk = *state;
    static const long lengths[] = {5000, -1, -1};
    static const long places[] = {0, 2, 100000};
    for (size_t test = 0; test < sizeof lengths / sizeof *lengths; ++test) {
        damage(desk, lengths[test], places[test]);
        /* one without its header, or cut, is no object at all */
        expect_the_same(desk, lengths[test] < 0 && places[test] > 64);
        desk->errors = errors_create(desk->arena);
    }
    expect_the_same(desk, false);
}

static void an_object_with_another_key_text_is_not_believed(void **state) {
    Desk *desk = *state;
    Key key;
    FILE *file = fopen(desk->object, "rb");
    assert_non_null(file);
    fseek(file, 8, SEEK_SET); /* behind the magic */
    assert_int_equal(fread(&key, sizeof key, 1, file), 1);
    fclose(file);
    assert_int_equal(unlink(desk->object), 0);
    assert_int_equal(store_put(desk->head.store, key, "hrtf of somebody else\n", desk->first->image,
                               desk->first->image_bytes, desk->errors),
                     DONE);
    expect_the_same(desk, true);
}

static void what_does_not_fit_together_is_no_image(void **state) {
    const Desk *desk = *state;
    const HrtfSet *good = desk->first;
    const size_t size_bytes = good->image_bytes;
    for (int test = 0; test < 6; ++test) {
        HrtfSet *bad = hrtf_image_read(good->image, size_bytes, desk->arena);
        assert_non_null(bad);
        switch (test) {
        case 0:
            bad->triangles[7].points[1] = bad->head->point_count;
            break;
        case 1:
            bad->triangles[7].neighbours[2] = -1;
            break;
        case 2:
            bad->seeds[100] = bad->head->triangle_count;
            break;
        case 3:
            bad->onsets_samples[5] = 1e9;
            break;
        case 4:
            bad->onsets_samples[5] = NAN;
            break;
        default:
            bad->head->tap_count = 1 << 20;
            break;
        }
        assert_null(hrtf_image_read(bad->image, size_bytes, desk->arena));
    }
    assert_null(hrtf_image_read(good->image, size_bytes - 64, desk->arena));
    assert_null(hrtf_image_read(good->image, 8, desk->arena));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_set_is_the_one_that_was_made_and_opens_in_milliseconds),
        cmocka_unit_test(every_rate_has_an_object_of_its_own),
        cmocka_unit_test(damaged_objects_are_made_again),
        cmocka_unit_test(an_object_with_another_key_text_is_not_believed),
        cmocka_unit_test(what_does_not_fit_together_is_no_image),
    };
    return cmocka_run_group_tests(tests, open_desk, close_desk);
}
