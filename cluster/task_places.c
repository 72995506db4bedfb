/* Which node has read or written the results of which task, and how much of which job it has. */
#include "cluster/task_places.h"

#include <stdbool.h>
#include <stdint.h>

enum { WORD_BITS = 64, NEED_LIMIT = 64 /* prepared layers and rooms of a stem, at most */ };

static const double fresh_share = 1e-6;

struct TaskPlaces {
    const Plan *plan;
    int job_count;
    double *given;       /* [node_count * job_count] */
    double *given_total; /* [job_count] */
    size_t words_per_node;
    uint64_t *words; /* [node_count * words_per_node] a bit for each task */
};

TaskPlaces *task_places_create(const Plan *plan, int node_count, int job_count, Arena *arena) {
    TaskPlaces *places = arena_alloc(arena, sizeof *places);
    const size_t jobs = (size_t)job_count;
    places->plan = plan;
    places->job_count = job_count;
    places->given = arena_array(arena, jobs * (size_t)node_count, sizeof *places->given);
    places->given_total = arena_array(arena, jobs, sizeof *places->given_total);
    places->words_per_node = (size_t)plan->task_count / WORD_BITS + 1;
    places->words =
        arena_array(arena, places->words_per_node * (size_t)node_count, sizeof *places->words);
    return places;
}

static uint64_t *word_of(const TaskPlaces *places, int node, int task) {
    return &places->words[(size_t)node * places->words_per_node + (size_t)(task / WORD_BITS)];
}

static void mark(TaskPlaces *places, int node, int task) {
    *word_of(places, node, task) |= UINT64_C(1) << (task % WORD_BITS);
}

void task_places_note(TaskPlaces *places, int node, int task) {
    const Task *ran = &places->plan->tasks[task];
    mark(places, node, task);
    for (int need = 0; ran->need_count <= NEED_LIMIT && need < ran->need_count; need++) {
        mark(places, node, ran->needs[need]);
    }
}

int task_places_count(const TaskPlaces *places, int node, int task) {
    const Task *asked = &places->plan->tasks[task];
    int count = 0;
    for (int need = 0; asked->need_count <= NEED_LIMIT && need < asked->need_count; need++) {
        const int index = asked->needs[need];
        count += (int)(*word_of(places, node, index) >> (index % WORD_BITS) & 1u);
    }
    return count;
}

static double *given_to(const TaskPlaces *places, int node, int job) {
    return &places->given[(size_t)node * (size_t)places->job_count + (size_t)job];
}

void task_places_give(TaskPlaces *places, int node, int job, double cost) {
    *given_to(places, node, job) += cost;
    places->given_total[job] += cost;
}

double task_places_share(const TaskPlaces *places, int node, int job) {
    const double total = places->given_total[job];
    return total > 0.0 ? *given_to(places, node, job) / total : fresh_share;
}
