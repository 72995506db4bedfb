/* Which hosts are asked to share, and which places are forgotten. gethostname is the one below: it
 * says what a test wants. */
#include "cluster/lenders.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/model/store_place.h"

#include "tests/support/temp_folder.h"

/* Two workers on each host; the task needs one result of each. */
enum { HOSTS = 3, WORKERS = 2 * HOSTS, ASKED = HOSTS };

static const char *const host_names[HOSTS] = {"one", "two", "three"};
static const char *host_name;

int gethostname(char *name, size_t size) {
    snprintf(name, size, "%s", host_name);
    return 0;
}

typedef struct Launch {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    Key keys[HOSTS]; /* [host] what was made there */
    int needs[HOSTS];
    Task tasks[HOSTS + 1];
    Plan plan;
    Run run;
    int nodes[WORKERS];
    const char *hosts[WORKERS];
    bool is_lost[WORKERS];
    bool is_asked[HOSTS];
} Launch;

static Store *open_on(Launch *launch, const char *host) {
    Store *store = NULL;
    host_name = host;
    assert_int_equal(store_open(path_join(launch->arena, launch->folder, "shared"), launch->arena,
                                &store, launch->errors),
                     DONE);
    store_use_scratch(store, arena_format(launch->arena, "%s/%s-scratch", launch->folder, host),
                      launch->arena);
    store_keep_intermediates(store);
    return store;
}

static void make_on(Launch *launch, int host) {
    StoreWriter *writer = NULL;
    const char *text = host_names[host];
    launch->keys[host] = key_of_text(text);
    assert_int_equal(store_put_begin_intermediate(open_on(launch, text), launch->keys[host], text,
                                                  &writer, launch->errors),
                     DONE);
    assert_int_equal(store_write(writer, text, strlen(text), launch->errors), DONE);
    assert_int_equal(store_put_commit(&writer, launch->errors), DONE);
    launch->tasks[host] =
        (Task){.kind = TASK_PREPARE, .outputs = &launch->keys[host], .output_count = 1};
    launch->needs[host] = host;
}

static int set_up(void **state) {
    Launch *launch = calloc(1, sizeof *launch);
    temp_folder_open(&launch->arena, &launch->errors, &launch->folder);
    for (int host = 0; host < HOSTS; host++) {
        make_on(launch, host);
    }
    for (int worker = 0; worker < WORKERS; worker++) {
        launch->nodes[worker] = worker % HOSTS;
        launch->hosts[worker] = host_names[worker % HOSTS];
    }
    launch->tasks[ASKED] =
        (Task){.kind = TASK_SPATIALIZE, .needs = launch->needs, .need_count = HOSTS};
    launch->plan = (Plan){.tasks = launch->tasks, .task_count = HOSTS + 1};
    launch->run = (Run){.plan = &launch->plan, .store = open_on(launch, "manager")};
    *state = launch;
    return 0;
}

static int tear_down(void **state) {
    Launch *launch = *state;
    temp_folder_close(&launch->arena, launch->folder);
    free(launch);
    return 0;
}

static int find_for(Launch *launch, int worker) {
    const Lenders lenders = {WORKERS, launch->nodes, launch->hosts, launch->is_lost};
    memset(launch->is_asked, 0, sizeof launch->is_asked);
    return lenders_find(&lenders, &launch->run, ASKED, worker, launch->is_asked);
}

static void lose_host(Launch *launch, int host) {
    for (int worker = host; worker < WORKERS; worker += HOSTS) {
        launch->is_lost[worker] = true;
    }
}

/* Whoever plans again sees whether it has to be made. */
static bool is_there(const Launch *launch, int host) {
    return store_has_text(launch->run.store, launch->keys[host], host_names[host]);
}

static void every_host_but_that_of_the_worker_is_asked(void **state) {
    Launch *launch = *state;
    for (int worker = 0; worker < WORKERS; worker++) {
        assert_int_equal(find_for(launch, worker), HOSTS - 1);
        for (int host = 0; host < HOSTS; host++) {
            assert_int_equal(launch->is_asked[host], host != launch->nodes[worker]);
            assert_true(is_there(launch, host));
        }
    }
}

static void what_was_shared_is_asked_of_nobody(void **state) {
    Launch *launch = *state;
    Store *two = open_on(launch, "two");
    assert_int_equal(store_share(two, launch->keys[1], launch->errors), DONE);
    assert_int_equal(find_for(launch, 0), 1);
    assert_true(launch->is_asked[2] && !launch->is_asked[1]);
    assert_true(is_there(launch, 1));
}

/* It is missing then, and made again; the other host is asked all the same. */
static void what_a_dead_host_alone_had_is_forgotten(void **state) {
    Launch *launch = *state;
    launch->is_lost[1] = true; /* one of two workers: the host lives */
    assert_int_equal(find_for(launch, 0), 2);
    assert_true(is_there(launch, 1));
    lose_host(launch, 1);
    assert_int_equal(find_for(launch, 0), 1);
    assert_true(launch->is_asked[2] && !launch->is_asked[1]);
    assert_false(is_there(launch, 1));
    assert_true(is_there(launch, 0) && is_there(launch, 2));
}

/* A worker that cannot read what its own host seems to have, when nothing else is missing. */
static void what_cannot_be_read_where_it_lies_is_forgotten(void **state) {
    Launch *launch = *state;
    launch->tasks[ASKED].need_count = 1;
    assert_int_equal(find_for(launch, HOSTS), 0); /* on host 0 */
    assert_false(is_there(launch, 0));
    assert_true(is_there(launch, 1));
}

/* Something was forgotten already: what lies here may be whole. */
static void behind_a_dead_host_the_own_one_is_not_doubted(void **state) {
    Launch *launch = *state;
    launch->tasks[ASKED].need_count = 2;
    lose_host(launch, 1);
    assert_int_equal(find_for(launch, 0), 0);
    assert_true(is_there(launch, 0));
    assert_false(is_there(launch, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_host_but_that_of_the_worker_is_asked),
        TEST(what_was_shared_is_asked_of_nobody),
        TEST(what_a_dead_host_alone_had_is_forgotten),
        TEST(what_cannot_be_read_where_it_lies_is_forgotten),
        TEST(behind_a_dead_host_the_own_one_is_not_doubted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
