/* The gains of 7.1.4 over the sphere, drawn: vbap, bs2127 and the AllRAD decoder of third order.
 *
 *     bench_sphere > sphere.ppm && ffmpeg -i sphere.ppm sphere.png
 *
 * Three maps side by side (azimuth 180 on the left to -180, elevation 90 on top), one pixel a
 * degree. Above: energy, -6 dB blue, 0 dB grey, +6 dB red. Below: how far the energy vector points
 * away from the source, black 0 to white 60 degrees. Loudspeakers are green. Numbers go to stderr.
 */
#include <math.h>
#include <stdio.h>

#include "render/base/units.h"
#include "render/model/direction.h"
#include "spatial/decoder_matrix.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/layout_table.h"
#include "spatial/registry.h"

enum { WIDTH = 360, HEIGHT = 180, MAPS = 3, ORDER = 3, HARMONICS = (ORDER + 1) * (ORDER + 1) };

typedef struct Picture {
    const Layout *layout;
    const Spatializer *panners[2];
    void *selves[2];
    void *encoder;
    double decoder[LAYOUT_MAX_CHANNELS * HARMONICS];
    unsigned char pixels[2 * HEIGHT][MAPS * WIDTH][3];
} Picture;

typedef struct Heard {
    double energy_db, error_deg;
} Heard;

static void respond(const Picture *picture, int map, Position at, float *gains) {
    float harmonics[HARMONICS];
    if (map < 2) {
        picture->panners[map]->respond(picture->selves[map], at, gains);
        return;
    }
    spatializer_find("ambisonic")->respond(picture->encoder, at, harmonics);
    for (int channel = 0; channel < picture->layout->channel_count; ++channel) {
        double sum = 0.0;
        for (int acn = 0; acn < HARMONICS; ++acn) {
            sum += picture->decoder[channel * HARMONICS + acn] * harmonics[acn];
        }
        gains[channel] = (float)sum;
    }
}

static Heard hear(const Picture *picture, int map, Position at) {
    float gains[LAYOUT_MAX_CHANNELS] = {0.0F};
    Direction sum = {0.0, 0.0, 0.0};
    double energy = 0.0;
    respond(picture, map, at, gains);
    for (int channel = 0; channel < picture->layout->channel_count; ++channel) {
        const Position *const of = &picture->layout->channels[channel].position;
        const double power = (double)gains[channel] * gains[channel];
        energy += power;
        sum = direction_add(
            sum, direction_scale(direction_of(of->azimuth_deg, of->elevation_deg), power));
    }
    const Direction from = direction_of(at.azimuth_deg, at.elevation_deg);
    const double cosine = direction_dot(from, direction_normalise(sum));
    return (Heard){10.0 * log10(energy + 1e-12), deg_from_rad(acos(fmin(fmax(cosine, -1.0), 1.0)))};
}

static unsigned char shade(double value) {
    return (unsigned char)(255.0 * fmin(fmax(value, 0.0), 1.0));
}

static void draw_pixel(Picture *picture, int map, int row, int column, Heard heard) {
    unsigned char *const above = picture->pixels[row][map * WIDTH + column];
    unsigned char *const below = picture->pixels[HEIGHT + row][map * WIDTH + column];
    const double level = heard.energy_db / 6.0;
    above[0] = shade(0.5 + 0.5 * level);
    above[1] = shade(0.5 - 0.5 * fabs(level));
    above[2] = shade(0.5 - 0.5 * level);
    below[0] = below[1] = below[2] = shade(heard.error_deg / 60.0);
}

/* Means are over the sphere: rows weigh as the cosine of their elevation. */
static void draw_map(Picture *picture, int map, const char *name) {
    double weight = 0.0;
    double sum_deg = 0.0;
    Heard least = {1e9, 1e9};
    Heard most = {-1e9, -1e9};
    for (int row = 0; row < HEIGHT; ++row) {
        const double elevation_deg = 89.5 - row;
        for (int column = 0; column < WIDTH; ++column) {
            const Position at = {179.5 - column, elevation_deg, 1.0, 0.0};
            const Heard heard = hear(picture, map, at);
            const double share = cos(rad_from_deg(elevation_deg));
            draw_pixel(picture, map, row, column, heard);
            weight += share;
            sum_deg += share * heard.error_deg;
            least.energy_db = fmin(least.energy_db, heard.energy_db);
            most.energy_db = fmax(most.energy_db, heard.energy_db);
            most.error_deg = fmax(most.error_deg, heard.error_deg);
        }
    }
    fprintf(stderr,
            "%-7s energy %6.2f .. %5.2f dB, energy vector off by %5.2f deg, at most %5.1f\n", name,
            least.energy_db, most.energy_db, sum_deg / weight, most.error_deg);
}

static void draw_loudspeakers(Picture *picture) {
    static const unsigned char green[3] = {0, 255, 0};
    for (int spot = 0; spot < picture->layout->channel_count * MAPS * 2 * 9; ++spot) {
        const Channel *const of = &picture->layout->channels[spot / (MAPS * 2 * 9)];
        const int map = spot / (2 * 9) % MAPS;
        const int row =
            (int)(89.5 - of->position.elevation_deg) + spot % 3 - 1 + spot / 9 % 2 * HEIGHT;
        const int column = (int)(179.5 - of->position.azimuth_deg) + spot / 3 % 3 - 1;
        for (int colour = 0; of->role == CHANNEL_SPEAKER && colour < 3; ++colour) {
            picture->pixels[row][map * WIDTH + column][colour] = green[colour];
        }
    }
}

static Status prepare(Picture *picture, Arena *arena, ErrorList *errors) {
    picture->layout = layout_find("7.1.4");
    picture->panners[0] = spatializer_find("vbap");
    picture->panners[1] = spatializer_find("bs2127");
    for (int map = 0; map < 2; ++map) {
        TRY(picture->panners[map]->create(picture->layout, 48000, NULL, arena,
                                          &picture->selves[map], errors));
    }
    TRY(spatializer_find("ambisonic")
            ->create(layout_find("hoa3"), 48000, NULL, arena, &picture->encoder, errors));
    return decoder_matrix(picture->layout, ORDER, DECODER_ALLRAD, arena, picture->decoder, errors);
}

int main(void) {
    static const char *const names[MAPS] = {"vbap", "bs2127", "allrad"};
    Arena *arena = arena_create();
    Picture *const picture = arena_alloc(arena, sizeof *picture);
    if (prepare(picture, arena, errors_create(arena)) != DONE) {
        return 1;
    }
    for (int map = 0; map < MAPS; ++map) {
        draw_map(picture, map, names[map]);
    }
    draw_loudspeakers(picture);
    printf("P6\n%d %d\n255\n", MAPS * WIDTH, 2 * HEIGHT);
    fwrite(picture->pixels, sizeof picture->pixels, 1, stdout);
    arena_destroy(&arena);
    return 0;
}
