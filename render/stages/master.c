/* MASTER: from the sum of the stems to one static gain and one limiter envelope for all of them.
 *
 * Law: walks the whole timeline from sample 0; the size of the portions changes no bit. DECISIONS
 * 8, 11.
 */
#include <math.h>

#include "render/dsp/meter.h"
#include "render/processors/limiter.h"
#include "render/stages/bus_reader.h"
#include "render/stages/master_gain.h"

static const double limiter_guard_db = 0.3; /* DECISIONS 8: a finite meter may read that much low */
static const double limiter_correction_lu =
    0.1; /* a loudness change by limiting that is corrected, once */
static const double end_fade_s = 0.010;
static const double end_warning_db = -60.0;

typedef struct Mastering {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout;
    BusReader reader;
    double **full;        /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double *weights;      /* BS.1770 weights */
    float *envelope;      /* of one feed */
    EnvelopeBlock *block; /* being filled */
    int64_t filled_samples;
    StoreWriter *writer;
    MasterFacts facts;
} Mastering;

static int64_t portion_at(const Mastering *work, SampleTime begin) {
    const int64_t rest = work->stage->mix->length_samples - begin;
    return rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
}

static Meter *make_meter(const Mastering *work) {
    return meter_create(work->layout->channel_count, work->weights, work->stage->mix->rate_hz,
                        work->stage->scratch);
}

static Status measure_sum(Mastering *work, MeterResult *result, ErrorList *errors) {
    Meter *meter = make_meter(work);
    for (SampleTime at = 0; at < work->stage->mix->length_samples; at += STAGE_CHUNK_SAMPLES) {
        const int64_t count = portion_at(work, at);
        TRY(bus_reader_full(&work->reader, (Span){at, at + count}, work->full, errors));
        meter_add(meter, (const double *const *)work->full, count);
    }
    meter_finish(meter, result);
    return DONE;
}

static Status flush_block(Mastering *work, ErrorList *errors) {
    bool acts = false;
    for (int64_t sample = 0; sample < work->filled_samples; sample++) {
        acts = acts || work->block->gains[sample] != 1.0F;
    }
    for (int64_t sample = work->filled_samples; sample < ENVELOPE_BLOCK_SAMPLES; sample++) {
        work->block->gains[sample] = 1.0F;
    }
    work->filled_samples = 0;
    if (acts) {
        TRY(store_write(work->writer, work->block, sizeof *work->block, errors));
        work->facts.block_count++;
    }
    work->block->index++;
    return DONE;
}

/* Keeps the envelope and measures what it leaves: samples begin .. begin + count - 1. */
static Status
take_envelope(Mastering *work, Meter *meter, SampleTime begin, int64_t count, ErrorList *errors) {
    const MasterFacts *facts = &work->facts;
    float lowest = 1.0F;
    TRY(bus_reader_full(&work->reader, (Span){begin, begin + count}, work->full, errors));
    for (int64_t sample = 0; sample < count; sample++) {
        const float envelope = work->envelope[sample];
        const double fade =
            master_end_fade(begin + sample, facts->length_samples, facts->end_fade_samples);
        const double gain = facts->gain * envelope * fade;
        for (int channel = 0; channel < work->layout->channel_count; channel++) {
            work->full[channel][sample] *= gain;
        }
        lowest = envelope < lowest ? envelope : lowest;
        work->block->gains[work->filled_samples++] = envelope;
        if (work->filled_samples == ENVELOPE_BLOCK_SAMPLES) {
            TRY(flush_block(work, errors));
        }
    }
    work->facts.max_reduction_db = fmax(facts->max_reduction_db, -db_from_gain(lowest));
    meter_add(meter, (const double *const *)work->full, count);
    return DONE;
}

static Status walk_limiter(Mastering *work, Limiter *limiter, Meter *meter, ErrorList *errors) {
    SampleTime made = 0;
    const int64_t length = work->stage->mix->length_samples;
    for (SampleTime at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t count = portion_at(work, at);
        TRY(bus_reader_full(&work->reader, (Span){at, at + count}, work->full, errors));
        const int64_t got = limiter_feed(limiter, (const double *const *)work->full, count,
                                         work->facts.gain, work->envelope);
        TRY(take_envelope(work, meter, made, got, errors));
        made += got;
    }
    const int64_t rest = limiter_flush(limiter, work->envelope);
    TRY(take_envelope(work, meter, made, rest, errors));
    return work->filled_samples ? flush_block(work, errors) : DONE;
}

static double limiter_ceiling(const Mastering *work) {
    return gain_from_db(work->deliverable->ceiling_dbtp - limiter_guard_db);
}

static Status begin_result(Mastering *work, double gain, ErrorList *errors) {
    const Task *task = work->stage->task;
    work->facts.gain = gain;
    work->facts.block_count = 0;
    work->facts.max_reduction_db = 0.0;
    work->block->index = 0;
    work->filled_samples = 0;
    store_put_cancel(&work->writer);
    return store_put_begin(work->stage->workplace->store, task->outputs[0], task->output_texts[0],
                           &work->writer, errors);
}

/* Runs the limiter behind `gain` and leaves its envelope in a store object that is not committed
 * yet. */
static Status limit(Mastering *work, double gain, MeterResult *limited, ErrorList *errors) {
    TRY(begin_result(work, gain, errors));
    Limiter *limiter = limiter_create(work->layout->channel_count, work->stage->mix->rate_hz,
                                      limiter_ceiling(work), work->stage->scratch);
    Meter *meter = make_meter(work);
    TRY(walk_limiter(work, limiter, meter, errors));
    meter_finish(meter, limited);
    return DONE;
}

/* DECISIONS 11: what still sounds in the last sample is faded, and told when it is loud. */
static Status decide_end_fade(Mastering *work, double gain, ErrorList *errors) {
    const Mix *mix = work->stage->mix;
    int64_t fade = (int64_t)(end_fade_s * mix->rate_hz);
    fade = fade < mix->length_samples ? fade : mix->length_samples;
    fade = fade < STAGE_CHUNK_SAMPLES ? fade : STAGE_CHUNK_SAMPLES;
    const Span end = {mix->length_samples - fade, mix->length_samples};
    TRY(bus_reader_full(&work->reader, end, work->full, errors));
    double peak = 0.0;
    double last = 0.0;
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        for (int64_t sample = 0; sample < fade; sample++) {
            peak = fmax(peak, fabs(work->full[channel][sample]) * gain);
        }
        last = fmax(last, fabs(work->full[channel][fade - 1]));
    }
    work->facts.end_fade_samples = last > 0.0 ? fade : 0;
    if (last > 0.0 && db_from_gain(peak) > end_warning_db) {
        warn(errors, E341, work->deliverable->place,
             "`%s` still sounds at its end, at %.1f dBFS: it is faded out over 10 ms",
             work->deliverable->id, db_from_gain(peak));
        error_help(errors, "a longer `project.tail` lets the rooms ring out");
    }
    return DONE;
}

/* What the deliverable measures behind `gain_db`; unmeasured stays silence_db. */
static void keep_loudness(Mastering *work, const MeterResult *from, double gain_db) {
    work->facts.loudness = (SoundLoudness){
        .integrated_lufs = from->has_loudness ? from->integrated_lufs + gain_db : silence_db,
        .loudness_range_lu = from->has_loudness_range ? from->loudness_range_lu : silence_db,
        .max_momentary_lufs = from->has_momentary ? from->max_momentary_lufs + gain_db : silence_db,
        .max_short_term_lufs =
            from->has_short_term ? from->max_short_term_lufs + gain_db : silence_db,
        .true_peak_dbtp = from->is_silent ? silence_db : from->true_peak_dbtp + gain_db};
}

/* Whether the limiter would have nothing to do: it judges by the filter of the meter. The margin
 * covers its rounding, as the meter has read the sum before the gain. */
static bool stays_below(const Mastering *work, const MeterResult *sum, double gain_db) {
    const double margin_db = 0.001;
    return sum->true_peak_dbtp + gain_db + margin_db <= db_from_gain(limiter_ceiling(work));
}

static Status decide(Mastering *work, ErrorList *errors) {
    const MixDeliverable *deliverable = work->deliverable;
    MeterResult sum;
    TRY(measure_sum(work, &sum, errors));
    const bool has_target =
        deliverable->has_target && !deliverable->is_report_only && sum.has_loudness;
    double gain_db = has_target ? deliverable->target_lufs - sum.integrated_lufs : 0.0;
    work->facts.measured_lufs = sum.has_loudness ? sum.integrated_lufs : silence_db;
    TRY(decide_end_fade(work, gain_from_db(gain_db), errors));
    keep_loudness(work, &sum, gain_db);
    /* a bed and its objects are one sum only where they are rendered: no limiter can hold it */
    if (deliverable->is_adm || stays_below(work, &sum, gain_db)) {
        return begin_result(work, gain_from_db(gain_db), errors);
    }
    MeterResult limited;
    TRY(limit(work, gain_from_db(gain_db), &limited, errors));
    keep_loudness(work, &limited, 0.0);
    if (!has_target || !limited.has_loudness) {
        return DONE;
    }
    const double change_lu = deliverable->target_lufs - limited.integrated_lufs;
    if (fabs(change_lu) <= limiter_correction_lu) {
        return DONE;
    }
    gain_db += change_lu;
    TRY(limit(work, gain_from_db(gain_db), &limited, errors));
    keep_loudness(work, &limited, 0.0);
    return DONE;
}

static void make_mastering(Mastering *work) {
    Arena *scratch = work->stage->scratch;
    const size_t channels = (size_t)work->layout->channel_count;
    work->full = arena_array(scratch, channels, sizeof *work->full);
    work->weights = arena_array(scratch, channels, sizeof *work->weights);
    for (size_t channel = 0; channel < channels; channel++) {
        work->full[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double));
        work->weights[channel] = work->layout->channels[channel].loudness_weight;
    }
    work->envelope = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *work->envelope);
    work->block = arena_alloc(scratch, sizeof *work->block);
    work->facts.length_samples = work->stage->mix->length_samples;
}

Status master_run(const Stage *stage, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    Mastering work = {.stage = stage,
                      .deliverable = deliverable,
                      .layout = stage->mix->buses[deliverable->measured_bus].layout};
    make_mastering(&work);
    Status status = bus_reader_open(stage, deliverable, VIEW_MEASURED, &work.reader, errors);
    status = status ? status : decide(&work, errors);
    status = status ? status : store_write(work.writer, &work.facts, sizeof work.facts, errors);
    status = status ? status : store_put_commit(&work.writer, errors);
    store_put_cancel(&work.writer);
    bus_reader_close(&work.reader);
    return status;
}
