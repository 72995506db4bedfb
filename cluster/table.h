#ifndef CLUSTER_TABLE_H
#define CLUSTER_TABLE_H
/* A table that a verb answers with: aligned for people, CSV for spreadsheets, JSON for programs.
 *
 *     static const char *const columns[] = {"id", "file"};
 *     Table *table = table_create(arena, "layers", columns, 2);
 *     table_add(table, (const char *[]){layer->id, layer->file.text});
 *     table_print(table, options);
 */
#include "cluster/options.h"

typedef struct Table Table;

/* name: the member of the JSON object that holds the rows. columns must outlive the table. */
Table *table_create(Arena *arena, const char *name, const char *const *columns, int column_count);
/* cells: [column_count], copied; NULL is an empty cell. */
void table_add(Table *table, const char *const *cells);
/* On stdout, as --json or --csv ask. */
void table_print(const Table *table, const Options *options);

#endif
