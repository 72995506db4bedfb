#ifndef CLUSTER_TRANSPORT_MPI_H
#define CLUSTER_TRANSPORT_MPI_H
/* Ranks: rank 0 schedules only, ranks 1 .. n-1 compute. No name of MPI leaves transport_mpi.c.
 *
 *     TRY(ranks_open(arena, &ranks, errors));
 *     TRY(ranks_broadcast(ranks, arena, &brief, &brief_bytes, errors));  // the only collective
 *     rank > 0: ranks_say_hello, ranks_serve       rank 0: ranks_hear_hello x (n-1),
 * ranks_transport ranks_close(&ranks);
 *
 * Whoever waits, polls (0.5 ms): a blocking receive of Open MPI would burn a core.
 */
#include "cluster/fingerprint.h"
#include "cluster/transport.h"
#include "render/base/hash.h"

typedef struct Ranks Ranks;

typedef struct RankHello { /* fixed size: sent as bytes */
    char host[256];
    Fingerprint fingerprint;
    long pid;
    Key plan_key;
    TaskResult problem; /* status DONE: the rank has made its plan */
} RankHello;

bool ranks_are_built_in(void); /* false: built without MPI */

Status ranks_open(Arena *arena, Ranks **ranks, ErrorList *errors);
int ranks_own_index(const Ranks *ranks);
int ranks_count(const Ranks *ranks);
/* Rank 0 sends (bytes, size_bytes); the others get a copy in their arena. size 0: go home. */
Status ranks_broadcast(
    Ranks *ranks, Arena *arena, const char **bytes, size_t *size_bytes, ErrorList *errors);
Status ranks_say_hello(Ranks *ranks, const RankHello *hello, ErrorList *errors);
/* Waits at most wait_s; is_heard false: none came. rank: 1 .. n-1. */
Status ranks_hear_hello(
    Ranks *ranks, double wait_s, RankHello *hello, int *rank, bool *is_heard, ErrorList *errors);
/* Worker w is rank w + 1. */
Transport *ranks_transport(Ranks *ranks, Arena *arena);
/* Ranks > 0: runs what rank 0 gives until it sends us home. */
Status ranks_serve(Ranks *ranks, TaskRunner runner, ErrorList *errors);
void ranks_close(Ranks **ranks);
/* Ends all ranks at once, without waiting for any. */
void ranks_abort(Ranks *ranks);

#endif
