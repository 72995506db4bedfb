/* ANALYSE: how much the layers of a ceiling are lowered in its window.
 *
 * They are rendered as SPATIALIZE renders them, rooms and folds and all, and their loudest 400 ms
 * within the window, in whichever layout is the loudest, decide: one gain for the window, so that
 * nothing in it pumps. What rings on from before the window is heard, but not lowered: with rooms
 * the gain is found in a few steps.
 *
 * Law: the window is measured from a fixed time before it on, on the absolute grid of the slots.
 */
#include <math.h>
#include <string.h>

#include "render/base/exact_math.h"
#include "render/dsp/meter.h"
#include "render/stages/bus_fold.h"
#include "render/stages/spatialize.h"

/* Two meters may differ by this: the gain is stored in single precision, and slots of 10 ms do not
 * meet the blocks of every other meter. */
static const double guard_lu = 0.02;
static const double least_use = 0.1; /* dB that a step lowers what is heard by, per dB */

enum { STEPS = 6, LEAD_SLOTS = MOMENTARY_SLOTS, PIECE_SLOTS = 200 };

typedef struct HeardBus { /* one that some deliverable is measured in */
    const MixBus *bus;
    int source; /* the rendered one */
    Meter *meter;
    double **in;         /* [channels of the source][reach]: the sum of the stems */
    double **out, *sums; /* of a fold */
    Span reach;          /* of the piece */
} HeardBus;

typedef struct Analysis {
    const Stage *stage;
    const MixCeiling *ceiling;
    Span span; /* lead and window, whole slots */
    HeardBus *heard;
    int heard_count;
    bool *is_wanted; /* [bus_count] */
    int stem;        /* that is being heard */
    Arena *arena;    /* of one step */
} Analysis;

static SampleTime slot_floor(int rate_hz, SampleTime time) {
    const int64_t slot_samples = rate_hz / SLOTS_PER_SECOND;
    return time / slot_samples * slot_samples;
}

/* Whole slots, at least one block of 400 ms, and the lead of the filter. */
static Span find_span(const Mix *mix, Span window) {
    const SampleTime slot = mix->rate_hz / SLOTS_PER_SECOND;
    const SampleTime begin = slot_floor(mix->rate_hz, window.begin);
    const SampleTime end = slot_floor(mix->rate_hz, window.end + slot - 1);
    const SampleTime least = begin + MOMENTARY_SLOTS * slot;
    return (Span){begin - LEAD_SLOTS * slot, end > least ? end : least};
}

static bool is_heard_already(const Analysis *work, const MixBus *bus) {
    for (int index = 0; index < work->heard_count; index++) {
        if (work->heard[index].bus == bus) {
            return true;
        }
    }
    return false;
}

static void find_buses(Analysis *work) {
    const Mix *mix = work->stage->mix;
    Arena *scratch = work->stage->scratch;
    work->heard = arena_array(scratch, (size_t)mix->deliverable_count, sizeof *work->heard);
    work->is_wanted = arena_array(scratch, (size_t)mix->bus_count, sizeof *work->is_wanted);
    for (int index = 0; index < mix->deliverable_count; index++) {
        const int measured = mix->deliverables[index].measured_bus;
        const MixBus *bus = &mix->buses[measured];
        if (!is_heard_already(work, bus)) {
            const int source = bus->fold ? bus->fold->source : measured;
            work->heard[work->heard_count++] = (HeardBus){.bus = bus, .source = source};
            work->is_wanted[source] = true;
        }
    }
}

static double **make_planes(Arena *arena, int channel_count, int64_t sample_count) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, (size_t)sample_count, sizeof **planes);
    }
    return planes;
}

static void open_meters(Analysis *work) {
    const Mix *mix = work->stage->mix;
    const int64_t piece = (int64_t)PIECE_SLOTS * mix->rate_hz / SLOTS_PER_SECOND;
    for (int index = 0; index < work->heard_count; index++) {
        HeardBus *heard = &work->heard[index];
        const Layout *layout = heard->bus->layout;
        const BusFold *fold = heard->bus->fold;
        const int64_t reach = fold ? bus_fold_reach_samples(fold, piece) : piece;
        double *weights = arena_array(work->arena, (size_t)layout->channel_count, sizeof *weights);
        for (int channel = 0; channel < layout->channel_count; channel++) {
            weights[channel] = layout->channels[channel].loudness_weight;
        }
        heard->meter = meter_create(layout->channel_count, weights, mix->rate_hz, work->arena);
        heard->in =
            make_planes(work->arena, mix->buses[heard->source].layout->channel_count, reach);
        heard->out = fold ? make_planes(work->arena, layout->channel_count, piece) : heard->in;
        heard->sums = arena_array(work->arena, (size_t)reach, sizeof *heard->sums);
    }
}

static void take(void *context, int bus, SampleTime begin, float *const *rows, int64_t count) {
    const Analysis *work = context;
    const Mix *mix = work->stage->mix;
    for (int index = 0; index < work->heard_count; index++) {
        const HeardBus *heard = &work->heard[index];
        const BusFold *fold = heard->bus->fold;
        const double gain = fold && fold->stem_gains ? fold->stem_gains[work->stem] : 1.0;
        const SampleTime first = begin > heard->reach.begin ? begin : heard->reach.begin;
        const SampleTime end = begin + count < heard->reach.end ? begin + count : heard->reach.end;
        const int channels = heard->source == bus ? mix->buses[bus].layout->channel_count : 0;
        for (int channel = 0; channel < channels; channel++) {
            for (SampleTime time = first; time < end; time++) {
                heard->in[channel][time - heard->reach.begin] +=
                    gain * (double)rows[channel][time - begin];
            }
        }
    }
}

/* What of the timeline is heard in a piece; all buses are clear. */
static Span begin_piece(Analysis *work, Span piece) {
    const Mix *mix = work->stage->mix;
    Span span = piece;
    for (int index = 0; index < work->heard_count; index++) {
        HeardBus *heard = &work->heard[index];
        heard->reach = heard->bus->fold ? bus_fold_reach(heard->bus->fold, piece) : piece;
        span.begin = heard->reach.begin < span.begin ? heard->reach.begin : span.begin;
        span.end = heard->reach.end > span.end ? heard->reach.end : span.end;
        for (int channel = 0; channel < mix->buses[heard->source].layout->channel_count;
             channel++) {
            memset(heard->in[channel], 0,
                   (size_t)(heard->reach.end - heard->reach.begin) * sizeof **heard->in);
        }
    }
    span.begin = span.begin > 0 ? span.begin : 0;
    span.end = span.end < mix->length_samples ? span.end : mix->length_samples;
    return span;
}

static bool has_layers_in(const Analysis *work, int stem) {
    const Mix *mix = work->stage->mix;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        if (mix->layers[layer].stem == stem && work->ceiling->is_in[layer]) {
            return true;
        }
    }
    return false;
}

static Status hear_stem(Analysis *work, int stem, Span span, const Lane *lane, ErrorList *errors) {
    Task part = *work->stage->task;
    Stage stage = *work->stage;
    const StemReceiver receiver = {
        .is_wanted = work->is_wanted, .ceilings = {lane, 1},
             .take = take, .context = work
    };
    part.subject = work->stem = stem;
    part.span = span;
    stage.task = &part;
    stage.scratch = arena_create();
    const Status status = spatialize_for(&stage, &receiver, errors);
    arena_destroy(&stage.scratch);
    return status;
}

static Status hear_piece(Analysis *work, Span piece, const Lane *lane, ErrorList *errors) {
    const Span span = begin_piece(work, piece);
    for (int stem = 0; span.begin < span.end && stem < work->stage->mix->stem_count; stem++) {
        TRY(has_layers_in(work, stem) ? hear_stem(work, stem, span, lane, errors) : DONE);
    }
    for (int index = 0; index < work->heard_count; index++) {
        const HeardBus *heard = &work->heard[index];
        if (heard->bus->fold) {
            bus_fold_apply(heard->bus, piece, (const double *const *)heard->in, heard->sums,
                           heard->out);
        }
        meter_add(heard->meter, (const double *const *)heard->out, piece.end - piece.begin);
    }
    return DONE;
}

/* The loudest 400 ms of the window. */
static double loudest_lufs(const Analysis *work) {
    double loudest = silence_db;
    for (int index = 0; index < work->heard_count; index++) {
        SlotEnergies energies = meter_energies(work->heard[index].meter, work->arena);
        double maximum_lufs = silence_db;
        energies.values += LEAD_SLOTS;
        energies.count -= LEAD_SLOTS;
        const Windows windows = windows_of(&energies, work->arena);
        windows_maximum(&windows, MOMENTARY_SLOTS, &maximum_lufs);
        loudest = fmax(loudest, maximum_lufs);
    }
    return loudest;
}

static Status hear_window(Analysis *work, double gain_db, double *lufs, ErrorList *errors) {
    const SampleTime piece = (SampleTime)PIECE_SLOTS * work->stage->mix->rate_hz / SLOTS_PER_SECOND;
    work->arena = arena_create();
    const Lane lane = source_ceiling_lane(work->ceiling, gain_db, work->arena);
    open_meters(work);
    Status status = DONE;
    for (SampleTime at = work->span.begin; at < work->span.end && status == DONE; at += piece) {
        const SampleTime end = at + piece < work->span.end ? at + piece : work->span.end;
        status = hear_piece(work, (Span){at, end}, &lane, errors);
    }
    *lufs = status ? silence_db : loudest_lufs(work);
    arena_destroy(&work->arena);
    return status;
}

/* The first step is enough where nothing rings; a further one finds that it is. Where what rings
 * from before is too loud by itself, lowering more is of no use. */
static Status find_gain(Analysis *work, double *gain_db, ErrorList *errors) {
    const double ceiling_lufs = work->ceiling->ceiling_lufs;
    double before_lufs = 0.0;
    double lowered_db = 0.0;
    *gain_db = 0.0;
    for (int step = 0; step < STEPS; step++) {
        double lufs = silence_db;
        TRY(hear_window(work, *gain_db, &lufs, errors));
        const bool is_of_use = before_lufs - lufs >= least_use * lowered_db;
        if (lufs <= ceiling_lufs || (step > 0 && !is_of_use)) {
            break;
        }
        before_lufs = lufs;
        lowered_db = lufs - ceiling_lufs + guard_lu;
        *gain_db -= lowered_db;
    }
    return DONE;
}

static Status store_gain(const Stage *stage, double gain_db, ErrorList *errors) {
    const AudioPlace place = stage_place(stage, 0);
    const AudioHead head = {.sample_count = 1, .channel_count = 1};
    float value = (float)gain_db;
    float *const rows[] = {&value};
    AudioSink *sink = NULL;
    Status status = audio_sink_open(&place, &head, stage->scratch, &sink, errors);
    status = status ? status : audio_sink_write(sink, rows, 1, errors);
    status = status ? status : audio_sink_commit(sink, errors);
    audio_sink_cancel(sink);
    return status;
}

Status analyse_run(const Stage *stage, ErrorList *errors) {
    const MixCeiling *ceiling = &stage->mix->ceilings[stage->task->subject];
    Analysis work = {.stage = stage, .ceiling = ceiling};
    double gain_db = 0.0;
    work.span = find_span(stage->mix, ceiling->window);
    find_buses(&work);
    TRY(find_gain(&work, &gain_db, errors));
    return store_gain(stage, gain_db, errors);
}
