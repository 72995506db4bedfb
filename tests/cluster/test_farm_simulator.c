/* The scheduler itself against a farm in virtual time: how near it comes to what the machines could
 * do at best, with faults, slow nodes and a file system that is too small. */
#include "simulated_farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A night's batch: cues of 2 to 6 minutes, 10 stems, 12 deliverables in 5 renderings, 5 times real
 * time for each stem and rendering, cost estimates that are wrong by 30 %. */
enum {
    STEM_COUNT = 10,
    DELIVERABLE_COUNT = 12,
    RENDERING_COUNT = 5,
    RENDERED_CHANNELS = 30, /* of all renderings */
    DELIVERED_CHANNELS = 6,
    LAYER_CHANNELS = 8
};
static const double mean_cue_s = 240.0;
static const double span_s = 524288.0 / 48000.0; /* the plan's default */
static const double work_per_s = 0.2;            /* of one stem in one rendering */
static const double channel_bytes_per_s = 48000.0 * 4.0;
static const double cost_sigma = 0.8;
static const double estimate_sigma = 0.3;

typedef struct Batch {
    Arena *arena;
    Plan plan;
    SimulatedTask *tasks;
    int *jobs;
    JobClass *classes;
    int job_count, limit;
    double work_s, longest_s, bytes; /* bounds: all work, the longest chain, all bytes at least */
    double *until_s;
    uint64_t random;
} Batch;

static int
add_task(Batch *batch, TaskKind kind, double work_s, double read_bytes, double write_bytes) {
    const int task = batch->plan.task_count++;
    assert_true(task < batch->limit);
    batch->tasks[task] = (SimulatedTask){work_s, read_bytes, write_bytes};
    batch->plan.tasks[task] =
        (Task){.kind = kind,
               .cost = work_s * simulated_spread(&batch->random, estimate_sigma),
               .name = "task"};
    batch->jobs[task] = batch->job_count;
    batch->work_s += work_s;
    batch->bytes += read_bytes + write_bytes;
    batch->until_s[task] = work_s;
    return task;
}

static void set_needs(Batch *batch, int task, const int *needs, int count) {
    double begin_s = 0.0;
    for (int need = 0; need < count; need++) {
        const double end_s = batch->until_s[needs[need]];
        begin_s = end_s > begin_s ? end_s : begin_s;
    }
    batch->plan.tasks[task].needs = needs;
    batch->plan.tasks[task].need_count = count;
    batch->until_s[task] += begin_s;
    const double end_s = batch->until_s[task];
    batch->longest_s = end_s > batch->longest_s ? end_s : batch->longest_s;
}

static void add_deliverables(Batch *batch, double length_s, const int *spans, int span_count) {
    for (int deliverable = 0; deliverable < DELIVERABLE_COUNT; deliverable++) {
        const double bytes = length_s * channel_bytes_per_s * DELIVERED_CHANNELS;
        const int master = add_task(batch, TASK_MASTER, 0.03 * length_s, STEM_COUNT * bytes, 1e5);
        set_needs(batch, master, spans, span_count);
        const int encode = add_task(batch, TASK_ENCODE, 0.02 * length_s, STEM_COUNT * bytes, bytes);
        int *encode_needs = arena_array(batch->arena, 2, sizeof *encode_needs);
        encode_needs[0] = master;
        set_needs(batch, encode, encode_needs, 1);
        const int inspect = add_task(batch, TASK_INSPECT, 0.005 * length_s, bytes, 1e3);
        encode_needs[1] = encode;
        set_needs(batch, inspect, encode_needs + 1, 1);
    }
}

/* Renderings of one stem are as unequal as their stems. */
static double stem_work_s(Batch *batch, double sounding_s) {
    double work_s = 0.0;
    for (int rendering = 0; rendering < RENDERING_COUNT; rendering++) {
        work_s += sounding_s * work_per_s * simulated_spread(&batch->random, cost_sigma);
    }
    return work_s;
}

static void add_cue(Batch *batch, double length_s) {
    const int span_count = (int)ceil(length_s / span_s);
    int *spans = arena_array(batch->arena, (size_t)span_count * STEM_COUNT, sizeof *spans);
    for (int stem = 0; stem < STEM_COUNT; stem++) {
        int *needs = arena_array(batch->arena, 2, sizeof *needs);
        const double layer_bytes_per_s = channel_bytes_per_s * LAYER_CHANNELS;
        needs[0] = add_task(batch, TASK_PREPARE, 0.01 * length_s, length_s * layer_bytes_per_s,
                            length_s * layer_bytes_per_s);
        needs[1] = add_task(batch, TASK_ROOM, 2.0, 1e6, 40e6);
        set_needs(batch, needs[0], NULL, 0);
        set_needs(batch, needs[1], NULL, 0);
        for (int span = 0; span < span_count; span++) {
            const double left_s = length_s - span * span_s;
            const double sounding_s = left_s < span_s ? left_s : span_s;
            const int task = add_task(batch, TASK_SPATIALIZE, stem_work_s(batch, sounding_s),
                                      sounding_s * layer_bytes_per_s,
                                      sounding_s * channel_bytes_per_s * RENDERED_CHANNELS);
            set_needs(batch, task, needs, 2);
            spans[stem * span_count + span] = task;
        }
    }
    add_deliverables(batch, length_s, spans, span_count * STEM_COUNT);
    batch->classes[batch->job_count++] = JOB_BULK;
}

static Batch *make_batch(int cue_count, uint64_t seed) {
    Arena *arena = arena_create();
    Batch *batch = arena_alloc(arena, sizeof *batch);
    batch->arena = arena;
    batch->random = seed;
    batch->limit = cue_count * (STEM_COUNT * 36 + 3 * DELIVERABLE_COUNT);
    const size_t limit = (size_t)batch->limit;
    batch->plan.tasks = arena_array(arena, limit, sizeof *batch->plan.tasks);
    batch->tasks = arena_array(arena, limit, sizeof *batch->tasks);
    batch->jobs = arena_array(arena, limit, sizeof *batch->jobs);
    batch->until_s = arena_array(arena, limit, sizeof *batch->until_s);
    batch->classes = arena_array(arena, (size_t)cue_count, sizeof *batch->classes);
    for (int cue = 0; cue < cue_count; cue++) {
        add_cue(batch, mean_cue_s * (0.5 + simulated_random(&batch->random)));
    }
    return batch;
}

static void free_batch(Batch *batch) {
    Arena *arena = batch->arena;
    arena_destroy(&arena);
}

static const SimulatedSetup usual_setup = {.worker_count = 512,
                                           .workers_per_node = 16,
                                           .service_s = 50e-6,
                                           .latency_s = 50e-6,
                                           .hold_limit = 2,
                                           .knows_nodes = true,
                                           .seed = 1};

/* Runs the batch; whatever happens, every task is done once its needs are. */
static SimulatedFarm *run_batch(Batch *batch, const SimulatedSetup *setup, int heavy_limit) {
    SimulatedFarm *farm = simulated_farm(&batch->plan, batch->tasks, setup, batch->arena);
    const SchedulerJobs jobs = {batch->jobs, batch->classes, batch->job_count};
    Scheduler *scheduler =
        scheduler_create(&batch->plan, simulated_hooks(farm), NULL, batch->arena);
    ErrorList *errors = errors_create(batch->arena);
    scheduler_set_jobs(scheduler, &jobs);
    scheduler_set_limits(scheduler, (SchedulerLimits){heavy_limit, 2.0});
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors), DONE);
    assert_int_equal(farm->done_count, batch->plan.task_count);
    assert_int_equal(scheduler_counts(scheduler)->left_count, 0);
    assert_false(farm->saw_missing_need);
    return farm;
}

/* Share of the machines' time that is work. */
static double efficiency(const Batch *batch, const SimulatedFarm *farm) {
    return batch->work_s / (farm->now_s * farm->setup.worker_count);
}

/* How near the run came to what no scheduler could beat. */
static double share_of_bound(const Batch *batch, const SimulatedFarm *farm) {
    const double bandwidth = farm->setup.bandwidth;
    double bound_s = batch->work_s / farm->setup.worker_count;
    bound_s = batch->longest_s > bound_s ? batch->longest_s : bound_s;
    if (bandwidth > 0.0 && batch->bytes / bandwidth > bound_s) {
        bound_s = batch->bytes / bandwidth;
    }
    return bound_s / farm->now_s;
}

static void print_run(const char *what, const Batch *batch, const SimulatedFarm *farm) {
    print_message(
        "%-26s %5d workers %6d tasks %8.1f s  efficiency %5.1f %%  of the bound %5.1f %%\n", what,
        farm->setup.worker_count, batch->plan.task_count, farm->now_s,
        100.0 * efficiency(batch, farm), 100.0 * share_of_bound(batch, farm));
}

static void forty_cues_keep_512_workers_busy(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        Batch *batch = make_batch(40, seed);
        const SimulatedFarm *farm = run_batch(batch, &usual_setup, 0);
        print_run("40 cues", batch, farm);
        assert_true(efficiency(batch, farm) >= 0.95);
        free_batch(batch);
    }
}

static void four_hundred_cues_keep_4096_workers_busy(void **state) {
    (void)state;
    Batch *batch = make_batch(400, 1);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 4096;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    print_run("400 cues", batch, farm);
    assert_true(efficiency(batch, farm) >= 0.95);
    free_batch(batch);
}

static void from_1_to_4096_workers_it_stays_near_the_bound(void **state) {
    (void)state;
    Batch *batch = make_batch(10, 2);
    for (int workers = 1; workers <= 4096; workers *= 8) {
        SimulatedSetup setup = usual_setup;
        setup.worker_count = workers;
        const SimulatedFarm *farm = run_batch(batch, &setup, 0);
        print_run("10 cues", batch, farm);
        /* Graham 1966, and what answers cost */
        const double work_s = batch->work_s / workers;
        assert_true(farm->now_s <= batch->longest_s + work_s + 1.0);
    }
    free_batch(batch);
}

static void one_seed_gives_one_run(void **state) {
    (void)state;
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 64;
    setup.death_count = 10;
    setup.death_limit_s = 60.0;
    setup.slow_share = 0.1;
    setup.slow_factor = 3.0;
    setup.bandwidth = 2e9;
    setup.stream_limit = 1.2e9;
    double first_s = 0.0;
    for (int round = 0; round < 2; round++) {
        Batch *batch = make_batch(2, 5);
        const SimulatedFarm *farm = run_batch(batch, &setup, 16);
        assert_true(round == 0 || (farm->now_s >= first_s && farm->now_s <= first_s));
        first_s = farm->now_s;
        free_batch(batch);
    }
    setup.seed = 2;
    Batch *batch = make_batch(2, 5);
    const SimulatedFarm *other = run_batch(batch, &setup, 16);
    assert_true(other->now_s < first_s || other->now_s > first_s);
    free_batch(batch);
}

static void dying_workers_cost_no_more_than_what_they_ran(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        Batch *batch = make_batch(2, seed);
        SimulatedSetup setup = usual_setup;
        setup.worker_count = 48;
        setup.seed = seed;
        setup.death_count = 16;
        setup.death_limit_s = 60.0;
        const SimulatedFarm *farm = run_batch(batch, &setup, 0);
        assert_true(farm->death_count >= 8);
        const double survivors = 48.0 - farm->death_count;
        /* as if the dead had done nothing at all */
        assert_true(farm->now_s <= batch->work_s / survivors + 2.0 * batch->longest_s);
        free_batch(batch);
    }
}

/* A node that is three times slower does less; it does not hold the others up. */
static void slow_nodes_cost_their_share(void **state) {
    (void)state;
    Batch *batch = make_batch(20, 3);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 64;
    setup.workers_per_node = 1;
    setup.slow_share = 0.2;
    setup.slow_factor = 3.0;
    setup.seed = 4;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    double speed = 0.0;
    for (int worker = 0; worker < 64; worker++) {
        speed += farm->workers[worker].speed;
    }
    print_run("slow nodes", batch, farm);
    assert_true(speed < 60.0);
    assert_true(batch->work_s / (speed * farm->now_s) >= 0.95);
    free_batch(batch);
}

static void a_small_file_system_is_used_to_the_full(void **state) {
    (void)state;
    Batch *batch = make_batch(10, 4);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 256;
    setup.bandwidth = 5e8;
    setup.stream_limit = 5e8;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    print_run("file system of 500 MB/s", batch, farm);
    assert_true(share_of_bound(batch, farm) >= 0.5);
    free_batch(batch);
}

/* What a node holds already need not be read again. */
static void tasks_go_where_their_needs_are(void **state) {
    (void)state;
    double read_bytes[2];
    for (int knows = 0; knows < 2; knows++) {
        Batch *batch = make_batch(10, 4);
        SimulatedSetup setup = usual_setup;
        setup.worker_count = 256;
        setup.knows_nodes = knows;
        const SimulatedFarm *farm = run_batch(batch, &setup, 0);
        read_bytes[knows] = farm->room_bytes;
        free_batch(batch);
    }
    print_message("rooms: %.1f GB read where nodes are not known, %.1f GB where they are\n",
                  1e-9 * read_bytes[0], 1e-9 * read_bytes[1]);
    assert_true(read_bytes[1] < 0.8 * read_bytes[0]);
}

/* Results that cross from node to node, of all bytes made. */
static double moved_share(int cue_count, int worker_count, bool knows_nodes, double *busy) {
    Batch *batch = make_batch(cue_count, 4);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = worker_count;
    setup.knows_nodes = knows_nodes;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    double made_bytes = 0.0;
    for (int task = 0; task < batch->plan.task_count; task++) {
        made_bytes += batch->tasks[task].write_bytes;
    }
    print_run(knows_nodes ? "nodes known" : "nodes not known", batch, farm);
    print_message("    made %.1f GB, moved %.1f GB\n", 1e-9 * made_bytes, 1e-9 * farm->moved_bytes);
    const double share = farm->moved_bytes / made_bytes;
    *busy = efficiency(batch, farm);
    free_batch(batch);
    return share;
}

static void a_job_stays_on_few_nodes(void **state) {
    (void)state;
    double busy[2];
    const double scattered = moved_share(40, 64, false, &busy[0]);
    const double kept = moved_share(40, 64, true, &busy[1]);
    assert_true(kept < 0.25 * scattered);
    assert_true(busy[1] >= 0.95 && busy[1] >= busy[0] - 0.02);
}

static void no_more_heavy_tasks_than_the_limit_are_out(void **state) {
    (void)state;
    Batch *batch = make_batch(4, 6);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 128;
    SimulatedFarm *farm = simulated_farm(&batch->plan, batch->tasks, &setup, batch->arena);
    const SchedulerJobs jobs = {batch->jobs, batch->classes, batch->job_count};
    Scheduler *scheduler =
        scheduler_create(&batch->plan, simulated_hooks(farm), NULL, batch->arena);
    scheduler_set_jobs(scheduler, &jobs);
    scheduler_set_limits(scheduler, (SchedulerLimits){.heavy_count = 6});
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors_create(batch->arena)), DONE);
    assert_int_equal(farm->done_count, batch->plan.task_count);
    assert_in_range(farm->most_heavy, 1, 6);
    free_batch(batch);
}

static double last_end_s(const SimulatedFarm *farm, const Batch *batch, int job) {
    double last_s = 0.0;
    for (int task = 0; task < batch->plan.task_count; task++) {
        if (batch->jobs[task] == job && farm->end_s[task] > last_s) {
            last_s = farm->end_s[task];
        }
    }
    return last_s;
}

static void a_preview_goes_before_a_deadline_and_both_before_bulk(void **state) {
    (void)state;
    Batch *batch = make_batch(6, 7);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 32;
    batch->classes[4] = JOB_PREVIEW;
    batch->classes[2] = JOB_DEADLINE;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    const double preview_s = last_end_s(farm, batch, 4);
    const double deadline_s = last_end_s(farm, batch, 2);
    assert_true(preview_s < deadline_s);
    for (int job = 0; job < 6; job++) {
        assert_true(batch->classes[job] != JOB_BULK || deadline_s < last_end_s(farm, batch, job));
    }
    free_batch(batch);
}

/* A short job beside long ones: it is not served last only because its way to the end is short. */
static void a_short_job_is_not_held_up_by_long_ones(void **state) {
    (void)state;
    Batch *batch = make_batch(8, 8);
    add_cue(batch, 22.0);
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 32;
    const SimulatedFarm *farm = run_batch(batch, &setup, 0);
    const double end_s = last_end_s(farm, batch, 8);
    print_message("the short job ends at %.0f s of %.0f s\n", end_s, farm->now_s);
    assert_true(end_s < 0.8 * farm->now_s);
    free_batch(batch);
}

/* 400 loose tasks of one second, a message takes a quarter of it. */
static double loose_tasks_s(int hold_limit, double early_cost) {
    enum { COUNT = 400 };
    Batch *batch = make_batch(2, 1);
    batch->plan.task_count = 0;
    for (int task = 0; task < COUNT; task++) {
        add_task(batch, TASK_SPATIALIZE, 1.0, 0.0, 0.0);
        set_needs(batch, task, NULL, 0);
        batch->plan.tasks[task].cost = 1.0;
        batch->jobs[task] = 0;
    }
    SimulatedSetup setup = usual_setup;
    setup.worker_count = 4;
    setup.latency_s = 0.25;
    setup.hold_limit = hold_limit;
    SimulatedFarm *farm = simulated_farm(&batch->plan, batch->tasks, &setup, batch->arena);
    Scheduler *scheduler =
        scheduler_create(&batch->plan, simulated_hooks(farm), NULL, batch->arena);
    scheduler_set_limits(scheduler, (SchedulerLimits){.early_cost = early_cost});
    assert_int_equal(scheduler_run(scheduler, &farm->transport, errors_create(batch->arena)), DONE);
    const double end_s = farm->now_s;
    assert_int_equal(farm->done_count, COUNT);
    free_batch(batch);
    return end_s;
}

static void a_task_given_early_hides_the_way_of_the_messages(void **state) {
    (void)state;
    const double bound_s = 100.0;
    assert_true(loose_tasks_s(1, 1.0) > 1.45 * bound_s);
    assert_true(loose_tasks_s(2, 1.0) < 1.1 * bound_s);
    /* nothing waits behind a task that is not short */
    assert_true(loose_tasks_s(2, 0.5) > 1.45 * bound_s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forty_cues_keep_512_workers_busy),
        cmocka_unit_test(four_hundred_cues_keep_4096_workers_busy),
        cmocka_unit_test(from_1_to_4096_workers_it_stays_near_the_bound),
        cmocka_unit_test(one_seed_gives_one_run),
        cmocka_unit_test(dying_workers_cost_no_more_than_what_they_ran),
        cmocka_unit_test(slow_nodes_cost_their_share),
        cmocka_unit_test(a_small_file_system_is_used_to_the_full),
        cmocka_unit_test(tasks_go_where_their_needs_are),
        cmocka_unit_test(a_job_stays_on_few_nodes),
        cmocka_unit_test(no_more_heavy_tasks_than_the_limit_are_out),
        cmocka_unit_test(a_preview_goes_before_a_deadline_and_both_before_bulk),
        cmocka_unit_test(a_short_job_is_not_held_up_by_long_ones),
        cmocka_unit_test(a_task_given_early_hides_the_way_of_the_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
