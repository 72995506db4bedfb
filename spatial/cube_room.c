/* How a point and a box of virtual sources sound among loudspeakers in planes, rows and columns. */
#include "spatial/cube_room.h"

#include <math.h>

#include "render/base/units.h"

/* All constants: BS.2127-1, 7.3.11 (allocentric extent). */
enum { SOURCES_ABOVE_FLOOR = 20 }; /* virtual sources along z */
static const double ln_10 = 2.30258509299404568402;
static const double lowest_weight_log10 = 6.5; /* -130 dB */
static const double lowest_sum = 3.1622776601683793e-7;
static const double lowest_length = 1e-16;
static const double fade_size = 0.2;     /* below: between point and extent */
static const double wall_distance = 0.4; /* nearer: the walls take over */

typedef struct Extent {
    double at[3], size[3];
    double effective_size, exponent;
    int dimension; /* axes along which loudspeakers differ */
} Extent;

typedef struct AxisSum { /* over the virtual sources of one axis, to the power of the exponent */
    double all, ends;
} AxisSum;

static double axis_gain(const CubeSpeaker *speaker, int axis, double at) {
    const double own = speaker->at[axis];
    if (at == own) {
        return 1.0;
    }
    const double next = at < own ? speaker->below[axis] : speaker->above[axis];
    if (isinf(next)) {
        return 1.0;
    }
    const double away = (at - own) / (next - own);
    return away >= 1.0 ? 0.0 : exact_cos(away * pi / 2.0);
}

static double scaled_size(double size) {
    static const double knots[] = {0.0, 0.2, 0.5, 0.75, 1.0};
    static const double values[] = {0.0, 0.3, 1.0, 1.8, 2.8};
    const double wanted = fmin(fmax(size, 0.0), 1.0);
    int piece = 0;
    while (wanted > knots[piece + 1]) {
        ++piece;
    }
    return values[piece] + (values[piece + 1] - values[piece]) * (wanted - knots[piece]) /
                               (knots[piece + 1] - knots[piece]);
}

static int distinct_planes(const CubeRoom *room) {
    int count = 0;
    for (int index = 0; index < room->count; ++index) {
        bool is_first = true;
        for (int before = 0; before < index; ++before) {
            is_first = is_first && room->speakers[before].at[2] != room->speakers[index].at[2];
        }
        count += is_first;
    }
    return count;
}

static bool differs_along(const CubeRoom *room, int axis) {
    for (int index = 1; index < room->count; ++index) {
        if (room->speakers[index].at[axis] != room->speakers[0].at[axis]) {
            return true;
        }
    }
    return false;
}

/* One size for a line, a plane or a room of loudspeakers: the larger axes count more. */
static double effective_size(const CubeRoom *room, const double size[3]) {
    const double wide = fmax(size[0], size[1]);
    const double narrow = fmin(size[0], size[1]);
    if (room->axes[2].differs) {
        const double largest = fmax(wide, size[2]);
        const double smallest = fmin(narrow, size[2]);
        const double middle = fmax(narrow, fmin(wide, size[2]));
        return (6.0 * largest + 2.0 * middle + smallest) / 9.0;
    }
    return room->axes[1].differs ? 0.75 * wide + 0.25 * narrow : size[0];
}

static Extent extent_prepare(const CubeRoom *room, const double position[3], const double size[3]) {
    Extent extent = {0};
    for (int axis = 0; axis < 3; ++axis) {
        const CubeAxis *const of = &room->axes[axis];
        extent.at[axis] = fmax(position[axis], of->least);
        extent.size[axis] = fmax(scaled_size(size[axis]), 2.0 / (of->source_count - 1));
        extent.dimension += of->differs;
    }
    extent.effective_size = effective_size(room, extent.size);
    extent.exponent =
        extent.effective_size <= 0.5 ? 6.0 : 6.0 - 4.0 * (extent.effective_size - 0.5) / 2.3;
    return extent;
}

/* How much of an object of this size is inside the room along one axis, cubed. */
static double inside_cubed(double size, double distance) {
    if (distance >= 2.0 * size && distance >= wall_distance) {
        const double diameter = fmax(2.0 * size, wall_distance);
        return diameter * diameter * diameter / (0.32 * size);
    }
    const double nearness = distance / wall_distance;
    return distance / 2.0 * nearness * nearness;
}

static double inside_share(const Extent *extent) {
    const int axis_count = extent->dimension == 1 || extent->dimension == 2 ? extent->dimension : 3;
    double distance = 1.0;
    double product = 1.0;
    for (int axis = 0; axis < axis_count; ++axis) {
        distance = fmin(distance, 1.0 - fabs(extent->at[axis]));
    }
    for (int axis = 0; axis < axis_count; ++axis) {
        product *= inside_cubed(extent->size[axis], distance);
    }
    if (product <= 0.0 || axis_count == 1) {
        return product;
    }
    return axis_count == 2 ? sqrt(product) : exact_pow(product, 1.0 / 3.0);
}

/* Weights of the sources of an axis to the power of the exponent. */
static void
weigh_sources(const CubeAxis *along, const Extent *extent, int axis, double powers[CUBE_SOURCES]) {
    const double reach = axis == 2 ? extent->size[axis] : 2.0 * extent->size[axis];
    for (int source = 0; source < CUBE_SOURCES; ++source) {
        const double away = 1.5 * (along->sources[source] - extent->at[axis]) / reach;
        const double log10_below = away * away * away * away;
        const double bounded =
            log10_below < lowest_weight_log10 ? log10_below : lowest_weight_log10;
        powers[source] = extent->exponent * (along->fade_logs[source] - bounded * ln_10);
    }
    exact_exp_many(powers, CUBE_SOURCES, powers);
}

/* The gains to the power of the exponent: in the room of a kind's table or in `powers`. */
static const double *gain_powers(const CubeKind *kind, double exponent, double *powers) {
    if (exponent == 6.0) {
        return kind->sixth_powers;
    }
    const int first = kind->begin / EXACT_LANES * EXACT_LANES;
    const int last = (kind->end + EXACT_LANES - 1) / EXACT_LANES * EXACT_LANES;
    for (int source = first; source < last; ++source) {
        powers[source] = exponent * kind->logs[source];
    }
    exact_exp_many(powers + first, last - first, powers + first);
    return powers;
}

static AxisSum
sum_kind(const CubeAxis *along, const CubeKind *kind, const double *weights, double exponent) {
    double room[CUBE_SOURCES];
    const double *const powers = gain_powers(kind, exponent, room);
    const int last = along->source_count - 1;
    AxisSum sum = {0};
    for (int source = kind->begin; source < kind->end; ++source) {
        sum.all += powers[source] * weights[source];
    }
    sum.ends += kind->begin == 0 && kind->end > 0 ? powers[0] * weights[0] : 0.0;
    sum.ends += kind->end > last ? powers[last] * weights[last] : 0.0;
    sum.all = sum.all < lowest_sum ? 0.0 : sum.all;
    return sum;
}

static void sum_axis(const CubeRoom *room, const Extent *extent, int axis, AxisSum (*sums)[3]) {
    const CubeAxis *const along = &room->axes[axis];
    double weights[CUBE_SOURCES] = {0};
    AxisSum of_kind[LAYOUT_MAX_CHANNELS] = {{0}};
    weigh_sources(along, extent, axis, weights);
    for (int kind = 0; kind < along->kind_count; ++kind) {
        of_kind[kind] = sum_kind(along, &along->kinds[kind], weights, extent->exponent);
    }
    for (int index = 0; index < room->count; ++index) {
        sums[index][axis] = of_kind[room->speakers[index].kinds[axis]];
    }
}

static void normalise(double *values, int count) {
    double squares = 0.0;
    for (int index = 0; index < count; ++index) {
        squares += values[index] * values[index];
    }
    const double length = sqrt(squares);
    const double factor = length > lowest_length ? 1.0 / length : 0.0;
    for (int index = 0; index < count; ++index) {
        values[index] *= factor;
    }
}

/* The whole extent: what its sources on the walls and inside the room give each loudspeaker. */
static void sized_gains(const CubeRoom *room, const Extent *extent, double *gains) {
    AxisSum sums[LAYOUT_MAX_CHANNELS][3];
    double inside[LAYOUT_MAX_CHANNELS];
    for (int axis = 0; axis < 3; ++axis) {
        sum_axis(room, extent, axis, sums);
    }
    for (int index = 0; index < room->count; ++index) {
        inside[index] = sums[index][0].all * sums[index][1].all * sums[index][2].all;
    }
    normalise(inside, room->count);
    const double share = inside_share(extent);
    for (int index = 0; index < room->count; ++index) {
        const AxisSum *const of = sums[index];
        const double walls = of[0].ends * of[1].all * of[2].all +
                             of[0].all * of[1].ends * of[2].all +
                             of[0].all * of[1].all * of[2].ends;
        const double power = walls + share * inside[index];
        gains[index] = power > 0.0 ? exact_pow(power, 1.0 / extent->exponent) : 0.0;
    }
    normalise(gains, room->count);
}

static void place_sources(CubeAxis *along, int axis, bool has_floor) {
    const bool is_half = axis == 2 && !has_floor;
    along->source_count = is_half ? SOURCES_ABOVE_FLOOR : CUBE_SOURCES;
    along->least = is_half ? 0.0 : -1.0;
    const int last = along->source_count - 1;
    const double step = (1.0 - along->least) / last;
    for (int source = 0; source <= last; ++source) {
        const double at = source == last ? 1.0 : along->least + step * source;
        along->sources[source] = at;
        along->fade_logs[source] = axis == 2 ? exact_log(exact_cos(at * pi * 3.0 / 7.0)) : 0.0;
    }
}

static bool is_same_kind(const CubeSpeaker *a, const CubeSpeaker *b, int axis) {
    return a->at[axis] == b->at[axis] && a->below[axis] == b->below[axis] &&
           a->above[axis] == b->above[axis];
}

/* Every loudspeaker is heard from one stretch of the axis. */
static void fill_kind(const CubeSpeaker *speaker, int axis, CubeAxis *along) {
    CubeKind *const kind = &along->kinds[along->kind_count++];
    *kind = (CubeKind){0};
    for (int source = 0; source < along->source_count; ++source) {
        const double gain = axis_gain(speaker, axis, along->sources[source]);
        if (gain > 0.0) {
            const double square = gain * gain;
            kind->begin = kind->end > 0 ? kind->begin : source;
            kind->end = source + 1;
            kind->sixth_powers[source] = square * square * square;
            kind->logs[source] = exact_log(gain);
        }
    }
}

static void find_kinds(CubeRoom *room, int axis) {
    CubeAxis *const along = &room->axes[axis];
    along->kind_count = 0;
    for (int index = 0; index < room->count; ++index) {
        CubeSpeaker *const speaker = &room->speakers[index];
        int same = 0;
        while (same < index && !is_same_kind(speaker, &room->speakers[same], axis)) {
            ++same;
        }
        if (same == index) {
            fill_kind(speaker, axis, along);
        }
        speaker->kinds[axis] =
            same == index ? along->kind_count - 1 : room->speakers[same].kinds[axis];
    }
}

void cube_room_prepare(CubeRoom *room) {
    const bool has_floor = distinct_planes(room) >= 3;
    for (int axis = 0; axis < 3; ++axis) {
        room->axes[axis].differs = differs_along(room, axis);
        place_sources(&room->axes[axis], axis, has_floor);
        find_kinds(room, axis);
    }
}

void cube_room_point(const CubeRoom *room, const double position[3], double *gains) {
    for (int index = 0; index < room->count; ++index) {
        const CubeSpeaker *const speaker = &room->speakers[index];
        gains[index] = axis_gain(speaker, 0, position[0]) * axis_gain(speaker, 1, position[1]) *
                       axis_gain(speaker, 2, position[2]);
    }
}

void cube_room_extent(const CubeRoom *room,
                      const double position[3],
                      const double size[3],
                      double *gains) {
    const Extent extent = extent_prepare(room, position, size);
    sized_gains(room, &extent, gains);
    if (extent.effective_size >= fade_size) {
        return;
    }
    double point[LAYOUT_MAX_CHANNELS];
    const double angle_rad = extent.effective_size / fade_size * pi / 2.0;
    cube_room_point(room, extent.at, point);
    for (int index = 0; index < room->count; ++index) {
        gains[index] = exact_cos(angle_rad) * point[index] + exact_sin(angle_rad) * gains[index];
    }
    normalise(gains, room->count);
}
