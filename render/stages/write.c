/* WRITE: stems through the master's gain, dithered, quantized and written: one of them, or the sums
 * of them (full, me, sets) that a deliverable has.
 *
 * Law: walks the timeline from sample 0; dither is a hash of the sample's index. Null to digital
 * zero: full and me add the quantized stems, so full minus its stems is zero in every sample
 * (DECISIONS 9, 10). Each task quantizes what it needs, which gives the same numbers in all.
 */
#include <string.h>

#include "render/base/files.h"
#include "render/dsp/noise.h"
#include "render/dsp/planes.h"
#include "render/dsp/quantize.h"
#include "render/files/sound_writer.h"
#include "render/stages/bus_reader.h"
#include "render/stages/master_gain.h"
#include "render/stages/object_reader.h"
#include "render/stages/output_set.h"
#include "render/stages/source.h"
#include "render/stages/staged_files.h"
#include "render/stages/stem_parts.h"
#include "render/stages/written_content.h"

typedef struct Encoding {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout;
    int group;          /* of outputs that are written: mix_output_group */
    bool is_sums;       /* it is that of the sums */
    bool *is_in;        /* [stem_count] the group has the stem */
    const char *folder; /* being filled */
    WrittenContent content;
    int channel_count; /* of the bus, then its slots: what every stem has */
    int plane_count;   /* these, then objects */
    BusReader reader, dry_reader;
    LayerInputs *inputs;
    LayerAudio *objects; /* [object_count]: the prepared layer of each */
    CeilingLanes *object_ceilings;
    int open_object_count;
    MasterGain gain;
    OutputSet outputs;
    Quantizer quantizer; /* of integer formats */
    bool is_integer;
    float **rendered;    /* [channel_count][STAGE_CHUNK_SAMPLES] as rendered */
    double **quantized;  /* the same, in LSBs */
    double **dry, **wet; /* its parts */
    double ***sums; /* [output_count][plane_count] of quantized stems, then the objects; of a stem
                       that is written NULL */
    double *gains;  /* [STAGE_CHUNK_SAMPLES] */
    uint64_t *dithers; /* [stem_count][channel_count] streams, then those of the objects */
    int64_t *clipped;  /* [stem_count + 1] samples of each stem, and of the objects */
    int stem;          /* that is quantized */
} Encoding;

/* Float formats take the value as it is, rounded where they hold fewer bits. */
static void scale_floats(const Encoding *work, const float *from, int64_t count, double *to) {
    const bool is_double = work->deliverable->format == FLOAT_64;
    for (int64_t sample = 0; sample < count; sample++) {
        const double value = from[sample] * work->gains[sample];
        to[sample] = is_double ? value : (float)value;
    }
}

/* samples of the portion from `begin` on in LSBs; dither: its stream. */
static void
quantize_plane(Encoding *work, const float *samples, uint64_t dither, Span part, double *plane) {
    const int64_t count = part.end - part.begin;
    const QuantizerInput input = {
        .samples = samples, .gains = work->gains, .stream = dither, .begin = part.begin};
    if (work->is_integer) {
        work->clipped[work->stem] += quantize(&work->quantizer, &input, count, plane);
    } else {
        scale_floats(work, samples, count, plane);
    }
}

/* planes: what is rendered of the stem, in LSBs. */
static void
quantize_stem(Encoding *work, int stem, SampleTime begin, int64_t count, double *const *planes) {
    const int channels = work->channel_count;
    for (int channel = 0; channel < channels; channel++) {
        quantize_plane(work, work->rendered[channel], work->dithers[stem * channels + channel],
                       (Span){begin, begin + count}, planes[channel]);
    }
}

/* The floats of the whole in `quantized` and of the dry part in `stem` become three planes. */
static void split_floats(Encoding *work, int64_t count) {
    const bool is_double = work->deliverable->format == FLOAT_64;
    for (int channel = 0; channel < work->channel_count; channel++) {
        double *whole = work->quantized[channel];
        for (int64_t sample = 0; sample < count; sample++) {
            const double gain = work->gains[sample];
            const double dry = work->rendered[channel][sample];
            const StemParts parts =
                stem_parts_of_floats(dry * gain, (whole[sample] - dry) * gain, is_double);
            whole[sample] = parts.whole;
            work->dry[channel][sample] = parts.dry;
            work->wet[channel][sample] = parts.wet;
        }
    }
}

static void split_integers(Encoding *work, int64_t count) {
    for (int channel = 0; channel < work->channel_count; channel++) {
        const double *whole = work->quantized[channel];
        double *dry = work->dry[channel];
        for (int64_t sample = 0; sample < count; sample++) {
            const StemParts parts =
                stem_parts_of_integers(whole[sample], dry[sample], work->quantizer.scale);
            dry[sample] = parts.dry;
            work->wet[channel][sample] = parts.wet;
        }
    }
}

/* The mono of what is in the channels of the bus, at the level that the stem has in each slot. */
static void fill_slots(Encoding *work, int stem, int64_t count) {
    const MixDeliverable *deliverable = work->deliverable;
    const int bus_channels = work->layout->channel_count;
    for (int slot = 0; slot < deliverable->slot_count; slot++) {
        const double gain = deliverable->slots[slot].stem_gains[stem];
        float *mono = work->rendered[bus_channels + slot];
        for (int64_t sample = 0; sample < count; sample++) {
            double sum = 0.0;
            for (int channel = 0; channel < bus_channels; channel++) {
                sum += deliverable->slot_fold[channel] * work->rendered[channel][sample];
            }
            mono[sample] = (float)(gain * sum);
        }
    }
}

static Status
read_planes(Encoding *work, BusReader *reader, int stem, Span part, ErrorList *errors) {
    TRY(bus_reader_stem(reader, stem, part, work->rendered, errors));
    fill_slots(work, stem, part.end - part.begin);
    return DONE;
}

/* Quantizes a stem whose parts are asked for. */
static Status split_stem(Encoding *work, int stem, Span part, ErrorList *errors) {
    const int64_t count = part.end - part.begin;
    for (int channel = 0; !work->is_integer && channel < work->channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample++) {
            work->quantized[channel][sample] = work->rendered[channel][sample];
        }
    }
    if (work->is_integer) {
        quantize_stem(work, stem, part.begin, count, work->quantized);
    }
    TRY(read_planes(work, &work->dry_reader, stem, part, errors));
    if (!work->is_integer) {
        split_floats(work, count);
        return DONE;
    }
    quantize_stem(work, stem, part.begin, count, work->dry);
    split_integers(work, count);
    return DONE;
}

static void
add_planes(double *const *sum, double *const *planes, int channel_count, int64_t count) {
    for (int channel = 0; channel < channel_count; channel++) {
        planes_add(planes[channel], count, sum[channel]);
    }
}

static void clear_planes(double *const *planes, int channel_count, int64_t count) {
    for (int channel = 0; channel < channel_count; channel++) {
        memset(planes[channel], 0, (size_t)count * sizeof **planes);
    }
}

static Status write_stem(Encoding *work, int stem, Span portion, ErrorList *errors) {
    double *const *const planes[] = {work->quantized, work->dry, work->wet};
    for (int part = PART_WHOLE; part <= PART_WET; part++) {
        const MixOutput made = {.kind = OUTPUT_STEM, .stem = stem, .part = (StemPart)part};
        TRY(output_set_write(&work->outputs, &made, planes[part], portion, errors));
    }
    return DONE;
}

/* Splitting changes the whole of floats only. */
static bool is_split(const Encoding *work, int stem) {
    return mix_has_parts(work->stage->mix, stem, work->deliverable->bus) &&
           !(work->is_sums && work->is_integer);
}

static Status read_stem(Encoding *work, int stem, Span part, ErrorList *errors) {
    work->stem = stem;
    TRY(read_planes(work, &work->reader, stem, part, errors));
    if (is_split(work, stem)) {
        return split_stem(work, stem, part, errors);
    }
    quantize_stem(work, stem, part.begin, part.end - part.begin, work->quantized);
    return DONE;
}

/* The prepared layers of the objects, dry, behind the gain of their stem. */
static void add_objects(Encoding *work, Span part) {
    const Mix *mix = work->stage->mix;
    const int channels = work->channel_count;
    float *samples = work->rendered[0];
    work->stem = mix->stem_count;
    for (int object = 0; object < work->deliverable->object_count; object++) {
        const MixObject *subject = &work->deliverable->objects[object];
        const MixLayer *layer = &mix->layers[subject->layer];
        const Source source = {layer, &work->objects[object], subject->channel,
                               work->object_ceilings[object]};
        const double gain = mix->stems[layer->stem].gain;
        object_read(&work->reader, &source, gain, part, samples);
        quantize_plane(work, samples, work->dithers[mix->stem_count * channels + object], part,
                       work->sums[0][channels + object]); /* full is all that ADM writes */
    }
}

static void clear_sums(Encoding *work, int64_t count) {
    for (int output = 0; output < work->deliverable->output_count; output++) {
        if (work->sums[output]) {
            clear_planes(work->sums[output], work->channel_count, count);
        }
    }
}

static void add_to_sums(Encoding *work, int stem, int64_t count) {
    const Mix *mix = work->stage->mix;
    for (int output = 0; output < work->deliverable->output_count; output++) {
        if (work->sums[output] && mix_output_has(mix, &work->deliverable->outputs[output], stem)) {
            add_planes(work->sums[output], work->quantized, work->channel_count, count);
        }
    }
}

static Status write_sums(Encoding *work, Span part, ErrorList *errors) {
    add_objects(work, part);
    for (int output = 0; output < work->deliverable->output_count; output++) {
        if (work->sums[output]) {
            TRY(output_set_write(&work->outputs, &work->deliverable->outputs[output],
                                 work->sums[output], part, errors));
        }
    }
    return DONE;
}

static Status encode_portion(Encoding *work, SampleTime begin, int64_t count, ErrorList *errors) {
    const Span part = {begin, begin + count};
    master_gain_read(&work->gain, begin, count, work->gains);
    if (!work->is_sums) {
        TRY(read_stem(work, work->group, part, errors));
        return write_stem(work, work->group, part, errors);
    }
    clear_sums(work, count);
    for (int stem = 0; stem < work->stage->mix->stem_count; stem++) {
        if (work->is_in[stem]) {
            TRY(read_stem(work, stem, part, errors));
            add_to_sums(work, stem, count);
        }
    }
    return write_sums(work, part, errors);
}

static double **make_planes(Arena *arena, int channel_count) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof **planes);
    }
    return planes;
}

static void make_buffers(Encoding *work) {
    Arena *scratch = work->stage->scratch;
    const Mix *mix = work->stage->mix;
    const int channels = work->channel_count;
    work->rendered = arena_array(scratch, (size_t)channels, sizeof *work->rendered);
    for (int channel = 0; channel < channels; channel++) {
        work->rendered[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    work->quantized = make_planes(scratch, channels);
    work->dry = make_planes(scratch, channels);
    work->wet = make_planes(scratch, channels);
    work->sums = arena_array(scratch, (size_t)work->deliverable->output_count, sizeof(double **));
    for (int output = 0; output < work->deliverable->output_count; output++) {
        if (work->is_sums && mix_output_is_sum(&work->deliverable->outputs[output])) {
            work->sums[output] = make_planes(scratch, work->plane_count);
        }
    }
    work->gains = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *work->gains);
    const int object_count = work->deliverable->object_count;
    const size_t stream_count = (size_t)mix->stem_count * (size_t)channels + (size_t)object_count;
    work->dithers = arena_array(scratch, stream_count, sizeof *work->dithers);
    for (int object = 0; object < object_count; object++) {
        const MixObject *subject = &work->deliverable->objects[object];
        const char *const names[] = {work->deliverable->id, "object",
                                     mix->layers[subject->layer].id};
        work->dithers[mix->stem_count * channels + object] =
            noise_stream(mix->seed, names, 3, subject->channel);
    }
    for (int stem = 0; stem < mix->stem_count; stem++) {
        const char *const names[] = {work->deliverable->id, mix->stems[stem].id};
        for (int channel = 0; channel < channels; channel++) {
            work->dithers[stem * channels + channel] = noise_stream(mix->seed, names, 2, channel);
        }
    }
}

static Status open_objects(Encoding *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    const int count = work->deliverable->object_count;
    work->inputs = layer_inputs_create(stage, stage->scratch, errors);
    work->objects = arena_array(stage->scratch, (size_t)count, sizeof *work->objects);
    work->object_ceilings =
        arena_array(stage->scratch, (size_t)count, sizeof *work->object_ceilings);
    while (work->open_object_count < count) {
        const int layer = work->deliverable->objects[work->open_object_count].layer;
        TRY(source_ceilings(stage, layer, &work->object_ceilings[work->open_object_count], errors));
        TRY(layer_audio_open(work->inputs, layer, &work->objects[work->open_object_count], errors));
        work->open_object_count++;
    }
    return DONE;
}

static void close_objects(Encoding *work) {
    while (work->open_object_count > 0) {
        layer_audio_close(&work->objects[--work->open_object_count]);
    }
    layer_inputs_close(work->inputs);
}

/* {"content", "files": with their seals, "clipped": {stem: samples}, "clipped_samples": of sums} */
static json_t *describe(const Encoding *work) {
    const Mix *mix = work->stage->mix;
    json_t *clipped = json_object();
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (work->is_in[stem]) {
            json_object_set_new(clipped, mix->stems[stem].id, json_integer(work->clipped[stem]));
        }
    }
    const json_int_t others = work->outputs.clipped_samples + work->clipped[mix->stem_count];
    KeyText content;
    key_format(work->content.key, content);
    return json_pack("{s:s, s:o, s:o, s:I}", "content", content, "files",
                     output_set_facts(&work->outputs), "clipped", clipped, "clipped_samples",
                     others);
}

static Status fill_folder(Encoding *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    TRY(bus_reader_open(stage, work->deliverable, VIEW_BUS, &work->reader, errors));
    TRY(bus_reader_open(stage, work->deliverable, VIEW_DRY, &work->dry_reader, errors));
    work->reader.wanted = work->dry_reader.wanted = work->is_in;
    TRY(open_objects(work, errors));
    make_buffers(work);
    output_set_open(stage, work->folder, &work->gain.facts.loudness, work->content.key,
                    &work->outputs);
    const int64_t length = work->deliverable->length_samples;
    for (SampleTime at = 0; at < length; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = length - at;
        TRY(encode_portion(work, at, rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES,
                           errors));
    }
    return layer_inputs_check(work->inputs, errors);
}

/* The same content as that of files that lie there already needs no second writing. */
static Status take_or_write(Encoding *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    json_t *facts = NULL;
    TRY(master_gain_open(stage, stage->task->subject, &work->gain, errors));
    work->content = written_content_of(stage, &work->gain);
    TRY(staged_begin(stage, &work->folder, errors));
    if (!written_content_take(stage, &work->content, work->folder, &facts)) {
        TRY(fill_folder(work, errors));
        facts = describe(work);
        const Status status = written_content_keep(stage, &work->content, facts, errors);
        if (status != DONE) {
            json_decref(facts);
            return status;
        }
    }
    return staged_finish(stage, work->folder, facts, errors);
}

Status write_run(const Stage *stage, ErrorList *errors) {
    const Mix *mix = stage->mix;
    const MixDeliverable *deliverable = &mix->deliverables[stage->task->subject];
    Encoding work = {
        .stage = stage,
        .deliverable = deliverable,
        .layout = mix->buses[deliverable->bus].layout,
        .group = stage->task->detail,
        .is_sums = stage->task->detail == mix->stem_count,
        .is_in = arena_array(stage->scratch, (size_t)mix->stem_count + 1, sizeof(bool)),
        .clipped = arena_array(stage->scratch, (size_t)mix->stem_count + 1, sizeof(int64_t)),
        .channel_count = mix_plane_count(mix, deliverable) - deliverable->object_count,
        .plane_count = mix_plane_count(mix, deliverable),
        .quantizer = {.scale = sound_full_scale(deliverable->format),
                      .has_dither = deliverable->format <= PCM_24,
                      .level = cpu_level_choose()},
        .is_integer = deliverable->format <= PCM_32,
    };
    for (int stem = 0; stem < mix->stem_count; stem++) {
        work.is_in[stem] = mix_group_has(mix, deliverable, work.group, stem);
    }
    const Status status = take_or_write(&work, errors);
    output_set_close(&work.outputs);
    close_objects(&work);
    master_gain_close(&work.gain);
    bus_reader_close(&work.reader);
    bus_reader_close(&work.dry_reader);
    if (status != DONE && work.folder) {
        folder_remove(work.folder, errors);
    }
    return status;
}
