#ifndef RENDER_QC_BLOCK_FACTS_H
#define RENDER_QC_BLOCK_FACTS_H
/* What every check asks of a channel, taken once per block of 1.3 ms. Inside render/qc only. */
#include <stdint.h>

enum {
    QC_HISTORY_SAMPLES = 512,   /* what stands ahead of a chunk, for runs that began in it */
    QC_BLOCKS_PER_SECOND = 750, /* about: 64 samples at 48 kHz */
    QC_LANES = 8                /* sums run in so many lanes, whatever the CPU */
};

typedef struct BlockFacts {
    float peak;                          /* greatest |x| */
    float greatest_difference;           /* greatest |x[n] - 2 x[n-1] + x[n-2]| */
    double sum, power, difference_power; /* sums of x, x^2 and of the second difference squared */
} BlockFacts;

/* samples: [count], two samples of history before them. */
void block_facts_take(const float *samples, int count, BlockFacts *facts);
/* Sum of a[n] b[n]. */
double block_product(const float *a, const float *b, int count);

#endif
