/* What delivered files say about themselves, read back byte by byte. */
#include "tests/support/render_job.h"

#include <math.h>

enum { RATE_HZ = 48000, SECONDS = 5, FRAMES = SECONDS * RATE_HZ };

static void write_tone(Bench *bench) {
    double *samples = calloc(FRAMES, sizeof *samples);
    for (int sample = 0; sample < FRAMES; sample++) {
        samples[sample] = 0.1 * sin(2.0 * 3.14159265358979323846 * 997.0 * sample / RATE_HZ);
    }
    bench_write_wav(bench, "tone.wav", FLOAT_32, 1, samples, FRAMES);
    free(samples);
}

static const char form[] =
    "nocturne: 1\n"
    "project: {title: \"Night & <Day>\", code: T, length: 5 s, version: 3, reel: r2, %s\n"
    "          start: \"01:00:00:00\", frame_rate: 23.976}\n"
    "markers: {door: 2 s, late: 5.5 s, bang: 1 s}\n"
    "scenes: {sc1: {in: 0 s, out: 3 s}, sc2: {in: 3 s, out: 5 s}}\n"
    "cues: {1m1: {in: 0 s, out: 5 s, title: Arrival, intent: restraint until the door}}\n"
    "layers: {mx: {file: tone.wav, layout: 1.0, pan: {az: 30 deg}}}\n"
    "deliverables: {a: {layout: 2.0, bits: 24, stems: [full, mx]},\n"
    "               b: {layout: 2.0, bits: 24, split: mono}}\n";

/* The contents of a chunk and its size, or NULL. */
static const unsigned char *find_chunk(const FileBytes *file, const char *id, size_t *size_bytes) {
    const unsigned char *bytes = (const unsigned char *)file->bytes;
    for (size_t at = 12; at + 8 <= file->size_bytes;) {
        const size_t size = bytes[at + 4] | (size_t)bytes[at + 5] << 8 |
                            (size_t)bytes[at + 6] << 16 | (size_t)bytes[at + 7] << 24;
        if (memcmp(bytes + at, id, 4) == 0) {
            *size_bytes = size;
            return bytes + at + 8;
        }
        at += 8 + size + size % 2;
    }
    return NULL;
}

static FileBytes read_output(Bench *bench, int deliverable, int output, int file) {
    FileBytes bytes;
    bench_must(bench, file_read(bench_output(bench, deliverable, output, file), 1 << 24, NO_PLACE,
                                bench->arena, &bytes, bench->errors));
    return bytes;
}

static double hundredth(const unsigned char *word) {
    return (double)(int16_t)(word[0] | word[1] << 8) / 100.0;
}

static void render(Bench *bench, const char *more, const char *name) {
    bench_plan(bench, arena_format(bench->arena, form, more), 1);
    bench_run(bench, name);
}

/* BS.1770: a 997 Hz sine of -20 dBFS in one channel of weight 1 measures -23.0 LUFS; a steady tone
 * has no range, and its true peak is its amplitude. */
static void bext_holds_what_the_file_measures(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_tone(&bench);
    render(&bench, "", "one");
    for (int output = 0; output < 2; output++) {
        size_t size_bytes = 0;
        const FileBytes file = read_output(&bench, 0, output, 0);
        const unsigned char *bext = find_chunk(&file, "bext", &size_bytes);
        assert_non_null(bext);
        assert_true(fabs(hundredth(bext + 412) - -23.01) <= 0.03);
        assert_true(hundredth(bext + 414) <= 0.02);
        assert_true(fabs(hundredth(bext + 416) - -20.0) <= 0.1); /* the begin rings a little */
        assert_true(fabs(hundredth(bext + 418) - -23.01) <= 0.03);
        assert_true(fabs(hundredth(bext + 420) - -23.01) <= 0.03);
        /* 01:00:00:00 at 24000/1001: 86400 frames of 2002 samples */
        uint64_t reference = 0;
        memcpy(&reference, bext + 338, sizeof reference);
        assert_int_equal(reference, 172972800);
        assert_string_equal((const char *)bext + 602,
                            "A=PCM,F=48000,W=24,M=stereo,T=nocturne; TPDF dither\r\n");
        assert_int_equal(bext[320], 0); /* no date */
        assert_int_not_equal(bext[288], 0);
        assert_int_equal(bext[348], 0x06);
    }
    size_t size_bytes = 0;
    const FileBytes one = read_output(&bench, 1, 0, 1);
    const unsigned char *bext = find_chunk(&one, "bext", &size_bytes);
    for (int value = 0; value < 5; value++) { /* one channel of two measures nothing */
        assert_int_equal(bext[412 + 2 * value], 0xFF);
        assert_int_equal(bext[413 + 2 * value], 0x7F);
    }
    bench_close(&bench);
}

static void ixml_tells_tracks_scenes_and_intent(void **state) {
    (void)state;
    static const char *const parts[] = {
        "<PROJECT>Night &amp; &lt;Day&gt;</PROJECT>",
        "<SCENE>sc1 sc2</SCENE>",
        "<TAKE>3</TAKE>",
        "<TAPE>r2</TAPE>",
        "<NOTE>1m1 Arrival: restraint until the door</NOTE>",
        "<TIMECODE_RATE>24000/1001</TIMECODE_RATE>",
        "<TIMECODE_FLAG>NDF</TIMECODE_FLAG>",
        "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>172972800</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>",
        "<TRACK_COUNT>2</TRACK_COUNT>",
        "<INTERLEAVE_INDEX>2</INTERLEAVE_INDEX>\n<NAME>mx R</NAME>\n<FUNCTION>R</FUNCTION>",
    };
    Bench bench;
    bench_open(&bench);
    write_tone(&bench);
    render(&bench, "", "one");
    size_t size_bytes = 0;
    const FileBytes file = read_output(&bench, 0, 1, 0);
    const char *ixml = (const char *)find_chunk(&file, "iXML", &size_bytes);
    assert_non_null(ixml);
    const char *text = arena_format(bench.arena, "%.*s", (int)size_bytes, ixml);
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        assert_non_null(strstr(text, parts[part]));
    }
    bench_close(&bench);
}

/* Those inside the file, in the order of time. */
static void markers_become_cue_points(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_tone(&bench);
    render(&bench, "", "one");
    size_t size_bytes = 0;
    const FileBytes file = read_output(&bench, 0, 0, 0);
    const unsigned char *cue = find_chunk(&file, "cue ", &size_bytes);
    assert_non_null(cue);
    assert_int_equal(size_bytes, 4 + 2 * 24);
    uint32_t at[2];
    memcpy(&at[0], cue + 4 + 20, sizeof *at);
    memcpy(&at[1], cue + 4 + 24 + 20, sizeof *at);
    assert_int_equal(at[0], 48000);
    assert_int_equal(at[1], 96000);
    const unsigned char *list = find_chunk(&file, "LIST", &size_bytes);
    assert_string_equal((const char *)list + 16, "bang");
    bench_close(&bench);
}

/* The key of a file that tells something else is another one. */
static void another_tail_of_the_story_is_another_file(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_tone(&bench);
    render(&bench, "", "one");
    const FileBytes first = read_output(&bench, 0, 0, 0);
    render(&bench, "", "two");
    const FileBytes again = read_output(&bench, 0, 0, 0);
    assert_int_equal(first.size_bytes, again.size_bytes);
    assert_memory_equal(first.bytes, again.bytes, first.size_bytes);
    const Key key = bench.plan->tasks[bench.plan->encode_tasks[0]].outputs[0];
    static const char *const changes[][2] = {
        {"door: 2 s",            "door: 3 s"          },
        {"restraint until",      "none before"        },
        {"out: 3 s}, sc2",       "out: 2 s}, sc2"     },
        {"version: 3, reel: r2", "version: 4, reel: r"},
    };
    for (int change = 0; change < 4; change++) {
        char *text = arena_format(bench.arena, form, "");
        char *from = strstr(text, changes[change][0]);
        assert_non_null(from);
        memcpy(from, changes[change][1], strlen(changes[change][1]));
        memset(from + strlen(changes[change][1]), ' ',
               strlen(changes[change][0]) - strlen(changes[change][1]));
        bench_plan(&bench, text, 1);
        const Key other = bench.plan->tasks[bench.plan->encode_tasks[0]].outputs[0];
        assert_false(key_equal(key, other));
    }
    bench_close(&bench);
}

/* ---- clipped samples ---- */

enum { LOUD_SAMPLES = 300 };

/* One sample in 800 leaves the range. */
static void write_hot(Bench *bench) {
    double *samples = calloc(FRAMES, sizeof *samples);
    for (int sample = 0; sample < LOUD_SAMPLES; sample++) {
        samples[FRAMES / LOUD_SAMPLES * sample] = sample % 2 ? 1.5 : -1.5;
    }
    bench_write_wav(bench, "hot.wav", FLOAT_32, 1, samples, FRAMES);
    free(samples);
}

/* Both stems leave the range where their sum is silence; each is quantized for its own file and
 * for those of the sums. */
static void a_clipped_sample_of_a_stem_is_counted_once(void **state) {
    (void)state;
    static const char text[] =
        "nocturne: 1\n"
        "project: {title: T, code: T, length: 5 s}\n"
        "layers: {up: {file: hot.wav, stem: mx}, down: {file: hot.wav, stem: fx, invert: yes}}\n"
        "deliverables: {a: {layout: 1.0, bits: 24, stems: [full, me, mx, fx]}}\n";
    Bench bench;
    bench_open(&bench);
    write_hot(&bench);
    bench_plan(&bench, text, 1);
    bench_run(&bench, "one");
    const char *clipped = strstr(bench_facts(&bench, 0), "\"clipped_samples\": ");
    assert_non_null(clipped);
    assert_int_equal(atoi(clipped + strlen("\"clipped_samples\": ")), 2 * LOUD_SAMPLES);
    bench_close(&bench);
}

/* ---- what lies there is what was written ---- */

static void flip_byte(const char *path, long offset) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, offset, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

static Status meter_again(Bench *bench, int deliverable) {
    Arena *scratch = arena_create();
    const Status status =
        run_task(bench->mix, bench->plan, bench->plan->meter_tasks[deliverable][0],
                 &bench->workplace, scratch, bench->errors);
    arena_destroy(&scratch);
    return status;
}

/* In the middle of the header's texts, in a sample that changes by one step, and behind both. */
static void metering_finds_a_bit_that_changed_behind_writing(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_tone(&bench);
    render(&bench, "", "a");
    for (int deliverable = 0; deliverable < 2; deliverable++) {
        const char *path = bench_output(&bench, deliverable, 0, deliverable);
        const FileBytes file = read_output(&bench, deliverable, 0, deliverable);
        const long offsets[] = {40, (long)file.size_bytes - 3 * 2 * RATE_HZ};
        const char *facts = bench_facts(&bench, deliverable);
        for (size_t place = 0; place < sizeof offsets / sizeof *offsets; place++) {
            flip_byte(path, offsets[place]);
            assert_int_equal(meter_again(&bench, deliverable), E509);
            flip_byte(path, offsets[place]);
        }
        assert_int_equal(meter_again(&bench, deliverable), DONE);
        assert_string_equal(bench_facts(&bench, deliverable), facts);
        Sha256Text sha256;
        bench_must(&bench, file_sha256(path, NO_PLACE, sha256, bench.errors));
        assert_non_null(strstr(facts, sha256));
        assert_null(strstr(facts, "seal"));
    }
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bext_holds_what_the_file_measures),
        cmocka_unit_test(ixml_tells_tracks_scenes_and_intent),
        cmocka_unit_test(markers_become_cue_points),
        cmocka_unit_test(another_tail_of_the_story_is_another_file),
        cmocka_unit_test(a_clipped_sample_of_a_stem_is_counted_once),
        cmocka_unit_test(metering_finds_a_bit_that_changed_behind_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
