/* Directions to gains by triangles, quads and rings of loudspeakers: BS.2127-1, 6.1. */
#include "spatial/point_source.h"

#include <string.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/layout_table.h"
#include "spatial/point_source_regions.h"

struct PointSource {
    const Layout *layout;
    RegionSet set;
    const PointSource *surround; /* two loudspeakers: the panner of 5.0 */
    int left, right;             /* two loudspeakers: their channels */
    const Region **likely;       /* [CELLS] the region of each cell's middle, NULL: none */
};

/* The cube around the sphere is cut into cells, so that a search begins where it likely ends. */
enum { CELLS_A_SIDE = 16, CELLS = CELLS_A_SIDE * CELLS_A_SIDE * CELLS_A_SIDE };

/* Gains below this are rounding: inside a triangle and on its border they are not negative. */
static const double triangle_tolerance = 1e-11;
/* Of a root of the quad's polynomials, which lie in 0 .. 1. */
static const double root_tolerance = 1e-10;
/* A direction with more than this of every corner of a region is in no other one. */
static const double inside_gain = 1e-6;
/* A direction that falls between two regions by rounding is tried again so much wider. */
static const double widenings[] = {1.0, 1e3, 1e6, 1e9};
enum { WIDENINGS = 4 };

/* gains: of the three corners, power 1. */
static bool
triangle_gains(const Triangle *triangle, Direction at, double tolerance, double gains[3]) {
    for (int corner = 0; corner < 3; ++corner) {
        gains[corner] = direction_dot(triangle->rows[corner], at);
        if (gains[corner] < -tolerance) {
            return false;
        }
    }
    const double power = gains[0] * gains[0] + gains[1] * gains[1] + gains[2] * gains[2];
    const double factor = 1.0 / sqrt(power);
    for (int corner = 0; corner < 3; ++corner) {
        gains[corner] = fmin(fmax(gains[corner] * factor, 0.0), 1.0);
    }
    return true;
}

static void scale_to_unit_power(double *gains, int count) {
    double power = 0.0;
    for (int index = 0; index < count; ++index) {
        power += gains[index] * gains[index];
    }
    const double factor = power > 0.0 ? 1.0 / sqrt(power) : 0.0;
    for (int index = 0; index < count; ++index) {
        gains[index] *= factor;
    }
}

static bool
ring_gains(const Region *region, Direction at, double tolerance, double gains[REGION_CORNERS]) {
    const int count = region->corner_count;
    for (int corner = 0; corner < count; ++corner) {
        double parts[3];
        if (!triangle_gains(&region->triangles[corner], at, tolerance, parts)) {
            continue;
        }
        for (int other = 0; other < count; ++other) {
            gains[other] = parts[2] * region->share;
        }
        gains[corner] += parts[0];
        gains[(corner + 1) % count] += parts[1];
        scale_to_unit_power(gains, count);
        return true;
    }
    return false;
}

static bool is_place(double x, double tolerance) {
    return x >= -tolerance && x <= 1.0 + tolerance;
}

/* Where along a side of the quad the direction lies: a root in 0 .. 1 of a x^2 + b x + c. */
static bool side_place(const Direction terms[3], Direction at, double tolerance, double *place) {
    const double a = direction_dot(terms[0], at);
    const double b = direction_dot(terms[1], at);
    const double c = direction_dot(terms[2], at);
    const double discriminant = b * b - 4.0 * a * c;
    if (discriminant < -tolerance) {
        return false;
    }
    /* Neither root from a difference of near numbers: also right where a is rounding. */
    const double root = sqrt(fmax(discriminant, 0.0));
    const double sum = -0.5 * (b + (b < 0.0 ? -root : root));
    /* b = 0 = a c: a double root at 0, or beside a constant none at all */
    const double near = sum != 0.0 ? c / sum : a != 0.0 ? 0.0 : -1.0;
    const double far = a != 0.0 ? sum / a : -1.0;
    if (!is_place(near, tolerance) && !is_place(far, tolerance)) {
        return false;
    }
    *place = fmin(fmax(is_place(near, tolerance) ? near : far, 0.0), 1.0);
    return true;
}

static bool
quad_gains(const Region *region, Direction at, double tolerance, double gains[REGION_CORNERS]) {
    double x = 0.0;
    double y = 0.0;
    if (!side_place(region->across, at, tolerance, &x) ||
        !side_place(region->along, at, tolerance, &y)) {
        return false;
    }
    gains[0] = (1.0 - x) * (1.0 - y);
    gains[1] = x * (1.0 - y);
    gains[2] = x * y;
    gains[3] = (1.0 - x) * y;
    double toward = 0.0; /* the other side of the sphere solves the same equations */
    for (int corner = 0; corner < 4; ++corner) {
        toward += gains[corner] * direction_dot(region->quad[corner], at);
    }
    if (toward <= 0.0) {
        return false;
    }
    scale_to_unit_power(gains, 4);
    return true;
}

static bool region_gains(const Region *region, Direction at, double widen, double *gains) {
    switch (region->kind) {
    case REGION_TRIANGLE:
        return triangle_gains(region->triangles, at, triangle_tolerance * widen, gains);
    case REGION_RING:
        return ring_gains(region, at, triangle_tolerance * widen, gains);
    case REGION_QUAD:
        return quad_gains(region, at, root_tolerance * widen, gains);
    }
    return false;
}

/* The first region that holds the direction; corners: its gains. */
static const Region *find_region(const RegionSet *set, Direction at, double *corners) {
    for (int attempt = 0; attempt < WIDENINGS; ++attempt) {
        for (int index = 0; index < set->region_count; ++index) {
            if (region_gains(&set->regions[index], at, widenings[attempt], corners)) {
                return &set->regions[index];
            }
        }
    }
    return NULL; /* not with a hull that holds the listener */
}

static int cell_along(double coordinate) {
    const double along = 0.5 * (coordinate + 1.0) * CELLS_A_SIDE;
    return (int)fmin(fmax(along, 0.0), CELLS_A_SIDE - 1);
}

static int cell_of(Direction at) {
    return (cell_along(at.x) * CELLS_A_SIDE + cell_along(at.y)) * CELLS_A_SIDE + cell_along(at.z);
}

static bool is_inside(const Region *region, Direction at, double *corners) {
    if (!region || !region_gains(region, at, 1.0, corners)) {
        return false;
    }
    bool is_inside = true;
    for (int corner = 0; corner < region->corner_count; ++corner) {
        is_inside = is_inside && corners[corner] > inside_gain;
    }
    return is_inside;
}

/* The same region and gains as of the whole search, which is left out where it can find no other.
 */
static const Region *find_region_near(const PointSource *self, Direction at, double *corners) {
    const Region *const likely = self->likely[cell_of(at)];
    return is_inside(likely, at, corners) ? likely : find_region(&self->set, at, corners);
}

static void pan_regions(const PointSource *self, Direction at, double *gains) {
    double corners[REGION_CORNERS];
    const Region *const region = find_region_near(self, at, corners);
    int end = 0; /* behind the last channel that sounds */
    for (int corner = 0; region && corner < region->corner_count; ++corner) {
        const int channel = self->set.channel[region->corners[corner]];
        gains[channel] += corners[corner];
        end = channel < end ? end : channel + 1;
    }
    scale_to_unit_power(gains, end);
}

/* 0.5^(back / 2 (front + back)): 0 dB in front, -3 dB behind. */
static void pan_stereo(const PointSource *self, Direction at, double *gains) {
    const double ln_half = -0.69314718055994530942;
    double from[5] = {0}; /* L R C Ls Rs */
    pan_regions(self->surround, at, from);
    double stereo[2] = {from[0] + sqrt(1.0 / 3.0) * from[2] + sqrt(0.5) * from[3],
                        from[1] + sqrt(1.0 / 3.0) * from[2] + sqrt(0.5) * from[4]};
    scale_to_unit_power(stereo, 2);
    const double front = fmax(from[0], fmax(from[1], from[2]));
    const double back = fmax(from[3], from[4]);
    const double factor = exact_exp(ln_half * 0.5 * back / (front + back));
    gains[self->left] = stereo[0] * factor;
    gains[self->right] = stereo[1] * factor;
}

static int count_loudspeakers(const Layout *layout) {
    int count = 0;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        count += layout->channels[channel].role == CHANNEL_SPEAKER;
    }
    return count;
}

/* Of two loudspeakers: the one further to the left. One alone is both. */
static void find_left_and_right(PointSource *self) {
    const Layout *const layout = self->layout;
    self->left = -1;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const bool is_speaker = layout->channels[channel].role == CHANNEL_SPEAKER;
        if (is_speaker && self->left < 0) {
            self->left = channel;
            self->right = channel;
        } else if (is_speaker) {
            self->right = channel;
        }
    }
    if (layout->channels[self->right].position.azimuth_deg >
        layout->channels[self->left].position.azimuth_deg) {
        const int left = self->right;
        self->right = self->left;
        self->left = left;
    }
}

const Layout *point_source_layout(const PointSource *point_source) {
    return point_source->layout;
}

void point_source_gains(const PointSource *point_source, const double direction[3], double *gains) {
    memset(gains, 0, sizeof(double) * (size_t)point_source->layout->channel_count);
    const Direction at = adm_normalise((Direction){direction[0], direction[1], direction[2]});
    if (point_source->surround) {
        pan_stereo(point_source, at, gains);
    } else if (point_source->set.region_count > 0) {
        pan_regions(point_source, at, gains);
    } else {
        gains[point_source->left] = 1.0;
    }
}

static double cell_middle(int along) {
    return 2.0 * (along + 0.5) / CELLS_A_SIDE - 1.0;
}

static void find_likely_regions(PointSource *self, Arena *arena) {
    double corners[REGION_CORNERS];
    self->likely = arena_array(arena, CELLS, sizeof(Region *));
    for (int cell = 0; cell < CELLS; ++cell) {
        const Direction middle = {cell_middle(cell / (CELLS_A_SIDE * CELLS_A_SIDE)),
                                  cell_middle(cell / CELLS_A_SIDE % CELLS_A_SIDE),
                                  cell_middle(cell % CELLS_A_SIDE)};
        const double length = direction_length(middle);
        if (fabs(length - 1.0) < 2.0 / CELLS_A_SIDE) { /* the sphere runs through it */
            self->likely[cell] = find_region(&self->set, adm_normalise(middle), corners);
        }
    }
}

static Status create_regions(PointSource *self, Arena *arena, ErrorList *errors) {
    TRY(regions_create(self->layout, arena, &self->set, errors));
    find_likely_regions(self, arena);
    return DONE;
}

Status point_source_create(const Layout *layout,
                           Arena *arena,
                           PointSource **point_source,
                           ErrorList *errors) {
    const int loudspeaker_count = layout->kind == LAYOUT_SPEAKERS ? count_loudspeakers(layout) : 0;
    PointSource *const self = arena_alloc(arena, sizeof *self);
    *point_source = self;
    self->layout = layout;
    if (loudspeaker_count == 0) {
        return fail(errors, E213, NO_PLACE, "`%s` has no loudspeakers", layout->name);
    }
    find_left_and_right(self);
    if (loudspeaker_count > 2) {
        return create_regions(self, arena, errors);
    }
    if (loudspeaker_count == 2) {
        PointSource *const surround = arena_alloc(arena, sizeof *surround);
        surround->layout = layout_find("5.0");
        self->surround = surround;
        return create_regions(surround, arena, errors);
    }
    return DONE;
}
