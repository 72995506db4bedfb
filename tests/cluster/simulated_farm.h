#ifndef TESTS_CLUSTER_SIMULATED_FARM_H
#define TESTS_CLUSTER_SIMULATED_FARM_H
/* A farm in virtual time behind the scheduler's Transport: workers on nodes, some of them slow,
 * some of them dying; a scheduler that takes time for every answer; a shared file system whose
 * bandwidth all readers and writers share evenly; a cache of results on every node. One seed gives
 * one run. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "cluster/scheduler.h"

typedef struct SimulatedTask { /* what a task really costs; the plan holds what it seems to */
    double work_s, read_bytes, write_bytes;
} SimulatedTask;

typedef struct SimulatedSetup {
    int worker_count, workers_per_node;
    double service_s, latency_s;    /* of one answer of the scheduler; of a message */
    double bandwidth, stream_limit; /* bytes a second, all and one; 0: reading costs nothing */
    double slow_share, slow_factor; /* of the nodes */
    int death_count;                /* workers that die, at random times below death_limit_s */
    double death_limit_s;
    int hold_limit;
    bool knows_nodes; /* the scheduler is told which workers share a node */
    uint64_t seed;
} SimulatedSetup;

typedef enum SimulatedKind { AT_ORDER, AT_COMPUTED, AT_RESULT, AT_DEATH } SimulatedKind;

typedef struct SimulatedEvent {
    double time_s;
    SimulatedKind kind;
    int worker, task;
    int serial; /* of its heap: what was sent first arrives first */
} SimulatedEvent;

typedef struct SimulatedHeap {
    SimulatedEvent *events;
    int count, serial;
} SimulatedHeap;

typedef enum SimulatedPhase { PHASE_IDLE, PHASE_READ, PHASE_COMPUTE, PHASE_WRITE } SimulatedPhase;

typedef struct SimulatedWorker {
    int tasks[4];
    int count;
    double speed;
    bool is_dead;
    SimulatedPhase phase;
} SimulatedWorker;

typedef struct SimulatedFarm {
    Transport transport; /* first */
    SimulatedSetup setup;
    const Plan *plan;
    const SimulatedTask *tasks;
    SimulatedWorker *workers;
    int *nodes;
    SimulatedHeap events, streams; /* streams: time_s is the virtual byte at which one ends */
    double now_s, server_free_s;
    double shared_bytes, shared_time_s; /* of processor sharing: bytes each stream has had */
    bool *is_made, *was_run;            /* [task_count] */
    bool *is_cached;                    /* [node_count * task_count] */
    int done_count, death_count, node_count;
    bool saw_missing_need;
    double room_bytes;           /* read of what a node could have held */
    double moved_bytes;          /* results that came to a node where they were not */
    double *end_s;               /* [task_count] when its result was told */
    int heavy_count, most_heavy; /* out at a time: prepare, master, encode, inspect */
    uint64_t random;
} SimulatedFarm;

/* splitmix64, Vigna 2015; 0 .. 1, never 0 */
static inline double simulated_random(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return ((double)(z >> 11) + 0.5) * 0x1p-53;
}

/* Lognormal around 1: as unequal as render tasks are. */
static inline double simulated_spread(uint64_t *state, double sigma) {
    const double radius = sqrt(-2.0 * log(simulated_random(state)));
    const double normal = radius * cos(6.283185307179586 * simulated_random(state));
    return exp(sigma * normal - 0.5 * sigma * sigma);
}

/* ---- events ---- */

static inline bool simulated_is_earlier(const SimulatedEvent *a, const SimulatedEvent *b) {
    const bool is_equal = a->time_s >= b->time_s && a->time_s <= b->time_s;
    return is_equal ? a->serial < b->serial : a->time_s < b->time_s;
}

static inline void simulated_push(SimulatedHeap *heap, SimulatedEvent event) {
    int slot = heap->count++;
    event.serial = heap->serial++;
    for (; slot > 0 && simulated_is_earlier(&event, &heap->events[(slot - 1) / 2]);
         slot = (slot - 1) / 2) {
        heap->events[slot] = heap->events[(slot - 1) / 2];
    }
    heap->events[slot] = event;
}

static inline SimulatedEvent simulated_pop(SimulatedHeap *heap) {
    const SimulatedEvent first = heap->events[0];
    const SimulatedEvent last = heap->events[--heap->count];
    int slot = 0;
    for (int child = 1; child < heap->count; child = 2 * slot + 1) {
        const bool has_right = child + 1 < heap->count;
        child += has_right && simulated_is_earlier(&heap->events[child + 1], &heap->events[child]);
        if (simulated_is_earlier(&last, &heap->events[child])) {
            break;
        }
        heap->events[slot] = heap->events[child];
        slot = child;
    }
    heap->events[slot] = last;
    return first;
}

static inline double simulated_stream_rate(const SimulatedFarm *farm) {
    const double share = farm->setup.bandwidth / farm->streams.count;
    return share < farm->setup.stream_limit ? share : farm->setup.stream_limit;
}

/* All streams together move on to the time. */
static inline void simulated_move_streams(SimulatedFarm *farm, double time_s) {
    if (farm->streams.count > 0) {
        farm->shared_bytes += (time_s - farm->shared_time_s) * simulated_stream_rate(farm);
    }
    farm->shared_time_s = time_s;
}

/* ---- a worker ---- */

static inline void simulated_compute(SimulatedFarm *farm, int worker, double time_s) {
    SimulatedWorker *self = &farm->workers[worker];
    const int task = self->tasks[0];
    self->phase = PHASE_COMPUTE;
    simulated_push(&farm->events,
                   (SimulatedEvent){.time_s = time_s + farm->tasks[task].work_s / self->speed,
                                    .kind = AT_COMPUTED,
                                    .worker = worker,
                                    .task = task});
}

static inline void simulated_stream(SimulatedFarm *farm, int worker, double bytes, double time_s) {
    simulated_move_streams(farm, time_s);
    simulated_push(&farm->streams,
                   (SimulatedEvent){.time_s = farm->shared_bytes + bytes, .worker = worker});
}

/* What the worker has to read: its own part of what it needs, and all of a room's response unless
 * its node holds it. */
static inline double simulated_read_bytes(SimulatedFarm *farm, int worker) {
    const int task = farm->workers[worker].tasks[0];
    const Task *planned = &farm->plan->tasks[task];
    bool *cached = farm->is_cached + (size_t)farm->nodes[worker] * (size_t)farm->plan->task_count;
    double room_bytes = 0.0;
    for (int need = 0; need < planned->need_count; need++) {
        const int index = planned->needs[need];
        const bool is_room = farm->plan->tasks[index].kind == TASK_ROOM;
        farm->saw_missing_need = farm->saw_missing_need || !farm->is_made[index];
        room_bytes += is_room && !cached[index] ? farm->tasks[index].write_bytes : 0.0;
        farm->moved_bytes += cached[index] ? 0.0 : farm->tasks[index].write_bytes;
        cached[index] = true;
    }
    cached[task] = true;
    farm->room_bytes += room_bytes;
    return farm->tasks[task].read_bytes + room_bytes;
}

static inline void simulated_start(SimulatedFarm *farm, int worker, double time_s) {
    farm->workers[worker].phase = PHASE_READ;
    const double bytes = simulated_read_bytes(farm, worker);
    if (farm->setup.bandwidth > 0.0) {
        simulated_stream(farm, worker, bytes, time_s);
    } else {
        simulated_compute(farm, worker, time_s);
    }
}

static inline void simulated_finish(SimulatedFarm *farm, int worker, double time_s) {
    SimulatedWorker *self = &farm->workers[worker];
    const int task = self->tasks[0];
    farm->is_made[task] = true;
    simulated_push(&farm->events, (SimulatedEvent){.time_s = time_s + farm->setup.latency_s,
                                                   .kind = AT_RESULT,
                                                   .worker = worker,
                                                   .task = task});
    self->count--;
    memmove(self->tasks, self->tasks + 1, (size_t)self->count * sizeof *self->tasks);
    self->phase = PHASE_IDLE;
    if (self->count > 0) {
        simulated_start(farm, worker, time_s);
    }
}

static inline void simulated_stream_ends(SimulatedFarm *farm, int worker, double time_s) {
    const SimulatedWorker *self = &farm->workers[worker];
    if (self->is_dead) {
        return;
    }
    if (self->phase == PHASE_READ) {
        simulated_compute(farm, worker, time_s);
    } else {
        simulated_finish(farm, worker, time_s);
    }
}

static inline void simulated_computed(SimulatedFarm *farm, int worker, double time_s) {
    SimulatedWorker *self = &farm->workers[worker];
    if (farm->setup.bandwidth > 0.0) {
        self->phase = PHASE_WRITE;
        simulated_stream(farm, worker, farm->tasks[self->tasks[0]].write_bytes, time_s);
    } else {
        simulated_finish(farm, worker, time_s);
    }
}

/* ---- the transport ---- */

static inline bool simulated_is_heavy(const SimulatedFarm *farm, int task) {
    const TaskKind kind = farm->plan->tasks[task].kind;
    return kind != TASK_SPATIALIZE && kind != TASK_ROOM;
}

static inline Status
simulated_give(Transport *transport, int worker, int task, int attempt, ErrorList *errors) {
    (void)attempt;
    (void)errors;
    SimulatedFarm *farm = (SimulatedFarm *)transport;
    farm->heavy_count += simulated_is_heavy(farm, task);
    farm->most_heavy = farm->heavy_count > farm->most_heavy ? farm->heavy_count : farm->most_heavy;
    simulated_push(&farm->events, (SimulatedEvent){.time_s = farm->now_s + farm->setup.latency_s,
                                                   .kind = AT_ORDER,
                                                   .worker = worker,
                                                   .task = task});
    return DONE;
}

/* false: nothing to tell the scheduler. */
static inline bool simulated_happen(SimulatedFarm *farm, SimulatedEvent event, TaskResult *result) {
    SimulatedWorker *worker = &farm->workers[event.worker];
    *result = (TaskResult){.worker = event.worker, .task = event.task};
    if (event.kind == AT_RESULT) {
        farm->done_count += !farm->was_run[event.task];
        farm->was_run[event.task] = true;
        farm->end_s[event.task] = event.time_s;
        farm->heavy_count -= simulated_is_heavy(farm, event.task);
        return true;
    }
    if (worker->is_dead) {
        return false;
    }
    if (event.kind == AT_ORDER) {
        worker->tasks[worker->count++] = event.task;
        if (worker->phase == PHASE_IDLE) {
            simulated_start(farm, event.worker, event.time_s);
        }
    } else if (event.kind == AT_COMPUTED) {
        simulated_computed(farm, event.worker, event.time_s);
    } else {
        worker->is_dead = true;
        farm->death_count++;
        *result = (TaskResult){.worker = event.worker, .task = -1, .is_worker_lost = true};
        return true;
    }
    return false;
}

static inline Status simulated_take(
    Transport *transport, double wait_s, TaskResult *result, bool *is_taken, ErrorList *errors) {
    (void)wait_s;
    (void)errors;
    SimulatedFarm *farm = (SimulatedFarm *)transport;
    *is_taken = false;
    while (!*is_taken && farm->events.count + farm->streams.count > 0) {
        const bool has_stream = farm->streams.count > 0;
        const double stream_s =
            has_stream
                ? farm->shared_time_s + (farm->streams.events[0].time_s - farm->shared_bytes) /
                                            simulated_stream_rate(farm)
                : INFINITY;
        const double event_s = farm->events.count > 0 ? farm->events.events[0].time_s : INFINITY;
        if (stream_s <= event_s) {
            simulated_move_streams(farm, stream_s);
            const SimulatedEvent stream = simulated_pop(&farm->streams);
            simulated_stream_ends(farm, stream.worker, stream_s);
        } else {
            const SimulatedEvent event = simulated_pop(&farm->events);
            *is_taken = simulated_happen(farm, event, result);
            farm->now_s = event.time_s;
        }
    }
    if (*is_taken) { /* one server: answers wait for each other */
        const double begin_s =
            farm->now_s > farm->server_free_s ? farm->now_s : farm->server_free_s;
        farm->server_free_s = begin_s + farm->setup.service_s;
        farm->now_s = farm->server_free_s;
    }
    return DONE;
}

static inline void simulated_close(Transport *transport) {
    (void)transport;
}

/* ---- hooks ---- */

static inline bool simulated_is_done(void *context, int task) {
    const SimulatedFarm *farm = context;
    return farm->is_made[task];
}

static inline void simulated_on_start(void *context, int task, int worker, int attempt) {
    (void)context;
    (void)task;
    (void)worker;
    (void)attempt;
}

static inline void simulated_on_done(void *context, const TaskResult *result) {
    (void)context;
    (void)result;
}

static inline void
simulated_on_failed(void *context, const TaskResult *result, TaskFailure failure) {
    (void)context;
    (void)result;
    (void)failure;
}

static inline SchedulerWish simulated_on_idle(void *context, int running_count) {
    (void)context;
    (void)running_count;
    return SCHEDULER_GO_ON;
}

static inline SchedulerHooks simulated_hooks(SimulatedFarm *farm) {
    return (SchedulerHooks){.context = farm,
                            .is_done = simulated_is_done,
                            .on_start = simulated_on_start,
                            .on_done = simulated_on_done,
                            .on_failed = simulated_on_failed,
                            .on_idle = simulated_on_idle};
}

static inline SimulatedFarm *simulated_farm(const Plan *plan,
                                            const SimulatedTask *tasks,
                                            const SimulatedSetup *setup,
                                            Arena *arena) {
    SimulatedFarm *farm = arena_alloc(arena, sizeof *farm);
    const size_t task_count = (size_t)plan->task_count;
    const size_t worker_count = (size_t)setup->worker_count;
    *farm = (SimulatedFarm){.setup = *setup, .plan = plan, .tasks = tasks, .random = setup->seed};
    farm->node_count = (setup->worker_count - 1) / setup->workers_per_node + 1;
    farm->workers = arena_array(arena, worker_count, sizeof *farm->workers);
    farm->nodes = arena_array(arena, worker_count, sizeof *farm->nodes);
    /* of a worker: what it computes, what it is sent, what it tells, its death, and zombies */
    farm->events.events = arena_array(arena, 16 * worker_count + 64, sizeof(SimulatedEvent));
    farm->streams.events = arena_array(arena, 4 * worker_count + 64, sizeof(SimulatedEvent));
    farm->is_made = arena_array(arena, task_count, sizeof(bool));
    farm->end_s = arena_array(arena, task_count, sizeof *farm->end_s);
    farm->was_run = arena_array(arena, task_count, sizeof(bool));
    farm->is_cached = arena_array(arena, task_count * (size_t)farm->node_count, sizeof(bool));
    double speed = 1.0;
    for (int worker = 0; worker < setup->worker_count; worker++) {
        if (worker % setup->workers_per_node == 0) {
            const bool is_slow = simulated_random(&farm->random) < setup->slow_share;
            speed = is_slow ? 1.0 / setup->slow_factor : 1.0;
        }
        farm->workers[worker].speed = speed;
        farm->nodes[worker] = worker / setup->workers_per_node;
    }
    for (int death = 0; death < setup->death_count; death++) {
        const double at_s = simulated_random(&farm->random) * setup->death_limit_s;
        const int worker = (int)(simulated_random(&farm->random) * setup->worker_count);
        simulated_push(&farm->events,
                       (SimulatedEvent){.time_s = at_s, .kind = AT_DEATH, .worker = worker});
    }
    farm->transport = (Transport){.worker_count = setup->worker_count,
                                  .give = simulated_give,
                                  .take = simulated_take,
                                  .close = simulated_close,
                                  .hold_limit = setup->hold_limit,
                                  .nodes = setup->knows_nodes ? farm->nodes : NULL};
    return farm;
}

#endif
