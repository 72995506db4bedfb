#ifndef RENDER_FILES_CAF_HEADER_H
#define RENDER_FILES_CAF_HEADER_H
/* Everything of a CAF file that stands before its samples. */
#include "render/files/wav_header.h"

/* Bytes of the whole file. */
int64_t caf_file_bytes(const SoundFormat *format);
/* caff desc [chan] data, of any length; nothing is patched later. */
void caf_header_build(const SoundFormat *format, Arena *arena, WavHeader *header);

#endif
