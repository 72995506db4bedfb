/* The mix behind a gain and the limiter, cell by cell as the envelope arrives.
 *
 * Law: the envelope does not depend on what the walk leaves out; a cell behind it hears the
 * envelope over its own samples and its pre-roll; where that is 1 it is the cell as it was, times
 * the gain.
 */
#include "render/stages/master_limit.h"

#include <string.h>

typedef struct ReadStems {
    BusReader *reader;
    const bool *is_in; /* NULL: the full mix */
} ReadStems;

static Status read_stems(void *context, Span part, double *const *out, ErrorList *errors) {
    const ReadStems *stems = context;
    return bus_reader_sum(stems->reader, stems->is_in, part, out, errors);
}

static LimiterWalk *
make_walk(const Limiting *of, const bool *is_in, const float *peaks, Arena *arena) {
    ReadStems *stems = arena_alloc(arena, sizeof *stems);
    *stems = (ReadStems){.reader = of->reader, .is_in = is_in};
    const LimitedSignal signal = {.channel_count = of->reader->channel_count,
                                  .rate_hz = of->deliverable->rate_hz,
                                  .length_samples = of->deliverable->length_samples,
                                  .read = read_stems,
                                  .context = stems};
    return limiter_walk_create(&signal, peaks, of->ceiling_gain, arena);
}

MasterLimit *master_limit_create(const Limiting *limiting, Arena *arena) {
    MasterLimit *limit = arena_alloc(arena, sizeof *limit);
    const MeasuredSlots *measured = limiting->measured;
    const Span cells = {0, measured->cell_count};
    limit->of = *limiting;
    limit->walk = make_walk(limiting, NULL, measured->peaks, arena);
    limit->slots =
        measured_slots_create(limiting->deliverable, cells, measured->stem != NULL, arena);
    limit->shares = arena_array(arena, (size_t)measured->slot_count + 1, sizeof *limit->shares);
    const size_t recent = MEASURE_CELL_SAMPLES + (size_t)measured->rate_hz + LIMITER_WALK_SAMPLES;
    limit->recent = arena_array(arena, recent, sizeof *limit->recent);
    return limit;
}

/* Behind the last slot there may be samples that no energy counts. */
static void add_shares(MasterLimit *limit, const float *gains, int64_t count) {
    const int rate_hz = limit->slots.rate_hz;
    for (int64_t at = 0; at < count && limit->slot < limit->slots.slot_count;) {
        const SampleTime begin = slot_begin(rate_hz, limit->slot);
        const SampleTime end = slot_begin(rate_hz, limit->slot + 1);
        const int64_t rest = end - (limit->arrived + at);
        const int64_t piece_end = at + rest < count ? at + rest : count;
        for (; at < piece_end; at++) {
            limit->slot_power += (double)gains[at] * (double)gains[at];
        }
        if (limit->arrived + at == end) {
            limit->shares[limit->slot++] = limit->slot_power / (double)(end - begin);
            limit->slot_power = 0.0;
        }
    }
}

static Status take_shares(void *context, const float *gains, int64_t count, ErrorList *errors) {
    (void)errors;
    MasterLimit *limit = context;
    add_shares(limit, gains, count);
    limit->arrived += count;
    return DONE;
}

static void amplify_slots(MasterLimit *limit, const MeasureCell *cell, bool is_limited) {
    const MeasuredSlots *measured = limit->of.measured;
    const double power = limit->gain * limit->gain;
    for (int64_t slot = cell->first_slot; slot < cell->first_slot + cell->slot_count; slot++) {
        const double share = is_limited ? power * limit->shares[slot] : power;
        limit->slots.mix[slot] = measured->mix[slot] * share;
        if (measured->stem) {
            limit->slots.stem[slot] = measured->stem[slot] * share;
        }
    }
}

static void amplify_cell(MasterLimit *limit, int64_t index, bool is_limited) {
    const MeasuredSlots *measured = limit->of.measured;
    const MeasureCell cell = measure_cell_at(limit->of.deliverable, index);
    amplify_slots(limit, &cell, is_limited);
    limit->slots.true_peaks[index] = measured->true_peaks[index] * limit->gain;
    limit->slots.sample_peaks[index] = measured->sample_peaks[index] * limit->gain;
}

static bool is_untouched(const MasterLimit *limit, const MeasureCell *cell) {
    const SampleTime fade_begin = limit->of.deliverable->length_samples - limit->end_fade_samples;
    bool is_one = cell->samples.end <= fade_begin;
    for (SampleTime time = cell->heard_from; time < cell->samples.end && is_one; time++) {
        is_one = limit->recent[time - cell->heard_from] == 1.0F;
    }
    return is_one;
}

static Status judge_cell(MasterLimit *limit, const MeasureCell *cell, ErrorList *errors) {
    if (is_untouched(limit, cell)) {
        amplify_cell(limit, limit->cell, false);
        return DONE;
    }
    const MeasureGains gains = {.envelope = limit->recent,
                                .gain = limit->gain,
                                .end_fade_samples = limit->end_fade_samples};
    return master_measure_cell(limit->of.measure, limit->cell, &gains, &limit->slots, errors);
}

/* Measures what has arrived completely, and drops what no later cell hears. */
static Status judge_cells(MasterLimit *limit, ErrorList *errors) {
    while (limit->cell < limit->slots.cell_count) {
        const MeasureCell cell = measure_cell_at(limit->of.deliverable, limit->cell);
        if (limit->arrived < cell.samples.end) {
            break;
        }
        TRY(judge_cell(limit, &cell, errors));
        limit->cell++;
        if (cell.is_last) {
            break;
        }
        const MeasureCell next = measure_cell_at(limit->of.deliverable, limit->cell);
        limit->recent_count = limit->arrived - next.heard_from;
        memmove(limit->recent, limit->recent + (next.heard_from - cell.heard_from),
                (size_t)limit->recent_count * sizeof *limit->recent);
    }
    return DONE;
}

static Status take_envelope(void *context, const float *gains, int64_t count, ErrorList *errors) {
    MasterLimit *limit = context;
    TRY(master_envelope_add(limit->of.envelope, gains, count, errors));
    memcpy(limit->recent + limit->recent_count, gains, (size_t)count * sizeof *gains);
    limit->recent_count += count;
    limit->arrived += count;
    return judge_cells(limit, errors);
}

static Status
take_set_envelope(void *context, const float *gains, int64_t count, ErrorList *errors) {
    const MasterLimit *limit = context;
    return master_envelope_add(limit->of.envelope, gains, count, errors);
}

static void begin(MasterLimit *limit, double gain) {
    limit->gain = gain;
    limit->arrived = 0;
    limit->slot = 0;
    limit->slot_power = 0.0;
    limit->recent_count = 0;
    limit->cell = 0;
}

Status master_limit_estimate(MasterLimit *limit, double gain, ErrorList *errors) {
    const EnvelopeSink sink = {.take = take_shares, .context = limit};
    begin(limit, gain);
    TRY(limiter_walk_run(limit->walk, gain, &sink, errors));
    for (int64_t cell = 0; cell < limit->slots.cell_count; cell++) {
        amplify_cell(limit, cell, true);
    }
    return DONE;
}

Status
master_limit_measure(MasterLimit *limit, double gain, int64_t end_fade_samples, ErrorList *errors) {
    const EnvelopeSink sink = {.take = take_envelope, .context = limit};
    begin(limit, gain);
    limit->end_fade_samples = end_fade_samples;
    TRY(master_envelope_begin(limit->of.envelope, limit->of.stage, errors));
    TRY(limiter_walk_run(limit->walk, gain, &sink, errors));
    return master_envelope_end(limit->of.envelope, errors);
}

Status master_limit_set(MasterLimit *limit, double gain, ErrorList *errors) {
    const EnvelopeSink sink = {.take = take_set_envelope, .context = limit};
    Arena *scratch = arena_create();
    LimiterWalk *walk = make_walk(&limit->of, limit->of.deliverable->limited_stems,
                                  limit->of.measured->set_peaks, scratch);
    Status status = master_envelope_begin(limit->of.envelope, limit->of.stage, errors);
    status = status ? status : limiter_walk_run(walk, gain, &sink, errors);
    arena_destroy(&scratch);
    return status ? status : master_envelope_end(limit->of.envelope, errors);
}
