/* INSPECT: opens what was written as a stranger would, measures it, and proves that the stems null.
 *
 * Law: facts of the files alone. What the facts mean for publishing is judged by whoever publishes.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/files.h"
#include "render/dsp/planes.h"
#include "render/dsp/weighted_level.h"
#include "render/files/sound_writer.h"
#include "render/qc/qc_brief.h"
#include "render/stages/dialogue_facts.h"
#include "render/stages/encode_folder.h"
#include "render/stages/file_rules.h"
#include "render/stages/finding_json.h"
#include "render/stages/limiter_facts.h"
#include "render/stages/output_channel.h"
#include "render/stages/output_meter.h"
#include "render/stages/output_reader.h"
#include "render/stages/review.h"
#include "render/stages/seal_json.h"

typedef struct Inspection {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout;
    const char *folder;
    json_t *encoded;     /* what ENCODE left */
    OutputProof *proofs; /* [output_count][files of an output] */
    int proof_count;
    json_t *outputs;   /* what is measured here */
    MasterGain master; /* what MASTER decided */
    json_t *rules;     /* file_rules.h */
    json_t *review;    /* of the policy; NULL: none */
    OutputReader *readers;
    OutputMeter *meters;
    WeightedLevel *weighted; /* of full in loudspeakers, else NULL */
    double *difference;      /* [STAGE_CHUNK_SAMPLES] */
    bool *is_part;           /* [output_count] whose sum the full mix is */
    bool has_all_stems;      /* is_part covers all of it */
    int full_output;
    double max_difference; /* full minus its stems, full scale */
} Inspection;

static int files_per_output(const Inspection *work) {
    return work->deliverable->reel_count * mix_files_per_reel(work->stage->mix, work->deliverable);
}

static Status read_encode_facts(Inspection *work, ErrorList *errors) {
    enum { LIMIT_BYTES = 16 * 1024 * 1024 };
    Arena *scratch = work->stage->scratch;
    const char *path = path_join(scratch, work->folder, ENCODE_FACTS_NAME);
    FileBytes bytes;
    if (file_read(path, LIMIT_BYTES, NO_PLACE, scratch, &bytes, errors) != DONE) {
        return fail(errors, E606, NO_PLACE, "the encoded files of `%s` are gone",
                    work->deliverable->id);
    }
    work->encoded = json_loadb(bytes.bytes, bytes.size_bytes, 0, NULL);
    if (!work->encoded) {
        return fail(errors, E606, NO_PLACE, "`%s` is damaged", path);
    }
    return DONE;
}

/* In the order of the outputs, their reels and the files of these. */
static Status read_seals(Inspection *work, ErrorList *errors) {
    const json_t *files = json_object_get(work->encoded, "files");
    work->proof_count = work->deliverable->output_count * files_per_output(work);
    work->proofs =
        arena_array(work->stage->scratch, (size_t)work->proof_count, sizeof *work->proofs);
    for (int file = 0; file < work->proof_count; file++) {
        const json_t *facts = json_array_get(files, (size_t)file);
        if (!seal_from_json(json_object_get(facts, "seal"), &work->proofs[file].seal)) {
            return fail(errors, E606, NO_PLACE,
                        "the facts of the encoded files of `%s` are damaged",
                        work->deliverable->id);
        }
    }
    return DONE;
}

/* The checksum that goes with a file is that of the bytes that were measured. */
static void tell_sums(const Inspection *work) {
    for (int file = 0; file < work->proof_count; file++) {
        json_t *facts = json_array_get(json_object_get(work->encoded, "files"), (size_t)file);
        json_object_set_new(facts, "sha256", json_string(work->proofs[file].sha256));
        json_object_del(facts, "seal");
    }
}

/* Of files whose samples nobody reads here. */
static Status prove_files(const Inspection *work, ErrorList *errors) {
    const json_t *files = json_object_get(work->encoded, "files");
    for (int file = 0; file < work->proof_count; file++) {
        OutputProof *proof = &work->proofs[file];
        const json_t *facts = json_array_get(files, (size_t)file);
        const char *name = json_string_value(json_object_get(facts, "name"));
        SoundSeal found;
        TRY(sound_file_sums(path_join(work->stage->scratch, work->folder, name),
                            proof->seal.head_bytes, &found, proof->sha256, errors));
        if (!sound_seal_equal(&found, &proof->seal)) {
            return fail(errors, E509, NO_PLACE, "`%s` was not stored as it was written", name);
        }
    }
    return DONE;
}

static bool is_in_full(const Mix *mix, int stem) {
    return !mix->full_stems || mix->full_stems[stem];
}

/* Whether an output holds stems of the full mix that no part has yet, and nothing else. */
static bool is_next_part(const Mix *mix, const MixOutput *output, const bool *is_covered) {
    bool has_any = false;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (mix_output_has(mix, output, stem)) {
            if (is_covered[stem] || !is_in_full(mix, stem)) {
                return false;
            }
            has_any = true;
        }
    }
    return has_any && output->kind != OUTPUT_FULL;
}

static void take_parts(Inspection *work, bool takes_stems, bool *is_covered) {
    const Mix *mix = work->stage->mix;
    for (int index = 0; index < work->deliverable->output_count; index++) {
        const MixOutput *output = &work->deliverable->outputs[index];
        if ((output->kind == OUTPUT_STEM) != takes_stems ||
            !is_next_part(mix, output, is_covered)) {
            continue;
        }
        work->is_part[index] = true;
        for (int stem = 0; stem < mix->stem_count; stem++) {
            is_covered[stem] = is_covered[stem] || mix_output_has(mix, output, stem);
        }
    }
}

/* Outputs that the full mix is the sum of: stems, and sets where their stems are not there. */
static bool find_parts(Inspection *work, bool begins_with_stems) {
    const Mix *mix = work->stage->mix;
    const size_t outputs = (size_t)work->deliverable->output_count;
    bool *is_covered =
        arena_array(work->stage->scratch, (size_t)mix->stem_count + 1, sizeof *is_covered);
    work->is_part = arena_array(work->stage->scratch, outputs, sizeof *work->is_part);
    take_parts(work, begins_with_stems, is_covered);
    take_parts(work, !begins_with_stems, is_covered);
    bool is_whole = true;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        is_whole = is_whole && (is_covered[stem] || !is_in_full(mix, stem));
    }
    return is_whole;
}

static Status open_weighted(Inspection *work, ErrorList *errors) {
    const Layout *layout = work->full_output < 0 ? NULL : work->meters[work->full_output].layout;
    if (!layout || layout->kind != LAYOUT_SPEAKERS) {
        return DONE;
    }
    Arena *scratch = work->stage->scratch;
    WeightedGains *gains = arena_array(scratch, (size_t)layout->channel_count, sizeof *gains);
    weighted_gains_of(layout, gains);
    return weighted_level_create(layout->channel_count, gains, work->deliverable->rate_hz, scratch,
                                 &work->weighted, errors);
}

static Status open_outputs(Inspection *work, ErrorList *errors) {
    const int count = work->deliverable->output_count;
    work->full_output = -1;
    for (int output = 0; output < count; output++) {
        const MixOutput *asked = &work->deliverable->outputs[output];
        work->full_output = asked->kind == OUTPUT_FULL ? output : work->full_output;
        OutputProof *proofs = &work->proofs[(ptrdiff_t)output * files_per_output(work)];
        TRY(output_reader_open(work->stage, work->folder, output, proofs, &work->readers[output],
                               errors));
        output_meter_open(work->stage, work->deliverable, &work->meters[output]);
    }
    TRY(open_weighted(work, errors));
    work->has_all_stems = !sound_is_lossy(work->deliverable->container) && work->full_output >= 0 &&
                          (find_parts(work, true) || find_parts(work, false));
    return DONE;
}

static void measure_portion(Inspection *work, int output, int64_t count) {
    OutputMeter *meter = &work->meters[output];
    output_meter_add(meter, (const float *const *)work->readers[output].planes, count);
    if (work->weighted && output == work->full_output) {
        weighted_level_add(work->weighted, (const double *const *)meter->heard, count);
    }
}

/* Integers of up to 24 bits are exact in float, their differences in double. */
static void check_null(Inspection *work, int64_t count) {
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        const float *full = work->readers[work->full_output].planes[channel];
        double *difference = work->difference;
        planes_widen(full, count, difference);
        for (int output = 0; output < work->deliverable->output_count; output++) {
            if (!work->is_part[output]) {
                continue;
            }
            planes_subtract_floats(work->readers[output].planes[channel], count, difference);
        }
        work->max_difference = fmax(work->max_difference, planes_greatest(difference, count));
    }
}

static Status walk_outputs(Inspection *work, ErrorList *errors) {
    const int64_t length = work->deliverable->length_samples;
    for (SampleTime at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        for (int output = 0; output < work->deliverable->output_count; output++) {
            TRY(output_reader_next(&work->readers[output], count, errors));
            measure_portion(work, output, count);
        }
        if (work->has_all_stems) {
            check_null(work, count);
        }
    }
    return DONE;
}

static json_t *real_or_null(bool is_known, double value) {
    return is_known ? json_real(value) : json_null();
}

static void describe_weighted(const Inspection *work, json_t *facts) {
    WeightedResult measured;
    weighted_level_finish(work->weighted, &measured);
    json_object_set_new(facts, "leq_m_db", real_or_null(!measured.is_silent, measured.leq_m_db));
    json_object_set_new(facts, "leq_a_dbfs",
                        real_or_null(!measured.is_silent, measured.leq_a_dbfs));
}

static void describe_level(json_t *facts, const char *name, bool is_known, double value) {
    json_object_set_new(facts, name, real_or_null(is_known, value));
}

static void describe_levels(const MeterResult *measured, json_t *facts) {
    describe_level(facts, "integrated_lufs", measured->has_loudness, measured->integrated_lufs);
    describe_level(facts, "ungated_lufs", measured->has_momentary, measured->ungated_lufs);
    describe_level(facts, "loudness_range_lu", measured->has_loudness_range,
                   measured->loudness_range_lu);
    describe_level(facts, "max_momentary_lufs", measured->has_momentary,
                   measured->max_momentary_lufs);
    describe_level(facts, "max_short_term_lufs", measured->has_short_term,
                   measured->max_short_term_lufs);
    describe_level(facts, "true_peak_dbtp", !measured->is_silent, measured->true_peak_dbtp);
    describe_level(facts, "sample_peak_dbfs", !measured->is_silent, measured->sample_peak_dbfs);
    json_object_set_new(facts, "is_silent", json_boolean(measured->is_silent));
}

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

/* What only the whole has: older weightings, and its dialogue. */
static void describe_full(const Inspection *work, const MeterResult *measured, json_t *facts) {
    const OutputMeter *meter = &work->meters[work->full_output];
    if (work->weighted) {
        describe_weighted(work, facts);
    }
    if (work->master.facts.dialogue.has_stem) {
        Arena *scratch = work->stage->scratch;
        const SlotEnergies energies = meter_energies(meter->loudness, scratch);
        json_object_set_new(facts, "dialogue",
                            dialogue_facts_describe(&work->master, measured, &energies, scratch));
        judge_ldr(work, json_object_get(facts, "dialogue"));
    }
}

static json_t *describe_output(const Inspection *work, int output) {
    MeterResult measured;
    OutputMeter *meter = &work->meters[output];
    output_meter_finish(meter, &measured);
    json_t *facts = json_object();
    json_object_set_new(facts, "name", json_string(work->deliverable->outputs[output].name));
    describe_levels(&measured, facts);
    if (meter->rendering) { /* BS.1770-5 annex 4: never a loudness without its rendering */
        json_object_set_new(facts, "rendered_to", json_string(meter->layout->name));
        json_object_set_new(facts, "renderer", json_string(meter->rendering->fold->name));
    }
    if (output == work->full_output) {
        describe_full(work, &measured, facts);
    }
    return facts;
}

/* Integer formats null exactly; float ones within the rounding of the format. */
static json_t *describe_null(const Inspection *work) {
    static const double lsb[] = {
        [PCM_16] = 0x1p-15, [PCM_24] = 0x1p-23, [PCM_32] = 0x1p-31, 0x1p-23, 0x1p-23};
    const SampleFormat format = work->deliverable->format;
    const double allowed = format <= PCM_24 ? 0.0 : 0x1p-20;
    const bool is_known = work->has_all_stems; /* what is lossy or was not tested is not claimed */
    return json_pack("{s:b, s:o, s:o}", "is_checked", is_known, "is_exact",
                     is_known ? json_boolean(work->max_difference <= allowed) : json_null(),
                     "max_difference_lsb",
                     real_or_null(is_known, work->max_difference / lsb[format]));
}

static Status store_facts(Inspection *work, ErrorList *errors) {
    const Task *task = work->stage->task;
    tell_sums(work);
    json_t *facts = json_deep_copy(work->encoded);
    json_object_set_new(facts, "null", describe_null(work));
    json_object_set(facts, "outputs", work->outputs);
    json_object_set(facts, "rules", work->rules);
    json_object_set_new(
        facts, "limiter",
        limiter_facts_describe(work->stage->mix, work->stage->task->subject, &work->master));
    if (work->review) {
        json_object_update(facts, work->review);
    }
    if (work->deliverable->is_programme) {
        const double level_lufs = work->master.facts.programme_lufs;
        json_object_set_new(facts, "programme",
                            json_pack("{s:i, s:o}", "reels", work->deliverable->programme_count + 1,
                                      "integrated_lufs",
                                      real_or_null(level_lufs > silence_db, level_lufs)));
    }
    char *text = json_dumps(facts, JSON_SORT_KEYS | JSON_INDENT(1));
    json_decref(facts);
    if (!text) {
        return fail(errors, E515, NO_PLACE, "no memory for the facts of `%s`",
                    work->deliverable->id);
    }
    const Status status = store_put(work->stage->workplace->store, task->outputs[0],
                                    task->output_texts[0], text, strlen(text), errors);
    free(text);
    return status;
}

/* A bed and objects are no programme until they are rendered: what they measure then is what MASTER
 * found in the bed with the objects panned, behind the same gain. The null is that of no stems. */
static Status inspect_adm(Inspection *work, ErrorList *errors) {
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
    return store_facts(work, errors);
}

static Status inspect(Inspection *work, ErrorList *errors) {
    TRY(read_encode_facts(work, errors));
    TRY(read_seals(work, errors));
    TRY(file_rules_check(work->stage, work->folder, &work->rules, errors));
    TRY(master_gain_open(work->stage, work->stage->task->subject, &work->master, errors));
    if (work->deliverable->is_adm) {
        TRY(prove_files(work, errors));
        TRY(review_run(work->stage, work->folder, &work->review, errors));
        return inspect_adm(work, errors);
    }
    TRY(open_outputs(work, errors));
    TRY(walk_outputs(work, errors));
    TRY(review_run(work->stage, work->folder, &work->review, errors));
    for (int output = 0; output < work->deliverable->output_count; output++) {
        json_array_append_new(work->outputs, describe_output(work, output));
    }
    return store_facts(work, errors);
}

Status inspect_run(const Stage *stage, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const Layout *layout = stage->mix->buses[deliverable->bus].layout;
    const size_t outputs = (size_t)deliverable->output_count;
    Arena *scratch = stage->scratch;
    Inspection work = {.stage = stage,
                       .deliverable = deliverable,
                       .layout = layout,
                       .folder = encode_folder(stage->mix, stage->plan, stage->task->subject,
                                               stage->workplace, scratch),
                       .outputs = json_array(),
                       .readers = arena_array(scratch, outputs, sizeof *work.readers),
                       .meters = arena_array(scratch, outputs, sizeof *work.meters),
                       .difference = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double))};
    const Status status = inspect(&work, errors);
    for (size_t output = 0; output < outputs; output++) {
        output_reader_close(&work.readers[output]);
    }
    weighted_level_destroy(&work.weighted);
    master_gain_close(&work.master);
    json_decref(work.outputs);
    json_decref(work.rules);
    json_decref(work.review);
    json_decref(work.encoded);
    return status;
}
