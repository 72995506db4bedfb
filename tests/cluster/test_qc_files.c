/* QC of files that are not as others are: many channels, high rates, no sound at all. */
#include "tests/support/qc_delivery.h"

static QcSet *review_alone(Delivery *made, const QcPolicy *policy) {
    delivery_write_file(made, &made->full);
    return delivery_review(made, made->full.name, policy);
}

static void a_hundred_and_twenty_eight_channels_are_measured(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    made.full.channel_count = 128;
    made.full.frame_count = 48000;
    for (int channel = DELIVERY_CHANNELS; channel < 128; channel++) {
        made.full.planes[channel] = made.full.planes[channel % 3] + channel;
    }
    QcSet *set = review_alone(&made, &policy);
    assert_true(set->first->is_measured);
    assert_non_null(delivery_find(set, QC_LAYOUT));
    assert_null(delivery_find(set, QC_READABLE));
    qc_set_destroy(&set);
    delivery_close(&made);
}

/* The same samples, called four times as fast: a quarter as long, as loud as their peaks. */
static void a_file_of_192_khz_is_measured(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    made.full.rate_hz = 192000;
    QcSet *set = review_alone(&made, &policy);
    const MeterResult *const meter = &set->first->numbers.meter;
    assert_true(set->first->is_measured && meter->has_loudness);
    assert_int_equal(meter->sample_count, DELIVERY_FRAMES);
    assert_null(delivery_find(set, QC_READABLE));
    qc_set_destroy(&set);
    delivery_close(&made);
}

static void files_without_sound_are_told(void **state) {
    static const char no_data[] = "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x80\xbb\0\0\0\xee\2\0"
                                  "\4\0\x10\0data\0\0\0\0";
    static const struct {
        const char *name, *bytes;
        size_t size_bytes;
    } files[] = {
        {"nothing.wav", "",      0                 },
        {"header.wav",  "RIFF",  4                 },
        {"text.wav",    "hello", 5                 },
        {"empty.wav",   no_data, sizeof no_data - 1},
    };
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    for (size_t file = 0; file < sizeof files / sizeof *files; file++) {
        const char *const path = path_join(made.bench.arena, made.bench.folder, files[file].name);
        bench_must(&made.bench, file_write_atomically(path, files[file].bytes,
                                                      files[file].size_bytes, made.bench.errors));
        QcSet *set = delivery_review(&made, files[file].name, &policy);
        if (!delivery_find(set, QC_READABLE) && !delivery_find(set, QC_SILENT_FILE)) {
            fail_msg("%s has no finding", files[file].name);
        }
        qc_set_destroy(&set);
    }
    delivery_close(&made);
}

static int make_clean(void **state) {
    Delivery *const clean = calloc(1, sizeof *clean);
    assert_non_null(clean);
    delivery_open(clean);
    *state = clean;
    return 0;
}

static int end_clean(void **state) {
    delivery_close(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_and_twenty_eight_channels_are_measured),
        cmocka_unit_test(a_file_of_192_khz_is_measured),
        cmocka_unit_test(files_without_sound_are_told),
    };
    return cmocka_run_group_tests(tests, make_clean, end_clean);
}
