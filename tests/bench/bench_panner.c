/* How long the panner of BS.2127 takes for one position, with and without a size. */
#include <stdio.h>
#include <time.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "spatial/adm_frame.h"
#include "spatial/extent.h"
#include "spatial/layout_table.h"

enum { ROUNDS = 4000, BATCHES = 8 };

typedef struct Panners {
    PointSource *point_source;
    ExtentPanner *extent;
} Panners;

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static Direction at_round(int round) {
    return adm_vector(137.5 * round, 0.9 * (round % 199) - 89.0, 1.0);
}

static double time_batch(const Panners *panners, const double size[3]) {
    double gains[POINT_SOURCE_CHANNELS];
    const double begin_s = seconds_now();
    for (int round = 0; round < ROUNDS; ++round) {
        const Direction at = at_round(round);
        const double position[3] = {at.x, at.y, at.z};
        if (size[0] + size[1] == 0.0) {
            point_source_gains(panners->point_source, position, gains);
        } else {
            extent_gains(panners->extent, position, size, gains);
        }
    }
    return (seconds_now() - begin_s) * 1e6 / ROUNDS;
}

/* Microseconds a position, in the fastest batch; size 0: the point source panner itself. */
static double time_panner(const Panners *panners, const double size[3]) {
    double fastest_us = time_batch(panners, size);
    for (int batch = 1; batch < BATCHES; ++batch) {
        const double us = time_batch(panners, size);
        fastest_us = us < fastest_us ? us : fastest_us;
    }
    return fastest_us;
}

static void time_layout(const Layout *layout) {
    static const double sizes[][3] = {
        {0.0,   0.0,   0.0},
        {10.0,  10.0,  0.0},
        {45.0,  45.0,  0.0},
        {90.0,  45.0,  0.0},
        {180.0, 180.0, 0.0},
        {300.0, 40.0,  0.0},
        {360.0, 360.0, 0.0},
    };
    Arena *arena = arena_create();
    Panners panners = {NULL, NULL};
    if (point_source_create(layout, arena, &panners.point_source, errors_create(arena)) == DONE) {
        const double begin_s = seconds_now();
        panners.extent = extent_create(panners.point_source, arena);
        printf("%-6s set-up %4.1f ms", layout->name, (seconds_now() - begin_s) * 1e3);
        for (size_t index = 0; index < sizeof sizes / sizeof *sizes; ++index) {
            printf("  %gx%g: %.2f us", sizes[index][0], sizes[index][1],
                   time_panner(&panners, sizes[index]));
        }
        printf("\n");
    }
    arena_destroy(&arena);
}

int main(void) {
    static const char *const names[] = {"2.0", "5.1", "7.1.4", "9.1.6", "22.2"};
    for (size_t index = 0; index < sizeof names / sizeof *names; ++index) {
        time_layout(layout_find(names[index]));
    }
    return 0;
}
