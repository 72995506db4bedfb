/* The launcher: what it tells mpirun, and how it finds it. */
#include "cluster/launcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/launch_arguments.h"
#include "cluster/launch_site.h"
#include "cluster/slurm_nodes.h"

#include <cmocka.h>

static const char *const command[] = {"/opt/nocturne", "worker", "out/A_v1/.nocturne", "2", NULL};

/* The value behind `--mca name`, NULL: not given. */
static const char *find_mca(const char *const *arguments, const char *name) {
    for (int index = 0; arguments[index]; index++) {
        if (strcmp(arguments[index], "--mca") == 0 && strcmp(arguments[index + 1], name) == 0) {
            return arguments[index + 2];
        }
    }
    return NULL;
}

static const char *const *arguments_of(const char *folder, int rank_count, Arena *arena) {
    const LaunchOrder order = {.starter = "/usr/bin/mpirun",
                               .mpi_major = 4,
                               .launch_folder = folder,
                               .command = command,
                               .rank_count = rank_count};
    return launch_arguments(&order, arena);
}

static int count_arguments(const char *const *arguments) {
    int count = 0;
    while (arguments[count]) {
        count++;
    }
    return count;
}

static void one_rank_more_than_asked_for_schedules(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const char *const *arguments = arguments_of("/tmp/x", 7, arena);
    assert_string_equal(arguments[0], "/usr/bin/mpirun");
    assert_string_equal(arguments[1], "-n");
    assert_string_equal(arguments[2], "8");
    arena_destroy(&arena);
}

static void the_command_stands_at_the_end(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const char *const *arguments = arguments_of("/tmp/x", 2, arena);
    const int count = count_arguments(arguments);
    for (int index = 0; index < 4; index++) {
        assert_string_equal(arguments[count - 4 + index], command[index]);
    }
    arena_destroy(&arena);
}

static void files_of_a_launch_stay_in_its_folder_and_ranks_end_at_once(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const char *const *arguments = arguments_of("/tmp/launch", 2, arena);
    assert_string_equal(find_mca(arguments, "orte_tmpdir_base"), "/tmp/launch");
    assert_string_equal(find_mca(arguments, "btl_vader_backing_directory"), "/tmp/launch");
    assert_string_equal(find_mca(arguments, "odls_base_sigkill_timeout"), "0");
    arena_destroy(&arena);
}

/* How often a word stands among the arguments. */
static int count_word(const char *const *arguments, const char *word) {
    int count = 0;
    for (int index = 0; arguments[index]; index++) {
        count += strcmp(arguments[index], word) == 0;
    }
    return count;
}

static const char *value_of(const char *const *arguments, const char *word) {
    for (int index = 0; arguments[index]; index++) {
        if (strcmp(arguments[index], word) == 0) {
            return arguments[index + 1];
        }
    }
    return NULL;
}

static LaunchOrder order_for_hosts(int mpi_major) {
    return (LaunchOrder){.starter = "mpirun",
                         .mpi_major = mpi_major,
                         .launch_folder = "/tmp/x",
                         .command = command,
                         .rank_count = 5,
                         .hostfile = "/tmp/x/hostfile",
                         .ssh = "ssh -F file",
                         .ssh_options = "-o BatchMode=yes",
                         .network = "10.0.0.0/24"};
}

static void flags_about_hosts_are_given_only_with_hosts(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const LaunchOrder order = order_for_hosts(4);
    const char *const *far = launch_arguments(&order, arena);
    const char *const *near = arguments_of("/tmp/x", 5, arena);
    assert_string_equal(value_of(far, "--hostfile"), "/tmp/x/hostfile");
    assert_string_equal(find_mca(far, "plm_rsh_agent"), "ssh -F file");
    assert_string_equal(find_mca(far, "plm_rsh_args"), "-o BatchMode=yes");
    assert_string_equal(find_mca(far, "btl_tcp_if_include"), "10.0.0.0/24");
    assert_string_equal(find_mca(far, "oob_tcp_if_include"), "10.0.0.0/24");
    assert_non_null(find_mca(far, "oob_tcp_keepalive_time"));
    assert_int_equal(count_word(near, "--hostfile"), 0);
    assert_null(find_mca(near, "plm_rsh_agent"));
    assert_null(find_mca(near, "btl_tcp_if_include"));
    arena_destroy(&arena);
}

static void every_major_version_has_flags_of_its_own(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const LaunchOrder fourth = order_for_hosts(4);
    const LaunchOrder fifth = order_for_hosts(5);
    const LaunchOrder unknown = order_for_hosts(MPI_UNKNOWN);
    assert_int_equal(count_word(launch_arguments(&fourth, arena), "--prtemca"), 0);
    assert_true(count_word(launch_arguments(&fifth, arena), "--prtemca") > 0);
    assert_int_equal(count_word(launch_arguments(&fifth, arena), "--oversubscribe"), 0);
    assert_int_equal(count_word(launch_arguments(&unknown, arena), "--prtemca"), 0);
    for (int index = 0; launch_arguments(&fifth, arena)[index]; index++) {
        assert_null(strchr(launch_arguments(&fifth, arena)[index], '{')); /* all filled in */
    }
    assert_int_equal(launch_read_major("mpirun (Open MPI) 4.1.4\n"), 4);
    assert_int_equal(launch_read_major("mpirun (Open MPI) 5.0.7"), 5);
    assert_int_equal(launch_read_major("mpirun (Open MPI) 3.1.3"), MPI_UNKNOWN);
    assert_int_equal(launch_read_major("HYDRA build details:"), MPI_UNKNOWN);
    assert_int_equal(launch_read_major(""), MPI_UNKNOWN);
    arena_destroy(&arena);
}

static void a_parameter_that_open_mpi_does_not_list_is_named(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const LaunchOrder order = order_for_hosts(4);
    const char *const *words = launch_arguments(&order, arena);
    const char *listed = "mca:orte:base:param:orte_enable_recovery:value:0\n"
                         "mca:oob:tcp:param:oob_tcp_keepalive_time_and_more:value:300\n";
    for (int word = 0; words[word]; word++) {
        const bool is_mca = strcmp(words[word], "--mca") == 0;
        if (is_mca && strcmp(words[word + 1], "oob_tcp_keepalive_time") != 0) {
            listed = arena_format(arena, "%s:param:%s:value:\n", listed, words[word + 1]);
        }
    }
    listed = arena_format(arena, "%s:param:plm_slurm_args:value:\n", listed);
    assert_string_equal(launch_unknown_parameters(4, listed, arena), "oob_tcp_keepalive_time");
    assert_string_equal(launch_ask_parameters("/nowhere/mpirun", 4, arena), "");
    arena_destroy(&arena);
}

static void our_variables_go_with_the_ranks(void **state) {
    (void)state;
    Arena *arena = arena_create();
    setenv("NOCTURNE_KERNELS", "scalar", 1);
    assert_string_equal(value_of(arguments_of("/tmp/x", 1, arena), "-x"), "NOCTURNE_KERNELS");
    unsetenv("NOCTURNE_KERNELS");
    arena_destroy(&arena);
}

static void in_slurm_nodes_are_named_and_never_ssh(void **state) {
    (void)state;
    Arena *arena = arena_create();
    LaunchOrder order = {.starter = "srun",
                         .is_srun = true,
                         .command = command,
                         .rank_count = 5,
                         .nodes = "a,b",
                         .node_count = 2};
    const char *const *step = launch_arguments(&order, arena);
    assert_string_equal(value_of(step, "--nodelist"), "a,b");
    assert_string_equal(value_of(step, "--ntasks"), "6");
    assert_int_equal(count_word(step, "--mpi=pmix"), 1);
    assert_int_equal(count_word(step, "--overlap"), 1);
    order = (LaunchOrder){
        .starter = "mpirun", .mpi_major = 4, .command = command, .rank_count = 5, .nodes = "a:3"};
    order.launch_folder = "/tmp/x";
    const char *const *daemons = launch_arguments(&order, arena);
    assert_string_equal(find_mca(daemons, "plm"), "slurm");
    assert_string_equal(find_mca(daemons, "plm_slurm_args"), "--overlap");
    assert_string_equal(value_of(daemons, "--host"), "a:3");
    assert_null(find_mca(daemons, "plm_rsh_agent"));
    arena_destroy(&arena);
}

/* The words are those of Open MPI 4.1.4. */
static void a_rank_that_died_is_told_from_a_host_that_is_gone(void **state) {
    (void)state;
    static const char rank[] = "mpirun noticed that process rank 2 with PID 77 on node b exited on "
                               "signal 9 (Killed).";
    static const char host[] = "ORTE has lost communication with a remote daemon.";
    static const char start[] = "ORTE was unable to reliably start one or more daemons.";
    const Options over_ssh = {.hosts = "a,b"};
    const Options in_slurm = {.is_slurm = true};
    const LaunchSite hosts = {.options = &over_ssh};
    const LaunchSite nodes = {.options = &in_slurm};
    assert_false(launch_site_lost_host(&hosts, rank));
    assert_false(launch_site_lost_host(&hosts, ""));
    assert_true(launch_site_lost_host(&hosts, host));
    assert_true(launch_site_lost_host(&hosts, start));
    assert_true(launch_site_lost_host(&nodes, "srun: error: b: task 2: Killed"));
}

static void cores_of_nodes_are_read_as_slurm_writes_them(void **state) {
    (void)state;
    assert_int_equal(slurm_cores_at("2(x3),16,4(x2)", 0), 2);
    assert_int_equal(slurm_cores_at("2(x3),16,4(x2)", 2), 2);
    assert_int_equal(slurm_cores_at("2(x3),16,4(x2)", 3), 16);
    assert_int_equal(slurm_cores_at("2(x3),16,4(x2)", 5), 4);
    assert_int_equal(slurm_cores_at("2(x3),16,4(x2)", 6), 1);
    assert_int_equal(slurm_cores_at("8", 0), 8);
    assert_int_equal(slurm_cores_at("nonsense", 0), 1);
    assert_int_equal(slurm_cores_at(NULL, 0), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rank_more_than_asked_for_schedules),
        cmocka_unit_test(the_command_stands_at_the_end),
        cmocka_unit_test(files_of_a_launch_stay_in_its_folder_and_ranks_end_at_once),
        cmocka_unit_test(flags_about_hosts_are_given_only_with_hosts),
        cmocka_unit_test(every_major_version_has_flags_of_its_own),
        cmocka_unit_test(a_parameter_that_open_mpi_does_not_list_is_named),
        cmocka_unit_test(our_variables_go_with_the_ranks),
        cmocka_unit_test(in_slurm_nodes_are_named_and_never_ssh),
        cmocka_unit_test(a_rank_that_died_is_told_from_a_host_that_is_gone),
        cmocka_unit_test(cores_of_nodes_are_read_as_slurm_writes_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
