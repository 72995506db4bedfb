#ifndef RENDER_FILES_OPUS_ENCODER_H
#define RENDER_FILES_OPUS_ENCODER_H
/* The encoder of libopus, as this program uses it: packets of 20 ms, at full complexity, of a bit
 * rate that varies around its aim.
 *
 * What its bytes depend on beside the samples, measured with libopus 1.3.1: its search of pulses by
 * rcpps and rsqrtps gave other packets on an AMD CPU than under qemu, whose last bits of these are
 * others, too; so it is linked with its search in C (CMakeLists.txt), and both gave the same. It
 * takes exp, log, pow, sin and cos from libm: 20 minutes of tones and noise in 1, 2 and 6 channels
 * came out the same with FMA and AVX masked (glibc.cpu.hwcaps), 10 to 20 s of each as a CPU of
 * SSE3. Should a host differ all the same, the self-test keeps it out of the run.
 */
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/files/opus_mapping.h"

enum { OPUS_PACKET_SAMPLES = 960, OPUS_MOST_STREAMS = 255 };

typedef struct OpusStreams { /* what the channels of the file are coded in */
    int count, coupled_count;
    unsigned char of_channel[OPUS_MOST_STREAMS]; /* [channels] */
} OpusStreams;

typedef struct OpusPacket {
    unsigned char *bytes;
    size_t size_bytes;
} OpusPacket;

typedef struct OpusPacketEncoder OpusPacketEncoder;

/* NULL in encoder and what libopus says in reason: it cannot. */
void opus_packet_encoder_create(const OpusMapping *mapping,
                                int channel_count,
                                int bits_per_s,
                                Arena *arena,
                                OpusPacketEncoder **encoder,
                                const char **reason);
void opus_packet_encoder_destroy(OpusPacketEncoder **encoder);

const OpusStreams *opus_packet_encoder_streams(const OpusPacketEncoder *encoder);
/* The delay: silence that a decoder throws away. */
int opus_packet_encoder_lead_samples(const OpusPacketEncoder *encoder);
/* interleaved: [OPUS_PACKET_SAMPLES][channels] in the order of the file. The packet holds until the
 * next one; size_bytes 0 and what libopus says in reason: it cannot. */
OpusPacket
opus_packet_encode(OpusPacketEncoder *encoder, const float *interleaved, const char **reason);

#endif
