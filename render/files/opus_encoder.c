/* The encoder of libopus, as this program uses it. */
#include "render/files/opus_encoder.h"

#include <opus_multistream.h>

enum {
    MOST_STREAM_BYTES = 1277, /* of a packet of 20 ms: RFC 6716, 3.2.1 and appendix B */
    MOST_COMPLEXITY = 10
};

struct OpusPacketEncoder {
    OpusMSEncoder *library;
    OpusStreams streams;
    int lead_samples;
    OpusPacket packet;
    int32_t room_bytes;
};

static int set_up(OpusPacketEncoder *encoder, int bits_per_s) {
    OpusMSEncoder *library = encoder->library;
    opus_int32 lead_samples = 0;
    int error = opus_multistream_encoder_ctl(library, OPUS_SET_BITRATE(bits_per_s));
    error = error ? error : opus_multistream_encoder_ctl(library, OPUS_SET_VBR(1));
    error =
        error ? error : opus_multistream_encoder_ctl(library, OPUS_SET_COMPLEXITY(MOST_COMPLEXITY));
    error =
        error ? error : opus_multistream_encoder_ctl(library, OPUS_GET_LOOKAHEAD(&lead_samples));
    encoder->lead_samples = lead_samples;
    return error;
}

void opus_packet_encoder_create(const OpusMapping *mapping,
                                int channel_count,
                                int bits_per_s,
                                Arena *arena,
                                OpusPacketEncoder **encoder,
                                const char **reason) {
    OpusPacketEncoder *made = arena_alloc(arena, sizeof *made);
    int error = OPUS_OK;
    made->library = opus_multistream_surround_encoder_create(
        OPUS_RATE_HZ, channel_count, mapping->family, &made->streams.count,
        &made->streams.coupled_count, made->streams.of_channel, OPUS_APPLICATION_AUDIO, &error);
    *encoder = made;
    error = error ? error : set_up(made, bits_per_s);
    if (error) {
        *reason = opus_strerror(error);
        opus_packet_encoder_destroy(encoder);
        return;
    }
    made->room_bytes = MOST_STREAM_BYTES * made->streams.count;
    made->packet.bytes = arena_alloc(arena, (size_t)made->room_bytes);
}

void opus_packet_encoder_destroy(OpusPacketEncoder **encoder) {
    if (*encoder && (*encoder)->library) {
        opus_multistream_encoder_destroy((*encoder)->library);
    }
    *encoder = NULL;
}

const OpusStreams *opus_packet_encoder_streams(const OpusPacketEncoder *encoder) {
    return &encoder->streams;
}

int opus_packet_encoder_lead_samples(const OpusPacketEncoder *encoder) {
    return encoder->lead_samples;
}

OpusPacket
opus_packet_encode(OpusPacketEncoder *encoder, const float *interleaved, const char **reason) {
    const int size =
        opus_multistream_encode_float(encoder->library, interleaved, OPUS_PACKET_SAMPLES,
                                      encoder->packet.bytes, encoder->room_bytes);
    if (size < 0) {
        *reason = opus_strerror(size);
    }
    encoder->packet.size_bytes = size > 0 ? (size_t)size : 0;
    return encoder->packet;
}
