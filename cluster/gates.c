/* The gates: what INSPECT measured against what the job asks for. */
#include "cluster/gates.h"

#include <math.h>
#include <string.h>

#include "jobs/timecode.h"

/* Findings, not failures. */
static const double most_by_others_db = 1.0, most_reduction_db = 3.0, most_limited_percent = 1.0;

/* Length of one gating block: shorter programmes have no integrated loudness. */
static const double shortest_measured_s = 0.4;

typedef struct Judge {
    const Mix *mix;
    const MixDeliverable *deliverable;
    bool allow_qc_fail;
    PublishResult *result;
    ErrorList *errors;
} Judge;

/* The measurements of an output (full, me), or NULL when it is not delivered. */
static const json_t *find_output(const json_t *facts, const char *wanted) {
    const json_t *outputs = json_object_get(facts, "outputs");
    size_t index = 0;
    const json_t *output = NULL;
    json_array_foreach(outputs, index, output) {
        const char *name = json_string_value(json_object_get(output, "name"));
        if (name && !strcmp(name, wanted)) {
            return output;
        }
    }
    return NULL;
}

/* false: not measured. */
static bool read_number(const json_t *object, const char *key, double *value) {
    const json_t *number = json_object_get(object, key);
    *value = json_number_value(number);
    return json_is_number(number);
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* A gate failed: the first one is the verdict. */
static void add_failure(const Judge *judge, Status status, const char *message) {
    const char *id = judge->deliverable->id;
    if (judge->allow_qc_fail) {
        warn(judge->errors, status, judge->deliverable->place, "%s: %s", id, message);
    } else {
        (void)fail(judge->errors, status, judge->deliverable->place, "%s: %s", id, message);
        judge->result->is_held = true;
    }
    if (!strcmp(judge->result->verdict, "ok")) {
        judge->result->verdict = errors_last(judge->errors)->message + strlen(id) + 2;
    }
}

/* A level outside of what was asked for; figures that nobody vouches for hold nothing. */
static void add_level(const Judge *judge, bool is_advice, const char *message) {
    if (!is_advice) {
        add_failure(judge, E801, message);
        return;
    }
    warn(judge->errors, E801, judge->deliverable->place, "%s: %s", judge->deliverable->id, message);
    error_note(judge->errors, "the figure is not verified in `%s`: it holds nothing back",
               judge->deliverable->profile);
}

static void judge_null(const Judge *judge, const json_t *facts) {
    const json_t *null_test = json_object_get(facts, "null");
    if (!json_is_false(json_object_get(null_test, "is_exact"))) {
        return; /* exact, or nothing to compare: not all stems are delivered */
    }
    double difference_lsb = 0.0;
    read_number(null_test, "max_difference_lsb", &difference_lsb);
    char message[96];
    snprintf(message, sizeof message,
             "the full mix differs from the sum of its stems by up to %g LSB", difference_lsb);
    add_failure(judge, E805, message);
}

/* What INSPECT read back against what was asked for. */
static void judge_rules(const Judge *judge, const json_t *facts) {
    size_t index = 0;
    const json_t *broken = NULL;
    json_array_foreach(json_object_get(json_object_get(facts, "rules"), "broken"), index, broken) {
        char message[512];
        snprintf(message, sizeof message, "`%s`: %s", text_of(broken, "file"),
                 text_of(broken, "text"));
        add_failure(judge, E809, message);
    }
}

/* of: what the message calls the level, with a space behind it; "" for the whole. */
static void judge_loudness(const Judge *judge, const char *of, double measured_lufs) {
    const MixDeliverable *deliverable = judge->deliverable;
    if (fabs(measured_lufs - deliverable->target_lufs) <= deliverable->tolerance_lu) {
        return;
    }
    char message[128];
    snprintf(message, sizeof message, "%sreads %.2f LKFS, target %g ±%g", of, measured_lufs,
             deliverable->target_lufs, deliverable->tolerance_lu);
    add_level(judge, deliverable->is_target_advice, message);
}

/* Too little is said for a level of its own: all of the programme has another target. */
static void judge_fallback(const Judge *judge) {
    const MixDeliverable *deliverable = judge->deliverable;
    const double measured_lufs = judge->result->integrated_lufs;
    if (judge->result->has_loudness &&
        fabs(measured_lufs - deliverable->fallback_lufs) <= deliverable->tolerance_lu) {
        return;
    }
    char message[160];
    snprintf(message, sizeof message,
             "reads %.2f LKFS, target %g ±%g, as less than %g %% of it is dialogue", measured_lufs,
             deliverable->fallback_lufs, deliverable->tolerance_lu, deliverable->fallback_percent);
    add_level(judge, deliverable->is_fallback_advice, message);
}

static void judge_dialogue(const Judge *judge, const json_t *full) {
    const json_t *dialogue = json_object_get(full, "dialogue");
    double dialogue_lufs = 0.0;
    if (json_is_true(json_object_get(dialogue, "is_fallback"))) {
        judge_fallback(judge);
    } else if (read_number(dialogue, "loudness_lufs", &dialogue_lufs)) {
        judge_loudness(judge, "dialogue (stem-anchored) ", dialogue_lufs);
    } else {
        add_failure(judge, E801, "the dialogue stem never speaks: there is nothing to measure");
    }
}

/* One reel may lie anywhere: the target is that of all of them. */
static void judge_reels(const Judge *judge, const json_t *facts) {
    double programme_lufs = 0.0;
    if (read_number(json_object_get(facts, "programme"), "integrated_lufs", &programme_lufs)) {
        judge_loudness(judge, "programme ", programme_lufs);
    } else {
        add_failure(judge, E801, "too soft to measure: every reel lies below -70 LKFS");
    }
}

static void judge_programme(const Judge *judge) {
    if (judge->result->has_loudness) {
        judge_loudness(judge, "", judge->result->integrated_lufs);
    } else {
        add_failure(judge, E801, "too soft to measure: all of it lies below -70 LKFS");
    }
}

static bool is_gated(const Judge *judge) {
    return judge->deliverable->has_target && !judge->deliverable->is_report_only;
}

/* of: what the message calls the output, with a space behind it; "" for the full mix. */
static void judge_peak(const Judge *judge, const char *of, double peak_dbtp) {
    if (peak_dbtp <= judge->deliverable->ceiling_dbtp) {
        return;
    }
    char message[96];
    snprintf(message, sizeof message, "%strue peak %.2f dBTP, at most %g", of, peak_dbtp,
             judge->deliverable->ceiling_dbtp);
    add_level(judge, judge->deliverable->is_peak_advice, message);
}

/* Music and effects under an envelope that was made for more than them may rise above it. */
static void judge_music_and_effects(const Judge *judge, const json_t *me) {
    double peak_dbtp = 0.0;
    if (is_gated(judge) && read_number(me, "true_peak_dbtp", &peak_dbtp)) {
        judge_peak(judge, "M&E: ", peak_dbtp);
    }
}

static void judge_limiter(const Judge *judge, const json_t *limiter) {
    const MixDeliverable *deliverable = judge->deliverable;
    double reduction_db = 0.0;
    double limited_percent = 0.0;
    read_number(limiter, "max_reduction_db", &reduction_db);
    read_number(limiter, "limited_percent", &limited_percent);
    if (reduction_db > most_reduction_db || limited_percent > most_limited_percent) {
        warn(judge->errors, E808, deliverable->place,
             "%s: the limiter takes up to %.1f dB and works for %.1f %% of the time; usual are "
             "at most %g dB and %g %%",
             deliverable->id, reduction_db, limited_percent, most_reduction_db,
             most_limited_percent);
        error_help(judge->errors, "turn the peaks down in the mix, or aim at a lower `target`");
    }
}

static void judge_stems(const Judge *judge, const json_t *limiter) {
    size_t index = 0;
    const json_t *stem = NULL;
    json_array_foreach(json_object_get(limiter, "stems"), index, stem) {
        double by_others_db = 0.0;
        double time_s = 0.0;
        read_number(stem, "by_others_db", &by_others_db);
        read_number(stem, "time_s", &time_s);
        if (by_others_db > most_by_others_db) {
            warn(judge->errors, E807, judge->deliverable->place,
                 "%s: at %.1f s the limiter takes %.1f dB from `%s` on account of other stems",
                 judge->deliverable->id, time_s, by_others_db,
                 json_string_value(json_object_get(stem, "stem")));
        }
    }
}

static void judge_full(const Judge *judge, const json_t *facts, const json_t *full) {
    const bool has_peak = read_number(full, "true_peak_dbtp", &judge->result->true_peak_dbtp);
    const bool is_judged = is_gated(judge);
    const double length_s =
        (double)judge->deliverable->length_samples / judge->deliverable->rate_hz;
    if (json_is_true(json_object_get(full, "is_silent"))) {
        add_failure(judge, E803, "the full mix is silent");
        return;
    }
    if (length_s < shortest_measured_s) {
        warn(judge->errors, E804, judge->deliverable->place,
             "%s: %g s are too short to measure the loudness", judge->deliverable->id, length_s);
    } else if (is_judged && judge->deliverable->is_programme) {
        judge_reels(judge, facts);
    } else if (is_judged && judge->deliverable->has_dialogue_gate) {
        judge_dialogue(judge, full);
    } else if (is_judged) {
        judge_programme(judge);
    }
    if (is_judged && has_peak) {
        judge_peak(judge, "", judge->result->true_peak_dbtp);
    }
}

/* ---- findings of the policy ---- */

static const FrameRate *find_frame_rate(const Mix *mix) {
    for (int index = 0; frame_rate_at(index); index++) {
        const FrameRate *rate = frame_rate_at(index);
        if (rate->numerator == mix->frame_rate_numerator &&
            rate->denominator == mix->frame_rate_denominator &&
            (rate->dropped_per_minute > 0) == mix->is_drop_frame) {
            return rate;
        }
    }
    return NULL;
}

void gates_add_timecodes(const Mix *mix, const json_t *facts) {
    const FrameRate *rate = find_frame_rate(mix);
    size_t index = 0;
    json_t *finding = NULL;
    json_array_foreach(json_object_get(facts, "findings"), index, finding) {
        double at_s = 0.0;
        TimecodeText text = "";
        if (rate && read_number(finding, "at_s", &at_s)) {
            const double frames = at_s * rate->numerator / rate->denominator;
            timecode_format(mix->start_frames + (int64_t)floor(frames + 1e-6), rate, text);
            json_object_set_new(finding, "timecode", json_string(text));
        }
    }
}

/* "full: true_peak at 01:00:02:11 in L: level between the samples, 8x: 0.31 dBTP (limit -1)" */
static void write_finding(const json_t *finding, char *message, size_t size) {
    double value = 0.0;
    double limit = 0.0;
    char numbers[96] = "";
    if (read_number(finding, "value", &value) && read_number(finding, "limit", &limit)) {
        snprintf(numbers, sizeof numbers, ": %.4g %s (limit %.4g)", value, text_of(finding, "unit"),
                 limit);
    }
    const char *timecode = text_of(finding, "timecode");
    const char *channel = text_of(finding, "channel");
    snprintf(message, size, "%s: %s%s%s%s%s: %s%s", text_of(finding, "output"),
             text_of(finding, "check"), *timecode ? " at " : "", timecode, *channel ? " in " : "",
             channel, text_of(finding, "text"), numbers);
}

enum { FINDINGS_TOLD = 10 };

/* A policy with a hundred findings is told by its first ones; the manifest holds all. */
static void judge_severity(const Judge *judge, const json_t *facts, const char *severity) {
    const bool is_failure = !strcmp(severity, "fail");
    const char *id = judge->deliverable->id;
    int count = 0;
    size_t index = 0;
    const json_t *finding = NULL;
    json_array_foreach(json_object_get(facts, "findings"), index, finding) {
        char message[512];
        if (strcmp(text_of(finding, "severity"), severity) != 0 || count++ >= FINDINGS_TOLD) {
            continue;
        }
        write_finding(finding, message, sizeof message);
        if (is_failure) {
            add_failure(judge, E810, message);
        } else {
            warn(judge->errors, E810, judge->deliverable->place, "%s: %s", id, message);
        }
    }
    if (count > FINDINGS_TOLD) {
        error_note(judge->errors, "and %d more: see `findings` in its manifest.json",
                   count - FINDINGS_TOLD);
    }
}

void gates_judge(const Mix *mix,
                 int deliverable,
                 const json_t *facts,
                 bool allow_qc_fail,
                 PublishResult *result,
                 ErrorList *errors) {
    const Judge judge = {.mix = mix,
                         .deliverable = &mix->deliverables[deliverable],
                         .allow_qc_fail = allow_qc_fail,
                         .result = result,
                         .errors = errors};
    const json_t *full = find_output(facts, "full");
    result->verdict = "ok";
    result->has_loudness = read_number(full, "integrated_lufs", &result->integrated_lufs);
    judge_rules(&judge, facts);
    judge_null(&judge, facts);
    if (full) {
        judge_full(&judge, facts, full);
    }
    judge_music_and_effects(&judge, find_output(facts, "me"));
    judge_limiter(&judge, json_object_get(facts, "limiter"));
    judge_stems(&judge, json_object_get(facts, "limiter"));
    judge_severity(&judge, facts, "fail");
    judge_severity(&judge, facts, "warn");
}
