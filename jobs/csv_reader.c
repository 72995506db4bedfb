/* Comma-separated values by RFC 4180, row by row, every cell with its place. */
#include "jobs/csv_reader.h"

#include <string.h>

#include "jobs/source_text.h"
#include "jobs/text_check.h"
#include "jobs/utf8.h"

enum { CELL_MAX_BYTES = 64 << 10 };

static bool is_at_end(const CsvReader *reader) {
    return reader->at >= reader->file->size_bytes;
}

/* Behind the last byte a line ends. */
static char byte_at(const CsvReader *reader) {
    static const char line_end[] = "\n";
    if (is_at_end(reader)) {
        return line_end[0];
    }
    return reader->file->bytes[reader->at];
}

static bool is_line_end(char byte) {
    return byte == '\n' || byte == '\r';
}

/* Of the header's line: the first of these that stands in it. */
static char find_separator(const JobFile *file) {
    static const char separators[] = ",;\t";
    SourceLine line = {0};
    source_line(file->bytes, file->size_bytes, 1, &line);
    for (const char *separator = separators; *separator; separator++) {
        if (line.size_bytes > 0 && memchr(line.bytes, *separator, line.size_bytes)) {
            return *separator;
        }
    }
    return ',';
}

Status csv_open(const JobFile *file, Arena *arena, CsvReader *reader, ErrorList *errors) {
    TRY(text_check_file(file->name, file->bytes, file->size_bytes, errors));
    *reader = (CsvReader){.file = file,
                          .at = source_mark_bytes(file->bytes, file->size_bytes),
                          .line = 1,
                          .column = 1,
                          .separator = find_separator(file),
                          .texts = arena_alloc(arena, file->size_bytes + 1)};
    return DONE;
}

/* One byte on; columns count code points. */
static void step(CsvReader *reader) {
    const char byte = byte_at(reader);
    const bool is_pair = byte == '\r' && reader->at + 1 < reader->file->size_bytes &&
                         reader->file->bytes[reader->at + 1] == '\n';
    reader->at++;
    if (is_line_end(byte) && !is_pair) {
        reader->line++;
        reader->column = 1;
    } else {
        reader->column += ((unsigned char)byte & 0xC0) != 0x80;
    }
}

static void keep(CsvReader *reader) {
    reader->texts[reader->text_bytes++] = byte_at(reader);
    step(reader);
}

static Place place_here(const CsvReader *reader) {
    return (Place){
        .file = reader->file->name, .line = reader->line, .column = reader->column, .length = 1};
}

static bool ends_cell(const CsvReader *reader) {
    const char byte = byte_at(reader);
    return byte == reader->separator || is_line_end(byte);
}

static Status read_quoted(CsvReader *reader, Place begin, ErrorList *errors) {
    for (step(reader);; keep(reader)) {
        if (is_at_end(reader)) {
            fail(errors, E427, begin, "this quote is never closed");
            error_help(errors, "a quote inside a quoted cell is written twice");
            return E427;
        }
        if (byte_at(reader) != '"') {
            continue;
        }
        step(reader);
        if (is_at_end(reader) || byte_at(reader) != '"') {
            break;
        }
    }
    while (byte_at(reader) == ' ' && !is_at_end(reader)) {
        step(reader);
    }
    if (ends_cell(reader)) {
        return DONE;
    }
    fail(errors, E427, place_here(reader), "text behind the closing quote");
    error_mark(errors, begin, "the quoted cell begins here");
    error_help(errors, "a quote inside a quoted cell is written twice");
    return E427;
}

static void read_plain(CsvReader *reader) {
    const size_t begin = reader->text_bytes;
    while (!is_at_end(reader) && !ends_cell(reader)) {
        keep(reader);
    }
    while (reader->text_bytes > begin && reader->texts[reader->text_bytes - 1] == ' ') {
        reader->text_bytes--;
    }
}

static Status read_cell(CsvReader *reader, CsvCell *cell, ErrorList *errors) {
    while (byte_at(reader) == ' ') {
        step(reader);
    }
    const size_t begin = reader->text_bytes;
    const size_t begin_at = reader->at;
    cell->place = place_here(reader);
    cell->text = reader->texts + begin;
    if (byte_at(reader) == '"') {
        TRY(read_quoted(reader, cell->place, errors));
    } else {
        read_plain(reader);
    }
    if (reader->text_bytes - begin > CELL_MAX_BYTES) {
        return fail(errors, E106, cell->place, "this cell is longer than 64 KiB");
    }
    const size_t size_bytes = reader->at - begin_at;
    cell->place.length = (int)utf8_count(reader->file->bytes + begin_at, size_bytes);
    reader->texts[reader->text_bytes++] = '\0'; /* in the place of the separator */
    return DONE;
}

static Status read_row(CsvReader *reader, CsvRow *row, ErrorList *errors) {
    for (;;) {
        if (row->cell_count == CSV_CELLS_MAX) {
            return fail(errors, E427, place_here(reader), "a row has at most %d cells",
                        CSV_CELLS_MAX);
        }
        TRY(read_cell(reader, &row->cells[row->cell_count++], errors));
        const bool goes_on = !is_at_end(reader) && !is_line_end(byte_at(reader));
        if (!is_at_end(reader)) {
            step(reader);
        }
        if (!goes_on) {
            return DONE;
        }
    }
}

Status csv_next(CsvReader *reader, CsvRow *row, ErrorList *errors) {
    row->cell_count = 0;
    while (!is_at_end(reader) && is_line_end(byte_at(reader))) {
        step(reader);
    }
    row->place = place_here(reader);
    if (is_at_end(reader)) {
        return DONE;
    }
    if (reader->row_count++ > CSV_ROWS_MAX) {
        return fail(errors, E106, row->place, "a list holds at most %d rows", CSV_ROWS_MAX);
    }
    return read_row(reader, row, errors);
}
