/* Why a task has to run. */
#include "cluster/task_reason.h"

#include <string.h>

#include "jobs/job_schema.h"

enum { CHAIN_LIMIT = 16, KEY_DIGITS = sizeof(KeyText) - 1 };

/* ---- which task changed first ---- */

static bool has_changed(const ReasonSource *source, int task, Arena *arena) {
    const Task *now = &source->run->plan->tasks[task];
    const RecordedTask *old = run_record_find(source->record, source->run->plan, task, arena);
    bool is_same = old && old->output_count == now->output_count;
    for (int output = 0; is_same && output < now->output_count; output++) {
        is_same = key_equal(old->outputs[output], now->outputs[output]);
    }
    return !is_same;
}

/* The first output that is made now and had another key before; -1: none. */
static int changed_output(const RecordedTask *old, const Task *now) {
    for (int output = 0; output < now->output_count; output++) {
        const bool is_known = output < old->output_count && !key_is_zero(old->outputs[output]);
        if (is_known && now->output_texts[output] &&
            !key_equal(old->outputs[output], now->outputs[output])) {
            return output;
        }
    }
    return -1;
}

static int find_changed_need(const ReasonSource *source, int task, Arena *arena) {
    const Task *asked = &source->run->plan->tasks[task];
    for (int need = 0; need < asked->need_count; need++) {
        if (has_changed(source, asked->needs[need], arena)) {
            return asked->needs[need];
        }
    }
    return -1;
}

/* ---- what its key text says ---- */

static KeyLines split_lines(const char *text, Arena *arena) {
    KeyLines split = {0};
    int limit = 1;
    for (const char *at = text; *at; at++) {
        limit += *at == '\n';
    }
    split.lines = arena_array(arena, (size_t)limit, sizeof *split.lines);
    while (*text) {
        const size_t length = strcspn(text, "\n");
        split.lines[split.count++] = arena_copy_bytes(arena, text, length);
        text += length + (text[length] == '\n');
    }
    return split;
}

/* A line that only names the result of another task: that one tells its own reason. */
static bool names_a_result(const char *line) {
    const char *word = strrchr(line, ' ');
    Key ignored;
    return word && strlen(word + 1) == KEY_DIGITS && key_parse(word + 1, &ignored);
}

/* What stands in lines more often than in others. */
static KeyLines only_in(const KeyLines *lines, const KeyLines *others, Arena *arena) {
    KeyLines found = {.lines = arena_array(arena, (size_t)lines->count + 1, sizeof *found.lines)};
    bool *is_met = arena_array(arena, (size_t)others->count + 1, sizeof *is_met);
    for (int line = 0; line < lines->count; line++) {
        int other = 0;
        while (other < others->count &&
               (is_met[other] || strcmp(lines->lines[line], others->lines[other]) != 0)) {
            other++;
        }
        if (other < others->count) {
            is_met[other] = true;
        } else if (!names_a_result(lines->lines[line])) {
            found.lines[found.count++] = lines->lines[line];
        }
    }
    return found;
}

static void compare_texts(const ReasonSource *source, TaskReason *reason, Arena *arena) {
    const Plan *plan = source->run->plan;
    const Task *now = &plan->tasks[reason->cause];
    const RecordedTask *old = run_record_find(source->record, plan, reason->cause, arena);
    const int output = old ? changed_output(old, now) : -1;
    const char *old_text = NULL;
    ErrorList *ignored = errors_create(arena); /* the store may have been trimmed */
    reason->old = reason->now = (KeyLines){0};
    reason->has_old_text = output >= 0 && store_key_text(source->run->store, old->outputs[output],
                                                         arena, &old_text, ignored) == DONE;
    if (reason->has_old_text) {
        const KeyLines before = split_lines(old_text, arena);
        const KeyLines after = split_lines(now->output_texts[output], arena);
        reason->old = only_in(&before, &after, arena);
        reason->now = only_in(&after, &before, arena);
    }
}

/* ---- what the job says ---- */

static bool is_below(const char *path, const char *map, const char *id) {
    const size_t map_length = strlen(map);
    const size_t id_length = strlen(id);
    if (strncmp(path, map, map_length) != 0 || path[map_length] != '.') {
        return false;
    }
    const char *rest = path + map_length + 1;
    return strncmp(rest, id, id_length) == 0 && (rest[id_length] == '.' || !rest[id_length]);
}

static bool is_of_stem(const char *path, const Mix *mix, int stem) {
    bool is_found = is_below(path, "stems", mix->stems[stem].id);
    for (int layer = 0; layer < mix->layer_count && !is_found; layer++) {
        is_found =
            mix->layers[layer].stem == stem && is_below(path, "layers", mix->layers[layer].id);
    }
    return is_found;
}

static bool is_of_task(const char *path, const Mix *mix, const Task *task) {
    switch (task->kind) {
    case TASK_PREPARE:
        return is_below(path, "layers", mix->layers[task->subject].id);
    case TASK_ROOM:
        return is_below(path, "rooms", mix->rooms[task->subject].id);
    case TASK_ANALYSE:
        return is_below(path, "rules", mix->ceilings[task->subject].id);
    case TASK_SPATIALIZE:
        return is_of_stem(path, mix, task->subject) || strncmp(path, "rooms.", 6) == 0;
    default:
        return is_below(path, "deliverables", mix->deliverables[task->subject].id);
    }
}

/* Those below the cause's own entry of the job; when there are none (a rule, an arc, a tempo), all
 * of them. */
static void find_changes(const ReasonSource *source, TaskReason *reason, Arena *arena) {
    if (!source->old_tree) {
        return;
    }
    const JobChanges all = job_changes(source->old_tree, source->run->job->tree, arena);
    const Task *cause = &source->run->plan->tasks[reason->cause];
    JobChanges own = {.changes = arena_array(arena, (size_t)all.count + 1, sizeof(JobChange))};
    for (int index = 0; index < all.count; index++) {
        if (is_of_task(all.changes[index].path, source->run->mix, cause)) {
            own.changes[own.count++] = all.changes[index];
        }
    }
    reason->changes = own.count > 0 ? own : all;
}

TaskReason task_reason(const ReasonSource *source, int task, Arena *arena) {
    TaskReason reason = {.kind = REASON_CHANGED, .cause = task};
    if (!run_record_find(source->record, source->run->plan, task, arena)) {
        reason.kind = REASON_NEW;
    } else if (!has_changed(source, task, arena)) {
        reason.kind = REASON_SAME;
        return reason;
    }
    for (int link = 0; reason.kind == REASON_CHANGED && link < CHAIN_LIMIT; link++) {
        compare_texts(source, &reason, arena);
        const bool says_why = reason.old.count > 0 || reason.now.count > 0;
        const int need = says_why ? -1 : find_changed_need(source, reason.cause, arena);
        if (need < 0) {
            break;
        }
        reason.cause = need;
    }
    find_changes(source, &reason, arena);
    return reason;
}

/* ---- for people ---- */

static const char *place_text(const JobChange *change, Arena *arena) {
    const Node *node = change->after ? change->after : change->before;
    if (!node->place.file || node->place.line == 0) {
        return node->place.file ? arena_format(arena, "  (%s)", node->place.file) : "";
    }
    return arena_format(arena, "  (%s:%d)", node->place.file, node->place.line);
}

/* What was not written has its default. */
static const char *side_text(const JobChange *change, const Node *value, Arena *arena) {
    const SchemaKey *key = value ? NULL : job_schema_for(change->path);
    return key && key->fallback ? arena_format(arena, "%s (default)", key->fallback)
                                : job_value_text(value, arena);
}

const char *job_change_text(const JobChange *change, Arena *arena) {
    return arena_format(arena, "%s: %s -> %s%s", change->path,
                        side_text(change, change->before, arena),
                        side_text(change, change->after, arena), place_text(change, arena));
}

const char *task_reason_text(const ReasonSource *source, const TaskReason *reason, Arena *arena) {
    if (reason->kind == REASON_SAME) {
        return "not in the store any more";
    }
    if (reason->changes.count > 0) {
        const char *more = reason->changes.count > 1
                               ? arena_format(arena, " and %d more", reason->changes.count - 1)
                               : "";
        return arena_format(arena, "%s%s", job_change_text(&reason->changes.changes[0], arena),
                            more);
    }
    if (reason->kind == REASON_NEW) {
        return "new";
    }
    const Task *cause = &source->run->plan->tasks[reason->cause];
    if (reason->old.count > 0 && reason->now.count > 0) {
        return arena_format(arena, "%s: %s -> %s", cause->name, reason->old.lines[0],
                            reason->now.lines[0]);
    }
    return arena_format(arena, "%s has changed", cause->name);
}
