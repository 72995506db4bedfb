/* Lists of hosts: what is understood, what is refused, how many ranks it makes. */
#include "cluster/host_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/host_network.h"

#include <cmocka.h>

typedef struct Reading {
    Arena *arena;
    ErrorList *errors;
    HostList list;
    Status status;
} Reading;

static Reading read_hosts(const char *text) {
    Reading reading = {.arena = arena_create()};
    reading.errors = errors_create(reading.arena);
    reading.status = host_list_read(text, reading.arena, &reading.list, reading.errors);
    return reading;
}

static void is_refused(const char *text, const char *because) {
    Reading reading = read_hosts(text);
    assert_int_equal(reading.status, E002);
    assert_non_null(strstr(errors_first(reading.errors)->message, because));
    arena_destroy(&reading.arena);
}

static void hosts_stand_in_a_list_with_or_without_a_number(void **state) {
    (void)state;
    Reading reading = read_hosts("a,b.example.org:16,10.0.0.7:2");
    assert_int_equal(reading.status, DONE);
    assert_int_equal(reading.list.count, 3);
    assert_string_equal(reading.list.hosts[0].name, "a");
    assert_int_equal(reading.list.hosts[0].slots, 0);
    assert_string_equal(reading.list.hosts[1].name, "b.example.org");
    assert_int_equal(reading.list.hosts[1].slots, 16);
    assert_string_equal(reading.list.hosts[2].name, "10.0.0.7");
    arena_destroy(&reading.arena);
}

static void a_hostfile_of_open_mpi_is_understood(void **state) {
    (void)state;
    char path[] = "/tmp/nocturne-hosts-XXXXXX";
    const int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "wb");
    fputs("# the night shift\nnode1 slots=4 max_slots=8\n\n  node2:3 # a slow one\nnode3\r\n",
          file);
    fclose(file);
    Reading reading = read_hosts(path);
    unlink(path);
    assert_int_equal(reading.status, DONE);
    assert_int_equal(reading.list.count, 3);
    assert_int_equal(reading.list.hosts[0].slots, 4);
    assert_int_equal(reading.list.hosts[1].slots, 3);
    assert_string_equal(reading.list.hosts[2].name, "node3");
    arena_destroy(&reading.arena);
}

static void what_is_no_host_is_refused(void **state) {
    (void)state;
    is_refused("a,-oProxyCommand=evil", "not the name of a host");
    is_refused("a b", "not understood");
    is_refused("a:0", "between 1 and 4096");
    is_refused("a:many", "between 1 and 4096");
    is_refused("a,A", "named twice");
    is_refused(",,", "names no host");
    is_refused("a;reboot", "not the name of a host");
}

static void a_host_takes_its_cores_unless_a_number_says_otherwise(void **state) {
    (void)state;
    Reading reading = read_hosts("a,b:3,c");
    reading.list.hosts[0].core_count = 8;
    reading.list.hosts[1].core_count = 64;
    reading.list.hosts[2].core_count = 16;
    assert_int_equal(host_list_count_slots(&reading.list), 8 + 3 + 16);
    reading.list.hosts[0].problem = "gone";
    assert_int_equal(host_list_count_slots(&reading.list), 3 + 16);
    assert_int_equal(host_slots(&reading.list.hosts[0]), 0);
    arena_destroy(&reading.arena);
}

static void this_machine_is_known_by_all_its_names(void **state) {
    (void)state;
    char own[256];
    host_own_name(own);
    assert_true(host_is_own(own));
    assert_true(host_is_own("localhost"));
    assert_true(host_is_own("127.0.0.1"));
    assert_false(host_is_own("192.0.2.1")); /* TEST-NET-1, RFC 5737: nobody's */
}

static void the_network_is_that_of_the_interface_that_leads_there(void **state) {
    (void)state;
    char network[NETWORK_BYTES];
    Host there[] = {{.name = "127.0.0.9"}, {.name = "127.3.0.1"}};
    const HostList list = {there, 2};
    assert_true(host_network_of(&list, network));
    assert_string_equal(network, "127.0.0.0/8");
    there[1].name = "192.0.2.1"; /* behind a router, if at all */
    assert_false(host_network_of(&list, network));
    there[1].problem = "left out";
    assert_true(host_network_of(&list, network));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_stand_in_a_list_with_or_without_a_number),
        cmocka_unit_test(a_hostfile_of_open_mpi_is_understood),
        cmocka_unit_test(what_is_no_host_is_refused),
        cmocka_unit_test(a_host_takes_its_cores_unless_a_number_says_otherwise),
        cmocka_unit_test(this_machine_is_known_by_all_its_names),
        cmocka_unit_test(the_network_is_that_of_the_interface_that_leads_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
