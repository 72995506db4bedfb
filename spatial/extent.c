/* Wide sources as the sum of the point sources inside their outline: BS.2127-1, 6.2. */
#include "spatial/extent.h"

#include <stddef.h>
#include <string.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"

/* BS.2127-1, 6.2.2: rows of directions from pole to pole, and points of the one on the horizon. */
enum { ROWS = 37, HORIZON_POINTS = 72, POINTS = 1652 };
static const double row_step_deg = 5.0;
/* Patches of about 3 x 3 directions. */
enum { PATCH_ROWS = 3, PATCH_SPAN = 3, PATCHES_MAX = 256 };
/* A patch holds its directions up to rounding. */
static const double patch_margin_rad = 1e-9;

/* 6.2.2: the edge of a source fades over this angle; smaller sources are mixed with a point. */
static const double fade_deg = 10.0;
static const double smallest_deg = 5.0;
/* Parts of the power below this do not count. */
static const double silent_weight = 1e-10;
static const double smallest_positive = 1e-300;
/* So near to 1, the size of a point stays 0 (6.2.1: below silent_weight). */
static const double distance_rounding = 1e-12;

typedef struct Patch {
    Direction centre;
    int begin, end; /* of its directions */
} Patch;

/* Edges and channels are worked on four at a time: what is behind the last is never used. */
enum { LANES = 4, PADDED_POINTS = POINTS + LANES - 1 };

struct ExtentPanner {
    const PointSource *point_source;
    int channel_count;
    ptrdiff_t stride;             /* channels, up to whole lanes */
    Direction directions[POINTS]; /* patch by patch */
    Patch patches[PATCHES_MAX];
    int patch_count;
    double patch_radius_rad; /* of the largest */
    const double *gains;     /* [POINTS + patch_count][stride]: directions, sums of patches */
};

typedef struct Reach { /* an angle from the arc */
    double cosine, sine;
    double cosine_limit, sine_limit; /* of what lies within; +-2: nothing or everything */
} Reach;

/* The outline: all directions within radius of an arc along the horizon of a frame. */
typedef struct Outline {
    AdmFrame frame;
    double arc_cosine, arc_sine; /* of the half length of the arc */
    double beside_from;          /* above 0 when the arc is one point, which has no sides */
    Reach radius, fade_end;      /* of directions */
    Reach inner, outer;          /* of the middles of patches that are whole, or touched */
} Outline;

typedef struct Interval {
    double begin, end;
} Interval;

static double lerp(double x, Interval from, Interval to) {
    const double place = (x - from.begin) / (from.end - from.begin);
    return x <= from.begin ? to.begin
           : x >= from.end ? to.end
                           : to.begin + place * (to.end - to.begin);
}

static int row_point_count(int row) {
    const double elevation_deg = row_step_deg * row - 90.0;
    const double count = rint(HORIZON_POINTS * adm_vector(0.0, elevation_deg, 1.0).y);
    return count < 1.0 ? 1 : (int)count;
}

/* Adds the directions of the rows that fall into one sector. */
static void add_sector(ExtentPanner *self, int first_row, int sector, int sector_count) {
    const int end_row = first_row + PATCH_ROWS < ROWS ? first_row + PATCH_ROWS : ROWS;
    const int begin = self->patch_count > 0 ? self->patches[self->patch_count - 1].end : 0;
    Direction sum = {0.0, 0.0, 0.0};
    int end = begin;
    for (int row = first_row; row < end_row; ++row) {
        const int count = row_point_count(row);
        for (int index = 0; index < count; ++index) {
            if (index * sector_count / count == sector) {
                const Direction at =
                    adm_vector(360.0 * index / count, row_step_deg * row - 90.0, 1.0);
                self->directions[end++] = at;
                sum = direction_add(sum, at);
            }
        }
    }
    if (end > begin) {
        self->patches[self->patch_count++] = (Patch){adm_normalise(sum), begin, end};
    }
}

static void cut_patches(ExtentPanner *self) {
    for (int row = 0; row < ROWS; row += PATCH_ROWS) {
        const int middle = row + 1 < ROWS ? row + 1 : row;
        const int sectors = row_point_count(middle) / PATCH_SPAN;
        const int sector_count = sectors > 1 ? sectors : 1;
        for (int sector = 0; sector < sector_count; ++sector) {
            add_sector(self, row, sector, sector_count);
        }
    }
}

static void measure_patches(ExtentPanner *self) {
    double widest_cosine = 1.0;
    for (int index = 0; index < self->patch_count; ++index) {
        const Patch *const patch = &self->patches[index];
        for (int point = patch->begin; point < patch->end; ++point) {
            widest_cosine =
                fmin(widest_cosine, direction_dot(patch->centre, self->directions[point]));
        }
    }
    self->patch_radius_rad = exact_acos(widest_cosine) + patch_margin_rad;
}

static void keep_gains(ExtentPanner *self, Arena *arena) {
    const size_t count = (size_t)self->stride;
    double *const gains =
        arena_array(arena, (POINTS + (size_t)self->patch_count) * count, sizeof *gains);
    for (int index = 0; index < self->patch_count; ++index) {
        const Patch *const patch = &self->patches[index];
        double *const sum = &gains[(size_t)(POINTS + index) * count];
        for (int point = patch->begin; point < patch->end; ++point) {
            const Direction at = self->directions[point];
            double *const of_point = &gains[(size_t)point * count];
            point_source_gains(self->point_source, (double[]){at.x, at.y, at.z}, of_point);
            for (size_t channel = 0; channel < count; ++channel) {
                sum[channel] += of_point[channel];
            }
        }
    }
    self->gains = gains;
}

static Reach reach_of(double angle_rad) {
    Reach reach = {.cosine = exact_cos(angle_rad), .sine = exact_sin(angle_rad)};
    reach.cosine_limit = angle_rad < 0.0 ? 2.0 : angle_rad >= pi ? -2.0 : reach.cosine;
    reach.sine_limit = angle_rad < 0.0 ? -2.0 : angle_rad >= pi / 2.0 ? 2.0 : reach.sine;
    return reach;
}

/* The half length and half width in radians that BS.2127-1, 6.2.2 derives from width and height,
 * width >= height: a wide source closes to a band around the listener. */
static void
outline_shape(double width_deg, double height_deg, double *half_arc_rad, double *radius_rad) {
    const double half_height = rad_from_deg(height_deg) / 2.0;
    const double half_width = rad_from_deg(width_deg) / 2.0;
    const double band = half_width <= pi / 2.0 ? half_width
                                               : lerp(half_width, (Interval){pi / 2.0, pi},
                                                      (Interval){pi / 2.0, pi + half_height});
    const double reach =
        lerp(half_height, (Interval){pi / 4.0, pi / 2.0}, (Interval){band, half_width});
    *half_arc_rad = fmax(reach - half_height, 0.0);
    *radius_rad = half_height;
}

static Outline outline_of(const ExtentPanner *self, Direction at, double width, double height) {
    Outline outline = {.frame = adm_frame_around(at)};
    if (height > width) { /* the same, lying on its side */
        const Direction right = outline.frame.right;
        outline.frame.right = outline.frame.up;
        outline.frame.up = right;
    }
    double half_arc_rad = 0.0;
    double radius_rad = 0.0;
    outline_shape(fmax(width, height), fmin(width, height), &half_arc_rad, &radius_rad);
    const double fade_end_rad = radius_rad + rad_from_deg(fade_deg);
    outline.arc_cosine = exact_cos(half_arc_rad);
    outline.arc_sine = exact_sin(half_arc_rad);
    outline.beside_from = half_arc_rad < silent_weight ? smallest_positive : 0.0;
    outline.radius = reach_of(radius_rad);
    outline.fade_end = reach_of(fade_end_rad);
    outline.inner = reach_of(radius_rad < pi ? radius_rad - self->patch_radius_rad : pi);
    outline.outer = reach_of(fade_end_rad + self->patch_radius_rad);
    return outline;
}

/* asin(x) / 10 degrees for 0 <= x <= sin(10 degrees): the series of Taylor, first term left out
 * below 2e-15. */
static inline double fading(double x) {
    const double per_fade = 180.0 / 3.14159265358979323846 / 10.0;
    const double square = x * x;
    double series = 135135.0 / 9676800.0;
    series = series * square + 10395.0 / 599040.0;
    series = series * square + 945.0 / 42240.0;
    series = series * square + 105.0 / 3456.0;
    series = series * square + 15.0 / 336.0;
    series = series * square + 3.0 / 40.0;
    series = series * square + 1.0 / 6.0;
    series = series * square + 1.0;
    return x * series * per_fade;
}

typedef struct FromArc { /* the angle to the nearest point of the arc */
    bool is_beside;      /* nearest to a point inside the arc: its sine is known, else its cosine */
    double known;
} FromArc;

static inline FromArc from_arc(const Outline *outline, Direction at) {
    const AdmFrame *const frame = &outline->frame;
    const double right = fabs(direction_dot(frame->right, at));
    const double front = direction_dot(frame->front, at);
    const double up = fabs(direction_dot(frame->up, at));
    const double side = outline->arc_sine * front - outline->arc_cosine * right;
    const double cosine = outline->arc_sine * right + outline->arc_cosine * front;
    const bool is_beside = side >= outline->beside_from;
    return (FromArc){is_beside, is_beside ? up : cosine};
}

/* Whether an angle from the arc lies within reach. */
static inline bool is_within(FromArc from, const Reach *reach) {
    return from.is_beside ? from.known <= reach->sine_limit : from.known >= reach->cosine_limit;
}

typedef struct Edge { /* directions that fade, and their distance from the arc */
    int count;
    int rows[PADDED_POINTS];
    double known[PADDED_POINTS]; /* sine or cosine of the angle */
} Edge;

typedef struct Picks { /* rows of the table of gains that sound, and how much */
    int count;
    int rows[POINTS + LANES];
    double weights[POINTS + LANES];
    Edge beside, around; /* the arc: sines; its ends: cosines */
} Picks;

static inline void pick_row(Picks *picks, int row, double weight) {
    picks->rows[picks->count] = row;
    picks->weights[picks->count++] = weight;
}

static inline void add_edge(Edge *edge, int row, double known, bool counts) {
    edge->rows[edge->count] = row;
    edge->known[edge->count] = known;
    edge->count += counts;
}

/* What of the directions is inside, and what on the edge, varies from one to the next: each is
 * written down and counted, or else overwritten, so that no jump has to be guessed. */
static void
pick_points(const ExtentPanner *self, const Outline *outline, const Patch *patch, Picks *picks) {
    for (int point = patch->begin; point < patch->end; ++point) {
        const FromArc from = from_arc(outline, self->directions[point]);
        const bool is_inside = is_within(from, &outline->radius);
        const bool is_edge = is_within(from, &outline->fade_end) & !is_inside;
        Edge *const edge = from.is_beside ? &picks->beside : &picks->around;
        pick_row(picks, point, 1.0);
        picks->count -= !is_inside;
        add_edge(edge, point, from.known, is_edge);
    }
}

/* has_sines: of the angle from the arc, else cosines. */
static void pick_edge(const Outline *outline, bool has_sines, Edge *edge, Picks *picks) {
    const double of_known = has_sines ? outline->radius.cosine : -outline->radius.sine;
    const double of_rest = has_sines ? -outline->radius.sine : outline->radius.cosine;
    for (int extra = 0; extra < LANES - 1; ++extra) {
        edge->rows[edge->count + extra] = 0;
        edge->known[edge->count + extra] = 0.0;
    }
    for (int first = 0; first < edge->count; first += LANES) {
        double weights[LANES];
        for (int lane = 0; lane < LANES; ++lane) {
            const double known = edge->known[first + lane];
            const double rest = sqrt(fabs(1.0 - known * known)); /* rounding may pass 1 */
            weights[lane] = 1.0 - fading(known * of_known + rest * of_rest);
        }
        for (int lane = 0; lane < LANES; ++lane) {
            pick_row(picks, edge->rows[first + lane], weights[lane]);
        }
    }
    picks->count -= (LANES - edge->count % LANES) % LANES;
}

static void pick(const ExtentPanner *self, const Outline *outline, Picks *picks) {
    for (int index = 0; index < self->patch_count; ++index) {
        const Patch *const patch = &self->patches[index];
        const FromArc from = from_arc(outline, patch->centre);
        if (is_within(from, &outline->inner)) {
            pick_row(picks, POINTS + index, 1.0);
        } else if (is_within(from, &outline->outer)) {
            pick_points(self, outline, patch, picks);
        }
    }
    pick_edge(outline, true, &picks->beside, picks);
    pick_edge(outline, false, &picks->around, picks);
}

/* Four rows at a time. */
static void add_picks(const ExtentPanner *self, Picks *picks, double *restrict sum) {
    const ptrdiff_t stride = self->stride;
    for (int extra = 0; extra < 3; ++extra) {
        picks->rows[picks->count + extra] = 0;
        picks->weights[picks->count + extra] = 0.0;
    }
    for (int index = 0; index < picks->count; index += 4) {
        const double *const by = &picks->weights[index];
        const double *const a = &self->gains[picks->rows[index] * stride];
        const double *const b = &self->gains[picks->rows[index + 1] * stride];
        const double *const c = &self->gains[picks->rows[index + 2] * stride];
        const double *const d = &self->gains[picks->rows[index + 3] * stride];
        for (ptrdiff_t first = 0; first < stride; first += LANES) {
            for (ptrdiff_t channel = first; channel < first + LANES; ++channel) {
                sum[channel] += (by[0] * a[channel] + by[1] * b[channel]) +
                                (by[2] * c[channel] + by[3] * d[channel]);
            }
        }
    }
}

/* Adds the power of an even spread over the outline, times part. */
static void
add_outline_power(const ExtentPanner *self, const Outline *outline, double part, double *powers) {
    double sum[POINT_SOURCE_CHANNELS] = {0};
    Picks picks;
    picks.count = picks.beside.count = picks.around.count = 0;
    pick(self, outline, &picks);
    add_picks(self, &picks, sum);
    double total = 0.0;
    for (int channel = 0; channel < self->channel_count; ++channel) {
        total += sum[channel] * sum[channel];
    }
    for (int channel = 0; channel < self->channel_count; ++channel) {
        powers[channel] += part * sum[channel] * sum[channel] / total;
    }
}

/* Adds part of the power of a source of this size in degrees. */
static void add_power(
    const ExtentPanner *self, Direction at, const double size_deg[2], double part, double *powers) {
    const double spread = fmin(fmax(size_deg[0], size_deg[1]) / fade_deg, 1.0);
    if (1.0 - spread > silent_weight) {
        double gains[POINT_SOURCE_CHANNELS];
        point_source_gains(self->point_source, (double[]){at.x, at.y, at.z}, gains);
        for (int channel = 0; channel < self->channel_count; ++channel) {
            powers[channel] += part * (1.0 - spread) * gains[channel] * gains[channel];
        }
    }
    if (spread > silent_weight) {
        const Outline outline =
            outline_of(self, at, fmax(size_deg[0], smallest_deg), fmax(size_deg[1], smallest_deg));
        add_outline_power(self, &outline, part * spread, powers);
    }
}

/* BS.2127-1, 6.2.1: what a size at distance 1 looks like from another distance. */
static double size_from(double size_deg, double distance) {
    if (size_deg == 0.0 && distance >= 1.0 - distance_rounding) {
        return 0.0;
    }
    const double side = lerp(size_deg, (Interval){0.0, 360.0}, (Interval){0.2, 1.0});
    const double at_one_deg = 4.0 * deg_from_rad(exact_atan2(side, 1.0));
    const double seen_deg = 4.0 * deg_from_rad(exact_atan2(side, distance));
    return seen_deg < at_one_deg
               ? lerp(seen_deg, (Interval){0.0, at_one_deg}, (Interval){0.0, size_deg})
               : lerp(seen_deg, (Interval){at_one_deg, 360.0}, (Interval){size_deg, 360.0});
}

static void add_power_from(const ExtentPanner *self,
                           Direction position,
                           const double size[3],
                           double distance,
                           double *powers) {
    const double width_deg = size_from(size[0], distance);
    const double height_deg = size[1] == size[0] ? width_deg : size_from(size[1], distance);
    const double part = size[2] == 0.0 ? 1.0 : 0.5;
    add_power(self, position, (double[]){width_deg, height_deg}, part, powers);
}

ExtentPanner *extent_create(const PointSource *point_source, Arena *arena) {
    ExtentPanner *const self = arena_alloc(arena, sizeof *self);
    self->point_source = point_source;
    self->channel_count = point_source_layout(point_source)->channel_count;
    self->stride = ((ptrdiff_t)self->channel_count + LANES - 1) / LANES * LANES;
    cut_patches(self);
    measure_patches(self);
    keep_gains(self, arena);
    return self;
}

void extent_gains(const ExtentPanner *extent,
                  const double position[3],
                  const double size[3],
                  double *gains) {
    const Direction at = {position[0], position[1], position[2]};
    const double distance = direction_length(at);
    if (size[0] == 0.0 && size[1] == 0.0 && size[2] == 0.0 && distance >= 1.0 - distance_rounding) {
        point_source_gains(extent->point_source, position, gains);
        return;
    }
    memset(gains, 0, sizeof(double) * (size_t)extent->channel_count);
    if (size[2] == 0.0) {
        add_power_from(extent, at, size, distance, gains);
    } else {
        add_power_from(extent, at, size, distance + size[2] / 2.0, gains);
        add_power_from(extent, at, size, fmax(distance - size[2] / 2.0, 0.0), gains);
    }
    for (int channel = 0; channel < extent->channel_count; ++channel) {
        gains[channel] = sqrt(gains[channel]);
    }
}
