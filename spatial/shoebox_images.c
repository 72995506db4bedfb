/* Early reflections of a synthetic room: images of a source in its six walls. */
#include "spatial/shoebox_images.h"

#include <math.h>
#include <stdlib.h>

#include "render/dsp/minimum_phase.h"
#include "render/model/direction.h"
#include "spatial/shoebox.h"

static const double wall_distance_m = 0.2;                    /* DECISIONS 5 */
static const double closest_source_m = 0.05;                  /* as near as a path may come */
static const double log_of_a_million = 13.815510557964274104; /* 60 dB of energy: 6 ln 10 */

enum { AXIS_COUNT = 3, WALL_TAPS_AT_48_KHZ = 64 };

/* From the listener's frame (front, left, up) to the room's (right, front, up from the left front
 * wall's corner): where the source is, inside the walls. */
static void place_source(const MixShoebox *shoebox, Position source, double place_m[AXIS_COUNT]) {
    const Direction at = direction_of(source.azimuth_deg, source.elevation_deg);
    const double offsets[AXIS_COUNT] = {-at.y, at.x, at.z};
    for (int axis = 0; axis < AXIS_COUNT; ++axis) {
        const double wanted_m = shoebox->listener_m[axis] + offsets[axis] * source.distance_m;
        place_m[axis] =
            fmin(fmax(wanted_m, wall_distance_m), shoebox->size_m[axis] - wall_distance_m);
    }
}

/* Image `index` of a place between two walls: 0 is the place itself; positive ones lie behind the
 * far wall. |index| walls are on the way. Allen and Berkley 1979, eq. 6, axis by axis. */
static double image_m(double place_m, double size_m, int index) {
    return index % 2 == 0 ? place_m + index * size_m : (index + 1) * size_m - place_m;
}

static double distance_m(const double offset_m[AXIS_COUNT]) {
    return sqrt(offset_m[0] * offset_m[0] + offset_m[1] * offset_m[1] + offset_m[2] * offset_m[2]);
}

static Position seen_from(const double offset_m[AXIS_COUNT], double away_m) {
    const double sine = fmin(fmax(offset_m[2] / away_m, -1.0), 1.0);
    return (Position){.azimuth_deg = deg_from_rad(exact_atan2(-offset_m[0], offset_m[1])),
                      .elevation_deg = deg_from_rad(exact_asin(sine)),
                      .distance_m = away_m};
}

typedef struct ImageSpace { /* all that images have in common */
    const MixShoebox *shoebox;
    double place_m[AXIS_COUNT], direct_m, early_s;
    ReflectionList *list;
} ImageSpace;

static void add_image(const ImageSpace *space, const int index[AXIS_COUNT], int wall_count) {
    const MixShoebox *const shoebox = space->shoebox;
    double offset_m[AXIS_COUNT];
    for (int axis = 0; axis < AXIS_COUNT; ++axis) {
        offset_m[axis] = image_m(space->place_m[axis], shoebox->size_m[axis], index[axis]) -
                         shoebox->listener_m[axis];
    }
    const double away_m = distance_m(offset_m);
    const double delay_s = (away_m - space->direct_m) / shoebox_sound_m_per_s;
    if (delay_s < space->early_s) {
        space->list->entries[space->list->count++] = (Reflection){
            .from = seen_from(offset_m, away_m),
            .delay_s = fmax(delay_s, 0.0), /* never before the direct sound: rounding */
            .gain = space->direct_m / away_m,
            .wall_count = wall_count};
    }
}

void shoebox_reflections(const MixShoebox *shoebox,
                         double early_s,
                         Position source,
                         ReflectionList *list) {
    ImageSpace space = {.shoebox = shoebox, .early_s = early_s, .list = list};
    double offset_m[AXIS_COUNT];
    list->count = 0;
    place_source(shoebox, source, space.place_m);
    for (int axis = 0; axis < AXIS_COUNT; ++axis) {
        offset_m[axis] = space.place_m[axis] - shoebox->listener_m[axis];
    }
    space.direct_m = fmax(distance_m(offset_m), closest_source_m);
    const int order = shoebox->order;
    for (int x = -order; x <= order; ++x) {
        const int left = order - abs(x);
        for (int y = -left; y <= left; ++y) {
            const int rest = left - abs(y);
            for (int z = -rest; z <= rest; ++z) {
                const int walls = abs(x) + abs(y) + abs(z);
                if (walls > 0) {
                    add_image(&space, (const int[AXIS_COUNT]){x, y, z}, walls);
                }
            }
        }
    }
}

double shoebox_images_s(const double size_m[AXIS_COUNT], int order) {
    const int walls = order + 1;
    double nearest_m = walls * size_m[0];
    for (int x = 0; x <= walls; ++x) {
        for (int y = 0; x + y <= walls; ++y) {
            const int z = walls - x - y;
            const double offset_m[AXIS_COUNT] = {x * size_m[0], y * size_m[1], z * size_m[2]};
            nearest_m = fmin(nearest_m, distance_m(offset_m));
        }
    }
    return nearest_m / shoebox_sound_m_per_s;
}

double shoebox_wall_log(const MixShoebox *shoebox, double frequency_hz) {
    const double *const size_m = shoebox->size_m;
    const double volume_m3 = size_m[0] * size_m[1] * size_m[2];
    const double surface_m2 =
        2.0 * (size_m[0] * size_m[1] + size_m[1] * size_m[2] + size_m[2] * size_m[0]);
    const double t60_s = shoebox_t60_s(shoebox, frequency_hz);
    const double absorption_log =
        4.0 * log_of_a_million * volume_m3 / (shoebox_sound_m_per_s * surface_m2 * t60_s);
    return -0.5 * absorption_log;
}

static int wall_tap_count(int rate_hz) {
    return WALL_TAPS_AT_48_KHZ * ((rate_hz + 47999) / 48000);
}

static void write_walls(MinimumPhase *phase,
                        const MixShoebox *shoebox,
                        int rate_hz,
                        int wall_count,
                        double *taps,
                        float *out) {
    static const float least_log = -27.0F; /* silence: see minimum_phase.h */
    float logs[PHASE_BINS];
    const int tap_count = wall_tap_count(rate_hz);
    for (int bin = 0; bin < PHASE_BINS; ++bin) {
        const double frequency_hz = (double)bin * rate_hz / PHASE_SIZE;
        const float log = (float)(wall_count * shoebox_wall_log(shoebox, frequency_hz));
        logs[bin] = log > least_log ? log : least_log;
    }
    minimum_phase_write(phase, logs, taps, tap_count);
    for (int tap = 0; tap < tap_count; ++tap) {
        out[tap] = (float)taps[tap];
    }
}

Status shoebox_walls(
    const MixShoebox *shoebox, int rate_hz, Arena *arena, AudioBlock *out, ErrorList *errors) {
    const int tap_count = wall_tap_count(rate_hz);
    float **const rows = arena_array(arena, REFLECTION_ORDER_MAX, sizeof *rows);
    double *const taps = arena_array(arena, (size_t)tap_count, sizeof *taps);
    MinimumPhase *phase = NULL;
    TRY(minimum_phase_create(arena, &phase, errors));
    for (int wall_count = 1; wall_count <= shoebox->order; ++wall_count) {
        float *const row = arena_array(arena, (size_t)tap_count, sizeof(float));
        write_walls(phase, shoebox, rate_hz, wall_count, taps, row);
        rows[wall_count - 1] = row;
    }
    minimum_phase_destroy(&phase);
    *out = (AudioBlock){rows, shoebox->order, tap_count};
    return DONE;
}

/* Mean over frequency of the power that so many walls leave. */
static double mean_wall_power(const MixShoebox *shoebox, int rate_hz, int wall_count) {
    enum { BANDS = 256 };
    double sum = 0.0;
    for (int band = 0; band < BANDS; ++band) {
        const double frequency_hz = (band + 0.5) * rate_hz / (2.0 * BANDS);
        sum += exact_exp(2.0 * wall_count * shoebox_wall_log(shoebox, frequency_hz));
    }
    return sum / BANDS;
}

double shoebox_early_power(const MixShoebox *shoebox, double early_s, int rate_hz) {
    static const Position reference = {.distance_m = 1.0};
    double walls[REFLECTION_ORDER_MAX] = {0};
    ReflectionList list;
    shoebox_reflections(shoebox, early_s, reference, &list);
    for (int wall = 0; wall < shoebox->order; ++wall) {
        walls[wall] = mean_wall_power(shoebox, rate_hz, wall + 1);
    }
    double power = 0.0;
    for (int index = 0; index < list.count; ++index) {
        const Reflection *const image = &list.entries[index];
        power += image->gain * image->gain * walls[image->wall_count - 1];
    }
    return power;
}
