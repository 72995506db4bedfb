#ifndef RENDER_FILES_OPUS_HEAD_H
#define RENDER_FILES_OPUS_HEAD_H
/* The two packets that an Opus file begins with: RFC 7845, 5. Private to this folder. */
#include "render/files/opus_encoder.h"
#include "render/files/sound_writer.h"

/* lead_samples: what a decoder throws away at the begin. */
OpusPacket opus_head(const SoundFormat *format,
                     const OpusMapping *mapping,
                     const OpusStreams *streams,
                     int lead_samples,
                     Arena *arena);
/* vendor: the library that encodes. Cues become chapters. */
OpusPacket opus_tags(const SoundFormat *format, const char *vendor, Arena *arena);

#endif
