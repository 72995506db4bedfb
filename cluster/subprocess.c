/* Runs other programs for at most some seconds, without their talk or with it to be read. */
#include "cluster/subprocess.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cluster/clock.h"

enum { SIGNAL_BASE = 128 }; /* as of shells */
static const long poll_ns = 5000000;

/* Between fork and exec: a group of its own, and Open MPI's leave to run as root. */
static _Noreturn void become(const char *const *arguments, int input, int output) {
    const int silence = open("/dev/null", O_RDWR);
    setpgid(0, 0);
    dup2(input >= 0 ? input : silence, STDIN_FILENO);
    dup2(output >= 0 ? output : silence, STDOUT_FILENO);
    dup2(output >= 0 ? output : silence, STDERR_FILENO);
    setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);         // NOLINT(concurrency-mt-unsafe): one thread
    setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1); // NOLINT(concurrency-mt-unsafe): one thread
    execvp(arguments[0], (char *const *)(void *)arguments);
    _exit(SUBPROCESS_NOT_STARTED);
}

static void finish(Subprocess *process, int exit_code) {
    process->is_over = true;
    process->exit_code = exit_code;
    if (process->output >= 0) {
        close(process->output);
        process->output = -1;
    }
}

/* What does not fit is read and forgotten. Returns whether there may be more at once. */
static bool listen_to(Subprocess *process) {
    char bytes[4096];
    const ssize_t got = process->output < 0 ? 0 : read(process->output, bytes, sizeof bytes);
    if (got > 0) {
        const size_t room = sizeof process->text - 1 - process->text_bytes;
        const size_t kept = (size_t)got < room ? (size_t)got : room;
        memcpy(process->text + process->text_bytes, bytes, kept);
        process->text_bytes += kept;
    } else if (got == 0 && process->output >= 0) {
        close(process->output);
        process->output = -1;
    }
    return got > 0;
}

static void look_after(Subprocess *process) {
    int outcome = 0;
    if (process->is_over) {
        return;
    }
    const pid_t gone = waitpid(process->pid, &outcome, WNOHANG);
    while (listen_to(process)) {
    }
    if (gone != 0) {
        finish(process,
               WIFEXITED(outcome) ? WEXITSTATUS(outcome) : SIGNAL_BASE + WTERMSIG(outcome));
    }
}

pid_t subprocess_start_bound(const char *const *arguments, int *input) {
    int ends[2];
    *input = -1;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return 0;
    }
    const pid_t child = fork();
    if (child == 0) {
        become(arguments, ends[0], -1);
    }
    close(ends[0]);
    *input = ends[1];
    return child > 0 ? child : 0;
}

void subprocess_start(const char *const *arguments, Subprocess *process) {
    int ends[2];
    *process = (Subprocess){.output = -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        finish(process, SUBPROCESS_NOT_STARTED);
        return;
    }
    process->pid = fork();
    if (process->pid == 0) {
        become(arguments, -1, ends[1]);
    }
    close(ends[1]);
    process->output = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (process->pid < 0) {
        finish(process, SUBPROCESS_NOT_STARTED);
    }
}

static int count_running(const Subprocess *processes, int count) {
    int running = 0;
    for (int process = 0; process < count; process++) {
        running += !processes[process].is_over;
    }
    return running;
}

void subprocess_wait_all(Subprocess *processes, int count, double limit_s) {
    const double end_s = clock_now_s() + limit_s;
    for (;;) {
        for (int process = 0; process < count; process++) {
            look_after(&processes[process]);
        }
        if (count_running(processes, count) == 0 || clock_now_s() > end_s) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = poll_ns}, NULL);
    }
    for (int process = 0; process < count; process++) {
        if (!processes[process].is_over) {
            kill(-processes[process].pid, SIGKILL);
            kill(processes[process].pid, SIGKILL); /* it may not have its group yet */
            waitpid(processes[process].pid, NULL, 0);
            finish(&processes[process], SUBPROCESS_TIMED_OUT);
        }
    }
}

static int run_on(const char *const *arguments, int input, double limit_s) {
    Subprocess process = {.output = -1};
    process.pid = fork();
    if (process.pid == 0) {
        become(arguments, input, -1);
    }
    if (process.pid < 0) {
        return SUBPROCESS_NOT_STARTED;
    }
    subprocess_wait_all(&process, 1, limit_s);
    return process.exit_code;
}

int subprocess_run(const char *const *arguments, double limit_s) {
    return run_on(arguments, -1, limit_s);
}

int subprocess_run_with(const char *const *arguments, const char *text, double limit_s) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        return SUBPROCESS_NOT_STARTED;
    }
    const bool is_written = write(ends[1], text, strlen(text)) == (ssize_t)strlen(text);
    close(ends[1]);
    fcntl(ends[0], F_SETFL, 0); /* the program waits for its input as it is used to */
    const int code = is_written ? run_on(arguments, ends[0], limit_s) : SUBPROCESS_NOT_STARTED;
    close(ends[0]);
    return code;
}
