#ifndef CLUSTER_SUBPROCESS_H
#define CLUSTER_SUBPROCESS_H
/* Other programs, for at most some seconds: without their talk, or with it to be read. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SUBPROCESS_TEXT_BYTES = 8192, SUBPROCESS_TIMED_OUT = 124, SUBPROCESS_NOT_STARTED = 127 };

/* Runs arguments[0] (from PATH where it has no slash) until it ends; after limit_s it and its group
 * are killed. Returns its exit code, 128 + signal, 127 when it cannot be started, 124 when it was
 * too slow. */
int subprocess_run(const char *const *arguments, double limit_s);

/* The same, with text (at most 64 KiB) on its standard input. */
int subprocess_run_with(const char *const *arguments, const char *text, double limit_s);

/* Starts a program that lives as long as its standard input does. input: the other end, for the
 * caller to close. Returns its process, 0 when it cannot be started. */
pid_t subprocess_start_bound(const char *const *arguments, int *input);

typedef struct Subprocess { /* one whose words are read */
    pid_t pid;
    int output; /* descriptor, -1: nothing more comes */
    int exit_code;
    bool is_over;
    size_t text_bytes;
    char text[SUBPROCESS_TEXT_BYTES]; /* stdout and stderr as they came, cut there, NUL behind */
} Subprocess;

void subprocess_start(const char *const *arguments, Subprocess *process);
/* Until all have ended or limit_s is over; exit codes as of subprocess_run. */
void subprocess_wait_all(Subprocess *processes, int count, double limit_s);

#endif
