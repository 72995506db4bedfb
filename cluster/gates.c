/* The gates: what INSPECT measured against what the job asks for. */
#include "cluster/gates.h"

#include <math.h>
#include <string.h>

/* Length of one gating block: shorter programmes have no integrated loudness. */
static const double shortest_measured_s = 0.4;

typedef struct Judge {
    const Mix *mix;
    const MixDeliverable *deliverable;
    bool allow_qc_fail;
    PublishResult *result;
    ErrorList *errors;
} Judge;

/* The measurements of the full mix, or NULL when it is not delivered. */
static const json_t *find_full(const json_t *facts) {
    const json_t *outputs = json_object_get(facts, "outputs");
    size_t index = 0;
    const json_t *output = NULL;
    json_array_foreach(outputs, index, output) {
        const char *name = json_string_value(json_object_get(output, "name"));
        if (name && !strcmp(name, "full")) {
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

static void judge_loudness(const Judge *judge) {
    const MixDeliverable *deliverable = judge->deliverable;
    const double measured_lufs = judge->result->integrated_lufs;
    if (fabs(measured_lufs - deliverable->target_lufs) <= deliverable->tolerance_lu) {
        return;
    }
    char message[96];
    snprintf(message, sizeof message, "reads %.2f LKFS, target %g ±%g", measured_lufs,
             deliverable->target_lufs, deliverable->tolerance_lu);
    add_failure(judge, E801, message);
}

static void judge_peak(const Judge *judge) {
    const double peak_dbtp = judge->result->true_peak_dbtp;
    if (peak_dbtp <= judge->deliverable->ceiling_dbtp) {
        return;
    }
    char message[96];
    snprintf(message, sizeof message, "true peak %.2f dBTP, at most %g", peak_dbtp,
             judge->deliverable->ceiling_dbtp);
    add_failure(judge, E801, message);
}

static void judge_full(const Judge *judge, const json_t *full) {
    const bool has_peak = read_number(full, "true_peak_dbtp", &judge->result->true_peak_dbtp);
    const bool is_judged = judge->deliverable->has_target && !judge->deliverable->is_report_only;
    const double length_s = (double)judge->mix->length_samples / judge->mix->rate_hz;
    if (json_is_true(json_object_get(full, "is_silent"))) {
        add_failure(judge, E803, "the full mix is silent");
        return;
    }
    if (length_s < shortest_measured_s) {
        warn(judge->errors, E804, judge->deliverable->place,
             "%s: %g s are too short to measure the loudness", judge->deliverable->id, length_s);
    } else if (is_judged && judge->result->has_loudness) {
        judge_loudness(judge);
    } else if (is_judged) {
        add_failure(judge, E801, "too soft to measure: all of it lies below -70 LKFS");
    }
    if (is_judged && has_peak) {
        judge_peak(judge);
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
    const json_t *full = find_full(facts);
    result->verdict = "ok";
    result->has_loudness = read_number(full, "integrated_lufs", &result->integrated_lufs);
    judge_null(&judge, facts);
    if (full) {
        judge_full(&judge, full);
    }
}
