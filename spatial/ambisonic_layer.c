/* The responses of an ambisonic layer in a bus: decoded, filtered or straight, and turned. */
#include "spatial/ambisonic_layer.h"

#include "spatial/decode_ambisonics.h"
#include "spatial/decoder_matrix.h"
#include "spatial/harmonics.h"
#include "spatial/rotate_ambisonics.h"

/* As the file is: before the scene turns. */
typedef struct Unturned {
    int order, harmonic_count;
    size_t row_samples; /* bus channels x taps */
    float *rows;        /* [harmonics][row_samples] */
} Unturned;

static Status
decode_to_speakers(const Layout *bus, const Unturned *unturned, Arena *arena, ErrorList *errors) {
    const int count = unturned->harmonic_count;
    double *const matrix =
        arena_array(arena, (size_t)bus->channel_count * (size_t)count, sizeof *matrix);
    TRY(decoder_matrix(bus, unturned->order, DECODER_BS2127, arena, matrix, errors));
    for (int cell = 0; cell < bus->channel_count * count; ++cell) {
        const size_t row = (size_t)(cell % count);
        unturned->rows[row * unturned->row_samples + (size_t)(cell / count)] = (float)matrix[cell];
    }
    return DONE;
}

static void keep_harmonics(const Layout *bus, const Unturned *unturned) {
    for (int acn = 0; acn < unturned->harmonic_count && acn < bus->channel_count; ++acn) {
        unturned->rows[(size_t)acn * unturned->row_samples + (size_t)acn] = 1.0F;
    }
}

static Status respond(const MixBus *bus,
                      const void *self,
                      const Unturned *unturned,
                      Arena *arena,
                      ErrorList *errors) {
    const int channel_count = bus->layout->channel_count;
    const int tap_count = bus->panner->tap_count(self);
    if (tap_count > 0) {
        const DecoderShape shape = {unturned->order, channel_count, tap_count};
        decoder_responses(bus->panner, self, &shape, arena, unturned->rows);
        return DONE;
    }
    if (bus->layout->kind == LAYOUT_AMBISONIC) {
        keep_harmonics(bus->layout, unturned);
        return DONE;
    }
    return decode_to_speakers(bus->layout, unturned, arena, errors);
}

/* b' = M b is heard through D: the response of channel h is the sum of M[k][h] times that of k. */
static float *turn(const Unturned *unturned, double azimuth_deg, Arena *arena) {
    const Rotation rotation = rotation_of_scene(azimuth_deg);
    const int count = unturned->harmonic_count;
    double *const matrix = arena_array(arena, (size_t)count * (size_t)count, sizeof *matrix);
    double *const sums = arena_array(arena, unturned->row_samples, sizeof *sums);
    float *const turned = arena_array(arena, (size_t)count * unturned->row_samples, sizeof *turned);
    rotate_ambisonics_matrix(&rotation, unturned->order, matrix);
    for (int acn = 0; acn < count; ++acn) {
        float *const out = &turned[(size_t)acn * unturned->row_samples];
        for (size_t sample = 0; sample < unturned->row_samples; ++sample) {
            sums[sample] = 0.0;
        }
        for (int from = 0; from < count; ++from) {
            const double gain = matrix[from * count + acn];
            const float *const row = &unturned->rows[(size_t)from * unturned->row_samples];
            for (size_t sample = 0; gain != 0.0 && sample < unturned->row_samples; ++sample) {
                sums[sample] += gain * (double)row[sample];
            }
        }
        for (size_t sample = 0; sample < unturned->row_samples; ++sample) {
            out[sample] = (float)sums[sample];
        }
    }
    return turned;
}

Status ambisonic_layer_responses(const MixLayer *layer,
                                 const MixBus *bus,
                                 const void *self,
                                 Arena *arena,
                                 float **responses,
                                 ErrorList *errors) {
    const int tap_count = bus->panner->tap_count(self);
    const int row_samples = bus->layout->channel_count * (tap_count > 1 ? tap_count : 1);
    const double azimuth_deg = layer->path.points[0].state.position.azimuth_deg;
    Unturned unturned = {.order = harmonic_degree(layer->layout->channel_count - 1),
                         .harmonic_count = layer->layout->channel_count,
                         .row_samples = (size_t)row_samples};
    unturned.rows = arena_array(arena, (size_t)unturned.harmonic_count * unturned.row_samples,
                                sizeof *unturned.rows);
    TRY(respond(bus, self, &unturned, arena, errors));
    /* a scene that is not turned passes bit by bit */
    *responses = azimuth_deg == 0.0 ? unturned.rows : turn(&unturned, azimuth_deg, arena);
    return DONE;
}
