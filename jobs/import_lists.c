/* `import`: the lists of other tools that a job names, as a tree that lies below the job. */
#include "jobs/import_lists.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/edl.h"
#include "jobs/import_tables.h"
#include "jobs/job_path.h"
#include "jobs/node_build.h"
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
    int64_t frames;
    Place place;
} Cut;

static int compare_cuts(const void *left, const void *right) {
    const Cut *first = left;
    const Cut *second = right;
    const int by_time = (first->frames > second->frames) - (first->frames < second->frames);
    return by_time ? by_time
                   : (first->place.line > second->place.line) -
                         (first->place.line < second->place.line);
}

static Node *make_time(const ImportReader *reader, int64_t frames, Place place) {
    const Rational seconds = timecode_seconds(frames, reader->base.frame_rate);
    return node_make_text(time_write(seconds, &reader->base, reader->arena), place, reader->arena);
}

static Node *make_cuts(const ImportReader *reader, const EdlList *list, Place place) {
    Cut *cuts = arena_array(reader->arena, (size_t)list->event_count, sizeof *cuts);
    int count = 0;
    for (int event = 0; event < list->event_count; event++) {
        const EdlEvent *read = &list->events[event];
        if (read->is_picture) {
            cuts[count++] = (Cut){read->record_in.frames, read->record_in.place};
        }
    }
    qsort(cuts, (size_t)count, sizeof *cuts, compare_cuts);
    Node *nodes = node_make_list(count, place, reader->arena);
    for (int cut = 0; cut < count; cut++) {
        if (cut == 0 || cuts[cut].frames != cuts[cut - 1].frames) {
            node_add_item(nodes, make_time(reader, cuts[cut].frames, cuts[cut].place));
        }
    }
    return nodes;
}

static Status add_locators(ImportReader *reader, const EdlList *list) {
    for (int index = 0; index < list->locator_count; index++) {
        const EdlLocator *locator = &list->locators[index];
        const char *id = import_id(locator->text, reader->arena);
        Node *time = make_time(reader, locator->time.frames, locator->time.place);
        if (!id) {
            id = arena_format(reader->arena, "loc_%d", index + 1);
        }
        TRY(import_table_add(&reader->tables, IMPORT_MARKERS, id, locator->text_place, time));
    }
    return DONE;
}

static Status read_cmx3600(ImportReader *reader, ListImport *import) {
    EdlList list;
    TRY(edl_read(import->file, &reader->base, reader->arena, &list, reader->errors));
    if (import->wanted[IMPORT_CUTS]) {
        import->cuts = make_cuts(reader, &list, import->pair->key_place);
    }
    return import->wanted[IMPORT_MARKERS] ? add_locators(reader, &list) : DONE;
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

/* Lists are read before the project is: its frame rate and where it begins, as far as they are
 * right. */
static void find_base(ImportReader *reader, const Node *project) {
    const Node *rate = node_get(project, "frame_rate");
    reader->base = (TimeBase){
        .frame_rate = frame_rate_find("24"), .rate_hz = 48000, .start_seconds = {0, 1}
    };
    if (!node_is_null(rate)) {
        const FrameRate *known = rate->kind == NODE_SCALAR ? frame_rate_find(rate->text) : NULL;
        reader->base.is_unsure = !known;
        reader->base.frame_rate = known ? known : reader->base.frame_rate;
        reader->base.frame_rate_place = rate->place;
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
