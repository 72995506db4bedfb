#ifndef RENDER_STAGES_LAYER_NOTE_H
#define RENDER_STAGES_LAYER_NOTE_H
/* What PREPARE leaves of a plain layer (mix_layer_is_plain): where its samples lie in its file, and
 * which of its rows are silent. Samples are not copied: who wants them reads the file
 * (layer_audio.h). */
#include "render/files/table_reader.h"
#include "render/model/stored_audio.h"

/* Behind it: [rows][channel_count] bytes, 0 for rows of AUDIO_CHUNK_SAMPLES that are nothing but
 * +0, 1 for others. */
typedef struct LayerNote {
    int64_t not_audio; /* -1 where stored audio has its length: never taken for it */
    SampleTable table;
    int64_t row_count;
    int32_t channel_count;
    int32_t unused[5]; /* fills 64 bytes */
} LayerNote;

_Static_assert(sizeof(LayerNote) == 64, "the same on every machine");

enum { LAYER_NOTE_MARK = -1 };

#endif
