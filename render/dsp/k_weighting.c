/* The K filter: a high shelf for the head, a high-pass for the ear. */
#include "render/dsp/k_weighting.h"

#include <string.h>

#include "render/base/units.h"

static const double tiny_state = 1e-30;

/* Analog prototypes that give the table of BS.1770-5 at 48 kHz (the formulas libebur128 uses). */
KWeighting k_weighting_design(int rate_hz) {
    const double shelf_hz = 1681.974450955533;
    const double shelf_db = 3.999843853973347;
    const double shelf_q = 0.7071752369554196;
    const double band_exponent = 0.4996667741545416;
    const double pass_hz = 38.13547087602444;
    const double pass_q = 0.5003270373238773;
    double k = exact_tan(pi * shelf_hz / rate_hz);
    const double high = exact_pow(10, shelf_db / 20);
    const double band = exact_pow(high, band_exponent);
    double norm = 1 + k / shelf_q + k * k;
    KWeighting filter = {
        .b = {(high + band * k / shelf_q + k * k) / norm, 2 * (k * k - high) / norm,
              (high - band * k / shelf_q + k * k) / norm},
        .shelf_a = {2 * (k * k - 1) / norm,                                          (1 - k / shelf_q + k * k) / norm                                             },
    };
    k = exact_tan(pi * pass_hz / rate_hz);
    norm = 1 + k / pass_q + k * k;
    filter.pass_a[0] = 2 * (k * k - 1) / norm;
    filter.pass_a[1] = (1 - k / pass_q + k * k) / norm;
    return filter;
}

void k_lanes_create(KLanes *lanes, int lane_count, Arena *arena) {
    const int room = (lane_count + LANE_STRIDE - 1) / LANE_STRIDE * LANE_STRIDE;
    *lanes = (KLanes){.lane_count = lane_count, .lane_room = room};
    lanes->states = arena_array(arena, (size_t)room, K_STATES * sizeof *lanes->states);
    lanes->squares = arena_array(arena, (size_t)room, sizeof *lanes->squares);
}

void k_lanes_clear(KLanes *lanes) {
    const size_t room = (size_t)lanes->lane_room;
    memset(lanes->states, 0, K_STATES * room * sizeof *lanes->states);
    memset(lanes->squares, 0, room * sizeof *lanes->squares);
}

void k_lanes_flush(KLanes *lanes) {
    for (int at = 0; at < K_STATES * lanes->lane_room; at++) {
        const double value = lanes->states[at];
        lanes->states[at] = value > tiny_state || value < -tiny_state ? value : 0.0;
    }
}
