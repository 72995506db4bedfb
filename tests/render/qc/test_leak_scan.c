/* Dialogue planted into an M&E is found with its level; music beside dialogue is not dialogue. */
#include "render/qc/leak_scan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tests/render/qc/qc_bench.h"

#include <cmocka.h>

/* Channel 0 of a stereo programme as M&E, 1 as dialogue; leak: gain of the dialogue in the M&E
 * between two places. */
static const QcFinding *scan(QcBench *bench, double leak, int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at++) {
        bench->samples[0][at] += (float)leak * bench->samples[1][at];
    }
    static const QcSubject mono = {.channel_count = 1, .rate_hz = BENCH_RATE_HZ};
    bench->findings = qc_findings_create(&bench->policy, bench->arena);
    LeakScan *const leaks = leak_scan_create(&mono, bench->findings, bench->arena);
    for (int64_t at = 0; at < BENCH_SAMPLES; at += 16384) {
        float *const me[] = {bench->samples[0] + at};
        float *const dialogue[] = {bench->samples[1] + at};
        const int64_t rest = BENCH_SAMPLES - at;
        leak_scan_add(leaks, me, dialogue, rest < 16384 ? rest : 16384);
    }
    leak_scan_finish(leaks);
    return bench->findings->first;
}

static void music_beside_dialogue_is_no_leak(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    assert_null(scan(&bench, 0.0, 0, 0));
    bench_destroy(&bench);
}

static void a_loud_leak_is_found_where_it_is(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    const QcFinding *const found = scan(&bench, 0.5, 3 * 48000, 7 * 48000);
    assert_non_null(found);
    assert_int_equal(found->check, QC_ME_LEAKAGE);
    assert_true(found->at_s > 2.5 && found->at_s < 3.5);
    assert_true(fabs(found->value + 6.02) < 1.0);
    bench_destroy(&bench);
}

static void a_soft_leak_shows_over_the_whole(void **state) {
    (void)state;
    QcBench bench = bench_create(&bench_stereo);
    const QcFinding *const found = scan(&bench, 0.1, 0, BENCH_SAMPLES);
    assert_non_null(found);
    assert_true(fabs(found->value + 20.0) < 1.0);
    bench.policy.levels[QC_ME_LEAKAGE] = QC_OFF;
    assert_null(scan(&bench, 0.1, 0, BENCH_SAMPLES));
    bench_destroy(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(music_beside_dialogue_is_no_leak),
        cmocka_unit_test(a_loud_leak_is_found_where_it_is),
        cmocka_unit_test(a_soft_leak_shows_over_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
