/* A table that a verb answers with, in three forms. */
#include "cluster/table.h"

#include <string.h>

#include "cluster/answer.h"

typedef struct TableRow {
    const char **cells;
    struct TableRow *next;
} TableRow;

struct Table {
    Arena *arena;
    const char *name;
    const char *const *columns;
    int column_count;
    int *widths; /* code points of the widest cell */
    TableRow *first, *last;
};

static int code_points(const char *text) {
    int count = 0;
    for (; *text; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80; /* not a continuation byte of UTF-8 */
    }
    return count;
}

static void widen(Table *table, int column, const char *text) {
    const int width = code_points(text);
    table->widths[column] = width > table->widths[column] ? width : table->widths[column];
}

Table *table_create(Arena *arena, const char *name, const char *const *columns, int column_count) {
    Table *table = arena_alloc(arena, sizeof *table);
    table->arena = arena;
    table->name = name;
    table->columns = columns;
    table->column_count = column_count;
    table->widths = arena_array(arena, (size_t)column_count, sizeof *table->widths);
    for (int column = 0; column < column_count; column++) {
        widen(table, column, columns[column]);
    }
    return table;
}

void table_add(Table *table, const char *const *cells) {
    TableRow *row = arena_alloc(table->arena, sizeof *row);
    row->cells = arena_array(table->arena, (size_t)table->column_count, sizeof *row->cells);
    for (int column = 0; column < table->column_count; column++) {
        row->cells[column] = arena_copy_text(table->arena, cells[column] ? cells[column] : "");
        widen(table, column, row->cells[column]);
    }
    if (table->last) {
        table->last->next = row;
    } else {
        table->first = row;
    }
    table->last = row;
}

/* Two blanks between columns, none behind the last. */
static void print_aligned(const Table *table, const char *const *cells) {
    int last = table->column_count - 1;
    while (last > 0 && !*cells[last]) {
        last--;
    }
    for (int column = 0; column <= last; column++) {
        const int gap = table->widths[column] - code_points(cells[column]) + 2;
        fputs(cells[column], stdout);
        printf("%*s", column < last ? gap : 0, "");
    }
    fputc('\n', stdout);
}

static void print_json(const Table *table) {
    json_t *rows = json_array();
    for (const TableRow *row = table->first; row; row = row->next) {
        json_t *object = json_object();
        for (int column = 0; column < table->column_count; column++) {
            json_object_set_new(object, table->columns[column], json_string(row->cells[column]));
        }
        json_array_append_new(rows, object);
    }
    answer_json(json_pack("{s:o}", table->name, rows));
}

void table_print(const Table *table, const Options *options) {
    if (options->is_json) {
        print_json(table);
        return;
    }
    if (options->is_csv) {
        answer_csv(table->columns, table->column_count);
    } else if (!options->is_quiet) {
        print_aligned(table, table->columns);
    }
    for (const TableRow *row = table->first; row; row = row->next) {
        if (options->is_csv) {
            answer_csv(row->cells, table->column_count);
        } else {
            print_aligned(table, row->cells);
        }
    }
}
