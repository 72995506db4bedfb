/* Every output measured from its files; stems and layers held against lines, scenes and budgets. */
#include "render/stages/review.h"

#include <string.h>

#include "render/qc/score_scan.h"
#include "render/stages/bus_reader.h"
#include "render/stages/finding_json.h"
#include "render/stages/master_gain.h"
#include "render/stages/output_reader.h"
#include "render/stages/source.h"

typedef struct Reviewing {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const QcBrief *brief;
    const char *folder;
    json_t *review, *findings; /* the latter in the former */
} Reviewing;

static bool is_delivered(const Reviewing *work, const char *name) {
    for (int output = 0; output < work->deliverable->output_count; output++) {
        if (strcmp(work->deliverable->outputs[output].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a mix that is not delivered only the budgets of its stems, which are. */
static bool is_told(const Reviewing *work, const QcFinding *finding, const char *output) {
    return is_delivered(work, output) || finding->check == QC_STEM_BUDGET;
}

static void list_findings(const Reviewing *work,
                          const QcFindings *found,
                          const char *output,
                          const Layout *layout) {
    const int rate_hz = work->deliverable->rate_hz;
    for (const QcFinding *finding = found->first; finding; finding = finding->next) {
        if (!is_told(work, finding, output)) {
            continue;
        }
        json_t *object = finding_to_json(finding, layout, rate_hz, work->stage->scratch);
        json_object_set_new(object, "output", json_string(output));
        json_array_append_new(work->findings, object);
    }
}

/* Of the whole mix. */
static void tell_numbers(const Reviewing *work, const QcNumbers *numbers) {
    const QcHeadroomNumbers *const headroom = &numbers->headroom;
    json_object_set_new(work->review, "translation", translation_to_json(&numbers->translation));
    if (headroom->is_known) {
        json_object_set_new(work->review, "headroom",
                            json_pack("{s:f, s:f}", "normal_dbtp", headroom->normal_dbtp,
                                      "climax_dbtp", headroom->climax_dbtp));
    }
}

static int64_t portion_at(const Reviewing *work, SampleTime at) {
    const int64_t rest = work->deliverable->length_samples - at;
    return rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
}

/* ---- files ---- */

static int integer_bits(SampleFormat format) {
    static const int bits[] = {[PCM_16] = 16, [PCM_24] = 24, [PCM_32] = 32, [FLOAT_64] = 0};
    return bits[format];
}

static Status measure_files(const Reviewing *work,
                            int output,
                            QcMeasure *measure,
                            OutputReader *reader,
                            ErrorList *errors) {
    TRY(output_reader_open(work->stage, work->folder, output, NULL, reader, errors));
    for (SampleTime at = 0; at < work->deliverable->length_samples; at += STAGE_CHUNK_SAMPLES) {
        const int64_t count = portion_at(work, at);
        TRY(output_reader_next(reader, count, errors));
        qc_measure_add(measure, reader->planes, count);
    }
    return DONE;
}

/* Ambisonics as their rendering sounds; a bus of N3D is made of one of SN3D by a gain a channel. */
static void hear(const Reviewing *work, Arena *arena, QcSubject *subject) {
    const Mix *const mix = work->stage->mix;
    const MixBus *const written = &mix->buses[work->deliverable->bus];
    const MixBus *const heard = &mix->buses[work->deliverable->measured_bus];
    if (written->layout->kind != LAYOUT_AMBISONIC) {
        return;
    }
    const int inputs = written->layout->channel_count;
    const size_t cells = (size_t)heard->layout->channel_count * (size_t)inputs;
    double *const gains = arena_array(arena, cells, sizeof *gains);
    for (size_t cell = 0; cell < cells; cell++) {
        const int input = (int)cell % inputs;
        const double level = written->fold ? written->fold->gains[input * inputs + input] : 1.0;
        gains[cell] = heard->fold->gains[cell] / level;
    }
    subject->heard = heard->layout;
    subject->heard_gains = gains;
}

static Status review_files(const Reviewing *work, int output, ErrorList *errors) {
    const Mix *const mix = work->stage->mix;
    const MixOutput *const subject_output = &work->deliverable->outputs[output];
    const Layout *const layout = mix->buses[work->deliverable->bus].layout;
    Arena *arena = arena_create();
    QcSubject subject = {.channel_count = layout->channel_count,
                         .rate_hz = work->deliverable->rate_hz,
                         .layout = layout,
                         .integer_bits = integer_bits(work->deliverable->format),
                         .is_part = subject_output->kind == OUTPUT_STEM,
                         .score = work->brief->score};
    hear(work, arena, &subject);
    QcFindings *const found = qc_findings_create(&work->brief->policy, arena);
    QcMeasure *measure = NULL;
    OutputReader reader = {0};
    QcNumbers numbers;
    Status status = qc_measure_create(&subject, found, arena, &measure, errors);
    status = status ? status : measure_files(work, output, measure, &reader, errors);
    if (status == DONE) {
        qc_measure_finish(measure, &numbers);
        list_findings(work, found, subject_output->name, layout);
        if (subject_output->kind == OUTPUT_FULL) {
            tell_numbers(work, &numbers);
        }
    }
    output_reader_close(&reader);
    qc_measure_destroy(&measure);
    arena_destroy(&arena);
    return status;
}

/* ---- stems ---- */

typedef struct StemReview {
    BusReader reader;
    MasterGain gain;
    ScoreScan *scan;
    QcMeasure *measure; /* of the sum, where no file holds it: ADM */
    float ***stems;     /* [stem_count][channel_count][STAGE_CHUNK_SAMPLES] */
    float **sum;
    double *gains;
} StemReview;

static float **make_planes(Arena *arena, int channel_count) {
    float **const planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    return planes;
}

static void add_to_sum(StemReview *review, int stem, int64_t count) {
    for (int channel = 0; channel < review->reader.channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            float *const samples = review->stems[stem][channel];
            samples[sample] = (float)(samples[sample] * review->gains[sample]);
            review->sum[channel][sample] += samples[sample];
        }
    }
}

static Status walk_stems(const Reviewing *work, StemReview *review, ErrorList *errors) {
    for (SampleTime at = 0; at < work->deliverable->length_samples; at += STAGE_CHUNK_SAMPLES) {
        const int64_t count = portion_at(work, at);
        master_gain_read(&review->gain, at, count, review->gains);
        for (int channel = 0; channel < review->reader.channel_count; channel++) {
            memset(review->sum[channel], 0, (size_t)count * sizeof(float));
        }
        for (int stem = 0; stem < review->reader.stem_count; stem++) {
            TRY(bus_reader_stem(&review->reader, stem, (Span){at, at + count}, review->stems[stem],
                                errors));
            add_to_sum(review, stem, count);
        }
        score_scan_add(review->scan, (float *const *const *)review->stems, count);
        if (review->measure) {
            qc_measure_add(review->measure, review->sum, count);
        }
    }
    return DONE;
}

/* ---- layers ---- */

typedef struct LayerReview {
    const MixLayer *layer;
    LayerAudio audio;
    CeilingLanes ceilings;
    double gain; /* of its stem and of the master */
    float *samples;
    double **planes; /* [channel_count][STAGE_CHUNK_SAMPLES] */
} LayerReview;

static void walk_layer(LayerReview *review, ScoreScan *scan, int64_t length_samples) {
    const int64_t first = review->layer->start > 0 ? review->layer->start : 0;
    const int64_t last = review->layer->start + review->layer->length_samples;
    const int64_t end = last < length_samples ? last : length_samples;
    for (SampleTime at = first; at < end; at += STAGE_CHUNK_SAMPLES) {
        const int64_t count = end - at < STAGE_CHUNK_SAMPLES ? end - at : STAGE_CHUNK_SAMPLES;
        for (int channel = 0; channel < review->layer->layout->channel_count; channel++) {
            const Source source = {review->layer, &review->audio, channel, review->ceilings};
            source_read(&source, at, count, review->samples);
            for (int64_t sample = 0; sample < count; sample++) {
                review->planes[channel][sample] = review->gain * (double)review->samples[sample];
            }
        }
        score_scan_add_layer(scan, (const double *const *)review->planes, count);
    }
}

static Status
review_layer(const Reviewing *work, int index, double gain, ScoreScan *scan, ErrorList *errors) {
    const Stage *const stage = work->stage;
    const MixLayer *const layer = &stage->mix->layers[index];
    const size_t channels = (size_t)layer->layout->channel_count;
    Arena *arena = arena_create();
    LayerReview review = {.layer = layer, .gain = gain * stage->mix->stems[layer->stem].gain};
    double *const weights = arena_array(arena, channels, sizeof *weights);
    review.samples = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof(float));
    review.planes = arena_array(arena, channels, sizeof *review.planes);
    for (size_t channel = 0; channel < channels; channel++) {
        const bool is_lfe = layer->layout->channels[channel].role == CHANNEL_LFE;
        weights[channel] = is_lfe && channels > 1 ? 0.0 : 1.0;
        review.planes[channel] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof(double));
    }
    LayerInputs *const inputs = layer_inputs_create(stage, arena, errors);
    Status status = source_ceilings(stage, index, &review.ceilings, errors);
    status = status ? status : layer_audio_open(inputs, index, &review.audio, errors);
    if (status == DONE) {
        const ScoreLayer followed = {layer->id, index, layer->layout->channel_count, weights,
                                     layer->start};
        score_scan_begin_layer(scan, &followed, arena);
        walk_layer(&review, scan, stage->mix->length_samples);
        score_scan_end_layer(scan);
        status = layer_inputs_check(inputs, errors);
        layer_audio_close(&review.audio);
    }
    layer_inputs_close(inputs);
    arena_destroy(&arena);
    return status;
}

/* Not beside stems at another speed or rate: layers are heard as they are rendered. */
static Status
review_layers(const Reviewing *work, double gain, ScoreScan *scan, ErrorList *errors) {
    const RetimeRatio retime = work->deliverable->retime;
    const QcScore *const score = work->brief->score;
    const bool is_asked =
        work->brief->policy.levels[QC_INAUDIBLE] != QC_OFF || score->lead_count > 0 || score->range;
    const bool is_on = is_asked && retime.input == retime.output;
    for (int layer = 0; is_on && layer < work->stage->mix->layer_count; layer++) {
        TRY(review_layer(work, layer, gain, scan, errors));
    }
    return DONE;
}

/* ---- all of it ---- */

/* Where a stem says nothing, meant or not. */
static void tell_silences(const Reviewing *work, const ScoreScan *scan, Arena *arena) {
    enum { GAPS_MAX = 1000 };
    QcGap *const gaps = arena_array(arena, GAPS_MAX, sizeof *gaps);
    const int count = score_scan_gaps(scan, gaps, GAPS_MAX);
    json_t *const silences = json_array();
    for (int gap = 0; gap < count; gap++) {
        json_array_append_new(silences,
                              json_pack("{s:s, s:f, s:f, s:b}", "stem",
                                        work->brief->score->stems[gaps[gap].stem].id, "at_s",
                                        gaps[gap].at_s, "length_s", gaps[gap].length_s, "is_meant",
                                        gaps[gap].is_meant));
    }
    json_object_set_new(work->review, "silences", silences);
}

static Status walk_score(const Reviewing *work, StemReview *review, ErrorList *errors) {
    QcNumbers numbers;
    TRY(bus_reader_open(work->stage, work->deliverable, VIEW_MEASURED, &review->reader, errors));
    TRY(master_gain_open(work->stage, work->stage->task->subject, &review->gain, errors));
    TRY(walk_stems(work, review, errors));
    score_scan_finish(review->scan);
    tell_silences(work, review->scan, work->stage->scratch);
    if (review->measure) {
        qc_measure_finish(review->measure, &numbers);
        tell_numbers(work, &numbers);
    }
    TRY(review_layers(work, review->gain.facts.gain, review->scan, errors));
    const double share_percent = score_scan_finish_layers(review->scan);
    if (share_percent >= 0.0) {
        json_object_set_new(work->review, "primary_share_percent", json_real(share_percent));
    }
    return DONE;
}

static Status walk_all_stems(const Reviewing *work, ErrorList *errors) {
    const Mix *const mix = work->stage->mix;
    const Layout *const layout = mix->buses[work->deliverable->measured_bus].layout;
    const int stem_count = work->brief->score->stem_count;
    Arena *arena = arena_create();
    const QcSubject subject = {.channel_count = layout->channel_count,
                               .rate_hz = work->deliverable->rate_hz,
                               .layout = layout,
                               .score = work->brief->score};
    QcFindings *const found = qc_findings_create(&work->brief->policy, arena);
    StemReview review = {.gains = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof(double)),
                         .sum = make_planes(arena, layout->channel_count),
                         .stems = arena_array(arena, (size_t)stem_count, sizeof(float **))};
    for (int stem = 0; stem < stem_count; stem++) {
        review.stems[stem] = make_planes(arena, layout->channel_count);
    }
    review.scan = score_scan_create(&subject, work->brief->score, work->deliverable->length_samples,
                                    found, arena);
    Status status = work->deliverable->is_adm
                        ? qc_measure_create(&subject, found, arena, &review.measure, errors)
                        : DONE;
    status = status ? status : walk_score(work, &review, errors);
    if (status == DONE) {
        list_findings(work, found, "full", layout);
    }
    bus_reader_close(&review.reader);
    master_gain_close(&review.gain);
    qc_measure_destroy(&review.measure);
    arena_destroy(&arena);
    return status;
}

static Reviewing review_of(const Stage *stage, json_t *review) {
    const MixDeliverable *const deliverable = &stage->mix->deliverables[stage->task->subject];
    return (Reviewing){.stage = stage,
                       .deliverable = deliverable,
                       .brief = deliverable->qc,
                       .review = review,
                       .findings = json_object_get(review, "findings")};
}

Status review_output(
    const Stage *stage, const char *folder, int output, json_t **review, ErrorList *errors) {
    *review = NULL;
    if (!stage->mix->deliverables[stage->task->subject].qc) {
        return DONE;
    }
    *review = json_pack("{s:[]}", "findings");
    Reviewing work = review_of(stage, *review);
    work.folder = folder;
    const Status status = review_files(&work, output, errors);
    if (status != DONE) {
        json_decref(*review);
        *review = NULL;
    }
    return status;
}

Status review_score(const Stage *stage, json_t *review, ErrorList *errors) {
    const Reviewing work = review_of(stage, review);
    return walk_all_stems(&work, errors);
}
