/* The sums of inputs are kept under the identity of their files, and never believed blindly. */
#include "tests/support/render_job.h"

enum { FRAMES = 4800 };

static const char job_text[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 1 s}\n"
                               "layers: {fx: {file: a.wav}}\n"
                               "deliverables: {o: {layout: 2.0}}\n";

static void write_input(Bench *bench, double level) {
    double samples[FRAMES];
    for (int frame = 0; frame < FRAMES; frame++) {
        samples[frame] = level;
    }
    bench_write_wav(bench, "a.wav", PCM_16, 1, samples, FRAMES);
}

/* What the mix says of the file, which is its sum however it was found. */
static void expect_sum(Bench *bench) {
    const JobSource source = bench_source(bench, job_text);
    JobSpec *job = NULL;
    Sha256Text truth;
    const char *index = path_join(bench->arena, bench->folder, "index");
    bench_must(bench, job_load(&source, bench->arena, &job, bench->errors));
    bench_must(bench, lower_job(job, index, bench->arena, &bench->mix, bench->errors));
    bench_must(bench, file_sha256(path_join(bench->arena, bench->folder, "a.wav"), NO_PLACE, truth,
                                  bench->errors));
    assert_string_equal(bench->mix->files[0].sha256, truth);
}

static const char *only_entry(Bench *bench) {
    const char **names = NULL;
    int count = 0;
    const char *folder = path_join(bench->arena, bench->folder, "index");
    bench_must(bench, folder_list(folder, bench->arena, &names, &count, bench->errors));
    assert_int_equal(count, 1);
    return path_join(bench->arena, folder, names[0]);
}

static void write_entry(const char *path, const char *bytes, size_t size_bytes) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size_bytes, file), size_bytes);
    assert_int_equal(fclose(file), 0);
}

static void a_known_file_is_not_hashed_again(void **state) {
    (void)state;
    Bench bench;
    FileIdentity first;
    FileIdentity second;
    bench_open(&bench);
    write_input(&bench, 0.25);
    expect_sum(&bench);
    const char *entry = only_entry(&bench);
    bench_must(&bench, file_identity(entry, NO_PLACE, &first, bench.errors));
    expect_sum(&bench);
    bench_must(&bench, file_identity(entry, NO_PLACE, &second, bench.errors));
    assert_int_equal(first.inode, second.inode); /* it would have come by rename */
    assert_int_equal(first.changed_ns, second.changed_ns);
    bench_close(&bench);
}

/* Every length and, of the right length, every byte changed: as a loss of power leaves it. */
static void a_damaged_entry_is_made_again(void **state) {
    (void)state;
    Bench bench;
    FileBytes whole;
    FileBytes again;
    bench_open(&bench);
    write_input(&bench, 0.25);
    expect_sum(&bench);
    const char *entry = only_entry(&bench);
    bench_must(&bench, file_read(entry, 1000, NO_PLACE, bench.arena, &whole, bench.errors));
    char *damaged = arena_alloc(bench.arena, whole.size_bytes);
    for (size_t at = 0; at < whole.size_bytes; at += 7) {
        memcpy(damaged, whole.bytes, whole.size_bytes);
        damaged[at] = damaged[at] == '0' ? '1' : '0';
        write_entry(entry, damaged, whole.size_bytes);
        expect_sum(&bench);
        write_entry(entry, whole.bytes, at);
        expect_sum(&bench);
    }
    memset(damaged, 0, whole.size_bytes);
    write_entry(entry, damaged, whole.size_bytes);
    expect_sum(&bench);
    bench_must(&bench, file_read(entry, 1000, NO_PLACE, bench.arena, &again, bench.errors));
    assert_int_equal(again.size_bytes, whole.size_bytes);
    assert_memory_equal(again.bytes, whole.bytes, whole.size_bytes);
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_file_is_not_hashed_again),
        cmocka_unit_test(a_damaged_entry_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
