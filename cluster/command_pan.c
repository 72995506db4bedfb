/* `pan`: where will this go? The gains of objects in a layout, or what the ears hear of them. */
#include "cluster/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/job_input.h"
#include "cluster/pan_row.h"
#include "spatial/binaural_probe.h"
#include "spatial/layout_table.h"
#include "spatial/object_gains.h"

typedef struct Panning {
    const Options *options;
    Arena *arena;
    ErrorList *errors;
    const Layout *layout;
    ObjectPanner *panner;
    BinauralProbe *ears; /* --binaural */
    JobInput input;      /* of NAME@JOB */
    PanColumns columns;
    double *direct, *diffuse; /* [channel_count] */
    bool is_drawn;            /* bars for a person */
    int row;
} Panning;

/* NAME@JOB: one that the job has. */
static Status find_job_layout(Panning *work, const char *name, const char *path) {
    JobSpec *job = NULL;
    TRY(job_input_load(work->options, path, work->arena, &work->input, &job, work->errors));
    for (int index = 0; index < job->layout_count; index++) {
        if (!strcmp(job->layouts[index].id, name)) {
            work->layout = job->layouts[index].table;
            return DONE;
        }
    }
    return fail(work->errors, E213, NO_PLACE, "`%s` has no layout `%s`", path, name);
}

static Status find_layout(Panning *work, const char *name) {
    const char *at = strchr(name, '@');
    work->layout = layout_find_bs2051(name);
    work->layout = work->layout ? work->layout : layout_find(name);
    if (at) {
        const char *own = arena_copy_bytes(work->arena, name, (size_t)(at - name));
        TRY(find_job_layout(work, own, at + 1));
    }
    if (!work->layout || work->layout->kind != LAYOUT_SPEAKERS) {
        fail(work->errors, E213, NO_PLACE, "unknown loudspeaker layout `%s`", name);
        error_help(work->errors, "nocturne list layouts, a system of BS.2051 such as 4+7+0, or "
                                 "NAME@JOB for a layout of a job");
        return E213;
    }
    const size_t channels = (size_t)work->layout->channel_count;
    work->direct = arena_array(work->arena, channels, sizeof *work->direct);
    work->diffuse = arena_array(work->arena, channels, sizeof *work->diffuse);
    return object_panner_create(work->layout, work->arena, &work->panner, work->errors);
}

/* Of BS.2051, else the layout's own. */
static const char *column_label(const Layout *layout, int channel) {
    const char *label = layout_bs2051_label(layout, channel);
    return *label ? label : layout->channels[channel].label;
}

static void print_header(const Panning *work, const char *names) {
    const int length = (int)strcspn(names, "\r\n");
    printf("%.*s", length, names);
    if (work->ears) {
        printf(",itd_us,ild_db\n");
        return;
    }
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        printf(",g_%s", column_label(work->layout, channel));
    }
    for (int channel = 0;
         work->columns.is_given[PAN_DIFFUSE] && channel < work->layout->channel_count; channel++) {
        printf(",d_%s", column_label(work->layout, channel));
    }
    printf("\n");
}

/* A gain of 1 is 40 characters long. */
static void draw_bars(const Panning *work) {
    enum { FULL_BAR = 40 };
    static const char bar[] = "########################################";
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        const double gain = work->direct[channel];
        const double size = gain < 0.0 ? -gain : gain;
        const int length = size >= 1.0 ? FULL_BAR : (int)(size * FULL_BAR + 0.5);
        const double level_db = db_from_gain(size);
        printf("%-4s %-6s %-*.*s %6.3f", work->layout->channels[channel].label,
               layout_bs2051_label(work->layout, channel), FULL_BAR, length, bar, gain);
        printf(level_db > silence_db ? " %6.1f dB\n" : "\n", level_db);
    }
}

static Status answer_row(Panning *work, const char *cells) {
    ObjectState object;
    double gain = 1.0;
    work->row++;
    TRY(pan_row_read(cells, work->row, &work->columns, &object, &gain, work->errors));
    if (work->ears) {
        const BinauralCues cues = binaural_probe(work->ears, &object.position);
        printf("%.*s,%.12g,%.12g\n", (int)strcspn(cells, "\r\n"), cells, cues.itd_us, cues.ild_db);
        return DONE;
    }
    object_panner_gains(work->panner, &object, work->direct, work->diffuse);
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        work->direct[channel] *= gain;
        work->diffuse[channel] *= gain;
    }
    if (work->is_drawn) {
        draw_bars(work);
        return DONE;
    }
    printf("%.*s", (int)strcspn(cells, "\r\n"), cells);
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        printf(",%.12g", work->direct[channel]);
    }
    for (int channel = 0;
         work->columns.is_given[PAN_DIFFUSE] && channel < work->layout->channel_count; channel++) {
        printf(",%.12g", work->diffuse[channel]);
    }
    printf("\n");
    return DONE;
}

/* The objects of a CSV with a header on standard input. */
static Status answer_stream(Panning *work) {
    char *line = NULL;
    size_t room = 0;
    Status status = DONE;
    if (getline(&line, &room, stdin) < 0) {
        status = fail(work->errors, E002, NO_PLACE, "standard input holds no header");
    }
    status = status ? status : pan_columns_read(line, &work->columns, work->errors);
    if (status == DONE) {
        print_header(work, line);
    }
    while (status == DONE && getline(&line, &room, stdin) >= 0) {
        if (line[strspn(line, " \t\r\n")] != '\0') {
            status = answer_row(work, line);
        }
    }
    free(line);
    return status;
}

/* One object in words: az=30 el=10. */
static Status answer_words(Panning *work) {
    const Options *options = work->options;
    const char *names = "";
    const char *cells = "";
    for (int word = 1; word < options->argument_count; word++) {
        const char *text = options->arguments[word];
        const char *sign = strchr(text, '=');
        if (!sign) {
            return fail(work->errors, E002, NO_PLACE, "`%s`: write az=30 el=10", text);
        }
        const char *comma = word > 1 ? "," : "";
        names = arena_format(work->arena, "%s%s%.*s", names, comma, (int)(sign - text), text);
        cells = arena_format(work->arena, "%s%s%s", cells, comma, sign + 1);
    }
    TRY(pan_columns_read(names, &work->columns, work->errors));
    if (!work->is_drawn) {
        print_header(work, names);
    }
    return answer_row(work, cells);
}

static Status pan(Panning *work) {
    const Options *options = work->options;
    TRY(answer_check_count(options, 1, -1, "LAYOUT [az=DEG el=DEG ...]", work->errors));
    TRY(find_layout(work, options->arguments[0]));
    if (options->binaural) {
        TRY(binaural_probe_create(options->binaural, work->arena, &work->ears, work->errors));
    }
    const bool has_words = options->argument_count > 1;
    work->is_drawn = has_words && isatty(STDOUT_FILENO) && !options->is_csv && !work->ears;
    return has_words ? answer_words(work) : answer_stream(work);
}

int command_pan(const Options *options) {
    Arena *arena = arena_create();
    Panning work = {.options = options, .arena = arena, .errors = errors_create(arena)};
    pan(&work);
    const int exit_code = answer_errors(options, work.errors, &work.input);
    arena_destroy(&arena);
    return exit_code;
}
