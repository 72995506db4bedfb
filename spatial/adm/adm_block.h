#ifndef SPATIAL_ADM_ADM_BLOCK_H
#define SPATIAL_ADM_ADM_BLOCK_H
/* One audioBlockFormat of any type: what BS.2076-2, 5.4 lets it say. */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/rational.h"
#include "render/model/object_state.h"
#include "spatial/adm/adm_model.h"
#include "spatial/direct_speakers.h"

enum { ADM_BLOCK_ZONES = 32, ADM_BLOCK_LABELS = 8, ADM_LABEL_BYTES = 512 };

/* Plain data without padding that matters: zeroed before it is filled, compared word by word. */
typedef struct AdmBlockFacts {
    int32_t line, number; /* in axml; in the channel, from 1 */
    int32_t zone_count, label_count, label_bytes;
    int32_t order, degree; /* HOA */
    bool has_rtime, has_duration, has_position, is_cartesian, has_cartesian_flag, cartesian_flag;
    bool jumps, has_interpolation; /* jumpPosition */
    bool is_locked, has_lock_distance, has_range, refers_to_screen;
    bool has_order, has_degree;
    Rational rtime, duration, interpolation;
    double gain;
    BoundedValue place[3]; /* azimuth, elevation, distance, or x, y, z */
    ScreenEdge horizontal_edge, vertical_edge;
    double width, height, depth, diffuse;
    double divergence, azimuth_range_deg, position_range, lock_distance;
    AdmHoaFacts hoa;
} AdmBlockFacts;

typedef struct AdmBlock {
    AdmBlockFacts facts;
    char labels[ADM_LABEL_BYTES]; /* speakerLabel: label_count texts, each with its NUL */
    ExclusionZone zones[ADM_BLOCK_ZONES];
} AdmBlock;

#endif
