/* MASTER: from the sum of the stems to one static gain and one limiter envelope for all of them.
 *
 * Law: measured in cells of an absolute grid, limited from sample 0 on; the gain is found in steps
 * that the measurements alone decide. DECISIONS 8, 11.
 */
#include <math.h>

#include "render/stages/master_limit.h"
#include "render/stages/master_stems.h"
#include "render/stages/measure.h"
#include "render/stages/programme.h"

static const double limiter_guard_db = 0.3; /* DECISIONS 8: a finite meter may read that much low */
/* The static gain for which the limited mix meets its target: secant steps on estimates, which are
 * held to what is measured then. 0.02 LU are promised. */
enum { MOST_ESTIMATES = 8, MOST_MEASUREMENTS = 4 };
static const double estimate_accuracy_lu = 0.001;
static const double target_accuracy_lu = 0.005;
static const double least_slope = 0.1; /* of limited loudness over gain, so that steps stay small */
static const double most_push_db = 20.0; /* a target that cannot be met is not run after further */
static const double end_fade_s = 0.010;
static const double end_warning_db = -60.0;

typedef struct Mastering {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout; /* of what is limited */
    BusReader reader;
    MasterMeasure measure;
    MeasuredSlots measured; /* in front of the gain */
    MasterLimit *limit;
    double **sum; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    MasterEnvelope *envelope;
    StemLimiting *stems; /* [stem_count] */
    Speech speech;
    MasterFacts facts;
} Mastering;

static double limiter_ceiling(const Mastering *work) {
    return gain_from_db(work->deliverable->ceiling_dbtp - limiter_guard_db);
}

/* What MEASURE found, in front of the gain; the limiter goes by it. */
static Status read_measured(Mastering *work, ErrorList *errors) {
    Arena *scratch = work->stage->scratch;
    const Span cells = {0, measure_cell_count(work->deliverable)};
    work->measured =
        measured_slots_create(work->deliverable, cells, work->measure.is_dialogue != NULL, scratch);
    TRY(measure_read(work->stage, work->stage->task->subject, &work->measured, errors));
    const Limiting limiting = {.stage = work->stage,
                               .deliverable = work->deliverable,
                               .measured = &work->measured,
                               .measure = &work->measure,
                               .reader = &work->reader,
                               .envelope = work->envelope,
                               .ceiling_gain = limiter_ceiling(work)};
    work->limit = master_limit_create(&limiting, scratch);
    return DONE;
}

/* DECISIONS 11: what still sounds in the last sample is faded, and told when it is loud. */
static Status decide_end_fade(Mastering *work, double gain, ErrorList *errors) {
    const int64_t length = work->deliverable->length_samples;
    int64_t fade = (int64_t)(end_fade_s * work->deliverable->rate_hz);
    fade = fade < length ? fade : length;
    if (work->stage->mix->joins_by_sample) {
        return DONE;
    }
    fade = fade < STAGE_CHUNK_SAMPLES ? fade : STAGE_CHUNK_SAMPLES;
    const Span end = {length - fade, length};
    TRY(bus_reader_sum(&work->reader, NULL, end, work->sum, errors));
    double peak = 0.0;
    double last = 0.0;
    for (int channel = 0; channel < work->layout->channel_count; channel++) {
        for (int64_t sample = 0; sample < fade; sample++) {
            peak = fmax(peak, fabs(work->sum[channel][sample]) * gain);
        }
        last = fmax(last, fabs(work->sum[channel][fade - 1]));
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

/* What the deliverable measures behind a gain on top; unmeasured stays silence_db. */
static void keep_levels(Mastering *work, const MasterLevels *levels, double gain_db) {
    const MeterResult *from = &levels->meter;
    work->facts.loudness = (SoundLoudness){
        .integrated_lufs = from->has_loudness ? from->integrated_lufs + gain_db : silence_db,
        .loudness_range_lu = from->has_loudness_range ? from->loudness_range_lu : silence_db,
        .max_momentary_lufs = from->has_momentary ? from->max_momentary_lufs + gain_db : silence_db,
        .max_short_term_lufs =
            from->has_short_term ? from->max_short_term_lufs + gain_db : silence_db,
        .true_peak_dbtp = from->is_silent ? silence_db : from->true_peak_dbtp + gain_db};
    work->facts.dialogue =
        master_measure_dialogue(&work->measure, levels, gain_from_db(gain_db), &work->speech);
    work->facts.speech_block_count = work->speech.block_count;
}

/* Whether the limiter would have nothing to do: it judges by the filter of the meter. The margin
 * covers its rounding, as the meter has read the sum before the gain. Of harmonics the meter has
 * heard loudspeakers: it is no judge. */
static bool stays_below(const Mastering *work, const MeterResult *sum, double gain_db) {
    const double margin_db = 0.001;
    return work->layout->kind != LAYOUT_AMBISONIC &&
           sum->true_peak_dbtp + gain_db + margin_db <= db_from_gain(limiter_ceiling(work));
}

/* What the target is about, as it was kept; silence_db: not there. */
static double gated_lufs(const Mastering *work) {
    return work->deliverable->has_dialogue_gate && !work->facts.is_fallback
               ? work->facts.dialogue.mix_lufs
               : work->facts.loudness.integrated_lufs;
}

static double target_lufs(const Mastering *work) {
    return work->facts.is_fallback ? work->deliverable->fallback_lufs
                                   : work->deliverable->target_lufs;
}

/* Settled before the limiter, which changes no speech. */
static void choose_gate(Mastering *work) {
    const MixDeliverable *deliverable = work->deliverable;
    work->facts.is_fallback = deliverable->has_dialogue_gate && deliverable->has_fallback &&
                              work->facts.dialogue.speech_percent < deliverable->fallback_percent;
}

static bool has_own_target(const Mastering *work) {
    const MixDeliverable *deliverable = work->deliverable;
    return deliverable->has_target && !deliverable->is_report_only && !deliverable->is_programme &&
           work->facts.measured_lufs > silence_db;
}

/* The gain that brings the sum to the target before it is limited. Twice, as a gain may lift speech
 * over the floor of what counts as such. */
static double find_gain_db(Mastering *work, const MasterLevels *sum) {
    double gain_db = 0.0;
    for (int round = 0; round < 2; round++) {
        keep_levels(work, sum, gain_db);
        choose_gate(work);
        const double level_lufs = gated_lufs(work);
        gain_db += level_lufs > silence_db ? target_lufs(work) - level_lufs : 0.0;
    }
    return gain_db;
}

typedef struct Step { /* one try of the solution */
    double gain_db, limited_lufs;
} Step;

typedef struct Search {
    Step last, before; /* estimates */
    int step_count;
    double most_db;
} Search;

/* Where the line through the last two tries meets the level; the first step believes that what is
 * added is heard. */
static double next_gain_db(const Search *search, double aim_lufs) {
    const Step *last = &search->last;
    const Step *before = &search->before;
    double slope = 1.0;
    if (search->step_count > 1 && last->gain_db != before->gain_db) {
        slope = (last->limited_lufs - before->limited_lufs) / (last->gain_db - before->gain_db);
        slope = fmin(1.0, fmax(least_slope, slope));
    }
    return fmin(search->most_db, last->gain_db + (aim_lufs - last->limited_lufs) / slope);
}

/* What the deliverable measures as it was limited last. */
static double judge_limited(Mastering *work) {
    MasterLevels limited;
    measured_slots_judge(&work->limit->slots, &limited);
    keep_levels(work, &limited, 0.0);
    return gated_lufs(work);
}

static Status estimate(Mastering *work, Search *search, double gain_db, ErrorList *errors) {
    TRY(master_limit_estimate(work->limit, gain_from_db(gain_db), errors));
    search->before = search->last;
    search->last = (Step){.gain_db = gain_db, .limited_lufs = judge_limited(work)};
    search->step_count++;
    return DONE;
}

/* Goes on from the last step until an estimate meets the level, or nothing more can be done. */
static Status search_gain(Mastering *work, Search *search, double aim_lufs, ErrorList *errors) {
    for (int step = 0; step < MOST_ESTIMATES; step++) {
        const double gain_db = next_gain_db(search, aim_lufs);
        if (fabs(aim_lufs - search->last.limited_lufs) <= estimate_accuracy_lu ||
            search->last.limited_lufs <= silence_db || gain_db == search->last.gain_db) {
            break;
        }
        TRY(estimate(work, search, gain_db, errors));
    }
    return DONE;
}

static Status measure_limited(Mastering *work, double gain_db, double *lufs, ErrorList *errors) {
    work->facts.gain = gain_from_db(gain_db);
    TRY(master_limit_measure(work->limit, work->facts.gain, work->facts.end_fade_samples, errors));
    *lufs = judge_limited(work);
    return DONE;
}

/* The limited full mix, behind the gain that brings it to its target. */
static Status limit_to_target(Mastering *work, double gain_db, ErrorList *errors) {
    Search search = {.most_db = gain_db + most_push_db};
    double aim_lufs = target_lufs(work);
    TRY(estimate(work, &search, gain_db, errors));
    for (int round = 0; round < MOST_MEASUREMENTS; round++) {
        double lufs = 0.0;
        TRY(search_gain(work, &search, aim_lufs, errors));
        TRY(measure_limited(work, search.last.gain_db, &lufs, errors));
        const double missing_lu = target_lufs(work) - lufs;
        if (fabs(missing_lu) <= target_accuracy_lu || lufs <= silence_db) {
            break;
        }
        aim_lufs = search.last.limited_lufs + missing_lu;
    }
    return DONE;
}

/* The full mix has found the gain: the envelope is that of the stems of the set. */
static Status limit_set(Mastering *work, ErrorList *errors) {
    return work->deliverable->limited_stems
               ? master_limit_set(work->limit, work->facts.gain, errors)
               : DONE;
}

static Status limit(Mastering *work, double gain_db, bool has_target, ErrorList *errors) {
    double lufs = 0.0;
    return has_target ? limit_to_target(work, gain_db, errors)
                      : measure_limited(work, gain_db, &lufs, errors);
}

/* The gain in front of the limiter. of a programme: that of all its reels; what limiting takes from
 * it is not made up, because no reel knows what it takes from the others. */
static Status
find_first_gain_db(Mastering *work, const MasterLevels *sum, double *gain_db, ErrorList *errors) {
    const MixDeliverable *deliverable = work->deliverable;
    *gain_db = 0.0;
    if (deliverable->is_programme) {
        TRY(programme_put(work->stage, &sum->mix, errors));
        TRY(programme_loudness(work->stage, deliverable, &sum->mix, &work->facts.measured_lufs,
                               errors));
        const bool is_heard = work->facts.measured_lufs > silence_db;
        *gain_db = is_heard ? deliverable->target_lufs - work->facts.measured_lufs : 0.0;
        work->facts.programme_lufs = is_heard ? deliverable->target_lufs : silence_db;
        return DONE;
    }
    if (has_own_target(work)) {
        *gain_db = find_gain_db(work, sum);
    }
    return DONE;
}

static Status decide(Mastering *work, ErrorList *errors) {
    MasterLevels sum;
    TRY(read_measured(work, errors));
    measured_slots_judge(&work->measured, &sum);
    keep_levels(work, &sum, 0.0);
    work->facts.measured_lufs = gated_lufs(work);
    work->facts.programme_lufs = silence_db;
    const bool has_target = has_own_target(work);
    double gain_db = 0.0;
    TRY(find_first_gain_db(work, &sum, &gain_db, errors));
    work->facts.gain = gain_from_db(gain_db);
    TRY(decide_end_fade(work, work->facts.gain, errors));
    keep_levels(work, &sum, gain_db);
    TRY(master_envelope_begin(work->envelope, work->stage, errors));
    /* a bed and its objects are one sum only where they are rendered: no limiter can hold it */
    if (work->deliverable->is_adm) {
        return DONE;
    }
    if (!stays_below(work, &sum.meter, gain_db)) {
        TRY(limit(work, gain_db, has_target, errors));
    }
    return limit_set(work, errors);
}

static Status ask_stems(Mastering *work, ErrorList *errors) {
    const StemsQuestion question = {.envelope = work->envelope,
                                    .reader = &work->reader,
                                    .deliverable = work->deliverable,
                                    .gain = work->facts.gain,
                                    .ceiling_gain = limiter_ceiling(work)};
    return master_stems_ask(&question, work->stems, errors);
}

static void make_mastering(Mastering *work) {
    Arena *scratch = work->stage->scratch;
    const size_t channels = (size_t)work->layout->channel_count;
    work->sum = arena_array(scratch, channels, sizeof *work->sum);
    for (size_t channel = 0; channel < channels; channel++) {
        work->sum[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(double));
    }
    work->envelope = master_envelope_create(work->deliverable->length_samples, scratch);
    work->facts.stem_count = work->stage->mix->stem_count;
    work->stems = arena_array(scratch, (size_t)work->facts.stem_count, sizeof *work->stems);
    work->facts.length_samples = work->deliverable->length_samples;
}

/* Objects are limited by nobody, but they fade with their bed. */
static Status open_readers(Mastering *work, ErrorList *errors) {
    const BusView view = work->deliverable->is_adm ? VIEW_MEASURED : VIEW_BUS;
    TRY(bus_reader_open(work->stage, work->deliverable, view, &work->reader, errors));
    return master_measure_open(work->stage, work->deliverable, &work->measure, errors);
}

static Status master(Mastering *work, ErrorList *errors) {
    TRY(open_readers(work, errors));
    TRY(decide(work, errors));
    TRY(ask_stems(work, errors));
    return master_envelope_commit(work->envelope, work->stems, work->speech.is_speech, &work->facts,
                                  errors);
}

Status master_run(const Stage *stage, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const int bus = deliverable->is_adm ? deliverable->measured_bus : deliverable->bus;
    Mastering work = {
        .stage = stage, .deliverable = deliverable, .layout = stage->mix->buses[bus].layout};
    make_mastering(&work);
    const Status status = master(&work, errors);
    master_envelope_cancel(work.envelope);
    bus_reader_close(&work.reader);
    master_measure_close(&work.measure);
    return status;
}
