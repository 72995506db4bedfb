/* JobSpec -> Mix: names become indices, files become facts, times become samples. */
#include "jobs/lower.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/builtin_stems.h"
#include "jobs/job_loudness.h"
#include "jobs/job_profiles.h"
#include "jobs/job_sets.h"
#include "jobs/lower_adm.h"
#include "jobs/lower_ambisonic.h"
#include "jobs/lower_brief.h"
#include "jobs/lower_bus.h"
#include "jobs/lower_distance.h"
#include "jobs/lower_ears.h"
#include "jobs/lower_lanes.h"
#include "jobs/lower_master.h"
#include "jobs/lower_order.h"
#include "jobs/lower_path.h"
#include "jobs/lower_placement.h"
#include "jobs/lower_processing.h"
#include "jobs/lower_reels.h"
#include "jobs/lower_rules.h"
#include "jobs/lower_speaker.h"
#include "jobs/lower_splice.h"
#include "jobs/lower_tails.h"
#include "jobs/palette.h"
#include "jobs/recut_path.h"
#include "jobs/split_rooms.h"
#include "jobs/transition.h"
#include "jobs/user_layout.h"
#include "render/dsp/resample.h"
#include "render/files/sound_writer.h"
#include "spatial/adm/adm_write.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/impulse_file.h"
#include "spatial/layer_responses.h"
#include "spatial/layout_table.h"
#include "spatial/reference_level.h"
#include "spatial/registry.h"
#include "spatial/room.h"
#include "spatial/sofa_room.h"

typedef struct Lowering {
    const JobSpec *job;
    Arena *arena;
    Mix *mix;
    InputFiles *inputs;
    LayerFacts facts;
    Masters masters;
    ErrorList *errors;
} Lowering;

/* Headphones ring for milliseconds; more than this is a room. */
enum { LONGEST_HEADPHONE_EQ_S = 10 };

/* The words of project.panner. */
static const Spatializer *loudspeaker_panner(int index) {
    static const char *const names[] = {"bs2127", "vbap"};
    return spatializer_find(names[index]);
}

static int64_t samples_of(const Lowering *lowering, const JobTime *time) {
    return rational_to_samples(time->seconds, lowering->job->rate_hz);
}

static void lower_project(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    mix->title = job->title.text;
    mix->code = job->code.text;
    mix->cut = job->cut.text;
    mix->reel = job->reel.text;
    mix->version = job->version;
    mix->rate_hz = job->rate_hz;
    mix->frame_rate_numerator = job->frame_rate_numerator;
    mix->frame_rate_denominator = job->frame_rate_denominator;
    mix->start_frames = job->start_frames;
    mix->is_drop_frame = job->is_drop_frame;
    mix->seed = job->seed;
    mix->joins_by_sample = job->joins.index == 1;
    mix->has_standard_motion = job->motion.index == 1;
    mix->room_impulse = room_impulse;
    mix->sound_metadata = adm_write_metadata;
    mix->impulse_read = impulse_file_read;
    mix->room_reflections = room_reflections;
    mix->room_walls = room_walls;
    mix->layer_responses = layer_responses;
    Rational start_s;
    if (rational_make(job->start_frames * job->frame_rate_denominator, job->frame_rate_numerator,
                      &start_s)) {
        mix->time_reference = rational_to_samples(start_s, job->rate_hz);
    }
}

static void lower_stems(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    mix->stem_count = job->stem_count;
    mix->stems = arena_array(lowering->arena, (size_t)job->stem_count, sizeof *mix->stems);
    bool *full_stems = arena_array(lowering->arena, (size_t)job->stem_count, sizeof *full_stems);
    mix->full_stems = full_stems;
    for (int stem = 0; stem < job->stem_count; stem++) {
        full_stems[stem] = job_stem_is_in(&job->stems[stem], "full");
        mix->stems[stem] = (MixStem){.id = job->stems[stem].id,
                                     .role = stem_role_word(job->stems[stem].role.index),
                                     .gain = gain_from_db(job->stems[stem].gain_db.value)};
    }
}

/* What the channels of an input mean: as written, else by their number. */
static Status find_layout(Lowering *lowering,
                          const JobText *written,
                          const JobText *file,
                          int channel_count,
                          const Layout **layout) {
    if (!written->text) {
        *layout = layout_for_channel_count(channel_count);
        if (*layout) {
            return DONE;
        }
        fail(lowering->errors, E415, file->place, "`%s` has %d channels: which layout is that?",
             file->text, channel_count);
        error_caret(lowering->errors, "say `layout:`");
        return E415;
    }
    *layout = job_layout_find(lowering->job, written->text);
    if ((*layout)->channel_count == channel_count) {
        return DONE;
    }
    return fail(lowering->errors, E415, written->place, "`%s` has %d channel%s, %s needs %d",
                file->text, channel_count, channel_count == 1 ? "" : "s", (*layout)->name,
                (*layout)->channel_count);
}

enum { INPUT_PANNED, INPUT_MONO, INPUT_TRUE_STEREO }; /* rooms.*.input */

/* The bus that feeds a room is panned like any bus of its layout. */
static MixBus make_input(const Lowering *lowering, const Layout *layout) {
    return (MixBus){.layout = layout,
                    .panner = layout->kind == LAYOUT_SPEAKERS
                                  ? loudspeaker_panner(lowering->job->panner.index)
                                  : spatializer_for(layout),
                    .sofa_file = -1};
}

/* LL LR RL RR: from each side to each side. */
static Status
lower_true_stereo(Lowering *lowering, const JobRoom *written, const MixFile *file, MixRoom *room) {
    enum { CHANNELS = 4 };
    if (file->channel_count != CHANNELS) {
        return fail(lowering->errors, E415, written->input.place,
                    "`%s` has %d channel%s, true stereo needs 4: LL LR RL RR", written->ir.text,
                    file->channel_count, file->channel_count == 1 ? "" : "s");
    }
    room->layout = layout_find("2.0");
    room->input = make_input(lowering, room->layout);
    room->is_true_stereo = true;
    return DONE;
}

static Status lower_room(Lowering *lowering, const JobRoom *written, MixRoom *room) {
    const JobSpec *job = lowering->job;
    *room = (MixRoom){.id = written->id,
                      .place = written->id_place,
                      .is_shoebox = written->has_shoebox,
                      .file = -1,
                      .normalise = written->normalise.value,
                      .early_s = rational_value(written->early.seconds),
                      .predelay_samples = samples_of(lowering, &written->predelay),
                      .gain = gain_from_db(written->gain_db.value),
                      .truncate_db = written->truncate_db.value};
    if (written->has_shoebox) {
        MixShoebox *box = &room->shoebox;
        memcpy(box->size_m, written->size.values_m, sizeof box->size_m);
        memcpy(box->listener_m, written->listener.values_m, sizeof box->listener_m);
        box->order = written->order;
        box->t60_s = written->t60_s;
        box->t60_hf_s = written->t60_hf_s;
        return DONE;
    }
    TRY(input_file_add_impulse(lowering->inputs, job, &written->ir, &room->file, lowering->errors));
    const MixFile *file = &lowering->inputs->files[room->file];
    if (written->input.index == INPUT_TRUE_STEREO) {
        return lower_true_stereo(lowering, written, file, room);
    }
    const bool has_ears = sofa_room_is_path(file->real_path) && file->channel_count == 2;
    if (has_ears && !written->layout.text) {
        room->layout = layout_find("binaural"); /* two receivers are a head's */
        return DONE;
    }
    TRY(find_layout(lowering, &written->layout, &written->ir, file->channel_count, &room->layout));
    if (written->input.index == INPUT_PANNED && room->layout->channel_count > 1 &&
        room->layout->kind != LAYOUT_BINAURAL) {
        room->input = make_input(lowering, room->layout);
    }
    return DONE;
}

static void lower_rooms(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    mix->room_count = job->room_count;
    mix->rooms = arena_array(lowering->arena, (size_t)job->room_count, sizeof *mix->rooms);
    for (int room = 0; room < job->room_count; room++) {
        lower_room(lowering, &job->rooms[room], &mix->rooms[room]); /* errors are collected */
    }
}

static void
lower_sends(Lowering *lowering, const JobLayer *written, const LayerLanes *lanes, MixLayer *layer) {
    const size_t limit = (size_t)written->send_count + (size_t)lowering->job->room_count;
    MixSend *sends = arena_array(lowering->arena, limit, sizeof *sends);
    for (int send = 0; send < written->send_count; send++) {
        for (int room = 0; room < lowering->job->room_count; room++) {
            if (strcmp(lowering->job->rooms[room].id, written->sends[send].room) == 0) {
                sends[send].room = room;
            }
        }
        sends[send].gain = gain_from_db(written->sends[send].level_db.value) *
                           gain_from_db(lower_proximity_send_db(written));
    }
    layer->sends = sends;
    layer->send_count = written->send_count;
    lower_send_lanes(lowering->job, written, lanes, layer, sends);
}

/* The words of layers.*.binaural. */
static const HeadMode head_modes[] = {HEAD_OFF, HEAD_NEAR, HEAD_MID, HEAD_FAR};

/* part: of an ADM master; NULL: the layer is its file. */
static Status
find_channels(Lowering *lowering, const JobLayer *written, const AdmPart *part, MixLayer *layer) {
    const MixFile *file = &lowering->inputs->files[layer->file];
    if (part) {
        layer->layout = part->layout;
        layer->tracks = part->tracks;
        layer->id = arena_format(lowering->arena, "%s.%s", written->id, part->id);
        return DONE;
    }
    TRY(lower_speaker_layout(lowering->job, written, file->channel_count, lowering->arena,
                             &layer->layout, lowering->errors));
    if (!layer->layout) {
        TRY(find_layout(lowering, &written->layout, &written->file, file->channel_count,
                        &layer->layout));
    }
    if (layer->layout->kind == LAYOUT_BINAURAL) {
        return lower_ears(written, layer, lowering->errors);
    }
    return DONE;
}

static Status
lower_place(Lowering *lowering, const JobLayer *written, const AdmPart *part, MixLayer *layer) {
    if (part) {
        lower_master_place(part, layer);
        return DONE;
    }
    TRY(lower_path(lowering->job, written, lowering->arena, layer, lowering->errors));
    return lower_speaker_place(written, lowering->arena, layer, lowering->errors);
}

/* Ways and speeds were those of the whole path. */
static Status recut_place(Lowering *lowering, const JobLayer *written, MixLayer *layer) {
    const JobSpec *job = lowering->job;
    if (!lower_path_is_old(job, written)) {
        return DONE;
    }
    const Recut recut = {job->recut.changes, job->rate_hz, lower_splice_half_samples(job, written)};
    layer->path = recut_path(&recut, &layer->path, lowering->arena);
    return lower_distance_recheck(job, written, layer, lowering->errors);
}

/* The file of the layer is known. */
static Status
lower_layer(Lowering *lowering, const JobLayer *written, const AdmPart *part, MixLayer *layer) {
    const JobSpec *job = lowering->job;
    Arena *arena = lowering->arena;
    ErrorList *errors = lowering->errors;
    const MixFile *file = &lowering->inputs->files[layer->file];
    TRY(find_channels(lowering, written, part, layer));
    TRY(lower_place(lowering, written, part, layer));
    if (written->panner.index >= 0) {
        layer->panner = loudspeaker_panner(written->panner.index);
    }
    TRY(lower_ambisonic(job, written, layer, errors));
    TRY(lower_distance(job, written, layer, errors));
    TRY(recut_place(lowering, written, layer));
    TRY(lower_placement(job, written, file, arena, layer, errors));
    const LayerLanes lanes = layer_lanes_make(job, &lowering->facts, written, layer, arena);
    lower_sends(lowering, written, &lanes, layer);
    lower_filters(written, &lanes, arena, layer);
    TRY(lower_shaping(written, layer, errors));
    TRY(lower_reference(written, arena, layer, errors));
    TRY(lower_lanes(written, &lanes, layer, arena, errors));
    return part ? lower_master_finish(written, part, job->rate_hz, arena, layer, errors) : DONE;
}

static MixLayer first_state(const Lowering *lowering, const JobLayer *written, int file) {
    const double gain = gain_from_db(written->gain_db.value);
    return (MixLayer){.id = written->id,
                      .place = written->id_place,
                      .stem = written->stem_index,
                      .file = file,
                      .written = (int)(written - lowering->job->layers),
                      .gain = written->invert.value ? -gain : gain,
                      .width = written->width_percent.value / 100.0,
                      .head_mode = head_modes[written->binaural.index],
                      .has_sides_only = written->beds.index == 1};
}

/* A muted one is checked, never rendered. */
static void add_layer(Lowering *lowering, const JobLayer *written, const MixLayer *layer) {
    if (!written->mute.value) {
        lowering->mix->layers[lowering->mix->layer_count++] = *layer;
    }
}

static Status lower_plain(Lowering *lowering, const JobLayer *written) {
    int file = 0;
    if (written->object.text) {
        return fail(lowering->errors, E208, written->object.place,
                    "`object` is of ADM masters, `%s` is none", written->file.text);
    }
    TRY(input_file_add_sound(lowering->inputs, lowering->job, &written->file, &file,
                             lowering->errors));
    MixLayer layer = first_state(lowering, written, file);
    TRY(lower_layer(lowering, written, NULL, &layer));
    add_layer(lowering, written, &layer);
    return DONE;
}

static void make_room(Lowering *lowering, int count) {
    Mix *mix = lowering->mix;
    const int left = lowering->job->layer_count; /* at least as many as are still to come */
    const size_t most = (size_t)mix->layer_count + (size_t)count + (size_t)left;
    MixLayer *layers = arena_array(lowering->arena, most, sizeof *layers);
    memcpy(layers, mix->layers, (size_t)mix->layer_count * sizeof *layers);
    mix->layers = layers;
}

static Status lower_master(Lowering *lowering, const JobLayer *written) {
    int file = 0;
    AdmParts parts = {0};
    TRY(input_file_add_master(lowering->inputs, lowering->job, &written->file, &file,
                              lowering->errors));
    const MasterSource source = {lowering->job,      lowering->inputs->files, file,
                                 &lowering->masters, lowering->arena,         lowering->errors};
    TRY(lower_master_open(&source, written, &parts));
    make_room(lowering, parts.count);
    for (int part = 0; part < parts.count; part++) {
        MixLayer layer = first_state(lowering, written, file);
        TRY(lower_layer(lowering, written, &parts.parts[part], &layer));
        add_layer(lowering, written, &layer);
    }
    return DONE;
}

/* Errors are collected. */
static void lower_layers(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    mix->layers = arena_array(lowering->arena, (size_t)job->layer_count, sizeof *mix->layers);
    for (int layer = 0; layer < job->layer_count; layer++) {
        const JobLayer *written = &job->layers[layer];
        const bool is_master = !written->layout.text && !written->speaker.text &&
                               input_file_is_master(lowering->inputs, job, &written->file);
        is_master ? lower_master(lowering, written) : lower_plain(lowering, written);
    }
    lower_master_close(&lowering->masters);
}

/* The layer that ends last; NULL: there is none. */
static const MixLayer *last_layer(const Mix *mix) {
    const MixLayer *last = NULL;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *other = &mix->layers[layer];
        const bool is_later =
            !last || other->start + other->length_samples > last->start + last->length_samples;
        last = is_later ? other : last;
    }
    return last;
}

/* The longest layer's end, to the next whole frame. */
static Rational natural_end(const Lowering *lowering) {
    const Mix *mix = lowering->mix;
    const MixLayer *last = last_layer(mix);
    Rational end_s = {0, 1};
    if (!last) {
        return end_s;
    }
    const int64_t end = last->start + last->length_samples;
    if (end > (int64_t)JOB_MAX_LENGTH_S * mix->rate_hz) {
        fail(lowering->errors, E206, last->place, "the programme is longer than 12 h");
        error_caret(lowering->errors, "%s ends behind that", last->id);
        return end_s;
    }
    /* frames = ceil(end / rate * fps) */
    const int64_t numerator = end * mix->frame_rate_numerator;
    const int64_t denominator = (int64_t)mix->rate_hz * mix->frame_rate_denominator;
    const int64_t frames = (numerator + denominator - 1) / denominator;
    rational_make(frames * mix->frame_rate_denominator, mix->frame_rate_numerator, &end_s);
    return end_s;
}

/* DECISIONS 11: layers end at the end of the programme, rooms ring on through the tail. */
static void lower_length(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    const JobTime *end = job->end.is_set ? &job->end : &job->length;
    const Rational end_s = end->is_set ? end->seconds : natural_end(lowering);
    mix->programme_samples = rational_to_samples(end_s, mix->rate_hz);
    Rational whole_s;
    rational_add(end_s, job->tail.seconds, &whole_s);
    mix->length_samples = rational_to_samples(whole_s, mix->rate_hz);
    for (int layer = 0; layer < mix->layer_count; layer++) {
        lower_placement_cut(&mix->layers[layer], mix->programme_samples);
    }
}

static void
lower_outputs(Lowering *lowering, const JobDeliverable *written, MixDeliverable *deliverable) {
    MixOutput *outputs =
        arena_array(lowering->arena, (size_t)written->output_count, sizeof *outputs);
    for (int output = 0; output < written->output_count; output++) {
        outputs[output] = (MixOutput){.name = written->outputs[output].name,
                                      .kind = written->outputs[output].kind,
                                      .part = written->outputs[output].part,
                                      .is_in = written->outputs[output].is_in,
                                      .stem = written->outputs[output].stem_index,
                                      .files = written->outputs[output].files};
    }
    deliverable->outputs = outputs;
    deliverable->output_count = written->output_count;
}

static bool takes_from(const Mix *mix, const MixOutput *output, int stem) {
    return mix_output_has(mix, output, stem) ||
           (output->kind == OUTPUT_STEM && output->stem == stem);
}

/* The stems that the limiter of a set listens to: NULL where they are all. */
static const bool *find_limited(const Lowering *lowering, const MixDeliverable *deliverable) {
    const Mix *mix = lowering->mix;
    bool *is_in = arena_array(lowering->arena, (size_t)mix->stem_count, sizeof *is_in);
    int count = 0;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        for (int output = 0; output < deliverable->output_count && !is_in[stem]; output++) {
            is_in[stem] = takes_from(mix, &deliverable->outputs[output], stem);
        }
        count += is_in[stem];
    }
    return count < mix->stem_count ? is_in : NULL;
}

static Status
lower_headphone_eq(Lowering *lowering, const JobDeliverable *written, MixDeliverable *deliverable) {
    const JobText *eq = &written->headphone_eq;
    deliverable->has_headphone_eq = eq->text != NULL;
    if (!eq->text) {
        return DONE;
    }
    TRY(input_file_add_sound(lowering->inputs, lowering->job, eq, &deliverable->headphone_eq_file,
                             lowering->errors));
    const MixFile *file = &lowering->inputs->files[deliverable->headphone_eq_file];
    if (file->channel_count > 2) {
        return fail(lowering->errors, E415, eq->place, "`%s` has %d channels, not 1 or 2", eq->text,
                    file->channel_count);
    }
    if (file->frame_count > (int64_t)LONGEST_HEADPHONE_EQ_S * file->rate_hz) {
        return fail(lowering->errors, E424, eq->place, "`%s` is longer than %d s", eq->text,
                    LONGEST_HEADPHONE_EQ_S);
    }
    return DONE;
}

static Status
lower_deliverable(Lowering *lowering, const JobDeliverable *written, MixDeliverable *deliverable) {
    *deliverable = (MixDeliverable){.id = written->id,
                                    .place = written->id_place,
                                    .overrides_note = written->overrides_note.text,
                                    .container = (Container)written->container.index,
                                    .format = (SampleFormat)written->format.index,
                                    .bits_per_s = (int)written->bits_per_s.value,
                                    .is_split = written->split.index == 1,
                                    .is_film = written->reference.index == REFERENCE_FILM,
                                    .forbidden = written->forbid.set,
                                    .is_n3d = written->normalisation.index == HARMONIC_N3D,
                                    .has_target = written->has_target,
                                    .is_report_only = written->report_only.value,
                                    .is_programme = written->scope.index == SCOPE_PROGRAMME,
                                    .has_dialogue_gate = written->gate.index == GATE_DIALOGUE,
                                    .has_fallback = written->fallback_lufs.place.line > 0,
                                    .fallback_lufs = written->fallback_lufs.value,
                                    .fallback_percent = written->fallback_percent.value,
                                    .target_lufs = written->target_lufs.value,
                                    .tolerance_lu = written->tolerance_lu.value,
                                    .ceiling_dbtp = written->peak_dbtp.value};
    const JobProfile *profile = job_profile_of(lowering->job, written->id);
    if (profile) {
        deliverable->is_target_advice =
            job_figure_is_advice(lowering->job, written->id, "loudness.target");
        deliverable->is_fallback_advice =
            job_figure_is_advice(lowering->job, written->id, "loudness.fallback");
        deliverable->is_peak_advice =
            job_figure_is_advice(lowering->job, written->id, "loudness.peak");
        deliverable->profile =
            arena_format(lowering->arena, "%s@%s", profile->id, profile->version);
    }
    lower_order(lowering->job, written, lowering->arena, deliverable);
    lower_outputs(lowering, written, deliverable);
    TRY(lower_reels(lowering->job, written, lowering->mix, lowering->arena, deliverable,
                    lowering->errors));
    deliverable->limited_stems =
        written->link.index == LINK_SET ? find_limited(lowering, deliverable) : NULL;
    TRY(lower_headphone_eq(lowering, written, deliverable));
    const BusMaker maker = {.job = lowering->job,
                            .arena = lowering->arena,
                            .mix = lowering->mix,
                            .inputs = lowering->inputs,
                            .loudspeaker_panner = loudspeaker_panner(lowering->job->panner.index)};
    const int index = (int)(written - lowering->job->deliverables);
    TRY(lower_bus(&maker, index, &deliverable->bus, lowering->errors));
    const int bus = deliverable->bus; /* of ADM: with the objects panned */
    TRY(lower_ears_check(written, lowering->mix, lowering->errors));
    TRY(lower_adm(written, lowering->arena, lowering->mix, deliverable, lowering->errors));
    return lower_measured_bus(&maker, bus, written->measured_layout, &deliverable->measured_bus,
                              lowering->errors);
}

static void lower_deliverables(Lowering *lowering) {
    const JobSpec *job = lowering->job;
    Mix *mix = lowering->mix;
    const size_t count = (size_t)job->deliverable_count;
    mix->buses = arena_array(lowering->arena, 4 * count, sizeof *mix->buses);
    mix->deliverables = arena_array(lowering->arena, count, sizeof *mix->deliverables);
    mix->deliverable_count = job->deliverable_count;
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        lower_deliverable(lowering, &job->deliverables[deliverable],
                          &mix->deliverables[deliverable]);
    }
}

Status lower_job(
    const JobSpec *job, const char *index_folder, Arena *arena, Mix **mix, ErrorList *errors) {
    const int errors_before = errors_count(errors);
    Lowering lowering = {.job = job, .arena = arena, .errors = errors};
    *mix = lowering.mix = arena_alloc(arena, sizeof **mix);
    lowering.inputs = input_files_create(job, index_folder, arena);
    lowering.facts = layer_facts_make(job, arena);
    lower_project(&lowering);
    lower_stems(&lowering);
    lower_rooms(&lowering);
    lower_layers(&lowering);
    lower_length(&lowering);
    lower_rules(job, &lowering.facts, *mix, arena, errors);
    lower_scene_rooms(job, *mix, arena);
    transition_add_bridges(job, *mix, arena);
    lower_rule_tails(job, &lowering.facts, *mix, arena);
    split_rooms(job, *mix, arena, errors);
    lower_notes(job, arena, *mix);
    lower_deliverables(&lowering);
    lower_briefs(job, arena, *mix);
    (*mix)->files = lowering.inputs->files;
    (*mix)->file_count = lowering.inputs->file_count;
    palette_check(job, (*mix)->files, (*mix)->file_count, arena, errors);
    if (errors_count(errors) == errors_before && (*mix)->length_samples <= 0) {
        return fail(errors, E414, NO_PLACE, "the programme has no length: no layer sounds in it");
    }
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next) {
        if (entry->severity == SEVERITY_ERROR) {
            return entry->status;
        }
    }
    return DONE;
}
