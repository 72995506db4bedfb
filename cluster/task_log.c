/* What each rank ran, and all that its tasks said. */
#include "cluster/task_log.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cluster/message.h"
#include "render/base/files.h"

/* As mpirun and srun say it; 0: started by neither. */
static long own_rank(void) {
    const char *of_mpirun = getenv("OMPI_COMM_WORLD_RANK"); // NOLINT(concurrency-mt-unsafe)
    const char *of_srun = getenv("PMIX_RANK");              // NOLINT(concurrency-mt-unsafe)
    const char *text = of_mpirun ? of_mpirun : of_srun;
    return text ? strtol(text, NULL, 10) : 0;
}

static json_t *list_messages(const ErrorList *errors) {
    json_t *messages = json_array();
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next) {
        json_array_append_new(messages, message_to_json(entry));
    }
    return messages;
}

static json_t *
describe(const Run *run, int attempt, const TaskResult *result, const ErrorList *errors) {
    char stamp[40] = "";
    char host[256] = "";
    struct tm parts;
    const time_t now = time(NULL);
    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
    gethostname(host, sizeof host - 1);
    return json_pack("{s:s, s:s, s:I, s:i, s:s, s:i, s:i, s:f, s:f, s:f, s:f, s:o}", "t", stamp,
                     "host", host, "pid", (json_int_t)getpid(), "task", result->task, "name",
                     run->plan->tasks[result->task].name, "attempt", attempt, "id",
                     (int)result->status, "seconds", result->seconds, "cpu", result->cpu_seconds,
                     "moved_bytes", result->moved_bytes, "peak_bytes", result->peak_bytes,
                     "messages", list_messages(errors));
}

/* One write of one line: whole, or cut at the end of a full disk. */
static void append(const char *path, const char *text) {
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (file >= 0) {
        const ssize_t written = write(file, text, strlen(text));
        (void)written; /* a help, and not worth a task */
        close(file);
    }
}

static const char *name_log(const Run *run, TaskPlace place, Arena *arena) {
    char host[256] = "host";
    gethostname(host, sizeof host - 1);
    return place == TASK_ON_RANK
               ? arena_format(arena, "%s/logs/rank-%03ld.jsonl", run->output_folder, own_rank())
               : arena_format(arena, "%s/logs/join-%s-%ld.jsonl", run->output_folder, host,
                              (long)getpid());
}

void task_log_add(const Run *run,
                  TaskPlace place,
                  int attempt,
                  const TaskResult *result,
                  const ErrorList *errors) {
    Arena *scratch = arena_create();
    json_t *line = describe(run, attempt, result, errors);
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    if (text) {
        append(name_log(run, place, scratch), arena_format(scratch, "%s\n", text));
    }
    free(text);
    json_decref(line);
    arena_destroy(&scratch);
}
