/* The text of all that a result depends on. */
#include "jobs/plan_key.h"

#include <inttypes.h>
#include <string.h>

#include "jobs/ceiling_key.h"
#include "jobs/layer_keys.h"
#include "render/base/growing_text.h"
#include "render/dsp/fft.h"
#include "render/stages/source.h"
#include "spatial/bed_layer.h"
#include "spatial/direct_speakers.h"

/* Raise a number when the code of that stage starts to give other bits. */
static const char room_version[] = "room 10";
/* How our passes and the library share a transform: other bits, another text. */
static const char *const fft_parting[FFT_ENGINE_COUNT] = {
    [FFT_LANE] = "", [FFT_FFTW] = " up to 4096"};
static const char spatialize_version[] = "spatialize 20";
static const char ambisonic_version[] = "ambisonic layer 2"; /* how its channels are decoded */
static const char ears_version[] = "ears 2";                 /* what is made of a SOFA file */
static const char fold_version[] = "fold 1";
static const char master_version[] = "master 9";
static const char energies_version[] = "energies 2"; /* of a reel, for the others */

void plan_text_add_key(Text *text, const char *name, Key key) {
    KeyText hex;
    key_format(key, hex);
    text_add(text, "%s %s\n", name, hex);
}

/* A layout of the job is its loudspeakers, not its name. */
static void add_loudspeakers(Text *text, const Layout *layout) {
    for (int channel = 0; layout->loudspeakers && channel < layout->channel_count; channel++) {
        const Channel *of = &layout->channels[channel];
        const Position *real = &layout->loudspeakers[channel].real;
        text_add(text, "speaker %s lfe %d weight %.17g\n", of->label, of->role == CHANNEL_LFE,
                 of->loudness_weight);
        text_add(text, "nominal %.17g %.17g real %.17g %.17g\n", of->position.azimuth_deg,
                 of->position.elevation_deg, real->azimuth_deg, real->elevation_deg);
    }
}

void plan_text_add_fold(Text *text, const Mix *mix, const MixBus *bus) {
    const BusFold *fold = bus->fold;
    text_add(text, "%s of %s taps %d\n", fold_version, mix->buses[fold->source].layout->name,
             fold->shift_tap_count);
    for (int stem = 0; fold->stem_gains && stem < mix->stem_count; stem++) {
        text_add(text, "stem gain %.17g\n", fold->stem_gains[stem]);
    }
    for (int channel = 0; channel < bus->layout->channel_count; channel++) {
        text_add(text, "delay %" PRId64 "\n",
                 fold->delays_samples ? fold->delays_samples[channel] : 0);
        for (int input = 0; input < fold->input_count; input++) {
            const int cell = channel * fold->input_count + input;
            text_add(text, "gain %.17g %.17g\n", fold->gains[cell],
                     fold->shifted ? fold->shifted[cell] : 0.0);
        }
    }
}

static void add_bus(Text *text, const Mix *mix, int bus) {
    const MixBus *target = &mix->buses[bus];
    add_loudspeakers(text, target->layout);
    text_add(text, "bus %s panner %s hrtf %s\n", target->layout->name, target->panner->name,
             target->sofa_file < 0 ? "none" : mix->files[target->sofa_file].sha256);
    if (target->sofa_file >= 0) {
        text_add(text, "%s\n", ears_version);
    }
    if (target->speakers) {
        text_add(text, "virtual loudspeakers %s\n", target->speakers->name);
        add_loudspeakers(text, target->speakers);
    }
    text_add(text, "rate %d fft %s%s\n", mix->rate_hz, fft_engine_version(mix->fft),
             fft_parting[mix->fft]);
}

const char *plan_text_room(const Mix *mix, int room, int bus, Arena *arena) {
    const MixRoom *subject = &mix->rooms[room];
    Text text = {.arena = arena};
    text_add(&text, "%s\n", room_version);
    add_bus(&text, mix, bus);
    if (subject->is_shoebox) {
        const MixShoebox *box = &subject->shoebox;
        text_add(&text, "shoebox %s seed %" PRIu64 "\n", subject->id, mix->seed);
        text_add(&text, "size %.17g %.17g %.17g m\n", box->size_m[0], box->size_m[1],
                 box->size_m[2]);
        text_add(&text, "t60 %.17g s t60_hf %.17g s\n", box->t60_s, box->t60_hf_s);
        text_add(&text, "listener %.17g %.17g %.17g m order %d\n", box->listener_m[0],
                 box->listener_m[1], box->listener_m[2], box->order);
        text_add(&text, "early %.17g s\n", subject->early_s);
    } else {
        text_add(&text, "ir %s layout %s\n", mix->files[subject->file].sha256,
                 subject->layout->name);
        add_loudspeakers(&text, subject->layout);
        if (subject->input.layout) {
            text_add(&text, "input %s panner %s true stereo %d\n", subject->input.layout->name,
                     subject->input.panner->name, subject->is_true_stereo);
        }
    }
    text_add(&text, "normalise %d gain %.17g truncate %.17g dB\n", subject->normalise,
             subject->gain, subject->truncate_db);
    if (subject->split != ROOM_WHOLE) {
        text_add(&text, "%s of %.17g s\n", subject->split == ROOM_EARLY ? "early" : "late",
                 subject->early_s);
    }
    return text.bytes;
}

static void add_distance(Text *text, const DistanceLaw *law) {
    if (law->kind != DISTANCE_NONE) {
        text_add(text, "distance %s ref %.17g rolloff %.17g min %.17g max %.17g\n",
                 distance_kind_name((int)law->kind), law->reference_m, law->rolloff, law->least_m,
                 law->most_m);
    }
}

/* What is not the default says so. */
static void add_manner(Text *text, const Mix *mix, const MixLayer *subject, int bus) {
    if (mix->buses[bus].layout->kind == LAYOUT_SPEAKERS && subject->panner) {
        text_add(text, "panner %s\n", subject->panner->name);
    }
    if (mix->has_standard_motion && subject->path.point_count > 1) {
        text_add(text, "motion bs2127\n");
    }
    add_distance(text, &subject->distance);
    if (subject->direct_db != 0.0 || subject->is_spread_near) {
        text_add(text, "direct %.17g dB spread near %d\n", subject->direct_db,
                 subject->is_spread_near);
    }
    if (mix->buses[bus].layout->kind == LAYOUT_BINAURAL && subject->head_mode != HEAD_MID) {
        text_add(text, "head %d\n", (int)subject->head_mode);
    }
    if (bed_layer_is_by_name(subject, &mix->buses[bus])) {
        text_add(text, "bed surrounds %s\n", subject->has_sides_only ? "sides" : "split");
    }
}

static void add_bounds(Text *text, const char *name, const BoundedValue *value) {
    text_add(text, "%s %.17g %.17g %.17g\n", name, value->value, value->least, value->most);
}

/* What ADM says of the loudspeaker that the layer is. */
static void add_direct_speaker(Text *text, const DirectSpeaker *speaker) {
    const bool is_cube = speaker->is_cartesian;
    for (int label = 0; label < speaker->label_count; label++) {
        text_add(text, "label %s\n", speaker->labels[label]);
    }
    text_add(text, "pack %s edges %d %d frequency %.17g %.17g Hz\n",
             speaker->pack_id ? speaker->pack_id : "none", (int)speaker->horizontal_edge,
             (int)speaker->vertical_edge, speaker->low_pass_hz, speaker->high_pass_hz);
    add_bounds(text, is_cube ? "x" : "azimuth", is_cube ? &speaker->x : &speaker->azimuth);
    add_bounds(text, is_cube ? "y" : "elevation", is_cube ? &speaker->y : &speaker->elevation);
    add_bounds(text, is_cube ? "z" : "distance", is_cube ? &speaker->z : &speaker->distance);
}

static void add_ambisonic(Text *text, const MixLayer *layer, const MixBus *bus) {
    const MixAmbisonic *scene = &layer->ambisonic;
    text_add(text, "%s\n", ambisonic_version);
    text_add(text, "n3d %d yaw %.17g pitch %.17g roll %.17g\n", scene->is_n3d, scene->yaw_deg,
             scene->pitch_deg, scene->roll_deg);
    if (layer->ambisonic.is_adm) {
        text_add(text, "of ADM\n");
    }
    if (bus->layout->kind == LAYOUT_SPEAKERS) {
        text_add(text, "decoder %d max_re %d\n", scene->has_decoder ? scene->decoder : bus->decoder,
                 scene->has_max_re ? scene->max_re : bus->max_re);
    }
}

/* The place of its channels among those that are transformed with them. */
static void add_slots(Text *text, const Mix *mix, const MixLayer *subject) {
    for (int channel = 0; channel < subject->layout->channel_count; channel++) {
        const Source source = {.layer = subject, .channel = channel};
        text_add(text, "slot %d\n", source_slot(mix, &source));
    }
}

typedef enum StemText { TEXT_WHOLE, TEXT_DRY, TEXT_ROOMS } StemText;

typedef struct StemScope { /* what of a stem a text is about */
    int stem, bus;
    Span span;
    StemText part;
    const bool *only; /* [layer_count]: the layers of a ceiling that is looked for; NULL: all */
} StemScope;

static void
add_layer(Text *text, const Mix *mix, const Plan *plan, int layer, const StemScope *scope) {
    const MixLayer *subject = &mix->layers[layer];
    const SampleTime until = plan_end_of_interest(mix, scope->span);
    const int bus = scope->bus;
    plan_text_add_key(text, "layer", layer_keys_until(&plan->layer_keys[layer], until));
    const bool has_width = subject->layout->channel_count > 1; /* a mono layer has none */
    text_add(text, "start %" PRId64 " layout %s width %.17g\n", subject->start,
             subject->layout->name, has_width ? subject->width : 1.0);
    add_loudspeakers(text, subject->layout);
    if (layout_lfe_gain(subject->layout, mix->buses[bus].layout) != 1.0) {
        text_add(text, "lfe halved\n");
    }
    layer_text_add_path(text, subject, until);
    if (subject->width_lane && has_width) {
        layer_text_add_lane(text, subject, until, subject->width_lane);
    }
    for (int factor = 0; has_width && factor < subject->width_factor_count; factor++) {
        layer_text_add_lane(text, subject, until, &subject->width_factors[factor]);
    }
    if (subject->distance_lane) {
        layer_text_add_lane(text, subject, until, subject->distance_lane);
    }
    add_manner(text, mix, subject, bus);
    if (mix->buses[bus].is_object && mix->buses[bus].is_object[layer]) {
        text_add(text, "object beside the bed\n");
    }
    if (subject->direct_speaker) {
        add_direct_speaker(text, subject->direct_speaker);
    }
    if (subject->layout->kind == LAYOUT_AMBISONIC) {
        add_ambisonic(text, subject, &mix->buses[bus]);
    }
    if (!scope->only) {
        ceiling_text_add(text, mix, plan, layer, until);
    }
    if (mix->buses[bus].layout->kind == LAYOUT_BINAURAL) {
        add_slots(text, mix, subject);
    }
}

/* How a layer is panned to the input of a room, where that is not in the text for the bus. */
static void add_input(Text *text, const Mix *mix, const MixLayer *subject, int room) {
    const MixBus *input = &mix->rooms[room].input;
    if (input->layout) {
        text_add(text, "input panner %s surrounds %d ambisonic %s\n",
                 subject->panner ? subject->panner->name : "default", subject->has_sides_only,
                 ambisonic_version);
    }
}

static void
add_sends(Text *text, const Mix *mix, const Plan *plan, int layer, const StemScope *scope) {
    const SampleTime until = plan_end_of_interest(mix, scope->span);
    const int bus = scope->bus;
    const MixLayer *subject = &mix->layers[layer];
    for (int send = 0; send < subject->send_count; send++) {
        const MixSend *used = &subject->sends[send];
        const MixRoom *room = &mix->rooms[used->room];
        if (!mix_room_is_heard(room, scope->span)) {
            continue;
        }
        const int task = plan->room_tasks[used->room * mix->bus_count + bus];
        plan_text_add_key(text, "send", plan->tasks[task].outputs[0]);
        text_add(text, "gain %.17g predelay %" PRId64 " room %d\n", used->gain,
                 room->predelay_samples, used->room);
        if (used->distance) {
            add_distance(text, used->distance);
            text_add(text, "halved %d\n", used->distance->is_halved);
        }
        for (int lane = 0; lane < used->lane_count; lane++) {
            layer_text_add_lane(text, subject, until, &used->lanes[lane]);
        }
        for (int gate = 0; gate < room->return_count; gate++) {
            layer_text_add_lane(text, subject, until, &room->returns[gate]);
        }
        add_input(text, mix, subject, used->room);
    }
}

static bool is_sent(const Mix *mix, const MixLayer *layer, Span span) {
    bool is_sent = false;
    for (int send = 0; send < layer->send_count; send++) {
        is_sent = is_sent || mix_room_is_heard(&mix->rooms[layer->sends[send].room], span);
    }
    return is_sent;
}

static const char *
stem_text(const Mix *mix, const Plan *plan, const StemScope *scope, Arena *arena) {
    static const char *const parts[] = {
        [TEXT_WHOLE] = "", [TEXT_DRY] = " dry", [TEXT_ROOMS] = " rooms"};
    const int stem = scope->stem;
    Text text = {.arena = arena};
    if (mix->buses[scope->bus].fold) {
        return NULL; /* MASTER and ENCODE make it of the bus that is rendered */
    }
    text_add(&text, "%s%s\n", spatialize_version, parts[scope->part]);
    add_bus(&text, mix, scope->bus);
    text_add(&text, "span %" PRId64 " .. %" PRId64 "\n", scope->span.begin, scope->span.end);
    if (scope->part != TEXT_ROOMS) {
        text_add(&text, "stem gain %.17g\n", mix->stems[stem].gain);
    }
    bool sounds = false;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        if (subject->stem != stem || !plan_layer_sounds(mix, subject, scope->span) ||
            (scope->only && !scope->only[layer]) ||
            (scope->part == TEXT_ROOMS && !is_sent(mix, subject, scope->span))) {
            continue;
        }
        add_layer(&text, mix, plan, layer, scope);
        if (scope->part != TEXT_DRY) {
            add_sends(&text, mix, plan, layer, scope);
        }
        sounds = true;
    }
    return sounds ? text.bytes : NULL;
}

const char *
plan_text_spatialize(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena) {
    return stem_text(mix, plan, &(StemScope){.stem = stem, .bus = bus, .span = span}, arena);
}

const char *plan_text_layers(
    const Mix *mix, const Plan *plan, const MixCeiling *ceiling, int stem, int bus, Arena *arena) {
    const StemScope scope = {
        .stem = stem, .bus = bus, .span = ceiling_heard_span(mix, ceiling), .only = ceiling->is_in};
    return stem_text(mix, plan, &scope, arena);
}

const char *
plan_text_dry(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena) {
    const StemScope scope = {.stem = stem, .bus = bus, .span = span, .part = TEXT_DRY};
    return mix_has_parts(mix, stem, bus) ? stem_text(mix, plan, &scope, arena) : NULL;
}

const char *
plan_text_rooms(const Mix *mix, const Plan *plan, int stem, Span span, int bus, Arena *arena) {
    const StemScope scope = {.stem = stem, .bus = bus, .span = span, .part = TEXT_ROOMS};
    bool has_unsent = false;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        has_unsent = has_unsent || (subject->stem == stem && !is_sent(mix, subject, span) &&
                                    plan_layer_sounds(mix, subject, span));
    }
    return has_unsent ? stem_text(mix, plan, &scope, arena) : NULL;
}

static void add_headphone_eq(Text *text, const Mix *mix, const MixDeliverable *subject) {
    if (subject->has_headphone_eq) {
        text_add(text, "headphone eq 2 %s\n", mix->files[subject->headphone_eq_file].sha256);
    }
}

/* Of the whole length, so that the key does not depend on how the timeline was cut. */
void plan_text_add_stem(Text *text, const Mix *mix, const Plan *plan, int stem, int bus) {
    const Span whole = {0, mix->length_samples};
    const BusFold *fold = mix->buses[bus].fold;
    const char *heard =
        plan_text_spatialize(mix, plan, stem, whole, fold ? fold->source : bus, text->arena);
    plan_text_add_key(text, "stem", heard ? key_of_text(heard) : (Key){0});
}

/* What is delivered as it was rendered keeps the key it had. */
static void add_retime(Text *text, const MixDeliverable *subject) {
    if (subject->retime.input != subject->retime.output) {
        text_add(text, "retime %d %" PRId64 " / %" PRId64 " rate %d\n",
                 subject->has_metadata ? 2 : 1, subject->retime.input, subject->retime.output,
                 subject->rate_hz);
    }
}

/* How the sum that is measured comes of the stems, behind the text of its bus. */
static void add_hearing(Text *text, const Mix *mix, const MixDeliverable *subject) {
    add_retime(text, subject);
    add_headphone_eq(text, mix, subject);
    if (mix->buses[subject->measured_bus].fold) {
        plan_text_add_fold(text, mix, &mix->buses[subject->measured_bus]);
    }
}

static void
add_measured_stems(Text *text, const Mix *mix, const Plan *plan, const MixDeliverable *subject) {
    for (int stem = 0; stem < mix->stem_count; stem++) {
        plan_text_add_stem(text, mix, plan, stem, subject->measured_bus);
    }
}

int plan_measured_source(const Mix *mix, const MixDeliverable *subject) {
    const BusFold *fold = mix->buses[subject->measured_bus].fold;
    return fold ? fold->source : subject->measured_bus;
}

/* Which stems the full mix holds, and which of them the limiter follows. */
static void add_full_stems(Text *text, const Mix *mix, const MixDeliverable *subject) {
    for (int stem = 0; mix->full_stems && stem < mix->stem_count; stem++) {
        if (!mix->full_stems[stem]) {
            text_add(text, "not in full: stem %d\n", stem);
        }
    }
    for (int stem = 0; subject->limited_stems && stem < mix->stem_count; stem++) {
        text_add(text, "limited by stem %d: %d\n", stem, subject->limited_stems[stem]);
    }
}

void plan_text_add_sum(Text *text, const Mix *mix, const MixDeliverable *subject) {
    add_bus(text, mix, subject->measured_bus);
    if (subject->bus != subject->measured_bus && mix->buses[subject->bus].fold) {
        plan_text_add_fold(text, mix, &mix->buses[subject->bus]); /* what the limiter hears */
    }
    text_add(text, "length %" PRId64 "%s\n", subject->length_samples,
             subject->is_adm ? " no limiter" : "");
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (strcmp(mix->stems[stem].role, "dialogue") == 0) {
            text_add(text, "dialogue stem %d\n", stem);
        }
    }
    add_full_stems(text, mix, subject);
    add_hearing(text, mix, subject);
}

const char *plan_text_master(const Mix *mix, const Plan *plan, int deliverable, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    Text text = {.arena = arena};
    text_add(&text, "%s\n", master_version);
    plan_text_add_sum(&text, mix, subject);
    if (subject->has_fallback) {
        text_add(&text, "fallback %.17g LUFS below %.17g %%\n", subject->fallback_lufs,
                 subject->fallback_percent);
    }
    if (subject->has_target && !subject->is_report_only) {
        text_add(&text, "target %.17g LUFS%s\n", subject->target_lufs,
                 subject->has_dialogue_gate ? " of dialogue" : "");
    }
    text_add(&text, "ceiling %.17g dBTP\n", subject->ceiling_dbtp);
    if (mix->joins_by_sample) {
        text_add(&text, "no end fade\n");
    }
    for (int reel = 0; reel < subject->programme_count; reel++) {
        plan_text_add_key(&text, "reel", subject->programme[reel].energies);
    }
    add_measured_stems(&text, mix, plan, subject);
    return text.bytes;
}

const char *plan_text_energies(const Mix *mix, const Plan *plan, int deliverable, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    Text text = {.arena = arena};
    if (!subject->is_programme) {
        return NULL;
    }
    text_add(&text, "%s\n", energies_version);
    add_bus(&text, mix, subject->measured_bus);
    text_add(&text, "length %" PRId64 " rate %d\n", subject->length_samples, subject->rate_hz);
    add_hearing(&text, mix, subject);
    add_measured_stems(&text, mix, plan, subject);
    return text.bytes;
}

void plan_text_add_objects(Text *text,
                           const Mix *mix,
                           const Plan *plan,
                           const MixDeliverable *adm) {
    const StemScope whole = {
        .bus = adm->bus, .span = {0, mix->length_samples}
    };
    for (int object = 0; object < adm->object_count; object++) {
        const int layer = adm->objects[object].layer;
        text_add(text, "object %s channel %d stem %d gain %.17g\n", mix->layers[layer].id,
                 adm->objects[object].channel, mix->layers[layer].stem,
                 mix->stems[mix->layers[layer].stem].gain);
        add_layer(text, mix, plan, layer, &whole);
    }
}

void plan_text_add_delivered(Text *text, const Mix *mix, const MixDeliverable *subject) {
    const MixBus *bus = &mix->buses[subject->bus];
    add_bus(text, mix, subject->bus);
    if (bus->fold) {
        plan_text_add_fold(text, mix, bus);
    }
    add_retime(text, subject);
    add_headphone_eq(text, mix, subject);
    text_add(text, "delivered %" PRId64 "\n", subject->length_samples);
}

void plan_text_add_measure(Text *text, const Mix *mix, const MixDeliverable *subject) {
    const MixBus *measured = &mix->buses[subject->measured_bus];
    add_bus(text, mix, subject->bus);
    add_bus(text, mix, subject->measured_bus);
    if (measured->fold) {
        plan_text_add_fold(text, mix, measured);
    }
}
