#ifndef RENDER_MODEL_AUDIO_H
#define RENDER_MODEL_AUDIO_H
/* Planar audio. */
#include <stdint.h>

/* samples: [channel_count][sample_count]; a view, owns nothing. */
typedef struct AudioBlock {
    float *const *samples;
    int channel_count;
    int64_t sample_count;
} AudioBlock;

#endif
