#ifndef JOBS_CSV_READER_H
#define JOBS_CSV_READER_H
/* Comma-separated values by RFC 4180, row by row, every cell with its place.
 *
 *     CsvReader reader;
 *     CsvRow row;
 *     TRY(csv_open(file, arena, &reader, errors));
 *     do {
 *         TRY(csv_next(&reader, &row, errors));
 *     } while (row.cell_count > 0);
 *
 * A byte order mark, CR LF and CR are fine; a header without a comma may be separated by semicolons
 * or tabs, and so is the rest then. Quoted cells may hold separators, line ends and doubled quotes;
 * blanks around a cell that is not quoted are left out. Empty lines are passed over.
 */
#include "jobs/job_files.h"

enum { CSV_CELLS_MAX = 64, CSV_ROWS_MAX = 100000 };

typedef struct CsvCell {
    const char *text;
    Place place; /* with its quotes */
} CsvCell;

typedef struct CsvRow { /* holds until the next one is read; the texts live in the arena */
    CsvCell cells[CSV_CELLS_MAX];
    int cell_count; /* 0: behind the last row */
    Place place;    /* where it begins */
} CsvRow;

typedef struct CsvReader {
    const JobFile *file;
    size_t at;
    int line, column, row_count;
    char separator;
    char *texts; /* as large as the file: what cells hold is never longer than what is written */
    size_t text_bytes;
} CsvReader;

/* E101. */
Status csv_open(const JobFile *file, Arena *arena, CsvReader *reader, ErrorList *errors);

/* E106 more than 100 000 rows or 64 KiB in a cell, E427 quotes that do not fit, more than 64 cells.
 */
Status csv_next(CsvReader *reader, CsvRow *row, ErrorList *errors);

#endif
