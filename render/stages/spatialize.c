/* SPATIALIZE: the layers of a stem, placed and sent through rooms, in every layout, over one span.
 *
 * Law: positions and gains are functions of absolute time, filters run overlap-save on the absolute
 * grid with the pre-roll they need; so a sample does not know in which span it was made, nor in
 * which slice of it.
 */
#include "render/stages/spatialize.h"

#include <string.h>

#include "render/dsp/ear_convolver.h"
#include "render/dsp/gain_kernels.h"
#include "render/dsp/planes.h"
#include "render/stages/early_reflections.h"
#include "render/stages/panned.h"
#include "render/stages/stem_rooms.h"

typedef struct PlacedSource { /* a source with the bus it is heard through */
    const BusWork *work;
    const Source *source;
    int grid_samples; /* of moving filters */
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
        bus_work_respond(work, placed->source, grid_index * placed->grid_samples, taps);
    }
}

static bool placed_stays(void *context, int64_t grid_index) {
    const PlacedSource *placed = context;
    return source_stays(placed->source, (grid_index - 1) * placed->grid_samples,
                        grid_index * placed->grid_samples);
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
            placed[index] = (PlacedSource){
                .work = work, .source = source, .grid_samples = ear_grid_samples(work->tap_count)};
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
/* What needs no filter is summed in parts of a slice, which stay in the cache. */
enum { PART_SAMPLES = 1 << 14 };

typedef struct SlicedBus { /* a bus on its way into the store, slice after slice */
    BusWork work;
    bool is_whole_wanted;
    const StemReceiver *receiver;   /* takes it instead of `whole`; NULL: none */
    AudioSink *whole, *dry, *rooms; /* NULL: not wanted, or there already */
    StoredAudio kept_rooms;         /* what comes back from the rooms, of an earlier render */
    EarConvolver *ears[MOTIONS];    /* of a bus with filters */
    double **returns; /* [channel_count][slice length] from the rooms; NULL: none, or kept */
    float **rounded;  /* the same where no sum is needed; NULL: not so */
    SampleTime returns_begin; /* of the slice */
    int64_t part_samples;     /* of a slice, summed at once */
} SlicedBus;

typedef struct StemWork {
    const SourceList *list;
    const StemReceiver *receiver; /* NULL: what is made goes into the store */
    SlicedBus *buses;             /* [bus_count] */
    double **sum;                 /* [most channels of a bus][longest part of a slice] */
    SampleTime begin;             /* of the task */
    double ***returns;            /* [bus_count] those of the buses */
    float ***rounded;             /* [bus_count] */
    bool has_single_room;         /* their returns are rounded */
    bool *has_new_rooms;          /* [bus_count] they are made here */
    bool has_any_new_rooms;
    int64_t longest_samples; /* of the slices */
    StemRooms *rooms;        /* NULL: nothing is made by them */
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

static float **make_rows(Arena *arena, int channel_count, int64_t sample_count) {
    float **rows = arena_array(arena, (size_t)channel_count, sizeof *rows);
    for (int channel = 0; channel < channel_count; channel++) {
        rows[channel] = arena_array(arena, (size_t)sample_count, sizeof **rows);
    }
    return rows;
}

/* What the sum holds of the slice. sink NULL: to the receiver. */
static Status write_slice(const Stage *slice,
                          const SlicedBus *bus,
                          double *const *sum,
                          AudioSink *sink,
                          ErrorList *errors) {
    const int channels = bus->work.channel_count;
    const int64_t length = slice->task->span.end - slice->task->span.begin;
    float **rows = make_rows(slice->scratch, channels, STAGE_CHUNK_SAMPLES);
    for (int64_t at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        for (int channel = 0; channel < channels; channel++) {
            TRY(round_portion(slice, sum[channel] + at, rows[channel], count, errors));
        }
        if (sink) {
            TRY(audio_sink_write(sink, rows, count, errors));
        } else {
            const SampleTime begin = slice->task->span.begin + at;
            bus->receiver->take(bus->receiver->context, bus->work.bus, begin, rows, count);
        }
    }
    return DONE;
}

/* What comes back from the rooms in a part of the task that begins at `begin`: made and rounded; or
 * as it was kept. false: NaN or Inf is among it. */
static bool
take_returns(const SlicedBus *bus, int channel, SampleTime begin, Span part, float **row) {
    const int64_t count = part.end - part.begin;
    if (bus->rounded) {
        *row = bus->rounded[channel] + (part.begin - bus->returns_begin);
        return planes_are_finite(*row, count);
    }
    if (!bus->returns) {
        stored_audio_read(&bus->kept_rooms, channel, part.begin - begin, count, *row);
        return true;
    }
    const GainKernels *kernels = gain_kernels_at_level(cpu_level_choose());
    const double *made = bus->returns[channel] + (part.begin - bus->returns_begin);
    return kernels->store_scaled(made, 1.0, (int)count, *row);
}

/* Always rounded to float, so that it does not show whether they were kept. */
static Status add_returns(const Stage *slice,
                          const SlicedBus *bus,
                          SampleTime task_begin,
                          double *const *sum,
                          ErrorList *errors) {
    const int channels = bus->work.channel_count;
    const Span span = slice->task->span;
    float **rows = make_rows(slice->scratch, channels, STAGE_CHUNK_SAMPLES);
    for (SampleTime at = span.begin; at < span.end; at += STAGE_CHUNK_SAMPLES) {
        const SampleTime rest = span.end - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        const Span part = {at, at + count};
        for (int channel = 0; channel < channels; channel++) {
            if (!take_returns(bus, channel, task_begin, part, &rows[channel])) {
                return fail(errors, E607, NO_PLACE, "`%s` made NaN or Inf", slice->task->name);
            }
            planes_add_floats(rows[channel], 1.0, count, sum[channel] + (at - span.begin));
        }
        TRY(bus->rooms ? audio_sink_write(bus->rooms, rows, count, errors) : DONE);
    }
    store_rest(&bus->kept_rooms.object);
    return DONE;
}

static void clear_planes(double **planes, int channel_count, int64_t count) {
    for (int channel = 0; channel < channel_count; channel++) {
        memset(planes[channel], 0, (size_t)count * sizeof **planes);
    }
}

/* The sources of the stem, stored without rooms if that is asked for; then with them. */
static Status
render_part(const Stage *part, const StemWork *work, SlicedBus *bus, ErrorList *errors) {
    const int64_t length = part->task->span.end - part->task->span.begin;
    clear_planes(work->sum, bus->work.channel_count, length);
    bus->work.stage = part;
    bus->work.out = work->sum;
    TRY(bus->work.tap_count > 0 ? add_filtered(&bus->work, bus->ears, errors)
                                : panned_add_all(&bus->work, errors));
    TRY(bus->dry ? write_slice(part, bus, work->sum, bus->dry, errors) : DONE);
    if (bus->is_whole_wanted && (bus->returns || bus->rounded || bus->kept_rooms.head)) {
        TRY(add_returns(part, bus, work->begin, work->sum, errors));
    }
    return bus->is_whole_wanted ? write_slice(part, bus, work->sum, bus->whole, errors) : DONE;
}

/* The stage of a part of its span, with a scratch arena that the caller destroys. */
static Stage cut_stage(const Stage *stage, Task *task, SampleTime begin, int64_t most_samples) {
    const SampleTime end = begin + most_samples;
    *task = *stage->task;
    task->span = (Span){begin, end < stage->task->span.end ? end : stage->task->span.end};
    Stage cut = *stage;
    cut.task = task;
    cut.scratch = arena_create();
    return cut;
}

static Status
render_bus(const Stage *slice, const StemWork *work, SlicedBus *bus, ErrorList *errors) {
    const Span span = slice->task->span;
    if (!bus->is_whole_wanted && !bus->dry) {
        return DONE;
    }
    for (SampleTime at = span.begin; at < span.end; at += bus->part_samples) {
        Task task;
        Stage part = cut_stage(slice, &task, at, bus->part_samples);
        const Status status = render_part(&part, work, bus, errors);
        arena_destroy(&part.scratch);
        TRY(status);
    }
    return DONE;
}

static Status render_slice(const Stage *slice, const StemWork *work, ErrorList *errors) {
    const int bus_count = slice->mix->bus_count;
    const int64_t length = slice->task->span.end - slice->task->span.begin;
    for (int bus = 0; bus < bus_count; bus++) {
        SlicedBus *into = &work->buses[bus];
        into->work.stage = slice;
        into->returns_begin = slice->task->span.begin;
        if (into->returns) {
            clear_planes(into->returns, into->work.channel_count, length);
            into->work.out = into->returns;
            TRY(early_reflections_add(&into->work, errors));
        }
    }
    if (work->rooms) {
        TRY(work->has_single_room ? stem_rooms_write(work->rooms, slice, work->rounded, errors)
                                  : stem_rooms_add(work->rooms, slice, work->returns, errors));
    }
    for (int bus = 0; bus < bus_count; bus++) {
        TRY(render_bus(slice, work, &work->buses[bus], errors));
    }
    return DONE;
}

/* The planes of a slice stay in the cache; what is made for one slice is freed before the next. */
static Status render_slices(const Stage *stage, const StemWork *work, ErrorList *errors) {
    const Span span = stage->task->span;
    for (SampleTime at = span.begin; at < span.end; at += work->longest_samples) {
        Task task;
        Stage slice = cut_stage(stage, &task, at, work->longest_samples);
        const Status status = render_slice(&slice, work, errors);
        arena_destroy(&slice.scratch);
        source_list_rest(work->list);
        TRY(status);
    }
    TRY(source_list_check(work->list, errors));
    for (int bus = 0; bus < stage->mix->bus_count; bus++) {
        const SlicedBus *made = &work->buses[bus];
        TRY(made->dry ? audio_sink_commit(made->dry, errors) : DONE);
        TRY(made->rooms ? audio_sink_commit(made->rooms, errors) : DONE);
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

/* What comes back from the rooms is read, or made and kept where the task says so. */
static Status open_rooms(const Stage *stage, int bus, StemWork *work, ErrorList *errors) {
    SlicedBus *opened = &work->buses[bus];
    const int output = 2 * stage->mix->bus_count + bus;
    Key key = {0};
    if (!work->receiver) {
        key = stage->task->outputs[output];
    }
    if (!key_is_zero(key) && !is_missing(stage, output)) {
        return stored_audio_open(stage->workplace->store, key, &opened->kept_rooms, errors);
    }
    work->has_new_rooms[bus] = work->has_any_new_rooms = true;
    const int channels = opened->work.channel_count;
    if (work->has_single_room) {
        opened->rounded = work->rounded[bus] =
            make_rows(stage->scratch, channels, work->longest_samples);
    } else {
        opened->returns = work->returns[bus] =
            make_planes(stage->scratch, channels, work->longest_samples);
    }
    return key_is_zero(key) ? DONE
                            : open_sink(stage, &opened->work, output, &opened->rooms, errors);
}

/* Filters have slices of their own, and what reaches beyond a span reaches seldom. */
static int64_t choose_part_samples(const BusWork *work, int64_t slice_samples) {
    const bool is_cut =
        slice_samples > PART_SAMPLES && work->tap_count == 0 && !panned_has_diffuse(work);
    return is_cut ? PART_SAMPLES : slice_samples;
}

static Status open_bus(const Stage *stage, int bus, StemWork *work, ErrorList *errors) {
    SlicedBus *opened = &work->buses[bus];
    const int dry_output = stage->mix->bus_count + bus;
    const StemReceiver *receiver = work->receiver;
    const bool is_dry_wanted = !receiver && is_missing(stage, dry_output);
    opened->receiver = receiver;
    opened->is_whole_wanted = receiver ? receiver->is_wanted[bus] : is_missing(stage, bus);
    if (!is_dry_wanted && !opened->is_whole_wanted) {
        return DONE;
    }
    TRY(bus_work_open(stage, work->list, bus, &opened->work, errors));
    opened->part_samples = choose_part_samples(&opened->work, work->longest_samples);
    for (int motion = 0; motion < MOTIONS; motion++) {
        opened->ears[motion] = ear_convolver_create(stage->scratch);
    }
    TRY(is_dry_wanted ? open_sink(stage, &opened->work, dry_output, &opened->dry, errors) : DONE);
    if (!opened->is_whole_wanted) {
        return DONE;
    }
    TRY(receiver ? DONE : open_sink(stage, &opened->work, bus, &opened->whole, errors));
    return stem_rooms_sound(stage, work->list) ? open_rooms(stage, bus, work, errors) : DONE;
}

static int64_t longest_part_samples(const StemWork *work, int bus_count) {
    int64_t longest = 0;
    for (int bus = 0; bus < bus_count; bus++) {
        const int64_t own = work->buses[bus].part_samples;
        longest = own > longest ? own : longest;
    }
    return longest;
}

static int most_channels(const Mix *mix) {
    int most = 0;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const int count = mix->buses[bus].layout->channel_count;
        most = count > most ? count : most;
    }
    return most;
}

static Status render_buses(const Stage *stage, StemWork *work, ErrorList *errors) {
    for (int bus = 0; bus < stage->mix->bus_count; bus++) {
        TRY(open_bus(stage, bus, work, errors));
    }
    work->sum = make_planes(stage->scratch, most_channels(stage->mix),
                            longest_part_samples(work, stage->mix->bus_count));
    if (work->has_any_new_rooms) {
        const RoomUse use = {work->has_new_rooms, work->longest_samples};
        TRY(stem_rooms_open(stage, work->list, &use, &work->rooms, errors));
    }
    return render_slices(stage, work, errors);
}

/* A span with reflections is one slice. */
static int64_t choose_slice_samples(const Stage *stage, const SourceList *list) {
    const int64_t length = stage->task->span.end - stage->task->span.begin;
    const bool is_cut = length > SLICE_SAMPLES && !early_reflections_sound(stage->mix, list);
    return is_cut ? SLICE_SAMPLES : length;
}

static void close_work(StemWork *work, int bus_count) {
    for (int bus = 0; bus < bus_count; bus++) {
        audio_sink_cancel(work->buses[bus].dry);
        audio_sink_cancel(work->buses[bus].whole);
        audio_sink_cancel(work->buses[bus].rooms);
        stored_audio_close(&work->buses[bus].kept_rooms);
        ear_convolver_close(work->buses[bus].ears[0]);
        ear_convolver_close(work->buses[bus].ears[1]);
    }
    stem_rooms_close(work->rooms);
}

static Status render_stem(const Stage *stage, const StemReceiver *receiver, ErrorList *errors) {
    const size_t bus_count = (size_t)stage->mix->bus_count;
    SourceList list = {0};
    StemWork work = {.list = &list,
                     .receiver = receiver,
                     .buses = arena_array(stage->scratch, bus_count, sizeof *work.buses),
                     .returns = arena_array(stage->scratch, bus_count, sizeof *work.returns),
                     .rounded = arena_array(stage->scratch, bus_count, sizeof *work.rounded),
                     .begin = stage->task->span.begin,
                     .has_new_rooms =
                         arena_array(stage->scratch, bus_count, sizeof *work.has_new_rooms)};
    Status status = source_list_open(stage, &list, errors);
    for (int source = 0; receiver && source < list.source_count; source++) {
        list.sources[source].ceilings = receiver->ceilings;
    }
    work.longest_samples = choose_slice_samples(stage, &list);
    work.has_single_room =
        stem_rooms_is_single(stage, &list) && !early_reflections_sound(stage->mix, &list);
    status = status ? status : render_buses(stage, &work, errors);
    close_work(&work, stage->mix->bus_count);
    source_list_close(&list);
    return status;
}

Status spatialize_for(const Stage *stage, const StemReceiver *receiver, ErrorList *errors) {
    return render_stem(stage, receiver, errors);
}

Status spatialize_run(const Stage *stage, ErrorList *errors) {
    return render_stem(stage, NULL, errors);
}
