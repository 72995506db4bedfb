/* Samples of three bytes, at every level, against their sum of powers of two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "render/dsp/noise.h"
#include "render/dsp/unpack_24.h"

#include <cmocka.h>

enum { MOST = 70 };

/* Both ends of the range and the steps beside zero are among them. */
static void fill(unsigned char *bytes, int count) {
    static const unsigned char edges[][3] = {
        {0xff, 0xff, 0x7f},
        {0,    0,    0x80},
        {0xff, 0xff, 0xff},
        {1,    0,    0   },
        {0,    0,    0   }
    };
    for (int at = 0; at < count; at++) {
        const uint64_t bits = noise_hash(3, at);
        memcpy(bytes + 3 * at, &bits, 3);
        if (at % 3 == 1) {
            memcpy(bytes + 3 * at, edges[at % 5], 3);
        }
    }
}

static double expected(const unsigned char *bytes) {
    const double value = bytes[0] + 256.0 * bytes[1] + 65536.0 * bytes[2];
    return (value < 8388608.0 ? value : value - 16777216.0) / 8388608.0;
}

/* Memory of just their size: a reader beside it is found by the sanitizer. */
static void check(CpuLevel level, int count) {
    const float untouched = -7.0F;
    unsigned char *bytes = malloc(3 * (size_t)count + (count == 0));
    float samples[MOST + 1];
    fill(bytes, count);
    for (int at = 0; at <= MOST; at++) {
        samples[at] = untouched;
    }
    unpack_24(level, bytes, (size_t)count, samples);
    for (int at = 0; at < count; at++) {
        assert_true((double)samples[at] == expected(bytes + (size_t)3 * (size_t)at));
    }
    assert_true(samples[count] == untouched);
    free(bytes);
}

static void every_level_reads_the_same_numbers_and_nothing_beside_them(void **state) {
    (void)state;
    for (CpuLevel level = 0; level < CPU_LEVEL_COUNT; level++) {
        for (int count = 0; cpu_level_runs(level) && count <= MOST; count++) {
            check(level, count);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_reads_the_same_numbers_and_nothing_beside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
