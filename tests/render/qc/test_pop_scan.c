/* A 2-pop is told from everything that is shorter, longer, less alone or no tone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "render/base/exact_math.h"
#include "tests/render/qc/qc_bench.h"

/* behind the headers of the project: it has a macro called fail */
#include <cmocka.h>

typedef struct Sound { /* where it stands in silence, in frames of 2000 samples */
    int begin, length;
    bool is_noise;
    int next; /* begin of a second sound that goes on to the end; 0: none */
    bool is_pop;
} Sound;

static const Sound sounds[] = {
    {48,  1,  false, 0,  true },
    {48,  1,  false, 96, true },
    {48,  1,  true,  0,  false}, /* noise */
    {48,  2,  false, 0,  false}, /* too long */
    {48,  1,  false, 52, false}, /* the programme begins 3 frames behind it */
    {4,   1,  false, 0,  false}, /* what stood before it, if anything, is not known to be silence */
    {190, 1,  false, 0,  true }, /* the file ends behind it */
    {0,   48, false, 0,  false},
};

enum { FRAME = 2000 };

static void put(QcBench *bench, const Sound *sound) {
    uint32_t seed = 7;
    for (int64_t at = 0; at < BENCH_SAMPLES; at++) {
        const int64_t frame = at / FRAME;
        const bool sounds_now = frame >= sound->begin && frame < sound->begin + sound->length;
        const double tone = 0.1 * exact_sin(2.0 * pi * (double)(at % 48) / 48.0);
        const double noise = 0.1 * bench_noise(&seed);
        const bool has_programme = sound->next > 0 && frame >= sound->next;
        const double value = sounds_now ? (sound->is_noise ? noise : tone) : 0.0;
        for (int channel = 0; channel < 2; channel++) {
            bench->samples[channel][at] = (float)(has_programme ? noise : value);
        }
    }
}

static int count_pops(const QcBench *bench, double *at_s) {
    for (const QcFinding *found = bench->findings->first; found; found = found->next) {
        *at_s = found->check == QC_SYNC_POP ? found->at_s : *at_s;
    }
    return bench->findings->counts[QC_SYNC_POP];
}

static void a_frame_of_tone_alone_in_silence_is_a_pop_and_nothing_else_is(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_SYNC_POP] = QC_FAIL;
    for (size_t row = 0; row < sizeof sounds / sizeof *sounds; row++) {
        double at_s = -1.0;
        put(&bench, &sounds[row]);
        bench_measure(&bench, BENCH_SAMPLES);
        assert_int_equal(count_pops(&bench, &at_s), sounds[row].is_pop);
        if (sounds[row].is_pop) { /* to a block of 64 samples */
            const double begin_s = (double)sounds[row].begin * FRAME / BENCH_RATE_HZ;
            assert_true(at_s <= begin_s && at_s > begin_s - 65.0 / BENCH_RATE_HZ);
        }
    }
    bench_destroy(&bench);
}

static void an_item_longer_than_its_limit_is_a_finding(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    bench.policy.levels[QC_ITEM_LENGTH] = QC_WARN;
    for (int limit = 0; qc_limit_at(limit); limit++) {
        if (qc_limit_at(limit)->check == QC_ITEM_LENGTH) {
            bench.policy.limits[limit] = 2.0;
            bench.policy.has_limit[limit] = true;
        }
    }
    bench_measure(&bench, 2 * (int64_t)BENCH_RATE_HZ);
    assert_int_equal(bench.findings->counts[QC_ITEM_LENGTH], 0);
    bench_measure(&bench, 2 * (int64_t)BENCH_RATE_HZ + 1);
    assert_int_equal(bench.findings->counts[QC_ITEM_LENGTH], 1);
    bench_destroy(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_of_tone_alone_in_silence_is_a_pop_and_nothing_else_is),
        cmocka_unit_test(an_item_longer_than_its_limit_is_a_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
