#ifndef RENDER_STAGES_LAYER_SCAN_H
#define RENDER_STAGES_LAYER_SCAN_H
/* A look at the samples of a plain layer (mix_layer_is_plain) where they lie, and a note of it. */
#include "render/stages/layer_note.h"
#include "render/stages/stage.h"

typedef struct LayerScan {
    const LayerNote *note; /* as it goes into the store: note_bytes */
    size_t note_bytes;
    float peak;  /* greatest size of a sample; of integers only whether it is 0 */
    bool is_odd; /* NaN, Inf or too few samples: who reads them in order tells where */
} LayerScan;

/* The samples that are read are those that ClipReader reads: to the end of a portion behind each
 * clip. Of integers only so many are looked at as are needed to know which rows are silent. Errors
 * as clip_reader_add. */
Status layer_scan_run(
    const Mix *mix, const MixLayer *layer, Arena *arena, LayerScan *scan, ErrorList *errors);

#endif
