/* Convex hull by adding one point after the other. */
#include "spatial/hull.h"

#include <string.h>

/* A point this far above a plane sees it; nearer, it lies in it (grids hold many flat quads). */
static const double visible_distance = 1e-9;
/* Below this, points count as lying on one line or in one plane. */
static const double flat_distance = 1e-7;
/* Planes nearer to the listener do not enclose it: inverses would be huge. */
static const double enclosing_offset = 1e-3;

typedef struct Edge {
    int from, to;
} Edge;

typedef struct Builder {
    const Direction *points;
    Direction inside; /* of the first tetrahedron */
    HullTriangle *triangles;
    int triangle_count;
    Edge *edges; /* of the triangles that the new point sees */
    int edge_count;
} Builder;

static void add_triangle(Builder *builder, int a, int b, int c) {
    const Direction *const points = builder->points;
    HullTriangle *const triangle = &builder->triangles[builder->triangle_count++];
    const Direction across = direction_cross(direction_subtract(points[b], points[a]),
                                             direction_subtract(points[c], points[a]));
    triangle->normal = direction_normalise(across);
    triangle->offset = direction_dot(triangle->normal, points[a]);
    triangle->corner[0] = a;
    triangle->corner[1] = b;
    triangle->corner[2] = c;
    if (direction_dot(triangle->normal, builder->inside) > triangle->offset) {
        triangle->normal = direction_scale(triangle->normal, -1.0);
        triangle->offset = -triangle->offset;
        triangle->corner[1] = c;
        triangle->corner[2] = b;
    }
}

static double line_distance(Direction a, Direction b, Direction at) {
    const Direction along = direction_normalise(direction_subtract(b, a));
    return direction_length(direction_cross(along, direction_subtract(at, a)));
}

static double plane_distance(Direction a, Direction b, Direction c, Direction at) {
    const Direction normal =
        direction_normalise(direction_cross(direction_subtract(b, a), direction_subtract(c, a)));
    return fabs(direction_dot(normal, direction_subtract(at, a)));
}

/* Corner `count` of the first tetrahedron: the point farthest from what the corners so far span. */
static int farthest_point(const Direction *points, int point_count, const int *corner, int count) {
    int farthest = 0;
    double best = -1.0;
    for (int point = 0; point < point_count; ++point) {
        const Direction at = points[point];
        const Direction first = points[corner[0]];
        const double distance =
            count == 1   ? direction_length(direction_subtract(at, first))
            : count == 2 ? line_distance(first, points[corner[1]], at)
                         : plane_distance(first, points[corner[1]], points[corner[2]], at);
        if (distance > best + flat_distance) {
            best = distance;
            farthest = point;
        }
    }
    return best > flat_distance ? farthest : -1;
}

static bool build_tetrahedron(Builder *builder, int point_count, int corner[4]) {
    corner[0] = 0;
    for (int count = 1; count < 4; ++count) {
        corner[count] = farthest_point(builder->points, point_count, corner, count);
        if (corner[count] < 0) {
            return false;
        }
    }
    Direction sum = {0};
    for (int index = 0; index < 4; ++index) {
        sum = direction_add(sum, builder->points[corner[index]]);
    }
    builder->inside = direction_scale(sum, 0.25);
    add_triangle(builder, corner[0], corner[1], corner[2]);
    add_triangle(builder, corner[0], corner[1], corner[3]);
    add_triangle(builder, corner[0], corner[2], corner[3]);
    add_triangle(builder, corner[1], corner[2], corner[3]);
    return true;
}

/* Takes out the triangles that the point sees and keeps their edges. */
static void remove_visible(Builder *builder, Direction at) {
    int kept = 0;
    builder->edge_count = 0;
    for (int index = 0; index < builder->triangle_count; ++index) {
        const HullTriangle triangle = builder->triangles[index];
        if (direction_dot(triangle.normal, at) <= triangle.offset + visible_distance) {
            builder->triangles[kept++] = triangle;
            continue;
        }
        for (int side = 0; side < 3; ++side) {
            builder->edges[builder->edge_count++] =
                (Edge){triangle.corner[side], triangle.corner[(side + 1) % 3]};
        }
    }
    builder->triangle_count = kept;
}

/* The rim of what was removed: edges whose other side is still there. */
static bool is_rim(const Builder *builder, Edge edge) {
    for (int index = 0; index < builder->edge_count; ++index) {
        if (builder->edges[index].from == edge.to && builder->edges[index].to == edge.from) {
            return false;
        }
    }
    return true;
}

static void add_point(Builder *builder, int point) {
    remove_visible(builder, builder->points[point]);
    for (int index = 0; index < builder->edge_count; ++index) {
        const Edge edge = builder->edges[index];
        if (is_rim(builder, edge)) {
            add_triangle(builder, edge.from, edge.to, point);
        }
    }
}

Hull hull_of(const Direction *points, int point_count, Arena *arena) {
    /* A hull of n points has 2n - 4 triangles; every one of them has 3 edges. */
    const size_t limit = 2 * (size_t)point_count + 8;
    Builder builder = {.points = points};
    int corner[4];
    builder.triangles = arena_array(arena, limit, sizeof *builder.triangles);
    builder.edges = arena_array(arena, 3 * limit, sizeof *builder.edges);
    if (point_count < 4 || !build_tetrahedron(&builder, point_count, corner)) {
        return (Hull){builder.triangles, 0};
    }
    for (int point = 0; point < point_count; ++point) {
        const bool is_corner =
            point == corner[0] || point == corner[1] || point == corner[2] || point == corner[3];
        if (!is_corner) {
            add_point(&builder, point);
        }
    }
    return (Hull){builder.triangles, builder.triangle_count};
}

bool hull_encloses_listener(const Hull *hull) {
    for (int index = 0; index < hull->triangle_count; ++index) {
        if (hull->triangles[index].offset < enclosing_offset) {
            return false;
        }
    }
    return hull->triangle_count > 0;
}

void triangle_inverse(const Direction corners[3], Direction rows[3]) {
    const Direction side = direction_cross(corners[1], corners[2]);
    const double volume = direction_dot(corners[0], side);
    rows[0] = direction_scale(side, 1.0 / volume);
    rows[1] = direction_scale(direction_cross(corners[2], corners[0]), 1.0 / volume);
    rows[2] = direction_scale(direction_cross(corners[0], corners[1]), 1.0 / volume);
}
