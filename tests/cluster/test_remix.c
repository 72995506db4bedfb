/* After an edit: which tasks run, why they do, and that the kept ones are what they would be. */
#include "rendered_job.h"

#include "cluster/past_run.h"
#include "cluster/rerender.h"
#include "cluster/task_reason.h"
#include "render/model/stored_audio.h"

enum { SPAN_BLOCKS = 2, SPAN_COUNT = 9, MEASURE_COUNT = 2 /* 12 s in spans of 1.365 s */ };

/* strings and wind all through, piano from 6 s to 8 s */
static const char *write_job(Arena *arena, const char *wind, const char *piano, const char *bits) {
    return arena_format(arena,
                        "nocturne: 1\n"
                        "project: {code: RMX, title: Remix, cut: v1, start: 01:00:00:00,\n"
                        "          frame_rate: 24, rate: 48 kHz, length: 12 s}\n"
                        "stems:\n"
                        "  mx: {role: music}\n"
                        "  fx: {role: effects}\n"
                        "layers:\n"
                        "  strings: {file: strings.wav, stem: mx, pan: {az: 30 deg}}\n"
                        "  piano: {file: piano.wav, stem: mx, at: 6 s, pan: {az: -20 deg}%s}\n"
                        "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}%s}\n"
                        "deliverables:\n"
                        "  st: {layout: 2.0, bits: %s, stems: [full, mx, fx]}\n",
                        piano, wind, bits);
}

static RenderedJob *open_job(const char **text) {
    RenderedJob *job = calloc(1, sizeof *job);
    rendered_open(job, SPAN_BLOCKS);
    rendered_noise(job, "strings.wav", 12.0, 1);
    rendered_noise(job, "piano.wav", 2.0, 2);
    rendered_noise(job, "wind.wav", 12.0, 3);
    *text = write_job(job->bench.arena, "", "", "24");
    assert_int_equal(rendered_run(job, *text), 0);
    return job;
}

static void close_job(RenderedJob *job) {
    rendered_close(job);
    free(job);
}

static void the_first_render_runs_every_task_once(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    assert_int_equal(rendered_count(job, "prepare"), 3);
    assert_int_equal(rendered_count(job, "spatialize mx"), SPAN_COUNT);
    assert_int_equal(rendered_count(job, "spatialize fx"), SPAN_COUNT);
    assert_int_equal(rendered_count(job, ""), 3 + 2 * SPAN_COUNT + MEASURE_COUNT + 3 + 6);
    close_job(job);
}

static void a_gain_reruns_the_stem_of_its_layer_and_no_other(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    text = write_job(job->bench.arena, ", gain: -6 dB", "", "24");
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(rendered_count(job, "prepare"), 1);
    assert_int_equal(rendered_count(job, "prepare wind"), 1);
    assert_int_equal(rendered_count(job, "spatialize fx"), SPAN_COUNT);
    assert_int_equal(rendered_count(job, "spatialize mx"), 0);
    assert_int_equal(rendered_count(job, ""), 1 + SPAN_COUNT + MEASURE_COUNT + 3 + 6);
    close_job(job);
}

static int find_task(const Run *run, const char *name) {
    for (int task = 0; task < run->plan->task_count; task++) {
        if (strcmp(run->plan->tasks[task].name, name) == 0) {
            return task;
        }
    }
    fail_msg("no task %s", name);
    return -1;
}

/* ---- rooms ---- */

/* A bell that rings in a hall, wind that does not. */
static const char *write_hall(Arena *arena, const char *wind, const char *bell) {
    return arena_format(arena,
                        "nocturne: 1\n"
                        "project: {code: RMX, title: Remix, cut: v1, start: 01:00:00:00,\n"
                        "          frame_rate: 24, rate: 48 kHz, length: 3 s}\n"
                        "stems:\n"
                        "  fx: {role: effects}\n"
                        "rooms:\n"
                        "  hall: {shoebox: {size: [8 m, 10 m, 4 m], t60: 400 ms}}\n"
                        "layers:\n"
                        "  bell: {file: piano.wav, stem: fx, send: {hall: -6 dB}%s}\n"
                        "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}%s}\n"
                        "deliverables:\n"
                        "  st: {layout: 2.0, bits: 24}\n",
                        bell, wind);
}

enum { ROOMS_OUTPUT = 2 /* of one bus: whole, dry, rooms */ };

static Key first_span_key(RenderedJob *job, int output) {
    PastRun past;
    bench_must(&job->bench, past_run_open(job->output, job->bench.arena, &past, job->bench.errors));
    return past.run.plan->tasks[find_task(&past.run, "spatialize fx 0.000 s")].outputs[output];
}

static const char *hall_sums(RenderedJob *job, const char *wind, const char *bell) {
    assert_int_equal(rendered_run(job, write_hall(job->bench.arena, wind, bell)), 0);
    return rendered_sums(job);
}

/* In the store of the run: the same length, other samples. */
static void deafen(RenderedJob *job, Key key) {
    Bench *bench = &job->bench;
    PastRun past;
    StoreObject object;
    bench_must(bench, past_run_open(job->output, bench->arena, &past, bench->errors));
    bench_must(bench, store_map(past.run.store, key, &object, bench->errors));
    const size_t size_bytes = object.size_bytes;
    char *bytes = arena_alloc(bench->arena, size_bytes);
    memcpy(bytes, object.bytes, sizeof(AudioHead)); /* the rest is silence */
    store_unmap(&object);
    const Task *task = &past.run.plan->tasks[find_task(&past.run, "spatialize fx 0.000 s")];
    bench_must(bench, store_put(past.run.store, key, task->output_texts[ROOMS_OUTPUT], bytes,
                                size_bytes, bench->errors));
}

static void a_layer_that_is_sent_nowhere_leaves_the_rooms_as_they_were(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    hall_sums(job, "", "");
    const Key rooms = first_span_key(job, ROOMS_OUTPUT);
    const Key whole = first_span_key(job, 0);
    assert_false(key_is_zero(rooms));
    const char *remixed = hall_sums(job, ", gain: -6 dB", "");
    assert_true(key_equal(first_span_key(job, ROOMS_OUTPUT), rooms));
    assert_false(key_equal(first_span_key(job, 0), whole));
    const char *more = hall_sums(job, "", ", gain: -6 dB");
    assert_false(key_equal(first_span_key(job, ROOMS_OUTPUT), rooms));
    assert_string_not_equal(more, remixed);
    job->options.store = path_join(job->bench.arena, job->bench.folder, "cold");
    folder_remove(job->output, job->bench.errors);
    assert_string_equal(hall_sums(job, ", gain: -6 dB", ""), remixed);
    deafen(job, rooms); /* what is kept is what is heard: nothing was made again */
    const char *deaf = hall_sums(job, ", gain: -3 dB", "");
    job->options.store = path_join(job->bench.arena, job->bench.folder, "clean");
    folder_remove(job->output, job->bench.errors);
    assert_string_not_equal(hall_sums(job, ", gain: -3 dB", ""), deaf);
    close_job(job);
}

/* 6 s to 8 s and a second of tail: the spans 4 to 6 of 1.365 s. */
static void a_layer_reruns_only_the_spans_in_which_it_sounds(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    text = write_job(job->bench.arena, "", ", gain: -6 dB", "24");
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(rendered_count(job, "spatialize"), 3);
    assert_int_equal(rendered_count(job, "spatialize mx 5.461 s"), 1);
    assert_int_equal(rendered_count(job, "spatialize mx 6.827 s"), 1);
    assert_int_equal(rendered_count(job, "spatialize mx 8.192 s"), 1);
    close_job(job);
}

static void a_change_of_delivery_spatializes_nothing(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    text = write_job(job->bench.arena, "", "", "16");
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(rendered_count(job, "spatialize"), 0);
    assert_int_equal(rendered_count(job, "prepare"), 0);
    assert_int_equal(rendered_count(job, "encode"), 1);
    close_job(job);
}

static void what_is_not_audible_reruns_nothing(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    text = write_job(job->bench.arena, ", purpose: the place", "", "24");
    text = arena_format(job->bench.arena, "# a comment\n%s", text);
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(job->started_count, 0);
    close_job(job);
}

/* The remixed folder is the one that a render from nothing makes. */
static void a_remix_is_bit_identical_to_a_cold_render(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    text = write_job(job->bench.arena, ", gain: -6 dB", ", gain: 2 dB", "24");
    assert_int_equal(rendered_run(job, text), 0);
    const char *remixed = rendered_sums(job);
    job->options.store = path_join(job->bench.arena, job->bench.folder, "cold");
    folder_remove(job->output, job->bench.errors);
    job->journal_end = 0;
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(rendered_count(job, "spatialize"), 2 * SPAN_COUNT);
    assert_string_equal(rendered_sums(job), remixed);
    close_job(job);
}

/* ---- why ---- */

typedef struct Question {
    PastRun now;
    RunRecord record;
    ReasonSource source;
} Question;

/* The run in the folder against the one before it. */
static void open_question(RenderedJob *job, Question *question) {
    Bench *bench = &job->bench;
    bench_must(bench, past_run_open(job->output, bench->arena, &question->now, bench->errors));
    bench_must(bench, run_record_read(question->now.run.state_folder, true, bench->arena,
                                      &question->record, bench->errors));
    question->source =
        (ReasonSource){.record = &question->record,
                       .old_tree = past_run_tree_before(&question->now, bench->arena),
                       .run = &question->now.run};
}

static void the_reason_names_the_value_its_sides_and_its_place(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    Arena *arena = job->bench.arena;
    Question question;
    assert_int_equal(rendered_run(job, write_job(arena, ", gain: -6 dB", "", "24")), 0);
    open_question(job, &question);
    const Run *run = &question.now.run;
    const TaskReason reason =
        task_reason(&question.source, find_task(run, "spatialize fx 5.461 s"), arena);
    assert_int_equal(reason.kind, REASON_CHANGED);
    assert_int_equal(reason.cause, find_task(run, "prepare wind"));
    assert_int_equal(reason.changes.count, 1);
    assert_string_equal(task_reason_text(&question.source, &reason, arena),
                        "layers.wind.gain: 0 dB (default) -> -6 dB  (job.yaml:10)");
    assert_int_equal(reason.old.count, 1);
    assert_string_equal(reason.old.lines[0], "gain 1");
    assert_int_equal(reason.now.count, 1);
    assert_non_null(strstr(reason.now.lines[0], "gain 0.501187"));
    const TaskReason master = task_reason(&question.source, find_task(run, "master st"), arena);
    assert_int_equal(master.cause, reason.cause);
    const TaskReason strings =
        task_reason(&question.source, find_task(run, "prepare strings"), arena);
    assert_int_equal(strings.kind, REASON_SAME);
    close_job(job);
}

static void a_changed_input_is_told_apart_from_a_changed_job(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    Question question;
    rendered_noise(job, "wind.wav", 12.0, 99);
    assert_int_equal(rendered_run(job, text), 0);
    assert_int_equal(rendered_count(job, "spatialize fx"), SPAN_COUNT);
    open_question(job, &question);
    const TaskReason reason =
        task_reason(&question.source, find_task(&question.now.run, "master st"), job->bench.arena);
    assert_int_equal(reason.changes.count, 0);
    assert_int_equal(reason.now.count, 1);
    assert_non_null(strstr(task_reason_text(&question.source, &reason, job->bench.arena),
                           "prepare wind: file "));
    close_job(job);
}

static void a_new_layer_is_new(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    Arena *arena = job->bench.arena;
    Question question;
    text = write_job(arena, "}\n  breeze: {file: wind.wav, stem: fx, pan: {az: 10 deg}", "", "24");
    assert_int_equal(rendered_run(job, text), 0);
    open_question(job, &question);
    const int task = find_task(&question.now.run, "prepare breeze");
    const TaskReason reason = task_reason(&question.source, task, arena);
    assert_int_equal(reason.kind, REASON_NEW);
    assert_non_null(strstr(task_reason_text(&question.source, &reason, arena), "layers.breeze."));
    /* without a run before nothing has changed: a task is not the cause of another */
    const ReasonSource first = {.record = &(const RunRecord){.task_count = 0},
                                .run = &question.now.run};
    const int span = find_task(&question.now.run, "spatialize fx 0.000 s");
    const TaskReason alone = task_reason(&first, span, arena);
    assert_int_equal(alone.kind, REASON_NEW);
    assert_int_equal(alone.cause, span);
    close_job(job);
}

/* A run that goes on is not its own predecessor. */
static void the_run_before_is_the_last_one_with_another_plan(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    Arena *arena = job->bench.arena;
    Question question;
    text = write_job(arena, ", gain: -6 dB", "", "24");
    assert_int_equal(rendered_run(job, text), 0);
    for (int round = 0; round < 2; round++) {
        folder_remove(path_join(arena, job->output, "deliverables"), job->bench.errors);
        assert_int_equal(rendered_run(job, text), 0);
    }
    open_question(job, &question);
    const int task = find_task(&question.now.run, "prepare wind");
    assert_int_equal(task_reason(&question.source, task, arena).kind, REASON_CHANGED);
    close_job(job);
}

/* ---- the log for people ---- */

static const char *read_log(RenderedJob *job) {
    Bench *bench = &job->bench;
    const char **names = NULL;
    const char *found = NULL;
    FileBytes bytes;
    int count = 0;
    const char *folder = path_join(bench->arena, job->output, "logs");
    bench_must(bench, folder_list(folder, bench->arena, &names, &count, bench->errors));
    for (int name = 0; name < count; name++) {
        if (strncmp(names[name], "run-", 4) == 0) {
            assert_null(found);
            found = names[name];
        }
    }
    assert_non_null(found);
    assert_int_equal(strlen(found), strlen("run-20260509T021407Z.log"));
    bench_must(bench, file_read(path_join(bench->arena, folder, found), 1 << 16, NO_PLACE,
                                bench->arena, &bytes, bench->errors));
    return arena_copy_bytes(bench->arena, bytes.bytes, bytes.size_bytes);
}

/* Whatever a terminal is shown: here nothing. */
static void the_log_of_a_run_tells_it_in_words(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    const char *log = read_log(job);
    const char *start = strstr(log, "Z start RMX_v1  32 tasks (0 done)  1 rank\n");
    const char *done = strstr(log, "Z done st  3 files  full ");
    const char *end = strstr(log, ", exit code 0\n");
    assert_non_null(strstr(log, "Z nocturne "));
    assert_true(start && done > start && end > done);
    assert_int_equal(end[strlen(", exit code 0\n")], '\0');
    close_job(job);
}

/* ---- once more ---- */

static void rendered_once_more_all_tasks_are_the_same(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    RerenderResult result;
    bench_must(&job->bench,
               rerender_sample(job->output, 1.0, job->bench.arena, &result, job->bench.errors));
    assert_int_equal(result.checked_count, 3 + 2 * SPAN_COUNT + MEASURE_COUNT + 1);
    assert_int_equal(result.absent_count, 0);
    bench_must(&job->bench,
               rerender_sample(job->output, 0.01, job->bench.arena, &result, job->bench.errors));
    assert_int_equal(result.checked_count, 1);
    close_job(job);
}

/* A whole object under the right key with one other bit: no checksum tells that. */
static void a_wrong_result_with_a_right_checksum_is_found(void **state) {
    (void)state;
    const char *text = NULL;
    RenderedJob *job = open_job(&text);
    Bench *bench = &job->bench;
    PastRun past;
    StoreObject object;
    RerenderResult result;
    bench_must(bench, past_run_open(job->output, bench->arena, &past, bench->errors));
    const Task *task = &past.run.plan->tasks[find_task(&past.run, "spatialize fx 5.461 s")];
    bench_must(bench, store_map(past.run.store, task->outputs[0], &object, bench->errors));
    const size_t size_bytes = object.size_bytes;
    unsigned char *bytes = arena_alloc(bench->arena, size_bytes);
    memcpy(bytes, object.bytes, size_bytes);
    store_unmap(&object);
    bytes[size_bytes / 2] ^= 1u; /* of a sample: rows are ahead of the table of rows */
    bench_must(bench, store_put(past.run.store, task->outputs[0], task->output_texts[0], bytes,
                                size_bytes, bench->errors));
    bench_must(bench, rerender_sample(job->output, 1.0, bench->arena, &result, bench->errors));
    bool is_found = false; /* what is made of it may differ as well */
    for (const ErrorEntry *entry = errors_first(bench->errors); entry; entry = entry->next) {
        assert_int_equal(entry->status, E709);
        is_found = is_found || strstr(entry->message, "spatialize fx 5.461 s");
    }
    assert_true(is_found);
    close_job(job);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_render_runs_every_task_once),
        cmocka_unit_test(a_gain_reruns_the_stem_of_its_layer_and_no_other),
        cmocka_unit_test(a_layer_that_is_sent_nowhere_leaves_the_rooms_as_they_were),
        cmocka_unit_test(a_layer_reruns_only_the_spans_in_which_it_sounds),
        cmocka_unit_test(a_change_of_delivery_spatializes_nothing),
        cmocka_unit_test(what_is_not_audible_reruns_nothing),
        cmocka_unit_test(a_remix_is_bit_identical_to_a_cold_render),
        cmocka_unit_test(the_reason_names_the_value_its_sides_and_its_place),
        cmocka_unit_test(a_changed_input_is_told_apart_from_a_changed_job),
        cmocka_unit_test(a_new_layer_is_new),
        cmocka_unit_test(the_run_before_is_the_last_one_with_another_plan),
        cmocka_unit_test(the_log_of_a_run_tells_it_in_words),
        cmocka_unit_test(rendered_once_more_all_tasks_are_the_same),
        cmocka_unit_test(a_wrong_result_with_a_right_checksum_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
