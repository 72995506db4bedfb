/* Who tells that a rank is dead: a small process beside it. */
#include "cluster/rank_sentry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

static const char dead_mark = 'd';
static const char farewell = 'f';

static void mark_dead(const char *roll_path, int rank) {
    const int roll = open(roll_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (roll >= 0) {
        (void)!pwrite(roll, &dead_mark, 1, rank);
        close(roll);
    }
}

/* Holds nothing that the rank held: mpirun waits for the end of its output. */
static _Noreturn void stand_watch(int pipe, const char *roll_path, int rank) {
    char byte = 0;
    dup2(pipe, STDIN_FILENO);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0u, 0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    ssize_t size = 0;
    do {
        size = read(STDIN_FILENO, &byte, 1);
    } while (size < 0 && errno == EINTR);
    if (size == 0) {
        mark_dead(roll_path, rank);
    }
    _exit(0);
}

RankSentry rank_sentry_start(const char *roll_path, int rank) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return (RankSentry){-1};
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        stand_watch(ends[0], roll_path, rank);
    }
    close(ends[0]);
    if (child < 0) {
        close(ends[1]);
        return (RankSentry){-1};
    }
    return (RankSentry){ends[1]};
}

void rank_sentry_dismiss(RankSentry *sentry) {
    if (sentry->pipe >= 0) {
        (void)!write(sentry->pipe, &farewell, 1);
        close(sentry->pipe);
        sentry->pipe = -1;
    }
}

bool rank_roll_read(const char *roll_path, bool *is_dead, int count) {
    enum { PIECE_BYTES = 512 };
    char marks[PIECE_BYTES];
    bool has_news = false;
    const int roll = open(roll_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (roll < 0) {
        return false;
    }
    for (int first = 0; first < count; first += PIECE_BYTES) {
        const ssize_t size = pread(roll, marks, PIECE_BYTES, first);
        for (int at = 0; at < (int)size && first + at < count; at++) {
            const bool is_news = marks[at] == dead_mark && !is_dead[first + at];
            is_dead[first + at] = is_dead[first + at] || is_news;
            has_news = has_news || is_news;
        }
    }
    close(roll);
    return has_news;
}
