/* Built without MPI: one rank only. */
#include "cluster/transport_mpi.h"

static Status refuse(ErrorList *errors) {
    return fail(errors, E514, NO_PLACE, "this program was built without MPI: -j 1 only");
}

bool ranks_are_built_in(void) {
    return false;
}

Status ranks_open(Arena *arena, Ranks **ranks, ErrorList *errors) {
    (void)arena;
    (void)ranks;
    return refuse(errors);
}

int ranks_own_index(const Ranks *ranks) {
    (void)ranks;
    return 0;
}

int ranks_count(const Ranks *ranks) {
    (void)ranks;
    return 1;
}

Status ranks_broadcast(
    Ranks *ranks, Arena *arena, const char **bytes, size_t *size_bytes, ErrorList *errors) {
    (void)ranks;
    (void)arena;
    (void)bytes;
    *size_bytes = 0;
    return refuse(errors);
}

Status ranks_say_hello(Ranks *ranks, const RankHello *hello, ErrorList *errors) {
    (void)ranks;
    (void)hello;
    return refuse(errors);
}

Status ranks_hear_hello(
    Ranks *ranks, double wait_s, RankHello *hello, int *rank, bool *is_heard, ErrorList *errors) {
    (void)ranks;
    (void)wait_s;
    (void)hello;
    *rank = 0;
    *is_heard = false;
    return refuse(errors);
}

Transport *ranks_transport(Ranks *ranks, Arena *arena) {
    (void)ranks;
    return arena_alloc(arena, sizeof(Transport)); /* never reached: ranks_open failed */
}

Status ranks_serve(Ranks *ranks, TaskRunner runner, ErrorList *errors) {
    (void)ranks;
    (void)runner;
    return refuse(errors);
}

void ranks_close(Ranks **ranks) {
    (void)ranks;
}

void ranks_abort(Ranks *ranks) {
    (void)ranks;
}
