/* The ambisonic decoders of a layout, all at one level. */
#include "spatial/decoder_matrix.h"

#include <string.h>

#include "spatial/decode_inverse.h"
#include "spatial/decode_quadrature.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/pan_vbap.h"
#include "spatial/point_source.h"
#include "spatial/reference_decoder.h"

enum { HARMONIC_COUNT = (HARMONIC_MAX_ORDER + 1) * (HARMONIC_MAX_ORDER + 1) };

/* The loudspeakers of a layout without its LFE, and how they are decoded. */
typedef struct Decoder {
    const Layout *layout;
    int order;
    int channels[LAYOUT_MAX_CHANNELS]; /* of the layout */
    Direction directions[LAYOUT_MAX_CHANNELS];
    SpeakerSet speakers;
    Arena *scratch;
    double *rows; /* [layout channels][(order + 1)^2] for N3D input */
} Decoder;

static void find_speakers(Decoder *decoder) {
    int count = 0;
    for (int channel = 0; channel < decoder->layout->channel_count; ++channel) {
        const Channel *const of = &decoder->layout->channels[channel];
        if (of->role == CHANNEL_SPEAKER) {
            decoder->channels[count] = channel;
            const Position real = layout_real_position(decoder->layout, channel);
            decoder->directions[count++] = direction_of(real.azimuth_deg, real.elevation_deg);
        }
    }
    decoder->speakers = (SpeakerSet){decoder->directions, count};
}

typedef struct Vbap {
    void *self;
    float gains[LAYOUT_MAX_CHANNELS];
    int channel_count;
} Vbap;

static void vbap_gains(void *context, Direction at, double *gains) {
    Vbap *const vbap = context;
    const Position position = {direction_azimuth_deg(at), direction_elevation_deg(at), 1.0, 0.0};
    pan_vbap.respond(vbap->self, position, vbap->gains);
    for (int channel = 0; channel < vbap->channel_count; ++channel) {
        gains[channel] = (double)vbap->gains[channel];
    }
}

static Status decode_all_round(Decoder *decoder, ErrorList *errors) {
    const Layout *const layout = decoder->layout;
    Vbap vbap = {.channel_count = layout->channel_count};
    TRY(pan_vbap.create(layout, 0, NULL, decoder->scratch, &vbap.self, errors));
    const PointPanner panner = {vbap_gains, &vbap};
    decode_by_quadrature(&panner, decoder->order, layout->channel_count, decoder->scratch,
                         decoder->rows);
    return DONE;
}

static void point_gains(void *context, Direction at, double *gains) {
    point_source_gains(context, (double[]){-at.y, at.x, at.z}, gains);
}

static Status decode_by_point_source(Decoder *decoder, ErrorList *errors) {
    PointSource *point_source = NULL;
    TRY(point_source_create(decoder->layout, decoder->scratch, &point_source, errors));
    const PointPanner panner = {point_gains, point_source};
    decode_by_quadrature(&panner, decoder->order, decoder->layout->channel_count, decoder->scratch,
                         decoder->rows);
    return DONE;
}

/* From [speakers][harmonics of a lower order] to the rows of the layout. */
static void spread_rows(Decoder *decoder, const double *matrix, int order) {
    const size_t count = ((size_t)order + 1) * ((size_t)order + 1);
    const size_t row_count = ((size_t)decoder->order + 1) * ((size_t)decoder->order + 1);
    for (int speaker = 0; speaker < decoder->speakers.count; ++speaker) {
        memcpy(&decoder->rows[(size_t)decoder->channels[speaker] * row_count],
               &matrix[(size_t)speaker * count], sizeof(double) * count);
    }
}

static Status decode_equal_power(Decoder *decoder, double *matrix, ErrorList *errors) {
    const int order = equal_power_order(&decoder->speakers, decoder->order, decoder->scratch);
    if (order == 0 && decoder->order > 0) {
        return decode_all_round(decoder, errors);
    }
    decode_by_equal_power(&decoder->speakers, order, decoder->scratch, matrix);
    spread_rows(decoder, matrix, order);
    return DONE;
}

static Status decode(Decoder *decoder, DecoderMethod method, ErrorList *errors) {
    const size_t size = (size_t)decoder->speakers.count * HARMONIC_COUNT;
    double *const matrix = arena_array(decoder->scratch, size, sizeof *matrix);
    switch (method) {
    case DECODER_BS2127:
        return decode_by_point_source(decoder, errors);
    case DECODER_REFERENCE:
        return reference_decoder(decoder->layout, decoder->order, decoder->rows)
                   ? DONE
                   : decode_by_point_source(decoder, errors);
    case DECODER_ALLRAD:
        return decode_all_round(decoder, errors);
    case DECODER_EPAD:
        return decode_equal_power(decoder, matrix, errors);
    case DECODER_SAD:
        decode_by_sampling(&decoder->speakers, decoder->order, matrix);
        break;
    case DECODER_MMD:
        decode_by_mode_matching(&decoder->speakers, decoder->order, decoder->scratch, matrix);
        break;
    }
    spread_rows(decoder, matrix, decoder->order);
    return DONE;
}

/* N3D harmonics are orthonormal on the mean over the sphere: the mean power of a plane wave is the
 * sum of all squares. */
static void scale_to_unit_power(double *matrix, int cell_count) {
    double power = 0.0;
    for (int cell = 0; cell < cell_count; ++cell) {
        power += matrix[cell] * matrix[cell];
    }
    const double gain = power > 0.0 ? 1.0 / sqrt(power) : 0.0;
    for (int cell = 0; cell < cell_count; ++cell) {
        matrix[cell] *= gain;
    }
}

Status decoder_matrix(const Layout *layout,
                      int order,
                      DecoderMethod method,
                      Arena *arena,
                      double *matrix,
                      ErrorList *errors) {
    const int harmonic_count = (order + 1) * (order + 1);
    const int cell_count = layout->channel_count * harmonic_count;
    Decoder decoder = {.layout = layout, .order = order, .scratch = arena, .rows = matrix};
    if (layout->kind != LAYOUT_SPEAKERS) {
        return fail(errors, E415, NO_PLACE, "`%s` has no loudspeakers to decode to", layout->name);
    }
    find_speakers(&decoder);
    memset(matrix, 0, sizeof(double) * (size_t)cell_count);
    TRY(decode(&decoder, method, errors));
    scale_to_unit_power(matrix, cell_count);
    for (int cell = 0; cell < cell_count; ++cell) { /* SN3D input is weaker in high degrees */
        matrix[cell] *= sqrt(2.0 * harmonic_degree(cell % harmonic_count) + 1.0);
    }
    return DONE;
}
