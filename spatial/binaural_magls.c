/* The Spatializer "hrtf_magls": places by their responses, ambisonics by least squares. */
#include "spatial/binaural_magls.h"

#include <string.h>

#include "render/base/units.h"
#include "spatial/binaural.h"
#include "spatial/hrtf_cache.h"
#include "spatial/kept_object.h"
#include "spatial/magls.h"
#include "spatial/sphere_points.h"

/* Raise the number when the same responses give another decoder. */
static const char version[] = "magls 1";
/* Ears compare phases up to here. */
static const double least_cutoff_hz = 1500.0;
/* A wave of this frequency has a circumference of the head as its length, or nearly: c / 2 pi r. */
static const double cutoff_an_order_hz = 600.0;
/* Half of the even points: so many, and for every harmonic so many more. */
enum { HALF_POINTS = 60, HALF_POINTS_A_HARMONIC = 4 };
/* What rings ahead of the sound is faded in. */
enum { FADE_IN_SAMPLES = 8 };

typedef struct MaglsEars {
    void *ears; /* binaural */
    HeadFile head;
    int rate_hz;
} MaglsEars;

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    MaglsEars *const made = arena_alloc(arena, sizeof *made);
    *self = made;
    TRY(binaural.create(bus, rate_hz, head, arena, &made->ears, errors));
    made->head = *head;
    made->rate_hz = rate_hz;
    return DONE;
}

static int tap_count(const void *self) {
    const MaglsEars *const made = self;
    return binaural.tap_count(made->ears);
}

static void respond(const void *self, Position at, float *out) {
    const MaglsEars *const made = self;
    binaural.respond(made->ears, at, out);
}

static void respond_flat(const void *self, Position at, float *out) {
    const MaglsEars *const made = self;
    binaural.respond_flat(made->ears, at, out);
}

static void respond_lfe(const void *self, float *out) {
    const MaglsEars *const made = self;
    binaural.respond_lfe(made->ears, out);
}

/* Where the response of the front is strongest: the middle of what arrives from anywhere. */
static int common_delay_samples(const MaglsEars *made, float *pair) {
    const Position front = {.distance_m = 1.0};
    int strongest = 0;
    binaural.respond(made->ears, front, pair);
    for (int tap = 1; tap < binaural.tap_count(made->ears); ++tap) {
        strongest = fabsf(pair[tap]) > fabsf(pair[strongest]) ? tap : strongest;
    }
    return strongest;
}

/* The prepared responses at even points, without their common delay: above the cutoff a phase that
 * stands still is a sound at time 0, and would otherwise come before its low frequencies. */
static void sample_sphere(
    const MaglsEars *made, int half_count, int delay_samples, Arena *arena, HrirGrid *grid) {
    const int count = 2 * half_count;
    const size_t pair_samples = EAR_COUNT * (size_t)binaural.tap_count(made->ears);
    Direction *const points = arena_array(arena, (size_t)count, sizeof *points);
    float *const samples = arena_array(arena, (size_t)count * pair_samples, sizeof *samples);
    double *const delays = arena_array(arena, EAR_COUNT * (size_t)count, sizeof *delays);
    sphere_points_mirrored(half_count, points);
    for (int point = 0; point < count; ++point) {
        const Position at = {.azimuth_deg = direction_azimuth_deg(points[point]),
                             .elevation_deg = direction_elevation_deg(points[point]),
                             .distance_m = 1.0};
        binaural.respond(made->ears, at, samples + (size_t)point * pair_samples);
    }
    for (size_t response = 0; response < EAR_COUNT * (size_t)count; ++response) {
        delays[response] = -delay_samples;
    }
    *grid = (HrirGrid){.directions = points,
                       .samples = samples,
                       .delays_samples = delays,
                       .count = count,
                       .length_samples = binaural.tap_count(made->ears),
                       .rate_hz = made->rate_hz};
}

/* Puts the common delay back; times before 0 stand at the end of the circle. */
static void write_delayed(const double *response, int taps, int delay_samples, float *out) {
    for (int tap = 0; tap < taps; ++tap) {
        const double across = (tap + 0.5) / FADE_IN_SAMPLES;
        const double fade = across < 1.0 ? 0.5 - 0.5 * exact_cos(pi * across) : 1.0;
        out[tap] = (float)(fade * response[(tap + taps - delay_samples) % taps]);
    }
}

static Status
make(const MaglsEars *made, int order, Arena *scratch, float *out, ErrorList *errors) {
    const int taps = binaural.tap_count(made->ears);
    const int harmonic_count = (order + 1) * (order + 1);
    const MaglsShape shape = {.order = order,
                              .tap_count = taps,
                              .cutoff_hz = fmax(least_cutoff_hz, cutoff_an_order_hz * order),
                              .covariance = 1.0};
    const size_t count = (size_t)harmonic_count * EAR_COUNT * (size_t)taps;
    double *const responses = arena_array(scratch, count, sizeof *responses);
    const int delay_samples = common_delay_samples(made, out);
    HrirGrid grid;
    sample_sphere(made, HALF_POINTS + HALF_POINTS_A_HARMONIC * harmonic_count, delay_samples,
                  scratch, &grid);
    TRY(magls_responses(&grid, &shape, scratch, responses, errors));
    for (int row = 0; row < EAR_COUNT * harmonic_count; ++row) {
        const size_t begin = (size_t)row * (size_t)taps;
        write_delayed(responses + begin, taps, delay_samples, out + begin);
    }
    return DONE;
}

static Status decode(const void *self, int order, Arena *arena, float *out, ErrorList *errors) {
    const MaglsEars *const made = self;
    const size_t response_count = EAR_COUNT * (size_t)(order + 1) * (size_t)(order + 1);
    const size_t bytes = response_count * (size_t)tap_count(self) * sizeof *out;
    const char *const text = arena_format(arena, "%s\norder %d\n%s", version, order,
                                          hrtf_key_text(made->head.file, made->rate_hz, arena));
    size_t kept_bytes = 0;
    Arena *scratch = arena_create();
    Status status = DONE;
    const void *const kept = kept_object_read(&made->head, text, scratch, &kept_bytes, errors);
    if (kept && kept_bytes == bytes) {
        memcpy(out, kept, bytes);
    } else {
        status = make(made, order, scratch, out, errors);
    }
    if (status == DONE && !kept) {
        kept_object_write(&made->head, text, out, bytes);
    }
    arena_destroy(&scratch);
    return status;
}

const Spatializer binaural_magls = {
    .name = "hrtf_magls",
    .summary = "two ears; ambisonic layers and rooms by magnitude least squares",
    .source = "Schoerkhuber, Zaunschirm and Hoeldrich 2018; AES69 SimpleFreeFieldHRIR",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
    .respond_flat = respond_flat,
    .respond_lfe = respond_lfe,
    .decode = decode,
};
