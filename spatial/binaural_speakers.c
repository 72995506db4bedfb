/* The Spatializer "hrtf_speakers": a layout of virtual loudspeakers around a head. */
#include "spatial/binaural_speakers.h"

#include <string.h>

#include "spatial/binaural.h"
#include "spatial/decoder_matrix.h"
#include "spatial/layout_table.h"
#include "spatial/pan_bs2127.h"

enum { EARS = 2 };

typedef struct VirtualRoom {
    void *ears;   /* binaural */
    void *panner; /* pan_bs2127 on the layout */
    const Layout *layout;
    size_t row_samples; /* EARS x taps */
    float *rows;        /* [loudspeaker][row_samples], LFE silent */
} VirtualRoom;

static void hear_speakers(VirtualRoom *room, Arena *arena) {
    const Layout *const layout = room->layout;
    room->row_samples = EARS * (size_t)binaural.tap_count(room->ears);
    room->rows =
        arena_array(arena, (size_t)layout->channel_count * room->row_samples, sizeof *room->rows);
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        Position at = layout_real_position(layout, channel);
        at.distance_m = 1.0;
        if (layout->channels[channel].role != CHANNEL_LFE) {
            binaural.respond(room->ears, at, room->rows + (size_t)channel * room->row_samples);
        }
    }
}

static Status create(const Layout *bus,
                     int rate_hz,
                     const HeadFile *head,
                     Arena *arena,
                     void **self,
                     ErrorList *errors) {
    VirtualRoom *const room = arena_alloc(arena, sizeof *room);
    *self = room;
    if (!head || !head->speakers) {
        return fail(errors, E415, NO_PLACE, "virtual loudspeakers need a layout");
    }
    room->layout = head->speakers;
    TRY(binaural.create(bus, rate_hz, head, arena, &room->ears, errors));
    TRY(pan_bs2127.create(room->layout, rate_hz, NULL, arena, &room->panner, errors));
    hear_speakers(room, arena);
    return DONE;
}

static int tap_count(const void *self) {
    const VirtualRoom *const room = self;
    return binaural.tap_count(room->ears);
}

/* gains: [loudspeaker] */
static void sum_speakers(const VirtualRoom *room, const float *gains, float *out) {
    memset(out, 0, room->row_samples * sizeof *out);
    for (int channel = 0; channel < room->layout->channel_count; ++channel) {
        const float *const row = room->rows + (size_t)channel * room->row_samples;
        const float gain = gains[channel];
        for (size_t sample = 0; gain != 0.0F && sample < room->row_samples; ++sample) {
            out[sample] += gain * row[sample];
        }
    }
}

static void respond(const void *self, Position at, float *out) {
    const VirtualRoom *const room = self;
    float gains[LAYOUT_MAX_CHANNELS];
    pan_bs2127.respond(room->panner, at, gains);
    sum_speakers(room, gains, out);
}

static void respond_object(const void *self, const ObjectState *at, float *direct, float *diffuse) {
    const VirtualRoom *const room = self;
    float gains[2][LAYOUT_MAX_CHANNELS];
    ObjectState state = *at;
    state.diffuse = 0.0;
    pan_bs2127.respond_object(room->panner, &state, gains[0], gains[1]);
    sum_speakers(room, gains[0], direct);
    memset(diffuse, 0, EARS * sizeof *diffuse);
}

static void respond_flat(const void *self, Position at, float *out) {
    const VirtualRoom *const room = self;
    binaural.respond_flat(room->ears, at, out);
}

static void respond_lfe(const void *self, float *out) {
    const VirtualRoom *const room = self;
    binaural.respond_lfe(room->ears, out);
}

static Status decode(const void *self, int order, Arena *arena, float *out, ErrorList *errors) {
    const VirtualRoom *const room = self;
    const int speaker_count = room->layout->channel_count;
    const int harmonic_count = (order + 1) * (order + 1);
    double *const matrix =
        arena_array(arena, (size_t)speaker_count * (size_t)harmonic_count, sizeof *matrix);
    TRY(decoder_matrix(room->layout, order, DECODER_BS2127, arena, matrix, errors));
    for (int acn = 0; acn < harmonic_count; ++acn) {
        float gains[LAYOUT_MAX_CHANNELS];
        for (int channel = 0; channel < speaker_count; ++channel) {
            gains[channel] = (float)matrix[channel * harmonic_count + acn];
        }
        sum_speakers(room, gains, out + (size_t)acn * room->row_samples);
    }
    return DONE;
}

const Spatializer binaural_speakers = {
    .name = "hrtf_speakers",
    .summary = "two ears in a room of virtual loudspeakers, to which all is panned",
    .source = "BS.2127-1, clauses 6, 7 and 9; AES69 SimpleFreeFieldHRIR",
    .create = create,
    .tap_count = tap_count,
    .respond = respond,
    .respond_object = respond_object,
    .respond_flat = respond_flat,
    .respond_lfe = respond_lfe,
    .decode = decode,
};
