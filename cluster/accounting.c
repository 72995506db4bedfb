/* What a run cost, by deliverable and stage. */
#include "cluster/accounting.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "render/base/files.h"

enum { MASK_BITS = 64, NAMED_LIMIT = 3 }; /* more deliverables than that share a row's name */

typedef struct AccountRow {
    uint64_t deliverables; /* a bit each: whom the work was for */
    TaskKind kind;
    int task_count;
    double core_s, moved_bytes, peak_bytes;
} AccountRow;

struct Accounting {
    const Run *run;
    uint64_t *deliverables; /* [task_count] */
    AccountRow *rows;       /* [task_count]; row_count are used */
    int row_count;
};

/* Whoever needs a task stands behind it in the plan. */
static void find_deliverables(Accounting *accounting) {
    const Plan *plan = accounting->run->plan;
    for (int task = plan->task_count - 1; task >= 0; task--) {
        const Task *at = &plan->tasks[task];
        const bool has_one = at->kind >= TASK_MASTER;
        if (has_one && at->subject < MASK_BITS) {
            accounting->deliverables[task] |= UINT64_C(1) << at->subject;
        }
        for (int need = 0; need < at->need_count; need++) {
            accounting->deliverables[at->needs[need]] |= accounting->deliverables[task];
        }
    }
}

Accounting *accounting_create(const Run *run) {
    const size_t count = (size_t)run->plan->task_count + 1;
    Accounting *accounting = arena_alloc(run->arena, sizeof *accounting);
    accounting->run = run;
    accounting->deliverables = arena_array(run->arena, count, sizeof *accounting->deliverables);
    accounting->rows = arena_array(run->arena, count, sizeof *accounting->rows);
    find_deliverables(accounting);
    return accounting;
}

static AccountRow *find_row(Accounting *accounting, uint64_t deliverables, TaskKind kind) {
    for (int row = 0; row < accounting->row_count; row++) {
        AccountRow *at = &accounting->rows[row];
        if (at->deliverables == deliverables && at->kind == kind) {
            return at;
        }
    }
    AccountRow *fresh = &accounting->rows[accounting->row_count++];
    *fresh = (AccountRow){.deliverables = deliverables, .kind = kind};
    return fresh;
}

void accounting_add(Accounting *accounting, const TaskResult *result) {
    const Task *task = &accounting->run->plan->tasks[result->task];
    AccountRow *row = find_row(accounting, accounting->deliverables[result->task], task->kind);
    row->task_count++;
    row->core_s += result->cpu_seconds;
    row->moved_bytes += result->moved_bytes;
    row->peak_bytes = result->peak_bytes > row->peak_bytes ? result->peak_bytes : row->peak_bytes;
}

/* "cinema", "cinema+stereo", "shared". */
static const char *name_deliverables(const Accounting *accounting, uint64_t mask, Arena *arena) {
    const Mix *mix = accounting->run->mix;
    const char *text = "";
    int count = 0;
    for (int index = 0; index < mix->deliverable_count && index < MASK_BITS; index++) {
        if (mask >> index & 1) {
            text =
                arena_format(arena, "%s%s%s", text, count ? "+" : "", mix->deliverables[index].id);
            count++;
        }
    }
    return count >= 1 && count <= NAMED_LIMIT ? text : "shared";
}

static const char *own_name(Arena *arena) {
    const struct passwd *entry = getpwuid(getuid());
    return entry ? arena_copy_text(arena, entry->pw_name)
                 : arena_format(arena, "%ld", (long)getuid());
}

static Status write_rows(const Accounting *accounting, Arena *arena, ErrorList *errors) {
    const char *path = path_join(arena, accounting->run->output_folder, "logs/accounting.csv");
    const char *account = getenv("SLURM_JOB_ACCOUNT");
    const time_t now = time(NULL);
    struct tm parts;
    char stamp[32];
    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
    FILE *file = fopen(path, "ae");
    if (!file) {
        return file_fail_write(path, errno, errors);
    }
    if (ftell(file) == 0) {
        fputs("time,user,account,deliverable,stage,tasks,core_s,bytes,peak_rss_bytes\n", file);
    }
    for (int index = 0; index < accounting->row_count; index++) {
        const AccountRow *row = &accounting->rows[index];
        fprintf(file, "%s,%s,%s,%s,%s,%d,%.3f,%.0f,%.0f\n", stamp, own_name(arena),
                account ? account : "", name_deliverables(accounting, row->deliverables, arena),
                task_kind_name(row->kind), row->task_count, row->core_s, row->moved_bytes,
                row->peak_bytes);
    }
    return fclose(file) == 0 ? DONE : file_fail_write(path, errno, errors);
}

static Status
write_metrics(const Accounting *accounting, int exit_code, Arena *arena, ErrorList *errors) {
    const char *path = path_join(arena, accounting->run->output_folder, "logs/metrics.prom");
    const char *code = accounting->run->plan->code;
    const char *text = arena_format(arena,
                                    "# TYPE nocturne_exit_code gauge\n"
                                    "nocturne_exit_code{run=\"%s\"} %d\n"
                                    "# TYPE nocturne_core_seconds gauge\n",
                                    code, exit_code);
    for (int index = 0; index < accounting->row_count; index++) {
        const AccountRow *row = &accounting->rows[index];
        text = arena_format(
            arena, "%snocturne_core_seconds{run=\"%s\",deliverable=\"%s\",stage=\"%s\"} %.3f\n",
            text, code, name_deliverables(accounting, row->deliverables, arena),
            task_kind_name(row->kind), row->core_s);
    }
    return file_write_atomically(path, text, strlen(text), errors);
}

Status accounting_write(const Accounting *accounting, int exit_code, ErrorList *errors) {
    Arena *arena = arena_create();
    Status status = DONE;
    if (accounting->row_count > 0) {
        status = write_rows(accounting, arena, errors);
    }
    if (status == DONE && accounting->row_count > 0) {
        status = write_metrics(accounting, exit_code, arena, errors);
    }
    arena_destroy(&arena);
    return status;
}
