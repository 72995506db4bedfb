/* After an edit only files that hold something else are written: the others are those of the set
 * before, if they still are what was written. */
#include "rendered_job.h"

#include <sys/stat.h>

enum { SPAN_BLOCKS = 2 };

static const char form[] = "nocturne: 1\n"
                           "project: {title: Kept, code: KPT, length: 2 s}\n"
                           "layers:\n"
                           "  strings: {file: strings.wav, stem: mx, gain: -12 dB}\n"
                           "  wind: {file: wind.wav, stem: fx, gain: %s}\n"
                           "deliverables:\n"
                           "  st: {layout: 2.0, %s, stems: [full, me, mx, fx]}\n";

/* %s: the stem */
static const char published[] = "deliverables/st/KPT_v1_st_%s.wav";
static const char kept_back[] = "previous/st/KPT_v1_st_%s.wav";

static const char *at_peak = "bits: 24";
static const char *at_target = "loudness: {target: -23 LUFS}";

static void render(RenderedJob *job, const char *wind_gain, const char *loudness) {
    assert_int_equal(rendered_run(job, arena_format(job->bench.arena, form, wind_gain, loudness)),
                     0);
}

static RenderedJob *open_job_at(const char *wind_gain, const char *loudness) {
    RenderedJob *job = calloc(1, sizeof *job);
    rendered_open(job, SPAN_BLOCKS);
    rendered_noise(job, "strings.wav", 2.0, 1);
    rendered_noise(job, "wind.wav", 2.0, 2);
    render(job, wind_gain, loudness);
    return job;
}

static RenderedJob *open_job(const char *loudness) {
    return open_job_at("-12 dB", loudness);
}

static void close_job(RenderedJob *job) {
    rendered_close(job);
    free(job);
}

static const char *file_of(RenderedJob *job, const char *place, const char *stem) {
    Arena *arena = job->bench.arena;
    const char *name = strcmp(place, published) == 0 ? arena_format(arena, published, stem)
                                                     : arena_format(arena, kept_back, stem);
    return path_join(arena, job->output, name);
}

static ino_t inode_of(RenderedJob *job, const char *place, const char *stem) {
    struct stat facts;
    assert_int_equal(stat(file_of(job, place, stem), &facts), 0);
    return facts.st_ino;
}

static FileBytes bytes_of(RenderedJob *job, const char *place, const char *stem) {
    FileBytes bytes;
    bench_must(&job->bench, file_read(file_of(job, place, stem), 1 << 24, NO_PLACE,
                                      job->bench.arena, &bytes, job->bench.errors));
    return bytes;
}

static void files_of_other_stems_stay_after_an_edit(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_peak);
    const ino_t music = inode_of(job, published, "mx");
    render(job, "-15 dB", at_peak);
    assert_true(inode_of(job, published, "mx") == music);
    assert_true(inode_of(job, kept_back, "mx") == music);
    RenderedJob *cold = open_job_at("-15 dB", at_peak);
    assert_string_equal(rendered_sums(job), rendered_sums(cold)); /* manifests as well */
    close_job(cold);
    static const char *const changed[] = {"fx", "full", "me"};
    for (size_t stem = 0; stem < sizeof changed / sizeof *changed; stem++) {
        const FileBytes now = bytes_of(job, published, changed[stem]);
        const FileBytes before = bytes_of(job, kept_back, changed[stem]);
        assert_true(now.size_bytes != before.size_bytes ||
                    memcmp(now.bytes, before.bytes, now.size_bytes) != 0);
    }
    close_job(job);
}

static void an_edit_that_is_undone_finds_the_set_before(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_peak);
    const char *sums = rendered_sums(job);
    const ino_t effects = inode_of(job, published, "fx");
    const ino_t full = inode_of(job, published, "full");
    render(job, "-15 dB", at_peak);
    assert_string_not_equal(rendered_sums(job), sums);
    render(job, "-12 dB", at_peak);
    assert_true(inode_of(job, published, "fx") == effects);
    assert_true(inode_of(job, published, "full") == full);
    assert_string_equal(rendered_sums(job), sums);
    close_job(job);
}

/* The target moves the gain, which is in every file. */
static void behind_another_gain_every_file_is_another_one(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_target);
    const ino_t music = inode_of(job, published, "mx");
    render(job, "-15 dB", at_target);
    assert_true(inode_of(job, published, "mx") != music);
    close_job(job);
}

/* The music, though nobody touched it, is another file than before the edit of the wind, and the
 * one that an empty store would bring. */
static void music_changes_with(RenderedJob *job, const char *wind_gain) {
    const FileBytes before = bytes_of(job, published, "mx");
    render(job, wind_gain, at_peak);
    const FileBytes music = bytes_of(job, published, "mx");
    const char *sums = rendered_sums(job);
    assert_int_equal(music.size_bytes, before.size_bytes);
    assert_memory_not_equal(music.bytes, before.bytes, music.size_bytes);
    job->options.store = path_join(job->bench.arena, job->bench.folder, "empty");
    bench_must(&job->bench, folder_remove(job->output, job->bench.errors));
    render(job, wind_gain, at_peak);
    assert_string_equal(rendered_sums(job), sums);
}

/* What the limiter does to the sum it does to every stem. */
static void behind_another_limiter_gain_every_file_is_another_one(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_peak);
    render(job, "18 dB", at_peak);
    music_changes_with(job, "24 dB");
    close_job(job);
}

/* The music ends within the fade, but not at the end: the wind is what has it faded. */
static void behind_a_fade_at_the_end_every_file_is_another_one(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_peak);
    rendered_noise(job, "strings.wav", 1.998, 1);
    rendered_noise(job, "wind.wav", 1.5, 2);
    render(job, "-12 dB", at_peak);
    music_changes_with(job, "-12 dB, at: 0.5 s");
    close_job(job);
}

static void flip_last_byte(const char *path) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, -1, SEEK_END);
    const int byte = fgetc(file);
    fseek(file, -1, SEEK_END);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void a_file_that_was_changed_is_written_again(void **state) {
    (void)state;
    RenderedJob *job = open_job(at_peak);
    const FileBytes music = bytes_of(job, published, "mx");
    flip_last_byte(file_of(job, published, "mx"));
    render(job, "-15 dB", at_peak);
    const FileBytes again = bytes_of(job, published, "mx");
    assert_int_equal(again.size_bytes, music.size_bytes);
    assert_memory_equal(again.bytes, music.bytes, music.size_bytes);
    assert_true(inode_of(job, published, "mx") != inode_of(job, kept_back, "mx"));
    close_job(job);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_other_stems_stay_after_an_edit),
        cmocka_unit_test(an_edit_that_is_undone_finds_the_set_before),
        cmocka_unit_test(behind_another_gain_every_file_is_another_one),
        cmocka_unit_test(behind_another_limiter_gain_every_file_is_another_one),
        cmocka_unit_test(behind_a_fade_at_the_end_every_file_is_another_one),
        cmocka_unit_test(a_file_that_was_changed_is_written_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
