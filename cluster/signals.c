/* Being asked to stop: Ctrl-C, SIGTERM, Slurm's SIGUSR1. */
#include "cluster/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The only mutable globals of the program: a signal handler gets no context. */
static volatile sig_atomic_t stop_count;
static volatile sig_atomic_t stop_signal;

static volatile sig_atomic_t is_yielding;

static void note_request(int number) {
    stop_signal = number;
    if (is_yielding) {
        is_yielding = 0; /* it is the first from outside */
    } else {
        stop_count = stop_count + 1;
    }
}

static void note_request_or_leave(int number) {
    static const char text[] = "finishing 1 task, press again to stop now\n";
    const int kept_errno = errno;
    if (stop_count > 0 && !is_yielding) {
        _exit(number == SIGINT ? 130 : 143);
    }
    note_request(number);
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) {
        errno = kept_errno; /* nobody listens: fine */
    }
    errno = kept_errno;
}

static void set_handler(int number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signals_open(SignalRole role) {
    void (*handler)(int) = role == SIGNALS_INLINE   ? note_request_or_leave
                           : role == SIGNALS_WORKER ? SIG_IGN
                                                    : note_request;
    set_handler(SIGINT, handler);
    set_handler(SIGTERM, handler);
    set_handler(SIGUSR1, handler);
    set_handler(SIGPIPE, SIG_IGN);
    set_handler(SIGHUP, SIG_IGN);
    set_handler(SIGXFSZ, SIG_IGN);
}

void signals_yield(void) {
    if (stop_count == 0) {
        note_request(SIGUSR1);
        is_yielding = 1;
    }
}

bool signals_is_yielding(void) {
    return is_yielding != 0;
}

void signals_end_yielding(void) {
    if (is_yielding) {
        is_yielding = 0;
        stop_count = 0;
        stop_signal = 0;
    }
}

int signals_count(void) {
    return stop_count;
}

int signals_last(void) {
    return stop_signal;
}

int signals_exit_code(void) {
    return stop_signal == SIGINT ? 130 : 143;
}
