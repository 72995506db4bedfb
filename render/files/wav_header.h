#ifndef RENDER_FILES_WAV_HEADER_H
#define RENDER_FILES_WAV_HEADER_H
/* Everything of a WAV or RF64 file that stands before its samples. */
#include <stddef.h>

#include "render/base/arena.h"
#include "render/files/sound_writer.h"

typedef struct WavHeader {
    unsigned char *bytes;
    size_t size_bytes;
    int64_t data_bytes; /* of the samples that follow */
    int padding_bytes;  /* 0 or 1, behind the samples */
} WavHeader;

/* Bytes of the whole file. */
int64_t wav_file_bytes(const SoundFormat *format);
/* Order: [ds64] bext fmt [fact] data. The frame count is known, so nothing is patched later. */
void wav_header_build(const SoundFormat *format, Arena *arena, WavHeader *header);

#endif
