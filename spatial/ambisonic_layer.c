/* The responses of an ambisonic layer in a bus: decoded, filtered or straight, and turned. */
#include "spatial/ambisonic_layer.h"

#include <math.h>

#include "spatial/decode_ambisonics.h"
#include "spatial/decoder_matrix.h"
#include "spatial/harmonics.h"
#include "spatial/max_re.h"
#include "spatial/rotate_ambisonics.h"

/* As the file is: before the scene turns. */
typedef struct Unturned {
    int order, harmonic_count;
    size_t row_samples; /* bus channels x taps */
    float *rows;        /* [harmonics][row_samples] */
} Unturned;

static Status decode_to_speakers(const MixLayer *layer,
                                 const MixBus *target,
                                 const Unturned *unturned,
                                 Arena *arena,
                                 ErrorList *errors) {
    const MixAmbisonic *const scene = &layer->ambisonic;
    const Layout *const bus = target->layout;
    const int asked = scene->has_decoder ? scene->decoder : target->decoder;
    const int decoder = scene->is_adm && asked == DECODER_BS2127 ? DECODER_REFERENCE : asked;
    const int count = unturned->harmonic_count;
    double *const matrix =
        arena_array(arena, (size_t)bus->channel_count * (size_t)count, sizeof *matrix);
    TRY(decoder_matrix(bus, unturned->order, (DecoderMethod)decoder, arena, matrix, errors));
    if (scene->has_max_re ? scene->max_re : target->max_re) {
        max_re_apply(unturned->order, MAX_RE_EXACT, MAX_RE_KEEPS_POWER, bus->channel_count, matrix);
    }
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

static Status respond(const MixLayer *layer,
                      const MixBus *bus,
                      const void *self,
                      const Unturned *unturned,
                      Arena *arena,
                      ErrorList *errors) {
    const int channel_count = bus->layout->channel_count;
    const int tap_count = bus->panner->tap_count(self);
    if (tap_count > 0) {
        const DecoderShape shape = {unturned->order, channel_count, tap_count};
        Spatializer heard = *bus->panner;
        if (layer->head_mode == HEAD_OFF && heard.respond_flat) {
            heard.respond = heard.respond_flat;
            heard.decode = NULL;
        }
        return decoder_responses(&heard, self, &shape, arena, unturned->rows, errors);
    }
    if (bus->layout->kind == LAYOUT_AMBISONIC) {
        keep_harmonics(bus->layout, unturned);
        return DONE;
    }
    return decode_to_speakers(layer, bus, unturned, arena, errors);
}

/* b' = M b is heard through D: the response of channel h is the sum of M[k][h] times that of k. */
static float *turn(const Unturned *unturned, const Rotation *rotation, Arena *arena) {
    const int count = unturned->harmonic_count;
    double *const matrix = arena_array(arena, (size_t)count * (size_t)count, sizeof *matrix);
    double *const sums = arena_array(arena, unturned->row_samples, sizeof *sums);
    float *const turned = arena_array(arena, (size_t)count * unturned->row_samples, sizeof *turned);
    rotate_ambisonics_matrix(rotation, unturned->order, matrix);
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

/* N3D is SN3D times sqrt(2n + 1). */
static void read_as_n3d(const Unturned *unturned, float *rows) {
    for (int acn = 0; acn < unturned->harmonic_count; ++acn) {
        const double gain = 1.0 / sqrt(2.0 * harmonic_degree(acn) + 1.0);
        for (size_t sample = 0; sample < unturned->row_samples; ++sample) {
            float *const value = &rows[(size_t)acn * unturned->row_samples + sample];
            *value = (float)((double)*value * gain);
        }
    }
}

Status ambisonic_layer_responses(const MixLayer *layer,
                                 const MixBus *bus,
                                 const void *self,
                                 Arena *arena,
                                 float **responses,
                                 ErrorList *errors) {
    const int tap_count = bus->panner->tap_count(self);
    const int row_samples = bus->layout->channel_count * (tap_count > 1 ? tap_count : 1);
    const MixAmbisonic *const scene = &layer->ambisonic;
    const double yaw_deg = layer->path.points[0].state.position.azimuth_deg + scene->yaw_deg;
    const bool is_turned = yaw_deg != 0.0 || scene->pitch_deg != 0.0 || scene->roll_deg != 0.0;
    const Rotation rotation = rotation_of_head(-yaw_deg, scene->pitch_deg, scene->roll_deg);
    Unturned unturned = {.order = harmonic_degree(layer->layout->channel_count - 1),
                         .harmonic_count = layer->layout->channel_count,
                         .row_samples = (size_t)row_samples};
    unturned.rows = arena_array(arena, (size_t)unturned.harmonic_count * unturned.row_samples,
                                sizeof *unturned.rows);
    TRY(respond(layer, bus, self, &unturned, arena, errors));
    /* a scene that is not turned passes bit by bit */
    *responses = is_turned ? turn(&unturned, &rotation, arena) : unturned.rows;
    if (scene->is_n3d) {
        read_as_n3d(&unturned, *responses);
    }
    return DONE;
}
