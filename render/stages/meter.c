/* METER: opens what was written of one output as a stranger would, measures it, and holds the whole
 * against its parts.
 *
 * Law: facts of the files alone. What the facts mean for publishing is judged by whoever publishes.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "render/base/files.h"
#include "render/base/growing_text.h"
#include "render/dsp/planes.h"
#include "render/dsp/weighted_level.h"
#include "render/files/sound_writer.h"
#include "render/stages/dialogue_facts.h"
#include "render/stages/file_rules.h"
#include "render/stages/finding_json.h"
#include "render/stages/output_channel.h"
#include "render/stages/output_meter.h"
#include "render/stages/output_parts.h"
#include "render/stages/output_reader.h"
#include "render/stages/review.h"
#include "render/stages/seal_json.h"
#include "render/stages/staged_files.h"
#include "render/stages/stored_json.h"

typedef struct Metering {
    const Stage *stage;
    const MixDeliverable *deliverable;
    int output;
    bool is_full;
    StagedFiles *written; /* [stem_count + 1] what the WRITE tasks left; empty: it is not read */
    json_t *files;        /* of the output: what is told of them */
    OutputProof *proofs;  /* [proof_count] */
    int proof_count;
    MasterGain master;     /* what MASTER decided */
    OutputReader *readers; /* [output_count] of the output, and of its parts */
    OutputMeter meter;
    WeightedLevel *weighted; /* of full in loudspeakers, else NULL */
    double **difference;     /* [files of a reel][STAGE_CHUNK_SAMPLES * width]: full minus parts */
    int file_count, width;   /* files of a reel, and their channels */
    const bool *is_part;   /* [output_count] whose sum the full mix is; NULL: they are not there */
    double max_difference; /* full minus its parts, full scale */
} Metering;

/* ---- what was written ---- */

static int group_of(const Metering *work, int output) {
    return mix_output_group(work->stage->mix, &work->deliverable->outputs[output]);
}

static Status read_written(Metering *work, int output, ErrorList *errors) {
    const Stage *stage = work->stage;
    const int group = group_of(work, output);
    const int task = stage->plan->write_tasks[stage->task->subject][group];
    if (work->written[group].facts) {
        return DONE;
    }
    return staged_read(stage, task, &work->written[group], errors);
}

/* The facts of the files of the output, and their seals. */
static Status list_files(Metering *work, ErrorList *errors) {
    const int files_per_reel = mix_files_per_reel(work->stage->mix, work->deliverable);
    const char *name = work->deliverable->outputs[work->output].name;
    size_t index = 0;
    json_t *file = NULL;
    work->proof_count = work->deliverable->reel_count * files_per_reel;
    work->proofs =
        arena_array(work->stage->scratch, (size_t)work->proof_count, sizeof *work->proofs);
    json_array_foreach(json_object_get(work->written[group_of(work, work->output)].facts, "files"),
                       index, file) {
        const char *of = json_string_value(json_object_get(file, "output"));
        const int count = (int)json_array_size(work->files);
        if (of && strcmp(of, name) == 0 && count < work->proof_count &&
            seal_from_json(json_object_get(file, "seal"), &work->proofs[count].seal)) {
            json_array_append(work->files, file);
        }
    }
    return (int)json_array_size(work->files) == work->proof_count
               ? DONE
               : fail(errors, E606, NO_PLACE, "the facts of the encoded files of `%s` are damaged",
                      work->deliverable->id);
}

/* Every file is read and held to its seal, for its samples are not read here. */
static Status prove_files(const Metering *work, ErrorList *errors) {
    const char *folder = work->written[group_of(work, work->output)].folder;
    for (int file = 0; file < work->proof_count; file++) {
        OutputProof *proof = &work->proofs[file];
        const json_t *facts = json_array_get(work->files, (size_t)file);
        const char *name = json_string_value(json_object_get(facts, "name"));
        SoundSeal found;
        TRY(sound_file_sums(path_join(work->stage->scratch, folder, name), proof->seal.head_bytes,
                            &found, proof->sha256, errors));
        if (!sound_seal_equal(&found, &proof->seal)) {
            return fail(errors, E509, NO_PLACE, "`%s` was not stored as it was written", name);
        }
    }
    return DONE;
}

/* ---- what is known of such files already ---- */

static void add_dialogue(const Metering *work, Text *text) {
    const DialogueFacts *dialogue = &work->master.facts.dialogue;
    KeyText speech;
    if (!work->is_full || !dialogue->has_stem) {
        return;
    }
    key_format(key_of_bytes(work->master.is_speech, (size_t)work->master.facts.speech_block_count),
               speech);
    text_add(text, "dialogue %d %.17g %.17g %.17g %.17g %% speech %s\n", dialogue->has_speech,
             dialogue->mix_lufs, dialogue->stem_lufs, dialogue->range_lu, dialogue->speech_percent,
             speech);
}

/* All that the facts depend on: the content of the files that are read, whatever task wrote it. */
static const char *content_text(const Metering *work) {
    Text text = {.arena = work->stage->scratch};
    text_add(&text, "%s", work->stage->task->content);
    for (int group = 0; group <= work->stage->mix->stem_count; group++) {
        const json_t *content = json_object_get(work->written[group].facts, "content");
        if (content) {
            text_add(&text, "content %s\n", json_string_value(content));
        }
    }
    add_dialogue(work, &text);
    return text.bytes;
}

/* Whether the facts were measured from files with the seals of these. */
static bool has_seals(const Metering *work, const json_t *facts) {
    const json_t *seals = json_object_get(facts, "seals");
    bool has = (int)json_array_size(seals) == work->proof_count;
    for (int file = 0; has && file < work->proof_count; file++) {
        SoundSeal told;
        has = seal_from_json(json_array_get(seals, (size_t)file), &told) &&
              sound_seal_equal(&told, &work->proofs[file].seal);
    }
    return has;
}

/* Whether the facts are about the files, and what these are: those that were taken over were held
 * to their seals by WRITE, others are read here. */
static Status
is_about_files(const Metering *work, const json_t *facts, bool *is, ErrorList *errors) {
    const json_t *written = work->written[group_of(work, work->output)].facts;
    *is = has_seals(work, facts);
    return *is && !json_is_true(json_object_get(written, "is_taken")) ? prove_files(work, errors)
                                                                      : DONE;
}

/* *facts: NULL when nothing is known. */
static Status
find_known(const Metering *work, const char *content, json_t **facts, ErrorList *errors) {
    Store *store = work->stage->workplace->store;
    ErrorList *unsaid = errors_create(work->stage->scratch); /* it is measured */
    bool is_known = false;
    const Key key = key_of_text(content);
    if (!store_has_text(store, key, content) ||
        stored_json_read(store, key, facts, unsaid) != DONE) {
        return DONE;
    }
    const Status status = is_about_files(work, *facts, &is_known, errors);
    if (status != DONE || !is_known) {
        json_decref(*facts);
        *facts = NULL;
    }
    return status;
}

/* ---- measuring ---- */

static Status open_weighted(Metering *work, ErrorList *errors) {
    const Layout *layout = work->meter.layout;
    if (!work->is_full || layout->kind != LAYOUT_SPEAKERS) {
        return DONE;
    }
    Arena *scratch = work->stage->scratch;
    WeightedGains *gains = arena_array(scratch, (size_t)layout->channel_count, sizeof *gains);
    weighted_gains_of(layout, gains);
    return weighted_level_create(layout->channel_count, gains, work->deliverable->rate_hz, scratch,
                                 &work->weighted, errors);
}

static Status open_output(Metering *work, int output, ErrorList *errors) {
    const bool is_own = output == work->output;
    OutputReader *reader = &work->readers[output];
    TRY(output_reader_open(work->stage, work->written[group_of(work, output)].folder, output,
                           is_own ? work->proofs : NULL, reader, errors));
    if (work->is_part) {
        reader->use = is_own ? USE_WHOLE : USE_PART;
        reader->difference = work->difference;
    }
    return DONE;
}

static void make_difference(Metering *work) {
    const MixDeliverable *deliverable = work->deliverable;
    Arena *scratch = work->stage->scratch;
    work->file_count = mix_files_per_reel(work->stage->mix, deliverable);
    work->width = deliverable->is_split ? 1 : mix_track_count(deliverable);
    work->difference = arena_array(scratch, (size_t)work->file_count, sizeof *work->difference);
    for (int file = 0; file < work->file_count; file++) {
        work->difference[file] =
            arena_array(scratch, (size_t)work->width * STAGE_CHUNK_SAMPLES, sizeof(double));
    }
}

static Status open_outputs(Metering *work, ErrorList *errors) {
    if (work->is_part) {
        make_difference(work);
    }
    TRY(open_output(work, work->output, errors));
    for (int output = 0; work->is_part && output < work->deliverable->output_count; output++) {
        TRY(work->is_part[output] ? open_output(work, output, errors) : DONE);
    }
    output_meter_open(work->stage, work->deliverable, &work->meter);
    return open_weighted(work, errors);
}

static void check_null(Metering *work, int64_t count) {
    for (int file = 0; file < work->file_count; file++) {
        work->max_difference = fmax(work->max_difference,
                                    planes_greatest(work->difference[file], count * work->width));
    }
}

static Status walk_output(Metering *work, ErrorList *errors) {
    const int64_t length = work->deliverable->length_samples;
    for (SampleTime at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        OutputMeter *meter = &work->meter;
        TRY(output_reader_next(&work->readers[work->output], count, errors));
        output_meter_add(meter, (const float *const *)work->readers[work->output].planes, count);
        if (work->weighted) {
            weighted_level_add(work->weighted, (const double *const *)meter->heard, count);
        }
        for (int output = 0; work->is_part && output < work->deliverable->output_count; output++) {
            TRY(work->is_part[output] ? output_reader_next(&work->readers[output], count, errors)
                                      : DONE);
        }
        if (work->is_part) {
            check_null(work, count);
        }
    }
    return DONE;
}

/* ---- what is told ---- */

static json_t *real_or_null(bool is_known, double value) {
    return is_known ? json_real(value) : json_null();
}

static void describe_weighted(const Metering *work, json_t *facts) {
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

/* What only the whole has: older weightings, and its dialogue. */
static void describe_full(const Metering *work, const MeterResult *measured, json_t *facts) {
    if (work->weighted) {
        describe_weighted(work, facts);
    }
    if (work->master.facts.dialogue.has_stem) {
        Arena *scratch = work->stage->scratch;
        const SlotEnergies energies = meter_energies(work->meter.loudness, scratch);
        json_object_set_new(facts, "dialogue",
                            dialogue_facts_describe(&work->master, measured, &energies, scratch));
    }
}

static json_t *describe_output(Metering *work) {
    MeterResult measured;
    OutputMeter *meter = &work->meter;
    output_meter_finish(meter, &measured);
    json_t *facts = json_object();
    json_object_set_new(facts, "name", json_string(work->deliverable->outputs[work->output].name));
    describe_levels(&measured, facts);
    if (meter->rendering) { /* BS.1770-5 annex 4: never a loudness without its rendering */
        json_object_set_new(facts, "rendered_to", json_string(meter->layout->name));
        json_object_set_new(facts, "renderer", json_string(meter->rendering->fold->name));
    }
    if (work->is_full) {
        describe_full(work, &measured, facts);
    }
    return facts;
}

/* Integer formats null exactly; float ones within the rounding of the format. */
static json_t *describe_null(const Metering *work) {
    static const double lsb[] = {
        [PCM_16] = 0x1p-15, [PCM_24] = 0x1p-23, [PCM_32] = 0x1p-31, 0x1p-23, 0x1p-23};
    const SampleFormat format = work->deliverable->format;
    const double allowed = format <= PCM_24 ? 0.0 : 0x1p-20;
    const bool is_known = work->is_part; /* what is lossy or was not tested is not claimed */
    return json_pack("{s:b, s:o, s:o}", "is_checked", is_known, "is_exact",
                     is_known ? json_boolean(work->max_difference <= allowed) : json_null(),
                     "max_difference_lsb",
                     real_or_null(is_known, work->max_difference / lsb[format]));
}

/* Facts of the output: {"output", "rules", "review", "null", "sha256", "seals": of its files}. */
static Status measure(Metering *work, json_t *facts, ErrorList *errors) {
    const char *folder = work->written[group_of(work, work->output)].folder;
    json_t *rules = NULL;
    json_t *review = NULL;
    TRY(file_rules_check(work->stage, folder, work->output, &rules, errors));
    json_object_set_new(facts, "rules", rules);
    if (work->deliverable->is_adm) { /* INSPECT tells what MASTER measured of the rendering */
        return prove_files(work, errors);
    }
    TRY(open_outputs(work, errors));
    TRY(walk_output(work, errors));
    TRY(review_output(work->stage, folder, work->output, &review, errors));
    if (review) {
        json_object_set_new(facts, "review", review);
    }
    json_object_set_new(facts, "output", describe_output(work));
    if (work->is_full) {
        json_object_set_new(facts, "null", describe_null(work));
    }
    return DONE;
}

static Status
measure_and_keep(Metering *work, const char *content, json_t *facts, ErrorList *errors) {
    TRY(measure(work, facts, errors));
    json_t *sums = json_array();
    json_t *seals = json_array();
    json_object_set_new(facts, "sha256", sums);
    json_object_set_new(facts, "seals", seals);
    for (int file = 0; file < work->proof_count; file++) {
        json_array_append_new(sums, json_string(work->proofs[file].sha256));
        json_array_append_new(seals, seal_to_json(&work->proofs[file].seal));
    }
    return stored_json_put(work->stage->workplace->store, key_of_text(content), content, facts,
                           errors);
}

static Status find_or_measure(Metering *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    const Task *task = stage->task;
    json_t *facts = NULL;
    TRY(read_written(work, work->output, errors));
    for (int output = 0; work->is_part && output < work->deliverable->output_count; output++) {
        TRY(work->is_part[output] ? read_written(work, output, errors) : DONE);
    }
    TRY(list_files(work, errors));
    TRY(master_gain_open(stage, task->subject, &work->master, errors));
    const char *content = content_text(work);
    TRY(find_known(work, content, &facts, errors));
    Status status = DONE;
    if (!facts) {
        facts = json_object();
        status = measure_and_keep(work, content, facts, errors);
    }
    status = status ? status
                    : stored_json_put(stage->workplace->store, task->outputs[0],
                                      task->output_texts[0], facts, errors);
    json_decref(facts);
    return status;
}

Status meter_run(const Stage *stage, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const size_t outputs = (size_t)deliverable->output_count;
    const size_t groups = (size_t)stage->mix->stem_count + 1;
    Arena *scratch = stage->scratch;
    Metering work = {.stage = stage,
                     .deliverable = deliverable,
                     .output = stage->task->detail,
                     .is_full = deliverable->outputs[stage->task->detail].kind == OUTPUT_FULL,
                     .written = arena_array(scratch, groups, sizeof *work.written),
                     .files = json_array(),
                     .readers = arena_array(scratch, outputs, sizeof *work.readers)};
    if (work.is_full && !sound_is_lossy(deliverable->container)) {
        work.is_part = output_parts_of_full(stage->mix, deliverable, scratch);
    }
    const Status status = find_or_measure(&work, errors);
    for (size_t output = 0; output < outputs; output++) {
        output_reader_close(&work.readers[output]);
    }
    for (size_t group = 0; group < groups; group++) {
        json_decref(work.written[group].facts);
    }
    weighted_level_destroy(&work.weighted);
    master_gain_close(&work.master);
    json_decref(work.files);
    return status;
}
