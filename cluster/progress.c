/* What a person (or a program, --json) sees of a run. */
#include "cluster/progress.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cluster/run_log.h"
#include "render/base/growing_text.h"

enum { BAR_CELLS = 28, LINE_BYTES = 512, DEFAULT_COLUMNS = 80, MIN_COLUMNS = 20 };

static const double redraw_s = 0.1;         /* at most ten times a second */
static const double line_interval_s = 30.0; /* plain lines: this often, or every 5 % */
static const double line_share = 0.05;
static const double line_min_s = 1.0; /* a short run shall not fill the log */
static const double foretell_share = 0.05, foretell_s = 5.0;

typedef struct Share { /* of one job, or of all */
    int task_count, done_count;
    double cost, done_cost;
} Share;

struct Progress {
    const Batch *batch;
    ProgressTarget target;
    Share *shares; /* [batch->count] */
    Share all;
    int rank_count;
    int published_count, warning_count;
    double first_done_cost;
    double start_s, drawn_s, said_s, said_share;
    int *running; /* [rank_count] task of the batch, -1: none */
    int drawn_lines;
    RunLog *log;
    bool has_started, has_schema;
};

/* ---- numbers for people ---- */

const char *progress_format_seconds(double seconds, Arena *arena) {
    const int whole = (int)seconds;
    if (seconds < 60.0) {
        return arena_format(arena, "0:%04.1f", seconds < 59.9 ? seconds : 59.9);
    }
    if (whole < 3600) {
        return arena_format(arena, "%d:%02d", whole / 60, whole % 60);
    }
    return arena_format(arena, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

static void format_clock(double seconds, char text[16]) {
    const int whole = seconds < 359999.0 ? (int)(seconds + 0.5) : 359999;
    if (whole < 3600) {
        snprintf(text, 16, "%02d:%02d", whole / 60, whole % 60);
    } else {
        snprintf(text, 16, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}

static double share_done(const Progress *progress) {
    return progress->all.cost > 0.0 ? progress->all.done_cost / progress->all.cost : 1.0;
}

/* Programme seconds rendered per second of this run; work that was done before does not count. */
static double speed(const Progress *progress, double now_s) {
    const double elapsed_s = now_s - progress->start_s;
    if (elapsed_s <= 0.0 || progress->all.cost <= 0.0) {
        return 0.0;
    }
    const double length_s = batch_length_s(progress->batch);
    return (progress->all.done_cost - progress->first_done_cost) / progress->all.cost * length_s /
           elapsed_s;
}

/* Seconds to go; negative: too early to say. */
static double foretell(const Progress *progress, double now_s) {
    const double elapsed_s = now_s - progress->start_s;
    const double made = progress->all.done_cost - progress->first_done_cost;
    const double open = progress->all.cost - progress->first_done_cost;
    if (made <= 0.0 || open <= 0.0 || (made / open < foretell_share && elapsed_s < foretell_s)) {
        return -1.0;
    }
    return elapsed_s * (open - made) / made;
}

/* ---- the block on a terminal ---- */

static int columns_of(const Progress *progress) {
    struct winsize size;
    if (progress->target.columns > 0) {
        return progress->target.columns;
    }
    if (ioctl(fileno(progress->target.talk), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= MIN_COLUMNS) {
        return size.ws_col;
    }
    return DEFAULT_COLUMNS;
}

void progress_clear(Progress *progress) {
    FILE *talk = progress->target.talk;
    if (progress->drawn_lines > 0) {
        fprintf(talk, "\x1b[%dA\r\x1b[J", progress->drawn_lines);
        fflush(talk);
        progress->drawn_lines = 0;
    }
}

/* left, and right at the right edge, on one line that never wraps. */
static void put_line(Progress *progress, const char *left, const char *right) {
    const int columns = columns_of(progress) - 1;
    const int gap = columns - (int)strlen(left) - (int)strlen(right);
    if (gap >= 1) {
        fprintf(progress->target.talk, "%s%*s%s\n", left, gap, "", right);
    } else {
        fprintf(progress->target.talk, "%.*s\n", columns, left);
    }
    progress->drawn_lines++;
}

static void put_bar(Progress *progress, double now_s) {
    char left[LINE_BYTES];
    char right[LINE_BYTES] = "";
    char bar[BAR_CELLS + 1];
    const double share = share_done(progress);
    const int full = (int)(share * BAR_CELLS);
    memset(bar, ' ', BAR_CELLS);
    bar[BAR_CELLS] = '\0';
    memset(bar, '#', (size_t)full);
    if (full < BAR_CELLS) {
        bar[full] = '>';
    }
    snprintf(left, sizeof left, "[%s] %2.0f %%  %d/%d tasks", bar, share * 100.0,
             progress->all.done_count, progress->all.task_count);
    const double times = speed(progress, now_s);
    if (times > 0.0) {
        snprintf(right, sizeof right, "%.1fx real time", times);
    }
    put_line(progress, left, right);
}

static void put_running(Progress *progress, double now_s) {
    char left[LINE_BYTES] = "";
    char right[32] = "";
    char eta[16];
    size_t used = 0;
    for (int rank = 0; rank < progress->rank_count && used + 64 < sizeof left; rank++) {
        if (progress->running[rank] >= 0) {
            const char *name = progress->batch->plan->tasks[progress->running[rank]].name;
            used += (size_t)snprintf(left + used, sizeof left - used, "%s%.56s", used ? " | " : "",
                                     name);
        }
    }
    const double to_go_s = foretell(progress, now_s);
    if (to_go_s >= 0.0) {
        format_clock(to_go_s, eta);
        snprintf(right, sizeof right, " ETA %s", eta);
    }
    const int room = columns_of(progress) - 2 - (int)strlen(right);
    if ((int)used > room && room > 3) {
        snprintf(left + room - 3, 4, "...");
    }
    put_line(progress, left, right);
}

static void draw_block(Progress *progress, double now_s) {
    char left[LINE_BYTES];
    char right[LINE_BYTES];
    const int count = batch_deliverable_count(progress->batch);
    const double share =
        progress->all.cost > 0.0 ? 100.0 * progress->first_done_cost / progress->all.cost : 0.0;
    progress_clear(progress);
    snprintf(left, sizeof left, "%s  %d deliverable%s", progress->batch->plan->code, count,
             count == 1 ? "" : "s");
    snprintf(right, sizeof right, "ranks %d   cache %.0f %%", progress->rank_count, share);
    put_line(progress, left, right);
    put_bar(progress, now_s);
    put_running(progress, now_s);
    snprintf(left, sizeof left, "published %d of %d   warnings %d", progress->published_count,
             count, progress->warning_count);
    put_line(progress, left, "");
    fflush(progress->target.talk);
}

/* ---- plain lines ---- */

static void put_stamp(FILE *talk) {
    char text[16];
    struct tm parts;
    const time_t now = time(NULL);
    localtime_r(&now, &parts);
    strftime(text, sizeof text, "%H:%M:%S", &parts);
    fprintf(talk, "%s ", text);
}

/* job: -1: of all. */
static void tell_line(Progress *progress, int job, const Text *line) {
    if (progress->target.mode == PROGRESS_LINES) {
        put_stamp(progress->target.talk);
        fprintf(progress->target.talk, "%s\n", line->bytes);
        fflush(progress->target.talk);
    }
    run_log_add(progress->log, job, line->bytes);
}

static void say_share(Progress *progress, double now_s) {
    char eta[16];
    Arena *scratch = arena_create();
    Text line = {.arena = scratch};
    const double to_go_s = foretell(progress, now_s);
    text_add(&line, "%2.0f %%  %d/%d", share_done(progress) * 100.0, progress->all.done_count,
             progress->all.task_count);
    if (speed(progress, now_s) > 0.0) {
        text_add(&line, "  %.1fx", speed(progress, now_s));
    }
    if (to_go_s >= 0.0) {
        format_clock(to_go_s, eta);
        text_add(&line, "  eta %s", eta);
    }
    tell_line(progress, -1, &line);
    arena_destroy(&scratch);
    progress->said_s = now_s;
    progress->said_share = share_done(progress);
}

static void say_share_when_due(Progress *progress, double now_s) {
    const double passed_s = now_s - progress->said_s;
    const bool has_grown = share_done(progress) - progress->said_share >= line_share - 1e-9;
    if (passed_s >= line_interval_s || (has_grown && passed_s >= line_min_s)) {
        say_share(progress, now_s);
    }
}

static const char *code_of(const Progress *progress, int job) {
    return progress->batch->jobs[job]->run.plan->code;
}

static void say_start(Progress *progress, int job) {
    Arena *scratch = arena_create();
    Text line = {.arena = scratch};
    text_add(&line, "start %s  %d tasks (%d done)  %d rank%s", code_of(progress, job),
             progress->shares[job].task_count, progress->shares[job].done_count,
             progress->rank_count, progress->rank_count == 1 ? "" : "s");
    tell_line(progress, job, &line);
    arena_destroy(&scratch);
}

static void say_published(Progress *progress, int job, const json_t *fields) {
    Arena *scratch = arena_create();
    Text line = {.arena = scratch};
    const char *id = json_string_value(json_object_get(fields, "deliverable"));
    const char *verdict = json_string_value(json_object_get(fields, "verdict"));
    const int files = (int)json_integer_value(json_object_get(fields, "files"));
    const bool is_alone = progress->batch->count == 1;
    text_add(&line, "done %s%s%s  %d file%s", is_alone ? "" : code_of(progress, job),
             is_alone ? "" : "/", id ? id : "?", files, files == 1 ? "" : "s");
    if (json_object_get(fields, "lufs")) {
        text_add(&line, "  full %.1f LUFS  %.1f dBTP",
                 json_real_value(json_object_get(fields, "lufs")),
                 json_real_value(json_object_get(fields, "dbtp")));
    }
    const bool is_held = json_is_true(json_object_get(fields, "held"));
    text_add(&line, "  %s%s", verdict ? verdict : "", is_held ? " (held)" : "");
    tell_line(progress, job, &line);
    arena_destroy(&scratch);
}

int progress_count_running(const Progress *progress) {
    int count = 0;
    for (int rank = 0; rank < progress->rank_count; rank++) {
        count += progress->running[rank] >= 0;
    }
    return count;
}

static void log_words(Progress *progress, int job, const char *format, va_list arguments) {
    char *words = NULL;
    if (vasprintf(&words, format, arguments) >= 0) {
        run_log_add(progress->log, job, words);
        free(words);
    }
}

void progress_say(Progress *progress, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_words(progress, -1, format, arguments);
    va_end(arguments);
    if (progress->target.mode == PROGRESS_NONE) {
        return;
    }
    va_start(arguments, format);
    progress_clear(progress);
    vfprintf(progress->target.talk, format, arguments);
    fputc('\n', progress->target.talk);
    fflush(progress->target.talk);
    va_end(arguments);
}

void progress_log(Progress *progress, int job, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    log_words(progress, job, format, arguments);
    va_end(arguments);
}

/* ---- events ---- */

static int int_member(const json_t *fields, const char *key) {
    return (int)json_integer_value(json_object_get(fields, key));
}

/* What a job's start says takes the place of what its last one said. */
static void take_share(Progress *progress, int job, const json_t *fields) {
    const Share told = {.task_count = int_member(fields, "tasks"),
                        .done_count = int_member(fields, "done"),
                        .cost = json_number_value(json_object_get(fields, "cost")),
                        .done_cost = json_number_value(json_object_get(fields, "cost_done"))};
    const Share before = progress->shares[job];
    progress->shares[job] = told;
    progress->all.task_count += told.task_count - before.task_count;
    progress->all.done_count += told.done_count - before.done_count;
    progress->all.cost += told.cost - before.cost;
    progress->all.done_cost += told.done_cost - before.done_cost;
}

static void hire_ranks(Progress *progress, int count) {
    progress->rank_count = count;
    progress->running =
        arena_array(progress->batch->arena, (size_t)count + 1, sizeof *progress->running);
    for (int rank = 0; rank < count; rank++) {
        progress->running[rank] = -1;
    }
}

static void take_start(Progress *progress, int job, const json_t *fields, double now_s) {
    if (!progress->shares) {
        progress->shares = arena_array(progress->batch->arena, (size_t)progress->batch->count,
                                       sizeof *progress->shares);
    }
    const bool is_first = progress->shares[job].task_count == 0;
    take_share(progress, job, fields);
    hire_ranks(progress, int_member(fields, "ranks"));
    if (!is_first) {
        return; /* another launch of the same run */
    }
    progress->start_s = progress->has_started ? progress->start_s : now_s;
    progress->said_s = now_s;
    progress->has_started = true;
    progress->first_done_cost += progress->shares[job].done_cost;
    progress->said_share = share_done(progress);
    size_t index;
    json_t *deliverable;
    json_array_foreach(json_object_get(fields, "deliverables"), index, deliverable) {
        progress->published_count += json_is_true(json_object_get(deliverable, "published"));
    }
    say_start(progress, job);
}

/* No more is done than there is to do. */
static void add_done(Share *share, double cost) {
    share->done_count += share->done_count < share->task_count;
    share->done_cost += cost;
    share->done_cost = share->done_cost < share->cost ? share->done_cost : share->cost;
}

static void take_task(Progress *progress, int job, const char *event, const json_t *fields) {
    const int worker = int_member(fields, "worker");
    const int task = progress->batch->first_tasks[job] + int_member(fields, "task");
    const bool is_start = strcmp(event, "task_start") == 0;
    if (worker >= 0 && worker < progress->rank_count) {
        progress->running[worker] = is_start ? task : -1;
    }
    if (strcmp(event, "task_failed") == 0) {
        const char *name = json_string_value(json_object_get(fields, "name"));
        const char *message = json_string_value(json_object_get(fields, "message"));
        progress_log(progress, job, "failed `%s` on rank %d%s: E%03d %s", name ? name : "?",
                     worker + 1,
                     json_is_true(json_object_get(fields, "final")) ? ", set aside" : "",
                     int_member(fields, "id"), message ? message : "");
    }
    if (strcmp(event, "task_done") == 0) {
        const double cost = json_number_value(json_object_get(fields, "cost"));
        add_done(&progress->shares[job], cost);
        add_done(&progress->all, cost);
    }
}

void progress_tell_json(Progress *progress, const char *event, const json_t *fields) {
    char stamp[40];
    struct tm parts;
    const time_t now = time(NULL);
    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
    json_t *line = json_copy((json_t *)fields);
    json_object_del(line, "sum");
    json_object_set_new(line, "ev", json_string(event));
    json_object_set_new(line, "t", json_string(stamp));
    if (!progress->has_schema) {
        json_object_set_new(line, "schema", json_string("nocturne-events/1"));
        progress->has_schema = true;
    } else {
        json_object_del(line, "schema");
    }
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    fprintf(progress->target.answer, "%s\n", text ? text : "{}");
    fflush(progress->target.answer);
    free(text);
    json_decref(line);
}

static void take_message(Progress *progress, const json_t *fields) {
    const char *severity = json_string_value(json_object_get(fields, "severity"));
    progress->warning_count += severity && strcmp(severity, "warning") == 0;
}

/* The hand-out stops for want of room, or goes on. */
static void take_notice(Progress *progress, const json_t *fields) {
    const char *notice = json_string_value(json_object_get(fields, "notice"));
    if (notice) {
        progress_say(progress, "%s", notice);
    }
}

static void take_lost(Progress *progress, const json_t *fields) {
    const int worker = int_member(fields, "worker");
    const char *who = json_string_value(json_object_get(fields, "who"));
    if (worker >= 0 && worker < progress->rank_count) {
        progress->running[worker] = -1;
    }
    progress_say(progress, "%s died: the other ranks go on", who ? who : "a rank");
}

/* With several jobs every line says of which. */
static void tell_event(Progress *progress, int job, const char *event, const json_t *fields) {
    if (progress->batch->count == 1) {
        progress_tell_json(progress, event, fields);
        return;
    }
    json_t *line = json_copy((json_t *)fields);
    json_object_set_new(line, "code", json_string(code_of(progress, job)));
    progress_tell_json(progress, event, line);
    json_decref(line);
}

void progress_take(
    Progress *progress, int job, const char *event, const json_t *fields, double now_s) {
    if (strcmp(event, "start") == 0) {
        take_start(progress, job, fields, now_s);
    } else if (strncmp(event, "task_", 5) == 0 && progress->has_started) {
        take_task(progress, job, event, fields);
    } else if (strcmp(event, "published") == 0) {
        progress->published_count++;
        say_published(progress, job, fields);
    } else if (strcmp(event, "lost") == 0) {
        take_lost(progress, fields);
    } else if (strcmp(event, "held") == 0 || strcmp(event, "released") == 0) {
        take_notice(progress, fields);
    } else if (strcmp(event, "message") == 0) {
        take_message(progress, fields);
    }
    /* the command itself tells messages and the exit, at its end */
    const bool is_inner = strcmp(event, "heartbeat") == 0 || strcmp(event, "end") == 0 ||
                          strcmp(event, "message") == 0;
    if (progress->target.is_json && !is_inner) {
        tell_event(progress, job, event, fields);
    }
}

void progress_draw(Progress *progress, double now_s) {
    if (!progress->has_started) {
        return;
    }
    say_share_when_due(progress, now_s);
    if (progress->target.mode == PROGRESS_BAR && now_s - progress->drawn_s >= redraw_s) {
        progress->drawn_s = now_s;
        draw_block(progress, now_s);
    }
}

ProgressTarget progress_target(const Options *options) {
    const char *terminal = getenv("TERM");
    const bool is_terminal = isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
    ProgressMode mode = options->progress;
    if (mode == PROGRESS_AUTO) {
        mode = is_terminal && !options->is_json ? PROGRESS_BAR : PROGRESS_LINES;
    }
    if (options->is_quiet) {
        mode = PROGRESS_NONE;
    }
    return (ProgressTarget){stderr, stdout, mode, options->is_json, 0};
}

Progress *progress_create(const Batch *batch, ProgressTarget target) {
    Progress *progress = arena_alloc(batch->arena, sizeof *progress);
    progress->batch = batch;
    progress->target = target;
    progress->log = run_log_create(batch);
    return progress;
}
