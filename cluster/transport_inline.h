#ifndef CLUSTER_TRANSPORT_INLINE_H
#define CLUSTER_TRANSPORT_INLINE_H
/* One worker: this process. */
#include "cluster/transport.h"

/* take runs the task that was given. Lives in the arena. */
Transport *transport_inline(TaskRunner runner, Arena *arena);

#endif
