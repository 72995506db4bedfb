/* manifest.json of a deliverable: identity, keys, inputs, outputs and measurements. */
#include "cluster/manifest.h"

#include <string.h>

#include "cluster/versions.h"
#include "jobs/job_profiles.h"
#include "render/base/files.h"
#include "render/dsp/fft.h"
#include "render/files/opus_mapping.h"

enum {
    SIZE_LIMIT_BYTES = 16 << 20, /* a manifest of 10 000 files is about 4 MB */
    NUMBER_DIGITS = 6            /* measurements are worth no more; judged before rounding */
};

void manifest_encode_key(const Run *run, int deliverable, KeyText text) {
    const int task = run->plan->encode_tasks[deliverable];
    key_format(run->plan->tasks[task].outputs[0], text);
}

void manifest_inspect_key(const Run *run, int deliverable, KeyText text) {
    const int task = run->plan->inspect_tasks[deliverable];
    key_format(run->plan->tasks[task].outputs[0], text);
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *describe_job(const Mix *mix) {
    return json_pack("{s:o, s:o, s:o, s:i}", "title", text_or_null(mix->title), "code",
                     text_or_null(mix->code), "cut", text_or_null(mix->cut), "version",
                     mix->version);
}

static json_t *describe_keys(const Run *run, int deliverable) {
    KeyText encode;
    KeyText inspect;
    KeyText plan;
    manifest_encode_key(run, deliverable, encode);
    manifest_inspect_key(run, deliverable, inspect);
    key_format(run->plan->key, plan);
    return json_pack("{s:s, s:s, s:s}", "encode", encode, "inspect", inspect, "plan", plan);
}

static json_t *describe_program(const Mix *mix) {
    return json_pack("{s:s, s:s}", "nocturne", program_version(), "fft",
                     fft_engine_version(mix->fft));
}

/* Labels in the order of an interleaved file; an object of ADM is called as its layer, a channel
 * without a use "-". */
static json_t *describe_channels(const Mix *mix, const MixDeliverable *deliverable) {
    json_t *labels = json_array();
    for (int track = 0; track < mix_track_count(deliverable); track++) {
        const int plane =
            track < deliverable->order_count ? deliverable->channel_order[track] : track;
        const char *label = plane < 0 ? "-" : mix_plane_label(mix, deliverable, plane);
        json_array_append_new(labels, json_string(label));
    }
    return labels;
}

static json_t *describe_hrtf(const Mix *mix, const MixBus *bus) {
    if (bus->sofa_file < 0) {
        return json_null();
    }
    const MixFile *file = &mix->files[bus->sofa_file];
    return json_pack("{s:s, s:s}", "path", file->path, "sha256", file->sha256);
}

static const char *container_word(Container container) {
    static const char *const words[] = {
        [CONTAINER_WAV] = "wav",   [CONTAINER_RF64] = "rf64", [CONTAINER_FLAC] = "flac",
        [CONTAINER_BW64] = "bw64", [CONTAINER_CAF] = "caf",   [CONTAINER_OPUS] = "opus"};
    return words[container];
}

static const char *format_word(SampleFormat format) {
    static const char *const words[] = {
        [PCM_16] = "16", [PCM_24] = "24", [PCM_32] = "32", [FLOAT_32] = "32f", [FLOAT_64] = "64f"};
    return words[format];
}

static json_t *describe_panner(const Spatializer *panner) {
    if (!panner) {
        return json_null();
    }
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(panner->name));
    json_object_set_new(object, "note", text_or_null(panner->summary));
    json_object_set_new(object, "source", text_or_null(panner->source));
    return object;
}

/* What the delivery was made to, so that its figures can be looked up when they have changed. */
static json_t *describe_profile(const JobSpec *job, const MixDeliverable *deliverable) {
    const JobProfile *profile = job_profile_of(job, deliverable->id);
    return json_pack("{s:s, s:s, s:s, s:s}", "name", deliverable->profile, "title", profile->title,
                     "source", profile->source, "file", profile->file);
}

static json_t *describe_overrides(const Mix *mix, const MixDeliverable *deliverable) {
    const BusFold *fold = mix->buses[deliverable->bus].fold;
    json_t *stems = json_object();
    for (int stem = 0; fold && fold->stem_gains && stem < mix->stem_count; stem++) {
        const double gain = fold->stem_gains[stem];
        if (gain > 0.0 && gain != 1.0) {
            json_object_set_new(stems, mix->stems[stem].id, json_real(db_from_gain(gain)));
        } else if (gain == 0.0) {
            json_object_set_new(stems, mix->stems[stem].id, json_null());
        }
    }
    return json_pack("{s:s, s:o}", "note", deliverable->overrides_note, "stems_db", stems);
}

static json_t *describe_deliverable(const Mix *mix, const MixDeliverable *deliverable) {
    const MixBus *bus = &mix->buses[deliverable->bus];
    json_t *object = json_object();
    json_object_set_new(object, "id", json_string(deliverable->id));
    json_object_set_new(object, "layout", json_string(bus->layout->name));
    if (deliverable->is_adm) {
        json_object_set_new(object, "objects", json_integer(deliverable->object_count));
    }
    if (bus->fold && bus->fold->name) {
        json_object_set_new(object, "from",
                            json_string(mix->buses[bus->fold->source].layout->name));
        json_object_set_new(object, "fold", json_string(bus->fold->name));
    }
    if (deliverable->overrides_note) {
        json_object_set_new(object, "overrides", describe_overrides(mix, deliverable));
    }
    json_object_set_new(object, "channels", describe_channels(mix, deliverable));
    json_object_set_new(object, "container", json_string(container_word(deliverable->container)));
    if (deliverable->container == CONTAINER_OPUS) {
        const int tracks = deliverable->is_split ? 1 : mix_track_count(deliverable);
        json_object_set_new(object, "bitrate_kbps",
                            json_real(opus_bits_per_s(deliverable->bits_per_s, tracks) / 1000.0));
    }
    json_object_set_new(object, "bits", json_string(format_word(deliverable->format)));
    json_object_set_new(object, "is_split", json_boolean(deliverable->is_split));
    json_object_set_new(object, "rate_hz", json_integer(deliverable->rate_hz));
    json_object_set_new(object, "frames", json_integer(deliverable->length_samples));
    if (bus->layout->kind == LAYOUT_SPEAKERS) {
        json_object_set_new(object, "reference",
                            json_string(deliverable->is_film ? "film" : "nearfield"));
    }
    if (bus->layout->kind == LAYOUT_AMBISONIC) {
        json_object_set_new(object, "normalisation",
                            json_string(deliverable->is_n3d ? "n3d" : "sn3d"));
    }
    json_object_set_new(object, "panner", describe_panner(bus->panner));
    json_object_set_new(object, "hrtf", describe_hrtf(mix, bus));
    if (deliverable->has_headphone_eq) {
        const MixFile *eq = &mix->files[deliverable->headphone_eq_file];
        json_object_set_new(object, "headphone_eq",
                            json_pack("{s:s, s:s}", "path", eq->path, "sha256", eq->sha256));
    }
    return object;
}

/* Every file that a layer or a room reads, and the HRTF and headphones of this deliverable. */
static bool is_input_of(const Mix *mix, int file, const MixDeliverable *deliverable) {
    if (mix->buses[deliverable->bus].sofa_file == file ||
        (deliverable->has_headphone_eq && deliverable->headphone_eq_file == file)) {
        return true;
    }
    for (int layer = 0; layer < mix->layer_count; layer++) {
        if (mix->layers[layer].file == file) {
            return true;
        }
    }
    for (int room = 0; room < mix->room_count; room++) {
        if (!mix->rooms[room].is_shoebox && mix->rooms[room].file == file) {
            return true;
        }
    }
    return false;
}

/* The next input after `last` by path, or NULL: a selection sort, there are few. */
static const MixFile *
next_input(const Mix *mix, const MixDeliverable *deliverable, const MixFile *last) {
    const MixFile *next = NULL;
    for (int file = 0; file < mix->file_count; file++) {
        const MixFile *candidate = &mix->files[file];
        const bool is_later = !last || strcmp(candidate->path, last->path) > 0;
        const bool is_sooner = !next || strcmp(candidate->path, next->path) < 0;
        if (is_later && is_sooner && is_input_of(mix, file, deliverable)) {
            next = candidate;
        }
    }
    return next;
}

static json_t *describe_inputs(const Mix *mix, const MixDeliverable *deliverable) {
    json_t *inputs = json_array();
    const MixFile *file = next_input(mix, deliverable, NULL);
    while (file) {
        json_array_append_new(inputs,
                              json_pack("{s:s, s:s, s:I}", "path", file->path, "sha256",
                                        file->sha256, "size_bytes", (json_int_t)file->size_bytes));
        file = next_input(mix, deliverable, file);
    }
    return inputs;
}

static json_t *describe_members(const Mix *mix, const MixOutput *sum) {
    json_t *members = json_array();
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (mix_output_has(mix, sum, stem)) {
            json_array_append_new(members, json_string(mix->stems[stem].id));
        }
    }
    return members;
}

/* Which stems the full mix, the M&E and every other set are the sum of, so that `verify` can add
 * them up. */
static json_t *describe_sums(const Mix *mix, const MixDeliverable *deliverable) {
    const MixOutput full = {.kind = OUTPUT_FULL, .is_in = mix->full_stems};
    json_t *sums = json_object();
    json_object_set_new(sums, "full", describe_members(mix, &full));
    json_object_set_new(sums, "me", describe_members(mix, &(MixOutput){.kind = OUTPUT_ME}));
    for (int output = 0; output < deliverable->output_count; output++) {
        const MixOutput *written = &deliverable->outputs[output];
        if (mix_output_is_sum(written)) {
            json_object_set_new(sums, written->name, describe_members(mix, written));
        }
    }
    return sums;
}

json_t *manifest_of_deliverable(const Run *run, int deliverable, const json_t *facts) {
    const Mix *mix = run->mix;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    json_t *manifest = json_object();
    json_object_set_new(manifest, "schema", json_string("nocturne-deliverable-1"));
    json_object_set_new(manifest, "program", describe_program(run->mix));
    json_object_set_new(manifest, "job", describe_job(mix));
    json_object_set_new(manifest, "keys", describe_keys(run, deliverable));
    json_t *described = describe_deliverable(mix, subject);
    if (subject->profile) {
        json_object_set_new(described, "profile", describe_profile(run->job, subject));
    }
    json_object_set_new(manifest, "deliverable", described);
    json_object_set_new(manifest, "inputs", describe_inputs(mix, subject));
    json_object_set_new(manifest, "sums", describe_sums(mix, subject));
    static const char *const copied[] = {
        "files", "outputs", "null", "findings", "gain_db", "limiter_max_reduction_db", "limiter",
        "programme", "rules",
        /* of a review only */
        "translation", "primary_share_percent", "headroom", "silences"};
    for (size_t key = 0; key < sizeof copied / sizeof *copied; key++) {
        json_t *value = json_object_get(facts, copied[key]);
        if (value) {
            json_object_set_new(manifest, copied[key], json_deep_copy(value));
        }
    }
    return manifest;
}

/* NULL: the job has none, or is not known. */
static json_t *describe_scenes(const JobSpec *job) {
    const int count = job ? job->scene_count : 0;
    json_t *scenes = count > 0 ? json_array() : NULL;
    for (int scene = 0; scene < count; scene++) {
        const JobScene *of = &job->scenes[scene];
        json_array_append_new(scenes, json_pack("{s:s, s:f, s:f}", "id", of->id, "in_s",
                                                rational_value(of->in.seconds), "out_s",
                                                rational_value(of->out.seconds)));
    }
    return scenes;
}

json_t *manifest_of_run(const Run *run, const json_t *deliverables) {
    json_t *manifest = json_pack("{s:s, s:o, s:o, s:o}", "schema", "nocturne-run-1", "program",
                                 describe_program(run->mix), "job", describe_job(run->mix),
                                 "deliverables", json_deep_copy(deliverables));
    json_t *scenes = describe_scenes(run->job);
    if (scenes) {
        json_object_set_new(manifest, "scenes", scenes);
    }
    if (run->refused.count > 0) {
        json_object_set_new(manifest, "refused", refused_describe(&run->refused));
    }
    return manifest;
}

const char *manifest_format(const json_t *manifest, Arena *arena) {
    const size_t flags = JSON_INDENT(1) | JSON_SORT_KEYS | JSON_REAL_PRECISION(NUMBER_DIGITS);
    const size_t size_bytes = json_dumpb(manifest, NULL, 0, flags);
    char *text = arena_alloc(arena, size_bytes + 2);
    json_dumpb(manifest, text, size_bytes, flags);
    text[size_bytes] = '\n';
    return text;
}

Status manifest_write(const json_t *manifest, const char *path, ErrorList *errors) {
    Arena *arena = arena_create();
    const char *text = manifest_format(manifest, arena);
    const Status status = file_write_atomically(path, text, strlen(text), errors);
    arena_destroy(&arena);
    return status;
}

Status manifest_read(const char *path, Arena *arena, json_t **out, ErrorList *errors) {
    if (!file_exists(path)) {
        return fail(errors, E709, NO_PLACE, "%s is missing", path);
    }
    FileBytes file = {0};
    TRY(file_read(path, SIZE_LIMIT_BYTES, NO_PLACE, arena, &file, errors));
    json_error_t problem;
    *out = json_loadb(file.bytes, file.size_bytes, JSON_REJECT_DUPLICATES, &problem);
    if (!json_is_object(*out)) {
        json_decref(*out);
        *out = NULL;
        const Place place = {.file = path, .line = problem.line, .column = problem.column};
        return fail(errors, E709, place, "the manifest is not JSON: %s", problem.text);
    }
    return DONE;
}
