/* Sampling decoders from spherical harmonics to loudspeakers and ears. */
#include "spatial/decode_ambisonics.h"

#include "render/model/direction.h"
#include "spatial/harmonics.h"
#include "spatial/power_match.h"
#include "spatial/sphere_points.h"

/* Points of the gain decoder: half of them, each with its mirror image. */
enum { EVEN_HALF_COUNT = 2600, HARMONIC_COUNT = 64 };
/* Half of the points at which the diffuse field of filters is measured. */
enum { DIFFUSE_HALF_COUNT = 80 };

typedef struct Sampling { /* weights sum to 1 */
    Direction *points;
    double *weights;
    int count;
} Sampling;

static void add_sample(Sampling *sampling, Direction at, double weight) {
    sampling->points[sampling->count] = at;
    sampling->weights[sampling->count++] = weight;
}

static Sampling sampling_for(int capacity, Arena *arena) {
    return (Sampling){arena_array(arena, (size_t)capacity, sizeof(Direction)),
                      arena_array(arena, (size_t)capacity, sizeof(double)), 0};
}

static Sampling even_sampling(int half_count, Arena *arena) {
    Sampling sampling = sampling_for(2 * half_count, arena);
    sphere_points_mirrored(half_count, sampling.points);
    sampling.count = 2 * half_count;
    for (int point = 0; point < sampling.count; ++point) {
        sampling.weights[point] = 1.0 / sampling.count;
    }
    return sampling;
}

/* Every point of the grid {-1, 0, 1}^3 with so many coordinates that are not 0: 1 gives the axes
 * (6), 2 the edges (12), 3 the corners of a cube (8). */
static void add_octahedral(Sampling *sampling, int coordinate_count, double weight) {
    for (int cell = 0; cell < 27; ++cell) {
        const int x = cell / 9 - 1;
        const int y = cell / 3 % 3 - 1;
        const int z = cell % 3 - 1;
        const Direction at = {x, y, z};
        if ((int)direction_dot(at, at) == coordinate_count) {
            add_sample(sampling, direction_normalise(at), weight);
        }
    }
}

/* Lebedev 1976: exact for products of two harmonics up to the order (degrees 3, 5 and 7). */
static Sampling lebedev_sampling(int order, Arena *arena) {
    Sampling sampling = sampling_for(26, arena);
    if (order <= 1) {
        add_octahedral(&sampling, 1, 1.0 / 6.0);
    } else if (order == 2) {
        add_octahedral(&sampling, 1, 1.0 / 15.0);
        add_octahedral(&sampling, 3, 3.0 / 40.0);
    } else {
        add_octahedral(&sampling, 1, 1.0 / 21.0);
        add_octahedral(&sampling, 2, 4.0 / 105.0);
        add_octahedral(&sampling, 3, 9.0 / 280.0);
    }
    return sampling;
}

static Sampling choose_sampling(const DecoderShape *shape, Arena *arena) {
    if (shape->tap_count == 1) {
        return even_sampling(EVEN_HALF_COUNT, arena);
    }
    if (shape->order <= 3) {
        return lebedev_sampling(shape->order, arena);
    }
    return even_sampling((shape->order + 1) * (shape->order + 1), arena);
}

static Position position_of(Direction at) {
    return (Position){direction_azimuth_deg(at), direction_elevation_deg(at), 1.0, 0.0};
}

/* sums: [harmonic][response_samples], N3D. */
static void project(const Spatializer *panner,
                    const void *self,
                    const Sampling *sampling,
                    const DecoderShape *shape,
                    Arena *arena,
                    double *sums) {
    const int harmonic_count = (shape->order + 1) * (shape->order + 1);
    const int response_samples = shape->channel_count * shape->tap_count;
    float *const response = arena_array(arena, (size_t)response_samples, sizeof *response);
    for (int point = 0; point < sampling->count; ++point) {
        double values[HARMONIC_COUNT];
        harmonics_at(sampling->points[point], shape->order, values);
        panner->respond(self, position_of(sampling->points[point]), response);
        for (int harmonic = 0; harmonic < harmonic_count; ++harmonic) {
            const double n3d = sqrt(2.0 * harmonic_degree(harmonic) + 1.0);
            const double factor = values[harmonic] * n3d * sampling->weights[point];
            double *const sum = &sums[(size_t)harmonic * (size_t)response_samples];
            for (int sample = 0; sample < response_samples; ++sample) {
                sum[sample] += factor * (double)response[sample];
            }
        }
    }
}

/* N3D harmonics are orthonormal on the mean over the sphere: the mean power of a plane wave is the
 * sum of all squares. */
static void scale_to_unit_power(double *sums, size_t count) {
    double power = 0.0;
    for (size_t sample = 0; sample < count; ++sample) {
        power += sums[sample] * sums[sample];
    }
    const double gain = power > 0.0 ? 1.0 / sqrt(power) : 0.0;
    for (size_t sample = 0; sample < count; ++sample) {
        sums[sample] *= gain;
    }
}

/* Mean power of what the panner answers, over the sphere. */
static PowerSpectrum
panner_power(const Spatializer *panner, const void *self, const DecoderShape *shape, Arena *arena) {
    const Sampling sampling = even_sampling(DIFFUSE_HALF_COUNT, arena);
    const size_t count = (size_t)shape->channel_count * (size_t)shape->tap_count;
    float *const response = arena_array(arena, count, sizeof *response);
    double *const wide = arena_array(arena, count, sizeof *wide);
    PowerSpectrum power = {{0}};
    for (int point = 0; point < sampling.count; ++point) {
        panner->respond(self, position_of(sampling.points[point]), response);
        for (size_t sample = 0; sample < count; ++sample) {
            wide[sample] = (double)response[sample];
        }
        for (int channel = 0; channel < shape->channel_count; ++channel) {
            power_add(&power, &wide[(size_t)channel * (size_t)shape->tap_count], shape->tap_count,
                      sampling.weights[point]);
        }
    }
    return power;
}

/* A limited order cancels at high frequencies, where the responses of neighbouring points no longer
 * agree: a diffuse field must have the power there that it has for real ears. */
static void match_diffuse_field(const PowerSpectrum *wanted,
                                const DecoderShape *shape,
                                int response_count,
                                double *sums) {
    PowerSpectrum have = {{0}};
    double taps[MATCH_REACH + 1];
    for (int response = 0; response < response_count; ++response) {
        power_add(&have, &sums[(size_t)response * (size_t)shape->tap_count], shape->tap_count, 1.0);
    }
    power_match_taps(&have, wanted, taps);
    for (int response = 0; response < response_count; ++response) {
        power_match_apply(taps, &sums[(size_t)response * (size_t)shape->tap_count],
                          shape->tap_count);
    }
}

Status decoder_responses(const Spatializer *panner,
                         const void *self,
                         const DecoderShape *shape,
                         Arena *arena,
                         float *responses,
                         ErrorList *errors) {
    if (panner->decode) {
        return panner->decode(self, shape->order, arena, responses, errors);
    }
    const int harmonic_count = (shape->order + 1) * (shape->order + 1);
    const size_t response_samples = (size_t)shape->channel_count * (size_t)shape->tap_count;
    const size_t count = (size_t)harmonic_count * response_samples;
    double *const sums = arena_array(arena, count, sizeof *sums);
    const Sampling sampling = choose_sampling(shape, arena);
    project(panner, self, &sampling, shape, arena, sums);
    if (shape->tap_count == 1) {
        scale_to_unit_power(sums, count);
    } else {
        const PowerSpectrum wanted = panner_power(panner, self, shape, arena);
        match_diffuse_field(&wanted, shape, harmonic_count * shape->channel_count, sums);
    }
    for (size_t sample = 0; sample < count; ++sample) {
        const int harmonic = (int)(sample / response_samples);
        responses[sample] = (float)(sqrt(2.0 * harmonic_degree(harmonic) + 1.0) * sums[sample]);
    }
    return DONE;
}
