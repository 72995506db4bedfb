/* `status`: how far a run is, from its journal and lock alone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/journal.h"
#include "cluster/lock.h"
#include "cluster/progress.h"
#include "render/base/files.h"

enum { DELIVERABLE_LIMIT = 256, RUNNING_LIMIT = 4096, FORETELL_TASKS = 3 };
static const double spread_floor = 0.05;

typedef struct DeliverableState {
    const char *id, *verdict;
    bool is_published, is_held;
} DeliverableState;

typedef struct RunState {
    Arena *arena;
    const char *code, *last_time;
    int tasks, done, ranks, launch, exit_code;
    double cost, cost_done;
    double start_s, made_cost;       /* of this launch */
    double ratio_sum, ratio_squares; /* of seconds by cost of its tasks */
    int ratio_count;
    bool has_started, has_ended;
    bool waits_for_room; /* nothing new is started until there is */
    DeliverableState deliverables[DELIVERABLE_LIMIT];
    int deliverable_count;
    const char *running[RUNNING_LIMIT]; /* task names by worker */
} RunState;

static const char *text_of(const RunState *state, const json_t *event, const char *key) {
    const char *text = json_string_value(json_object_get(event, key));
    return text ? arena_copy_text(state->arena, text) : NULL;
}

static int int_of(const json_t *event, const char *key) {
    return (int)json_integer_value(json_object_get(event, key));
}

/* "2026-05-09T02:14:07.123Z" in seconds since 1970; 0 when it is not readable. */
static double read_time(const char *text) {
    struct tm parts = {0};
    const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) : NULL;
    return rest ? (double)timegm(&parts) + strtod(*rest == '.' ? rest : "0", NULL) : 0.0;
}

static void take_start(RunState *state, const json_t *event) {
    Arena *arena = state->arena;
    *state = (RunState){.arena = arena, .has_started = true, .last_time = state->last_time};
    state->code = text_of(state, event, "code");
    state->tasks = int_of(event, "tasks");
    state->done = int_of(event, "done");
    state->ranks = int_of(event, "ranks");
    state->launch = int_of(event, "launch");
    state->waits_for_room = false;
    state->cost = json_number_value(json_object_get(event, "cost"));
    state->cost_done = json_number_value(json_object_get(event, "cost_done"));
    state->start_s = read_time(state->last_time);
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(event, "deliverables"), index, entry) {
        if (index < DELIVERABLE_LIMIT) {
            state->deliverables[state->deliverable_count++] = (DeliverableState){
                .id = text_of(state, entry, "id"),
                .is_published = json_is_true(json_object_get(entry, "published"))};
        }
    }
}

static void take_cost(RunState *state, const json_t *event) {
    const double cost = json_number_value(json_object_get(event, "cost"));
    state->cost_done += cost;
    state->made_cost += cost;
    if (cost > 0.0) {
        const double ratio = json_number_value(json_object_get(event, "seconds")) / cost;
        state->ratio_sum += ratio;
        state->ratio_squares += ratio * ratio;
        state->ratio_count++;
    }
}

/* Seconds to go at the speed of this launch, and how far that may be off: the standard error of
 * what a unit of cost took, and a twentieth. Negative: too early to say. */
static double foretell(const RunState *state, double now_s, double *spread_s) {
    const double elapsed_s = now_s - state->start_s;
    const double open = state->cost - state->cost_done;
    if (state->ratio_count < FORETELL_TASKS || state->made_cost <= 0.0 || elapsed_s < 1.0) {
        return -1.0;
    }
    const double count = state->ratio_count;
    const double mean = state->ratio_sum / count;
    const double variance = state->ratio_squares / count - mean * mean;
    const double share = mean > 0.0 && variance > 0.0 ? sqrt(variance / count) / mean : 0.0;
    const double to_go_s = open > 0.0 ? open / state->made_cost * elapsed_s : 0.0;
    *spread_s = to_go_s * (share + spread_floor);
    return to_go_s;
}

static void take_task(RunState *state, const char *name, const json_t *event) {
    const int worker = int_of(event, "worker");
    if (worker >= 0 && worker < RUNNING_LIMIT) {
        state->running[worker] =
            strcmp(name, "task_start") == 0 ? text_of(state, event, "name") : NULL;
    }
    if (strcmp(name, "task_done") == 0) {
        state->done++;
        take_cost(state, event);
    }
}

static void take_published(RunState *state, const json_t *event) {
    const char *id = json_string_value(json_object_get(event, "deliverable"));
    for (int index = 0; id && index < state->deliverable_count; index++) {
        DeliverableState *deliverable = &state->deliverables[index];
        if (deliverable->id && strcmp(deliverable->id, id) == 0) {
            deliverable->is_held = json_is_true(json_object_get(event, "held"));
            deliverable->is_published = !deliverable->is_held;
            deliverable->verdict = text_of(state, event, "verdict");
        }
    }
}

static void take_event(void *context, const json_t *event) {
    RunState *state = context;
    const char *name = json_string_value(json_object_get(event, "ev"));
    state->last_time = text_of(state, event, "t");
    if (!name) {
        return;
    }
    if (strcmp(name, "start") == 0) {
        take_start(state, event);
    } else if (strncmp(name, "task_", 5) == 0) {
        take_task(state, name, event);
    } else if (strcmp(name, "published") == 0) {
        take_published(state, event);
    } else if (strcmp(name, "held") == 0 || strcmp(name, "released") == 0) {
        state->waits_for_room = strcmp(name, "held") == 0;
    } else if (strcmp(name, "end") == 0) {
        state->has_ended = true;
        state->exit_code = int_of(event, "code");
    }
}

static const char *judge(const RunState *state, LockState lock) {
    if (lock == LOCK_HELD) {
        return "running";
    }
    if (lock == LOCK_ELSEWHERE) {
        return "running elsewhere";
    }
    if (!state->has_ended) {
        return state->has_started ? "interrupted" : "not begun";
    }
    return state->exit_code == 0 ? "finished" : "ended";
}

static const char *word_of(const DeliverableState *deliverable) {
    return deliverable->is_held ? "held" : deliverable->is_published ? "done" : "open";
}

static int percent(const RunState *state) {
    return state->cost > 0.0 ? (int)(100.0 * state->cost_done / state->cost + 1e-6) : 0;
}

static bool is_running(const char *word) {
    return strncmp(word, "running", 7) == 0;
}

static void print_head(const RunState *state, const char *word, const LockOwner *owner) {
    printf("%s  %s", state->code ? state->code : "?", word);
    if (is_running(word)) {
        printf(": pid %ld on host %s since %s", owner->pid, owner->host, owner->since);
    } else if (state->has_ended && state->exit_code != 0) {
        printf(" with exit code %d", state->exit_code);
    }
    if (is_running(word) && state->waits_for_room) {
        printf(": waits for room on the disk or in the quota");
    }
    const char *plural = state->ranks == 1 ? "" : "s";
    printf("\n%d %%  %d/%d tasks  %d rank%s\n", percent(state), state->done, state->tasks,
           state->ranks, plural);
    double spread_s = 0.0;
    const double to_go_s = foretell(state, (double)time(NULL), &spread_s);
    if (is_running(word) && to_go_s >= 0.0) {
        printf("ready in %s", progress_format_seconds(to_go_s, state->arena));
        printf(" (+- %s)\n", progress_format_seconds(spread_s, state->arena));
    }
    if (state->last_time) {
        printf("last sign %s\n", state->last_time);
    }
}

static void print_people(const RunState *state, const char *word, const LockOwner *owner) {
    print_head(state, word, owner);
    for (int index = 0; index < state->deliverable_count; index++) {
        const DeliverableState *deliverable = &state->deliverables[index];
        const char *verdict = deliverable->verdict ? deliverable->verdict : "";
        const char *id = deliverable->id ? deliverable->id : "?";
        printf("  %-12s %s%s%s\n", id, word_of(deliverable), *verdict ? "  " : "", verdict);
    }
    for (int worker = 0; worker < RUNNING_LIMIT && is_running(word); worker++) {
        if (state->running[worker]) {
            printf("  rank %d: %s\n", worker + 1, state->running[worker]);
        }
    }
}

static void print_json(const RunState *state, const char *word, const LockOwner *owner) {
    json_t *deliverables = json_object();
    for (int index = 0; index < state->deliverable_count; index++) {
        const DeliverableState *deliverable = &state->deliverables[index];
        json_object_set_new(deliverables, deliverable->id ? deliverable->id : "?",
                            json_string(word_of(deliverable)));
    }
    json_t *answer =
        json_pack("{s:s?, s:s, s:i, s:i, s:i, s:i, s:s?, s:o}", "code", state->code, "state", word,
                  "percent", percent(state), "done", state->done, "tasks", state->tasks, "ranks",
                  state->ranks, "last_sign", state->last_time, "deliverables", deliverables);
    if (state->has_ended) {
        json_object_set_new(answer, "exit_code", json_integer(state->exit_code));
    }
    double spread_s = 0.0;
    const double to_go_s = foretell(state, (double)time(NULL), &spread_s);
    if (is_running(word) && to_go_s >= 0.0) {
        json_object_set_new(answer, "seconds_to_go", json_real(to_go_s));
        json_object_set_new(answer, "seconds_spread", json_real(spread_s));
    }
    if (owner->pid > 0) {
        json_object_set_new(answer, "pid", json_integer(owner->pid));
        json_object_set_new(answer, "host", json_string(owner->host));
    }
    answer_json(answer);
}

static Status read_state(
    const Options *options, RunState *state, LockState *lock, LockOwner *owner, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 1, "DIR", errors));
    Arena *arena = state->arena;
    const char *folder = path_join(arena, options->arguments[0], ".nocturne");
    long offset = 0;
    if (!folder_exists(folder)) {
        return fail(errors, E410, NO_PLACE, "`%s` is not the folder of a run",
                    options->arguments[0]);
    }
    *lock = lock_look(path_join(arena, folder, "lock"), owner);
    return journal_read(path_join(arena, folder, "journal"), &offset, take_event, state, errors);
}

/* One look; is_over: nothing more will change. */
static int look(const Options *options, bool *is_over) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    RunState *state = arena_alloc(arena, sizeof *state);
    LockState lock = LOCK_FREE;
    LockOwner owner = {0};
    int exit_code = 0;
    state->arena = arena;
    *is_over = true;
    if (read_state(options, state, &lock, &owner, errors) != DONE) {
        exit_code = answer_failure(options, errors, NULL);
    } else {
        answer_errors(options, errors, NULL);
        const char *word = judge(state, lock);
        *is_over = !is_running(word);
        if (options->is_watching && isatty(STDOUT_FILENO)) {
            fputs("\x1b[H\x1b[2J", stdout); /* home, and an empty screen */
        }
        if (options->is_json) {
            print_json(state, word, &owner);
        } else {
            print_people(state, word, &owner);
        }
        fflush(stdout);
    }
    arena_destroy(&arena);
    return exit_code;
}

int command_status(const Options *options) {
    bool is_over = false;
    int exit_code = look(options, &is_over);
    while (options->is_watching && !is_over && !ferror(stdout)) {
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        exit_code = look(options, &is_over);
    }
    return exit_code;
}
