/* The machine profile: what it fills, what it leaves, and what is wrong with one. */
#include "rendered_job.h"

#include <ftw.h>
#include <sys/stat.h>

#include "cluster/machine.h"

typedef struct Desk {
    Bench bench;
    Options options;
} Desk;

static Desk *open_desk(void) {
    Desk *desk = calloc(1, sizeof *desk);
    bench_open(&desk->bench);
    desk->options.verb = "render";
    return desk;
}

static void close_desk(Desk *desk) {
    bench_close(&desk->bench);
    free(desk);
}

static Status apply(Desk *desk, const char *text) {
    const char *path = path_join(desk->bench.arena, desk->bench.folder, "machine.yaml");
    bench_must(&desk->bench, file_write_atomically(path, text, strlen(text), desk->bench.errors));
    return machine_apply(path, desk->bench.arena, &desk->options, desk->bench.errors);
}

static const char whole[] = "store: /shared/store\n"
                            "scratch: /local/copies\n"
                            "notify: mail -s night ops\n"
                            "ssh: ssh -F /etc/render/ssh\n"
                            "network: 10.1.0.0/16\n"
                            "keep_ranks: true\n"
                            "intermediates: local\n"
                            "sharing: {group: audio, dir_mode: 2770, file_mode: 0660}\n";

static void it_fills_what_the_command_line_left_open(void **state) {
    (void)state;
    Desk *desk = open_desk();
    desk->options.store = "/mine";
    bench_must(&desk->bench, apply(desk, whole));
    assert_string_equal(desk->options.store, "/mine");
    assert_string_equal(desk->options.scratch, "/local/copies");
    assert_string_equal(desk->options.notify, "mail -s night ops");
    assert_string_equal(desk->options.ssh, "ssh -F /etc/render/ssh");
    assert_string_equal(desk->options.network, "10.1.0.0/16");
    assert_true(desk->options.keeps_ranks);
    assert_string_equal(desk->options.intermediates, "local");
    assert_string_equal(desk->options.sharing, "group audio\ndir_mode 2770\nfile_mode 0660\n");
    close_desk(desk);
}

static void resume_takes_the_hook_and_leaves_the_rest_to_the_folder(void **state) {
    (void)state;
    Desk *desk = open_desk();
    desk->options.verb = "resume";
    bench_must(&desk->bench, apply(desk, whole));
    assert_null(desk->options.store);
    assert_null(desk->options.scratch);
    assert_string_equal(desk->options.notify, "mail -s night ops");
    close_desk(desk);
}

/* Slurm's srun ends the step when a rank dies. */
static void kept_ranks_are_a_wish_that_slurm_does_not_have(void **state) {
    (void)state;
    Desk *desk = open_desk();
    bench_must(&desk->bench, apply(desk, "keep_ranks: false\n"));
    assert_false(desk->options.keeps_ranks);
    desk->options.is_slurm = true;
    bench_must(&desk->bench, apply(desk, "keep_ranks: true\n"));
    assert_false(desk->options.keeps_ranks);
    desk->options.keeps_ranks = true; /* written on the command line: refused there */
    bench_must(&desk->bench, apply(desk, "keep_ranks: false\n"));
    assert_true(desk->options.keeps_ranks);
    assert_int_equal(apply(desk, "keep_ranks: maybe\n"), E202);
    assert_int_equal(errors_last(desk->bench.errors)->place.line, 1);
    close_desk(desk);
}

static void what_is_wrong_is_said_with_its_line(void **state) {
    (void)state;
    Desk *desk = open_desk();
    assert_int_equal(apply(desk, "store: /farm\nscratsh: /local\nnotify: [a, b]\n"), E202);
    const ErrorEntry *entry = errors_first(desk->bench.errors);
    assert_int_equal(entry->place.line, 2);
    assert_int_equal(entry->next->place.line, 3);
    assert_string_equal(desk->options.store, "/farm");
    assert_int_equal(apply(desk, "sharing: 0660\n"), E202);
    assert_int_equal(apply(desk, "intermediates: here\n"), E202);
    assert_int_equal(apply(desk, "- store\n"), E202);
    close_desk(desk);
}

static int wrong_modes;

static int count_wrong_mode(const char *path, const struct stat *facts, int kind, struct FTW *at) {
    (void)at;
    const bool is_right = (facts->st_mode & 07777) == (kind == FTW_D ? 02770 : 0660);
    wrong_modes += !is_right;
    if (!is_right) {
        print_message("%s has mode %o\n", path, facts->st_mode & 07777);
    }
    return 0;
}

/* The profile's modes are those of a store that is made new, whatever the umask, down to its last
 * file: another user of the group finds everything. */
static void a_new_store_is_shared_as_the_profile_says(void **state) {
    (void)state;
    RenderedJob *job = calloc(1, sizeof *job);
    rendered_open(job, 4);
    rendered_noise(job, "wind.wav", 2.0, 3);
    job->options.sharing = "dir_mode 2770\nfile_mode 0660\n";
    const mode_t before = umask(0077);
    const int code =
        rendered_run(job, "nocturne: 1\n"
                          "project: {code: MACH, title: Machine, length: 2 s, rate: 48 kHz}\n"
                          "stems: {fx: {role: effects}}\n"
                          "layers: {wind: {file: wind.wav, stem: fx}}\n"
                          "deliverables: {st: {layout: 2.0}}\n");
    umask(before);
    assert_int_equal(code, 0);
    wrong_modes = 0;
    assert_int_equal(nftw(job->options.store, count_wrong_mode, 16, FTW_PHYS), 0);
    assert_int_equal(wrong_modes, 0);
    rendered_close(job);
    free(job);
}

static void the_profile_is_the_named_one_or_the_first_that_is_there(void **state) {
    (void)state;
    Desk *desk = open_desk();
    Arena *arena = desk->bench.arena;
    const char *there = path_join(arena, desk->bench.folder, "nocturne/machine.yaml");
    setenv("NOCTURNE_MACHINE", "/site/machine.yaml", 1);
    assert_string_equal(machine_find(arena), "/site/machine.yaml");
    setenv("NOCTURNE_MACHINE", "none", 1);
    assert_null(machine_find(arena));
    unsetenv("NOCTURNE_MACHINE");
    setenv("XDG_CONFIG_HOME", desk->bench.folder, 1);
    bench_must(&desk->bench, folder_make(path_folder(arena, there), desk->bench.errors));
    bench_must(&desk->bench, file_write_atomically(there, "", 0, desk->bench.errors));
    assert_string_equal(machine_find(arena), there);
    unsetenv("XDG_CONFIG_HOME");
    close_desk(desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_fills_what_the_command_line_left_open),
        cmocka_unit_test(resume_takes_the_hook_and_leaves_the_rest_to_the_folder),
        cmocka_unit_test(kept_ranks_are_a_wish_that_slurm_does_not_have),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
        cmocka_unit_test(a_new_store_is_shared_as_the_profile_says),
        cmocka_unit_test(the_profile_is_the_named_one_or_the_first_that_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
