/* The spectrum of a mix against that of a reference. */
#include <jansson.h>
#include <math.h>

#include "render/qc/third_octaves.h"
#include "tests/support/qc_delivery.h"

/* One band of 25 that is 6 dB louder: once both are as loud on the mean, 6 - 6/25. */
static void a_band_is_told_as_far_as_it_is_off(void **state) {
    (void)state;
    ThirdOctaves reference = {.is_known = true};
    double off_db = 0.0;
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        reference.powers[band] = 1.0 / (band + 1.0);
    }
    ThirdOctaves found = reference;
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        found.powers[band] *= 100.0; /* louder as a whole, which does not count */
    }
    third_octaves_worst(&found, &reference, &off_db);
    assert_true(fabs(off_db) < 1e-9);
    found.powers[12] *= pow(10.0, 0.6);
    assert_int_equal(third_octaves_worst(&found, &reference, &off_db), 12);
    assert_true(fabs(off_db - (6.0 - 6.0 / THIRD_OCTAVE_COUNT)) < 1e-9);
    found.powers[12] = 0.0; /* 70 dB below the strongest, no farther */
    assert_int_equal(third_octaves_worst(&found, &reference, &off_db), 12);
    const double own_db = 10.0 * log10(1.0 / 13.0);
    assert_true(fabs(off_db - (-70.0 - own_db) * (1.0 - 1.0 / THIRD_OCTAVE_COUNT)) < 1e-9);
    assert_true(fabs(third_octave_hz(12) - 1000.0) < 1e-6);
}

/* A softer copy has the same spectrum; a muffled one is told with its band. */
static void a_mix_is_held_against_its_reference_at_the_same_level(void **state) {
    (void)state;
    Delivery made;
    delivery_open(&made);
    const QcPolicy policy = qc_policy_default();
    delivery_keep_reference(&made);
    for (int channel = 0; channel < DELIVERY_CHANNELS; channel++) {
        for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
            made.full.planes[channel][at] *= 0.5F;
        }
    }
    delivery_write_file(&made, &made.full);
    QcSet *set = delivery_review(&made, made.full.name, &policy);
    assert_null(delivery_find(set, QC_REFERENCE_SPECTRUM));
    qc_set_destroy(&set);
    unlink(made.reference);
    unlink(path_join(made.bench.arena, made.bench.folder, made.full.name));
    delivery_muffle(&made);
    delivery_write_file(&made, &made.full);
    set = delivery_review(&made, made.full.name, &policy);
    const QcFinding *const found = delivery_find(set, QC_REFERENCE_SPECTRUM);
    assert_non_null(found);
    assert_true(found->value < -3.0);
    assert_string_equal(found->text, "the third octave at 15849 Hz against the reference");
    qc_set_destroy(&set);
    delivery_close(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_band_is_told_as_far_as_it_is_off),
        cmocka_unit_test(a_mix_is_held_against_its_reference_at_the_same_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
