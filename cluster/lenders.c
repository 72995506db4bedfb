/* Which hosts have what a task needs on their own disks alone. */
#include "cluster/lenders.h"

#include <string.h>

#include "render/model/store_place.h"

typedef enum PlaceFate { PLACE_KEPT, PLACE_LENT, PLACE_FORGOTTEN } PlaceFate;

typedef struct Search {
    const Lenders *lenders;
    const Run *run;
    int worker;
    bool *nodes;
    int lender_count, forgotten_count;
} Search;

static bool is_host(const char *name, const char *host) {
    return strncmp(name, host, STORE_HOST_BYTES - 1) == 0; /* places hold no more of a name */
}

/* -1: no worker lives there. */
static int find_node(const Lenders *lenders, const char *host) {
    for (int worker = 0; worker < lenders->worker_count; worker++) {
        if (!lenders->is_lost[worker] && is_host(lenders->hosts[worker], host)) {
            return lenders->nodes[worker];
        }
    }
    return -1;
}

static void look_at_result(Search *search, Key key) {
    char host[STORE_HOST_BYTES];
    const Lenders *lenders = search->lenders;
    if (!store_find_place(search->run->store, key, host)) {
        return;
    }
    const int node = find_node(lenders, host);
    if (node < 0) {
        store_forget_place(search->run->store, key);
        search->forgotten_count++;
    } else if (node != lenders->nodes[search->worker] && !search->nodes[node]) {
        search->nodes[node] = true;
        search->lender_count++;
    }
}

static void forget_result(Search *search, Key key) {
    store_forget_place(search->run->store, key);
}

static void for_results(Search *search, const Task *task, void (*visit)(Search *search, Key key)) {
    for (int need = 0; need < task->need_count; need++) {
        const Task *needed = &search->run->plan->tasks[task->needs[need]];
        for (int output = 0; output < task_needed_count(needed); output++) {
            if (!key_is_zero(needed->outputs[output])) {
                visit(search, needed->outputs[output]);
            }
        }
    }
}

int lenders_find(const Lenders *lenders, const Run *run, int task, int worker, bool *nodes) {
    const Task *asked = &run->plan->tasks[task];
    Search search = {.lenders = lenders, .run = run, .worker = worker};
    search.nodes = nodes;
    for_results(&search, asked, look_at_result);
    if (search.lender_count == 0 && search.forgotten_count == 0) {
        for_results(&search, asked, forget_result);
    }
    return search.lender_count;
}
