/* The sphere bent into the room cube, sector by sector, and back. */
#include "spatial/cube_conversion.h"

#include <math.h>
#include <stdbool.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/angle_range.h"

/* BS.2127-1, 10.1: where the edge of the ceiling is on the sphere, and at which slope in the cube.
 */
static const double ceiling_deg = 30.0;
static const double ceiling_slope_deg = 45.0;
/* Nearer to the vertical axis than this there is no azimuth. */
static const double axis_distance = 1e-10;

/* One wall between two corners of the cube; the front wall has its middle as a third. */
typedef struct Sector {
    double left_deg, right_deg;
    double left_x, left_y, right_x, right_y;
} Sector;

enum { SECTOR_COUNT = 5 };
static const Sector sectors[SECTOR_COUNT] = {
    {0.0,    -30.0,  0.0,  1.0,  1.0,  1.0 },
    {-30.0,  -110.0, 1.0,  1.0,  1.0,  -1.0},
    {-110.0, 110.0,  1.0,  -1.0, -1.0, -1.0},
    {110.0,  30.0,   -1.0, -1.0, -1.0, 1.0 },
    {30.0,   0.0,    -1.0, 1.0,  0.0,  1.0 },
};

static double degrees_atan2(double y, double x) {
    return deg_from_rad(exact_atan2(y, x));
}

/* The sector as a range of angles: right_deg <= angle <= *left_deg. */
static double unwrapped_left_deg(const Sector *sector) {
    return angle_not_below(sector->left_deg, sector->right_deg);
}

/* 0 at the left border, 1 at the right one: how a stereo pair would pan this angle. */
static double linear_from_angle(const Sector *sector, double azimuth_deg) {
    const double middle_deg = (unwrapped_left_deg(sector) + sector->right_deg) / 2.0;
    const double half_rad = rad_from_deg(sector->right_deg - middle_deg);
    const double angle_deg = angle_not_below(azimuth_deg, middle_deg - 180.0);
    const double right =
        0.5 + 0.5 * exact_tan(rad_from_deg(angle_deg - middle_deg)) / exact_tan(half_rad);
    return 2.0 / pi * exact_atan2(right, 1.0 - right);
}

static double angle_from_linear(const Sector *sector, double linear) {
    const double middle_deg = (unwrapped_left_deg(sector) + sector->right_deg) / 2.0;
    const double half_rad = rad_from_deg(sector->right_deg - middle_deg);
    const double left = exact_cos(linear * pi / 2.0);
    const double right = exact_sin(linear * pi / 2.0);
    const double share = right / (left + right);
    return middle_deg + degrees_atan2(2.0 * (share - 0.5) * exact_tan(half_rad), 1.0);
}

static const Sector *sector_of(double azimuth_deg) {
    for (int index = 0; index < SECTOR_COUNT; ++index) {
        if (angle_is_within(azimuth_deg, sectors[index].right_deg, sectors[index].left_deg, 0.0)) {
            return &sectors[index];
        }
    }
    return &sectors[0]; /* the borders meet: only an azimuth that is no number comes here */
}

static double corner_azimuth_deg(double x, double y) {
    return -degrees_atan2(x, y);
}

/* The wall that the ray through x, y hits. */
static const Sector *sector_of_place(double x, double y) {
    const double azimuth_deg = corner_azimuth_deg(x, y);
    for (int index = 0; index < SECTOR_COUNT; ++index) {
        const Sector *const sector = &sectors[index];
        if (angle_is_within(azimuth_deg, corner_azimuth_deg(sector->right_x, sector->right_y),
                            corner_azimuth_deg(sector->left_x, sector->left_y), 0.0)) {
            return sector;
        }
    }
    return &sectors[0];
}

/* Sizes along the axes of a frame, seen along the axes of the room, or (is_back) the reverse. */
static void turn_sizes(const AdmFrame *frame, const double from[3], bool is_back, double to[3]) {
    const double rows[3][3] = {
        {frame->right.x, frame->right.y, frame->right.z},
        {frame->front.x, frame->front.y, frame->front.z},
        {frame->up.x,    frame->up.y,    frame->up.z   },
    };
    for (int out = 0; out < 3; ++out) {
        double squares = 0.0;
        for (int in = 0; in < 3; ++in) {
            const double part = from[in] * (is_back ? rows[out][in] : rows[in][out]);
            squares += part * part;
        }
        to[out] = sqrt(squares);
    }
}

static double chord(double angle_deg) {
    return angle_deg < 180.0 ? exact_sin(rad_from_deg(angle_deg / 2.0)) : 1.0;
}

static double sagitta(double angle_deg) {
    return (1.0 - exact_cos(rad_from_deg(angle_deg / 2.0))) / 2.0;
}

/* Right, front and up size of the box around a cap of the sphere in front. */
static void box_of_cap(double width_deg, double height_deg, double depth, double box[3]) {
    box[0] = chord(width_deg);
    box[1] = fmax(fmax(sagitta(width_deg), sagitta(height_deg)), depth);
    box[2] = chord(height_deg);
}

/* An angle of the cap: from its chord alone when flat, from its depth too when it is wide. */
static double cap_angle_deg(double across, double along) {
    const double flat_deg = 2.0 * deg_from_rad(exact_asin(across));
    const double deep_deg = 2.0 * deg_from_rad(exact_acos(1.0 - 2.0 * along));
    return flat_deg + across * fmax(deep_deg - flat_deg, 0.0);
}

static AdmFrame frame_towards(double azimuth_deg, double elevation_deg) {
    return adm_frame_around(adm_vector(azimuth_deg, elevation_deg, 1.0));
}

void cube_position_of(double azimuth_deg,
                      double elevation_deg,
                      double distance,
                      double position[3]) {
    const double height_deg = fabs(elevation_deg);
    double reach = distance;
    if (height_deg > ceiling_deg) {
        const double slope_deg = ceiling_slope_deg + (90.0 - ceiling_slope_deg) *
                                                         (height_deg - ceiling_deg) /
                                                         (90.0 - ceiling_deg);
        position[2] = elevation_deg > 0.0 ? distance : -distance;
        reach = distance * exact_tan(rad_from_deg(90.0 - slope_deg));
    } else {
        position[2] =
            distance * exact_tan(rad_from_deg(ceiling_slope_deg * elevation_deg / ceiling_deg));
    }
    const Sector *const sector = sector_of(azimuth_deg);
    const double linear = linear_from_angle(sector, azimuth_deg);
    position[0] = reach * (sector->left_x + (sector->right_x - sector->left_x) * linear);
    position[1] = reach * (sector->left_y + (sector->right_y - sector->left_y) * linear);
}

CubeExtent cube_extent_of(const PolarExtent *polar) {
    CubeExtent cube = {0};
    double box[3];
    const AdmFrame frame = frame_towards(polar->azimuth_deg, polar->elevation_deg);
    cube_position_of(polar->azimuth_deg, polar->elevation_deg, polar->distance, cube.position);
    box_of_cap(polar->width_deg, polar->height_deg, polar->depth, box);
    turn_sizes(&frame, box, false, cube.size);
    return cube;
}

void cube_position_to_polar(const double position[3],
                            double *azimuth_deg,
                            double *elevation_deg,
                            double *distance) {
    const double x = position[0];
    const double y = position[1];
    const double z = position[2];
    if (fabs(x) < axis_distance && fabs(y) < axis_distance) {
        const bool is_centre = fabs(z) < axis_distance;
        *azimuth_deg = 0.0;
        *elevation_deg = is_centre ? 0.0 : z > 0.0 ? 90.0 : -90.0;
        *distance = is_centre ? 0.0 : fabs(z);
        return;
    }
    const Sector *const sector = sector_of_place(x, y);
    const double area = sector->left_x * sector->right_y - sector->left_y * sector->right_x;
    const double left = (x * sector->right_y - y * sector->right_x) / area;
    const double right = (y * sector->left_x - x * sector->left_y) / area;
    const double reach = left + right;
    *azimuth_deg = angle_not_below(angle_from_linear(sector, right / reach), -180.0);
    const double slope_deg = degrees_atan2(z, reach);
    if (fabs(slope_deg) > ceiling_slope_deg) {
        const double up_deg = ceiling_deg + (90.0 - ceiling_deg) *
                                                (fabs(slope_deg) - ceiling_slope_deg) /
                                                (90.0 - ceiling_slope_deg);
        *elevation_deg = z > 0.0 ? up_deg : -up_deg;
        *distance = fabs(z);
    } else {
        *elevation_deg = ceiling_deg * slope_deg / ceiling_slope_deg;
        *distance = reach;
    }
}

PolarExtent cube_extent_to_polar(const CubeExtent *cube) {
    PolarExtent polar;
    double box[3];
    double flat[3];
    cube_position_to_polar(cube->position, &polar.azimuth_deg, &polar.elevation_deg,
                           &polar.distance);
    const AdmFrame frame = frame_towards(polar.azimuth_deg, polar.elevation_deg);
    turn_sizes(&frame, cube->size, true, box);
    polar.width_deg = cap_angle_deg(box[0], box[1]);
    polar.height_deg = cap_angle_deg(box[2], box[1]);
    box_of_cap(polar.width_deg, polar.height_deg, 0.0, flat);
    polar.depth = fmax(0.0, box[1] - flat[1]);
    return polar;
}
