/* SPATIALIZE: the layers of a stem, placed and sent through rooms, in every layout, over one span.
 *
 * Law: positions and gains are functions of absolute time, filters run overlap-save on the absolute
 * grid with the pre-roll they need; so a sample does not know in which span it was made.
 */
#include "render/dsp/ear_convolver.h"
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

/* Filters: all fixed sources in one sum, then all moving ones. An LFE is left out where the panner
 * has no response for it. */
static Status add_filtered(const BusWork *work, ErrorList *errors) {
    Arena *scratch = work->stage->scratch;
    const size_t count = (size_t)work->list->source_count;
    PlacedSource *placed = arena_array(scratch, count, sizeof *placed);
    EarSource *sources = arena_array(scratch, count, sizeof *sources);
    for (int is_moving = 0; is_moving < 2; is_moving++) {
        const EarShape shape = {.engine = work->stage->mix->fft,
                                .tap_count = work->tap_count,
                                .is_moving = is_moving,
                                .span = work->stage->task->span};
        int source_count = 0;
        for (int index = 0; index < work->list->source_count; index++) {
            const Source *source = &work->list->sources[index];
            placed[index] = (PlacedSource){.work = work, .source = source};
            const bool is_heard =
                !source_is_lfe(source) || work->panners[OWN_PANNER]->respond_lfe != NULL;
            if (is_heard && source_has_moving_filter(source) == (is_moving != 0)) {
                sources[source_count++] = (EarSource){.slot = source_slot(work->stage->mix, source),
                                                      .read = read_placed,
                                                      .filter_at = filter_of_placed,
                                                      .context = &placed[index]};
            }
        }
        TRY(ear_convolver_run(sources, source_count, &shape, work->out, scratch, errors));
    }
    return DONE;
}

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
    bool is_finite = true;
    for (int64_t sample = 0; sample < count; sample++) {
        to[sample] = (float)(from[sample] * gain);
        is_finite = is_finite && to[sample] - to[sample] == 0.0F;
    }
    if (!is_finite) {
        return fail(errors, E607, NO_PLACE, "`%s` made NaN or Inf", stage->task->name);
    }
    return DONE;
}

static Status write_bus(const Stage *stage,
                        const AudioHead *head,
                        double *const *out,
                        AudioSink *sink,
                        ErrorList *errors) {
    const int channels = head->channel_count;
    float **rows = arena_array(stage->scratch, (size_t)channels, sizeof *rows);
    for (int channel = 0; channel < channels; channel++) {
        rows[channel] = arena_array(stage->scratch, AUDIO_CHUNK_SAMPLES, sizeof **rows);
    }
    for (int64_t at = 0; at < head->sample_count; at += AUDIO_CHUNK_SAMPLES) {
        const int64_t rest = head->sample_count - at;
        const int64_t count = rest < AUDIO_CHUNK_SAMPLES ? rest : AUDIO_CHUNK_SAMPLES;
        for (int channel = 0; channel < channels; channel++) {
            TRY(round_portion(stage, out[channel] + at, rows[channel], count, errors));
        }
        TRY(audio_sink_write(sink, rows, count, errors));
    }
    return audio_sink_commit(sink, errors);
}

/* output: of the task. */
static Status
store_bus(const Stage *stage, int bus, int output, double *const *out, ErrorList *errors) {
    const Span span = stage->task->span;
    const AudioHead head = {.sample_count = span.end - span.begin,
                            .channel_count = stage->mix->buses[bus].layout->channel_count};
    AudioSink *sink = NULL;
    const AudioPlace place = stage_place(stage, output);
    Status status = audio_sink_open(&place, &head, stage->scratch, &sink, errors);
    status = status ? status : write_bus(stage, &head, out, sink, errors);
    audio_sink_cancel(sink);
    return status;
}

static bool is_missing(const Stage *stage, int output) {
    const Key key = stage->task->outputs[output];
    return !key_is_zero(key) && !store_has(stage->workplace->store, key);
}

/* What is heard of a bus without the tails of rooms; its dry part, if asked for, is stored. planes
 * stays NULL when the whole is there already. */
static Status render_bus(
    const Stage *stage, const SourceList *list, int bus, double ***planes, ErrorList *errors) {
    const int dry_output = stage->mix->bus_count + bus;
    const bool is_dry_missing = is_missing(stage, dry_output);
    const bool is_whole_missing = is_missing(stage, bus);
    if (!is_dry_missing && !is_whole_missing) {
        return DONE;
    }
    const int64_t length = stage->task->span.end - stage->task->span.begin;
    double **out =
        make_planes(stage->scratch, stage->mix->buses[bus].layout->channel_count, length);
    BusWork work;
    TRY(bus_work_open(stage, list, bus, &work, errors));
    work.out = out;
    TRY(work.tap_count > 0 ? add_filtered(&work, errors) : panned_add_all(&work, errors));
    TRY(is_dry_missing ? store_bus(stage, bus, dry_output, out, errors) : DONE);
    if (is_whole_missing) {
        TRY(early_reflections_add(&work, errors));
        *planes = out;
    }
    return DONE;
}

static Status render_buses(const Stage *stage, const SourceList *list, ErrorList *errors) {
    const Mix *mix = stage->mix;
    double ***planes = arena_array(stage->scratch, (size_t)mix->bus_count, sizeof *planes);
    for (int bus = 0; bus < mix->bus_count; bus++) {
        TRY(render_bus(stage, list, bus, &planes[bus], errors));
    }
    TRY(stem_rooms_add(stage, list, planes, errors));
    for (int bus = 0; bus < mix->bus_count; bus++) {
        if (planes[bus]) {
            TRY(store_bus(stage, bus, bus, planes[bus], errors));
        }
    }
    return DONE;
}

Status spatialize_run(const Stage *stage, ErrorList *errors) {
    SourceList list = {0};
    Status status = source_list_open(stage, &list, errors);
    status = status ? status : render_buses(stage, &list, errors);
    source_list_close(&list);
    return status;
}
