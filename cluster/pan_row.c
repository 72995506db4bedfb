/* One object as `nocturne pan` takes it. */
#include "cluster/pan_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/options.h"

typedef struct Field {
    const char *name;
    double fallback, minimum, maximum;
} Field;

/* Defaults and ranges of BS.2076-2, 5.4.3.1. */
static const Field fields[PAN_FIELD_COUNT] = {
    [PAN_AZ] = {"az",               0.0,  -360.0,  360.0 },
    [PAN_EL] = {"el",               0.0,  -90.0,   90.0  },
    [PAN_DISTANCE] = {"distance",         1.0,  0.0,     1000.0},
    [PAN_WIDTH] = {"width",            0.0,  0.0,     360.0 },
    [PAN_HEIGHT] = {"height",           0.0,  0.0,     360.0 },
    [PAN_DEPTH] = {"depth",            0.0,  0.0,     1000.0},
    [PAN_DIVERGENCE] = {"divergence",       0.0,  0.0,     1.0   },
    [PAN_DIVERGENCE_RANGE] = {"divergence_range", 0.0,  0.0,     180.0 },
    [PAN_LOCK] = {"lock",             0.0,  0.0,     1.0   },
    [PAN_LOCK_DISTANCE] = {"lock_distance",    -1.0, 0.0,     1000.0}, /* -1: any */
    [PAN_DIFFUSE] = {"diffuse",          0.0,  0.0,     1.0   },
    [PAN_GAIN] = {"gain",             1.0,  -1000.0, 1000.0},
    [PAN_X] = {"X",                0.0,  -1000.0, 1000.0},
    [PAN_Y] = {"Y",                0.0,  -1000.0, 1000.0},
    [PAN_Z] = {"Z",                0.0,  -1000.0, 1000.0},
};

enum { CELL_BYTES = 64 };

/* The next cell, without blanks at its ends; moves *text behind its comma, NULL at the end. */
static bool next_cell(const char **text, char cell[CELL_BYTES]) {
    static const char blanks[] = " \t\r\n";
    if (!*text) {
        return false;
    }
    const char *comma = strchr(*text, ',');
    const char *begin = *text + strspn(*text, blanks);
    const char *end = comma ? comma : *text + strlen(*text);
    while (end > begin && strchr(blanks, end[-1])) {
        end--;
    }
    const size_t length = begin < end ? (size_t)(end - begin) : 0;
    const size_t kept = length < CELL_BYTES - 1 ? length : CELL_BYTES - 1;
    memcpy(cell, begin, kept);
    cell[kept] = '\0';
    *text = comma ? comma + 1 : NULL;
    return true;
}

static Status find_field(const char *name, PanField *found, ErrorList *errors) {
    const char *names[PAN_FIELD_COUNT];
    for (int field = 0; field < PAN_FIELD_COUNT; field++) {
        names[field] = fields[field].name;
        if (strcmp(name, fields[field].name) == 0) {
            *found = (PanField)field;
            return DONE;
        }
    }
    fail(errors, E002, NO_PLACE, "`%s` is not a parameter of an object", name);
    options_suggest(name, names, PAN_FIELD_COUNT, errors);
    error_note(errors, "az el distance, or X Y Z; width height depth divergence divergence_range "
                       "lock lock_distance diffuse gain");
    return E002;
}

static bool gives_any(const PanColumns *columns, PanField first, PanField last) {
    for (PanField field = first; field <= last; field++) {
        if (columns->is_given[field]) {
            return true;
        }
    }
    return false;
}

Status pan_columns_read(const char *names, PanColumns *columns, ErrorList *errors) {
    char name[CELL_BYTES];
    *columns = (PanColumns){0};
    while (next_cell(&names, name)) {
        PanField field = PAN_AZ;
        TRY(find_field(name, &field, errors));
        if (columns->is_given[field]) {
            return fail(errors, E002, NO_PLACE, "`%s` is given twice", name);
        }
        columns->is_given[field] = true;
        columns->fields[columns->count++] = field;
    }
    if (gives_any(columns, PAN_AZ, PAN_DISTANCE) && gives_any(columns, PAN_X, PAN_Z)) {
        return fail(errors, E002, NO_PLACE,
                    "an object is polar (az el distance) or Cartesian (X Y Z), not both");
    }
    return DONE;
}

static Status
read_number(const char *cell, int row, PanField field, double *value, ErrorList *errors) {
    if (cell[0] == '\0') {
        return DONE;
    }
    char *end = NULL;
    const double number = strtod(cell, &end); /* the C locale: setlocale is never called */
    if (*end != '\0' || !isfinite(number)) {
        return fail(errors, E002, NO_PLACE, "row %d: `%s` is not a number (%s)", row, cell,
                    fields[field].name);
    }
    if (number < fields[field].minimum || number > fields[field].maximum) {
        return fail(errors, E002, NO_PLACE, "row %d: %s %s is outside %g … %g", row,
                    fields[field].name, cell, fields[field].minimum, fields[field].maximum);
    }
    *value = number;
    return DONE;
}

static ObjectState object_of(const double *values, const PanColumns *columns) {
    return (ObjectState){
        .position = {.azimuth_deg = values[PAN_AZ],
                     .elevation_deg = values[PAN_EL],
                     .distance_m = values[PAN_DISTANCE]},
        .is_cartesian = gives_any(columns, PAN_X, PAN_Z),
        .x = values[PAN_X],
        .y = values[PAN_Y],
        .z = values[PAN_Z],
        .width = values[PAN_WIDTH],
        .height = values[PAN_HEIGHT],
        .depth = values[PAN_DEPTH],
        .divergence = values[PAN_DIVERGENCE],
        .divergence_range = values[PAN_DIVERGENCE_RANGE],
        .is_locked = values[PAN_LOCK] != 0.0,
        .has_lock_distance = values[PAN_LOCK_DISTANCE] >= 0.0,
        .lock_distance = values[PAN_LOCK_DISTANCE],
        .diffuse = values[PAN_DIFFUSE],
    };
}

Status pan_row_read(const char *cells,
                    int row,
                    const PanColumns *columns,
                    ObjectState *object,
                    double *gain,
                    ErrorList *errors) {
    double values[PAN_FIELD_COUNT];
    for (int field = 0; field < PAN_FIELD_COUNT; field++) {
        values[field] = fields[field].fallback;
    }
    char cell[CELL_BYTES];
    int count = 0;
    for (; next_cell(&cells, cell); count++) {
        if (count < columns->count) {
            const PanField field = columns->fields[count];
            TRY(read_number(cell, row, field, &values[field], errors));
        }
    }
    if (count != columns->count) {
        return fail(errors, E002, NO_PLACE, "row %d has %d cells, the header %d", row, count,
                    columns->count);
    }
    *object = object_of(values, columns);
    *gain = values[PAN_GAIN];
    return DONE;
}
