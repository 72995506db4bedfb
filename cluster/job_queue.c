/* A folder of jobs that wait to be rendered. */
#include "cluster/job_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/lock.h"
#include "render/base/files.h"

enum { ENTRY_LIMIT = 4096 /* jobs that one command takes */ };

static const char *const folders[] = {
    [JOB_PREVIEW] = "preview", [JOB_DEADLINE] = "deadline", [JOB_BULK] = "bulk"};

struct JobQueue {
    const char *folder, *lock_path;
    Arena *arena;
    QueueEntry *seen; /* [seen_count] */
    int seen_count;
};

Status job_queue_open(const char *folder, Arena *arena, JobQueue **queue, ErrorList *errors) {
    if (!folder_exists(folder)) {
        return fail(errors, E002, NO_PLACE, "the queue `%s` is not a folder", folder);
    }
    JobQueue *opened = arena_alloc(arena, sizeof *opened);
    opened->folder = folder;
    opened->arena = arena;
    opened->lock_path = path_join(arena, folder, ".lock");
    opened->seen = arena_array(arena, ENTRY_LIMIT, sizeof *opened->seen);
    TRY(lock_take(opened->lock_path, false, errors));
    *queue = opened;
    return DONE;
}

void job_queue_close(JobQueue *queue) {
    if (queue) {
        lock_release(queue->lock_path);
    }
}

/* Not the hidden and half-written ones that editors and copies leave. */
static bool is_job_name(const char *name) {
    const char *ending = strrchr(name, '.');
    return name[0] != '.' && ending &&
           (strcmp(ending, ".yaml") == 0 || strcmp(ending, ".yml") == 0);
}

static bool was_seen(const JobQueue *queue, const char *name) {
    for (int entry = 0; entry < queue->seen_count; entry++) {
        if (strcmp(queue->seen[entry].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The file behind a link, by its whole path; a link to nothing stays as it is. */
static const char *follow(const char *path, Arena *arena) {
    struct stat facts;
    char *whole = lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode) ? realpath(path, NULL) : NULL;
    const char *followed = whole ? arena_copy_text(arena, whole) : path;
    free(whole);
    return followed;
}

static void add_entry(JobQueue *queue, const char *name, JobClass urgency) {
    const char *path = path_join(queue->arena, queue->folder, name);
    if (queue->seen_count < ENTRY_LIMIT && !was_seen(queue, name) && !folder_exists(path)) {
        queue->seen[queue->seen_count++] = (QueueEntry){.name = arena_copy_text(queue->arena, name),
                                                        .job_path = follow(path, queue->arena),
                                                        .urgency = urgency};
    }
}

static Status list_folder(JobQueue *queue, const char *below, JobClass urgency, ErrorList *errors) {
    const char **names = NULL;
    int count = 0;
    const char *folder = *below ? path_join(queue->arena, queue->folder, below) : queue->folder;
    TRY(folder_list(folder, queue->arena, &names, &count, errors));
    for (int name = 0; name < count; name++) {
        if (is_job_name(names[name])) {
            add_entry(queue, *below ? path_join(queue->arena, below, names[name]) : names[name],
                      urgency);
        }
    }
    return DONE;
}

static bool any_waits(const JobQueue *queue, const char *below, Arena *scratch) {
    const char **names = NULL;
    int count = 0;
    const char *folder = *below ? path_join(scratch, queue->folder, below) : queue->folder;
    if (folder_list(folder, scratch, &names, &count, errors_create(scratch)) != DONE) {
        return false;
    }
    bool waits = false;
    for (int name = 0; name < count; name++) {
        const char *whole = *below ? path_join(scratch, below, names[name]) : names[name];
        waits = waits || (is_job_name(names[name]) && !was_seen(queue, whole) &&
                          !folder_exists(path_join(scratch, folder, names[name])));
    }
    return waits;
}

bool job_queue_has_before(const JobQueue *queue, JobClass urgency_of_others, JobClass urgency) {
    Arena *scratch = arena_create();
    bool has = urgency_of_others < urgency && any_waits(queue, "", scratch);
    for (int other = JOB_PREVIEW; other < JOB_BULK && other < (int)urgency; other++) {
        has = has || any_waits(queue, folders[other], scratch);
    }
    arena_destroy(&scratch);
    return has;
}

void job_queue_put_back(QueueEntry *entry) {
    entry->name = ""; /* no name of a file: the others keep their places */
}

Status job_queue_list(JobQueue *queue,
                      JobClass urgency_of_others,
                      QueueEntry **entries,
                      int *count,
                      ErrorList *errors) {
    const int before = queue->seen_count;
    for (int urgency = JOB_PREVIEW; urgency <= JOB_BULK; urgency++) {
        TRY(list_folder(queue, folders[urgency], (JobClass)urgency, errors));
        if (urgency == (int)urgency_of_others) {
            TRY(list_folder(queue, "", urgency_of_others, errors));
        }
    }
    *entries = queue->seen + before;
    *count = queue->seen_count - before;
    return DONE;
}

/* A link may lead relative to its folder: the one that is left behind names the whole path. */
static int move(const char *from, const char *job_path, const char *to) {
    if (strcmp(from, job_path) == 0) {
        return rename(from, to);
    }
    unlink(to);
    return symlink(job_path, to) == 0 ? unlink(from) : -1;
}

Status
job_queue_settle(const JobQueue *queue, const QueueEntry *entry, bool is_done, ErrorList *errors) {
    const char *folder = path_join(queue->arena, queue->folder, is_done ? "done" : "failed");
    const char *slash = strrchr(entry->name, '/');
    const char *to = path_join(queue->arena, folder, slash ? slash + 1 : entry->name);
    TRY(folder_make(folder, errors));
    const char *from = path_join(queue->arena, queue->folder, entry->name);
    return move(from, entry->job_path, to) == 0 || errno == ENOENT
               ? DONE
               : file_fail_write(to, errno, errors);
}
