/* The files of a deliverable being written: reel after reel, each with its leader and pops.
 *
 * Law: the timeline comes in order from its begin; reels are cut at samples that the job names, and
 * the size of the portions changes no bit.
 */
#include "render/stages/output_set.h"

#include <math.h>
#include <string.h>

#include "render/base/files.h"
#include "render/dsp/planes.h"
#include "render/stages/output_channel.h"
#include "render/stages/output_notes.h"
#include "render/stages/seal_json.h"

void output_set_open(const Stage *stage,
                     const char *folder,
                     const SoundLoudness *mastered,
                     Key content,
                     OutputSet *set) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const Layout *layout = stage->mix->buses[deliverable->bus].layout;
    Arena *scratch = stage->scratch;
    *set = (OutputSet){.stage = stage,
                       .deliverable = deliverable,
                       .folder = folder,
                       .content = content,
                       .channel_count = layout->channel_count,
                       .track_count = mix_track_count(deliverable),
                       .files_per_reel = mix_files_per_reel(stage->mix, deliverable),
                       .is_integer = deliverable->format <= PCM_32,
                       .scale = sound_full_scale(deliverable->format),
                       .mastered = mastered};
    const size_t portion = (size_t)STAGE_CHUNK_SAMPLES * (size_t)set->track_count;
    set->interleaved = arena_array(scratch, portion, sizeof *set->interleaved);
    set->integers = arena_array(scratch, portion, sizeof *set->integers);
    set->plane = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *set->plane);
    set->writers = arena_array(scratch, (size_t)deliverable->output_count, sizeof *set->writers);
    for (int output = 0; output < deliverable->output_count; output++) {
        set->writers[output].facts = json_array();
    }
}

/* A sum of stems may leave the range that each of them keeps: it is clipped. plane: NULL is
 * silence.
 */
static void interleave(OutputSet *set, const double *plane, int channel, int width, int64_t count) {
    if (!plane) {
        for (int64_t sample = 0; sample < count; sample++) {
            set->interleaved[sample * width + channel] = 0.0;
            set->integers[sample * width + channel] = 0;
        }
        return;
    }
    if (!set->is_integer) {
        for (int64_t sample = 0; sample < count; sample++) {
            set->interleaved[sample * width + channel] = plane[sample];
        }
        return;
    }
    int32_t *integers = width == 1 ? set->integers : set->plane;
    set->clipped_samples += planes_to_integers(plane, count, set->scale, integers);
    if (width > 1) {
        planes_place(integers, count, width, set->integers + channel);
    }
}

static int file_width(const OutputSet *set) {
    return set->deliverable->is_split ? 1 : set->track_count;
}

static Status write_file(OutputSet *set, SoundWriter *writer, int64_t count, ErrorList *errors) {
    return set->is_integer ? sound_write_integers(writer, set->integers, count, errors)
                           : sound_write_floats(writer, set->interleaved, count, errors);
}

/* part: of the planes. */
static Status write_programme(OutputSet *set,
                              const OutputWriter *writer,
                              double *const *planes,
                              Span part,
                              ErrorList *errors) {
    const int width = file_width(set);
    const int64_t count = part.end - part.begin;
    for (int file = 0; file < set->files_per_reel; file++) {
        for (int channel = 0; channel < width; channel++) {
            const int plane = output_plane(set->deliverable, file, channel);
            interleave(set, plane < 0 ? NULL : planes[plane] + part.begin, channel, width, count);
        }
        TRY(write_file(set, writer->files[file], count, errors));
    }
    return DONE;
}

static double pop_at(const OutputSet *set, const MixPop *pop, int64_t sample) {
    if (sample < pop->begin_samples || sample >= pop->begin_samples + pop->length_samples) {
        return 0.0;
    }
    const double turns = pop->frequency_hz * (double)(sample - pop->begin_samples) /
                         (double)set->deliverable->rate_hz;
    return pop->gain * exact_sin(2.0 * pi * (turns - floor(turns)));
}

/* A sine in every channel that has a use; of an ambisonic file in the one without direction. */
static void fill_edge(OutputSet *set, const MixPop *pop, int file, Span part) {
    const int width = file_width(set);
    const Layout *layout = set->stage->mix->buses[set->deliverable->bus].layout;
    const double high = set->scale - 1.0;
    for (int64_t sample = 0; sample < part.end - part.begin; sample++) {
        const double value = pop_at(set, pop, part.begin + sample);
        const double step = fmin(rint(value * set->scale), high);
        for (int channel = 0; channel < width; channel++) {
            const int plane = output_plane(set->deliverable, file, channel);
            const bool has_pop = layout->kind != LAYOUT_AMBISONIC ? plane >= 0 : plane == 0;
            set->integers[sample * width + channel] =
                set->is_integer && has_pop ? (int32_t)step : 0;
            set->interleaved[sample * width + channel] = has_pop ? value : 0.0;
        }
    }
}

/* Leader or tail: silence but for its pop. */
static Status write_edge(OutputSet *set,
                         const OutputWriter *writer,
                         const MixPop *pop,
                         int64_t count,
                         ErrorList *errors) {
    for (int file = 0; file < set->files_per_reel; file++) {
        for (int64_t at = 0; at < count; at += STAGE_CHUNK_SAMPLES) {
            const int64_t rest = count - at;
            const int64_t portion = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
            fill_edge(set, pop, file, (Span){at, at + portion});
            TRY(write_file(set, writer->files[file], portion, errors));
        }
    }
    return DONE;
}

/* A file with all channels may say in its header what it measures. */
static bool tells_loudness(const OutputSet *set) {
    return set->files_per_reel == 1 && sound_tells_loudness(set->deliverable->container);
}

/* Objects are heard where they are rendered alone. */
static bool is_measured(const OutputSet *set) {
    return tells_loudness(set) && !set->deliverable->is_adm;
}

/* As a reader of the file hears it. */
static void measure(const OutputSet *set, OutputMeter *meter, double *const *planes, Span part) {
    const int64_t count = part.end - part.begin;
    for (int channel = 0; channel < set->channel_count; channel++) {
        const double *plane = planes[channel] + part.begin;
        if (set->is_integer) {
            planes_heard(plane, count, set->scale, meter->written[channel]);
        } else {
            planes_heard_floats(plane, count, meter->written[channel]);
        }
    }
    output_meter_add_written(meter, count);
}

/* The whole is measured by MASTER; of its parts nothing is known before they are written. */
static void add_metadata(const OutputSet *set, int output, SoundFormat *format) {
    static const SoundLoudness unknown = {silence_db, silence_db, silence_db, silence_db,
                                          silence_db};
    const Stage *stage = &set->writers[output].stage;
    const MixOutput *made = &set->deliverable->outputs[output];
    if (set->deliverable->has_metadata) {
        stage->mix->sound_metadata(stage->mix, stage->task->subject, made,
                                   made->kind == OUTPUT_FULL ? set->mastered : &unknown,
                                   stage->scratch, &format->metadata);
    }
}

static Status open_file(OutputSet *set, int output, int file, ErrorList *errors) {
    OutputWriter *writer = &set->writers[output];
    Arena *scratch = writer->stage.scratch;
    const OutputFile which = {
        .output = output, .reel = writer->reel, .file = file, .content = set->content};
    SoundFormat format = output_format(&writer->stage, which);
    add_metadata(set, output, &format);
    const int index = writer->reel * set->files_per_reel + file;
    const char *path =
        path_join(scratch, set->folder, set->deliverable->outputs[output].files[index]);
    TRY(folder_make(path_folder(scratch, path), errors));
    return sound_create(path, &format, &writer->files[file], errors);
}

static Status open_reel(OutputSet *set, int output, ErrorList *errors) {
    OutputWriter *writer = &set->writers[output];
    const MixReel *reel = &set->deliverable->reels[writer->reel];
    writer->stage = *set->stage;
    writer->stage.scratch = arena_create();
    writer->files =
        arena_array(writer->stage.scratch, (size_t)set->files_per_reel, sizeof(SoundWriter *));
    for (int file = 0; file < set->files_per_reel; file++) {
        TRY(open_file(set, output, file, errors));
    }
    if (is_measured(set)) {
        output_meter_open(&writer->stage, set->deliverable, &writer->meter);
    }
    return write_edge(set, writer, &reel->leader_pop, reel->leader_samples, errors);
}

/* What the file of a reel measures; one of ADM what MASTER found in its rendering. */
static void tell_loudness(const OutputSet *set, OutputWriter *writer) {
    if (set->deliverable->is_adm) {
        sound_set_loudness(writer->files[0], set->mastered);
        return;
    }
    MeterResult found;
    output_meter_finish(&writer->meter, &found);
    const SoundLoudness measured = {
        .integrated_lufs = found.has_loudness ? found.integrated_lufs : silence_db,
        .loudness_range_lu = found.has_loudness_range ? found.loudness_range_lu : silence_db,
        .max_momentary_lufs = found.has_momentary ? found.max_momentary_lufs : silence_db,
        .max_short_term_lufs = found.has_short_term ? found.max_short_term_lufs : silence_db,
        .true_peak_dbtp = found.is_silent ? silence_db : found.true_peak_dbtp};
    sound_set_loudness(writer->files[0], &measured);
}

static json_t *describe_file(const OutputSet *set, int output, int file) {
    const MixDeliverable *deliverable = set->deliverable;
    const MixReel *reel = &deliverable->reels[set->writers[output].reel];
    const Layout *layout = set->stage->mix->buses[deliverable->bus].layout;
    const int index = set->writers[output].reel * set->files_per_reel + file;
    json_t *facts = json_pack(
        "{s:s, s:s, s:i, s:i, s:I, s:s?}", "name", deliverable->outputs[output].files[index],
        "output", deliverable->outputs[output].name, "channels", file_width(set), "rate_hz",
        deliverable->rate_hz, "frames", (json_int_t)mix_reel_frames(reel), "channel",
        deliverable->is_split ? layout->channels[file].label : NULL);
    if (reel->id) {
        json_object_set_new(facts, "reel", json_string(reel->id));
    }
    if (reel->leader_samples + reel->tail_samples > 0) {
        json_object_set_new(facts, "leader_frames", json_integer(reel->leader_samples));
        json_object_set_new(facts, "tail_frames", json_integer(reel->tail_samples));
    }
    json_object_set_new(facts, "time_reference", json_integer(reel->time_reference));
    return facts;
}

static Status close_reel(OutputSet *set, int output, ErrorList *errors) {
    OutputWriter *writer = &set->writers[output];
    const MixReel *reel = &set->deliverable->reels[writer->reel];
    TRY(write_edge(set, writer, &reel->tail_pop, reel->tail_samples, errors));
    if (tells_loudness(set)) {
        tell_loudness(set, writer);
    }
    for (int file = 0; file < set->files_per_reel; file++) {
        SoundSeal seal;
        TRY(sound_finish_sealed(&writer->files[file], &seal, errors));
        json_t *facts = describe_file(set, output, file);
        json_object_set_new(facts, "seal", seal_to_json(&seal));
        json_object_set_new(facts, "size_bytes", json_integer(seal.size_bytes));
        json_array_append_new(writer->facts, facts);
    }
    arena_destroy(&writer->stage.scratch);
    writer->reel++;
    return DONE;
}

/* The reel that is next, as far as the part reaches. */
static Status write_reel(OutputSet *set,
                         int output,
                         double *const *planes,
                         SampleTime begin,
                         Span inside,
                         ErrorList *errors) {
    OutputWriter *writer = &set->writers[output];
    const MixReel *reel = &set->deliverable->reels[writer->reel];
    if (!writer->stage.scratch) {
        TRY(open_reel(set, output, errors));
    }
    const Span part = {inside.begin - begin, inside.end - begin};
    TRY(write_programme(set, writer, planes, part, errors));
    if (is_measured(set)) {
        measure(set, &writer->meter, planes, part);
    }
    return inside.end == reel->span.end ? close_reel(set, output, errors) : DONE;
}

static Status
write_output(OutputSet *set, int output, double *const *planes, Span part, ErrorList *errors) {
    const OutputWriter *writer = &set->writers[output];
    while (writer->reel < set->deliverable->reel_count) {
        const Span reel = set->deliverable->reels[writer->reel].span;
        const Span inside = {reel.begin > part.begin ? reel.begin : part.begin,
                             reel.end < part.end ? reel.end : part.end};
        if (inside.begin >= inside.end) {
            return DONE; /* it begins later */
        }
        TRY(write_reel(set, output, planes, part.begin, inside, errors));
        if (inside.end == part.end) {
            return DONE;
        }
    }
    return DONE;
}

static bool is_made(const MixOutput *asked, const MixOutput *made) {
    const bool is_same_stem = asked->stem == made->stem && asked->part == made->part;
    return made->kind == OUTPUT_STEM ? asked->kind == OUTPUT_STEM && is_same_stem : asked == made;
}

Status output_set_write(
    OutputSet *set, const MixOutput *made, double *const *planes, Span part, ErrorList *errors) {
    for (int output = 0; output < set->deliverable->output_count; output++) {
        if (is_made(&set->deliverable->outputs[output], made)) {
            TRY(write_output(set, output, planes, part, errors));
        }
    }
    return DONE;
}

json_t *output_set_facts(const OutputSet *set) {
    json_t *all = json_array();
    for (int output = 0; output < set->deliverable->output_count; output++) {
        json_array_extend(all, set->writers[output].facts);
    }
    return all;
}

void output_set_close(OutputSet *set) {
    for (int output = 0; set->writers && output < set->deliverable->output_count; output++) {
        OutputWriter *writer = &set->writers[output];
        for (int file = 0; writer->stage.scratch && file < set->files_per_reel; file++) {
            sound_cancel(&writer->files[file]);
        }
        arena_destroy(&writer->stage.scratch);
        json_decref(writer->facts);
        writer->facts = NULL;
    }
}
