/* Preloaded into a program: dies by SIGKILL before the step that NOCTURNE_CRASH_AT numbers.
 *
 * A step is a call that changes what another process sees after a crash: making, writing, syncing,
 * cutting, renaming, linking or removing a file, making a folder. NOCTURNE_CRASH_LOG names a file
 * that gets a line a step. For tests only; the program itself knows nothing of it.
 */
#undef _FILE_OFFSET_BITS /* else open is another name of open64 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void take_step(const char *name) {
    static long taken; /* a test's library may have what the program may not */
    const char *wish = getenv("NOCTURNE_CRASH_AT");
    const char *log = getenv("NOCTURNE_CRASH_LOG");
    taken++;
    if (log) {
        char line[64];
        const int length = snprintf(line, sizeof line, "%ld %s\n", taken, name);
        const int descriptor =
            (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0666);
        syscall(SYS_write, descriptor, line, (size_t)length);
        syscall(SYS_close, descriptor);
    }
    if (wish && strtol(wish, NULL, 10) == taken) {
        raise(SIGKILL);
    }
}

/* The library's own function of that name, into a pointer to a function. */
static void find_next(const char *name, void *function) {
    void *symbol = dlsym(RTLD_NEXT, name);
    memcpy(function, &symbol, sizeof symbol);
}

static int make_mode(int flags, va_list rest) {
    return flags & O_CREAT ? va_arg(rest, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = make_mode(flags, rest);
    va_end(rest);
    if (flags & O_CREAT) {
        take_step("open");
    }
    int (*call)(const char *, int, ...) = NULL;
    find_next("open64", &call);
    return call(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = make_mode(flags, rest);
    va_end(rest);
    return open(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = make_mode(flags, rest);
    va_end(rest);
    if (flags & O_CREAT) {
        take_step("openat");
    }
    int (*call)(int, const char *, int, ...) = NULL;
    find_next("openat64", &call);
    return call(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const int mode = make_mode(flags, rest);
    va_end(rest);
    return openat(folder, path, flags, mode);
}

#define STEP_OF(type, name, parameters, arguments)                                                 \
    type name parameters {                                                                         \
        type(*call) parameters = NULL;                                                             \
        take_step(#name);                                                                          \
        find_next(#name, &call);                                                                   \
        return call arguments;                                                                     \
    }

STEP_OF(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
STEP_OF(ssize_t,
        pwrite64,
        (int file, const void *bytes, size_t size, off64_t offset),
        (file, bytes, size, offset))
STEP_OF(int, fsync, (int file), (file))
STEP_OF(int, fdatasync, (int file), (file))
STEP_OF(int, ftruncate64, (int file, off64_t size), (file, size))
STEP_OF(int, rename, (const char *from, const char *to), (from, to))
STEP_OF(int,
        renameat,
        (int from_folder, const char *from, int to_folder, const char *to),
        (from_folder, from, to_folder, to))
STEP_OF(int, link, (const char *from, const char *to), (from, to))
STEP_OF(int, unlink, (const char *path), (path))
STEP_OF(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
STEP_OF(int, mkdir, (const char *path, mode_t mode), (path, mode))
STEP_OF(int, rmdir, (const char *path), (path))
