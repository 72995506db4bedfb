/* One run at a time in an output folder: a file that names its owner. */
#include "cluster/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cluster/process.h"
#include "cluster/slurm_nodes.h"
#include "render/base/files.h"

enum { LOCK_LIMIT_BYTES = 4096, PATH_LIMIT_BYTES = 4096 };

/* ---- who lives ---- */

static void describe_self(LockOwner *owner) {
    *owner = (LockOwner){.pid = (long)getpid()};
    owner->start_ticks = process_start_ticks(owner->pid);
    gethostname(owner->host, sizeof owner->host - 1);
    process_boot_id(owner->boot_id);
    const char *job = slurm_job();
    snprintf(owner->slurm_job, sizeof owner->slurm_job, "%s", job ? job : "");
    const time_t now = time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(owner->since, sizeof owner->since, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

static LockState judge_owner(const LockOwner *owner) {
    LockOwner self;
    describe_self(&self);
    if (strcmp(owner->host, self.host) != 0) {
        const bool is_our_job = self.slurm_job[0] && !strcmp(owner->slurm_job, self.slurm_job);
        return is_our_job ? LOCK_STALE : LOCK_ELSEWHERE;
    }
    if (strcmp(owner->boot_id, self.boot_id) != 0) {
        return LOCK_STALE; /* the host was booted since */
    }
    const bool is_gone = kill((pid_t)owner->pid, 0) != 0 && errno == ESRCH;
    const bool is_reused = owner->start_ticks != process_start_ticks(owner->pid);
    return is_gone || is_reused ? LOCK_STALE : LOCK_HELD;
}

/* ---- the file ---- */

static bool copy_member(const json_t *root, const char *key, char *text, size_t size_bytes) {
    const char *value = json_string_value(json_object_get(root, key));
    return value && (size_t)snprintf(text, size_bytes, "%s", value) < size_bytes;
}

static bool parse_owner(const char *text, size_t size_bytes, LockOwner *owner) {
    json_t *root = json_loadb(text, size_bytes, 0, NULL);
    owner->pid = (long)json_integer_value(json_object_get(root, "pid"));
    owner->start_ticks = json_integer_value(json_object_get(root, "start"));
    const bool is_whole = owner->pid > 0 &&
                          copy_member(root, "host", owner->host, sizeof owner->host) &&
                          copy_member(root, "boot", owner->boot_id, sizeof owner->boot_id) &&
                          copy_member(root, "since", owner->since, sizeof owner->since);
    copy_member(root, "slurm_job", owner->slurm_job, sizeof owner->slurm_job); /* may be missing */
    json_decref(root);
    return is_whole;
}

LockState lock_look(const char *path, LockOwner *owner) {
    *owner = (LockOwner){0};
    errno = 0; /* refuse asks why a lock could not be read */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) {
        return errno == ENOENT ? LOCK_FREE : LOCK_UNREADABLE;
    }
    char text[LOCK_LIMIT_BYTES];
    const ssize_t size = read(descriptor, text, sizeof text);
    close(descriptor);
    if (size <= 0 || !parse_owner(text, (size_t)size, owner)) {
        *owner = (LockOwner){0};
        return LOCK_UNREADABLE;
    }
    return judge_owner(owner);
}

static Status write_failed(const char *path, ErrorList *errors) {
    return file_fail_write(path, errno, errors);
}

static Status write_owner(const char *path, const LockOwner *owner, ErrorList *errors) {
    json_t *root = json_pack("{s:I, s:I, s:s, s:s, s:s, s:s}", "pid", (json_int_t)owner->pid,
                             "start", (json_int_t)owner->start_ticks, "host", owner->host, "boot",
                             owner->boot_id, "since", owner->since, "slurm_job", owner->slurm_job);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(root);
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    const bool is_written =
        descriptor >= 0 && text && write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
    const Status status = is_written ? DONE : write_failed(path, errors);
    if (descriptor >= 0) {
        close(descriptor);
    }
    free(text);
    return status;
}

/* The lock appears whole: written beside, then linked; EEXIST says that another was faster. */
static Status create_lock(const char *path, bool *is_taken, ErrorList *errors) {
    LockOwner self;
    char temporary[PATH_LIMIT_BYTES];
    describe_self(&self);
    snprintf(temporary, sizeof temporary, "%s.%ld", path, self.pid);
    unlink(temporary); /* of a dead process with our pid */
    TRY(write_owner(temporary, &self, errors));
    Status status = DONE;
    *is_taken = link(temporary, path) == 0;
    if (!*is_taken && errno != EEXIST) {
        status = write_failed(path, errors);
    }
    unlink(temporary);
    return status;
}

static Status refuse(const char *path, LockState state, const LockOwner *owner, ErrorList *errors) {
    if (state == LOCK_UNREADABLE && (errno == EMFILE || errno == ENFILE)) {
        return write_failed(path, errors); /* our own limit, whatever the lock holds */
    }
    if (state == LOCK_UNREADABLE) {
        fail(errors, E701, NO_PLACE, "the folder is locked by an unreadable lock `%s`", path);
        error_help(errors, "if no other run uses the folder: --take-over");
        return E701;
    }
    fail(errors, E701, NO_PLACE, "the folder is in use: pid %ld on host %s since %.5s", owner->pid,
         owner->host, strlen(owner->since) >= 16 ? owner->since + 11 : owner->since);
    error_note(errors, "since %s; lock `%s`", owner->since, path);
    if (state == LOCK_ELSEWHERE) {
        error_help(errors, "if that run is dead: --take-over");
    } else {
        error_help(errors, "wait for it, stop it, or choose another folder with -o");
    }
    return E701;
}

/* Inside the guard: of two takers on this host only one sees a stale lock. */
static Status take_guarded(const char *path, bool take_over, ErrorList *errors) {
    LockOwner owner;
    const LockState state = lock_look(path, &owner);
    const bool is_forced = take_over && state != LOCK_FREE && state != LOCK_HELD;
    if (state != LOCK_FREE && state != LOCK_STALE && !is_forced) {
        return refuse(path, state, &owner, errors);
    }
    if (state != LOCK_FREE) {
        if (unlink(path) != 0 && errno != ENOENT) {
            return write_failed(path, errors);
        }
        warn(errors, E703, NO_PLACE, "took over the lock of pid %ld on host %s", owner.pid,
             owner.host[0] ? owner.host : "?");
    }
    bool is_taken = false;
    TRY(create_lock(path, &is_taken, errors));
    if (!is_taken) {
        return refuse(path, lock_look(path, &owner), &owner, errors);
    }
    return DONE;
}

Status lock_take(const char *path, bool take_over, ErrorList *errors) {
    char folder[PATH_LIMIT_BYTES];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) {
        *slash = '\0';
    }
    const int guard = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (guard < 0) {
        return write_failed(folder, errors);
    }
    flock(guard, LOCK_EX); /* where it is not served (some NFS) link alone decides */
    const Status status = take_guarded(path, take_over, errors);
    close(guard);
    return status;
}

void lock_release(const char *path) {
    LockOwner owner;
    if (lock_look(path, &owner) == LOCK_HELD && owner.pid == (long)getpid()) {
        unlink(path);
    }
}
