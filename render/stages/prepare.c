/* PREPARE: one layer's file becomes its processed signal at the job's rate, from its first sample
 * on.
 *
 * Law: walks the file from its first frame, whatever part of the timeline is wanted; nothing but
 * the file and the layer's own parameters is read. Order of processing: DECISIONS 1.
 */
#include <math.h>
#include <string.h>

#include "render/dsp/biquad.h"
#include "render/dsp/resample.h"
#include "render/files/sound_reader.h"
#include "render/model/stored_audio.h"
#include "render/processors/travel.h"
#include "render/processors/two_band.h"
#include "render/stages/stage.h"

typedef struct Preparation {
    const Mix *mix;
    const MixLayer *layer;
    int channel_count;
    SoundReader *reader;
    Resampler *resampler;
    AudioSink *sink;
    float *decoded, *resampled; /* interleaved */
    float **planar;             /* [channel_count][capacity] */
    double *gains;              /* [capacity] of one portion */
    BiquadCascade *cascades;    /* [filter_count][channel_count] */
    TwoBand *bands;             /* of an ambisonic layer; NULL: one band */
    Travel *travel;             /* NULL: the layer is heard as it is */
    float **arrived;            /* [channel_count][STAGE_CHUNK_SAMPLES] behind it */
    int64_t passed_samples;     /* of the resampled file */
    float peak;                 /* of what was decoded */
} Preparation;

/* Raised cosine in amplitude: 0 at the first sample, 1 behind the last of `length`. */
static double fade_gain(int64_t position, int64_t length) {
    if (position >= length) {
        return 1.0;
    }
    return position < 0 ? 0.0 : 0.5 - 0.5 * exact_cos(pi * (double)position / (double)length);
}

static void apply_fades(const MixLayer *layer, int64_t begin, float *samples, int64_t count) {
    const int64_t out_begin = layer->length_samples - layer->fade_out_samples;
    if (begin >= layer->fade_in_samples && begin + count <= out_begin) {
        return;
    }
    for (int64_t sample = 0; sample < count; sample++) {
        const int64_t at = begin + sample;
        const double gain = fade_gain(at, layer->fade_in_samples) *
                            fade_gain(layer->length_samples - at, layer->fade_out_samples);
        samples[sample] = (float)(samples[sample] * gain);
    }
}

/* The filter as its lane has it at a time. */
static MixFilter filter_at(const MixFilter *filter, SampleTime time) {
    MixFilter at = *filter;
    const double value = lane_value(filter->lane, time);
    if (filter->kind == FILTER_TILT) {
        at.gain_db = value;
    } else {
        at.frequency_hz = exact_pow(2.0, value);
    }
    return at;
}

/* A filter whose parameter moves: coefficients are designed on the absolute grid and go in straight
 * lines between. */
static void run_moving_filter(const Preparation *work,
                              const MixFilter *filter,
                              BiquadCascade *cascade,
                              SampleTime begin,
                              float *samples,
                              int64_t count) {
    SampleTime time = begin;
    while (time < begin + count) {
        const SampleTime cell = lane_grid_floor(time);
        const MixFilter first = filter_at(filter, cell);
        const MixFilter last = filter_at(filter, cell + LANE_GRID_SAMPLES);
        BiquadCascade from;
        BiquadCascade to;
        biquad_cascade_design(&first, work->mix->rate_hz, &from);
        biquad_cascade_design(&last, work->mix->rate_hz, &to);
        const int64_t left = begin + count - time;
        const int64_t offset = time - cell;
        const int64_t run = left < LANE_GRID_SAMPLES - offset ? left : LANE_GRID_SAMPLES - offset;
        const BiquadGlide glide = {&from, &to, LANE_GRID_SAMPLES, offset};
        biquad_cascade_glide(cascade, &glide, samples + (time - begin), run);
        time += run;
    }
}

static void run_filters(Preparation *work, int channel, int64_t begin, int64_t count) {
    const MixLayer *layer = work->layer;
    float *samples = work->planar[channel];
    for (int index = 0; index < layer->filter_count; index++) {
        const MixFilter *filter = &layer->filters[index];
        BiquadCascade *cascade = &work->cascades[index * work->channel_count + channel];
        if (filter->lane) {
            run_moving_filter(work, filter, cascade, layer->start + begin, samples, count);
        } else {
            biquad_cascade_run(cascade, samples, count);
        }
    }
}

/* The layer's gain times its lanes, for one portion. */
static void find_gains(Preparation *work, int64_t begin, int64_t count) {
    const MixLayer *layer = work->layer;
    for (int64_t sample = 0; sample < count; sample++) {
        work->gains[sample] = layer->gain;
    }
    for (int lane = 0; lane < layer->lane_count; lane++) {
        lane_multiply_gains(&layer->lanes[lane], layer->start + begin, count, work->gains);
    }
}

static void process_channel(Preparation *work, int channel, int64_t begin, int64_t count) {
    float *samples = work->planar[channel];
    apply_fades(work->layer, begin, samples, count);
    run_filters(work, channel, begin, count);
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = (float)(samples[sample] * work->gains[sample]);
    }
}

/* What has come to the listener by now. */
static Status write_arrived(Preparation *work, ErrorList *errors) {
    int64_t count = 0;
    while ((count = travel_pull(work->travel, work->arrived, STAGE_CHUNK_SAMPLES)) > 0) {
        TRY(audio_sink_write(work->sink, work->arrived, count, errors));
    }
    return DONE;
}

static Status write_portion(Preparation *work, int64_t count, ErrorList *errors) {
    if (work->bands) {
        two_band_run(work->bands, work->planar, count);
    }
    if (!work->travel) {
        return audio_sink_write(work->sink, work->planar, count, errors);
    }
    travel_push(work->travel, work->planar, count);
    return write_arrived(work, errors);
}

/* Takes the part of a resampled portion that lies inside the layer. */
static Status
take_portion(Preparation *work, const float *frames, int64_t count, ErrorList *errors) {
    const MixLayer *layer = work->layer;
    const int64_t begin = work->passed_samples - layer->from_samples; /* in the layer */
    work->passed_samples += count;
    const int64_t skipped = begin < 0 ? -begin : 0;
    int64_t last = layer->length_samples - begin;
    last = last < count ? last : count;
    if (skipped >= last) {
        return DONE;
    }
    find_gains(work, begin + skipped, last - skipped);
    for (int channel = 0; channel < work->channel_count; channel++) {
        const float *from = frames + channel;
        float *to = work->planar[channel];
        for (int64_t frame = skipped; frame < last; frame++) {
            to[frame - skipped] = from[frame * work->channel_count];
        }
        process_channel(work, channel, begin + skipped, last - skipped);
    }
    return write_portion(work, last - skipped, errors);
}

static bool needs_more(const Preparation *work) {
    return work->passed_samples < work->layer->from_samples + work->layer->length_samples;
}

static void note_peak(Preparation *work, int64_t frames) {
    for (int64_t sample = 0; sample < frames * work->channel_count; sample++) {
        const float size = fabsf(work->decoded[sample]);
        work->peak = size > work->peak ? size : work->peak;
    }
}

/* What is allowed and rarely meant: float samples far above full scale, and silence. */
static void tell_peak(const Preparation *work, ErrorList *errors) {
    static const double high_peak_db = 24.0; /* above any headroom of a float stem */
    const MixFile *file = &work->mix->files[work->layer->file];
    if (work->peak <= 0.0F) {
        warn(errors, E419, file->place, "`%s` is silent as far as it is read", file->path);
        return;
    }
    const double peak_db = 20.0 * exact_log10((double)work->peak);
    if (peak_db > high_peak_db) {
        warn(errors, E418, file->place, "`%s` peaks at +%.0f dB", file->path, peak_db);
        error_help(errors, "float samples reach from -1 to 1: was it meant to be scaled?");
    }
}

static Status read_through(Preparation *work, ErrorList *errors) {
    int64_t got = STAGE_CHUNK_SAMPLES;
    while (got > 0 && needs_more(work)) {
        TRY(sound_read(work->reader, work->decoded, STAGE_CHUNK_SAMPLES, &got, errors));
        int64_t made = 0;
        if (got > 0) {
            note_peak(work, got);
            TRY(resampler_push(work->resampler, work->decoded, got, work->resampled, &made,
                               errors));
        } else {
            TRY(resampler_flush(work->resampler, work->resampled, &made, errors));
        }
        TRY(take_portion(work, work->resampled, made, errors));
    }
    if (work->travel) {
        travel_end(work->travel);
        return write_arrived(work, errors);
    }
    return DONE;
}

static void make_buffers(Preparation *work, Arena *scratch) {
    const size_t channels = (size_t)work->channel_count;
    int64_t capacity = resampler_capacity(work->resampler, STAGE_CHUNK_SAMPLES);
    const int64_t rest = resampler_capacity(work->resampler, 0);
    capacity = rest > capacity ? rest : capacity;
    work->decoded = arena_array(scratch, STAGE_CHUNK_SAMPLES * channels, sizeof(float));
    work->resampled = arena_array(scratch, (size_t)capacity * channels, sizeof(float));
    work->planar = arena_array(scratch, channels, sizeof *work->planar);
    work->gains = arena_array(scratch, (size_t)capacity, sizeof *work->gains);
    for (int channel = 0; channel < work->channel_count; channel++) {
        work->planar[channel] = arena_array(scratch, (size_t)capacity, sizeof(float));
    }
    const MixLayer *layer = work->layer;
    work->cascades =
        arena_array(scratch, channels * (size_t)layer->filter_count, sizeof *work->cascades);
    for (int filter = 0; filter < layer->filter_count; filter++) {
        for (int channel = 0; channel < work->channel_count; channel++) {
            biquad_cascade_design(&layer->filters[filter], work->mix->rate_hz,
                                  &work->cascades[filter * work->channel_count + channel]);
        }
    }
}

static void make_bands(Preparation *work, Arena *scratch) {
    const MixAmbisonic *scene = &work->layer->ambisonic;
    int order = 0;
    while ((order + 1) * (order + 1) < work->channel_count) {
        order++;
    }
    if (scene->crossover_hz > 0.0) {
        work->bands = arena_alloc(scratch, sizeof *work->bands);
        two_band_design(order, work->mix->rate_hz, scene->crossover_hz, scene->high_weights,
                        work->bands);
    }
}

static void make_travel(Preparation *work, Arena *scratch) {
    const MixLayer *layer = work->layer;
    const size_t channels = (size_t)work->channel_count;
    if (!layer->travel.has_doppler && !layer->travel.has_air) {
        return;
    }
    work->travel = travel_create(layer, work->mix->rate_hz, work->channel_count, scratch);
    work->arrived = arena_array(scratch, channels, sizeof *work->arrived);
    for (int channel = 0; channel < work->channel_count; channel++) {
        work->arrived[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
}

/* The file must still be what the plan saw. */
static Status open_input(Preparation *work, ErrorList *errors) {
    const MixFile *file = &work->mix->files[work->layer->file];
    SoundInfo info;
    TRY(sound_open(file->real_path, file->path, file->place, &work->reader, &info, errors));
    if (info.channel_count != file->channel_count || info.rate_hz != file->rate_hz ||
        info.frame_count != file->frame_count) {
        return fail(errors, E418, file->place, "`%s` changed since the plan", file->path);
    }
    work->channel_count = file->channel_count;
    return resampler_create(file->rate_hz, work->mix->rate_hz, file->channel_count,
                            &work->resampler, errors);
}

static Status prepare_layer(Preparation *work, const Stage *stage, ErrorList *errors) {
    TRY(open_input(work, errors));
    make_buffers(work, stage->scratch);
    make_bands(work, stage->scratch);
    make_travel(work, stage->scratch);
    const AudioHead head = {.sample_count =
                                work->layer->length_samples + work->layer->travel.ring_samples,
                            .channel_count = work->channel_count};
    const AudioPlace place = stage_place(stage, 0);
    TRY(audio_sink_open(&place, &head, stage->scratch, &work->sink, errors));
    TRY(read_through(work, errors));
    tell_peak(work, errors);
    TRY(mix_file_check(&work->mix->files[work->layer->file], errors));
    return audio_sink_commit(work->sink, errors);
}

Status prepare_run(const Stage *stage, ErrorList *errors) {
    Preparation work = {.mix = stage->mix, .layer = &stage->mix->layers[stage->task->subject]};
    const Status status = prepare_layer(&work, stage, errors);
    audio_sink_cancel(work.sink);
    resampler_destroy(&work.resampler);
    sound_close(&work.reader);
    return status;
}
