/* PREPARE: one layer's clips become its processed signal at the job's rate, from its first sample
 * on. Of a layer that would only be copied, a note is made of where its samples are.
 *
 * Law: walks the layer from its first sample, whatever part of the timeline is wanted; nothing but
 * the file and the layer's own parameters is read. Order of processing: DECISIONS 1.
 */
#include <math.h>
#include <string.h>

#include "render/dsp/biquad.h"
#include "render/dsp/fractional_delay.h"
#include "render/model/stored_audio.h"
#include "render/processors/transient_shaper.h"
#include "render/processors/travel.h"
#include "render/processors/two_band.h"
#include "render/stages/clip_reader.h"
#include "render/stages/layer_scan.h"
#include "render/stages/stage.h"

typedef struct Preparation {
    const Mix *mix;
    const MixLayer *layer;
    int channel_count;              /* of the file */
    ClipReader **clips;             /* [clip_count of the layer] */
    AudioSink *sink;                /* NULL: what is found wrong is all that is wanted */
    float **planar;                 /* [mix_layer_channel_count()][STAGE_CHUNK_SAMPLES] */
    FractionalDelayLine *delays;    /* [channel_count]; NULL: nothing lies between two samples */
    double *gains;                  /* [STAGE_CHUNK_SAMPLES] */
    BiquadCascade *cascades;        /* [filter_count][channel_count] */
    TransientShaper *shaper;        /* NULL: notes stay as they are */
    double *attack_db, *sustain_db; /* [STAGE_CHUNK_SAMPLES] of it, where they move */
    BiquadCascade lfe[2];           /* a Linkwitz-Riley low-pass of fourth order */
    TwoBand *bands;                 /* of an ambisonic layer; NULL: one band */
    Travel *travel;                 /* NULL: the layer is heard as it is */
    float **arrived;                /* [mix_layer_channel_count()][STAGE_CHUNK_SAMPLES] behind it */
} Preparation;

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

/* DECISIONS 1: the transient shaper stands in front of the first tilt. */
static int first_tilt(const MixLayer *layer) {
    int filter = 0;
    while (filter < layer->filter_count && layer->filters[filter].kind != FILTER_TILT) {
        filter++;
    }
    return filter;
}

/* Filters first .. end - 1 of one channel. */
static void run_filters(Preparation *work, int channel, int first, int end, Span part) {
    const MixLayer *layer = work->layer;
    const int64_t begin = part.begin;
    const int64_t count = part.end - part.begin;
    float *samples = work->planar[channel];
    for (int index = first; index < end; index++) {
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

static void run_gains(const Preparation *work, int channel, int64_t count) {
    float *samples = work->planar[channel];
    for (int64_t sample = 0; sample < count; sample++) {
        samples[sample] = (float)(samples[sample] * work->gains[sample]);
    }
}

/* DECISIONS 6: the sum of the channels that are no LFE, times 1/sqrt(n). */
static void send_to_lfe(Preparation *work, int64_t count) {
    const MixLayer *layer = work->layer;
    float *sum = work->planar[work->channel_count];
    int summed_count = 0;
    memset(sum, 0, (size_t)count * sizeof *sum);
    for (int channel = 0; channel < work->channel_count; channel++) {
        const bool is_summed = layer->layout->channels[channel].role != CHANNEL_LFE;
        summed_count += is_summed;
        for (int64_t sample = 0; is_summed && sample < count; sample++) {
            sum[sample] += work->planar[channel][sample];
        }
    }
    biquad_cascade_run(&work->lfe[0], sum, count);
    biquad_cascade_run(&work->lfe[1], sum, count);
    const double gain = layer->lfe_gain / sqrt((double)(summed_count > 0 ? summed_count : 1));
    for (int64_t sample = 0; sample < count; sample++) {
        sum[sample] = (float)(sum[sample] * gain);
    }
}

/* What the layer's own amount and its lanes come to. */
static void find_amounts(
    const MixLayer *layer, LaneKind kind, SampleTime begin, int64_t count, double *amounts_db) {
    const double own_db = kind == LANE_ATTACK ? layer->attack_db : layer->sustain_db;
    for (int64_t sample = 0; sample < count; sample++) {
        amounts_db[sample] = own_db;
    }
    for (int index = 0; index < layer->shape_lane_count; index++) {
        const Lane *lane = &layer->shape_lanes[index];
        const bool is_still = lane_is_constant(lane, (Span){begin, begin + count});
        const double value_db = lane_value(lane, begin);
        for (int64_t sample = 0; lane->kind == kind && sample < count; sample++) {
            amounts_db[sample] += is_still ? value_db : lane_value(lane, begin + sample);
        }
    }
}

static void shape(Preparation *work, int64_t begin, int64_t count) {
    const MixLayer *layer = work->layer;
    if (layer->shape_lane_count == 0) {
        transient_shaper_run(work->shaper, work->planar, work->channel_count, count);
        return;
    }
    find_amounts(layer, LANE_ATTACK, layer->start + begin, count, work->attack_db);
    find_amounts(layer, LANE_SUSTAIN, layer->start + begin, count, work->sustain_db);
    transient_shaper_run_along(work->shaper, work->planar, work->channel_count, count,
                               work->attack_db, work->sustain_db);
}

/* DECISIONS 1, from the nudge to the gain. */
static void process(Preparation *work, int64_t begin, int64_t count) {
    const MixLayer *layer = work->layer;
    const Span part = {begin, begin + count};
    const int tilt = first_tilt(layer);
    for (int channel = 0; channel < work->channel_count; channel++) {
        if (work->delays) {
            fractional_delay_line_run(&work->delays[channel], work->planar[channel], count);
        }
        run_filters(work, channel, 0, tilt, part);
    }
    if (work->shaper) {
        shape(work, begin, count);
    }
    find_gains(work, begin, count);
    for (int channel = 0; channel < work->channel_count; channel++) {
        run_filters(work, channel, tilt, layer->filter_count, part);
        run_gains(work, channel, count);
    }
    if (layer->lfe_gain != 0.0) {
        send_to_lfe(work, count);
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
    if (!work->sink) {
        return DONE;
    }
    if (!work->travel) {
        return audio_sink_write(work->sink, work->planar, count, errors);
    }
    travel_push(work->travel, work->planar, count);
    return write_arrived(work, errors);
}

/* A film bed as a nearfield one. */
static void refer_to_nearfield(const Preparation *work, int64_t count) {
    const double *gains = work->layer->channel_gains;
    for (int channel = 0; gains && channel < work->channel_count; channel++) {
        for (int64_t sample = 0; gains[channel] != 1.0 && sample < count; sample++) {
            work->planar[channel][sample] = (float)(work->planar[channel][sample] * gains[channel]);
        }
    }
}

/* The next samples of the layer. */
static Status take_portion(Preparation *work, int64_t begin, int64_t count, ErrorList *errors) {
    for (int channel = 0; channel < work->channel_count; channel++) {
        memset(work->planar[channel], 0, (size_t)count * sizeof(float));
    }
    for (int clip = 0; clip < work->layer->clip_count; clip++) {
        TRY(clip_reader_add(work->clips[clip], begin, count, work->planar, errors));
    }
    refer_to_nearfield(work, count);
    process(work, begin, count);
    return write_portion(work, count, errors);
}

static float find_peak(const Preparation *work) {
    float peak = 0.0F;
    for (int clip = 0; clip < work->layer->clip_count; clip++) {
        peak = fmaxf(peak, clip_reader_peak(work->clips[clip]));
    }
    return peak;
}

/* What is allowed and rarely meant: float samples far above full scale, and silence. */
static void tell_peak(const Preparation *work, float peak, ErrorList *errors) {
    static const double high_peak_db = 24.0; /* above any headroom of a float stem */
    const MixFile *file = &work->mix->files[work->layer->file];
    if (peak <= 0.0F && (work->layer->is_speaker || work->layer->tracks)) {
        return; /* one channel of a set, one object of a master may well be */
    }
    if (peak <= 0.0F) {
        warn(errors, E419, file->place, "`%s` is silent as far as it is read", file->path);
        return;
    }
    const double peak_db = 20.0 * exact_log10((double)peak);
    if (peak_db > high_peak_db) {
        warn(errors, E418, file->place, "`%s` peaks at +%.0f dB", file->path, peak_db);
        error_help(errors, "float samples reach from -1 to 1: was it meant to be scaled?");
    }
}

static Status walk_through(Preparation *work, ErrorList *errors) {
    const int64_t length = work->layer->length_samples;
    for (int64_t begin = 0; begin < length; begin += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - begin;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        TRY(take_portion(work, begin, count, errors));
    }
    if (work->travel) {
        travel_end(work->travel);
        return write_arrived(work, errors);
    }
    return DONE;
}

static float **make_planes(Arena *scratch, int channel_count) {
    float **planes = arena_array(scratch, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    return planes;
}

static void make_filters(Preparation *work, Arena *scratch) {
    const MixLayer *layer = work->layer;
    const size_t channels = (size_t)work->channel_count;
    work->cascades =
        arena_array(scratch, channels * (size_t)layer->filter_count, sizeof *work->cascades);
    for (int filter = 0; filter < layer->filter_count; filter++) {
        for (int channel = 0; channel < work->channel_count; channel++) {
            biquad_cascade_design(&layer->filters[filter], work->mix->rate_hz,
                                  &work->cascades[filter * work->channel_count + channel]);
        }
    }
}

static void make_delays(Preparation *work, Arena *scratch) {
    if (work->layer->delay_fraction > 0.0) {
        work->delays = arena_array(scratch, (size_t)work->channel_count, sizeof *work->delays);
        for (int channel = 0; channel < work->channel_count; channel++) {
            fractional_delay_line_design(work->layer->delay_fraction, &work->delays[channel]);
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
    if (!layer->travel.has_doppler && !layer->travel.has_air) {
        return;
    }
    const int channel_count = mix_layer_channel_count(layer);
    work->travel = travel_create(layer, work->mix->rate_hz, channel_count, scratch);
    work->arrived = make_planes(scratch, channel_count);
}

static void make_shaper(Preparation *work, Arena *scratch) {
    const MixLayer *layer = work->layer;
    if (layer->attack_db != 0.0 || layer->sustain_db != 0.0 || layer->shape_lane_count > 0) {
        work->shaper = transient_shaper_create(layer->attack_db, layer->sustain_db,
                                               work->mix->rate_hz, scratch);
        work->attack_db = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *work->attack_db);
        work->sustain_db = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *work->sustain_db);
    }
}

static void make_lfe(Preparation *work) {
    const MixFilter half = {.kind = FILTER_LOWPASS,
                            .frequency_hz = work->layer->lfe_below_hz,
                            .slope_db_per_octave = 12};
    for (int section = 0; work->layer->lfe_gain != 0.0 && section < 2; section++) {
        biquad_cascade_design(&half, work->mix->rate_hz, &work->lfe[section]);
    }
}

static void make_work(Preparation *work, Arena *scratch) {
    const MixLayer *layer = work->layer;
    work->channel_count = mix_layer_track_count(work->mix, layer);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers is meant */
    work->clips = arena_array(scratch, (size_t)layer->clip_count, sizeof *work->clips);
    for (int clip = 0; clip < layer->clip_count; clip++) {
        work->clips[clip] = clip_reader_create(work->mix, layer, clip, scratch);
    }
    work->planar = make_planes(scratch, mix_layer_channel_count(layer));
    work->gains = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *work->gains);
    make_delays(work, scratch);
    make_filters(work, scratch);
    make_shaper(work, scratch);
    make_lfe(work);
    make_bands(work, scratch);
    make_travel(work, scratch);
}

static Status prepare_layer(Preparation *work, const Stage *stage, ErrorList *errors) {
    const AudioHead head = {.sample_count =
                                work->layer->length_samples + work->layer->travel.ring_samples,
                            .channel_count = mix_layer_channel_count(work->layer)};
    const AudioPlace place = stage_place(stage, 0);
    TRY(audio_sink_open(&place, &head, stage->scratch, &work->sink, errors));
    TRY(walk_through(work, errors));
    tell_peak(work, find_peak(work), errors);
    TRY(mix_file_check(&work->mix->files[work->layer->file], errors));
    return audio_sink_commit(work->sink, errors);
}

static Status store_layer(const Stage *stage, ErrorList *errors) {
    Preparation work = {.mix = stage->mix, .layer = &stage->mix->layers[stage->task->subject]};
    make_work(&work, stage->scratch);
    const Status status = prepare_layer(&work, stage, errors);
    audio_sink_cancel(work.sink);
    for (int clip = 0; clip < work.layer->clip_count; clip++) {
        clip_reader_close(work.clips[clip]);
    }
    return status;
}

/* Something was met that is told where the samples are read one after the other. */
static Status walk_alone(const Stage *stage, ErrorList *errors) {
    Preparation work = {.mix = stage->mix, .layer = &stage->mix->layers[stage->task->subject]};
    make_work(&work, stage->scratch);
    const Status status = walk_through(&work, errors);
    for (int clip = 0; clip < work.layer->clip_count; clip++) {
        clip_reader_close(work.clips[clip]);
    }
    return status;
}

static Status note_layer(const Stage *stage, ErrorList *errors) {
    const Preparation work = {.mix = stage->mix,
                              .layer = &stage->mix->layers[stage->task->subject]};
    const AudioPlace place = stage_place(stage, 0);
    LayerScan scan;
    TRY(layer_scan_run(work.mix, work.layer, stage->scratch, &scan, errors));
    TRY(scan.is_odd ? walk_alone(stage, errors) : DONE);
    tell_peak(&work, scan.peak, errors);
    TRY(mix_file_check(&work.mix->files[work.layer->file], errors));
    return store_put(place.store, place.key, place.key_text, scan.note, scan.note_bytes, errors);
}

Status prepare_run(const Stage *stage, ErrorList *errors) {
    const bool is_plain = mix_layer_is_plain(stage->mix, &stage->mix->layers[stage->task->subject]);
    return is_plain ? note_layer(stage, errors) : store_layer(stage, errors);
}
