/* Deliverables that are folded down from others: sample by sample against the written matrices. */
#include <math.h>

#include "tests/support/render_job.h"

#include "spatial/phase_shift.h"

enum { RATE_HZ = 48000, BED_CHANNELS = 6, FRAMES = 3 * RATE_HZ, FADE = 2000 };
/* The last 10 ms of every deliverable are faded (FADE is more). */
static const double a3 = 0.70710678118654752;

typedef struct Sounds { /* what was written */
    const float *samples;
    int channels;
} Sounds;

/* Noise that no two channels share, quiet enough that no limiter acts. */
static void write_bed(Bench *bench, int channels) {
    double *samples = calloc((size_t)FRAMES * (size_t)channels, sizeof *samples);
    uint32_t random = 1;
    for (int64_t value = 0; value < (int64_t)FRAMES * channels; value++) {
        random = random * 1664525U + 1013904223U;
        samples[value] = (float)(0.05 * ((double)random / 4294967296.0 - 0.5));
    }
    bench_write_wav(bench, "bed.wav", FLOAT_32, channels, samples, FRAMES);
    bench_write_wav(bench, "dx.wav", FLOAT_32, 1, samples, FRAMES);
    free(samples);
}

static const char *job_text(Bench *bench, const char *layout, const char *deliverables) {
    return arena_format(bench->arena,
                        "nocturne: 1\n"
                        "project: {title: T, code: T, length: 3 s}\n"
                        "layers:\n"
                        "  dx: {file: dx.wav, stem: dx, gain: -6 dB, pan: {az: 50 deg}}\n"
                        "  mx: {file: bed.wav, stem: mx, layout: '%s'}\n"
                        "deliverables:\n%s",
                        layout, deliverables);
}

static void render(Bench *bench, const char *deliverables, int span_blocks) {
    bench_open(bench);
    write_bed(bench, BED_CHANNELS);
    bench_plan(bench, job_text(bench, "5.1", deliverables), span_blocks);
    bench_run(bench, "a");
}

static Sounds sounds_of(Bench *bench, int deliverable, int output) {
    SoundInfo info;
    Sounds sounds;
    sounds.samples = bench_read(bench, bench_output(bench, deliverable, output, 0), &info);
    sounds.channels = info.channel_count;
    assert_int_equal(info.frame_count, FRAMES);
    return sounds;
}

static double at(const Sounds *sounds, int64_t frame, int channel) {
    return frame < 0 || frame >= FRAMES ? 0.0 : sounds->samples[frame * sounds->channels + channel];
}

/* BS.775-3, annex 4: L + 0.7071 C + 0.7071 Ls, without the LFE. */
static void lo_ro_is_the_matrix_of_bs775_in_every_sample(void **state) {
    (void)state;
    Bench bench;
    render(&bench,
           "  a: {layout: 5.1, bits: 32f, stems: [full, mx]}\n"
           "  b: {layout: 2.0, bits: 32f, from: a, stems: [full, mx]}\n",
           16);
    for (int output = 0; output < 2; output++) {
        const Sounds from = sounds_of(&bench, 0, output);
        const Sounds to = sounds_of(&bench, 1, output);
        for (int64_t frame = 0; frame < FRAMES; frame++) {
            for (int side = 0; side < 2; side++) {
                const double expected = at(&from, frame, side) + a3 * at(&from, frame, 2) +
                                        a3 * at(&from, frame, 4 + side);
                assert_true(fabs(at(&to, frame, side) - expected) < 3e-8);
            }
        }
    }
    bench_close(&bench);
}

/* Naive convolution with the taps; the wait of a linear-phase filter is taken back. */
static void lt_rt_turns_the_surrounds_and_is_not_late(void **state) {
    (void)state;
    Bench bench;
    render(&bench,
           "  a: {layout: 5.1, bits: 32f, stems: [mx]}\n"
           "  b: {layout: 2.0, bits: 32f, from: a, fold: lt-rt, stems: [mx]}\n",
           1);
    const Sounds from = sounds_of(&bench, 0, 0);
    const Sounds to = sounds_of(&bench, 1, 0);
    const int count = phase_shift_tap_count(RATE_HZ);
    double *taps = calloc((size_t)count, sizeof *taps);
    phase_shift_taps(count, taps);
    for (int64_t frame = 0; frame < FRAMES - FADE; frame += 97) {
        double turned = 0.0;
        for (int tap = 0; tap < count; tap++) {
            const int64_t time = frame + phase_shift_delay_samples(count) - tap;
            turned += taps[tap] * (at(&from, time, 4) + at(&from, time, 5));
        }
        for (int side = 0; side < 2; side++) {
            const double straight = at(&from, frame, side) + a3 * at(&from, frame, 2);
            const double expected = straight + (side == 0 ? -a3 : a3) * turned;
            assert_true(fabs(at(&to, frame, side) - expected) < 5e-8);
        }
    }
    free(taps);
    bench_close(&bench);
}

/* A cosine in both surrounds: +90 degrees make it minus a sine, at -3 dB of twice its level. */
static void lt_rt_of_a_tone_leads_by_a_quarter(void **state) {
    (void)state;
    Bench bench;
    const double step_rad = 2.0 * 3.14159265358979323846 * 1000.0 / RATE_HZ;
    double *samples = calloc((size_t)FRAMES * BED_CHANNELS, sizeof *samples);
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        samples[frame * BED_CHANNELS + 4] = 0.1 * cos(step_rad * (double)frame);
        samples[frame * BED_CHANNELS + 5] = 0.1 * cos(step_rad * (double)frame);
    }
    bench_open(&bench);
    bench_write_wav(&bench, "dx.wav", FLOAT_32, 1, samples, FRAMES);
    bench_write_wav(&bench, "bed.wav", FLOAT_32, BED_CHANNELS, samples, FRAMES);
    free(samples);
    bench_plan(&bench,
               job_text(&bench, "5.1",
                        "  a: {layout: 5.1, bits: 32f, stems: [mx]}\n"
                        "  b: {layout: 2.0, bits: 32f, from: a, fold: lt-rt, stems: [mx]}\n"),
               16);
    bench_run(&bench, "a");
    const Sounds to = sounds_of(&bench, 1, 0);
    const double tolerance = 0.2 * a3 * 0.006; /* 0.05 dB */
    for (int64_t frame = RATE_HZ; frame < 2 * RATE_HZ; frame++) {
        const double right = -0.2 * a3 * sin(step_rad * (double)frame);
        assert_true(fabs(at(&to, frame, 1) - right) < tolerance);
        assert_true(fabs(at(&to, frame, 0) + right) < tolerance);
    }
    bench_close(&bench);
}

static void any_cut_gives_the_same_fold(void **state) {
    (void)state;
    static const char *const deliverables =
        "  a: {layout: 5.1, bits: 24, stems: [full, dx]}\n"
        "  b: {layout: 2.0, bits: 24, from: a, fold: lt-rt-pl2, stems: [full, dx, mx],\n"
        "      loudness: {target: -20 LUFS, peak: -6 dBTP, report_only: yes}}\n";
    Bench cut;
    Bench whole;
    render(&cut, deliverables, 1);
    render(&whole, deliverables, 16);
    for (int output = 0; output < 3; output++) {
        const Sounds first = sounds_of(&cut, 1, output);
        const Sounds second = sounds_of(&whole, 1, output);
        assert_memory_equal(first.samples, second.samples,
                            (size_t)FRAMES * 2 * sizeof *first.samples);
    }
    bench_close(&cut);
    bench_close(&whole);
}

/* 24-bit steps: full is dx + mx exactly, with the fold's own gain and limiter acting. */
static void stems_of_a_fold_null_with_its_own_loudness_and_limiter(void **state) {
    (void)state;
    Bench bench;
    render(&bench,
           "  a: {layout: 5.1, bits: 24}\n"
           "  b: {layout: 2.0, bits: 24, from: a, fold: lt-rt, stems: [full, dx, mx, me],\n"
           "      loudness: {target: -14 LUFS, peak: -12 dBTP}}\n",
           16);
    const Sounds full = sounds_of(&bench, 1, 0);
    const Sounds speech = sounds_of(&bench, 1, 1);
    const Sounds music = sounds_of(&bench, 1, 2);
    const Sounds rest = sounds_of(&bench, 1, 3);
    double peak = 0.0;
    double energy = 0.0;
    for (int64_t value = 0; value < (int64_t)FRAMES * 2; value++) {
        assert_true(full.samples[value] == speech.samples[value] + music.samples[value]);
        assert_true(rest.samples[value] == music.samples[value]);
        peak = fmax(peak, fabs((double)full.samples[value]));
        energy += (double)full.samples[value] * full.samples[value];
    }
    assert_true(peak < 0.2512);                      /* -12 dB: the limiter knows the fold */
    assert_true(sqrt(energy / FRAMES / 2.0) > 0.05); /* its own gain: the bed is at 0.014 */
    bench_close(&bench);
}

/* The parts of a stem are folded alike: dry + wet is the whole, and dry is that of the parent. */
static void parts_of_a_stem_are_folded_too(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_bed(&bench, BED_CHANNELS);
    bench_plan(&bench,
               "nocturne: 1\n"
               "project: {title: T, code: T, length: 3 s}\n"
               "rooms: {hall: {shoebox: {size: [9 m, 12 m, 5 m], t60: 1 s}}}\n"
               "layers: {mx: {file: bed.wav, send: {hall: -6 dB}}}\n"
               "deliverables:\n"
               "  a: {layout: 5.1, bits: 24, stems: [mx]}\n"
               "  b: {layout: 2.0, bits: 24, from: a, stems: [mx, mx.dry, mx.wet]}\n"
               "  c: {layout: 2.0, bits: 32f, from: d, stems: [mx]}\n"
               "  d: {layout: 5.1, bits: 32f, stems: [mx]}\n",
               1);
    bench_run(&bench, "a");
    const Sounds whole = sounds_of(&bench, 1, 0);
    const Sounds dry = sounds_of(&bench, 1, 1);
    const Sounds wet = sounds_of(&bench, 1, 2);
    double energy = 0.0;
    for (int64_t value = 0; value < (int64_t)FRAMES * 2; value++) {
        assert_true(whole.samples[value] == dry.samples[value] + wet.samples[value]);
        energy += (double)wet.samples[value] * wet.samples[value];
    }
    assert_true(energy > 0.01);
    const Sounds fine = sounds_of(&bench, 2, 0);
    for (int64_t frame = 0; frame < FRAMES; frame++) {
        assert_true(fabs(at(&fine, frame, 0) - at(&whole, frame, 0)) < 2.1 / 8388608.0);
    }
    bench_close(&bench);
}

static void a_chain_of_folds_is_their_product(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_bed(&bench, 12);
    bench_plan(&bench,
               job_text(&bench, "7.1.4",
                        "  b: {layout: 2.0, bits: 32f, from: m, stems: [mx]}\n"
                        "  m: {layout: 5.1, bits: 32f, from: t, fold: 7.1.4-5.1, stems: [mx]}\n"
                        "  t: {layout: 7.1.4, bits: 32f, stems: [mx], channel_order: itu}\n"),
               16);
    bench_run(&bench, "a");
    const Sounds to = sounds_of(&bench, 0, 0);
    const Sounds from = sounds_of(&bench, 2, 0);
    for (int64_t frame = 0; frame < FRAMES; frame += 7) {
        for (int side = 0; side < 2; side++) { /* L R C LFE Lss Rss Lrs Rrs Ltf Rtf Ltb Rtb */
            const double surround = at(&from, frame, 4 + side) + at(&from, frame, 6 + side) +
                                    at(&from, frame, 10 + side);
            const double expected = at(&from, frame, side) + at(&from, frame, 8 + side) +
                                    a3 * at(&from, frame, 2) + a3 * surround;
            assert_true(fabs(at(&to, frame, side) - expected) < 6e-8);
        }
    }
    assert_int_equal(bench.mix->bus_count, 3);
    bench_close(&bench);
}

/* Gain and delay of real speakers come last, on every stem; a fold starts before them. */
static void speakers_of_a_layout_have_their_gain_and_delay(void **state) {
    (void)state;
    enum { DELAY = 96, SURROUND = 4 };
    Bench bench;
    bench_open(&bench);
    write_bed(&bench, BED_CHANNELS);
    const char *job =
        job_text(&bench, "5.1",
                 "  a: {layout: 5.1, bits: 32f, stems: [mx]}\n"
                 "  b: {layout: hall, bits: 32f, stems: [mx]}\n"
                 "  c: {layout: 2.0, bits: 32f, from: b, stems: [mx]}\n"
                 "  d: {layout: hall, bits: 32f, from: a, stems: [mx]}\n"
                 "layouts: {hall: {base: 5.1, speakers: {L: {gain: -6 dB}, Ls: {delay: 2 ms}}}}\n");
    bench_plan(&bench, job, 1);
    bench_run(&bench, "a");
    const Sounds plain = sounds_of(&bench, 0, 0);
    const Sounds hall = sounds_of(&bench, 1, 0);
    const Sounds folded = sounds_of(&bench, 2, 0);
    const Sounds aligned = sounds_of(&bench, 3, 0);
    for (int64_t frame = 0; frame < FRAMES - FADE; frame++) {
        assert_true(fabs(at(&hall, frame, 0) - 0.501187233627 * at(&plain, frame, 0)) < 1e-8);
        assert_true(at(&hall, frame, 1) == at(&plain, frame, 1));
        assert_true(at(&hall, frame, SURROUND) == at(&plain, frame - DELAY, SURROUND));
        const double left =
            at(&plain, frame, 0) + a3 * at(&plain, frame, 2) + a3 * at(&plain, frame, SURROUND);
        assert_true(fabs(at(&folded, frame, 0) - left) < 3e-8);
        assert_true(at(&aligned, frame, SURROUND) == at(&hall, frame, SURROUND));
    }
    bench_close(&bench);
}

/* 22.2 has two LFE: -3 dB each into the one of 7.1.4. BS.2127-1, 8.4. */
static void the_fold_by_rules_takes_every_channel_along(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    write_bed(&bench, 24);
    bench_plan(&bench,
               job_text(&bench, "22.2",
                        "  a: {layout: 22.2, bits: 32f, stems: [mx]}\n"
                        "  b: {layout: 7.1.4, bits: 32f, from: a, stems: [mx],"
                        " channel_order: itu}\n"),
               16);
    bench_run(&bench, "a");
    const Sounds from = sounds_of(&bench, 0, 0);
    const Sounds to = sounds_of(&bench, 1, 0);
    for (int64_t frame = 0; frame < FRAMES; frame += 11) {
        /* Lw Rw C LFE1 Lrs Rrs L R Cs LFE2 Lss Rss Ltf Rtf Tfc Tc Ltb Rtb Ltm Rtm Tbc Bfc Bfl Bfr
         */
        const double lfe = a3 * (at(&from, frame, 3) + at(&from, frame, 9));
        const double centre = at(&from, frame, 2) + at(&from, frame, 21);
        const double side = at(&from, frame, 10) + a3 * at(&from, frame, 0);
        assert_true(fabs(at(&to, frame, 3) - lfe) < 2e-8);
        assert_true(fabs(at(&to, frame, 2) - centre) < 2e-8);
        assert_true(fabs(at(&to, frame, 4) - side) < 2e-8);
    }
    bench_close(&bench);
}

static Key key_of(const Bench *bench, TaskKind kind, int subject) {
    for (int task = 0; task < bench->plan->task_count; task++) {
        const Task *made = &bench->plan->tasks[task];
        if (made->kind == kind && made->subject == subject) {
            return made->outputs[0];
        }
    }
    return (Key){0};
}

/* The key of a task with these words of the fold and these of the speakers. */
static Key key_with(const char *fold, const char *speakers, TaskKind kind, int subject) {
    Bench bench;
    bench_open(&bench);
    write_bed(&bench, BED_CHANNELS);
    const char *deliverables = arena_format(bench.arena,
                                            "  a: {layout: hall, bits: 32f}\n"
                                            "  b: {layout: 2.0, bits: 32f, from: a, fold: %s}\n"
                                            "layouts: {hall: {base: 5.1, speakers: {%s}}}\n",
                                            fold, speakers);
    bench_plan(&bench, job_text(&bench, "5.1", deliverables), 16);
    const Key key = key_of(&bench, kind, subject);
    bench_close(&bench);
    return key;
}

static void assert_keys(const Key *a, const Key *b, bool are_equal) {
    assert_int_equal(memcmp(a, b, sizeof *a) == 0, are_equal);
}

static void folds_and_speakers_are_in_the_keys_of_what_they_change(void **state) {
    (void)state;
    const Key stem = key_with("lo-ro", "Ls: {az: 110 deg}", TASK_SPATIALIZE, 0);
    const Key same = key_with("lo-ro-6", "Ls: {gain: -1 dB}", TASK_SPATIALIZE, 0);
    const Key moved = key_with("lo-ro", "Ls: {az: 111 deg}", TASK_SPATIALIZE, 0);
    assert_keys(&stem, &same, true); /* rendered once for all gains and folds */
    assert_keys(&stem, &moved, false);
    const Key master = key_with("lo-ro", "Ls: {}", TASK_MASTER, 1);
    const Key other_fold = key_with("lo-ro-6", "Ls: {}", TASK_MASTER, 1);
    const Key turned = key_with("lt-rt", "Ls: {}", TASK_MASTER, 1);
    assert_keys(&master, &other_fold, false);
    assert_keys(&master, &turned, false);
    const Key plain = key_with("lo-ro", "Ls: {}", TASK_MASTER, 0);
    const Key louder = key_with("lo-ro", "Ls: {gain: 1 dB}", TASK_MASTER, 0);
    const Key later = key_with("lo-ro", "Ls: {delay: 1 ms}", TASK_MASTER, 0);
    assert_keys(&plain, &louder, false);
    assert_keys(&plain, &later, false);
}

typedef struct Refusal {
    const char *deliverables;
    Status status;
    const char *words;
} Refusal;

static void folds_that_lead_nowhere_are_refused(void **state) {
    (void)state;
    static const Refusal refusals[] = {
        {"  a: {layout: 2.0, from: b}\n  b: {layout: 2.0, from: a}\n",       E303, "made of itself"},
        {"  a: {layout: 2.0, from: a}\n",                                    E303, "made of itself"},
        {"  a: {layout: 5.1}\n  b: {layout: 2.0, from: c}\n",                E301, "`c`"           },
        {"  a: {layout: 5.1}\n  b: {layout: 2.0, from: a, fold: lo-rq}\n",   E301, "lo-rq"         },
        {"  a: {layout: 5.1}\n  b: {layout: 2.0, fold: lo-ro}\n",            E303, "needs `from`"  },
        {"  a: {layout: 7.1.4}\n  b: {layout: 2.0, from: a, fold: lo-ro}\n", E208,
         "`lo-ro` does not lead from 7.1.4 to 2.0"                                                 },
        {"  a: {layout: 5.1}\n  b: {layout: 7.1.4, from: a}\n",              E208,
         "no fold leads from 5.1 to 7.1.4"                                                         },
        {"  a: {layout: 5.1}\n  b: {layout: 2.0, from: a, decoder: sad}\n",  E208,
         "has the decoder"                                                                         },
        {"  a: {layout: foa}\n  b: {layout: 2.0, from: a}\n",                E208, "no fold leads" },
        {"  a: {layout: 5.1}\n  b: {layout: binaural, from: a}\n",           E208, "no fold leads" },
    };
    for (size_t row = 0; row < sizeof refusals / sizeof *refusals; row++) {
        Bench bench;
        bench_open(&bench);
        const char *text = job_text(&bench, "5.1", refusals[row].deliverables);
        const JobSource source = {
            .path = "job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
        JobSpec *job = NULL;
        assert_int_equal(job_load(&source, bench.arena, &job, bench.errors), refusals[row].status);
        assert_true(errors_first(bench.errors)->place.line >= 7);
        assert_non_null(strstr(errors_first(bench.errors)->message, refusals[row].words));
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lo_ro_is_the_matrix_of_bs775_in_every_sample),
        cmocka_unit_test(lt_rt_turns_the_surrounds_and_is_not_late),
        cmocka_unit_test(lt_rt_of_a_tone_leads_by_a_quarter),
        cmocka_unit_test(any_cut_gives_the_same_fold),
        cmocka_unit_test(stems_of_a_fold_null_with_its_own_loudness_and_limiter),
        cmocka_unit_test(parts_of_a_stem_are_folded_too),
        cmocka_unit_test(a_chain_of_folds_is_their_product),
        cmocka_unit_test(speakers_of_a_layout_have_their_gain_and_delay),
        cmocka_unit_test(the_fold_by_rules_takes_every_channel_along),
        cmocka_unit_test(folds_and_speakers_are_in_the_keys_of_what_they_change),
        cmocka_unit_test(folds_that_lead_nowhere_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
