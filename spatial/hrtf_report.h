#ifndef SPATIAL_HRTF_REPORT_H
#define SPATIAL_HRTF_REPORT_H
/* How good a set of head-related responses is for directions it was not measured at. */
#include <stdbool.h>

#include "spatial/sofa.h"

typedef struct HrtfReport {
    int ring_count; /* different elevations, to half a degree */
    double lowest_deg, highest_deg;
    double gap_deg; /* the farthest that any direction lies from a measurement, and where */
    double gap_azimuth_deg, gap_elevation_deg;
    bool has_errors; /* false: too few directions to leave any out */
    int left_out_count;
    double error_db;     /* mean of |dB| in 1/6 octaves from 5 to 16 kHz, nearer ear */
    double itd_error_us; /* mean of |us| */
    double level_offset_db;
    int tap_count; /* at the file's own rate */
} HrtfReport;

/* Every 7th direction is left out, all of them at once, and interpolated from the others. E420 and
 * E421 as hrtf_create. */
Status hrtf_report(const HrirGrid *grid, HrtfReport *report, ErrorList *errors);

#endif
