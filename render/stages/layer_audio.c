/* A prepared layer, wherever its samples are: in the store, or still in its own file.
 *
 * Law: gains and fades are functions of the place in the layer; the arithmetic is that of PREPARE,
 * operation by operation, so that nobody can tell from the samples where they were.
 */
#include "render/stages/layer_audio.h"

#include <string.h>

#include "render/dsp/planes.h"
#include "render/stages/clip_gain.h"
#include "render/stages/layer_note.h"

enum {
    READ_BYTES = 64 * 1024,           /* of a narrow file: all layers of a stem stay in the cache */
    LEAST_FRAMES = 8192,              /* of a wide one */
    LEAST_FRAMES_OF_CHANNELS = 16384, /* whose channels are read one after the other */
    PIECE_SAMPLES = 1024
};

struct LayerInputs {
    const Stage *stage;
    Arena *arena;
    ErrorList *errors;  /* of the task */
    ErrorList *ignored; /* of a read that is done again for its message */
    TablePool *pool;
    TableReader **shared; /* [file_count]: of files of which layers are single tracks */
    bool *is_read;        /* [file_count] */
    Status status;        /* of the first read that failed */
};

struct PlainLayer {
    LayerInputs *inputs;
    const MixLayer *layer;
    const MixFile *file;
    LayerNote note;
    const unsigned char *rows; /* of the note */
    TableReader *reader;
    bool is_float;
};

LayerInputs *layer_inputs_create(const Stage *stage, Arena *arena, ErrorList *errors) {
    const size_t file_count = (size_t)stage->mix->file_count;
    LayerInputs *inputs = arena_alloc(arena, sizeof *inputs);
    inputs->stage = stage;
    inputs->arena = arena;
    inputs->errors = errors;
    inputs->ignored = errors_create(arena);
    inputs->pool = table_pool_create(arena);
    inputs->shared = arena_array(arena, file_count, sizeof(TableReader *));
    inputs->is_read = arena_array(arena, file_count, sizeof *inputs->is_read);
    return inputs;
}

void layer_inputs_close(LayerInputs *inputs) {
    if (inputs) {
        table_pool_close(inputs->pool);
    }
}

Status layer_inputs_check(const LayerInputs *inputs, ErrorList *errors) {
    TRY(inputs->status);
    for (int file = 0; file < inputs->stage->mix->file_count; file++) {
        TRY(inputs->is_read[file] ? mix_file_check(&inputs->stage->mix->files[file], errors)
                                  : DONE);
    }
    return DONE;
}

static TableReader *create_reader(const PlainLayer *plain) {
    const SampleTable *table = &plain->note.table;
    const int64_t table_bytes = sample_table_end(table) - table->data_offset;
    const int64_t least = table->channel_count > 1 ? LEAST_FRAMES_OF_CHANNELS : LEAST_FRAMES;
    const int64_t most = READ_BYTES / (table_bytes / table->frame_count);
    const TableShape shape = {.table = table,
                              .path = plain->file->real_path,
                              .shown_path = plain->file->path,
                              .place = plain->file->place,
                              .capacity_frames = most > least ? most : least};
    return table_reader_create(plain->inputs->pool, &shape, plain->inputs->arena);
}

/* Tracks of one file are read together: they sound at the same time. */
static TableReader *choose_reader(const PlainLayer *plain) {
    TableReader **shared = &plain->inputs->shared[plain->layer->file];
    if (!plain->layer->tracks) {
        return create_reader(plain);
    }
    *shared = *shared ? *shared : create_reader(plain);
    return *shared;
}

static bool is_note(const StoreObject *object, const MixLayer *layer, const MixFile *file) {
    LayerNote note;
    if (object->size_bytes < sizeof note) {
        return false;
    }
    memcpy(&note, object->bytes, sizeof note);
    const int64_t row_count =
        (layer->length_samples + AUDIO_CHUNK_SAMPLES - 1) / AUDIO_CHUNK_SAMPLES;
    return note.not_audio == LAYER_NOTE_MARK && note.row_count == row_count &&
           note.channel_count == layer->layout->channel_count &&
           object->size_bytes - sizeof note == (size_t)(row_count * note.channel_count) &&
           sample_table_is_good(&note.table) && note.table.channel_count == file->channel_count &&
           note.table.frame_count == file->frame_count;
}

static Status open_plain(PlainLayer *plain, Key key, ErrorList *errors) {
    Store *store = plain->inputs->stage->workplace->store;
    StoreObject object;
    TRY(store_map(store, key, &object, errors));
    if (!is_note(&object, plain->layer, plain->file)) {
        store_unmap(&object);
        return fail(errors, E606, NO_PLACE, "a store object does not hold the note it should");
    }
    memcpy(&plain->note, object.bytes, sizeof plain->note);
    plain->rows = (const unsigned char *)arena_copy_bytes(
        plain->inputs->arena, (const char *)object.bytes + sizeof plain->note,
        object.size_bytes - sizeof plain->note);
    store_unmap(&object);
    plain->reader = choose_reader(plain);
    plain->is_float = sample_table_is_float(&plain->note.table);
    return DONE;
}

Status layer_audio_open(LayerInputs *inputs, int layer, LayerAudio *audio, ErrorList *errors) {
    const Stage *stage = inputs->stage;
    const MixLayer *subject = &stage->mix->layers[layer];
    const Key key = stage->plan->tasks[stage->plan->prepare_tasks[layer]].outputs[0];
    *audio = (LayerAudio){0};
    if (key_is_zero(key) || !mix_layer_is_plain(stage->mix, subject)) {
        TRY(stored_audio_open(stage->workplace->store, key, &audio->stored, errors));
        store_rest(&audio->stored.object); /* its first use has read all of it */
        return DONE;
    }
    PlainLayer *plain = arena_alloc(inputs->arena, sizeof *plain);
    plain->inputs = inputs;
    plain->layer = subject;
    plain->file = &stage->mix->files[subject->file];
    TRY(open_plain(plain, key, errors));
    audio->plain = plain;
    return DONE;
}

/* What a file that was changed has to say comes from that, not from what is found in it. */
static void note_failure(const PlainLayer *plain, int channel, Span frames, float *samples) {
    LayerInputs *inputs = plain->inputs;
    inputs->status = mix_file_check(plain->file, inputs->errors);
    if (inputs->status == DONE) {
        inputs->status =
            table_reader_get(plain->reader, channel, frames, frames.end, samples, inputs->errors);
    }
}

/* frames: of the file; end: the clip has no use for what is behind. */
static void
get_frames(const PlainLayer *plain, int channel, Span frames, int64_t end, float *samples) {
    LayerInputs *inputs = plain->inputs;
    inputs->is_read[plain->layer->file] = true;
    if (inputs->status == DONE &&
        table_reader_get(plain->reader, channel, frames, end, samples, inputs->ignored) != DONE) {
        note_failure(plain, channel, frames, samples);
    }
    if (inputs->status != DONE) {
        memset(samples, 0, (size_t)(frames.end - frames.begin) * sizeof *samples);
    }
}

/* at: of the clip. */
static void
add_piece(const MixClip *clip, int64_t at, const float *piece, int64_t count, float *samples) {
    if (clip->gain == 1.0 && clip_is_steady(clip, at, count)) {
        for (int64_t sample = 0; sample < count; sample++) {
            samples[sample] += piece[sample]; /* rounds as the sum in double does */
        }
        return;
    }
    for (int64_t sample = 0; sample < count; sample++) {
        const double gain = clip_gain_at(clip, at + sample);
        samples[sample] = (float)(samples[sample] + gain * piece[sample]);
    }
}

/* part: of the layer. */
static void
add_clip(const PlainLayer *plain, const MixClip *clip, int channel, Span part, float *samples) {
    const int64_t known = plain->note.table.frame_count - clip->from_samples;
    const int64_t length = clip->length_samples < known ? clip->length_samples : known;
    const int64_t last = part.end - clip->at_samples;
    const int64_t end = last < length ? last : length;
    float piece[PIECE_SAMPLES];
    int64_t at = part.begin > clip->at_samples ? part.begin - clip->at_samples : 0;
    while (at < end) {
        const int64_t count = end - at < PIECE_SAMPLES ? end - at : PIECE_SAMPLES;
        const int64_t frame = clip->from_samples + at;
        get_frames(plain, channel, (Span){frame, frame + count}, clip->from_samples + length,
                   piece);
        add_piece(clip, at, piece, count, samples + (clip->at_samples + at - part.begin));
        at += count;
    }
}

/* The usual case, in one pass: one clip, neither faded nor scaled, and all of the part is in it. */
static bool read_straight(const PlainLayer *plain, int track, Span part, float *samples) {
    const MixLayer *layer = plain->layer;
    const MixClip *clip = &layer->clips[0];
    const Span at = {part.begin - clip->at_samples, part.end - clip->at_samples};
    const int64_t known = plain->note.table.frame_count - clip->from_samples;
    const int64_t length = clip->length_samples < known ? clip->length_samples : known;
    if (layer->clip_count != 1 || track < 0 || clip->gain != 1.0 || at.begin < 0 ||
        at.end > length || !clip_is_steady(clip, at.begin, at.end - at.begin)) {
        return false;
    }
    const Span frames = {clip->from_samples + at.begin, clip->from_samples + at.end};
    get_frames(plain, track, frames, clip->from_samples + length, samples);
    for (int64_t sample = 0; plain->is_float && sample < at.end - at.begin; sample++) {
        samples[sample] += 0.0F; /* -0 becomes 0, as a sum does it */
    }
    return true;
}

/* Part of one row. */
static void read_row(const PlainLayer *plain, int channel, Span part, float *samples) {
    const MixLayer *layer = plain->layer;
    const int64_t row = part.begin / AUDIO_CHUNK_SAMPLES;
    const int64_t count = part.end - part.begin;
    const int track = layer->tracks ? layer->tracks[channel] : channel;
    if (!plain->rows[row * plain->note.channel_count + channel]) {
        memset(samples, 0, (size_t)count * sizeof *samples);
        return;
    }
    if (!read_straight(plain, track, part, samples)) {
        memset(samples, 0, (size_t)count * sizeof *samples);
        for (int clip = 0; track >= 0 && clip < layer->clip_count; clip++) {
            add_clip(plain, &layer->clips[clip], track, part, samples);
        }
    }
    if (layer->gain != 1.0) {
        planes_scale_floats(layer->gain, count, samples);
    }
}

static void read_plain(const PlainLayer *plain, int channel, Span part, float *samples) {
    const int64_t length = plain->layer->length_samples;
    int64_t at = part.begin;
    while (at < part.end) {
        const int64_t row_end = at < 0 ? 0 : (at / AUDIO_CHUNK_SAMPLES + 1) * AUDIO_CHUNK_SAMPLES;
        int64_t stop = at >= length ? part.end : row_end;
        stop = at < length && stop > length ? length : stop;
        stop = stop < part.end ? stop : part.end;
        if (at < 0 || at >= length) {
            memset(samples + (at - part.begin), 0, (size_t)(stop - at) * sizeof *samples);
        } else {
            read_row(plain, channel, (Span){at, stop}, samples + (at - part.begin));
        }
        at = stop;
    }
}

void layer_audio_read(
    const LayerAudio *audio, int channel, int64_t begin, int64_t count, float *samples) {
    if (audio->plain) {
        read_plain(audio->plain, channel, (Span){begin, begin + count}, samples);
    } else {
        stored_audio_read(&audio->stored, channel, begin, count, samples);
    }
}

void layer_audio_rest(const LayerAudio *audio) {
    store_rest(&audio->stored.object);
}

void layer_audio_close(LayerAudio *audio) {
    stored_audio_close(&audio->stored);
    *audio = (LayerAudio){0};
}
