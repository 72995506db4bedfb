/* QC of files that are not as others are: many channels, high rates, no sound at all. */
#include "cluster/qc_job_policy.h"
#include "render/files/sound_text.h"
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

static void a_cut_file_is_told_with_what_is_missing(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    delivery_write_file(&made, &made.full);
    const char *const path = path_join(made.bench.arena, made.bench.folder, made.full.name);
    assert_int_equal(truncate(path, 1000000), 0);
    QcSet *set = delivery_review(&made, made.full.name, &policy);
    const QcFinding *const found = delivery_find(set, QC_READABLE);
    assert_non_null(found);
    assert_int_equal(found->severity, QC_FAIL);
    assert_false(set->first->is_measured);
    assert_non_null(strstr(found->text, "its header promises 288 000 frames, the file has 55 5"));
    qc_set_destroy(&set);
    delivery_close(&made);
}

/* The last frame lacks a byte, and the header knows: no sound may be lost without a word. */
static void half_a_frame_is_told_with_its_byte(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    delivery_write_file(&made, &made.full);
    const char *const path = path_join(made.bench.arena, made.bench.folder, made.full.name);
    const uint32_t data_bytes = DELIVERY_FRAMES * DELIVERY_CHANNELS * 3;
    const uint32_t less_bytes = data_bytes - 2;
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -(long)data_bytes - 4, SEEK_END), 0);
    for (int byte = 0; byte < 4; byte++) {
        fputc((int)(less_bytes >> 8 * byte & 0xFF), file);
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long end = ftell(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(truncate(path, end - 2), 0);
    QcSet *set = delivery_review(&made, made.full.name, &policy);
    const QcFinding *const found = delivery_find(set, QC_DROPPED_BYTES);
    assert_non_null(found);
    assert_int_equal(found->severity, QC_FAIL);
    assert_true(set->first->is_measured);
    assert_int_equal(set->first->numbers.meter.sample_count, DELIVERY_FRAMES - 1);
    const char *const text =
        arena_format(made.bench.arena, "16 bytes from byte %s", sound_count_text(end - 18).text);
    assert_non_null(strstr(found->text, text));
    qc_set_destroy(&set);
    delivery_close(&made);
}

static void float_samples_measure_what_integers_do(void **state) {
    MeterResult of[2];
    for (int is_float = 0; is_float < 2; is_float++) {
        Delivery made;
        delivery_open_copy(&made, *state);
        const QcPolicy policy = qc_policy_default();
        made.full.format = is_float ? FLOAT_32 : PCM_24;
        QcSet *set = review_alone(&made, &policy);
        assert_int_equal(delivery_count_findings(set), 0);
        of[is_float] = set->first->numbers.meter;
        qc_set_destroy(&set);
        delivery_close(&made);
    }
    assert_true(of[0].integrated_lufs == of[1].integrated_lufs);
    assert_true(of[0].true_peak_dbtp == of[1].true_peak_dbtp);
}

/* The numbers are those of the file without it. */
static void a_nan_is_told_with_its_time_and_channel(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    made.full.format = FLOAT_32;
    made.full.planes[4][96000] = NAN;
    QcSet *set = review_alone(&made, &policy);
    const QcFinding *const found = delivery_find(set, QC_NOT_A_NUMBER);
    assert_non_null(found);
    assert_int_equal(found->severity, QC_FAIL);
    assert_int_equal(found->channel, 4);
    assert_true(found->at_s == 2.0 && found->count == 1);
    assert_true(isfinite(set->first->numbers.meter.integrated_lufs));
    qc_set_destroy(&set);
    delivery_close(&made);
}

/* deliverables/sr and deliverables/st: the job's policy, and for one of them its own over it. */
static void a_published_folder_is_held_to_the_policy_of_its_job(void **state) {
    static const char job[] = "policy: {policy: 1, checks: {loudness: {target: -10 LUFS}}}\n"
                              "deliverables:\n"
                              "  sr: {layout: 5.1, policy: {checks: {loudness: off}}}\n"
                              "  st: {layout: 2.0}\n";
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = qc_policy_default();
    const char *const path = path_join(made.bench.arena, made.bench.folder, "job.resolved.yaml");
    delivery_write(&made);
    bench_must(&made.bench, file_write_atomically(path, job, sizeof job - 1, made.bench.errors));
    QcSet *set = qc_set_create(made.bench.arena);
    bench_must(&made.bench, qc_set_add(set, made.bench.folder, NULL, made.bench.errors));
    bench_must(&made.bench, qc_job_policies_read(set, made.bench.errors));
    qc_review_run(&(QcReview){
        .set = set, .policy = &policy, .arena = made.bench.arena, .errors = made.bench.errors});
    int count = 0;
    for (const QcItem *item = set->first; item; item = item->next) {
        const bool is_stereo = item->programme.layout->channel_count == 2;
        const QcFinding *const found = item->findings->first;
        assert_true(is_stereo ? found && found->check == QC_LOUDNESS : !found);
        count++;
    }
    assert_int_equal(count, 5);
    assert_int_equal(
        file_write_atomically(path, "policy: {checks: {x: 1}}\n", 25, made.bench.errors), DONE);
    assert_int_equal(qc_job_policies_read(set, made.bench.errors), E202);
    qc_set_destroy(&set);
    delivery_close(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_and_twenty_eight_channels_are_measured),
        cmocka_unit_test(a_file_of_192_khz_is_measured),
        cmocka_unit_test(files_without_sound_are_told),
        cmocka_unit_test(a_cut_file_is_told_with_what_is_missing),
        cmocka_unit_test(half_a_frame_is_told_with_its_byte),
        cmocka_unit_test(float_samples_measure_what_integers_do),
        cmocka_unit_test(a_published_folder_is_held_to_the_policy_of_its_job),
        cmocka_unit_test(a_nan_is_told_with_its_time_and_channel),
    };
    return cmocka_run_group_tests(tests, delivery_make_clean, delivery_end_clean);
}
