/* Ambisonic decoders from a panner and even points on the sphere. */
#include "spatial/decode_quadrature.h"

#include <string.h>

#include "spatial/harmonics.h"
#include "spatial/sphere_points.h"

enum { HALF_COUNT = 5200, HARMONIC_COUNT = (HARMONIC_MAX_ORDER + 1) * (HARMONIC_MAX_ORDER + 1) };

void decode_by_quadrature(
    const PointPanner *panner, int order, int channel_count, Arena *arena, double *matrix) {
    const int harmonic_count = (order + 1) * (order + 1);
    Direction *const points = arena_array(arena, 2 * (size_t)HALF_COUNT, sizeof *points);
    double *const gains = arena_array(arena, (size_t)channel_count, sizeof *gains);
    sphere_points_mirrored(HALF_COUNT, points);
    memset(matrix, 0, sizeof(double) * (size_t)channel_count * (size_t)harmonic_count);
    for (int point = 0; point < 2 * HALF_COUNT; ++point) {
        double values[HARMONIC_COUNT];
        harmonics_at(points[point], order, values);
        panner->gains(panner->context, points[point], gains);
        for (int cell = 0; cell < channel_count * harmonic_count; ++cell) {
            matrix[cell] += gains[cell / harmonic_count] * values[cell % harmonic_count];
        }
    }
    for (int cell = 0; cell < channel_count * harmonic_count; ++cell) {
        const double n3d = sqrt(2.0 * harmonic_degree(cell % harmonic_count) + 1.0);
        matrix[cell] *= n3d / (2.0 * HALF_COUNT);
    }
}
