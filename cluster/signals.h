#ifndef CLUSTER_SIGNALS_H
#define CLUSTER_SIGNALS_H
/* Being asked to stop: Ctrl-C, SIGTERM, Slurm's SIGUSR1. */
#include <stdbool.h>

typedef enum SignalRole {
    SIGNALS_INLINE,   /* the second request ends the process at once: a task cannot be left */
    SIGNALS_LAUNCHER, /* counts; the launcher ends its ranks */
    SIGNALS_RANK_ZERO,
    SIGNALS_WORKER /* never stopped by a signal but SIGKILL: rank 0 sends it home */
} SignalRole;

/* Also ignores SIGPIPE, SIGHUP (a dropped connection) and SIGXFSZ (the write fails instead). */
void signals_open(SignalRole role);
/* A request of our own, to make room for something more urgent: as SIGUSR1. One from outside that
 * comes later takes its place. */
void signals_yield(void);
bool signals_is_yielding(void);
void signals_end_yielding(void); /* nothing was asked from outside: the request is over */
int signals_count(void);         /* requests to stop so far */
int signals_last(void);          /* the newest one, 0: none */
/* 130 after Ctrl-C, 143 after SIGTERM and SIGUSR1. */
int signals_exit_code(void);

#endif
