/* Tables of layouts and of the folds between them. */
#include "cluster/list_layouts.h"

#include "cluster/answer.h"
#include "cluster/table.h"
#include "spatial/downmix.h"
#include "spatial/layout_table.h"

/* "L R C LFE Ls Rs"; ambisonic channels are counted, not listed. */
static const char *format_labels(const Layout *layout, Arena *arena) {
    const char *labels = layout->channels[0].label;
    if (layout->kind == LAYOUT_AMBISONIC) {
        return arena_format(arena, "%s … %s", labels,
                            layout->channels[layout->channel_count - 1].label);
    }
    for (int channel = 1; channel < layout->channel_count; channel++) {
        labels = arena_format(arena, "%s %s", labels, layout->channels[channel].label);
    }
    return labels;
}

static void list_built_in(const Options *options, Arena *arena) {
    static const char *const columns[] = {"layout", "count", "channels"};
    Table *table = table_create(arena, "layouts", columns, 3);
    for (int index = 0; layout_at(index); index++) {
        const Layout *layout = layout_at(index);
        table_add(table,
                  (const char *[]){layout->name, arena_format(arena, "%d", layout->channel_count),
                                   format_labels(layout, arena)});
    }
    table_print(table, options);
}

static const char *format_place(const Position *at, const Channel *channel, Arena *arena) {
    return channel->role == CHANNEL_LFE
               ? "LFE"
               : arena_format(arena, "%g %g", at->azimuth_deg, at->elevation_deg);
}

static void add_speakers(Table *table, const JobLayout *written, Arena *arena) {
    const Layout *layout = written->table;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Channel *of = &layout->channels[channel];
        const Loudspeaker *speaker = &layout->loudspeakers[channel];
        table_add(table,
                  (const char *[]){layout->name, of->label, layout_bs2051_label(layout, channel),
                                   format_place(&of->position, of, arena),
                                   format_place(&speaker->real, of, arena),
                                   arena_format(arena, "%.2f", db_from_gain(speaker->gain)),
                                   arena_format(arena, "%.3f", 1000.0 * speaker->delay_s)});
    }
}

Status list_layouts(const Options *options, Arena *arena, JobInput *input, ErrorList *errors) {
    static const char *const columns[] = {"layout", "label",   "bs2051",  "nominal",
                                          "real",   "gain_db", "delay_ms"};
    TRY(answer_check_count(options, 1, 2, "layouts [JOB]", errors));
    if (options->argument_count == 1) {
        list_built_in(options, arena);
        return DONE;
    }
    JobSpec *job = NULL;
    TRY(job_input_load(options, options->arguments[1], arena, input, &job, errors));
    Table *table = table_create(arena, "layouts", columns, 7);
    for (int index = 0; index < job->layout_count; index++) {
        add_speakers(table, &job->layouts[index], arena);
    }
    table_print(table, options);
    return DONE;
}

/* "L + 0.707 C - 0.707j Ls": j is the phase shift of +90 degrees. */
static const char *format_row(const DownmixRow *row, Arena *arena) {
    const char *text = arena_format(arena, "%s =", row->output);
    for (int term = 0; term < DOWNMIX_TERMS_MAX && row->terms[term].input; term++) {
        const DownmixTerm *added = &row->terms[term];
        const double size = added->gain < 0.0 ? -added->gain : added->gain;
        const char *sign = added->gain < 0.0 ? " -" : term > 0 ? " +" : "";
        const char *shift = added->is_shifted ? "j" : "";
        text = size == 1.0 && !added->is_shifted
                   ? arena_format(arena, "%s%s %s", text, sign, added->input)
                   : arena_format(arena, "%s%s %.4g%s %s", text, sign, size, shift, added->input);
    }
    return text;
}

static const char *format_matrix(const Downmix *downmix, Arena *arena) {
    const char *text = "";
    for (const DownmixRow *row = downmix->rows; row && row->output; row++) {
        const char *comma = row == downmix->rows ? "" : ", ";
        text = arena_format(arena, "%s%s%s", text, comma, format_row(row, arena));
    }
    return text;
}

Status list_folds(const Options *options, Arena *arena, ErrorList *errors) {
    static const char *const columns[] = {"fold",    "from",   "to",    "does",
                                          "peak_db", "source", "matrix"};
    TRY(answer_check_count(options, 1, 1, "folds", errors));
    Table *table = table_create(arena, "folds", columns, 7);
    for (int index = 0; downmix_at(index); index++) {
        const Downmix *downmix = downmix_at(index);
        const double peak = downmix_peak_gain(downmix);
        table_add(table, (const char *[]){
                             downmix->name, downmix->from ? downmix->from : "any",
                             downmix->to ? downmix->to : "any", downmix->summary,
                             peak > 0.0 ? arena_format(arena, "%.1f", db_from_gain(peak)) : "",
                             downmix->source, format_matrix(downmix, arena)});
    }
    table_print(table, options);
    return DONE;
}
