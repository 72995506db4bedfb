#ifndef RENDER_FILES_WAV_HEADER_H
#define RENDER_FILES_WAV_HEADER_H
/* Everything of a WAV or RF64 file that stands before its samples. */
#include <stddef.h>

#include "render/base/arena.h"
#include "render/files/sound_writer.h"

enum { WAV_LOUDNESS_BYTES = 10 };

typedef struct WavHeader {
    unsigned char *bytes;
    size_t size_bytes;
    int64_t data_bytes;     /* of the samples that follow */
    int padding_bytes;      /* 0 or 1, behind the samples */
    size_t loudness_offset; /* where wav_header_loudness goes when the samples are measured */
} WavHeader;

/* Bytes of the whole file. */
int64_t wav_file_bytes(const SoundFormat *format);
/* Order: [ds64] bext fmt [fact] [chna axml] [iXML] [cue LIST] data. The frame count is known, so
 * nothing is patched later but the loudness, which is unset here. */
void wav_header_build(const SoundFormat *format, Arena *arena, WavHeader *header);
/* The loudness fields of bext: value, range, true peak, maximum momentary, maximum short-term; what
 * was not measured, or does not fit, is unset. */
void wav_header_loudness(const SoundLoudness *loudness, unsigned char words[WAV_LOUDNESS_BYTES]);

#endif
