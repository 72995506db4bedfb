/* Helpers that join a run through its folder: who runs a task, and what the dead leave behind. */
#include "rendered_job.h"

#include <signal.h>
#include <sys/wait.h>

#include "cluster/command.h"
#include "cluster/fingerprint.h"
#include "cluster/lock.h"
#include "cluster/past_run.h"
#include "cluster/space_watch.h"
#include "cluster/task_claims.h"

enum {
    SPAN_BLOCKS = 4,
    SPAN_COUNT = 3,
    TASK_COUNT = 1 + SPAN_COUNT + 4 + 4 /* written and measured */
};

static const char job_text[] =
    "nocturne: 1\n"
    "project: {code: JOIN, title: Join, cut: v1, start: 01:00:00:00, frame_rate: 24,\n"
    "          rate: 48 kHz, length: 8 s}\n"
    "stems:\n"
    "  fx: {role: effects}\n"
    "layers:\n"
    "  wind: {file: wind.wav, stem: fx, pan: {az: 90 deg}}\n"
    "deliverables:\n"
    "  st: {layout: 2.0, bits: 24, stems: [full, fx]}\n";

typedef struct Joined {
    RenderedJob job;
    PastRun past;
    const char *lock;
} Joined;

/* A finished run, whose lock this process then holds as if it went on, with an empty store. */
static Joined *open_run(void) {
    Joined *joined = calloc(1, sizeof *joined);
    RenderedJob *job = &joined->job;
    Bench *bench = &job->bench;
    rendered_open(job, SPAN_BLOCKS);
    rendered_noise(job, "wind.wav", 8.0, 3);
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_int_equal(job->started_count, TASK_COUNT);
    bench_must(bench, folder_remove(path_join(bench->arena, bench->folder, "store/objects"),
                                    bench->errors));
    bench_must(bench, past_run_open(job->output, bench->arena, &joined->past, bench->errors));
    joined->lock = path_join(bench->arena, job->output, ".nocturne/lock");
    bench_must(bench, lock_take(joined->lock, false, bench->errors));
    return joined;
}

static void close_run(Joined *joined) {
    rendered_close(&joined->job);
    free(joined);
}

static pid_t start_helper(const Joined *joined) {
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const char *const arguments[] = {joined->job.output};
        Options options = joined->job.options;
        options.verb = "join";
        options.arguments = arguments;
        options.argument_count = 1;
        _exit(command_join(&options));
    }
    return child;
}

static int wait_for(pid_t child) {
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_made(const Joined *joined, int task) {
    return task_is_done(joined->past.run.mix, joined->past.run.plan, task,
                        &joined->past.run.workplace);
}

static void helpers_make_what_the_store_takes_and_the_run_goes_on_with_it(void **state) {
    (void)state;
    Joined *joined = open_run();
    RenderedJob *job = &joined->job;
    const char *sums = rendered_sums(job);
    const pid_t first = start_helper(joined);
    const pid_t second = start_helper(joined);
    assert_int_equal(wait_for(first), 0);
    assert_int_equal(wait_for(second), 0);
    const Plan *plan = joined->past.run.plan;
    for (int task = 0; task < plan->task_count; task++) {
        assert_true(plan->tasks[task].kind >= TASK_MASTER || is_made(joined, task));
    }
    lock_release(joined->lock);
    folder_remove(path_join(job->bench.arena, job->output, "deliverables"), job->bench.errors);
    assert_int_equal(rendered_run(job, job_text), 0);
    assert_int_equal(rendered_count(job, "prepare"), 0);
    assert_int_equal(rendered_count(job, "spatialize"), 0);
    assert_int_equal(rendered_count(job, "encode"), 1);
    assert_string_equal(rendered_sums(job), sums);
    close_run(joined);
}

static void nobody_joins_a_run_that_does_not_go_on(void **state) {
    (void)state;
    Joined *joined = open_run();
    lock_release(joined->lock);
    assert_int_equal(wait_for(start_helper(joined)), 4); /* E410 */
    close_run(joined);
}

/* A run that another program, or one that computes other samples, renders. */
static int join_run_of(Joined *joined, const char *member) {
    Arena *arena = joined->job.bench.arena;
    Fingerprint fingerprint;
    const char *state_folder = path_join(arena, joined->job.output, ".nocturne");
    fingerprint_read(state_folder, arena, &fingerprint);
    char *text = strcmp(member, "build") == 0 ? fingerprint.build : fingerprint.self_test;
    assert_true(text[0] != '\0');
    text[0] = text[0] == '0' ? '1' : '0';
    bench_must(&joined->job.bench,
               fingerprint_write(&fingerprint, state_folder, arena, joined->job.bench.errors));
    return wait_for(start_helper(joined));
}

static void nobody_joins_a_run_of_another_program_or_other_samples(void **state) {
    (void)state;
    static const char *const members[] = {"build", "self_test"};
    for (size_t member = 0; member < 2; member++) {
        Joined *joined = open_run();
        assert_int_equal(join_run_of(joined, members[member]), 12);
        assert_false(is_made(joined, 0));
        close_run(joined);
    }
    Joined *joined = open_run();
    unlink(path_join(joined->job.bench.arena, joined->job.output, ".nocturne/fingerprint.json"));
    assert_int_equal(wait_for(start_helper(joined)), 12);
    close_run(joined);
}

/* The lock is taken when the command begins, the journal when its ranks have come. */
static void a_helper_waits_for_a_run_that_is_starting(void **state) {
    (void)state;
    Joined *joined = open_run();
    Arena *arena = joined->job.bench.arena;
    const char *folder = path_join(arena, joined->job.output, ".nocturne");
    const char *names[] = {"fingerprint.json", "journal"};
    for (int name = 1; name >= 0; name--) {
        const char *path = path_join(arena, folder, names[name]);
        assert_int_equal(rename(path, arena_format(arena, "%s.later", path)), 0);
    }
    const pid_t helper = start_helper(joined);
    usleep(400000);
    assert_int_equal(waitpid(helper, NULL, WNOHANG), 0);
    for (int name = 0; name < 2; name++) {
        const char *path = path_join(arena, folder, names[name]);
        assert_int_equal(rename(arena_format(arena, "%s.later", path), path), 0);
    }
    assert_int_equal(wait_for(helper), 0);
    assert_true(is_made(joined, 0));
    close_run(joined);
}

static void a_helper_leaves_when_the_run_ends(void **state) {
    (void)state;
    Joined *joined = open_run();
    Bench *bench = &joined->job.bench;
    /* somebody alive holds every claim: the helper can only wait */
    TaskClaims *claims = task_claims_create(&joined->past.run);
    bench_must(bench, task_claims_join(claims, bench->errors));
    for (int task = 0; task < joined->past.run.plan->task_count; task++) {
        (void)task_claims_ask(claims, task, 1.0);
    }
    const pid_t helper = start_helper(joined);
    usleep(2000000);
    assert_int_equal(waitpid(helper, NULL, WNOHANG), 0);
    lock_release(joined->lock);
    assert_int_equal(wait_for(helper), 0);
    close_run(joined);
}

/* ---- claims ---- */

static void while_nobody_has_joined_nothing_is_claimed(void **state) {
    (void)state;
    Joined *joined = open_run();
    Bench *bench = &joined->job.bench;
    TaskClaims *claims = task_claims_create(&joined->past.run);
    assert_false(task_claims_look(claims));
    assert_int_equal(task_claims_ask(claims, 0, 1.0), START_HERE);
    assert_false(folder_exists(path_join(bench->arena, joined->job.output, ".nocturne/claims")));
    close_run(joined);
}

/* Takes every claim in a process of its own, which then waits to be ended. */
static pid_t start_claimer(const Joined *joined) {
    int pipes[2];
    char byte = 0;
    assert_int_equal(pipe(pipes), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        TaskClaims *claims = task_claims_create(&joined->past.run);
        bool has_failed = task_claims_join(claims, joined->job.bench.errors) != DONE;
        for (int task = 0; task < joined->past.run.plan->task_count; task++) {
            has_failed |= task_claims_ask(claims, task, 1.0) == START_ELSEWHERE;
        }
        has_failed |= write(pipes[1], &byte, 1) != 1;
        pause();
        _exit(has_failed);
    }
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    close(pipes[0]);
    close(pipes[1]);
    return child;
}

static void a_claim_holds_while_its_owner_lives_and_not_longer(void **state) {
    (void)state;
    Joined *joined = open_run();
    TaskClaims *claims = task_claims_create(&joined->past.run);
    const pid_t owner = start_claimer(joined);
    assert_true(task_claims_look(claims));
    assert_false(task_claims_look(claims)); /* told once */
    assert_int_equal(task_claims_ask(claims, 0, 1.0), START_ELSEWHERE);
    assert_int_equal(task_claims_ask(claims, 0, 30.0), START_ELSEWHERE);
    kill(owner, SIGKILL);
    wait_for(owner);
    assert_int_equal(task_claims_ask(claims, 0, 31.0), START_HERE);
    assert_int_equal(task_claims_ask(claims, 0, 32.0), START_HERE); /* it is ours now */
    close_run(joined);
}

/* Nobody can tell whether a process of another host lives: its claim counts for a while. */
static void a_claim_on_another_host_is_void_after_a_while(void **state) {
    (void)state;
    Joined *joined = open_run();
    Bench *bench = &joined->job.bench;
    TaskClaims *claims = task_claims_create(&joined->past.run);
    KeyText key;
    key_format(joined->past.run.plan->key, key);
    const pid_t owner = start_claimer(joined);
    kill(owner, SIGKILL);
    wait_for(owner);
    const char *path =
        arena_format(bench->arena, "%s/.nocturne/claims/%s/0", joined->job.output, key);
    static const char elsewhere[] = "{\"boot\":\"b\",\"host\":\"another\",\"pid\":7,"
                                    "\"since\":\"2026-01-01T00:00:00Z\",\"start\":9}";
    bench_must(bench, file_write_atomically(path, elsewhere, sizeof elsewhere - 1, bench->errors));
    assert_true(task_claims_look(claims));
    assert_int_equal(task_claims_ask(claims, 0, 100.0), START_ELSEWHERE);
    assert_int_equal(task_claims_ask(claims, 0, 130.0), START_ELSEWHERE);
    assert_int_equal(task_claims_ask(claims, 0, 300.0), START_HERE);
    close_run(joined);
}

static void a_helper_runs_what_a_killed_one_had_claimed(void **state) {
    (void)state;
    Joined *joined = open_run();
    const pid_t owner = start_claimer(joined);
    kill(owner, SIGKILL);
    wait_for(owner);
    assert_int_equal(wait_for(start_helper(joined)), 0);
    for (int task = 0; task < 1 + SPAN_COUNT; task++) {
        assert_true(is_made(joined, task));
    }
    close_run(joined);
}

/* ---- room in the store ---- */

static void a_share_of_a_big_file_system_is_kept_free(void **state) {
    (void)state;
    const uint64_t gib = UINT64_C(1) << 30;
    const uint64_t mib = UINT64_C(1) << 20;
    assert_true(space_is_short(255 * mib, 1000 * gib));
    assert_false(space_is_short(257 * mib, 1000 * gib));
    assert_true(space_is_short(15 * mib, gib));
    assert_false(space_is_short(17 * mib, gib));
    assert_false(space_is_short(0, gib - 1)); /* a small one is used up, and E501 told */
    assert_false(space_is_short_at("/no/such/folder"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helpers_make_what_the_store_takes_and_the_run_goes_on_with_it),
        cmocka_unit_test(nobody_joins_a_run_that_does_not_go_on),
        cmocka_unit_test(nobody_joins_a_run_of_another_program_or_other_samples),
        cmocka_unit_test(a_helper_waits_for_a_run_that_is_starting),
        cmocka_unit_test(a_helper_leaves_when_the_run_ends),
        cmocka_unit_test(while_nobody_has_joined_nothing_is_claimed),
        cmocka_unit_test(a_claim_holds_while_its_owner_lives_and_not_longer),
        cmocka_unit_test(a_claim_on_another_host_is_void_after_a_while),
        cmocka_unit_test(a_helper_runs_what_a_killed_one_had_claimed),
        cmocka_unit_test(a_share_of_a_big_file_system_is_kept_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
