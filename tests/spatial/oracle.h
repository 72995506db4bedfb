#ifndef TESTS_SPATIAL_ORACLE_H
#define TESTS_SPATIAL_ORACLE_H
/* Reads a CSV table of tests/oracles row by row. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE_LINE_BYTES = 8192, ORACLE_CELLS = 80 };

typedef struct Oracle {
    FILE *file;
    char line[ORACLE_LINE_BYTES];
    char *cells[ORACLE_CELLS];
    int cell_count;
} Oracle;

static inline bool oracle_next(Oracle *oracle) {
    if (!fgets(oracle->line, sizeof oracle->line, oracle->file)) {
        fclose(oracle->file);
        return false;
    }
    char *rest = NULL;
    oracle->cell_count = 0;
    for (char *cell = strtok_r(oracle->line, ",\n", &rest);
         cell && oracle->cell_count < ORACLE_CELLS; cell = strtok_r(NULL, ",\n", &rest)) {
        oracle->cells[oracle->cell_count++] = cell;
    }
    return true;
}

/* Leaves the column titles in cells. */
static inline void oracle_open(Oracle *oracle, const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/oracles/%s", TESTS_FOLDER, name);
    oracle->file = fopen(path, "r");
    assert(oracle->file && "oracle table missing");
    oracle_next(oracle);
}

static inline double oracle_number(const Oracle *oracle, int cell) {
    return strtod(oracle->cells[cell], NULL);
}

#endif
