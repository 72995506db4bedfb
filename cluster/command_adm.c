/* `adm`: an ADM file on loudspeakers, without a job. */
#include "cluster/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/adm_answer.h"
#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/progress.h"
#include "cluster/signals.h"
#include "spatial/layout_table.h"

enum { MAX_TARGETS = 32 };
static const double bar_interval_s = 0.1;
static const double line_interval_s = 10.0;

typedef struct Hearing {
    const Options *options;
    Arena *arena;
    ErrorList *errors;
    AdmOutput outputs[MAX_TARGETS];
    int output_count;
    const char *path, *output_folder, *stage_folder; /* stage NULL: none */
    AdmFile *file;
    ProgressMode progress;
    bool has_bar;
    double begin_s, told_s;
} Hearing;

/* ---- what is asked for ---- */

static Status fail_layout(Hearing *hearing, const char *name) {
    const Layout *const layout = layout_find(name);
    if (layout) {
        fail(hearing->errors, E213, NO_PLACE, "`%s` is no layout of loudspeakers", name);
    } else {
        fail(hearing->errors, E213, NO_PLACE, "unknown loudspeaker layout `%s`", name);
    }
    error_help(hearing->errors, "nocturne list layouts, or a system of BS.2051 such as 4+7+0");
    return E213;
}

/* NAME__LAYOUT.wav, the layout with `_` for `+`. */
static const char *name_output(const Hearing *hearing, const char *layout_name) {
    const char *const name = path_name(hearing->path);
    const char *const dot = strrchr(name, '.');
    const int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    char *const output = arena_format(hearing->arena, "%.*s__%s.wav", length, name, layout_name);
    for (char *letter = output + length; *letter; letter++) {
        if (*letter == '+') {
            *letter = '_';
        }
    }
    return output;
}

static Status add_target(Hearing *hearing, const char *name) {
    const Layout *layout = layout_find_bs2051(name);
    layout = layout ? layout : layout_find(name);
    if (!layout || layout->kind != LAYOUT_SPEAKERS) {
        return fail_layout(hearing, name);
    }
    const char *const path =
        path_join(hearing->arena, hearing->output_folder, name_output(hearing, name));
    for (int other = 0; other < hearing->output_count; other++) {
        if (strcmp(hearing->outputs[other].path, path) == 0) {
            return fail(hearing->errors, E216, NO_PLACE, "the layout `%s` is asked for twice",
                        name);
        }
    }
    if (hearing->output_count == MAX_TARGETS) {
        return fail(hearing->errors, E002, NO_PLACE, "`--to` takes at most %d layouts",
                    MAX_TARGETS);
    }
    hearing->outputs[hearing->output_count++] =
        (AdmOutput){.layout_name = name, .path = path, .target = {.layout = layout}};
    return DONE;
}

static Status read_targets(Hearing *hearing) {
    const char *rest = hearing->options->to;
    if (!rest) {
        fail(hearing->errors, E002, NO_PLACE, "`nocturne adm` needs `--to`");
        error_help(hearing->errors, "nocturne adm FILE --to 7.1.4,5.1,0+2+0 -o DIR");
        return E002;
    }
    while (rest) {
        const char *const comma = strchr(rest, ',');
        const size_t length = comma ? (size_t)(comma - rest) : strlen(rest);
        TRY(add_target(hearing, arena_copy_bytes(hearing->arena, rest, length)));
        rest = comma ? comma + 1 : NULL;
    }
    return DONE;
}

static Status read_order(Hearing *hearing) {
    const Options *const options = hearing->options;
    TRY(answer_check_count(options, 1, 1, "FILE --to LAYOUT[,LAYOUT...] -o DIR", hearing->errors));
    hearing->path = options->arguments[0];
    const char *const name = path_name(hearing->path);
    const char *const dot = strrchr(name, '.');
    const int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    hearing->output_folder =
        options->output ? options->output : arena_format(hearing->arena, "out/%.*s", length, name);
    return read_targets(hearing);
}

/* ---- where it goes ---- */

/* What is there already may be replaced by a file, never be a link or the input. */
static Status check_place(const Hearing *hearing, const AdmOutput *output) {
    struct stat there;
    struct stat input;
    if (lstat(output->path, &there) != 0) {
        return DONE;
    }
    if (!S_ISREG(there.st_mode)) {
        return fail(hearing->errors, S_ISLNK(there.st_mode) ? E512 : E511, NO_PLACE,
                    "`%s` is there and is no file that could be replaced", output->path);
    }
    if (stat(hearing->path, &input) == 0 && input.st_dev == there.st_dev &&
        input.st_ino == there.st_ino) {
        return fail(hearing->errors, E405, NO_PLACE, "`%s` is the input", output->path);
    }
    return DONE;
}

static Status make_stage(Hearing *hearing) {
    char *const folder =
        arena_format(hearing->arena, "%s/.nocturne-adm.XXXXXX", hearing->output_folder);
    TRY(folder_make(hearing->output_folder, hearing->errors));
    for (int output = 0; output < hearing->output_count; output++) {
        TRY(check_place(hearing, &hearing->outputs[output]));
    }
    if (!mkdtemp(folder)) {
        return file_fail_write(hearing->output_folder, errno, hearing->errors);
    }
    hearing->stage_folder = folder;
    for (int output = 0; output < hearing->output_count; output++) {
        hearing->outputs[output].target.path =
            path_join(hearing->arena, folder, path_name(hearing->outputs[output].path));
    }
    return DONE;
}

/* All files are whole and on disk; each appears by one rename. */
static Status publish(Hearing *hearing) {
    for (int output = 0; output < hearing->output_count; output++) {
        TRY(path_rename(hearing->outputs[output].target.path, hearing->outputs[output].path,
                        hearing->errors));
    }
    return folder_sync(hearing->output_folder, hearing->errors);
}

/* ---- rendering ---- */

static void tell_progress(Hearing *hearing, int64_t done, int64_t all) {
    const double now_s = clock_now_s();
    const bool is_bar = hearing->progress == PROGRESS_BAR;
    const double passed_s = now_s - hearing->begin_s;
    const double interval_s = is_bar ? bar_interval_s : line_interval_s;
    if (hearing->progress == PROGRESS_NONE || now_s - hearing->told_s < interval_s) {
        return;
    }
    const double rate = adm_facts(hearing->file)->sound->rate_hz;
    hearing->told_s = now_s;
    hearing->has_bar = is_bar;
    fprintf(stderr, "%s%3d %%  %.1f x real time%s", is_bar ? "\r" : "",
            (int)(100.0 * (double)done / (double)all),
            passed_s > 0.0 ? (double)done / rate / passed_s : 0.0, is_bar ? "   " : "\n");
}

static bool goes_on(void *context, int64_t done_frames, int64_t all_frames) {
    tell_progress(context, done_frames, all_frames);
    return signals_count() == 0;
}

static Status render(Hearing *hearing) {
    AdmTarget targets[MAX_TARGETS];
    AdmRendering renderings[MAX_TARGETS];
    for (int output = 0; output < hearing->output_count; output++) {
        targets[output] = hearing->outputs[output].target;
    }
    const AdmRequest request = {targets, hearing->output_count, goes_on, hearing};
    TRY(adm_render(hearing->file, &request, renderings, hearing->errors));
    for (int output = 0; output < hearing->output_count; output++) {
        hearing->outputs[output].rendering = renderings[output];
    }
    return publish(hearing);
}

/* The repairs are known before a sample is made: with --strict nothing is. */
static Status hear(Hearing *hearing) {
    const Options *const options = hearing->options;
    TRY(read_order(hearing));
    const char *const folder = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): one thread
    const AdmOpening opening = {.scratch_folder = folder && *folder ? folder : NULL,
                                .programme_id = options->programme};
    if (!file_exists(hearing->path)) {
        return fail(hearing->errors, E410, NO_PLACE, "no file `%s`", hearing->path);
    }
    hearing->begin_s = hearing->told_s = clock_now_s();
    TRY(adm_open(hearing->path, &opening, &hearing->file, hearing->errors));
    adm_tell_repairs(hearing->file, hearing->errors);
    if (options->is_strict && warnings_count(hearing->errors) > 0) {
        return E445;
    }
    TRY(make_stage(hearing));
    return render(hearing);
}

static void clean_up(Hearing *hearing) {
    if (hearing->has_bar) {
        fprintf(stderr, "\r%*s\r", 40, "");
    }
    if (hearing->stage_folder) {
        folder_remove(hearing->stage_folder, hearing->errors);
    }
}

/* Repairs are in the answer also when --strict refuses them. */
static int tell_failure(const Hearing *hearing) {
    const Options *const options = hearing->options;
    if (!hearing->file || !options->is_json) {
        const int exit_code = answer_failure(options, hearing->errors, NULL);
        return signals_count() > 0 ? signals_exit_code() : exit_code;
    }
    const AdmAnswer answer = {.path = hearing->path, .file = hearing->file};
    int exit_code = answer_errors(options, hearing->errors, NULL);
    exit_code = signals_count() > 0 ? signals_exit_code() : exit_code;
    adm_answer_print(options, &answer, exit_code);
    return exit_code;
}

int command_adm(const Options *options) {
    Arena *arena = arena_create();
    Hearing *const hearing = arena_alloc(arena, sizeof *hearing);
    hearing->options = options;
    hearing->arena = arena;
    hearing->errors = errors_create(arena);
    hearing->progress = progress_target(options).mode;
    signals_open(SIGNALS_INLINE);
    const Status status = hear(hearing);
    clean_up(hearing);
    int exit_code = 0;
    if (status == DONE) {
        const AdmAnswer answer = {
            hearing->path, hearing->file, hearing->outputs, hearing->output_count,
            hearing->progress == PROGRESS_NONE ? 0.0 : clock_now_s() - hearing->begin_s};
        adm_answer_clipping(&answer, hearing->errors);
        exit_code = answer_errors(options, hearing->errors, NULL);
        adm_answer_print(options, &answer, exit_code);
    } else {
        exit_code = tell_failure(hearing);
    }
    adm_close(&hearing->file);
    arena_destroy(&arena);
    return exit_code;
}
