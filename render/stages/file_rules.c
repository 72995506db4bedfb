/* Every file of a deliverable, opened as a stranger would, held to what was asked of it: what it is
 * and says, and what stands around the programme.
 *
 * Law: facts of the files and the job alone.
 */
#include "render/stages/file_rules.h"

#include <math.h>
#include <string.h>

#include "render/base/exact_math.h"
#include "render/base/files.h"
#include "render/base/units.h"
#include "render/files/sound_reader.h"
#include "render/stages/output_channel.h"
#include "render/stages/output_notes.h"

#define RULES(X)                                                                                   \
    X(CONTAINER, "container")                                                                      \
    X(SAMPLES, "samples")                                                                          \
    X(CHANNELS, "channels")                                                                        \
    X(MASK, "channel_mask")                                                                        \
    X(LENGTH, "length")                                                                            \
    X(TIME_STAMP, "time_stamp")                                                                    \
    X(ADM, "adm")                                                                                  \
    X(TRACKS, "tracks")                                                                            \
    X(CUES, "cues")                                                                                \
    X(FORBIDDEN, "forbidden")                                                                      \
    X(LEADER, "leader")                                                                            \
    X(POPS, "pops")

typedef enum FileRule {
#define RULE(enumerator, name) RULE_##enumerator,
    RULES(RULE)
#undef RULE
        RULE_COUNT
} FileRule;

static const char *const rule_names[] = {
#define RULE(enumerator, name) name,
    RULES(RULE)
#undef RULE
};

/* A pop that is read back: rounding of 16 bits at -20 dBFS lies 70 dB below it. */
static const double pop_tolerance_db = 0.1, pop_residual_db = -40.0;

enum { MOST_CHANNELS = 1024 }; /* of ADM masters: a bed and objects */

typedef struct FileRules {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const Layout *layout;
    const char *folder;
    bool is_tested[RULE_COUNT];
    json_t *broken;
} FileRules;

typedef struct FileCheck { /* one of the files */
    FileRules *rules;
    OutputFile which;
    const char *name, *path; /* below the deliverable's folder; on disk */
    const MixReel *reel;
    SoundFormat asked;
    SoundInfo found;
    Arena *arena; /* dies with the file */
} FileCheck;

/* text: what is found and what was asked for. */
static void hold(const FileCheck *check, FileRule rule, bool holds, const char *text) {
    check->rules->is_tested[rule] = true;
    if (!holds) {
        json_array_append_new(check->rules->broken,
                              json_pack("{s:s, s:s, s:s}", "file", check->name, "rule",
                                        rule_names[rule], "text", text));
    }
}

static void
hold_number(const FileCheck *check, FileRule rule, const char *what, int64_t found, int64_t asked) {
    hold(check, rule, found == asked,
         arena_format(check->arena, "%s %lld, not %lld", what, (long long)found, (long long)asked));
}

/* ---- what it says ---- */

static bool is_wav(const FileCheck *check) {
    const SoundContainer container = check->found.container;
    return container == SOUND_WAV || container == SOUND_RF64 || container == SOUND_BW64;
}

static void check_container(const FileCheck *check) {
    static const char *const names[] = {[CONTAINER_WAV] = "WAV",
                                        [CONTAINER_RF64] = "RF64",
                                        [CONTAINER_FLAC] = "FLAC",
                                        [CONTAINER_BW64] = "BW64",
                                        [CONTAINER_CAF] = "CAF (Apple Core Audio File)",
                                        [CONTAINER_OPUS] = "Opus"};
    const Container container = check->asked.container;
    const bool is_long = container == CONTAINER_WAV && !strcmp(check->found.format_name, "RF64");
    const char *asked = is_long ? "RF64" : names[container];
    hold(check, RULE_CONTAINER, !strcmp(check->found.format_name, asked),
         arena_format(check->arena, "is %s, not %s", check->found.format_name, asked));
}

static void check_samples(const FileCheck *check) {
    static const int bits[] = {
        [PCM_16] = 16, [PCM_24] = 24, [PCM_32] = 32, [FLOAT_32] = 32, [FLOAT_64] = 64};
    const SoundInfo *found = &check->found;
    const SampleFormat format = check->asked.format;
    hold_number(check, RULE_SAMPLES, "Hz:", found->rate_hz, check->asked.rate_hz);
    if (sound_is_lossy(check->asked.container)) {
        return;
    }
    hold_number(check, RULE_SAMPLES, "bits a sample:", found->bits_per_sample, bits[format]);
    hold(check, RULE_SAMPLES, found->is_float == (format >= FLOAT_32),
         found->is_float ? "holds floats, not integers" : "holds integers, not floats");
}

/* One and two channels without a mask are what their number says. */
static void check_mask(const FileCheck *check) {
    enum { MONO = 0x4, STEREO = 0x3 };
    const uint32_t plain = check->asked.channel_count == 1 ? MONO : STEREO;
    const bool is_plain = check->asked.channel_count <= 2 && check->asked.channel_mask == plain;
    const uint32_t found = check->found.channel_mask;
    hold(check, RULE_MASK, found == check->asked.channel_mask || (is_plain && found == 0),
         arena_format(check->arena, "channel mask 0x%X, not 0x%X", found,
                      check->asked.channel_mask));
}

/* Names and order of the tracks, frame rate and time code: text that this program writes. */
static Status check_tracks(const FileCheck *check, ErrorList *errors) {
    const SoundChunk chunk = check->found.ixml;
    const size_t asked_bytes = strlen(check->asked.ixml);
    OpenFile file = {.descriptor = -1};
    char *text = arena_alloc(check->arena, asked_bytes);
    size_t got = 0;
    if (chunk.size_bytes < (int64_t)asked_bytes) {
        hold(check, RULE_TRACKS, false, "no iXML that names its tracks");
        return DONE;
    }
    TRY(file_open_shown(check->path, check->name, NO_PLACE, &file, errors));
    const Status status = file_read_at(&file, chunk.offset, text, asked_bytes, &got, errors);
    const Status closed = file_close(&file, errors);
    hold(check, RULE_TRACKS, got == asked_bytes && !memcmp(text, check->asked.ixml, asked_bytes),
         "its iXML names other tracks, another order or another time");
    return status ? status : closed;
}

static void check_forbidden(const FileCheck *check) {
    const struct {
        MixForbidden bit;
        bool is_there;
        const char *name;
    } rows[] = {
        {FORBID_BEXT,   check->found.bext.size_bytes > 0, "bext"      },
        {FORBID_IXML,   check->found.ixml.size_bytes > 0, "iXML"      },
        {FORBID_CUE,    check->found.cue.size_bytes > 0,  "cue points"},
        {FORBID_LEADER, check->reel->leader_samples > 0,  "a leader"  },
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (check->rules->deliverable->forbidden & rows[row].bit) {
            hold(
                check, RULE_FORBIDDEN, !rows[row].is_there,
                arena_format(check->arena, "holds %s, which the receiver forbids", rows[row].name));
        }
    }
}

static Status check_notes(const FileCheck *check, ErrorList *errors) {
    check_mask(check);
    check_forbidden(check);
    if (!check->asked.is_without_bext) {
        hold_number(check, RULE_TIME_STAMP, "time stamp",
                    check->found.has_time_reference ? check->found.time_reference : -1,
                    check->asked.time_reference);
    }
    if (check->rules->deliverable->has_metadata) {
        hold(check, RULE_ADM, check->found.chna.size_bytes > 0 && check->found.axml.size_bytes > 0,
             "no chna and axml that name its tracks");
    }
    if (check->asked.cue_count > 0) {
        hold(check, RULE_CUES, check->found.cue.size_bytes > 0, "its markers are missing");
    }
    return check->asked.ixml ? check_tracks(check, errors) : DONE;
}

/* ---- what stands around the programme ---- */

typedef struct EdgeSums { /* of one channel */
    double outside_peak;  /* where silence should be */
    /* sums over the pop of squares and products of its sine, its cosine and the samples */
    double sine_sine, sine_cosine, cosine_cosine, sample_sine, sample_cosine, sample_sample;
} EdgeSums;

static void add_pop_sample(EdgeSums *sums, double sample, double turns) {
    const double angle = 2.0 * pi * (turns - floor(turns));
    const double sine = exact_sin(angle);
    const double cosine = exact_cos(angle);
    sums->sine_sine += sine * sine;
    sums->sine_cosine += sine * cosine;
    sums->cosine_cosine += cosine * cosine;
    sums->sample_sine += sample * sine;
    sums->sample_cosine += sample * cosine;
    sums->sample_sample += sample * sample;
}

/* The sine that fits best, by least squares: its level and what it leaves. */
static bool is_pop(const EdgeSums *sums, double gain, double *level_db) {
    const double determinant =
        sums->sine_sine * sums->cosine_cosine - sums->sine_cosine * sums->sine_cosine;
    if (determinant <= 0.0 || sums->sample_sample <= 0.0) {
        *level_db = silence_db;
        return false;
    }
    const double sine =
        (sums->sample_sine * sums->cosine_cosine - sums->sample_cosine * sums->sine_cosine) /
        determinant;
    const double cosine =
        (sums->sample_cosine * sums->sine_sine - sums->sample_sine * sums->sine_cosine) /
        determinant;
    const double kept = sine * sums->sample_sine + cosine * sums->sample_cosine;
    const double rest = fmax(sums->sample_sample - kept, 0.0) / sums->sample_sample;
    *level_db = db_from_gain(sqrt(sine * sine + cosine * cosine));
    return fabs(*level_db - db_from_gain(gain)) <= pop_tolerance_db &&
           rest <= gain_from_db(pop_residual_db) * gain_from_db(pop_residual_db);
}

static bool has_pop(const FileCheck *check, const MixPop *pop, int channel) {
    const int plane = output_plane(check->rules->deliverable, check->which.file, channel);
    const bool has_directions = check->rules->layout->kind == LAYOUT_AMBISONIC;
    return pop->length_samples > 0 && (has_directions ? plane == 0 : plane >= 0);
}

static void add_sample(
    const FileCheck *check, const MixPop *pop, int64_t at, const float *samples, EdgeSums *sums) {
    const int64_t within = at - pop->begin_samples;
    for (int channel = 0; channel < check->asked.channel_count; channel++) {
        const double sample = samples[channel];
        if (has_pop(check, pop, channel) && within >= 0 && within < pop->length_samples) {
            const double turns = pop->frequency_hz * (double)within / check->asked.rate_hz;
            add_pop_sample(&sums[channel], sample, turns);
        } else {
            sums[channel].outside_peak = fmax(sums[channel].outside_peak, fabs(sample));
        }
    }
}

typedef struct Edge {
    const char *what; /* leader or tail */
    const MixPop *pop;
    Span part; /* frames of the file */
} Edge;

static void judge_edge(const FileCheck *check, const Edge *edge, const EdgeSums *sums) {
    const MixPop *pop = edge->pop;
    for (int channel = 0; channel < check->asked.channel_count; channel++) {
        double level_db = 0.0;
        hold(check, RULE_LEADER, sums[channel].outside_peak == 0.0,
             arena_format(check->arena, "its %s is not silent in channel %d: up to %.1f dBFS",
                          edge->what, channel + 1, db_from_gain(sums[channel].outside_peak)));
        if (has_pop(check, pop, channel)) {
            const bool holds = is_pop(&sums[channel], pop->gain, &level_db);
            hold(check, RULE_POPS, holds,
                 arena_format(check->arena, "the pop in its %s reads %.2f dBFS in channel %d",
                              edge->what, level_db, channel + 1));
        }
    }
}

static Status
check_edge(const FileCheck *check, const Edge *edge, SoundReader *reader, ErrorList *errors) {
    const Span part = edge->part;
    const int width = check->asked.channel_count;
    EdgeSums *sums = arena_array(check->arena, (size_t)width, sizeof *sums);
    float *samples =
        arena_array(check->arena, (size_t)width * STAGE_CHUNK_SAMPLES, sizeof *samples);
    TRY(sound_seek(reader, part.begin, errors));
    for (int64_t at = part.begin; at < part.end; at += STAGE_CHUNK_SAMPLES) {
        const int64_t rest = part.end - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        int64_t got = 0;
        TRY(sound_read(reader, samples, count, &got, errors));
        for (int64_t sample = 0; sample < got; sample++) {
            add_sample(check, edge->pop, at - part.begin + sample, samples + sample * width, sums);
        }
    }
    judge_edge(check, edge, sums);
    return DONE;
}

static Status check_edges(const FileCheck *check, ErrorList *errors) {
    const MixReel *reel = check->reel;
    const int64_t frames = check->found.frame_count;
    const Edge edges[] = {
        {"leader", &reel->leader_pop, {0, reel->leader_samples}            },
        {"tail",   &reel->tail_pop,   {frames - reel->tail_samples, frames}},
    };
    SoundReader *reader = NULL;
    SoundInfo info;
    Status status = sound_open_as_is(check->path, &reader, &info, errors);
    for (int edge = 0; edge < 2; edge++) {
        if (status == DONE && edges[edge].part.end > edges[edge].part.begin) {
            status = check_edge(check, &edges[edge], reader, errors);
        }
    }
    sound_close(&reader);
    return status;
}

/* ---- all of it ---- */

static Status check_opened(const FileCheck *check, ErrorList *errors) {
    const bool has_channels = check->found.channel_count == check->asked.channel_count;
    const bool has_length = check->found.frame_count == check->asked.frame_count;
    check_container(check);
    check_samples(check);
    hold_number(check, RULE_CHANNELS, "channels:", check->found.channel_count,
                check->asked.channel_count);
    hold_number(check, RULE_LENGTH, "frames:", check->found.frame_count, check->asked.frame_count);
    TRY(is_wav(check) ? check_notes(check, errors) : DONE);
    const bool has_edges = check->reel->leader_samples + check->reel->tail_samples > 0;
    return has_channels && has_length && has_edges ? check_edges(check, errors) : DONE;
}

static Status walk_file(FileCheck *check, ErrorList *errors) {
    OpenFile file = {.descriptor = -1};
    TRY(file_open_shown(check->path, check->name, NO_PLACE, &file, errors));
    const Status status = sound_walk_adm(&file, MOST_CHANNELS, &check->found, errors);
    const Status closed = file_close(&file, errors);
    return status ? status : closed;
}

static Status check_file(FileRules *rules, OutputFile which, ErrorList *errors) {
    const MixOutput *output = &rules->deliverable->outputs[which.output];
    const int per_reel = mix_files_per_reel(rules->stage->mix, rules->deliverable);
    Stage stage = *rules->stage;
    stage.scratch = arena_create();
    FileCheck check = {.rules = rules,
                       .which = which,
                       .name = output->files[which.reel * per_reel + which.file],
                       .reel = &rules->deliverable->reels[which.reel],
                       .asked = output_format(&stage, which),
                       .arena = stage.scratch};
    check.path = path_join(stage.scratch, rules->folder, check.name);
    Status status = walk_file(&check, errors);
    status = status ? status : check_opened(&check, errors);
    arena_destroy(&stage.scratch);
    return status;
}

static Status check_output(FileRules *rules, int output, ErrorList *errors) {
    const int per_reel = mix_files_per_reel(rules->stage->mix, rules->deliverable);
    for (int reel = 0; reel < rules->deliverable->reel_count; reel++) {
        for (int file = 0; file < per_reel; file++) {
            const OutputFile which = {.output = output, .reel = reel, .file = file};
            TRY(check_file(rules, which, errors));
        }
    }
    return DONE;
}

Status file_rules_check(
    const Stage *stage, const char *folder, int output, json_t **result, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    FileRules rules = {.stage = stage,
                       .deliverable = deliverable,
                       .layout = stage->mix->buses[deliverable->bus].layout,
                       .folder = folder,
                       .broken = json_array()};
    json_t *tested = json_array();
    const Status status = check_output(&rules, output, errors);
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        if (rules.is_tested[rule]) {
            json_array_append_new(tested, json_string(rule_names[rule]));
        }
    }
    *result = json_pack("{s:o, s:o}", "tested", tested, "broken", rules.broken);
    return status;
}

static bool lists(const json_t *names, const char *name) {
    size_t index = 0;
    const json_t *entry = NULL;
    bool is_there = false;
    json_array_foreach(names, index, entry) {
        is_there = is_there || strcmp(json_string_value(entry), name) == 0;
    }
    return is_there;
}

void file_rules_merge(json_t *all, const json_t *more) {
    json_t *tested = json_array();
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        if (lists(json_object_get(all, "tested"), rule_names[rule]) ||
            lists(json_object_get(more, "tested"), rule_names[rule])) {
            json_array_append_new(tested, json_string(rule_names[rule]));
        }
    }
    json_object_set_new(all, "tested", tested);
    json_array_extend(json_object_get(all, "broken"), json_object_get(more, "broken"));
}
