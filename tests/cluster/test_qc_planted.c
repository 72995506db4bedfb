/* Every check finds the fault that is planted for it, and nothing in what is clean. */
#include "tests/support/qc_delivery.h"

#include <jansson.h>
#include <math.h>

#include "jobs/qc_policy.h"
#include "tests/support/qc_header_faults.h"

typedef struct Plant {
    QcCheck check;
    const char *checks; /* of the policy, "": by default */
    void (*spoil)(Delivery *made);
    void (*damage)(const char *path); /* of the file that was written, or NULL */
    bool is_delivery;                 /* else the 5.1 mix alone, as a file made elsewhere */
    int channel;                      /* of the finding, -1: of none */
} Plant;

/* ---- faults ---- */

static void spoil_nothing(Delivery *made) {
    (void)made;
}

static void truncate_file(const char *path) {
    assert_int_equal(truncate(path, 1000000), 0);
}

static void make_eleven_channels(Delivery *made) {
    made->full.channel_count = 11;
    for (int channel = DELIVERY_CHANNELS; channel < 11; channel++) {
        delivery_fill(made->full.planes[channel], 31U + (uint32_t)channel, 0.02, 0.2);
    }
}

static void make_two_channels(Delivery *made) {
    made->full.channel_count = 2;
}

static void call_it_44100(Delivery *made) {
    made->full.rate_hz = 44100;
}

static void make_16_bits(Delivery *made) {
    made->full.format = PCM_16;
}

static void clear_low_bits(Delivery *made) {
    for (int channel = 0; channel < DELIVERY_CHANNELS; channel++) {
        for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
            made->full.planes[channel][at] =
                rintf(made->full.planes[channel][at] * 0x1p15F) * 0x1p-15F;
        }
    }
}

static void drop_a_sample(Delivery *made) {
    made->full.frame_count--;
}

static void make_louder(Delivery *made) {
    delivery_scale(made, 2.0, 0, DELIVERY_FRAMES);
}

static void make_half_of_it_soft(Delivery *made) {
    delivery_scale(made, 0.06, DELIVERY_FRAMES / 2, DELIVERY_FRAMES);
}

static void make_a_burst(Delivery *made) {
    delivery_scale(made, 3.0, 48000, 72000);
}

static void
add_tone(float *samples, double frequency_hz, double level, int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at++) {
        samples[at] +=
            (float)(level * exact_sin(6.283185307179586 * frequency_hz * (double)at / 48e3 + 0.7));
    }
}

static void raise_the_peak(Delivery *made) {
    delivery_scale(made, 0.2, 0, DELIVERY_FRAMES);
    add_tone(made->full.planes[1], 997.0, 0.93, 96000, 100000);
}

static void clip(Delivery *made) {
    for (int64_t at = 70000; at < 70006; at++) {
        made->full.planes[4][at] = 8388607.0F / 8388608.0F;
    }
}

static void write_a_nan(Delivery *made) {
    made->full.format = FLOAT_32;
    made->full.planes[2][123456] = NAN;
}

static void add_an_offset(Delivery *made) {
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        made->full.planes[5][at] += 0.004F;
    }
}

static void click(Delivery *made) {
    made->full.planes[0][150001] += 0.5F;
}

static void drop_out(Delivery *made) {
    memset(made->full.planes[2] + 100000, 0, 960 * sizeof(float));
}

static void silence(Delivery *made, int64_t begin, int64_t end) {
    delivery_scale(made, 0.0, begin, end);
}

static void silence_everything(Delivery *made) {
    silence(made, 0, DELIVERY_FRAMES);
}

static void silence_a_channel(Delivery *made) {
    memset(made->full.planes[4], 0, DELIVERY_FRAMES * sizeof(float));
}

static void silence_the_head(Delivery *made) {
    silence(made, 0, 96000);
}

static void silence_the_tail(Delivery *made) {
    silence(made, DELIVERY_FRAMES - 96000, DELIVERY_FRAMES);
}

static void silence_the_middle(Delivery *made) {
    silence(made, 100000, 150000);
}

static void make_dead_air(Delivery *made) {
    delivery_scale(made, 0.0005, 90000, 170000);
}

static void turn_polarity(Delivery *made, int channel, int of) {
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        made->full.planes[channel][at] = -0.9F * made->full.planes[of][at];
    }
}

static void begin_with_a_pop(Delivery *made) {
    silence(made, 0, 72000);
    add_tone(made->full.planes[2], 1000.0, 0.1, 24100, 26100);
}

static void turn_the_right(Delivery *made) {
    turn_polarity(made, 1, 0);
}

static void turn_both_pairs(Delivery *made) {
    turn_polarity(made, 1, 0);
    turn_polarity(made, 5, 4);
    memcpy(made->full.planes[2], made->full.planes[1], DELIVERY_FRAMES * sizeof(float));
}

static void copy_left_to_right(Delivery *made) {
    memcpy(made->full.planes[1], made->full.planes[0], DELIVERY_FRAMES * sizeof(float));
}

static void swap_lfe(Delivery *made) {
    float *const lfe = made->full.planes[3];
    made->full.planes[3] = made->full.planes[5];
    made->full.planes[5] = lfe;
}

static void send_treble_to_the_lfe(Delivery *made) {
    add_tone(made->full.planes[3], 700.0, 0.05, 0, DELIVERY_FRAMES);
}

static void scream(Delivery *made) {
    add_tone(made->full.planes[0], 3000.0, 0.4, 0, DELIVERY_FRAMES);
}

static void lean(Delivery *made, double gain, int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at++) {
        made->full.planes[0][at] *= (float)gain;
        made->full.planes[4][at] *= (float)gain;
    }
}

static void lean_right(Delivery *made) {
    lean(made, 0.5, 0, DELIVERY_FRAMES);
}

static void lean_for_a_second(Delivery *made) {
    lean(made, 0.2, 144000, 192000);
}

/* A passage that no phone plays. */
static void hum_for_a_while(Delivery *made) {
    delivery_scale(made, 0.0, DELIVERY_FRAMES / 2 - 2000, DELIVERY_FRAMES);
    add_tone(made->full.planes[0], 50.0, 0.3, DELIVERY_FRAMES / 2 - 2000, DELIVERY_FRAMES);
}

static void swap_sides(Delivery *made) {
    float *const left = made->full.planes[0];
    made->full.planes[0] = made->full.planes[4];
    made->full.planes[4] = left;
}

static void change_a_sample(Delivery *made) {
    made->full.planes[5][200000] += 0x1p-23F;
}

/* Far above what two dithers leave. */
static void change_audibly(Delivery *made) {
    for (int64_t at = 100000; at < 101000; at++) {
        made->full.planes[5][at] += 0x1p-12F;
    }
}

static void shorten_stereo(Delivery *made) {
    made->stereo.frame_count -= 480;
    made->stated_stereo_frames -= 480;
}

static void soften_stereo(Delivery *made) {
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        made->stereo.planes[0][at] *= 0.3F;
        made->stereo.planes[1][at] *= 0.3F;
    }
}

static void leak_dialogue(Delivery *made) {
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        made->me.planes[2][at] += 0.4F * made->dialogue.planes[2][at];
    }
}

/* ---- faults of headers and metadata ---- */

static void call_it_71(Delivery *made) {
    made->full.name = "Night_71_48k_24b.wav";
}

// clang-format off
static const Plant plants[] = {
    {QC_HEADER_SIZES, "", spoil_nothing, forget_the_length, false, -1},
    {QC_DROPPED_BYTES, "", spoil_nothing, append_half_a_second, false, -1},
    {QC_FILE_NAME, "", call_it_71, NULL, false, -1},
    {QC_METADATA, "", spoil_nothing, state_another_loudness, false, -1},
    {QC_ADM, "", spoil_nothing, forget_chna, false, -1},
    {QC_ADM_REPAIRS, "", spoil_nothing, paint_the_object, false, -1},
    {QC_READABLE, "", spoil_nothing, truncate_file, false, -1},
    {QC_LAYOUT, "", make_eleven_channels, NULL, false, -1},
    {QC_SAMPLE_RATE, "sample_rate: {is: 48 kHz}", call_it_44100, NULL, false, -1},
    {QC_BIT_DEPTH, "bit_depth: {is: 24}", make_16_bits, NULL, false, -1},
    {QC_CHANNEL_COUNT, "channel_count: {is: 6}", make_two_channels, NULL, false, -1},
    {QC_PADDED_BITS, "", clear_low_bits, NULL, false, -1},
    {QC_LENGTH, "", drop_a_sample, NULL, true, -1},
    {QC_WHOLE_FRAMES, "whole_frames: {frame_rate: 25}", drop_a_sample, NULL, false, -1},
    {QC_ITEM_LENGTH, "item_length: {max: 6.1 s}", call_it_44100, NULL, false, -1},
    {QC_LOUDNESS, "loudness: {target: -23 LUFS, tolerance: 3 LU}", make_louder, NULL, false, -1},
    {QC_LOUDNESS_RANGE, "loudness_range: {max: 5 LU}", make_half_of_it_soft, NULL, false, -1},
    {QC_MAX_MOMENTARY, "max_momentary: {max: -18 LUFS}", make_a_burst, NULL, false, -1},
    {QC_MAX_SHORT_TERM, "max_short_term: {max: -20 LUFS}", make_louder, NULL, false, -1},
    {QC_LEQ_M, "leq_m: {max: 86 dB}", make_louder, NULL, false, -1},
    {QC_TRUE_PEAK, "", raise_the_peak, NULL, false, -1},
    {QC_CLIPPING, "", clip, NULL, false, 4},
    {QC_NOT_A_NUMBER, "", write_a_nan, NULL, false, 2},
    {QC_DC_OFFSET, "", add_an_offset, NULL, false, 5},
    {QC_CLICKS, "", click, NULL, false, 0},
    {QC_DROPOUTS, "", drop_out, NULL, false, 2},
    {QC_SILENT_FILE, "", silence_everything, NULL, false, -1},
    {QC_SILENT_CHANNEL, "", silence_a_channel, NULL, false, 4},
    {QC_SILENCE_HEAD, "silence_head: {max: 1 s}", silence_the_head, NULL, false, -1},
    {QC_SILENCE_TAIL, "silence_tail: {max: 1 s}", silence_the_tail, NULL, false, -1},
    {QC_DEAD_AIR, "dead_air: {max: 1 s}", make_dead_air, NULL, false, -1},
    {QC_DIGITAL_SILENCE, "", silence_the_middle, NULL, false, -1},
    {QC_SYNC_POP, "sync_pop: {level: fail}", begin_with_a_pop, NULL, false, -1},
    {QC_PHASE, "", turn_the_right, NULL, false, 0},
    {QC_MONO_FOLD, "", turn_both_pairs, NULL, false, -1},
    {QC_IDENTICAL_CHANNELS, "", copy_left_to_right, NULL, false, 1},
    {QC_LFE_PLACE, "", swap_lfe, NULL, false, 3},
    {QC_LFE_BAND, "", send_treble_to_the_lfe, NULL, false, 3},
    {QC_HARSHNESS, "", scream, NULL, false, -1},
    {QC_REFERENCE_SPECTRUM, "", delivery_muffle, NULL, false, -1},
    {QC_BALANCE, "", lean_right, NULL, false, -1},
    {QC_IMAGING, "imaging: {over: 1 s, max: 6 dB}", lean_for_a_second, NULL, false, -1},
    {QC_TRANSLATION, "", hum_for_a_while, NULL, false, -1},
    {QC_CHANNEL_IDENTITY, "", swap_sides, NULL, true, 0},
    {QC_STEM_NULL, "", change_a_sample, NULL, true, 5},
    {QC_FORMAT_LENGTH, "", shorten_stereo, NULL, true, -1},
    {QC_FORMAT_LOUDNESS, "", soften_stereo, NULL, true, -1},
    {QC_ME_LEAKAGE, "", leak_dialogue, NULL, true, 2},
};
// clang-format on
enum { PLANT_COUNT = sizeof plants / sizeof *plants };

static QcPolicy policy_of(const Delivery *made, const char *checks) {
    QcPolicy policy;
    const char *const text = arena_format(made->bench.arena, "policy: 1\nchecks: {%s}\n", checks);
    assert_int_equal(qc_policy_read("policy.yaml", text, strlen(text), made->bench.arena, &policy,
                                    made->bench.errors),
                     DONE);
    return policy;
}

static QcSet *review(Delivery *made, const Plant *plant, const QcPolicy *policy) {
    if (plant->is_delivery) {
        delivery_write(made);
        return delivery_review(made, ".", policy);
    }
    delivery_write_file(made, &made->full);
    if (plant->damage) {
        plant->damage(path_join(made->bench.arena, made->bench.folder, made->full.name));
    }
    return delivery_review(made, made->full.name, policy);
}

/* All that the plants switch on, at once; the number of channels is not that of every file. */
static const char *all_checks(const Delivery *made, bool has_channel_count) {
    const char *checks = "";
    for (int plant = 0; plant < PLANT_COUNT; plant++) {
        if (*plants[plant].checks &&
            (has_channel_count || plants[plant].check != QC_CHANNEL_COUNT)) {
            checks = arena_format(made->bench.arena, "%s%s%s", checks, *checks ? ", " : "",
                                  plants[plant].checks);
        }
    }
    return checks;
}

static void a_clean_delivery_has_no_finding(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = policy_of(&made, all_checks(&made, false));
    delivery_write(&made);
    QcSet *set = delivery_review(&made, ".", &policy);
    assert_int_equal(set->count, 5);
    assert_int_equal(delivery_count_findings(set), 0);
    qc_set_destroy(&set);
    delivery_close(&made);
}

static void a_clean_file_has_no_finding(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = policy_of(&made, all_checks(&made, true));
    delivery_write_file(&made, &made.full);
    QcSet *set = delivery_review(&made, made.full.name, &policy);
    assert_int_equal(delivery_count_findings(set), 0);
    qc_set_destroy(&set);
    delivery_close(&made);
}

/* What was found instead is printed. */
static int count_missed(const Plant *plant, const Delivery *clean) {
    Delivery made;
    delivery_open_copy(&made, clean);
    const QcPolicy policy = policy_of(&made, plant->checks);
    plant->spoil(&made);
    QcSet *set = review(&made, plant, &policy);
    const QcFinding *const found = delivery_find(set, plant->check);
    const bool is_right = found && found->channel == plant->channel;
    if (!is_right) {
        print_error("%s was not found in channel %d\n", qc_check_info(plant->check)->name,
                    plant->channel);
        (void)delivery_count_findings(set);
    }
    qc_set_destroy(&set);
    delivery_close(&made);
    return !is_right;
}

static void every_check_finds_its_fault(void **state) {
    int missed = 0;
    for (int plant = 0; plant < PLANT_COUNT; plant++) {
        missed += count_missed(&plants[plant], *state);
    }
    assert_int_equal(missed, 0);
}

/* ---- files made elsewhere, related by their names ---- */

static void name_files(Delivery *made) {
    made->full.name = "elsewhere/Night_51_Mix.wav";
    made->me.name = "elsewhere/Night_51_ME.wav";
    made->dialogue.name = "elsewhere/Night_51_DX.wav";
    made->music.name = "elsewhere/Night_51_mx.wav";
    made->stereo.name = "elsewhere/Night_20_mix.wav";
}

static QcSet *review_named(Delivery *made, const QcPolicy *policy) {
    name_files(made);
    delivery_write_file(made, &made->full);
    delivery_write_file(made, &made->me);
    delivery_write_file(made, &made->dialogue);
    delivery_write_file(made, &made->music);
    delivery_write_file(made, &made->stereo);
    return delivery_review(made, "elsewhere", policy);
}

static void relations_follow_from_names(void **state) {
    static const struct {
        QcCheck check;
        void (*spoil)(Delivery *made);
    } rows[] = {
        {QC_STEM_NULL,        change_audibly},
        {QC_CHANNEL_IDENTITY, swap_sides    },
        {QC_FORMAT_LENGTH,    shorten_stereo},
        {QC_FORMAT_LOUDNESS,  soften_stereo },
    };
    /* a stem alone may be silent in places where a mix may not */
    const char *const policy_text = "silent_channel: off";
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        Delivery made;
        delivery_open_copy(&made, *state);
        const QcPolicy policy = policy_of(&made, policy_text);
        rows[row].spoil(&made);
        QcSet *set = review_named(&made, &policy);
        if (!delivery_find(set, rows[row].check)) {
            (void)delivery_count_findings(set);
            fail_msg("%s was not found", qc_check_info(rows[row].check)->name);
        }
        qc_set_destroy(&set);
        delivery_close(&made);
    }
}

static void clean_files_of_one_name_have_no_finding(void **state) {
    Delivery made;
    delivery_open_copy(&made, *state);
    const QcPolicy policy = policy_of(&made, "silent_channel: off");
    QcSet *set = review_named(&made, &policy);
    assert_int_equal(set->count, 5);
    assert_int_equal(delivery_count_findings(set), 0);
    qc_set_destroy(&set);
    delivery_close(&made);
}

/* ---- what only a job can tell ---- */

typedef struct JobPlant {
    QcCheck check;
    const char *clean, *spoilt; /* a part of the job, and what stands in its place */
} JobPlant;

static const char clean_job[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, length: 6 s}\n"
    "policy: {checks: {contrast: {min: 1 LU}, transitions: {max: 8 LU}, dead_air: {max: 0.5 s},\n"
    "  ldr: {max: 1 LU}}}\n"
    "stems: {dx: {role: dialogue}, mx: {role: music, budget: -20 LKFS}}\n"
    "scenes: {a: {in: 0 s, out: 3 s}, b: {in: 3 s, out: 6 s}}\n"
    "lines: {l1: {in: 0.5 s, out: 2.5 s}, l2: {in: 3.5 s, out: 5.5 s}}\n"
    "layers:\n"
    "  voice: {file: voice.wav, stem: dx, to: 3 s}\n"
    "  shout: {file: voice.wav, stem: dx, at: 3 s, from: 3 s, gain: 4 dB}\n"
    "  calm: {file: band.wav, stem: mx, to: 3 s}\n"
    "  loud: {file: band.wav, stem: mx, at: 3 s, from: 3 s, gain: 3 dB}\n"
    "  soft: {file: soft.wav, stem: mx, gain: -10 dB}\n"
    "dynamics: {primary: {select: id=calm, window: -60 LKFS..0 LKFS}, headroom: {normal: 1 dB,\n"
    "  climaxes: [1 s]}, leads: {v: {select: stem=dx}}}\nrules: {}\n"
    "deliverables: {st: {layout: 2.0}}\n";

// clang-format off
static const JobPlant job_plants[] = {
    {QC_DIALOGUE_RATIO, "to: 3 s}", "to: 3 s, gain: -24 dB}"},
    {QC_LDR, "shout: {file: voice.wav, stem: dx", "shout: {file: voice.wav, stem: mx"},
    {QC_LEGIBILITY, "to: 3 s}", "to: 3 s, lpf: {freq: 300 Hz, slope: 48 dB/oct}}"},
    {QC_STEM_BUDGET, "budget: -20 LKFS", "budget: -50 LKFS"},
    {QC_TRANSITIONS, "from: 3 s, gain: 4 dB", "from: 3 s, gain: 14 dB"},
    {QC_CONTRAST, "from: 3 s, gain: 4 dB", "from: 3 s"},
    {QC_INAUDIBLE, "soft.wav, stem: mx, gain: -10 dB", "soft.wav, stem: mx, gain: -60 dB"},
    {QC_ME_LEAKAGE, "soft.wav, stem: mx, gain: -10 dB", "voice.wav, stem: mx, gain: -12 dB"},
    {QC_PRIMARY_RANGE, "-60 LKFS..0 LKFS", "-10 LKFS..0 LKFS"},
    {QC_HEADROOM, "normal: 1 dB", "normal: 50 dB"},
    {QC_LEAD, "{select: stem=dx}", "{select: stem=dx, ratio: 60 dB}"},
    {QC_DEAD_AIR, "rules: {}", "rules: {q: {over: [1 s, 2 s], select: stem=*, gain: -90 dB}}"},
};
// clang-format on
enum { JOB_PLANT_COUNT = sizeof job_plants / sizeof *job_plants };

static const char *replace(Bench *bench, const char *text, const char *clean, const char *spoilt) {
    const char *const at = strstr(text, clean);
    assert_non_null(at);
    return arena_format(bench->arena, "%.*s%s%s", (int)(at - text), text, spoilt,
                        at + strlen(clean));
}

static void write_sound(Bench *bench, const char *name, uint32_t seed, int channels, double level) {
    float *const planes[] = {arena_array(bench->arena, DELIVERY_FRAMES, sizeof(float)),
                             arena_array(bench->arena, DELIVERY_FRAMES, sizeof(float))};
    double *const samples =
        arena_array(bench->arena, (size_t)DELIVERY_FRAMES * (size_t)channels, sizeof *samples);
    for (int channel = 0; channel < channels; channel++) {
        delivery_fill(planes[channel], seed + (uint32_t)channel, level, 0.4);
        for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
            samples[at * channels + channel] = (double)planes[channel][at];
        }
    }
    bench_write_wav(bench, name, PCM_24, channels, samples, DELIVERY_FRAMES);
}

/* Renders the job inline and returns the findings of its INSPECT. */
static json_t *findings_of(Bench *bench, const char *job) {
    StoreObject object = {0};
    write_sound(bench, "voice.wav", 815U, 1, 0.1);
    write_sound(bench, "band.wav", 4711U, 2, 0.01);
    write_sound(bench, "soft.wav", 1234U, 2, 0.01);
    bench_plan(bench, job, 64);
    bench_run(bench, "one");
    const Task *const inspect = &bench->plan->tasks[bench->plan->inspect_tasks[0]];
    bench_must(bench,
               store_map(bench->workplace.store, inspect->outputs[0], &object, bench->errors));
    json_t *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    json_t *findings = json_incref(json_object_get(facts, "findings"));
    json_decref(facts);
    store_unmap(&object);
    return findings;
}

static bool has_finding(const json_t *findings, QcCheck check) {
    const json_t *finding = NULL;
    size_t index = 0;
    bool has_it = false;
    json_array_foreach(findings, index, finding) {
        const char *const name = json_string_value(json_object_get(finding, "check"));
        has_it = has_it || !strcmp(name, qc_check_info(check)->name);
    }
    return has_it;
}

static void a_clean_job_has_no_finding(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    json_t *findings = findings_of(&bench, clean_job);
    assert_true(json_is_array(findings));
    assert_int_equal(json_array_size(findings), 0);
    json_decref(findings);
    bench_close(&bench);
}

static void checks_that_know_the_job_find_their_faults(void **state) {
    (void)state;
    for (int plant = 0; plant < JOB_PLANT_COUNT; plant++) {
        const JobPlant *const row = &job_plants[plant];
        Bench bench;
        bench_open(&bench);
        json_t *findings = findings_of(&bench, replace(&bench, clean_job, row->clean, row->spoilt));
        if (!has_finding(findings, row->check)) {
            fail_msg("%s was not found", qc_check_info(row->check)->name);
        }
        json_decref(findings);
        bench_close(&bench);
    }
}

/* A rule that switches everything off says so: it is no dead air. */
static void silence_that_the_job_declares_is_no_dead_air(void **state) {
    (void)state;
    Bench bench;
    bench_open(&bench);
    const char *const job = replace(&bench, clean_job, "rules: {}",
                                    "rules: {q: {over: [1 s, 2 s], select: stem=*, gain: -inf}}");
    json_t *findings =
        findings_of(&bench, replace(&bench, job, "in: 0.5 s, out: 2.5 s", "in: 2 s, out: 2.5 s"));
    assert_false(has_finding(findings, QC_DEAD_AIR));
    assert_false(has_finding(findings, QC_DIGITAL_SILENCE));
    json_decref(findings);
    bench_close(&bench);
}

static void no_check_is_without_a_fault(void **state) {
    (void)state;
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        bool has_one = false;
        for (int plant = 0; plant < PLANT_COUNT; plant++) {
            has_one = has_one || (int)plants[plant].check == check;
        }
        for (int plant = 0; plant < JOB_PLANT_COUNT; plant++) {
            has_one = has_one || (int)job_plants[plant].check == check;
        }
        if (!has_one) {
            fail_msg("no fault is planted for `%s`", qc_check_info((QcCheck)check)->name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_delivery_has_no_finding),
        cmocka_unit_test(a_clean_file_has_no_finding),
        cmocka_unit_test(every_check_finds_its_fault),
        cmocka_unit_test(clean_files_of_one_name_have_no_finding),
        cmocka_unit_test(relations_follow_from_names),
        cmocka_unit_test(a_clean_job_has_no_finding),
        cmocka_unit_test(checks_that_know_the_job_find_their_faults),
        cmocka_unit_test(silence_that_the_job_declares_is_no_dead_air),
        cmocka_unit_test(no_check_is_without_a_fault),
    };
    return cmocka_run_group_tests(tests, delivery_make_clean, delivery_end_clean);
}
