/* Integer sets null to digital zero: random jobs, the limiter acting in most of them. The sum of
 * the stems that were written is compared byte by byte with full and me. An argument says how many
 * jobs.
 */
#include "tests/support/render_job.h"

enum { RATE_HZ = 48000, FRAMES = RATE_HZ, FEW_JOBS = 6, MOST_STEMS = 5, SOUNDS = 3 };

typedef struct Random {
    uint64_t state;
} Random;

static int draw(Random *random, int count) {
    random->state = random->state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((random->state >> 33) % (uint64_t)count);
}

static void write_sounds(Bench *bench, Random *random) {
    static const char *const names[SOUNDS] = {"a.wav", "b.wav", "c.wav"};
    double *samples = calloc(FRAMES, sizeof *samples);
    for (int sound = 0; sound < SOUNDS; sound++) {
        const double level = 0.2 + 0.25 * draw(random, 4);
        for (int sample = 0; sample < FRAMES; sample++) {
            const double noise = (double)draw(random, 1 << 20) / (1 << 19) - 1.0;
            samples[sample] = draw(random, 400) == 0 ? 0.99 * noise : level * noise;
        }
        bench_write_wav(bench, names[sound], FLOAT_32, 1, samples, FRAMES);
    }
    free(samples);
}

typedef struct Case {
    const char *text;
    int stem_count, bytes_per_sample, channel_count;
    bool is_music_and_effects; /* a set without the full mix */
} Case;

static const char *add_stems(Bench *bench, Random *random, int stem_count) {
    static const char *const roles[] = {"music", "effects", "ambience", "dialogue"};
    const char *text = "stems:\n  s0: {role: music}\n";
    for (int stem = 1; stem < stem_count; stem++) {
        text = arena_format(bench->arena, "%s  s%d: {role: %s, gain: %d dB}\n", text, stem,
                            roles[draw(random, 4)], draw(random, 7) - 3);
    }
    text = arena_format(bench->arena, "%slayers:\n", text);
    for (int layer = 0; layer < stem_count + 2; layer++) {
        text = arena_format(
            bench->arena,
            "%s  l%d: {file: %c.wav, stem: s%d, gain: %d dB, at: 0.%d s, pan: {az: %d deg}, "
            "send: {hall: %d dB}}\n",
            text, layer, 'a' + draw(random, SOUNDS), layer % stem_count, draw(random, 16) - 9,
            draw(random, 8), draw(random, 360) - 180, draw(random, 20) - 20);
    }
    return text;
}

/* full or me first, then the stems that it is the sum of. */
static const char *list_outputs(Bench *bench, const char *stems, const Case *which) {
    const char *list = which->is_music_and_effects ? "me" : "full, me";
    for (int stem = 0; stem < which->stem_count; stem++) {
        const char *name = arena_format(bench->arena, "s%d: {role: dialogue", stem);
        if (!which->is_music_and_effects || !strstr(stems, name)) {
            list = arena_format(bench->arena, "%s, s%d", list, stem);
        }
    }
    return list;
}

static Case make_case(Bench *bench, Random *random) {
    static const char *const layouts[] = {"2.0", "5.1", "7.1.4", "binaural"};
    static const int channel_counts[] = {2, 6, 12, 2};
    static const char *const bits[] = {"16", "24", "32"};
    static const char *const links[] = {"full", "set"};
    const int layout = draw(random, 4);
    const int depth = draw(random, 3);
    Case made = {.stem_count = 2 + draw(random, MOST_STEMS - 1),
                 .bytes_per_sample = depth + 2,
                 .channel_count = channel_counts[layout],
                 .is_music_and_effects = draw(random, 3) == 0};
    const char *target =
        draw(random, 2) ? arena_format(bench->arena, "target: -%d LKFS, ", 9 + draw(random, 12))
                        : "";
    const char *stems = add_stems(bench, random, made.stem_count);
    made.text = arena_format(
        bench->arena,
        "nocturne: 1\n"
        "project: {title: T, code: T, seed: %d, length: 1 s, tail: 0.%d s}\n"
        "rooms: {hall: {shoebox: {size: [6 m, 8 m, 3 m], t60: 300 ms}}}\n"
        "%sdeliverables: {d: {layout: '%s', bits: %s, stems: [%s], loudness: {%slink: %s}}}\n",
        draw(random, 1000), draw(random, 5), stems, layouts[layout], bits[depth],
        list_outputs(bench, stems, &made), target, links[draw(random, 2)]);
    return made;
}

static int64_t value_at(const uint8_t *bytes, int size) {
    uint64_t value = 0;
    for (int byte = 0; byte < size; byte++) {
        value |= (uint64_t)bytes[byte] << (8 * byte);
    }
    const uint64_t sign = 1ULL << (8 * size - 1);
    return (int64_t)(value ^ sign) - (int64_t)sign;
}

/* The bytes of the data chunk, found by walking the file. */
static const uint8_t *read_data(Bench *bench, int output, size_t *size_bytes) {
    FileBytes file;
    const char *path = bench_output(bench, 0, output, 0);
    bench_must(bench, file_read(path, 1 << 24, NO_PLACE, bench->arena, &file, bench->errors));
    const uint8_t *bytes = (const uint8_t *)file.bytes;
    size_t at = 12;
    while (memcmp(bytes + at, "data", 4) != 0) {
        at += 8 + (size_t)value_at(bytes + at + 4, 4);
        assert_true(at + 8 < file.size_bytes);
    }
    *size_bytes = (size_t)value_at(bytes + at + 4, 4);
    return bytes + at + 8;
}

static bool is_added(const Bench *bench, int output, const char *sum) {
    const MixOutput *asked = &bench->mix->deliverables[0].outputs[output];
    return asked->kind == OUTPUT_STEM &&
           (strcmp(sum, "full") == 0 ||
            strcmp(bench->mix->stems[asked->stem].role, "dialogue") != 0);
}

static void check_sum(Bench *bench, const Case *which, int sum_output) {
    size_t size_bytes = 0;
    const uint8_t *sum = read_data(bench, sum_output, &size_bytes);
    const size_t count = size_bytes / (size_t)which->bytes_per_sample;
    int64_t *total = calloc(count, sizeof *total);
    const MixDeliverable *deliverable = &bench->mix->deliverables[0];
    for (int output = 0; output < deliverable->output_count; output++) {
        if (!is_added(bench, output, deliverable->outputs[sum_output].name)) {
            continue;
        }
        size_t own_bytes = 0;
        const uint8_t *own = read_data(bench, output, &own_bytes);
        assert_int_equal(own_bytes, size_bytes);
        for (size_t value = 0; value < count; value++) {
            total[value] +=
                value_at(own + value * (size_t)which->bytes_per_sample, which->bytes_per_sample);
        }
    }
    uint8_t *added = calloc(1, size_bytes);
    for (size_t value = 0; value < count; value++) {
        for (int byte = 0; byte < which->bytes_per_sample; byte++) {
            added[value * (size_t)which->bytes_per_sample + (size_t)byte] =
                (uint8_t)((uint64_t)total[value] >> (8 * byte));
        }
    }
    if (memcmp(added, sum, size_bytes) != 0) {
        fail_msg("%s is not the sum of its stems in\n%s", deliverable->outputs[sum_output].name,
                 which->text);
    }
    free(total);
    free(added);
}

/* Whether the limiter acted. */
static bool check_job(int number) {
    Bench bench;
    Random random = {.state = (uint64_t)number * 977 + 1};
    bench_open(&bench);
    write_sounds(&bench, &random);
    const Case which = make_case(&bench, &random);
    bench_plan(&bench, which.text, 1 + draw(&random, 3));
    bench_run(&bench, "a");
    check_sum(&bench, &which, 0);
    if (!which.is_music_and_effects) {
        check_sum(&bench, &which, 1);
    }
    const bool acted = !strstr(bench_facts(&bench, 0), "\"max_reduction_db\": 0.0,");
    bench_close(&bench);
    return acted;
}

static void integer_sets_null_to_digital_zero(void **state) {
    const int job_count = *(int *)*state;
    int acted_count = 0;
    for (int job = 0; job < job_count; job++) {
        acted_count += check_job(job);
    }
    print_message("%d jobs, the limiter acted in %d\n", job_count, acted_count);
    assert_true(2 * acted_count > job_count);
}

int main(int argument_count, char **arguments) {
    int job_count = argument_count > 1 ? (int)strtol(arguments[1], NULL, 10) : FEW_JOBS;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(integer_sets_null_to_digital_zero, &job_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
