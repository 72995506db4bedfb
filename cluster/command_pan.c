/* `pan`: where will this go? The gains of objects in a layout, or what the ears hear of them. */
#include "cluster/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/pan_row.h"
#include "spatial/direction_pair.h"
#include "spatial/layout_table.h"
#include "spatial/object_gains.h"

typedef struct Panning {
    const Options *options;
    Arena *arena;
    ErrorList *errors;
    const Layout *layout;
    ObjectPanner *panner;
    BinauralProbe *ears; /* --binaural */
    PanColumns columns;
    double *direct, *diffuse; /* [channel_count] */
    bool is_drawn;            /* bars for a person */
    int row;
} Panning;

static Status find_layout(Panning *work, const char *name) {
    work->layout = layout_find_bs2051(name);
    work->layout = work->layout ? work->layout : layout_find(name);
    if (!work->layout || work->layout->kind != LAYOUT_SPEAKERS) {
        fail(work->errors, E213, NO_PLACE, "unknown loudspeaker layout `%s`", name);
        error_help(work->errors, "nocturne list layouts, or a system of BS.2051 such as 4+7+0");
        return E213;
    }
    const size_t channels = (size_t)work->layout->channel_count;
    work->direct = arena_array(work->arena, channels, sizeof *work->direct);
    work->diffuse = arena_array(work->arena, channels, sizeof *work->diffuse);
    return object_panner_create(work->layout, work->arena, &work->panner, work->errors);
}

static void print_header(const Panning *work, const char *names) {
    const int length = (int)strcspn(names, "\r\n");
    printf("%.*s", length, names);
    if (work->ears) {
        printf(",itd_us,ild_db\n");
        return;
    }
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        printf(",g_%s", layout_bs2051_label(work->layout, channel));
    }
    for (int channel = 0; work->columns.is_given[PAN_DIFFUSE] && channel < work->layout->channel_count;
         channel++) {
        printf(",d_%s", layout_bs2051_label(work->layout, channel));
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
    for (int channel = 0; work->columns.is_given[PAN_DIFFUSE] && channel < work->layout->channel_count;
         channel++) {
        printf(",%.12g", work->diffuse[channel]);
    }
    printf("\n");
    return DONE;
}
