/* Ogg Opus files (RFC 7845), by libopus and libogg.
 *
 * Their bytes follow from the samples, the format and the version of libopus: the serial number of
 * the stream is that of the material, and no tag knows a clock.
 */
#include <ogg/ogg.h>
#include <opus.h>
#include <string.h>

#include "render/files/opus_encoder.h"
#include "render/files/opus_head.h"
#include "render/files/sound_sink.h"

typedef struct OpusState {
    OpusPacketEncoder *encoder;
    ogg_stream_state pages;
    OpusMapping mapping;
    float *input; /* [OPUS_PACKET_SAMPLES][channels], in the order of the file */
    int filled_samples;
    int64_t end_samples; /* of what is encoded: the delay, then the programme */
    int64_t packet_count, encoded_samples;
    int64_t position; /* in the file */
} OpusState;

static bool opus_can(SampleFormat format, int channel_count, const char **reason) {
    OpusMapping mapping;
    (void)format;
    *reason = "an Opus file holds 1 to 8 channels of loudspeakers, or ambisonics";
    return channel_count >= 1 && (channel_count <= OPUS_MOST_SPEAKERS ||
                                  opus_mapping_of(channel_count, 0, true, &mapping));
}

/* About: its bit rate is an aim. */
static int64_t opus_file_bytes(const SoundFormat *format) {
    const int64_t bits_per_s = opus_bits_per_s(format->bits_per_s, format->channel_count);
    return format->frame_count * bits_per_s / (8 * (int64_t)OPUS_RATE_HZ) + 1;
}

static Status fail_encoder(const SoundWriter *writer, const char *reason, ErrorList *errors) {
    return fail(errors, E509, NO_PLACE, "`%s` cannot be encoded: %s", writer->file.path, reason);
}

/* ---- pages ---- */

static Status
write_bytes(SoundWriter *writer, const unsigned char *bytes, long count, ErrorList *errors) {
    OpusState *state = writer->state;
    TRY(file_write_all(&writer->file, state->position, bytes, (size_t)count, errors));
    state->position += count;
    return DONE;
}

/* ends: the page is full now, however short. */
static Status put_packet(SoundWriter *writer, ogg_packet *packet, bool ends, ErrorList *errors) {
    OpusState *state = writer->state;
    ogg_page page;
    packet->packetno = state->packet_count++;
    if (ogg_stream_packetin(&state->pages, packet) != 0) {
        return fail_encoder(writer, "no memory for its pages", errors);
    }
    while (ends ? ogg_stream_flush(&state->pages, &page)
                : ogg_stream_pageout(&state->pages, &page)) {
        TRY(write_bytes(writer, page.header, page.header_len, errors));
        TRY(write_bytes(writer, page.body, page.body_len, errors));
    }
    return DONE;
}

static Status put_head(SoundWriter *writer, OpusPacket head, bool is_first, ErrorList *errors) {
    ogg_packet first = {.packet = head.bytes, .bytes = (long)head.size_bytes, .b_o_s = is_first};
    return put_packet(writer, &first, true, errors);
}

/* ---- samples ---- */

static int serial_of(const SoundFormat *format) {
    return (int)((format->material.low ^ format->material.high) & INT32_MAX);
}

static Status check_format(const SoundWriter *writer, ErrorList *errors) {
    const SoundFormat *format = &writer->format;
    OpusState *state = writer->state;
    if (format->rate_hz != OPUS_RATE_HZ) {
        return fail(errors, E217, NO_PLACE, "`%s` cannot be written: an Opus file has %d Hz",
                    writer->file.path, OPUS_RATE_HZ);
    }
    if (!opus_mapping_of(format->channel_count, format->channel_mask, format->is_ambisonic,
                         &state->mapping)) {
        return fail(errors, E217, NO_PLACE,
                    "`%s` cannot be written: Opus has no places for its loudspeakers",
                    writer->file.path);
    }
    return DONE;
}

static Status create_encoder(SoundWriter *writer, ErrorList *errors) {
    OpusState *state = writer->state;
    const int channel_count = writer->format.channel_count;
    const char *reason = NULL;
    opus_packet_encoder_create(&state->mapping, channel_count,
                               opus_bits_per_s(writer->format.bits_per_s, channel_count),
                               writer->arena, &state->encoder, &reason);
    return state->encoder ? DONE : fail_encoder(writer, reason, errors);
}

static Status opus_begin(SoundWriter *writer, ErrorList *errors) {
    const SoundFormat *format = &writer->format;
    OpusState *state = arena_alloc(writer->arena, sizeof *state);
    writer->state = state;
    TRY(check_format(writer, errors));
    if (ogg_stream_init(&state->pages, serial_of(format)) != 0) {
        return fail_encoder(writer, "no memory for its pages", errors);
    }
    TRY(create_encoder(writer, errors));
    const int lead_samples = opus_packet_encoder_lead_samples(state->encoder);
    state->end_samples = lead_samples + format->frame_count;
    state->input = arena_array(writer->arena, OPUS_PACKET_SAMPLES * (size_t)format->channel_count,
                               sizeof *state->input);
    TRY(put_head(writer,
                 opus_head(format, &state->mapping, opus_packet_encoder_streams(state->encoder),
                           lead_samples, writer->arena),
                 true, errors));
    return put_head(writer, opus_tags(format, opus_get_version_string(), writer->arena), false,
                    errors);
}

/* The position of the last page says how many of its samples are meant: RFC 7845, 4.4. */
static Status encode_packet(SoundWriter *writer, ErrorList *errors) {
    OpusState *state = writer->state;
    const char *reason = NULL;
    const OpusPacket encoded = opus_packet_encode(state->encoder, state->input, &reason);
    if (encoded.size_bytes == 0) {
        return fail_encoder(writer, reason, errors);
    }
    state->filled_samples = 0;
    state->encoded_samples += OPUS_PACKET_SAMPLES;
    const bool is_last = state->encoded_samples >= state->end_samples;
    ogg_packet next = {.packet = encoded.bytes,
                       .bytes = (long)encoded.size_bytes,
                       .e_o_s = is_last,
                       .granulepos = is_last ? state->end_samples : state->encoded_samples};
    return put_packet(writer, &next, is_last, errors);
}

/* Room for `frames` more samples, at most what is left of the packet; a full one is encoded. */
static Status
make_room(SoundWriter *writer, int64_t frames, float **input, int *room, ErrorList *errors) {
    OpusState *state = writer->state;
    TRY(state->filled_samples == OPUS_PACKET_SAMPLES ? encode_packet(writer, errors) : DONE);
    const int64_t left = OPUS_PACKET_SAMPLES - state->filled_samples;
    *input = state->input + (ptrdiff_t)state->filled_samples * writer->format.channel_count;
    *room = (int)(frames < left ? frames : left);
    state->filled_samples += *room;
    return DONE;
}

/* Channel of the samples that stands at a place of the file. */
static int channel_at(const OpusState *state, int place) {
    return state->mapping.family == 1 ? state->mapping.order[place] : place;
}

static Status opus_write_integers(SoundWriter *writer,
                                  const int32_t *interleaved,
                                  int64_t frames,
                                  ErrorList *errors) {
    const int width = writer->format.channel_count;
    const double step = 1.0 / sound_full_scale(writer->format.format);
    float *input = NULL;
    int room = 0;
    for (int64_t done = 0; done < frames; done += room) {
        TRY(make_room(writer, frames - done, &input, &room, errors));
        for (int place = 0; place < width; place++) {
            const int32_t *from = interleaved + done * width + channel_at(writer->state, place);
            for (ptrdiff_t sample = 0; sample < room; sample++) {
                input[sample * width + place] = (float)(from[sample * width] * step);
            }
        }
    }
    return DONE;
}

static Status opus_write_floats(SoundWriter *writer,
                                const double *interleaved,
                                int64_t frames,
                                ErrorList *errors) {
    const int width = writer->format.channel_count;
    float *input = NULL;
    int room = 0;
    for (int64_t done = 0; done < frames; done += room) {
        TRY(make_room(writer, frames - done, &input, &room, errors));
        for (int place = 0; place < width; place++) {
            const double *from = interleaved + done * width + channel_at(writer->state, place);
            for (ptrdiff_t sample = 0; sample < room; sample++) {
                input[sample * width + place] = (float)from[sample * width];
            }
        }
    }
    return DONE;
}

/* Silence until the decoder has given the last sample. */
static Status opus_end(SoundWriter *writer, ErrorList *errors) {
    OpusState *state = writer->state;
    const size_t width = (size_t)writer->format.channel_count;
    while (state->encoded_samples < state->end_samples) {
        const size_t filled = (size_t)state->filled_samples;
        memset(state->input + filled * width, 0,
               (OPUS_PACKET_SAMPLES - filled) * width * sizeof *state->input);
        TRY(encode_packet(writer, errors));
    }
    return DONE;
}

static void opus_release(SoundWriter *writer) {
    OpusState *state = writer->state;
    if (state) {
        ogg_stream_clear(&state->pages);
        opus_packet_encoder_destroy(&state->encoder);
        writer->state = NULL;
    }
}

const SoundWriterKind opus_writer_kind = {
    .name = "Opus",
    .extension = "opus",
    .is_lossy = true,
    .can = opus_can,
    .file_bytes = opus_file_bytes,
    .begin = opus_begin,
    .write_integers = opus_write_integers,
    .write_floats = opus_write_floats,
    .end = opus_end,
    .release = opus_release,
};
