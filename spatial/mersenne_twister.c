/* A generator of 32-bit numbers with the period 2^19937 - 1. */
#include "spatial/mersenne_twister.h"

/* All constants: Matsumoto, Nishimura 1998, table 2 (MT19937), and the 2002 initialization. */
enum { WORDS = MERSENNE_TWISTER_WORDS, MIDDLE = 397 };

static void twist(MersenneTwister *twister) {
    uint32_t *const words = twister->words;
    for (int word = 0; word < WORDS; ++word) {
        const uint32_t joined = (words[word] & UINT32_C(0x80000000)) |
                                (words[(word + 1) % WORDS] & UINT32_C(0x7fffffff));
        words[word] = words[(word + MIDDLE) % WORDS] ^ (joined >> 1) ^
                      ((joined & 1U) != 0 ? UINT32_C(0x9908b0df) : 0);
    }
    twister->used = 0;
}

void mersenne_twister_seed(MersenneTwister *twister, uint32_t seed) {
    twister->words[0] = seed;
    for (uint32_t word = 1; word < WORDS; ++word) {
        const uint32_t before = twister->words[word - 1];
        twister->words[word] = UINT32_C(1812433253) * (before ^ (before >> 30)) + word;
    }
    twister->used = WORDS;
}

uint32_t mersenne_twister_next(MersenneTwister *twister) {
    if (twister->used == WORDS) {
        twist(twister);
    }
    uint32_t bits = twister->words[twister->used++];
    bits ^= bits >> 11;
    bits ^= (bits << 7) & UINT32_C(0x9d2c5680);
    bits ^= (bits << 15) & UINT32_C(0xefc60000);
    return bits ^ (bits >> 18);
}
