#ifndef SPATIAL_ADM_ADM_PATH_H
#define SPATIAL_ADM_ADM_PATH_H
/* The blocks of a channel as the points of a trajectory. Inside spatial/adm only. */
#include "render/model/trajectory.h"
#include "spatial/adm/adm_block.h"
#include "spatial/adm/adm_file.h"

typedef struct AdmPathOrder {
    const AdmFile *file;
    Rational shift_s; /* added to every time */
    int rate_hz;      /* that the points count in */
    /* State of a block, with its gain. Its zones are copied. */
    ObjectState (*state_of)(const void *context, const AdmItem *item, const AdmBlock *block);
    const void *context;
} AdmPathOrder;

/* A point where a block ends and where it has interpolated, at exact times; two points of one time
 * where it jumps. Where there is no block the gain is silence_db. What repeats itself is one pair
 * of points. With the straight lines of BS.2127 from point to point it sounds as the standard says.
 * E442: times too fine to add up; E443: a way that is polar here and Cartesian there. */
Status adm_path_make(const AdmPathOrder *order,
                     const AdmItem *item,
                     int channel,
                     Arena *arena,
                     Trajectory *path,
                     ErrorList *errors);

#endif
