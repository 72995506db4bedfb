/* Runs another program without its talk, for at most some seconds. */
#include "cluster/subprocess.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cluster/clock.h"

enum { NOT_STARTED = 127, TIMED_OUT = 124, SIGNAL_BASE = 128 }; /* as of shells and timeout(1) */
static const long poll_ns = 20000000;

/* Between fork and exec: a group of its own, no streams, and Open MPI's leave to run as root. */
static void become(const char *const *arguments) {
    const int silence = open("/dev/null", O_RDWR);
    setpgid(0, 0);
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        dup2(silence, stream);
    }
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);         // NOLINT(concurrency-mt-unsafe): one thread
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1); // NOLINT(concurrency-mt-unsafe): one thread
    execv(arguments[0], (char *const *)(void *)arguments);
    _exit(NOT_STARTED);
}

static int wait_until(pid_t child, double end_s) {
    int outcome = 0;
    while (waitpid(child, &outcome, WNOHANG) == 0) {
        if (clock_now_s() > end_s) {
            kill(-child, SIGKILL);
            waitpid(child, &outcome, 0);
            return TIMED_OUT;
        }
        nanosleep(&(struct timespec){.tv_nsec = poll_ns}, NULL);
    }
    return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : SIGNAL_BASE + WTERMSIG(outcome);
}

int subprocess_run(const char *const *arguments, double limit_s) {
    const pid_t child = fork();
    if (child == 0) {
        become(arguments);
    }
    return child < 0 ? NOT_STARTED : wait_until(child, clock_now_s() + limit_s);
}
