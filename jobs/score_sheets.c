/* The plan of a score as lists for people and other programs: what lies beside the deliverables. */
#include "jobs/score_sheets.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "jobs/time_write.h"
#include "render/base/exact_math.h"
#include "render/base/growing_text.h"

enum { COLUMNS_MAX = 10 };

static const char motif_tag[] = "motif:";
static const char variation_tag[] = "variation:";

typedef struct SheetMaker {
    const JobSpec *job;
    const Mix *mix;
    Arena *arena;
    TimeBase base;
    ScoreSheets sheets;
    Text page; /* score.md */
} SheetMaker;

typedef struct Sheet {
    const char *name;
    int column_count, row_count;
    Text csv, page;
} Sheet;

/* ---- a sheet ---- */

static void add_csv_cell(Text *text, const char *cell) {
    if (!strpbrk(cell, ",\"\r\n")) {
        text_add(text, "%s", cell);
        return;
    }
    text_add(text, "\"");
    for (; *cell; cell++) {
        text_add(text, *cell == '"' ? "\"\"" : "%c", *cell);
    }
    text_add(text, "\"");
}

static void add_page_cell(Text *text, const char *cell) {
    for (; *cell; cell++) {
        text_add(text, *cell == '|' ? "\\|" : "%c", *cell == '\n' ? ' ' : *cell);
    }
}

static void add_cells(Sheet *sheet, const char *const *cells) {
    text_add(&sheet->page, "|");
    for (int column = 0; column < sheet->column_count; column++) {
        const char *cell = cells[column] ? cells[column] : "";
        text_add(&sheet->csv, column > 0 ? "," : "%s", "");
        add_csv_cell(&sheet->csv, cell);
        text_add(&sheet->page, " ");
        add_page_cell(&sheet->page, cell);
        text_add(&sheet->page, " |");
    }
    text_add(&sheet->csv, "\n");
    text_add(&sheet->page, "\n");
}

/* columns: ends with NULL. */
static Sheet make_sheet(const SheetMaker *maker, const char *name, const char *const *columns) {
    Sheet sheet = {.name = name, .csv = {.arena = maker->arena}, .page = {.arena = maker->arena}};
    while (columns[sheet.column_count]) {
        sheet.column_count++;
    }
    add_cells(&sheet, columns);
    text_add(&sheet.page, "|");
    for (int column = 0; column < sheet.column_count; column++) {
        text_add(&sheet.page, " --- |");
    }
    text_add(&sheet.page, "\n");
    return sheet;
}

static void add_row(Sheet *sheet, const char *const *cells) {
    add_cells(sheet, cells);
    sheet->row_count++;
}

/* title NULL: not on the page. */
static void keep_sheet(SheetMaker *maker, const Sheet *sheet, const char *title) {
    if (sheet->row_count == 0) {
        return;
    }
    maker->sheets.files[maker->sheets.count++] =
        (ScoreFile){.name = sheet->name, .text = sheet->csv.bytes};
    if (title) {
        text_add(&maker->page, "\n## %s\n\n%s", title, sheet->page.bytes);
    }
}

/* ---- cells ---- */

/* seconds: from project.start. */
static const char *timecode_at(const SheetMaker *maker, Rational seconds) {
    Rational absolute = seconds;
    rational_add(seconds, maker->base.start_seconds, &absolute);
    return time_write(absolute, &maker->base, maker->arena);
}

static const char *timecode_of_sample(const SheetMaker *maker, SampleTime sample) {
    Rational seconds = {0, 1};
    rational_make(sample, maker->job->rate_hz, &seconds);
    return timecode_at(maker, seconds);
}

static const char *length_text(const SheetMaker *maker, const JobTime *in, const JobTime *out) {
    return arena_format(maker->arena, "%.3f s",
                        rational_value(out->seconds) - rational_value(in->seconds));
}

static const char *words_text(const SheetMaker *maker, const JobTags *tags) {
    Text text = {.arena = maker->arena};
    for (int word = 0; word < tags->count; word++) {
        text_add(&text, "%s%s", word > 0 ? " " : "", tags->words[word]);
    }
    return text.bytes;
}

/* What stands behind a prefix in the first tag that has it; NULL: none has. */
static const char *tag_value(const JobTags *tags, const char *prefix) {
    for (int word = 0; word < tags->count; word++) {
        if (strncmp(tags->words[word], prefix, strlen(prefix)) == 0) {
            return tags->words[word] + strlen(prefix);
        }
    }
    return NULL;
}

/* "72" or "112 .. 152": quarter notes per minute. */
static const char *tempo_text(const SheetMaker *maker, const JobTempo *tempo) {
    if (tempo->point_count == 0) {
        return "";
    }
    double least = INFINITY;
    double most = 0.0;
    for (int point = 0; point < tempo->point_count; point++) {
        const double bpm = rational_value(tempo->points[point].bpm.value);
        least = bpm < least ? bpm : least;
        most = bpm > most ? bpm : most;
    }
    return least == most ? arena_format(maker->arena, "%g", least)
                         : arena_format(maker->arena, "%g .. %g", least, most);
}

/* ---- the sheets ---- */

static void add_cues(SheetMaker *maker) {
    static const char *const columns[] = {"id",    "in",     "out",  "length", "title",
                                          "tempo", "intent", "tags", NULL};
    Sheet sheet = make_sheet(maker, "cues.csv", columns);
    for (int index = 0; index < maker->job->cue_count; index++) {
        const JobCue *cue = &maker->job->cues[index];
        add_row(&sheet, (const char *[]){cue->id, timecode_at(maker, cue->in.seconds),
                                         timecode_at(maker, cue->out.seconds),
                                         length_text(maker, &cue->in, &cue->out), cue->title.text,
                                         tempo_text(maker, &cue->tempo), cue->intent.text,
                                         words_text(maker, &cue->tags)});
    }
    keep_sheet(maker, &sheet, "Cues");
}

static void add_scenes(SheetMaker *maker) {
    static const char *const columns[] = {"id",       "in",   "out", "length", "title",
                                          "polarity", "tags", "arc", "room",   NULL};
    Sheet sheet = make_sheet(maker, "scenes.csv", columns);
    for (int index = 0; index < maker->job->scene_count; index++) {
        const JobScene *scene = &maker->job->scenes[index];
        add_row(&sheet,
                (const char *[]){scene->id, timecode_at(maker, scene->in.seconds),
                                 timecode_at(maker, scene->out.seconds),
                                 length_text(maker, &scene->in, &scene->out), scene->title.text,
                                 scene->polarity.text, words_text(maker, &scene->tags),
                                 scene->arc.text, scene->room.text});
    }
    keep_sheet(maker, &sheet, "Scenes");
}

typedef struct Theme { /* something that may carry a motif */
    const char *kind, *id;
    const JobTime *in, *out;
    const JobTags *tags;
} Theme;

static void add_theme(const SheetMaker *maker, Sheet *sheet, const Theme *theme) {
    const char *variation = tag_value(theme->tags, variation_tag);
    const char *in = theme->in ? timecode_at(maker, theme->in->seconds) : "";
    const char *out = theme->out ? timecode_at(maker, theme->out->seconds) : "";
    for (int word = 0; word < theme->tags->count; word++) {
        const char *tag = theme->tags->words[word];
        if (strncmp(tag, motif_tag, strlen(motif_tag)) == 0) {
            add_row(sheet, (const char *[]){tag + strlen(motif_tag), theme->kind, theme->id, in,
                                            out, variation});
        }
    }
}

static void add_themes(SheetMaker *maker) {
    static const char *const columns[] = {"motif", "of", "id", "in", "out", "variation", NULL};
    const JobSpec *job = maker->job;
    Sheet sheet = make_sheet(maker, "themes.csv", columns);
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *of = &job->scenes[index];
        add_theme(maker, &sheet, &(Theme){"scene", of->id, &of->in, &of->out, &of->tags});
    }
    for (int index = 0; index < job->cue_count; index++) {
        const JobCue *of = &job->cues[index];
        add_theme(maker, &sheet, &(Theme){"cue", of->id, &of->in, &of->out, &of->tags});
    }
    for (int index = 0; index < job->layer_count; index++) {
        const JobLayer *of = &job->layers[index];
        add_theme(maker, &sheet, &(Theme){"layer", of->id, &of->at, NULL, &of->tags});
    }
    keep_sheet(maker, &sheet, "Themes");
}

/* The value of a lane as its key is written. */
static const char *lane_text(const SheetMaker *maker, LaneKind kind, double value) {
    switch (kind) {
    case LANE_HPF:
    case LANE_LPF:
        return arena_format(maker->arena, "%.6g Hz", exact_pow(2.0, value));
    case LANE_DISTANCE:
        return arena_format(maker->arena, "%.6g m", exact_exp(value));
    case LANE_AIR:
        return arena_format(maker->arena, "%.6g m", value);
    case LANE_FADE:
    case LANE_GATE:
    case LANE_WIDTH:
        return arena_format(maker->arena, "%.6g %%", 100.0 * value);
    default:
        return arena_format(maker->arena, "%.6g dB", value);
    }
}

static void
add_lane(const SheetMaker *maker, Sheet *sheet, const MixLayer *layer, const Lane *lane) {
    static const char *const kinds[] = {"gain", "fade",  "hpf",      "lpf",    "tilt",    "send",
                                        "gate", "width", "distance", "attack", "sustain", "air"};
    static const char *const shapes[] = {"linear", "s-curve", "exp",   "bloom",
                                         "peel",   "sine",    "cosine"};
    const bool has_room = lane->kind == LANE_SEND || lane->kind == LANE_GATE;
    for (int index = 0; index < lane->segment_count; index++) {
        const LaneSegment *segment = &lane->segments[index];
        const SampleTime end = lane_segment_end(lane, index);
        const double from = lane_value(lane, segment->begin);
        const double to = lane_value_before(lane, end);
        add_row(sheet,
                (const char *[]){layer->id, kinds[lane->kind],
                                 has_room ? maker->mix->rooms[lane->room].id : "",
                                 timecode_of_sample(maker, segment->begin),
                                 timecode_of_sample(maker, end), lane_text(maker, lane->kind, from),
                                 lane_text(maker, lane->kind, to), shapes[segment->shape]});
    }
}

/* Of a send into a part of a room what is its own: the lanes in front are those of the first one.
 */
static void
add_send_lanes(const SheetMaker *maker, Sheet *sheet, const MixLayer *layer, int index) {
    const MixSend *send = &layer->sends[index];
    const int origin = mix_room_origin(maker->mix, send->room);
    bool is_first = true;
    if (maker->mix->rooms[send->room].split == ROOM_LATE) {
        return; /* its lanes are those of the early sound */
    }
    for (int before = 0; before < index; before++) {
        is_first = is_first && mix_room_origin(maker->mix, layer->sends[before].room) != origin;
    }
    for (int lane = is_first ? 0 : send->lane_count - 1; lane < send->lane_count; lane++) {
        add_lane(maker, sheet, layer, &send->lanes[lane]);
    }
    const MixRoom *room = &maker->mix->rooms[send->room];
    for (int gate = 0; gate < room->return_count; gate++) {
        add_lane(maker, sheet, layer, &room->returns[gate]);
    }
}

static void add_layer_lanes(const SheetMaker *maker, Sheet *sheet, const MixLayer *layer) {
    for (int lane = 0; lane < layer->lane_count; lane++) {
        add_lane(maker, sheet, layer, &layer->lanes[lane]);
    }
    for (int filter = 0; filter < layer->filter_count; filter++) {
        if (layer->filters[filter].lane) {
            add_lane(maker, sheet, layer, layer->filters[filter].lane);
        }
    }
    if (layer->width_lane) {
        add_lane(maker, sheet, layer, layer->width_lane);
    }
    for (int lane = 0; lane < layer->width_factor_count; lane++) {
        add_lane(maker, sheet, layer, &layer->width_factors[lane]);
    }
    for (int lane = 0; lane < layer->shape_lane_count; lane++) {
        add_lane(maker, sheet, layer, &layer->shape_lanes[lane]);
    }
    for (int lane = 0; lane < layer->travel.air_lane_count; lane++) {
        add_lane(maker, sheet, layer, &layer->travel.air_lanes[lane]);
    }
    if (layer->distance_lane) {
        add_lane(maker, sheet, layer, layer->distance_lane);
    }
    for (int send = 0; send < layer->send_count; send++) {
        add_send_lanes(maker, sheet, layer, send);
    }
}

static void add_lanes(SheetMaker *maker) {
    static const char *const columns[] = {"layer", "param", "room",  "begin", "end",
                                          "from",  "to",    "shape", NULL};
    Sheet sheet = make_sheet(maker, "lanes.csv", columns);
    for (int layer = 0; layer < maker->mix->layer_count; layer++) {
        add_layer_lanes(maker, &sheet, &maker->mix->layers[layer]);
    }
    keep_sheet(maker, &sheet, NULL);
}

static void add_decisions(SheetMaker *maker) {
    static const char *const columns[] = {"date", "by", "about", "text", "written in", NULL};
    Sheet sheet = make_sheet(maker, "decisions.csv", columns);
    for (int index = 0; index < maker->job->decision_count; index++) {
        const JobDecision *decision = &maker->job->decisions[index];
        const char *place =
            arena_format(maker->arena, "%s:%d", decision->place.file, decision->place.line);
        add_row(&sheet, (const char *[]){decision->date.text, decision->by.text,
                                         decision->about.text, decision->text.text, place});
    }
    keep_sheet(maker, &sheet, "Decisions");
}

/* Passages without end begin and end with the programme. */
static Rational within(const SheetMaker *maker, Rational seconds) {
    const Rational end = {maker->mix->programme_samples, maker->job->rate_hz};
    if (rational_compare(seconds, (Rational){0, 1}) < 0) {
        return (Rational){0, 1};
    }
    return rational_compare(seconds, (Rational){JOB_MAX_LENGTH_S, 1}) > 0 ? end : seconds;
}

static void add_changes(SheetMaker *maker) {
    static const char *const columns[] = {"old in", "old out", "new in", "new out", NULL};
    const ChangeList *changes = maker->job->recut.changes;
    Sheet sheet = make_sheet(maker, "changes.csv", columns);
    for (int index = 0; changes && index < changes->count; index++) {
        const Passage *passage = &changes->passages[index];
        Rational shift = {0, 1}; /* an open end is as long in both cuts */
        const Rational old_in = within(maker, passage->old_in);
        rational_subtract(passage->new_in, passage->old_in, &shift);
        Rational new_in = old_in;
        rational_add(old_in, shift, &new_in);
        const Rational new_out = within(maker, passage->new_out);
        Rational old_out = new_out;
        rational_subtract(new_out, shift, &old_out);
        add_row(&sheet, (const char *[]){timecode_at(maker, old_in), timecode_at(maker, old_out),
                                         timecode_at(maker, new_in), timecode_at(maker, new_out)});
    }
    keep_sheet(maker, &sheet, "Changes of the picture");
}

static const char *side_text(const SheetMaker *maker, SampleTime old) {
    return old == SPLICE_HOLE ? "nothing" : timecode_of_sample(maker, old);
}

/* A list of markers, as editors and `import` read them. */
static void add_splices(SheetMaker *maker) {
    static const char *const columns[] = {"name", "time", "layer", "from", "to", "length", NULL};
    Sheet sheet = make_sheet(maker, "splices.csv", columns);
    for (int index = 0; index < maker->mix->layer_count; index++) {
        const MixLayer *layer = &maker->mix->layers[index];
        for (int splice = 0; splice < layer->splice_count; splice++) {
            const MixSplice *of = &layer->splices[splice];
            const char *name = arena_format(maker->arena, "splice %s %d", layer->id, splice + 1);
            const char *length =
                arena_format(maker->arena, "%" PRId64 " ms",
                             of->length_samples * 1000 / (int64_t)maker->job->rate_hz);
            add_row(&sheet, (const char *[]){name, timecode_of_sample(maker, of->at), layer->id,
                                             side_text(maker, of->old_out),
                                             side_text(maker, of->old_in), length});
        }
    }
    keep_sheet(maker, &sheet, "Splices");
}

static void add_page(SheetMaker *maker) {
    const JobSpec *job = maker->job;
    if (maker->page.bytes) {
        maker->sheets.files[maker->sheets.count++] = (ScoreFile){
            .name = "score.md",
            .text = arena_format(maker->arena, "# %s, cut %s, version %d\n%s", job->title.text,
                                 job->cut.text, job->version, maker->page.bytes)};
    }
}

ScoreSheets score_sheets_make(const JobSpec *job, const Mix *mix, Arena *arena) {
    SheetMaker maker = {
        .job = job,
        .mix = mix,
        .arena = arena,
        .base = {.frame_rate = frame_rate_find(job->frame_rate_text),
                 .rate_hz = job->rate_hz,
                 .start_seconds = job->start.seconds},
        .page = {.arena = arena                }
    };
    add_cues(&maker);
    add_scenes(&maker);
    add_themes(&maker);
    add_lanes(&maker);
    add_decisions(&maker);
    add_changes(&maker);
    add_splices(&maker);
    add_page(&maker);
    return maker.sheets;
}
