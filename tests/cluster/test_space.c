/* Disks that fill up while a job is rendered. statvfs and close are those below: they say what a
 * test wants. */
#include "rendered_job.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "cluster/space_need.h"
#include "cluster/space_wait.h"
#include "cluster/space_watch.h"

enum { SPAN_BLOCKS = 4, SPAN_COUNT = 3, MEASURE_COUNT = 1 };

#define JOB_WITH(processing)                                                                       \
    "nocturne: 1\n"                                                                                \
    "project: {code: FULL, title: Full, cut: v1, start: 01:00:00:00, frame_rate: 24,\n"            \
    "          rate: 48 kHz, length: 8 s}\n"                                                       \
    "stems:\n"                                                                                     \
    "  fx: {role: effects}\n"                                                                      \
    "layers:\n"                                                                                    \
    "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}" processing "}\n"                        \
    "deliverables:\n"                                                                              \
    "  st: {layout: 2.0, bits: 24, stems: [full, fx]}\n"

static const char job_text[] = JOB_WITH("");
static const char filtered_text[] = JOB_WITH(", tilt: 1 dB");

/* ---- what the system says ---- */

static int short_answers;    /* statvfs: so many times there is little room */
static int failing_close_at; /* close of a written file: from this one on EDQUOT; 0: never */
static int passing_close_at; /* from this one on it comes true again; 0: never */
static int closed_count;
static bool is_store_alone; /* only files of the store are counted and fail */
static const char
    *full_name;             /* close of a written file with that in its path: EDQUOT; NULL: none */
static int full_name_count; /* so many times */
static int full_writes; /* write: so many find a full disk, the first with a part of its bytes */

/* 1 TiB, of which 200 MB (below the reserve, enough for the job) or half is free. */
int statvfs(const char *path, struct statvfs *facts) {
    (void)path;
    *facts = (struct statvfs){.f_frsize = 4096,
                              .f_blocks = UINT64_C(1) << 28,
                              .f_bavail = UINT64_C(1) << 27,
                              .f_files = 1 << 20,
                              .f_favail = 1 << 19};
    if (short_answers > 0) {
        short_answers--;
        facts->f_bavail = 200000000 / 4096;
    }
    return 0;
}

static bool has_in_path(int descriptor, const char *part) {
    char link[32];
    char path[4096] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    return readlink(link, path, sizeof path - 1) > 0 && strstr(path, part);
}

/* NFS tells a full quota when a file is closed. */
int close(int descriptor) {
    const long flags = syscall(SYS_fcntl, descriptor, F_GETFL);
    const bool is_written = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY &&
                            (!is_store_alone || has_in_path(descriptor, "/store/"));
    const bool is_named = full_name_count > 0 && has_in_path(descriptor, full_name);
    const int result = (int)syscall(SYS_close, descriptor);
    closed_count += is_written;
    full_name_count -= is_named;
    const bool is_over = passing_close_at > 0 && closed_count >= passing_close_at;
    const bool is_full = failing_close_at > 0 && closed_count >= failing_close_at && !is_over;
    if (is_written && (is_full || is_named)) {
        errno = EDQUOT;
        return -1;
    }
    return result;
}

ssize_t write(int descriptor, const void *bytes, size_t size_bytes) {
    if (full_writes > 0 && --full_writes >= 0) {
        syscall(SYS_write, descriptor, bytes, size_bytes / 2);
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, descriptor, bytes, size_bytes);
}

static RenderedJob *open_job(void) {
    RenderedJob *job = calloc(1, sizeof *job);
    rendered_open(job, SPAN_BLOCKS);
    rendered_noise(job, "wind.wav", 8.0, 3);
    return job;
}

static void close_job(RenderedJob *job) {
    rendered_close(job);
    free(job);
}

/* ---- little room ---- */

typedef struct Story {
    int held, released, started_between; /* tasks that began while it was held */
} Story;

static void note_story(void *context, const json_t *event) {
    Story *story = context;
    const char *name = json_string_value(json_object_get(event, "ev"));
    story->held += strcmp(name, "held") == 0;
    story->released += strcmp(name, "released") == 0;
    story->started_between += strcmp(name, "task_start") == 0 && story->held > story->released;
}

static void without_room_nothing_is_started_until_there_is(void **state) {
    (void)state;
    RenderedJob *job = open_job();
    Story story = {0};
    long offset = 0;
    job->options.space_wait_s = 600.0;
    short_answers = 3; /* of the claim, at the start, a second later */
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_int_equal(short_answers, 0);
    bench_must(&job->bench,
               journal_read(job->journal, &offset, note_story, &story, job->bench.errors));
    assert_int_equal(story.held, 1);
    assert_int_equal(story.released, 1);
    assert_int_equal(story.started_between, 0);
    assert_int_equal(job->started_count, 1 + SPAN_COUNT + MEASURE_COUNT + 3 + 4);
    close_job(job);
}

static void a_disk_that_stays_low_is_used_up_in_the_end(void **state) {
    (void)state;
    RenderedJob *job = open_job();
    job->options.space_wait_s = 0.5;
    short_answers = 1000;
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_true(short_answers > 0);
    short_answers = 0;
    close_job(job);
}

static void a_share_of_the_inodes_is_kept_free(void **state) {
    (void)state;
    assert_true(space_files_are_short(4095, UINT64_C(1) << 30));
    assert_false(space_files_are_short(4096, UINT64_C(1) << 30));
    assert_true(space_files_are_short(1023, 65536));
    assert_false(space_files_are_short(1024, 65536));
    assert_false(space_files_are_short(0, 65535)); /* a small one is used up, and E501 told */
    assert_false(space_files_are_short(0, 0));     /* no fixed number */
}

/* ---- quotas ---- */

static const char *sums_of_a_good_run(void) {
    RenderedJob *job = open_job();
    assert_int_equal(rendered_run(job, job_text), 0);
    char *sums = strdup(rendered_sums(job));
    close_job(job);
    return sums;
}

static int count_files(RenderedJob *job, const char *folder) {
    const char **names = NULL;
    int count = 0;
    bench_must(&job->bench, folder_list(path_join(job->bench.arena, job->bench.folder, folder),
                                        job->bench.arena, &names, &count, job->bench.errors));
    return count;
}

/* At whichever file the quota is reached: E505, nothing half-written is taken for a result, and
 * with room again the same files come out. */
static void a_quota_that_close_tells_costs_no_sample(void **state) {
    (void)state;
    const char *sums = sums_of_a_good_run();
    for (int at = 1; at <= 64; at *= 4) {
        RenderedJob *job = open_job();
        rendered_write(job, job_text);
        closed_count = 0;
        failing_close_at = at;
        RenderOrder order = {.options = &job->options, .job_path = job->job_path};
        const int code = render_jobs(&order, 1, 0);
        const bool was_reached = closed_count >= at;
        failing_close_at = 0;
        assert_int_equal(code, was_reached ? 5 : 0);
        assert_int_equal(count_files(job, "store/tmp"), 0);
        assert_int_equal(rendered_run(job, job_text), 0);
        assert_string_equal(rendered_sums(job), sums);
        close_job(job);
    }
    free((void *)sums);
}

/* The quota is reached at the store's third file and lifted two closes later: one try fails. */
static void a_full_quota_is_waited_for_and_costs_no_sample(void **state) {
    (void)state;
    const char *sums = sums_of_a_good_run();
    RenderedJob *job = open_job();
    Story story = {0};
    long offset = 0;
    job->options.space_wait_s = 600.0;
    closed_count = 0;
    is_store_alone = true;
    failing_close_at = 3;
    passing_close_at = 5;
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_true(closed_count > passing_close_at);
    failing_close_at = passing_close_at = 0;
    is_store_alone = false;
    assert_string_equal(rendered_sums(job), sums);
    bench_must(&job->bench,
               journal_read(job->journal, &offset, note_story, &story, job->bench.errors));
    assert_true(story.held > 0 && story.held == story.released);
    assert_int_equal(story.started_between, 0);
    close_job(job);
    free((void *)sums);
}

/* Nothing is left to compute: what can be waited for is the last step alone. */
static void check_late_quota(const char *name, const char *sums) {
    RenderedJob *job = open_job();
    Story story = {0};
    long offset = 0;
    job->options.space_wait_s = 600.0;
    full_name = name;
    full_name_count = 1;
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_int_equal(full_name_count, 0);
    assert_string_equal(rendered_sums(job), sums);
    bench_must(&job->bench,
               journal_read(job->journal, &offset, note_story, &story, job->bench.errors));
    assert_true(story.held == 1 && story.released == 1);
    assert_int_equal(job->started_count, 1 + SPAN_COUNT + MEASURE_COUNT + 3 + 4);
    close_job(job);
}

static void a_quota_that_is_full_at_the_publishing_is_waited_for(void **state) {
    (void)state;
    const char *sums = sums_of_a_good_run();
    check_late_quota("/.SHA256SUMS.", sums);   /* of the staged folder, before it is renamed */
    check_late_quota("/out/.manifest.", sums); /* above the deliverables */
    free((void *)sums);
}

/* Looked for after 1, 2 and 4 s, and at the end of the time once more. */
static bool count_question(void *context) {
    ++*(int *)context;
    return false;
}

static void the_wait_for_room_has_an_end(void **state) {
    (void)state;
    int questions = 0;
    const SpacePlaces places = {count_question, &questions};
    SpaceWait wait = space_wait_for(10.0);
    assert_false(space_wait_is_on(&wait, 99.0, places)); /* nothing has failed */
    assert_true(space_wait_note_full(&wait, 100.0));
    assert_true(space_wait_is_on(&wait, 100.5, places));
    assert_int_equal(questions, 0);
    assert_true(space_wait_is_on(&wait, 101.0, places));
    assert_true(space_wait_is_on(&wait, 102.9, places));
    assert_int_equal(questions, 1);
    assert_true(space_wait_is_on(&wait, 103.0, places));
    assert_true(space_wait_is_on(&wait, 107.0, places));
    assert_int_equal(questions, 3);
    assert_false(space_wait_is_on(&wait, 110.0, places)); /* the next write decides */
    assert_false(space_wait_note_full(&wait, 110.5));
    space_wait_note_room(&wait);
    assert_true(space_wait_note_full(&wait, 111.0)); /* another one */
    wait = space_wait_for(0.0);
    assert_false(space_wait_note_full(&wait, 100.0));
}

static void lines_that_find_no_room_are_written_when_there_is(void **state) {
    (void)state;
    Bench bench;
    Journal *journal = NULL;
    Story story = {0};
    long offset = 0;
    bench_open(&bench);
    const char *path = path_join(bench.arena, bench.folder, "journal");
    bench_must(&bench, journal_open(path, bench.arena, &journal, bench.errors));
    full_writes = 2;
    bench_must(&bench, journal_add(journal, "held", NULL, bench.errors));
    bench_must(&bench, journal_add(journal, "held", NULL, bench.errors));
    assert_int_equal(full_writes, 0);
    bench_must(&bench, journal_add(journal, "released", NULL, bench.errors));
    bench_must(&bench, journal_read(path, &offset, note_story, &story, bench.errors));
    assert_int_equal(story.held, 2);
    assert_int_equal(story.released, 1);
    assert_int_equal(errors_count(bench.errors), 0);
    journal_close(&journal);
    bench_close(&bench);
}

static void an_object_whose_close_fails_is_none(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    Store *store = NULL;
    const Key key = key_of_text("text");
    const char *folder = path_join(bench.arena, bench.folder, "own-store");
    bench_must(&bench, store_open(folder, bench.arena, &store, bench.errors));
    closed_count = 0;
    failing_close_at = 1;
    assert_int_equal(store_put(store, key, "text", "12345", 5, bench.errors), E505);
    failing_close_at = 0;
    assert_false(store_has(store, key));
    bench_must(&bench, store_put(store, key, "text", "12345", 5, bench.errors));
    assert_true(store_has(store, key));
    bench_close(&bench);
}

/* ---- copies on this host ---- */

static void a_scratch_that_vanishes_between_runs_changes_no_sample(void **state) {
    (void)state;
    const char *sums = sums_of_a_good_run();
    RenderedJob *job = open_job();
    job->options.scratch = path_join(job->bench.arena, job->bench.folder, "scratch");
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_string_equal(rendered_sums(job), sums);
    assert_true(count_files(job, "scratch/objects") > 0);
    bench_must(&job->bench, folder_remove(job->options.scratch, job->bench.errors));
    job->options.output = path_join(job->bench.arena, job->bench.folder, "again");
    job->output = job->options.output;
    assert_int_equal(rendered_run(job, job_text), 0); /* the results come from the store */
    assert_string_equal(rendered_sums(job), sums);
    assert_true(count_files(job, "scratch/objects") > 0);
    close_job(job);
    free((void *)sums);
}

/* ---- what a run will take ---- */

static Run count_job(RenderedJob *job, const char *text) {
    Run run = {0};
    rendered_write(job, text);
    bench_must(&job->bench, run_make(&job->options, job->job_path, NULL, job->bench.arena, &run,
                                     job->bench.errors));
    return run;
}

/* Of a layer that stays as it is in its file the store has a note, which fills a block. */
static void a_plan_counts_what_the_store_gets_at_least_and_at_most(void **state) {
    (void)state;
    RenderedJob *job = open_job();
    const double channel_bytes = 8.0 * 48000.0 * 4.0;
    for (int is_filtered = 0; is_filtered < 2; is_filtered++) {
        const double layer_bytes = is_filtered ? channel_bytes : 4096.0;
        const Run run = count_job(job, is_filtered ? filtered_text : job_text);
        const SpaceNeed least = space_need_store_least(&run);
        const SpaceNeed most = space_need_store_most(&run);
        const SpaceNeed output = space_need_output(&run);
        assert_true(least.bytes == layer_bytes && least.files == 1.0);
        assert_true(most.bytes == layer_bytes + 2.0 * channel_bytes); /* the stem in 2 channels */
        /* of two outputs: what is written, what is measured and under which task */
        assert_true(most.files == 1.0 + SPAN_COUNT + MEASURE_COUNT + 2.0 + 2.0 * 3.0);
        assert_true(output.bytes == 2.0 * 2.0 * 8.0 * 48000.0 * 3.0 && output.files == 2.0);
    }
    const Run run = count_job(job, job_text);
    store_use_scratch(run.store, path_join(job->bench.arena, job->bench.folder, "scratch"),
                      job->bench.arena);
    store_keep_intermediates(run.store);
    assert_true(space_need_store_most(&run).bytes == 0.0); /* a host's own disk, with a way out */
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_true(space_need_store_most(&run).files == 0.0);
    close_job(job);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_room_nothing_is_started_until_there_is),
        cmocka_unit_test(a_disk_that_stays_low_is_used_up_in_the_end),
        cmocka_unit_test(a_share_of_the_inodes_is_kept_free),
        cmocka_unit_test(a_quota_that_close_tells_costs_no_sample),
        cmocka_unit_test(a_full_quota_is_waited_for_and_costs_no_sample),
        cmocka_unit_test(a_quota_that_is_full_at_the_publishing_is_waited_for),
        cmocka_unit_test(the_wait_for_room_has_an_end),
        cmocka_unit_test(lines_that_find_no_room_are_written_when_there_is),
        cmocka_unit_test(an_object_whose_close_fails_is_none),
        cmocka_unit_test(a_scratch_that_vanishes_between_runs_changes_no_sample),
        cmocka_unit_test(a_plan_counts_what_the_store_gets_at_least_and_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
