/* INSPECT: what was measured of the outputs of a deliverable, put together, and what only all of
 * them tell.
 *
 * Law: facts of the files alone. What the facts mean for publishing is judged by whoever publishes.
 */
#include <jansson.h>
#include <string.h>

#include "render/qc/qc_brief.h"
#include "render/stages/dialogue_facts.h"
#include "render/stages/file_rules.h"
#include "render/stages/finding_json.h"
#include "render/stages/limiter_facts.h"
#include "render/stages/review.h"
#include "render/stages/staged_files.h"
#include "render/stages/stored_json.h"

typedef struct Inspection {
    const Stage *stage;
    const MixDeliverable *deliverable;
    json_t *facts;     /* what ENCODE left, and what is added here */
    json_t *outputs;   /* in it */
    json_t *review;    /* of the policy; NULL: none */
    MasterGain master; /* what MASTER decided */
    int file;          /* the next one whose checksum is told */
} Inspection;

static json_t *real_or_null(bool is_known, double value) {
    return is_known ? json_real(value) : json_null();
}

/* ---- what the METER tasks found ---- */

/* The checksum that goes with a file is that of the bytes that were measured. */
static void take_sums(Inspection *work, const json_t *sums) {
    size_t index = 0;
    json_t *sum = NULL;
    json_array_foreach(sums, index, sum) {
        json_t *file = json_array_get(json_object_get(work->facts, "files"), (size_t)work->file++);
        json_object_set(file, "sha256", sum);
        json_object_del(file, "seal");
    }
}

static void take_review(Inspection *work, const json_t *of_output) {
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)of_output, name, value) {
        if (strcmp(name, "findings") == 0) {
            json_array_extend(json_object_get(work->review, name), value);
        } else {
            json_object_set(work->review, name, value);
        }
    }
}

static Status take_output(Inspection *work, int output, ErrorList *errors) {
    const Stage *stage = work->stage;
    const int task = stage->plan->meter_tasks[stage->task->subject][output];
    json_t *found = NULL;
    TRY(stored_json_read(stage->workplace->store, stage->plan->tasks[task].outputs[0], &found,
                         errors));
    take_sums(work, json_object_get(found, "sha256"));
    file_rules_merge(json_object_get(work->facts, "rules"), json_object_get(found, "rules"));
    if (work->review) {
        take_review(work, json_object_get(found, "review"));
    }
    if (json_object_get(found, "output")) {
        json_array_append(work->outputs, json_object_get(found, "output"));
    }
    if (json_object_get(found, "null")) {
        json_object_set(work->facts, "null", json_object_get(found, "null"));
    }
    json_decref(found);
    return DONE;
}

/* ---- what only all of them tell ---- */

/* How far the programme may lie above its dialogue. */
static void judge_ldr(const Inspection *work, const json_t *dialogue) {
    const QcBrief *brief = work->deliverable->qc;
    const json_t *ldr_lu = json_object_get(dialogue, "ldr_lu");
    if (!brief || brief->policy.levels[QC_LDR] == QC_OFF || !json_is_number(ldr_lu)) {
        return;
    }
    const QcFinding finding = {.check = QC_LDR,
                               .channel = -1,
                               .at_s = -1.0,
                               .has_value = true,
                               .value = json_number_value(ldr_lu),
                               .limit = qc_limit(&brief->policy, QC_LDR, "max"),
                               .unit = "LU"};
    if (finding.value > finding.limit) {
        QcFindings *found = qc_findings_create(&brief->policy, work->stage->scratch);
        qc_findings_add(found, finding);
        json_t *told = finding_to_json(found->first, NULL, 0, work->stage->scratch);
        json_object_set_new(told, "output", json_string("full"));
        json_array_append_new(json_object_get(work->review, "findings"), told);
    }
}

/* A bed and objects are no programme until they are rendered: what they measure then is what MASTER
 * found in the bed with the objects panned, behind the same gain. The null is that of no stems. */
static void describe_adm(const Inspection *work) {
    const SoundLoudness found = work->master.facts.loudness;
    const double levels[] = {found.integrated_lufs, found.loudness_range_lu,
                             found.max_momentary_lufs, found.max_short_term_lufs,
                             found.true_peak_dbtp};
    static const char *const names[] = {"integrated_lufs", "loudness_range_lu",
                                        "max_momentary_lufs", "max_short_term_lufs",
                                        "true_peak_dbtp"};
    json_t *facts = json_object();
    json_object_set_new(facts, "name", json_string(work->deliverable->outputs[0].name));
    for (size_t level = 0; level < sizeof levels / sizeof *levels; level++) {
        json_object_set_new(facts, names[level],
                            real_or_null(levels[level] > silence_db, levels[level]));
    }
    json_object_set_new(facts, "is_silent", json_boolean(found.true_peak_dbtp <= silence_db));
    const Mix *mix = work->stage->mix;
    const MixBus *rendering = &mix->buses[work->deliverable->measured_bus];
    json_object_set_new(facts, "rendered_to", json_string(rendering->layout->name));
    json_object_set_new(facts, "renderer",
                        json_string(mix->buses[work->deliverable->bus].panner->name));
    if (rendering->fold) {
        json_object_set_new(facts, "fold", json_string(rendering->fold->name));
    }
    if (work->master.facts.dialogue.has_stem) {
        json_object_set_new(facts, "dialogue", dialogue_facts_of_master(&work->master));
    }
    json_object_set_new(facts, "objects", json_integer(work->deliverable->object_count));
    json_array_append_new(work->outputs, facts);
}

static void describe_whole(const Inspection *work) {
    const Stage *stage = work->stage;
    json_object_set_new(work->facts, "limiter",
                        limiter_facts_describe(stage->mix, stage->task->subject, &work->master));
    if (work->deliverable->is_programme) {
        const double level_lufs = work->master.facts.programme_lufs;
        json_object_set_new(work->facts, "programme",
                            json_pack("{s:i, s:o}", "reels", work->deliverable->programme_count + 1,
                                      "integrated_lufs",
                                      real_or_null(level_lufs > silence_db, level_lufs)));
    }
    if (work->review) {
        json_object_update(work->facts, work->review);
    }
}

static void judge_dialogue(const Inspection *work) {
    size_t index = 0;
    const json_t *output = NULL;
    json_array_foreach(work->outputs, index, output) {
        if (json_object_get(output, "dialogue")) {
            judge_ldr(work, json_object_get(output, "dialogue"));
        }
    }
}

static Status inspect(Inspection *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    const int deliverable = stage->task->subject;
    StagedFiles encoded = {0};
    TRY(staged_read(stage, stage->plan->encode_tasks[deliverable], &encoded, errors));
    work->facts = encoded.facts;
    TRY(master_gain_open(stage, deliverable, &work->master, errors));
    work->outputs = json_array();
    json_object_set_new(work->facts, "outputs", work->outputs);
    json_object_set_new(work->facts, "rules", json_pack("{s:[], s:[]}", "tested", "broken"));
    json_object_set_new(
        work->facts, "null",
        json_pack("{s:b, s:n, s:n}", "is_checked", 0, "is_exact", "max_difference_lsb"));
    work->review =
        work->deliverable->qc ? json_pack("{s:[], s:n}", "findings", "translation") : NULL;
    for (int output = 0; output < work->deliverable->output_count; output++) {
        TRY(take_output(work, output, errors));
    }
    if (work->deliverable->is_adm) {
        describe_adm(work);
    }
    TRY(work->review ? review_score(stage, work->review, errors) : DONE);
    if (!work->deliverable->is_adm) {
        judge_dialogue(work);
    }
    describe_whole(work);
    return stored_json_put(stage->workplace->store, stage->task->outputs[0],
                           stage->task->output_texts[0], work->facts, errors);
}

Status inspect_run(const Stage *stage, ErrorList *errors) {
    Inspection work = {.stage = stage,
                       .deliverable = &stage->mix->deliverables[stage->task->subject]};
    const Status status = inspect(&work, errors);
    master_gain_close(&work.master);
    json_decref(work.review);
    json_decref(work.facts);
    return status;
}
