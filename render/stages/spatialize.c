/* SPATIALIZE: the layers of a stem, placed and sent through rooms, in every layout, over one span.
 *
 * Law: positions and gains are functions of absolute time, filters run overlap-save on the absolute
 * grid with the pre-roll they need; so a sample does not know in which span it was made, nor in
 * which slice of it.
 */
#include <string.h>

#include "render/dsp/ear_convolver.h"
#include "render/dsp/gain_kernels.h"
#include "render/stages/early_reflections.h"
#include "render/stages/panned.h"
#include "render/stages/stem_rooms.h"

typedef struct PlacedSource { /* a source with the bus it is heard through */
    const BusWork *work;
    const Source *source;
} PlacedSource;

static void read_placed(void *context, SampleTime begin, int64_t count, float *samples) {
    const PlacedSource *placed = context;
    source_read(placed->source, begin, count, samples);
}

static void filter_of_placed(void *context, int64_t grid_index, float *taps) {
    const PlacedSource *placed = context;
    const BusWork *work = placed->work;
    if (source_is_lfe(placed->source)) {
        work->panners[OWN_PANNER]->respond_lfe(work->selves[OWN_PANNER], taps);
    } else {
        bus_work_respond(work, placed->source, grid_index * MOVING_BLOCK_SAMPLES, taps);
    }
}

static bool placed_stays(void *context, int64_t grid_index) {
    const PlacedSource *placed = context;
    return source_stays(placed->source, (grid_index - 1) * MOVING_BLOCK_SAMPLES,
                        grid_index * MOVING_BLOCK_SAMPLES);
}

enum { MOTIONS = 2 }; /* at rest, moving */

/* Filters: all fixed sources in one sum, then all moving ones. An LFE is left out where the panner
 * has no response for it; what is sent to an LFE has none here (DECISIONS 6). */
static Status
add_filtered(const BusWork *work, EarConvolver *const convolvers[MOTIONS], ErrorList *errors) {
    Arena *scratch = work->stage->scratch;
    const size_t count = (size_t)work->list->source_count;
    PlacedSource *placed = arena_array(scratch, count, sizeof *placed);
    EarSource *sources = arena_array(scratch, count, sizeof *sources);
    for (int is_moving = 0; is_moving < MOTIONS; is_moving++) {
        const EarShape shape = {.engine = work->stage->mix->fft,
                                .tap_count = work->tap_count,
                                .is_moving = is_moving,
                                .span = work->stage->task->span};
        int source_count = 0;
        for (int index = 0; index < work->list->source_count; index++) {
            const Source *source = &work->list->sources[index];
            placed[index] = (PlacedSource){.work = work, .source = source};
            const bool is_heard =
                !source_is_lfe(source) ||
                (!source_is_lfe_send(source) && work->panners[OWN_PANNER]->respond_lfe != NULL);
            if (is_heard && source_has_moving_filter(source) == (is_moving != 0)) {
                sources[source_count++] = (EarSource){.slot = source_slot(work->stage->mix, source),
                                                      .read = read_placed,
                                                      .filter_at = filter_of_placed,
                                                      .stays_at = placed_stays,
                                                      .context = &placed[index]};
            }
        }
        TRY(ear_convolver_go_on(convolvers[is_moving], sources, source_count, &shape, work->out,
                                errors));
    }
    return DONE;
}

/* Slices begin where blocks of every convolver's grid do, and hold whole groups of its lanes. */
enum { SLICE_SAMPLES = 1 << 18 };

typedef struct SlicedBus { /* a bus on its way into the store, slice after slice */
    BusWork work;
    AudioSink *whole, *dry;      /* NULL: not wanted, or there already */
    EarConvolver *ears[MOTIONS]; /* of a bus with filters */
    double **planes;             /* [channel_count][slice length]; NULL: nothing is wanted */
} SlicedBus;

typedef struct StemWork {
    const SourceList *list;
    SlicedBus *buses;        /* [bus_count] */
    double ***returns;       /* [bus_count] where rooms are added; NULL: not wanted */
    bool *is_whole_wanted;   /* [bus_count] */
    int64_t longest_samples; /* of the slices */
    StemRooms *rooms;
} StemWork;

static double **make_planes(Arena *arena, int channel_count, int64_t sample_count) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, (size_t)sample_count, sizeof **planes);
    }
    return planes;
}

/* Stem gain, rounding to float, and a check that no value is NaN or Inf. */
static Status
round_portion(const Stage *stage, const double *from, float *to, int64_t count, ErrorList *errors) {
    const double gain = stage->mix->stems[stage->task->subject].gain;
    const GainKernels *kernels = gain_kernels_at_level(cpu_level_choose());
    if (!kernels->store_scaled(from, gain, (int)count, to)) {
        return fail(errors, E607, NO_PLACE, "`%s` made NaN or Inf", stage->task->name);
    }
    return DONE;
}

/* What the planes hold of the slice. */
static Status
write_slice(const Stage *slice, const SlicedBus *bus, AudioSink *sink, ErrorList *errors) {
    const int channels = bus->work.channel_count;
    const int64_t length = slice->task->span.end - slice->task->span.begin;
    float **rows = arena_array(slice->scratch, (size_t)channels, sizeof *rows);
    for (int channel = 0; channel < channels; channel++) {
        rows[channel] = arena_array(slice->scratch, STAGE_CHUNK_SAMPLES, sizeof **rows);
    }
    for (int64_t at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        for (int channel = 0; channel < channels; channel++) {
            TRY(round_portion(slice, bus->planes[channel] + at, rows[channel], count, errors));
        }
        TRY(audio_sink_write(sink, rows, count, errors));
    }
    return DONE;
}

/* What is heard of a bus without the tails of rooms; its dry part, if asked for, is stored. */
static Status render_bus(const Stage *slice, SlicedBus *bus, ErrorList *errors) {
    const int64_t length = slice->task->span.end - slice->task->span.begin;
    if (!bus->planes) {
        return DONE;
    }
    for (int channel = 0; channel < bus->work.channel_count; channel++) {
        memset(bus->planes[channel], 0, (size_t)length * sizeof **bus->planes);
    }
    bus->work.stage = slice;
    TRY(bus->work.tap_count > 0 ? add_filtered(&bus->work, bus->ears, errors)
                                : panned_add_all(&bus->work, errors));
    TRY(bus->dry ? write_slice(slice, bus, bus->dry, errors) : DONE);
    return bus->whole ? early_reflections_add(&bus->work, errors) : DONE;
}

static Status render_slice(const Stage *slice, const StemWork *work, ErrorList *errors) {
    const int bus_count = slice->mix->bus_count;
    for (int bus = 0; bus < bus_count; bus++) {
        TRY(render_bus(slice, &work->buses[bus], errors));
    }
    TRY(stem_rooms_add(work->rooms, slice, work->returns, errors));
    for (int bus = 0; bus < bus_count; bus++) {
        const SlicedBus *from = &work->buses[bus];
        TRY(from->whole ? write_slice(slice, from, from->whole, errors) : DONE);
    }
    return DONE;
}

/* The planes of a slice stay in the cache; what is made for one slice is freed before the next. */
static Status render_slices(const Stage *stage, const StemWork *work, ErrorList *errors) {
    const Span span = stage->task->span;
    for (SampleTime at = span.begin; at < span.end; at += work->longest_samples) {
        Task part = *stage->task;
        const SampleTime end = at + work->longest_samples;
        part.span = (Span){at, end < span.end ? end : span.end};
        Stage slice = *stage;
        slice.task = &part;
        slice.scratch = arena_create();
        const Status status = render_slice(&slice, work, errors);
        arena_destroy(&slice.scratch);
        source_list_rest(work->list);
        TRY(status);
    }
    for (int bus = 0; bus < stage->mix->bus_count; bus++) {
        const SlicedBus *made = &work->buses[bus];
        TRY(made->dry ? audio_sink_commit(made->dry, errors) : DONE);
        TRY(made->whole ? audio_sink_commit(made->whole, errors) : DONE);
    }
    return DONE;
}

/* output: of the task. Stays NULL when it is there already or nobody wants it. */
static Status open_sink(
    const Stage *stage, const BusWork *work, int output, AudioSink **sink, ErrorList *errors) {
    const AudioPlace place = stage_place(stage, output);
    const Span span = stage->task->span;
    const AudioHead head = {.sample_count = span.end - span.begin,
                            .channel_count = work->layout->channel_count};
    return audio_sink_open(&place, &head, stage->scratch, sink, errors);
}

static bool is_missing(const Stage *stage, int output) {
    const Key key = stage->task->outputs[output];
    return !key_is_zero(key) && !store_has(stage->workplace->store, key);
}

static Status open_bus(const Stage *stage, int bus, StemWork *work, ErrorList *errors) {
    SlicedBus *opened = &work->buses[bus];
    const int dry_output = stage->mix->bus_count + bus;
    const bool is_dry_wanted = is_missing(stage, dry_output);
    work->is_whole_wanted[bus] = is_missing(stage, bus);
    if (!is_dry_wanted && !work->is_whole_wanted[bus]) {
        return DONE;
    }
    TRY(bus_work_open(stage, work->list, bus, &opened->work, errors));
    opened->planes = make_planes(stage->scratch, opened->work.channel_count, work->longest_samples);
    opened->work.out = opened->planes;
    for (int motion = 0; motion < MOTIONS; motion++) {
        opened->ears[motion] = ear_convolver_create(stage->scratch);
    }
    TRY(is_dry_wanted ? open_sink(stage, &opened->work, dry_output, &opened->dry, errors) : DONE);
    if (work->is_whole_wanted[bus]) {
        work->returns[bus] = opened->planes;
        TRY(open_sink(stage, &opened->work, bus, &opened->whole, errors));
    }
    return DONE;
}

static Status render_buses(const Stage *stage, StemWork *work, ErrorList *errors) {
    for (int bus = 0; bus < stage->mix->bus_count; bus++) {
        TRY(open_bus(stage, bus, work, errors));
    }
    const RoomUse use = {work->is_whole_wanted, work->longest_samples};
    TRY(stem_rooms_open(stage, work->list, &use, &work->rooms, errors));
    return render_slices(stage, work, errors);
}

/* A span with reflections is one slice. */
static int64_t choose_slice_samples(const Stage *stage, const SourceList *list) {
    const int64_t length = stage->task->span.end - stage->task->span.begin;
    const bool is_cut = length > SLICE_SAMPLES && !early_reflections_sound(stage->mix, list);
    return is_cut ? SLICE_SAMPLES : length;
}

Status spatialize_run(const Stage *stage, ErrorList *errors) {
    const size_t bus_count = (size_t)stage->mix->bus_count;
    SourceList list = {0};
    StemWork work = {.list = &list,
                     .buses = arena_array(stage->scratch, bus_count, sizeof *work.buses),
                     .returns = arena_array(stage->scratch, bus_count, sizeof *work.returns),
                     .is_whole_wanted =
                         arena_array(stage->scratch, bus_count, sizeof *work.is_whole_wanted)};
    Status status = source_list_open(stage, &list, errors);
    work.longest_samples = choose_slice_samples(stage, &list);
    status = status ? status : render_buses(stage, &work, errors);
    for (size_t bus = 0; bus < bus_count; bus++) {
        audio_sink_cancel(work.buses[bus].dry);
        audio_sink_cancel(work.buses[bus].whole);
        ear_convolver_close(work.buses[bus].ears[0]);
        ear_convolver_close(work.buses[bus].ears[1]);
    }
    stem_rooms_close(work.rooms);
    source_list_close(&list);
    return status;
}
