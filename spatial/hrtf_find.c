/* From a triangle nearby across the side that the direction lies beyond, until there is none.
 *
 * The triangles of a hull of points on a sphere are a Delaunay triangulation, in which such a walk
 * never comes back (de Floriani, Falcidieno, Nagy, Pienovi 1991). Law: the start follows from the
 * direction alone.
 */
#include "spatial/hrtf_find.h"

#include <math.h>

/* Farther outside than this a direction lies in another triangle. */
static const double outside_weight = -1e-9;
/* No walk from a neighbouring cell is longer; flat quads of a grid might turn one in circles. */
enum { STEPS_MAX = 100 };

static int least_weight(const HrtfTriangle *triangle, Direction at, double weights[3]) {
    int least = 0;
    for (int corner = 0; corner < 3; ++corner) {
        weights[corner] = direction_dot(triangle->rows[corner], at);
        least = weights[corner] < weights[least] ? corner : least;
    }
    return least;
}

/* The triangle whose least weight is largest. */
static int32_t search_all(const HrtfSet *set, Direction at) {
    int32_t found = 0;
    double best = -INFINITY;
    for (int32_t index = 0; index < set->head->triangle_count; ++index) {
        double weights[3] = {0};
        const double least = weights[least_weight(&set->triangles[index], at, weights)];
        if (least > best) {
            best = least;
            found = index;
        }
    }
    return found;
}

static int32_t walk(const HrtfSet *set, int32_t from, Direction at) {
    int32_t index = from;
    for (int step = 0; step < STEPS_MAX; ++step) {
        double weights[3];
        const int least = least_weight(&set->triangles[index], at, weights);
        if (weights[least] >= outside_weight) {
            return index;
        }
        index = set->triangles[index].neighbours[least];
    }
    return search_all(set, at);
}

static int cell_along(double x) {
    const int cell = (int)((x + 1.0) * (SEED_CELLS_A_SIDE / 2.0));
    return cell < 0 ? 0 : cell < SEED_CELLS_A_SIDE ? cell : SEED_CELLS_A_SIDE - 1;
}

static int cell_of(Direction at) {
    return (cell_along(at.x) * SEED_CELLS_A_SIDE + cell_along(at.y)) * SEED_CELLS_A_SIDE +
           cell_along(at.z);
}

static double cell_centre(int cell) {
    return (cell % SEED_CELLS_A_SIDE + 0.5) * (2.0 / SEED_CELLS_A_SIDE) - 1.0;
}

void hrtf_find_seeds(HrtfSet *set) {
    int32_t last = 0;
    for (int cell = 0; cell < SEED_CELLS; ++cell) {
        const Direction centre = {cell_centre(cell / (SEED_CELLS_A_SIDE * SEED_CELLS_A_SIDE)),
                                  cell_centre(cell / SEED_CELLS_A_SIDE), cell_centre(cell)};
        last = walk(set, last, direction_normalise(centre));
        set->seeds[cell] = last;
    }
}

Mixture hrtf_find_mixture(const HrtfSet *set, Direction at) {
    const int32_t index = walk(set, set->seeds[cell_of(at)], at);
    Mixture found = {.points = set->triangles[index].points};
    double sum = 0.0;
    least_weight(&set->triangles[index], at, found.weights);
    for (int corner = 0; corner < 3; ++corner) {
        found.weights[corner] = fmax(found.weights[corner], 0.0);
        sum += found.weights[corner];
    }
    for (int corner = 0; corner < 3; ++corner) {
        found.weights[corner] /= sum;
    }
    return found;
}
