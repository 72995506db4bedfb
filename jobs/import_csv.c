/* Lists in CSV: rows become entries of a table, columns their keys. */
#include <string.h>
#include <strings.h>

#include "jobs/csv_reader.h"
#include "jobs/import_tables.h"
#include "jobs/job_schema.h"
#include "jobs/node_build.h"
#include "jobs/suggest.h"

enum { ERRORS_MAX = 20, MEMBERS_MAX = 64 };

typedef enum ColumnUse { COLUMN_LEFT, COLUMN_ID, COLUMN_VALUE, COLUMN_LIST } ColumnUse;

typedef struct Column {
    ColumnUse use;
    const char *key;
    Place place;
} Column;

typedef struct CsvImport {
    const JobFile *file;
    ImportKind kind;
    ImportTables *tables;
    const char *prefix; /* of the rows of the key table: "lines.*" */
    CsvReader reader;
    CsvRow row;
    Column columns[CSV_CELLS_MAX];
    int column_count;
    bool is_foreign; /* ids are made of names, short rows are fine */
} CsvImport;

/* ---- the header ---- */

/* Columns for the eye: they follow from the others. */
static bool is_left_out(const char *name) {
    return strncmp(name, "x-", 2) == 0 || word_is_in("bars length place", name, strlen(name));
}

/* Several words in one cell. */
static bool is_list(const SchemaKey *key) {
    return strncmp(job_schema_type_name(key), "list slug", 9) == 0;
}

static bool fits_a_cell(const SchemaKey *key) {
    return key->type != VALUE_PLANNED && key->type != VALUE_MAP && key->type != VALUE_TEMPO;
}

static Status fail_column(CsvImport *import, const CsvCell *cell) {
    const char *members[MEMBERS_MAX] = {"id"};
    const char *list = "id";
    int count = 1;
    Arena *arena = import->tables->arena;
    ErrorList *errors = import->tables->errors;
    if (import->kind == IMPORT_MARKERS) {
        members[count++] = "time";
        list = "id time";
    }
    const SchemaKey *key = NULL;
    for (int row = 0; (key = job_schema_at(row)) != NULL && count < MEMBERS_MAX; row++) {
        const char *member = job_schema_member(key, import->prefix);
        if (member && fits_a_cell(key)) {
            members[count++] = member;
            list = arena_format(arena, "%s %s", list, member);
        }
    }
    fail(errors, E202, cell->place, "unknown column `%s`", cell->text);
    const char *nearest = suggest_nearest(cell->text, members, count);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    error_note(errors, "columns of %s: %s; `x-...` is free for notes",
               import_kind_name(import->kind), list);
    return E202;
}

static Status read_column(CsvImport *import, const CsvCell *cell, Column *column) {
    const SchemaKey *key = job_schema_find(import->prefix, cell->text);
    *column = (Column){.key = cell->text, .place = cell->place};
    if (strcmp(cell->text, "id") == 0) {
        column->use = COLUMN_ID;
    } else if (import->kind == IMPORT_MARKERS && strcmp(cell->text, "time") == 0) {
        column->use = COLUMN_VALUE;
    } else if (is_left_out(cell->text)) {
        column->use = COLUMN_LEFT;
    } else if (!key) {
        return fail_column(import, cell);
    } else if (key->type == VALUE_PLANNED) {
        return fail(import->tables->errors, E202, cell->place,
                    "`%s` is planned: this version does not serve it yet", cell->text);
    } else if (!fits_a_cell(key)) {
        fail(import->tables->errors, E202, cell->place, "`%s` does not fit into a cell",
             cell->text);
        error_help(import->tables->errors, "write it in the job: it is merged with what is here");
        return E202;
    } else {
        column->use = is_list(key) ? COLUMN_LIST : COLUMN_VALUE;
    }
    return DONE;
}

static const Column *find_column(const CsvImport *import, const char *key) {
    for (int column = 0; column < import->column_count; column++) {
        if (strcmp(import->columns[column].key, key) == 0) {
            return &import->columns[column];
        }
    }
    return NULL;
}

static Status require_column(const CsvImport *import, const char *key) {
    if (find_column(import, key)) {
        return DONE;
    }
    fail(import->tables->errors, E203, import->row.place, "this list has no column `%s`", key);
    error_help(import->tables->errors, "the first row names the columns: `%s`",
               import->kind == IMPORT_MARKERS ? "id,time" : "id,in,out");
    return E203;
}

static Status require_columns(const CsvImport *import) {
    Status status = require_column(import, "id");
    if (import->kind == IMPORT_MARKERS) {
        const Status found = require_column(import, "time");
        return status == DONE ? found : status;
    }
    const SchemaKey *key = NULL;
    for (int row = 0; (key = job_schema_at(row)) != NULL; row++) {
        const char *member = job_schema_member(key, import->prefix);
        if (member && key->type != VALUE_PLANNED && key->flags & KEY_REQUIRED) {
            const Status found = require_column(import, member);
            status = status == DONE ? found : status;
        }
    }
    return status;
}

static Status read_header(CsvImport *import) {
    Status status = DONE;
    for (int cell = 0; cell < import->row.cell_count; cell++) {
        const CsvCell *read = &import->row.cells[cell];
        const Column *twin = find_column(import, read->text);
        Column column;
        const Status read_status = read_column(import, read, &column);
        status = status == DONE ? read_status : status;
        if (twin && column.use != COLUMN_LEFT) {
            fail(import->tables->errors, E104, read->place, "column `%s` is there twice",
                 read->text);
            error_mark(import->tables->errors, twin->place, "the first one");
            status = E104;
        }
        import->columns[import->column_count++] = column;
    }
    const Status required = status == DONE ? require_columns(import) : status;
    return required;
}

/* ---- the header of another tool ---- */

/* The first of the names, upper and lower case alike, that heads a column; -1: none. */
static int find_foreign(const CsvRow *row, const char *const *names, int count) {
    for (int name = 0; name < count; name++) {
        for (int cell = 0; cell < row->cell_count; cell++) {
            if (strcasecmp(row->cells[cell].text, names[name]) == 0) {
                return cell;
            }
        }
    }
    return -1;
}

static Status fail_foreign(const CsvImport *import, const char *what, const char *known) {
    fail(import->tables->errors, E203, import->row.place, "no column of this list holds %s", what);
    error_note(import->tables->errors, "it is looked for under %s", known);
    return E203;
}

static Status read_foreign_header(CsvImport *import) {
    static const char *const names[] = {"name", "marker name", "marker", "label", "title", "id"};
    static const char *const times[] = {"time",        "start",      "position", "timecode",
                                        "timecode in", "start time", "location", "in"};
    const int name = find_foreign(&import->row, names, sizeof names / sizeof *names);
    const int time = find_foreign(&import->row, times, sizeof times / sizeof *times);
    if (name < 0) {
        return fail_foreign(import, "names", "name, marker name, marker, label, title, id");
    }
    if (time < 0) {
        return fail_foreign(import, "times",
                            "time, start, position, timecode, timecode in, start time, location, "
                            "in");
    }
    import->column_count = import->row.cell_count;
    for (int cell = 0; cell < import->column_count; cell++) {
        const ColumnUse use = cell == time ? COLUMN_VALUE : COLUMN_LEFT;
        import->columns[cell] = (Column){.use = cell == name ? COLUMN_ID : use, .key = "time"};
    }
    return DONE;
}

/* ---- rows ---- */

static bool is_empty_row(const CsvRow *row) {
    for (int cell = 0; cell < row->cell_count; cell++) {
        if (*row->cells[cell].text) {
            return false;
        }
    }
    return true;
}

static Status check_width(const CsvImport *import) {
    const CsvRow *row = &import->row;
    if (row->cell_count < import->column_count && !import->is_foreign) {
        return fail(import->tables->errors, E427, row->place,
                    "this row has %d cells, the first row %d", row->cell_count,
                    import->column_count);
    }
    for (int cell = import->column_count; cell < row->cell_count; cell++) {
        if (*row->cells[cell].text) {
            fail(import->tables->errors, E427, row->cells[cell].place,
                 "this row has %d cells, the first row %d", row->cell_count, import->column_count);
            error_help(import->tables->errors, "put a text that holds a comma in quotes");
            return E427;
        }
    }
    return DONE;
}

/* "dark motif:nightfall" */
static Node *make_words(const CsvCell *cell, Arena *arena) {
    const int most = (int)strlen(cell->text) / 2 + 1;
    Node *list = node_make_list(most, cell->place, arena);
    for (const char *word = cell->text; *word;) {
        const size_t length = strcspn(word, " ");
        if (length > 0) {
            const char *text = arena_copy_bytes(arena, word, length);
            node_add_item(list, node_make_text(text, cell->place, arena));
        }
        word += length + (word[length] == ' ');
    }
    return list;
}

static Node *make_entry(const CsvImport *import) {
    const CsvRow *row = &import->row;
    Arena *arena = import->tables->arena;
    Node *entry = node_make_map(import->column_count, row->place, arena);
    for (int cell = 0; cell < import->column_count && cell < row->cell_count; cell++) {
        const Column *column = &import->columns[cell];
        const CsvCell *read = &row->cells[cell];
        if (column->use < COLUMN_VALUE || !*read->text) {
            continue;
        }
        Node *value = column->use == COLUMN_LIST ? make_words(read, arena)
                                                 : node_make_text(read->text, read->place, arena);
        node_add_pair(entry, column->key, read->place, value);
    }
    return entry;
}

/* A clock without hours is plain once its seconds have a fraction: "1:02.5". */
static void complete_clock(Node *time, Arena *arena) {
    const size_t minutes = strspn(time->text, "0123456789");
    const char *rest = time->text + minutes;
    if (minutes > 0 && *rest == ':' && !strpbrk(rest + 1, ":;|") && strchr(rest, '.')) {
        time->text = arena_format(arena, "0:%s", time->text);
    }
}

static const CsvCell *find_name(const CsvImport *import) {
    for (int cell = 0; cell < import->column_count && cell < import->row.cell_count; cell++) {
        if (import->columns[cell].use == COLUMN_ID) {
            return &import->row.cells[cell];
        }
    }
    return NULL;
}

/* A marker is its time and nothing else. */
static Status make_marker(const CsvImport *import, const CsvCell *name, Node **entry) {
    if ((*entry)->count == 0) {
        return fail(import->tables->errors, E203, name->place, "marker `%s` has no time",
                    name->text);
    }
    *entry = (*entry)->pairs[0].value;
    if (import->is_foreign) {
        complete_clock(*entry, import->tables->arena);
    }
    return DONE;
}

static Status add_row(const CsvImport *import) {
    ImportTables *tables = import->tables;
    const CsvCell *name = find_name(import);
    if (!name || !*name->text) {
        return fail(tables->errors, E203, name ? name->place : import->row.place,
                    "this row has no %s", import->is_foreign ? "name" : "id");
    }
    const char *id = import->is_foreign ? import_id(name->text, tables->arena) : name->text;
    if (!id) {
        return fail(tables->errors, E306, name->place, "no id can be made of `%s`", name->text);
    }
    Node *entry = make_entry(import);
    if (import->kind == IMPORT_MARKERS) {
        TRY(make_marker(import, name, &entry));
    }
    return import_table_add(tables, import->kind, id, name->place, entry);
}

static Status read_rows(CsvImport *import) {
    ErrorList *errors = import->tables->errors;
    const int errors_before = errors_count(errors);
    Status first = DONE;
    while (errors_count(errors) - errors_before < ERRORS_MAX) {
        TRY(csv_next(&import->reader, &import->row, errors));
        if (import->row.cell_count == 0) {
            break;
        }
        if (is_empty_row(&import->row)) {
            continue;
        }
        Status status = check_width(import);
        status = status == DONE ? add_row(import) : status;
        first = first == DONE ? status : first;
    }
    return first;
}

static Status read_list(CsvImport *import) {
    ErrorList *errors = import->tables->errors;
    TRY(csv_open(import->file, import->tables->arena, &import->reader, errors));
    TRY(csv_next(&import->reader, &import->row, errors));
    if (import->row.cell_count == 0) {
        return fail(errors, E427, (Place){.file = import->file->name, .line = 1, .column = 1},
                    "this list is empty");
    }
    TRY(import->is_foreign ? read_foreign_header(import) : read_header(import));
    return read_rows(import);
}

Status import_csv_read(const JobFile *file, ImportKind kind, ImportTables *tables) {
    CsvImport *import = arena_alloc(tables->arena, sizeof *import);
    import->file = file;
    import->kind = kind;
    import->tables = tables;
    import->prefix = arena_format(tables->arena, "%s.*", import_kind_name(kind));
    return read_list(import);
}

Status import_markers_csv_read(const JobFile *file, ImportTables *tables) {
    CsvImport *import = arena_alloc(tables->arena, sizeof *import);
    import->file = file;
    import->kind = IMPORT_MARKERS;
    import->tables = tables;
    import->is_foreign = true;
    return read_list(import);
}
