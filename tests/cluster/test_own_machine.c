/* mpirun and cores of the machine we are on. */
#include "cluster/own_machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

static void mpirun_is_found_in_the_search_path_in_order(void **state) {
    (void)state;
    Arena *arena = NULL;
    ErrorList *errors = NULL;
    const char *folder = NULL;
    temp_folder_open(&arena, &errors, &folder);
    const char *program = path_join(arena, folder, "mpirun");
    const char *path = arena_format(arena, "/nowhere:%s:/usr/bin", folder);
    FILE *file = fopen(program, "wb");
    fclose(file);
    assert_null(own_machine_find_mpirun(folder, arena)); /* may not be executed */
    assert_int_equal(chmod(program, 0755), 0);
    assert_string_equal(own_machine_find_mpirun(path, arena), program);
    assert_null(own_machine_find_mpirun("/nowhere", arena));
    assert_null(own_machine_find_mpirun("", arena));
    assert_null(own_machine_find_mpirun(NULL, arena));
    temp_folder_close(&arena, folder);
}

static void cores_are_those_of_this_process(void **state) {
    (void)state;
    cpu_set_t all;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    assert_int_equal(own_machine_count_cores(), CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t core = 0; core < CPU_SETSIZE; core++) {
        if (CPU_ISSET(core, &all)) {
            CPU_SET(core, &one);
            break;
        }
    }
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(own_machine_count_cores(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mpirun_is_found_in_the_search_path_in_order),
        cmocka_unit_test(cores_are_those_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
