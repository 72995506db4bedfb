/* Impulse responses that are long, wide, fast, empty or too much for the memory they are given. */
#include "tests/support/render_job.h"

#include <math.h>
#include <sys/resource.h>

#include "jobs/room_spectra.h"
#include "render/base/arena.h"
#include "tests/support/taken_response.h"

enum { RATE_HZ = 48000, CLICK_AT = 100 };

static Bench *open_bench(Bench *bench) {
    bench_open(bench);
    double *click = calloc(RATE_HZ / 2, sizeof *click);
    click[CLICK_AT] = 0.5;
    bench_write_wav(bench, "c.wav", FLOAT_32, 1, click, RATE_HZ / 2);
    free(click);
    return bench;
}

static void put(FILE *file, uint32_t value, size_t size_bytes) {
    assert_int_equal(fwrite(&value, 1, size_bytes, file), size_bytes); /* little endian machines */
}

/* `i.wav`, 16 bits: channel c is 0.5 at sample `first` + 10 c of `frames`. */
static void
write_response(Bench *bench, int channels, int64_t first, int64_t frames, uint32_t rate_hz) {
    const uint32_t frame_bytes = 2 * (uint32_t)channels;
    const uint32_t size_bytes = (uint32_t)frames * frame_bytes;
    FILE *file = fopen(path_join(bench->arena, bench->folder, "i.wav"), "wb");
    assert_non_null(file);
    fputs("RIFF", file);
    put(file, 36 + size_bytes, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 1, 2); /* PCM */
    put(file, (uint32_t)channels, 2);
    put(file, rate_hz, 4);
    put(file, rate_hz * frame_bytes, 4);
    put(file, frame_bytes, 2);
    put(file, 16, 2);
    fputs("data", file);
    put(file, size_bytes, 4);
    int16_t *samples = calloc((size_t)(frames * channels) + 1, sizeof *samples);
    for (int channel = 0; channel < channels && first + 10 * channel < frames; channel++) {
        samples[(first + 10 * channel) * channels + channel] = 16384;
    }
    fwrite(samples, frame_bytes, (size_t)frames, file);
    free(samples);
    fclose(file);
}

static const char *job_of(const Bench *bench, const char *room, const char *layout) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 1 s}\n"
                        "rooms: {r: {ir: i.wav, normalise: no, %s}}\n"
                        "layers: {dx: {file: c.wav, send: {r: 0}}}\n"
                        "deliverables: {a: {layout: %s, bits: 32f, stems: [dx.wet]}}\n",
                        room, layout);
}

static const float *render(Bench *bench, const char *job, const char *name) {
    SoundInfo info;
    bench_plan(bench, job, 16);
    bench_run(bench, name);
    return bench_read(bench, bench_output(bench, 0, 0, 0), &info);
}

/* Loads and lowers; the first thing that is wrong with it. */
static const ErrorEntry *refusal(Bench *bench, const char *job) {
    const JobSource source = bench_source(bench, job);
    JobSpec *spec = NULL;
    ErrorList *errors = errors_create(bench->arena);
    bench_must(bench, job_load(&source, bench->arena, &spec, errors));
    assert_int_not_equal(lower_job(spec, NULL, bench->arena, &bench->mix, errors), DONE);
    return errors_first(errors);
}

/* The task of the response fails; the message that it fails with. */
static const ErrorEntry *failure(Bench *bench, const char *job) {
    TakenResponse taken = {.arena = bench->arena};
    const ResponseTaker taker = taken_response_taker(&taken);
    ErrorList *errors = errors_create(bench->arena);
    bench_plan(bench, job, 16);
    assert_int_not_equal(
        bench->mix->room_impulse(bench->mix, &(RoomInBus){0, 0, NULL}, &taker, errors), DONE);
    return errors_first(errors);
}

static void a_response_longer_than_the_programme_sounds_up_to_its_end(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 1, 2 * RATE_HZ, 3 * RATE_HZ, RATE_HZ);
    const float *silent = render(&bench, job_of(&bench, "layout: 1.0", "1.0"), "late");
    for (int sample = 0; sample < RATE_HZ; sample++) {
        assert_true(silent[sample] == 0.0F);
    }
    write_response(&bench, 1, RATE_HZ / 2, 3 * RATE_HZ, RATE_HZ);
    const float *heard = render(&bench, job_of(&bench, "layout: 1.0", "1.0"), "early");
    for (int sample = 0; sample < RATE_HZ; sample++) {
        const double expected = sample == CLICK_AT + RATE_HZ / 2 ? 0.25 : 0.0;
        assert_true(fabs((double)heard[sample] - expected) < 1e-6);
    }
    bench_close(&bench);
}

static void a_response_without_samples_is_refused(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 1, 0, 0, RATE_HZ);
    const ErrorEntry *entry = refusal(&bench, job_of(&bench, "layout: 1.0", "1.0"));
    assert_int_equal(entry->status, E414);
    assert_non_null(strstr(entry->message, "i.wav"));
    assert_int_equal(entry->place.line, 3);
    bench_close(&bench);
}

static void a_response_of_zeros_is_refused(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 1, 50, 50, RATE_HZ);
    const ErrorEntry *entry = failure(&bench, job_of(&bench, "layout: 1.0", "1.0"));
    assert_int_equal(entry->status, E422);
    assert_string_equal(entry->message, "the impulse response `i.wav` is silent");
    assert_int_equal(entry->place.line, 3);
    bench_close(&bench);
}

static void a_response_that_is_not_a_number_is_refused(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    static const double values[] = {0.5, NAN, 0.25};
    bench_write_wav(&bench, "i.wav", FLOAT_32, 1, values, 3);
    const ErrorEntry *entry = failure(&bench, job_of(&bench, "layout: 1.0", "1.0"));
    assert_int_equal(entry->status, E417);
    assert_non_null(strstr(entry->message, "NaN"));
    bench_close(&bench);
}

static void sixty_four_channels_are_read_and_one_more_is_refused(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 65, 0, 700, RATE_HZ);
    const ErrorEntry *entry = refusal(&bench, job_of(&bench, "layout: hoa3", "1.0"));
    assert_int_equal(entry->status, E415);
    assert_non_null(strstr(entry->message, "65 channels, more than 64"));
    write_response(&bench, 64, 0, 700, RATE_HZ);
    entry = refusal(&bench, job_of(&bench, "layout: hoa3", "1.0"));
    assert_int_equal(entry->status, E415);
    assert_non_null(strstr(entry->message, "64 channels, hoa3 needs 16"));
    bench_close(&bench);
}

/* Resampled, the pulse keeps its place and its sum. */
static void a_response_at_192_khz_keeps_its_time_and_level(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 1, 4 * 2000, 4 * 5000, 4 * RATE_HZ);
    const float *heard =
        render(&bench, job_of(&bench, "layout: 1.0, truncate: -120 dB", "1.0"), "fast");
    double sum = 0.0;
    int loudest = 0;
    for (int sample = 0; sample < RATE_HZ; sample++) {
        sum += (double)heard[sample];
        loudest = fabsf(heard[sample]) > fabsf(heard[loudest]) ? sample : loudest;
    }
    assert_int_equal(loudest, CLICK_AT + 2000);
    assert_true(fabs(sum - 0.25) < 1e-3); /* 0.5 * 0.5: gain at 0 Hz */
    bench_close(&bench);
}

/* At a low rate, so that the test stays small: the limit is of time. */
static void sixty_seconds_are_read_and_a_sample_more_is_refused(void **state) {
    (void)state;
    enum { LOW_HZ = 8000 };
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 1, LOW_HZ / 4, 60 * LOW_HZ, LOW_HZ);
    const float *heard = render(&bench, job_of(&bench, "layout: 1.0", "1.0"), "long");
    int loudest = 0;
    for (int sample = 0; sample < RATE_HZ; sample++) {
        loudest = fabsf(heard[sample]) > fabsf(heard[loudest]) ? sample : loudest;
    }
    assert_int_equal(loudest, CLICK_AT + RATE_HZ / 4);
    write_response(&bench, 1, 0, 60 * LOW_HZ + 1, LOW_HZ);
    const ErrorEntry *entry = refusal(&bench, job_of(&bench, "layout: 1.0", "1.0"));
    assert_int_equal(entry->status, E424);
    assert_non_null(strstr(entry->message, "lasts 60.0 s, an impulse response at most 60 s"));
    bench_close(&bench);
}

/* Read in pieces, and kept once: twice the samples and a little are enough. */
static void a_wide_response_takes_no_more_memory_than_its_samples(void **state) {
    (void)state;
    enum { CHANNELS = 16, FRAMES = 100000 };
    Bench bench;
    open_bench(&bench);
    write_response(&bench, CHANNELS, 0, FRAMES, RATE_HZ);
    bench_plan(&bench, job_of(&bench, "layout: hoa3, input: mono", "hoa3"), 16);
    Arena *arena = arena_create();
    AudioBlock block;
    bench_must(&bench, bench.mix->impulse_read(&bench.mix->files[bench.mix->rooms[0].file],
                                               CHANNELS, RATE_HZ, arena, &block, bench.errors));
    assert_true(arena_size_bytes(arena) < sizeof(float) * CHANNELS * FRAMES * 5 / 4);
    arena_destroy(&arena);
    bench_close(&bench);
}

/* ---- memory ---- */

static Status
begin_and_forget(void *context, int channel_count, int64_t sample_count, ErrorList *errors) {
    int64_t *left = context;
    (void)errors;
    assert_int_equal(channel_count, 16 * 12);
    assert_true(sample_count > 3 * RATE_HZ - 160);
    *left = sample_count;
    return DONE;
}

static Status take_and_forget(void *context, float *const *rows, int64_t count, ErrorList *errors) {
    int64_t *left = context;
    (void)rows;
    (void)errors;
    *left -= count;
    return DONE;
}

static int64_t peak_bytes(void) {
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (int64_t)usage.ru_maxrss * 1024;
}

/* 16 inputs to 12 channels over 3 s: whole, all rows would be 111 MB. First of the tests, so that
 * no other has had its peak before. */
static void a_wide_response_is_made_in_little_memory(void **state) {
    (void)state;
    Bench bench;
    open_bench(&bench);
    write_response(&bench, 16, 3 * RATE_HZ - 160, 3 * RATE_HZ, RATE_HZ);
    bench_plan(&bench, job_of(&bench, "layout: hoa3, truncate: -140 dB", "7.1.4"), 16);
    int64_t left = 1;
    const ResponseTaker taker = {begin_and_forget, take_and_forget, &left};
    const int64_t before = peak_bytes();
    bench_must(&bench,
               bench.mix->room_impulse(bench.mix, &(RoomInBus){0, 0, NULL}, &taker, bench.errors));
    assert_int_equal(left, 0);
    assert_true(peak_bytes() - before < 40000000);
    bench_close(&bench);
}

static Status check_spectra(Bench *bench, int64_t limit_bytes, const ErrorEntry **first) {
    ErrorList *errors = errors_create(bench->arena);
    const Status status = room_spectra_check(bench->mix, bench->plan, limit_bytes, errors);
    *first = errors_first(errors);
    return status;
}

/* 1 s: S = 8192, 6 partitions; a pair takes 6 * 8193 * 16 bytes = 0.79 MB, 7.1.4 six of them. */
static void spectra_beyond_the_memory_are_foretold(void **state) {
    (void)state;
    Bench bench;
    const ErrorEntry *first = NULL;
    open_bench(&bench);
    write_response(&bench, 1, 0, RATE_HZ, RATE_HZ);
    bench_plan(&bench, job_of(&bench, "layout: 1.0", "7.1.4"), 16);
    assert_int_equal(check_spectra(&bench, 5000000, &first), DONE);
    assert_null(first);
    assert_int_equal(check_spectra(&bench, 2000000, &first), DONE);
    assert_int_equal(first->status, E515);
    assert_string_equal(first->message,
                        "the spectra of room `r` take up to 4.7 MB, more than the 2.0 MB they are "
                        "given: made in 3 parts, which takes longer and changes no sample");
    assert_int_equal(first->place.line, 3);
    assert_int_equal(check_spectra(&bench, 700000, &first), E515);
    assert_string_equal(first->message,
                        "two channels of room `r` take 0.8 MB of spectra (1.0 s at 48000 Hz), more "
                        "than the 0.7 MB they are given");
    bench_close(&bench);
}

/* 16 inputs to 12 channels: a chunk of 192 rows takes 25.2 MB; sends of 30 s take 92 MB. */
static void wide_responses_beyond_the_memory_are_foretold(void **state) {
    (void)state;
    Bench bench;
    const ErrorEntry *first = NULL;
    open_bench(&bench);
    write_response(&bench, 16, 0, RATE_HZ, RATE_HZ);
    bench_plan(&bench, job_of(&bench, "layout: hoa3", "7.1.4"), 16);
    assert_int_equal(check_spectra(&bench, 30000000, &first), DONE);
    assert_null(first);
    assert_int_equal(check_spectra(&bench, 20000000, &first), DONE);
    assert_int_equal(first->status, E515);
    assert_string_equal(first->message,
                        "making room `r` for 7.1.4 takes up to 25.2 MB for a while, more than the "
                        "20.0 MB its spectra are given: 16 inputs to 12 channels");
    bench_plan(&bench, job_of(&bench, "layout: hoa3, input: mono", "7.1.4"), 16);
    assert_int_equal(check_spectra(&bench, 20000000, &first), DONE);
    assert_null(first);
    write_response(&bench, 16, 0, 30 * RATE_HZ / 6, RATE_HZ / 6);
    bench_plan(&bench, job_of(&bench, "layout: hoa3", "1.0"), 16);
    assert_int_equal(check_spectra(&bench, 93000000, &first), DONE);
    assert_null(first);
    assert_int_equal(check_spectra(&bench, 92000000, &first), DONE);
    assert_string_equal(first->message,
                        "what is sent to room `r` takes up to 92.2 MB, more than the 92.0 MB its "
                        "spectra are given: 30.0 s for 16 inputs");
    bench_close(&bench);
}

/* One input for all channels, and every channel an input of its own. */
static void a_room_in_parts_has_the_same_samples(void **state) {
    (void)state;
    static const struct {
        const char *name, *room;
        int channels;
    } rooms[] = {
        {"mono",   "layout: 5.1, input: mono",        6},
        {"panned", "layout: 5.1",                     6},
        {"true",   "layout: 2.0, input: true-stereo", 4}
    };
    for (size_t row = 0; row < sizeof rooms / sizeof *rooms; row++) {
        Bench bench;
        open_bench(&bench);
        write_response(&bench, rooms[row].channels, 1000, RATE_HZ, RATE_HZ);
        const char *job = job_of(&bench, rooms[row].room, "5.1");
        const float *whole = render(&bench, job, rooms[row].name);
        bench.workplace.spectra_limit_bytes = 1000000; /* a pair, not two */
        const float *parts =
            render(&bench, job, arena_format(bench.arena, "%s-parts", rooms[row].name));
        assert_memory_equal(whole, parts, sizeof(float) * RATE_HZ * 6);
        bool sounds = false;
        for (int value = 0; value < RATE_HZ * 6; value++) {
            sounds = sounds || whole[value] != 0.0F;
        }
        assert_true(sounds);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_response_is_made_in_little_memory),
        cmocka_unit_test(a_response_longer_than_the_programme_sounds_up_to_its_end),
        cmocka_unit_test(a_response_without_samples_is_refused),
        cmocka_unit_test(a_response_of_zeros_is_refused),
        cmocka_unit_test(a_response_that_is_not_a_number_is_refused),
        cmocka_unit_test(sixty_four_channels_are_read_and_one_more_is_refused),
        cmocka_unit_test(a_response_at_192_khz_keeps_its_time_and_level),
        cmocka_unit_test(sixty_seconds_are_read_and_a_sample_more_is_refused),
        cmocka_unit_test(a_wide_response_takes_no_more_memory_than_its_samples),
        cmocka_unit_test(spectra_beyond_the_memory_are_foretold),
        cmocka_unit_test(wide_responses_beyond_the_memory_are_foretold),
        cmocka_unit_test(a_room_in_parts_has_the_same_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
