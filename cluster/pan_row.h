#ifndef CLUSTER_PAN_ROW_H
#define CLUSTER_PAN_ROW_H
/* One object as `nocturne pan` takes it: a row of numbers under the names of BS.2076's parameters.
 */
#include "render/base/error.h"
#include "render/model/object_state.h"

typedef enum PanField {
    PAN_AZ,
    PAN_EL,
    PAN_DISTANCE,
    PAN_WIDTH,
    PAN_HEIGHT,
    PAN_DEPTH,
    PAN_DIVERGENCE,
    PAN_DIVERGENCE_RANGE,
    PAN_LOCK,
    PAN_LOCK_DISTANCE,
    PAN_DIFFUSE,
    PAN_GAIN,
    PAN_X,
    PAN_Y,
    PAN_Z,
    PAN_FIELD_COUNT
} PanField;

typedef struct PanColumns {
    PanField fields[PAN_FIELD_COUNT];
    int count;
    bool is_given[PAN_FIELD_COUNT];
} PanColumns;

/* names: the header, separated by commas. E002 for a name that is unknown, twice, or polar and
 * Cartesian. */
Status pan_columns_read(const char *names, PanColumns *columns, ErrorList *errors);

/* One row of numbers, separated by commas; an empty cell is the default of BS.2076. gain: linear.
 * E206 outside the range, E002 no number or another count of cells. row: for messages, from 1. */
Status pan_row_read(const char *cells,
                    int row,
                    const PanColumns *columns,
                    ObjectState *object,
                    double *gain,
                    ErrorList *errors);

#endif
