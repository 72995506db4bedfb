#ifndef RENDER_MODEL_RETIME_RATIO_H
#define RENDER_MODEL_RETIME_RATIO_H
/* How much faster, or at which other rate, a programme is delivered than it is rendered. */
#include <stdint.h>

typedef struct RetimeRatio { /* input samples in the time of so many output samples */
    int64_t input, output;   /* in lowest terms, > 0; 1, 1: as it is rendered */
} RetimeRatio;

/* How many output samples so many input samples become: round half to even. input_samples >= 0. */
int64_t retimed_samples(RetimeRatio ratio, int64_t input_samples);

#endif
