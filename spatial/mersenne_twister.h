#ifndef SPATIAL_MERSENNE_TWISTER_H
#define SPATIAL_MERSENNE_TWISTER_H
/* MT19937, the generator that BS.2127 prescribes for its decorrelators. Matsumoto, Nishimura 1998.
 *
 *     MersenneTwister twister;
 *     mersenne_twister_seed(&twister, 5489);
 *     uint32_t first = mersenne_twister_next(&twister);   // 3499211612
 */
#include <stdint.h>

enum { MERSENNE_TWISTER_WORDS = 624 };

typedef struct MersenneTwister {
    uint32_t words[MERSENNE_TWISTER_WORDS];
    int used; /* words given out since the last twist */
} MersenneTwister;

void mersenne_twister_seed(MersenneTwister *twister, uint32_t seed);
uint32_t mersenne_twister_next(MersenneTwister *twister);

#endif
