/* `import`: the lists of other tools that a job names, as a tree that lies below the job. */
#include "jobs/import_lists.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/edl.h"
#include "jobs/import_tables.h"
#include "jobs/job_path.h"
#include "jobs/node_build.h"
#include "jobs/otio.h"
#include "jobs/time_write.h"
#include "jobs/value.h"

typedef struct ImportFormat ImportFormat;

typedef struct ListImport { /* one entry of `import` */
    const NodePair *pair;
    const Node *as; /* NULL: not written */
    const JobFile *file;
    const ImportFormat *format;
    bool wanted[IMPORT_KIND_COUNT];
    Node *cuts; /* NULL: none were asked for */
} ListImport;

typedef struct ImportReader {
    JobFiles *files;
    TimeBase base;
    ImportTables tables;
    Arena *arena;
    ErrorList *errors;
} ImportReader;

struct ImportFormat {
    const char *name;
    const char *kinds; /* what such a list may hold */
    const char *usual; /* without `as`; NULL: `as` has to say it */
    Status (*read)(ImportReader *reader, ListImport *import);
};

/* ---- formats ---- */

typedef struct Cut {
    Rational seconds; /* since midnight */
    Place place;
} Cut;

static int compare_cuts(const void *left, const void *right) {
    const Cut *first = left;
    const Cut *second = right;
    const int by_time = rational_compare(first->seconds, second->seconds);
    return by_time ? by_time
                   : (first->place.line > second->place.line) -
                         (first->place.line < second->place.line);
}

static Node *make_time(const ImportReader *reader, Rational seconds, Place place) {
    return node_make_text(time_write(seconds, &reader->base, reader->arena), place, reader->arena);
}

/* Sorted, each time once. */
static Node *make_cuts(const ImportReader *reader, Cut *cuts, int count, Place place) {
    qsort(cuts, (size_t)count, sizeof *cuts, compare_cuts);
    Node *nodes = node_make_list(count, place, reader->arena);
    for (int cut = 0; cut < count; cut++) {
        if (cut == 0 || rational_compare(cuts[cut].seconds, cuts[cut - 1].seconds) != 0) {
            node_add_item(nodes, make_time(reader, cuts[cut].seconds, cuts[cut].place));
        }
    }
    return nodes;
}

static Node *make_edl_cuts(const ImportReader *reader, const EdlList *list, Place place) {
    Cut *cuts = arena_array(reader->arena, (size_t)list->event_count, sizeof *cuts);
    int count = 0;
    for (int event = 0; event < list->event_count; event++) {
        const EdlTime *time = &list->events[event].record_in;
        if (list->events[event].is_picture) {
            cuts[count++] =
                (Cut){timecode_seconds(time->frames, reader->base.frame_rate), time->place};
        }
    }
    return make_cuts(reader, cuts, count, place);
}

/* index: of the marker in its list, for one without a name. */
static Status
add_marker(ImportReader *reader, const char *name, int index, Place place, Node *time) {
    const char *id = import_id(name, reader->arena);
    if (!id) {
        id = arena_format(reader->arena, "marker_%d", index + 1);
    }
    return import_table_add(&reader->tables, IMPORT_MARKERS, id, place, time);
}

static Status read_cmx3600(ImportReader *reader, ListImport *import) {
    EdlList list;
    TRY(edl_read(import->file, &reader->base, reader->arena, &list, reader->errors));
    if (import->wanted[IMPORT_CUTS]) {
        import->cuts = make_edl_cuts(reader, &list, import->pair->key_place);
    }
    const int count = import->wanted[IMPORT_MARKERS] ? list.locator_count : 0;
    for (int index = 0; index < count; index++) {
        const EdlLocator *locator = &list.locators[index];
        const Rational seconds = timecode_seconds(locator->time.frames, reader->base.frame_rate);
        Node *time = make_time(reader, seconds, locator->time.place);
        TRY(add_marker(reader, locator->text, index, locator->text_place, time));
    }
    return DONE;
}

static Status read_otio(ImportReader *reader, ListImport *import) {
    OtioList list;
    TRY(otio_read(import->file, &reader->base, reader->arena, &list, reader->errors));
    if (import->wanted[IMPORT_CUTS]) {
        Cut *cuts = arena_array(reader->arena, (size_t)list.cuts.count, sizeof *cuts);
        for (int cut = 0; cut < list.cuts.count; cut++) {
            cuts[cut] = (Cut){list.cuts.times[cut].seconds, list.cuts.times[cut].place};
        }
        import->cuts = make_cuts(reader, cuts, list.cuts.count, import->pair->key_place);
    }
    const int count = import->wanted[IMPORT_MARKERS] ? list.markers.count : 0;
    for (int index = 0; index < count; index++) {
        const OtioTime *marker = &list.markers.times[index];
        Node *time = make_time(reader, marker->seconds, marker->place);
        TRY(add_marker(reader, marker->name, index, marker->place, time));
    }
    return DONE;
}

static Status read_csv(ImportReader *reader, ListImport *import) {
    int kind = IMPORT_LINES;
    while (!import->wanted[kind]) {
        kind++;
    }
    return import_csv_read(import->file, (ImportKind)kind, &reader->tables);
}

static Status read_markers_csv(ImportReader *reader, ListImport *import) {
    return import_markers_csv_read(import->file, &reader->tables);
}

/* One line a format. */
// clang-format off
static const ImportFormat formats[] = {
    {"cmx3600", "cuts markers", "cuts", read_cmx3600},
    {"csv", "lines markers scenes cues", NULL, read_csv},
    {"markers-csv", "markers", "markers", read_markers_csv},
    {"otio-json", "cuts markers", "cuts", read_otio},
};
// clang-format on

static const ImportFormat *find_format(const Node *name) {
    for (size_t index = 0; index < sizeof formats / sizeof *formats; index++) {
        if (name && name->kind == NODE_SCALAR && strcmp(formats[index].name, name->text) == 0) {
            return &formats[index];
        }
    }
    return NULL;
}

/* ---- what is wanted ---- */

/* false: a word that the reader of the job refuses. */
static bool find_wanted(ListImport *import) {
    const Node *as = import->as;
    if (!as) {
        for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
            const char *name = import_kind_name((ImportKind)kind);
            import->wanted[kind] =
                import->format->usual && word_is_in(import->format->usual, name, strlen(name));
        }
        return true;
    }
    for (int item = 0; item < as->count; item++) {
        int kind = 0;
        while (kind < IMPORT_KIND_COUNT &&
               (as->items[item]->kind != NODE_SCALAR ||
                strcmp(as->items[item]->text, import_kind_name((ImportKind)kind)) != 0)) {
            kind++;
        }
        if (kind == IMPORT_KIND_COUNT) {
            return false;
        }
        import->wanted[kind] = true;
    }
    return true;
}

static Status fail_kind(const ImportReader *reader, const ListImport *import, const Node *item) {
    fail(reader->errors, E208, item->place, "a list in %s holds no %s", import->format->name,
         item->text);
    error_caret(reader->errors, "it may hold %s", import->format->kinds);
    return E208;
}

static Status check_wanted(const ImportReader *reader, const ListImport *import) {
    const int count = import->as ? import->as->count : 0;
    for (int item = 0; item < count; item++) {
        const char *word = import->as->items[item]->text;
        if (!word_is_in(import->format->kinds, word, strlen(word))) {
            return fail_kind(reader, import, import->as->items[item]);
        }
    }
    if (count == 0 && !import->format->usual) {
        fail(reader->errors, E203, import->pair->key_place, "import.%s has no `as`",
             import->pair->key);
        error_help(reader->errors, "say what its rows are: `as: [lines]`, [markers], [scenes] or "
                                   "[cues]");
        return E203;
    }
    if (count > 1 && !import->format->usual) {
        return fail(reader->errors, E303, import->as->place,
                    "the rows of a %s list are of one kind", import->format->name);
    }
    return DONE;
}

/* ---- entries ---- */

static Status find_file(ImportReader *reader, const Node *written, ListImport *import) {
    const char *path = NULL;
    TRY(job_files_path(written, ".", reader->arena, &path, reader->errors));
    return job_files_find(reader->files, path, written->place, reader->arena, &import->file,
                          reader->errors);
}

static Status read_entry(ImportReader *reader, const NodePair *pair, Node *lists) {
    const Node *file = node_get(pair->value, "file");
    const Node *as = node_get(pair->value, "as");
    ListImport import = {.pair = pair,
                         .as = node_is_null(as) ? NULL : as,
                         .format = find_format(node_get(pair->value, "format"))};
    const bool is_whole = file && file->kind == NODE_SCALAR && *file->text && import.format &&
                          (!import.as || import.as->kind == NODE_LIST);
    if (!is_whole || !find_wanted(&import)) {
        return DONE;
    }
    TRY(check_wanted(reader, &import));
    TRY(find_file(reader, file, &import));
    TRY(import.format->read(reader, &import));
    if (import.cuts) {
        Node *entry = node_make_map(1, pair->key_place, reader->arena);
        node_add_pair(entry, "cuts", pair->key_place, import.cuts);
        node_add_pair(lists, pair->key, pair->key_place, entry);
    }
    return DONE;
}

static const Node *get_text(const Node *map, const char *key) {
    const Node *value = node_get(map, key);
    return node_is_null(value) || value->kind != NODE_SCALAR ? NULL : value;
}

/* Lists are read before the project is: its rates and where it begins, as far as they are right. */
static void find_base(ImportReader *reader, const Node *project) {
    const Node *frame_rate = get_text(project, "frame_rate");
    const Node *rate = get_text(project, "rate");
    const Node *start = get_text(project, "start");
    TimeBase *base = &reader->base;
    ErrorList *ignored = errors_create(reader->arena);
    Rational rate_hz = {48000, 1};
    int64_t frames = 0;
    *base = (TimeBase){
        .frame_rate = frame_rate_find(frame_rate ? frame_rate->text : "24"),
        .start_seconds = {0, 1}
    };
    if (!base->frame_rate) {
        base->is_unsure = true;
        return;
    }
    if (frame_rate) {
        base->frame_rate_place = frame_rate->place;
    }
    if (rate) {
        quantity_read(QUANTITY_FREQUENCY, rate, NULL, &rate_hz, ignored);
    }
    base->rate_hz = (int)rational_value(rate_hz);
    if (start && timecode_read(start->text, base->frame_rate, &frames) == TIMECODE_GOOD) {
        base->start_seconds = timecode_seconds(frames, base->frame_rate);
    }
}

static Node *make_tree(const ImportReader *reader, Node *lists) {
    Node *tree = node_make_map(IMPORT_KIND_COUNT, NO_PLACE, reader->arena);
    if (lists->count > 0) {
        node_add_pair(tree, "import", lists->place, lists);
    }
    for (int kind = 0; kind < IMPORT_KIND_COUNT; kind++) {
        Node *map = reader->tables.tables[kind].map;
        if (map) {
            node_add_pair(tree, import_kind_name((ImportKind)kind), map->place, map);
        }
    }
    return tree;
}

Status import_lists_read(
    const Node *tree, JobFiles *files, Arena *arena, Node **imported, ErrorList *errors) {
    const Node *written = node_get(tree, "import");
    ImportReader reader = {
        .files = files,
        .arena = arena,
        .errors = errors,
        .tables = {.arena = arena, .errors = errors}
    };
    *imported = NULL;
    if (!written || written->kind != NODE_MAP || written->count == 0) {
        return DONE;
    }
    find_base(&reader, node_get(tree, "project"));
    Node *lists = node_make_map(written->count, written->place, arena);
    Status status = DONE;
    for (int pair = 0; pair < written->count && !reader.base.is_unsure; pair++) {
        const Status read = read_entry(&reader, &written->pairs[pair], lists);
        status = status == DONE ? read : status;
    }
    *imported = make_tree(&reader, lists);
    return status;
}
