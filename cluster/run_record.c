/* .nocturne/tasks: the tasks of a run and the keys of their results. */
#include "cluster/run_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/run_file.h"
#include "render/base/files.h"

#define RECORD_NAME        "tasks"
#define BEFORE_RECORD_NAME "tasks.before"

static const char schema_name[] = "nocturne-tasks/1";
static const size_t limit_bytes = 1u << 30;

const char *run_record_name(const Plan *plan, int task, Arena *arena) {
    const Task *named = &plan->tasks[task];
    return named->kind == TASK_ROOM ? arena_format(arena, "%s/%d", named->name, named->detail)
                                    : named->name;
}

static void write_record(const Plan *plan, Arena *arena, FILE *out) {
    KeyText key;
    key_format(plan->key, key);
    fprintf(out, "%s\t%s\n", schema_name, key);
    for (int task = 0; task < plan->task_count; task++) {
        fputs(run_record_name(plan, task, arena), out);
        for (int output = 0; output < plan->tasks[task].output_count; output++) {
            key_format(plan->tasks[task].outputs[output], key);
            fprintf(out, "\t%s", key);
        }
        fputc('\n', out);
    }
}

/* A copy: the folder is known as ours by the file, so it never is without. */
static Status keep_run_file(const Run *run, ErrorList *errors) {
    const char *run_file = path_join(run->arena, run->state_folder, RUN_FILE_NAME);
    FileBytes bytes;
    if (!file_exists(run_file)) {
        return DONE;
    }
    TRY(file_read(run_file, limit_bytes, NO_PLACE, run->arena, &bytes, errors));
    return file_write_atomically(path_join(run->arena, run->state_folder, RUN_FILE_BEFORE_NAME),
                                 bytes.bytes, bytes.size_bytes, errors);
}

/* Of another plan: it becomes the run before. */
static Status keep_before(const Run *run, ErrorList *errors) {
    Arena *arena = run->arena;
    RunRecord record;
    ErrorList *ignored = errors_create(arena); /* none, or a damaged one: nothing to keep */
    if (run_record_read(run->state_folder, false, arena, &record, ignored) != DONE ||
        key_equal(record.plan_key, run->plan->key)) {
        return DONE;
    }
    TRY(keep_run_file(run, errors));
    return path_rename(path_join(arena, run->state_folder, RECORD_NAME),
                       path_join(arena, run->state_folder, BEFORE_RECORD_NAME), errors);
}

Status run_record_write(const Run *run, ErrorList *errors) {
    TRY(keep_before(run, errors));
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *out = open_memstream(&text, &size_bytes);
    if (!out) {
        return fail(errors, E515, NO_PLACE, "out of memory for the list of tasks");
    }
    write_record(run->plan, run->arena, out);
    fclose(out);
    const char *path = path_join(run->arena, run->state_folder, RECORD_NAME);
    const Status status = file_write_atomically(path, text, size_bytes, errors);
    free(text);
    return status;
}

/* name, then its keys, separated by tabs. */
static bool parse_line(char *line, Arena *arena, RecordedTask *task) {
    int count = 0;
    for (const char *tab = strchr(line, '\t'); tab; tab = strchr(tab + 1, '\t')) {
        count++;
    }
    Key *keys = arena_array(arena, (size_t)count + 1, sizeof *keys);
    char *tab = strchr(line, '\t');
    for (int key = 0; key < count; key++) {
        if (!key_parse(tab + 1, &keys[key])) {
            return false;
        }
        char *next = strchr(tab + 1, '\t');
        *tab = '\0';
        tab = next;
    }
    *task = (RecordedTask){.name = line, .outputs = keys, .output_count = count};
    return true;
}

static int count_lines(const char *text) {
    int count = 0;
    for (const char *end = strchr(text, '\n'); end; end = strchr(end + 1, '\n')) {
        count++;
    }
    return count;
}

static bool parse_record(char *text, Arena *arena, RunRecord *record) {
    RecordedTask head = {0};
    const size_t limit = (size_t)count_lines(text);
    record->tasks = arena_array(arena, limit + 1, sizeof *record->tasks);
    bool is_first = true;
    bool is_whole = true;
    char *end = NULL;
    for (char *line = text; is_whole && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        RecordedTask *task = is_first ? &head : &record->tasks[record->task_count];
        is_whole = parse_line(line, arena, task);
        if (is_whole && is_first) {
            is_whole = strcmp(head.name, schema_name) == 0 && head.output_count == 1;
            record->plan_key = head.outputs[0];
        } else if (is_whole) {
            name_table_set(&record->names, task->name, record->task_count++, arena);
        }
        is_first = false;
    }
    return is_whole && !is_first;
}

Status run_record_read(
    const char *state_folder, bool is_before, Arena *arena, RunRecord *record, ErrorList *errors) {
    FileBytes bytes;
    const char *path = path_join(arena, state_folder, is_before ? BEFORE_RECORD_NAME : RECORD_NAME);
    *record = (RunRecord){0};
    TRY(file_read(path, limit_bytes, NO_PLACE, arena, &bytes, errors));
    char *text = arena_copy_bytes(arena, bytes.bytes, bytes.size_bytes);
    if (!parse_record(text, arena, record)) {
        return fail(errors, E709, NO_PLACE, "`%s` is not the list of the tasks of a run", path);
    }
    return DONE;
}

const RecordedTask *
run_record_find(const RunRecord *record, const Plan *plan, int task, Arena *arena) {
    const int found = name_table_find(&record->names, run_record_name(plan, task, arena));
    return found < 0 ? NULL : &record->tasks[found];
}
