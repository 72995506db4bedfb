/* Several jobs in one run, and the folders in which they wait. */
#include "rendered_job.h"

#include <sys/stat.h>

#include "cluster/command.h"
#include "cluster/job_queue.h"

enum { SPAN_BLOCKS = 4, SPAN_COUNT = 3 /* 8 s in spans of 2.73 s */ };

/* The music is the same in all cuts, the wind is not. */
static const char *write_job(Arena *arena, const char *cut, double wind_db) {
    return arena_format(arena,
                        "nocturne: 1\n"
                        "project: {code: BAT, title: Batch, cut: %s, start: 01:00:00:00,\n"
                        "          frame_rate: 24, rate: 48 kHz, length: 8 s}\n"
                        "stems:\n"
                        "  mx: {role: music}\n"
                        "  fx: {role: effects}\n"
                        "layers:\n"
                        "  strings: {file: strings.wav, stem: mx, pan: {az: 30 deg}}\n"
                        "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}, gain: %g dB}\n"
                        "deliverables:\n"
                        "  st: {layout: 2.0, bits: 24, stems: [full, mx, fx]}\n",
                        cut, wind_db);
}

typedef struct Night {
    RenderedJob job; /* bench, options */
    Options options[4];
    RenderOrder orders[4];
    int count;
} Night;

static Night *open_night(void) {
    Night *night = calloc(1, sizeof *night);
    rendered_open(&night->job, SPAN_BLOCKS);
    rendered_noise(&night->job, "strings.wav", 8.0, 1);
    rendered_noise(&night->job, "wind.wav", 8.0, 2);
    return night;
}

static void close_night(Night *night) {
    rendered_close(&night->job);
    free(night);
}

static const char *path_of(const Night *night, const char *name) {
    return path_join(night->job.bench.arena, night->job.bench.folder, name);
}

static const char *write_file(Night *night, const char *name, const char *text) {
    const char *path = path_of(night, name);
    bench_must(&night->job.bench,
               file_write_atomically(path, text, strlen(text), night->job.bench.errors));
    return path;
}

static Options *add_job(Night *night, const char *name, const char *text, const char *output) {
    Options *options = &night->options[night->count];
    *options = night->job.options;
    options->output = path_of(night, output);
    night->orders[night->count++] =
        (RenderOrder){.options = options, .job_path = write_file(night, name, text)};
    return options;
}

static const char *sums_in(Night *night, const char *output) {
    night->job.output = path_of(night, output);
    return rendered_sums(&night->job);
}

/* Names and times of task_start records, counted from the begin of the journal. */
typedef struct Starts {
    int count, music_count;
    char first[32], last[32]; /* RFC 3339 */
} Starts;

static void note_start(void *context, const json_t *event) {
    Starts *starts = context;
    const char *name = json_string_value(json_object_get(event, "name"));
    if (strcmp(json_string_value(json_object_get(event, "ev")), "task_start") != 0) {
        return;
    }
    snprintf(starts->last, sizeof starts->last, "%s",
             json_string_value(json_object_get(event, "t")));
    if (starts->count++ == 0) {
        snprintf(starts->first, sizeof starts->first, "%s", starts->last);
    }
    starts->music_count += strncmp(name, "spatialize mx", 13) == 0;
}

static Starts starts_in(Night *night, const char *output) {
    Starts starts = {0};
    long offset = 0;
    const char *journal =
        path_of(night, arena_format(night->job.bench.arena, "%s/.nocturne/journal", output));
    bench_must(&night->job.bench,
               journal_read(journal, &offset, note_start, &starts, night->job.bench.errors));
    return starts;
}

/* ---- one run of several jobs ---- */

static void jobs_rendered_together_have_the_bits_of_jobs_rendered_alone(void **state) {
    (void)state;
    Night *night = open_night();
    Arena *arena = night->job.bench.arena;
    const char *const texts[] = {write_job(arena, "v1", 0.0), write_job(arena, "v2", -6.0)};
    for (int job = 0; job < 2; job++) {
        Options *options = add_job(night, job ? "b.yaml" : "a.yaml", texts[job], job ? "ob" : "oa");
        options->store = path_of(night, job ? "store-b" : "store-a");
        assert_int_equal(render_jobs(&night->orders[job], 1, 0), 0);
    }
    add_job(night, "a.yaml", texts[0], "ta");
    add_job(night, "b.yaml", texts[1], "tb");
    assert_int_equal(render_jobs(&night->orders[2], 2, 0), 0);
    assert_string_equal(sums_in(night, "ta"), sums_in(night, "oa"));
    assert_string_equal(sums_in(night, "tb"), sums_in(night, "ob"));
    assert_string_not_equal(sums_in(night, "oa"), sums_in(night, "ob"));
    close_night(night);
}

static void what_two_jobs_share_is_made_once(void **state) {
    (void)state;
    Night *night = open_night();
    Arena *arena = night->job.bench.arena;
    add_job(night, "a.yaml", write_job(arena, "v1", 0.0), "oa");
    add_job(night, "b.yaml", write_job(arena, "v2", -6.0), "ob");
    assert_int_equal(render_jobs(night->orders, 2, 0), 0);
    const Starts a = starts_in(night, "oa");
    const Starts b = starts_in(night, "ob");
    assert_int_equal(a.music_count + b.music_count, SPAN_COUNT);
    /* The strings are prepared once, the wind twice (its gain is part of that), then the wind's
     * spans of both jobs; of each measure, master, encode and inspect, and three outputs written
     * and measured. */
    assert_int_equal(a.count + b.count, 3 + SPAN_COUNT + 2 * SPAN_COUNT + 2 * (4 + 6));
    close_night(night);
}

static void a_wrong_job_keeps_no_other_from_being_rendered(void **state) {
    (void)state;
    Night *night = open_night();
    add_job(night, "wrong.yaml", "nocturne: 1\nproject: {}\n", "ow");
    add_job(night, "b.yaml", write_job(night->job.bench.arena, "v2", -6.0), "ob");
    assert_int_equal(render_jobs(night->orders, 2, 0), 3);
    assert_int_equal(night->orders[0].exit_code, 3);
    assert_int_equal(night->orders[1].exit_code, 0);
    assert_non_null(strstr(sums_in(night, "ob"), "BAT_v2_st_full.wav"));
    close_night(night);
}

static void two_jobs_never_write_to_one_folder(void **state) {
    (void)state;
    Night *night = open_night();
    add_job(night, "a.yaml", write_job(night->job.bench.arena, "v1", 0.0), "oa");
    add_job(night, "b.yaml", write_job(night->job.bench.arena, "v2", -6.0), "oa");
    assert_int_equal(render_jobs(night->orders, 2, 0), 3);
    assert_int_equal(night->orders[0].exit_code, 0);
    assert_non_null(strstr(sums_in(night, "oa"), "BAT_v1_st_full.wav"));
    close_night(night);
}

static void an_urgent_job_is_done_before_a_bulk_one_begins(void **state) {
    (void)state;
    Night *night = open_night();
    Arena *arena = night->job.bench.arena;
    add_job(night, "a.yaml", write_job(arena, "v1", 0.0), "oa")->urgency = JOB_BULK;
    add_job(night, "b.yaml", write_job(arena, "v2", -6.0), "ob")->urgency = JOB_PREVIEW;
    assert_int_equal(render_jobs(night->orders, 2, 0), 0);
    assert_true(strcmp(starts_in(night, "ob").last, starts_in(night, "oa").first) <= 0);
    close_night(night);
}

static void the_worst_code_says_what_is_to_be_done(void **state) {
    (void)state;
    assert_int_equal(render_worse_code(0, 8), 8);
    assert_int_equal(render_worse_code(8, 3), 3);
    assert_int_equal(render_worse_code(3, 4), 4);
    assert_int_equal(render_worse_code(6, 5), 5);
    assert_int_equal(render_worse_code(143, 1), 143);
}

/* ---- what a rank says ---- */

/* A task that is retried has a line for each attempt, with what it said. */
static void a_rank_logs_every_attempt_of_its_tasks(void **state) {
    (void)state;
    Night *night = open_night();
    Arena *arena = night->job.bench.arena;
    FileBytes log;
    int count = 0;
    int failed_count = 0;
    add_job(night, "a.yaml", write_job(arena, "v1", 0.0), "oa");
    setenv("NOCTURNE_FAULT", "fail:spatialize fx:1", 1);
    assert_int_equal(render_jobs(night->orders, 1, 0), 0);
    unsetenv("NOCTURNE_FAULT");
    bench_must(&night->job.bench, file_read(path_of(night, "oa/logs/rank-000.jsonl"), 1 << 20,
                                            NO_PLACE, arena, &log, night->job.bench.errors));
    for (const char *line = log.bytes; *line; line = strchr(line, '\n') + 1, count++) {
        json_t *entry = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        const bool has_failed = json_integer_value(json_object_get(entry, "id")) != 0;
        assert_non_null(json_string_value(json_object_get(entry, "name")));
        assert_true(!has_failed || json_array_size(json_object_get(entry, "messages")) > 0);
        failed_count += has_failed;
        json_decref(entry);
    }
    assert_int_equal(failed_count, SPAN_COUNT);
    assert_int_equal(count, starts_in(night, "oa").count);
    close_night(night);
}

/* ---- queues ---- */

static const char *link_of(const Night *night, const char *name) {
    char target[4096] = "";
    assert_true(readlink(path_of(night, name), target, sizeof target - 1) > 0);
    return arena_copy_text(night->job.bench.arena, target);
}

/* As a user in the folder of the bench would. */
static int render_queue_there(Night *night) {
    char *here = getcwd(NULL, 0);
    Options options = night->job.options;
    options.output = NULL;
    options.queue = "night";
    options.urgency = JOB_DEADLINE;
    assert_int_equal(chdir(night->job.bench.folder), 0);
    const int code = command_render(&options);
    assert_int_equal(chdir(here), 0);
    free(here);
    return code;
}

static void a_queue_is_rendered_by_class_and_leaves_what_it_did(void **state) {
    (void)state;
    Night *night = open_night();
    Arena *arena = night->job.bench.arena;
    bench_must(&night->job.bench,
               folder_make(path_of(night, "night/bulk"), night->job.bench.errors));
    bench_must(&night->job.bench,
               folder_make(path_of(night, "night/preview"), night->job.bench.errors));
    write_file(night, "a.yaml", write_job(arena, "v1", 0.0));
    write_file(night, "b.yaml", write_job(arena, "v2", -6.0));
    write_file(night, "night/wrong.yaml", "nocturne: 1\nproject: {}\n");
    write_file(night, "night/notes.txt", "not a job");
    assert_int_equal(symlink("../../a.yaml", path_of(night, "night/bulk/a.yaml")), 0);
    assert_int_equal(symlink("../../b.yaml", path_of(night, "night/preview/b.yaml")), 0);
    assert_int_equal(render_queue_there(night), 3);
    assert_true(strcmp(starts_in(night, "out/BAT_v2").last, starts_in(night, "out/BAT_v1").first) <=
                0);
    assert_true(file_exists(path_of(night, "night/failed/wrong.yaml")));
    assert_true(file_exists(path_of(night, "night/notes.txt")));
    assert_false(file_exists(path_of(night, "night/bulk/a.yaml")));
    assert_string_equal(link_of(night, "night/done/a.yaml"), path_of(night, "a.yaml"));
    assert_true(file_exists(path_of(night, "night/done/b.yaml")));
    assert_int_equal(render_queue_there(night), 0); /* nothing waits */
    close_night(night);
}

static void what_waits_is_listed_by_class_and_name_and_once(void **state) {
    (void)state;
    Night *night = open_night();
    Bench *bench = &night->job.bench;
    static const char *const names[] = {"q/bulk/c.yaml",    "q/b.yml",           "q/a.yaml",
                                        "q/preview/z.yaml", "q/deadline/y.yaml", "q/.hidden.yaml",
                                        "q/a.yaml~"};
    static const char *const expected[] = {"preview/z.yaml", "deadline/y.yaml", "a.yaml", "b.yml",
                                           "bulk/c.yaml"};
    for (size_t folder = 0; folder < 3; folder++) {
        static const char *const folders[] = {"q/bulk", "q/preview", "q/deadline"};
        bench_must(bench, folder_make(path_of(night, folders[folder]), bench->errors));
    }
    for (size_t name = 0; name < sizeof names / sizeof *names; name++) {
        write_file(night, names[name], "");
    }
    JobQueue *queue = NULL;
    QueueEntry *entries = NULL;
    int count = 0;
    bench_must(bench, job_queue_open(path_of(night, "q"), bench->arena, &queue, bench->errors));
    bench_must(bench, job_queue_list(queue, JOB_DEADLINE, &entries, &count, bench->errors));
    assert_int_equal(count, 5);
    for (int entry = 0; entry < count; entry++) {
        assert_string_equal(entries[entry].name, expected[entry]);
    }
    assert_int_equal(entries[2].urgency, JOB_DEADLINE);
    assert_int_equal(entries[4].urgency, JOB_BULK);
    write_file(night, "q/late.yaml", "");
    bench_must(bench, job_queue_list(queue, JOB_DEADLINE, &entries, &count, bench->errors));
    assert_int_equal(count, 1);
    assert_string_equal(entries[0].name, "late.yaml");
    JobQueue *second = NULL;
    assert_int_equal(job_queue_open(path_of(night, "q"), bench->arena, &second, bench->errors),
                     E701);
    job_queue_close(queue);
    close_night(night);
}

typedef struct Drop { /* of a preview into the queue, while another job is rendered */
    Night *night;
    JobQueue *queue;
    const char *text;
} Drop;

static bool drop_preview(void *context) {
    const Drop *drop = context;
    assert_false(job_queue_has_before(drop->queue, JOB_DEADLINE, JOB_BULK));
    write_file(drop->night, "q/preview/b.yaml", drop->text);
    assert_false(job_queue_has_before(drop->queue, JOB_DEADLINE, JOB_PREVIEW));
    return job_queue_has_before(drop->queue, JOB_DEADLINE, JOB_BULK);
}

/* Its tasks sleep half a second each, so that the queue is looked at before they are all done. */
static void a_job_makes_room_for_a_more_urgent_one_and_goes_on_behind_it(void **state) {
    (void)state;
    Night *night = open_night();
    Bench *bench = &night->job.bench;
    QueueEntry *entries = NULL;
    int count = 0;
    Drop drop = {.night = night, .text = write_job(bench->arena, "v2", -6.0)};
    bench_must(bench, folder_make(path_of(night, "q/bulk"), bench->errors));
    bench_must(bench, folder_make(path_of(night, "q/preview"), bench->errors));
    write_file(night, "q/bulk/a.yaml", "");
    add_job(night, "a.yaml", write_job(bench->arena, "v1", 0.0), "a")->urgency = JOB_BULK;
    bench_must(bench,
               job_queue_open(path_of(night, "q"), bench->arena, &drop.queue, bench->errors));
    bench_must(bench, job_queue_list(drop.queue, JOB_DEADLINE, &entries, &count, bench->errors));
    setenv("NOCTURNE_FAULT", "sleep:spatialize:1", 1);
    const RenderYield yield = {drop_preview, &drop};
    assert_int_equal(render_jobs_until(night->orders, 1, 0, yield), 0);
    unsetenv("NOCTURNE_FAULT");
    assert_true(night->orders[0].has_yielded);
    assert_false(file_exists(path_of(night, "a/manifest.json")));
    job_queue_put_back(&entries[0]);
    bench_must(bench, job_queue_list(drop.queue, JOB_DEADLINE, &entries, &count, bench->errors));
    assert_int_equal(count, 2);
    assert_string_equal(entries[0].name, "preview/b.yaml");
    assert_string_equal(entries[1].name, "bulk/a.yaml");
    add_job(night, "b.yaml", drop.text, "b")->urgency = JOB_PREVIEW;
    assert_int_equal(render_jobs(night->orders, 2, 0), 0);
    const Starts bulk = starts_in(night, "a");
    const Starts preview = starts_in(night, "b");
    assert_true(strcmp(preview.last, bulk.last) <= 0);
    assert_int_equal(bulk.count + preview.count,
                     3 + 3 * SPAN_COUNT + 2 * (4 + 6)); /* each task once */
    night->options[0].store = path_of(night, "store of its own");
    const char *interrupted = sums_in(night, "a");
    night->options[0].output = path_of(night, "alone");
    assert_int_equal(render_jobs(night->orders, 1, 0), 0);
    assert_string_equal(sums_in(night, "alone"), interrupted);
    job_queue_close(drop.queue);
    close_night(night);
}

static void a_queue_that_is_no_folder_is_refused(void **state) {
    (void)state;
    Night *night = open_night();
    assert_int_equal(render_queue_there(night), 2);
    close_night(night);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_rendered_together_have_the_bits_of_jobs_rendered_alone),
        cmocka_unit_test(what_two_jobs_share_is_made_once),
        cmocka_unit_test(a_wrong_job_keeps_no_other_from_being_rendered),
        cmocka_unit_test(two_jobs_never_write_to_one_folder),
        cmocka_unit_test(an_urgent_job_is_done_before_a_bulk_one_begins),
        cmocka_unit_test(the_worst_code_says_what_is_to_be_done),
        cmocka_unit_test(a_rank_logs_every_attempt_of_its_tasks),
        cmocka_unit_test(a_queue_is_rendered_by_class_and_leaves_what_it_did),
        cmocka_unit_test(what_waits_is_listed_by_class_and_name_and_once),
        cmocka_unit_test(a_job_makes_room_for_a_more_urgent_one_and_goes_on_behind_it),
        cmocka_unit_test(a_queue_that_is_no_folder_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
