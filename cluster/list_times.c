/* `list cues|scenes|lines|markers JOB`: when things of a job happen. */
#include "cluster/list_times.h"

#include <string.h>

#include "cluster/table.h"
#include "jobs/job_schema.h"
#include "jobs/time_write.h"

enum { COLUMNS_MAX = 32 };

typedef struct TimedEntry {
    const char *id;
    Place place;
    const JobTime *in, *out; /* out NULL: of a marker */
} TimedEntry;

typedef struct TimesList {
    const JobSpec *job;
    const char *kind;
    Arena *arena;
    TimeBase base;
    TimedEntry *entries;
    int count;
    const char *columns[COLUMNS_MAX];
    int column_count;
    int first_key, key_count; /* columns of what else is written in the job */
} TimesList;

/* One struct a kind, all with the same members. */
#define COLLECT(list, all, all_count)                                                              \
    for (int index = 0; index < (all_count); index++) {                                            \
        (list)->entries[(list)->count++] = (TimedEntry){(all)[index].id, (all)[index].id_place,    \
                                                        &(all)[index].in, &(all)[index].out};      \
    }

static void collect_entries(TimesList *list) {
    const JobSpec *job = list->job;
    const int most = job->cue_count + job->scene_count + job->line_count + job->marker_count;
    list->entries = arena_array(list->arena, (size_t)most + 1, sizeof *list->entries);
    if (strcmp(list->kind, "cues") == 0) {
        COLLECT(list, job->cues, job->cue_count)
    } else if (strcmp(list->kind, "scenes") == 0) {
        COLLECT(list, job->scenes, job->scene_count)
    } else if (strcmp(list->kind, "lines") == 0) {
        COLLECT(list, job->lines, job->line_count)
    } else {
        for (int marker = 0; marker < job->marker_count; marker++) {
            const JobMarker *read = &job->markers[marker];
            list->entries[list->count++] =
                (TimedEntry){read->id, read->id_place, &read->time, NULL};
        }
    }
}

/* ---- columns ---- */

static bool is_written(const TimesList *list, const char *member) {
    const Node *table = node_get(list->job->tree, list->kind);
    const int count = table && table->kind == NODE_MAP ? table->count : 0;
    for (int entry = 0; entry < count; entry++) {
        if (!node_is_null(node_get(table->pairs[entry].value, member))) {
            return true;
        }
    }
    return false;
}

static bool is_shown(const TimesList *list, const SchemaKey *key, const char *member) {
    return key->type != VALUE_PLANNED && key->type != VALUE_MAP && key->type != VALUE_TEMPO &&
           !word_is_in("in out", member, strlen(member)) && is_written(list, member);
}

static void choose_columns(TimesList *list) {
    const bool is_point = strcmp(list->kind, "markers") == 0;
    const char *prefix = arena_format(list->arena, "%s.*", list->kind);
    list->columns[list->column_count++] = "id";
    list->columns[list->column_count++] = is_point ? "time" : "in";
    if (!is_point) {
        list->columns[list->column_count++] = "out";
    }
    list->first_key = list->column_count;
    const SchemaKey *key = NULL;
    for (int row = 0; (key = job_schema_at(row)) != NULL; row++) {
        const char *member = job_schema_member(key, prefix);
        if (member && is_shown(list, key, member) && list->column_count < COLUMNS_MAX - 3) {
            list->columns[list->column_count++] = member;
        }
    }
    list->key_count = list->column_count - list->first_key;
    list->columns[list->column_count++] = "bars";
    if (!is_point) {
        list->columns[list->column_count++] = "length";
    }
    list->columns[list->column_count++] = "place";
}

/* ---- cells ---- */

static const char *format_time(const TimesList *list, const JobTime *time) {
    Rational seconds = {0, 1};
    rational_add(time->seconds, list->base.start_seconds, &seconds);
    return time_write(seconds, &list->base, list->arena);
}

/* The cue with a tempo map in which a time lies. */
static const JobCue *find_cue(const JobSpec *job, Rational seconds) {
    for (int cue = 0; cue < job->cue_count; cue++) {
        const JobCue *known = &job->cues[cue];
        if (known->tempo.map && rational_compare(known->in.seconds, seconds) <= 0 &&
            rational_compare(seconds, known->out.seconds) < 0) {
            return known;
        }
    }
    return NULL;
}

/* In the job's map, else in that of the cue around it. */
static const char *format_bars(const TimesList *list, const JobTime *time) {
    const JobSpec *job = list->job;
    const JobCue *cue = job->tempo.map ? NULL : find_cue(job, time->seconds);
    if (!job->tempo.map && !cue) {
        return "";
    }
    const TempoMap *map = cue ? cue->tempo.map : job->tempo.map;
    Rational local = {0, 1};
    BarTimeText text;
    rational_subtract(time->seconds, cue ? cue->in.seconds : job->tempo.points[0].zero.seconds,
                      &local);
    bar_time_format(tempo_map_bar_time_at(map, local), text);
    return arena_format(list->arena, "%s%s%s", cue ? cue->id : "", cue ? ":" : "", text);
}

/* A scalar as it is written, a list as its words. */
static const char *format_value(const TimesList *list, const Node *value) {
    if (node_is_null(value) || value->kind == NODE_MAP) {
        return "";
    }
    if (value->kind == NODE_SCALAR) {
        return value->text;
    }
    const char *words = "";
    for (int item = 0; item < value->count; item++) {
        const Node *word = value->items[item];
        words = arena_format(list->arena, "%s%s%s", words, item ? " " : "",
                             word->kind == NODE_SCALAR ? word->text : "");
    }
    return words;
}

static const char *format_length(const TimesList *list, const TimedEntry *entry) {
    Rational length = {0, 1};
    rational_subtract(entry->out->seconds, entry->in->seconds, &length);
    return arena_format(list->arena, "%.3f s", rational_value(length));
}

/* node: what is written of the entry. */
static void
add_entry(const TimesList *list, Table *table, const TimedEntry *entry, const Node *node) {
    const char *cells[COLUMNS_MAX] = {entry->id, format_time(list, entry->in)};
    int cell = 2;
    if (entry->out) {
        cells[cell++] = format_time(list, entry->out);
    }
    for (int key = 0; key < list->key_count; key++) {
        cells[cell++] = format_value(list, node_get(node, list->columns[list->first_key + key]));
    }
    cells[cell++] = format_bars(list, entry->in);
    if (entry->out) {
        cells[cell++] = format_length(list, entry);
    }
    cells[cell] = arena_format(list->arena, "%s:%d", entry->place.file, entry->place.line);
    table_add(table, cells);
}

void list_times(const JobSpec *job, const char *kind, const Options *options, Arena *arena) {
    TimesList list = {
        .job = job,
        .kind = kind,
        .arena = arena,
        .base = {.frame_rate = frame_rate_find(job->frame_rate_text),
                 .rate_hz = job->rate_hz,
                 .start_seconds = job->start.seconds}
    };
    collect_entries(&list);
    choose_columns(&list);
    Table *table = table_create(arena, kind, list.columns, list.column_count);
    const Node *written = node_get(job->tree, kind);
    int pair = 0;
    for (int entry = 0; entry < list.count; entry++) {
        /* both are in one order; what is `~` was left out */
        while (strcmp(written->pairs[pair].key, list.entries[entry].id) != 0) {
            pair++;
        }
        add_entry(&list, table, &list.entries[entry], written->pairs[pair].value);
    }
    table_print(table, options);
}
