/* The tasks that could run now, in the order in which they should. */
#include "cluster/ready_queue.h"

#include <stddef.h>

enum {
    LANE_COUNT = 2, /* of a job: light, heavy */
    NEAR_SLOTS = 15 /* of a heap, from its top: where a task with better place is looked for */
};

/* How much of the longest way a task beside the next one may lack to be taken for its place. */
static const double near_rank = 0.9;

typedef struct Lane { /* a heap, the next one at 0 */
    ReadyTask *tasks;
    int count;
    int top; /* in ReadyQueue.tops, -1: empty */
} Lane;

typedef struct JobShare {
    JobClass urgency;
    double served_cost;
} JobShare;

/* What is asked of a lane when the next one is chosen, side by side for hundreds of jobs. */
typedef struct LaneTop {
    ReadyTask task; /* the first of the lane */
    JobClass urgency;
    double served_cost;
    int lane;
} LaneTop;

struct ReadyQueue {
    Lane *lanes; /* [job_count * LANE_COUNT] */
    LaneTop *tops;
    int top_count; /* lanes that are not empty */
    JobShare *jobs;
    int job_count, count;
    int turns[JOB_BULK + 1]; /* tasks taken of each class */
};

static bool goes_before(const ReadyTask *a, const ReadyTask *b) {
    if (a->attempt_count != b->attempt_count) {
        return a->attempt_count < b->attempt_count;
    }
    if (a->upward_rank > b->upward_rank || a->upward_rank < b->upward_rank) {
        return a->upward_rank > b->upward_rank;
    }
    return a->task < b->task;
}

static void sift_up(Lane *lane, int slot, const ReadyTask *task) {
    while (slot > 0 && goes_before(task, &lane->tasks[(slot - 1) / 2])) {
        lane->tasks[slot] = lane->tasks[(slot - 1) / 2];
        slot = (slot - 1) / 2;
    }
    lane->tasks[slot] = *task;
}

static void sift_down(Lane *lane, int slot, const ReadyTask *task) {
    for (int child = 2 * slot + 1; child < lane->count; child = 2 * slot + 1) {
        if (child + 1 < lane->count && goes_before(&lane->tasks[child + 1], &lane->tasks[child])) {
            child++;
        }
        if (!goes_before(&lane->tasks[child], task)) {
            break;
        }
        lane->tasks[slot] = lane->tasks[child];
        slot = child;
    }
    lane->tasks[slot] = *task;
}

static void remove_slot(Lane *lane, int slot) {
    const ReadyTask last = lane->tasks[--lane->count];
    if (slot == lane->count) {
        return;
    }
    if (slot > 0 && goes_before(&last, &lane->tasks[(slot - 1) / 2])) {
        sift_up(lane, slot, &last);
    } else {
        sift_down(lane, slot, &last);
    }
}

ReadyQueue *ready_queue_create(const ReadyJob *jobs, int job_count, Arena *arena) {
    ReadyQueue *queue = arena_alloc(arena, sizeof *queue);
    queue->job_count = job_count;
    queue->jobs = arena_array(arena, (size_t)job_count, sizeof *queue->jobs);
    queue->lanes = arena_array(arena, (size_t)job_count * LANE_COUNT, sizeof *queue->lanes);
    queue->tops = arena_array(arena, (size_t)job_count * LANE_COUNT, sizeof *queue->tops);
    for (int job = 0; job < job_count; job++) {
        const size_t light_count = (size_t)jobs[job].light_count;
        const size_t heavy_count = (size_t)jobs[job].heavy_count;
        queue->jobs[job] = (JobShare){.urgency = jobs[job].urgency};
        Lane *lanes = queue->lanes + (ptrdiff_t)job * LANE_COUNT;
        lanes[0].tasks = arena_array(arena, light_count + 1, sizeof(ReadyTask));
        lanes[1].tasks = arena_array(arena, heavy_count + 1, sizeof(ReadyTask));
        lanes[0].top = lanes[1].top = -1;
    }
    return queue;
}

void ready_queue_clear(ReadyQueue *queue) {
    for (int lane = 0; lane < queue->job_count * LANE_COUNT; lane++) {
        queue->lanes[lane].count = 0;
        queue->lanes[lane].top = -1;
    }
    queue->top_count = 0;
    queue->count = 0;
}

/* After a lane has changed. */
static void renew_top(ReadyQueue *queue, int index) {
    Lane *lane = &queue->lanes[index];
    const JobShare *job = &queue->jobs[index / LANE_COUNT];
    if (lane->count == 0 && lane->top >= 0) {
        const LaneTop last = queue->tops[--queue->top_count];
        queue->tops[lane->top] = last;
        queue->lanes[last.lane].top = lane->top;
        lane->top = -1;
    } else if (lane->count > 0) {
        lane->top = lane->top < 0 ? queue->top_count++ : lane->top;
        queue->tops[lane->top] = (LaneTop){.task = lane->tasks[0],
                                           .urgency = job->urgency,
                                           .served_cost = job->served_cost,
                                           .lane = index};
    }
}

void ready_queue_push(ReadyQueue *queue, const ReadyTask *task) {
    const int index = task->job * LANE_COUNT + task->is_heavy;
    Lane *lane = &queue->lanes[index];
    sift_up(lane, lane->count++, task);
    queue->count++;
    renew_top(queue, index);
}

int ready_queue_count(const ReadyQueue *queue) {
    return queue->count;
}

static bool top_goes_before(const ReadyQueue *queue, const LaneTop *a, const LaneTop *b) {
    if (a->task.attempt_count != b->task.attempt_count) {
        return a->task.attempt_count < b->task.attempt_count;
    }
    if (a->urgency != b->urgency) {
        return a->urgency < b->urgency;
    }
    const bool is_fair_turn = queue->turns[a->urgency] % FAIR_TURN == FAIR_TURN - 1;
    if (is_fair_turn && (a->served_cost < b->served_cost || a->served_cost > b->served_cost)) {
        return a->served_cost < b->served_cost;
    }
    return goes_before(&a->task, &b->task);
}

/* NULL: nothing may run. */
static const LaneTop *find_top(const ReadyQueue *queue, bool has_heavy) {
    const LaneTop *best = NULL;
    for (int index = 0; index < queue->top_count; index++) {
        const LaneTop *top = &queue->tops[index];
        if ((has_heavy || !top->task.is_heavy) && (!best || top_goes_before(queue, top, best))) {
            best = top;
        }
    }
    return best;
}

const ReadyTask *ready_queue_peek(const ReadyQueue *queue, bool has_heavy) {
    const LaneTop *top = find_top(queue, has_heavy);
    return top ? &top->task : NULL;
}

/* A task with this way may go before the first one. */
static bool is_near(const ReadyTask *task, const ReadyTask *first, const ReadyWish *wish) {
    const bool is_free = first->upward_rank <= wish->slack_rank;
    return task->attempt_count == first->attempt_count &&
           (is_free || task->upward_rank >= near_rank * first->upward_rank);
}

/* It has had so much less than the job of the other one that it must be served in its turn. */
static bool is_behind(const LaneTop *top, const LaneTop *other) {
    return 2.0 * top->served_cost < other->served_cost;
}

/* Of all that are as good as the first, the one whose job the node has most of. */
static const LaneTop *
find_near_top(const ReadyQueue *queue, const LaneTop *first, const ReadyWish *wish) {
    const bool is_fair_turn = queue->turns[first->urgency] % FAIR_TURN == FAIR_TURN - 1;
    const LaneTop *best = first;
    double best_share = task_places_share(wish->places, wish->node, first->task.job);
    for (int index = 0; index < queue->top_count; index++) {
        const LaneTop *top = &queue->tops[index];
        if ((top->task.is_heavy && !wish->has_heavy) || top->urgency != first->urgency ||
            (is_fair_turn ? is_behind(first, top) : !is_near(&top->task, &first->task, wish))) {
            continue;
        }
        const double share = task_places_share(wish->places, wish->node, top->task.job);
        const bool is_equal = share >= best_share && share <= best_share;
        if (share > best_share || (is_equal && top_goes_before(queue, top, best))) {
            best = top;
            best_share = share;
        }
    }
    return best;
}

/* The upper slots of a heap hold nothing but its most urgent tasks. */
static int find_slot(const Lane *lane, const ReadyWish *wish) {
    int best = 0;
    int best_count = task_places_count(wish->places, wish->node, lane->tasks[0].task);
    for (int slot = 1; slot < lane->count && slot < NEAR_SLOTS; slot++) {
        const ReadyTask *task = &lane->tasks[slot];
        if (!is_near(task, &lane->tasks[0], wish)) {
            continue;
        }
        const int count = task_places_count(wish->places, wish->node, task->task);
        if (count > best_count || (count == best_count && goes_before(task, &lane->tasks[best]))) {
            best = slot;
            best_count = count;
        }
    }
    return best;
}

int ready_queue_take(ReadyQueue *queue, const ReadyWish *wish) {
    const LaneTop *top = find_top(queue, wish->has_heavy);
    if (!top) {
        return -1;
    }
    const bool has_choice = wish->places && top->task.attempt_count == 0;
    top = has_choice && queue->job_count > 1 ? find_near_top(queue, top, wish) : top;
    Lane *lane = &queue->lanes[top->lane];
    const int slot = has_choice ? find_slot(lane, wish) : 0;
    const ReadyTask taken = lane->tasks[slot];
    JobShare *job = &queue->jobs[taken.job];
    remove_slot(lane, slot);
    queue->count--;
    queue->turns[job->urgency]++;
    job->served_cost += taken.cost;
    for (int index = 0; index < LANE_COUNT; index++) {
        renew_top(queue, taken.job * LANE_COUNT + index);
    }
    return taken.task;
}
