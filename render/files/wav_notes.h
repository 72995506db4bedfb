#ifndef RENDER_FILES_WAV_NOTES_H
#define RENDER_FILES_WAV_NOTES_H
/* What a WAV, RF64 or BW64 file says for people and workstations: iXML and cue points. Private to
 * this folder.
 */
#include "render/files/header_bytes.h"
#include "render/files/sound_writer.h"

/* Bytes of the chunks together, their headers included; 0: there are none. */
int64_t wav_notes_bytes(const SoundFormat *format);
/* iXML, cue, and the names of the cue points in LIST adtl. */
void wav_notes_put(const SoundFormat *format, Bytes *bytes);

#endif
