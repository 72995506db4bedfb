#ifndef JOBS_IMPORT_TABLES_H
#define JOBS_IMPORT_TABLES_H
/* What lists of other tools hold, gathered as tables of a job: markers, scenes, lines, cues.
 *
 * Every value keeps the place where it stands in its list, and is read and judged like a value that
 * was written in the job.
 */
#include "jobs/job_files.h"
#include "jobs/name_table.h"
#include "jobs/node.h"

typedef enum ImportKind { /* the words of import.*.as, in this order */
                          IMPORT_CUTS,
                          IMPORT_LINES,
                          IMPORT_MARKERS,
                          IMPORT_SCENES,
                          IMPORT_CUES,
                          IMPORT_KIND_COUNT
} ImportKind;

typedef struct ImportTable {
    Node *map; /* NULL: empty */
    int capacity;
    NameTable names; /* index of the pair */
} ImportTable;

typedef struct ImportTables {
    Arena *arena;
    ErrorList *errors;
    ImportTable tables[IMPORT_KIND_COUNT]; /* IMPORT_CUTS stays empty: cuts belong to a list */
} ImportTables;

const char *import_kind_name(ImportKind kind); /* "lines" */

/* E104 when a list had that id before. */
Status
import_table_add(ImportTables *tables, ImportKind kind, const char *id, Place place, Node *value);

/* The id that a name of another tool becomes: "Door slam!" is Door_slam, "12" is m_12; NULL when
 * nothing of it is left. */
const char *import_id(const char *name, Arena *arena);

/* Comma-separated rows under the names of our keys, with a column `id`: lines, scenes, cues
 * (`id,in,out,character`), markers (`id,time`). Columns that `nocturne list` adds for the eye
 * (bars, length, place) and those that begin with `x-` are passed over. E101, E104, E106, E202,
 * E203, E427; it ends behind 20 errors. */
Status import_csv_read(const JobFile *file, ImportKind kind, ImportTables *tables);

/* Markers as sound editors export them: one column of names, one of times, whatever stands beside
 * them. The same errors. */
Status import_markers_csv_read(const JobFile *file, ImportTables *tables);

#endif
