/* A store that is counted, checked, trimmed and robbed while it is used. */
#include "rendered_job.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "cluster/store_files.h"

enum { SPAN_BLOCKS = 1, BETWEEN_THEFTS = 3 };

static const char job_text[] =
    "nocturne: 1\n"
    "project: {code: STO, title: Store, cut: v1, start: 01:00:00:00, frame_rate: 24,\n"
    "          rate: 48 kHz, length: 10 s}\n"
    "stems:\n"
    "  fx: {role: effects}\n"
    "  mx: {role: music}\n"
    "layers:\n"
    "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}%s}\n"
    "  harp: {file: harp.wav, stem: mx, pan: {az: -20 deg}}\n"
    "deliverables:\n"
    "  st: {layout: 2.0, bits: 24, stems: [full, fx, mx]}\n";

typedef struct Shop {
    RenderedJob job;
    StoreFiles files;
} Shop;

static const char *text_of(Shop *shop, const char *more) {
    /* the one place that differs between the runs */
    const char *mark = strstr(job_text, "%s");
    return arena_format(shop->job.bench.arena, "%.*s%s%s", (int)(mark - job_text), job_text, more,
                        mark + 2);
}

static Shop *open_shop(void) {
    Shop *shop = calloc(1, sizeof *shop);
    rendered_open(&shop->job, SPAN_BLOCKS);
    rendered_noise(&shop->job, "wind.wav", 10.0, 1);
    rendered_noise(&shop->job, "harp.wav", 10.0, 2);
    assert_int_equal(rendered_run(&shop->job, text_of(shop, "")), 0);
    return shop;
}

static void close_shop(Shop *shop) {
    rendered_close(&shop->job);
    free(shop);
}

static void list_files(Shop *shop) {
    Bench *bench = &shop->job.bench;
    bench_must(bench, store_files_list(shop->job.options.store, bench->arena, &shop->files,
                                       bench->errors));
}

static const char *path_of(Shop *shop, Key key) {
    KeyText text;
    key_format(key, text);
    return arena_format(shop->job.bench.arena, "%s/objects/%.2s/%s", shop->job.options.store, text,
                        text + 2);
}

/* 2 layers, 2 stems of 15 spans, measure, master and facts of one deliverable; of its three outputs
 * what is written, what is measured, and that for the next run to find */
static void every_result_is_counted_once(void **state) {
    (void)state;
    Shop *shop = open_shop();
    int64_t size_bytes = 0;
    list_files(shop);
    assert_int_equal(shop->files.count, 2 + 2 * 15 + 3 + 3 * 3);
    for (int file = 0; file < shop->files.count; file++) {
        struct stat facts;
        assert_int_equal(stat(path_of(shop, shop->files.files[file].key), &facts), 0);
        size_bytes += facts.st_size;
    }
    assert_int_equal(shop->files.size_bytes, size_bytes);
    assert_int_equal(shop->files.foreign_count, 0);
    assert_int_equal(shop->files.unfinished_count, 0);
    close_shop(shop);
}

static void damaged_objects_are_found_removed_and_made_again(void **state) {
    (void)state;
    Shop *shop = open_shop();
    Bench *bench = &shop->job.bench;
    const char *sums = rendered_sums(&shop->job);
    list_files(shop);
    for (int file = 0; file < 3; file++) {
        const char *path = path_of(shop, shop->files.files[file].key);
        if (file == 2) { /* cut short; the others have one bit flipped */
            assert_int_equal(truncate(path, shop->files.files[file].size_bytes - 1), 0);
            continue;
        }
        unsigned char byte = 0;
        const int descriptor = open(path, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(descriptor, &byte, 1, 70), 1);
        byte ^= 4u;
        assert_int_equal(pwrite(descriptor, &byte, 1, 70), 1);
        close(descriptor);
    }
    const int count = shop->files.count;
    assert_int_equal(store_files_verify(&shop->files, bench->arena, bench->errors), 3);
    list_files(shop);
    assert_int_equal(shop->files.count, count - 3);
    assert_int_equal(store_files_verify(&shop->files, bench->arena, bench->errors), 0);
    folder_remove(path_join(bench->arena, shop->job.output, "deliverables"), bench->errors);
    assert_int_equal(rendered_run(&shop->job, text_of(shop, "")), 0);
    assert_string_equal(rendered_sums(&shop->job), sums);
    close_shop(shop);
}

static void set_age(const char *path, time_t age_s) {
    const struct timespec then = {.tv_sec = time(NULL) - age_s};
    const struct timespec times[2] = {then, then};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void trimming_takes_the_longest_unused_and_leaves_the_pinned(void **state) {
    (void)state;
    Shop *shop = open_shop();
    Bench *bench = &shop->job.bench;
    list_files(shop);
    const int first_count = shop->files.count;
    const int first_task_count = first_count - 2 * 3; /* without what only the next run looks for */
    for (int file = 0; file < first_count; file++) {
        set_age(path_of(shop, shop->files.files[file].key), 1000);
    }
    const char *first_output = shop->job.output;
    shop->job.output = path_join(bench->arena, bench->folder, "second");
    shop->job.options.output = shop->job.output;
    shop->job.journal = path_join(bench->arena, shop->job.output, ".nocturne/journal");
    assert_int_equal(rendered_run(&shop->job, text_of(shop, ", gain: -3 dB")), 0);
    list_files(shop);
    const int all_count = shop->files.count;
    assert_true(all_count > first_count);
    /* pinned: the old ones stay, although they are the oldest */
    bench_must(bench, store_files_pin(&shop->files, first_output, bench->arena, bench->errors));
    const StoreTrim pinned = store_files_trim(&shop->files, 0, bench->arena);
    assert_int_equal(pinned.removed_count, all_count - first_task_count);
    /* not pinned: the longest unused goes first, and no more than needed */
    list_files(shop);
    const Key oldest = shop->files.files[7].key;
    const int64_t oldest_bytes = shop->files.files[7].size_bytes;
    set_age(path_of(shop, oldest), 5000);
    list_files(shop);
    const StoreTrim one =
        store_files_trim(&shop->files, pinned.left_bytes - oldest_bytes, bench->arena);
    assert_int_equal(one.removed_count, 1);
    assert_int_equal(access(path_of(shop, oldest), F_OK), -1);
    close_shop(shop);
}

static void what_the_dead_left_unfinished_goes_after_a_day(void **state) {
    (void)state;
    Shop *shop = open_shop();
    Bench *bench = &shop->job.bench;
    const char *old = path_join(bench->arena, shop->job.options.store, "tmp/host.1.1");
    const char *young = path_join(bench->arena, shop->job.options.store, "tmp/host.1.2");
    bench_must(bench, file_write_atomically(old, "half", 4, bench->errors));
    bench_must(bench, file_write_atomically(young, "half", 4, bench->errors));
    set_age(old, 25 * 3600);
    list_files(shop);
    assert_int_equal(shop->files.unfinished_count, 2);
    assert_int_equal(shop->files.unfinished_bytes, 8);
    (void)store_files_trim(&shop->files, INT64_MAX, bench->arena);
    assert_int_equal(access(old, F_OK), -1);
    assert_int_equal(access(young, F_OK), 0);
    close_shop(shop);
}

/* Takes a random object away for every third that comes, whatever the speed of the render. */
static void rob(Shop *shop, int *robbed) {
    unsigned random = 7;
    int known = 0; /* objects after the last theft */
    for (;;) {
        Arena *arena = arena_create();
        StoreFiles files;
        ErrorList *ignored = errors_create(arena);
        if (store_files_list(shop->job.options.store, arena, &files, ignored) == DONE) {
            known = files.count < known ? files.count : known;
            if (files.count >= known + BETWEEN_THEFTS) {
                random = random * 1664525u + 1013904223u;
                unlink(path_of(shop, files.files[(random >> 8) % (unsigned)files.count].key));
                known = files.count - 1;
                ++*robbed;
            }
        }
        arena_destroy(&arena);
        usleep(1000);
    }
}

static void a_render_whose_results_vanish_gives_the_same_files(void **state) {
    (void)state;
    Shop *shop = open_shop();
    Bench *bench = &shop->job.bench;
    const char *sums = rendered_sums(&shop->job);
    int *robbed =
        mmap(NULL, sizeof *robbed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(robbed != MAP_FAILED);
    fflush(NULL);
    const pid_t robber = fork();
    assert_true(robber >= 0);
    if (robber == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when an assertion ends this program */
        rob(shop, robbed);
    }
    for (int round = 0; round < 4; round++) {
        folder_remove(path_join(bench->arena, shop->job.output, "deliverables"), bench->errors);
        folder_remove(path_join(bench->arena, shop->job.options.store, "objects"), bench->errors);
        int code = rendered_run(&shop->job, text_of(shop, ""));
        for (int again = 0; again < 10 && code == 6; again++) { /* robbed at every try */
            code = rendered_run(&shop->job, text_of(shop, ""));
        }
        assert_int_equal(code, 0);
        assert_string_equal(rendered_sums(&shop->job), sums);
    }
    kill(robber, SIGKILL);
    waitpid(robber, NULL, 0);
    assert_true(*robbed >= 4);
    munmap(robbed, sizeof *robbed);
    close_shop(shop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_is_counted_once),
        cmocka_unit_test(damaged_objects_are_found_removed_and_made_again),
        cmocka_unit_test(trimming_takes_the_longest_unused_and_leaves_the_pinned),
        cmocka_unit_test(what_the_dead_left_unfinished_goes_after_a_day),
        cmocka_unit_test(a_render_whose_results_vanish_gives_the_same_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
