#ifndef CLUSTER_CLOCK_H
#define CLUSTER_CLOCK_H
/* Steady seconds, for waiting and for people; never for samples. */
#include <time.h>

static inline double clock_now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
