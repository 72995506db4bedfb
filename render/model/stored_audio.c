/* Audio between stages, as it lies in the store: a small head, rows, where each row is. */
#include "render/model/stored_audio.h"

#include <assert.h>
#include <string.h>

struct AudioSink {
    StoreWriter *writer;
    AudioHead head;
    float *chunk;     /* [channel_count][AUDIO_CHUNK_SAMPLES] */
    bool *sounds;     /* [channel_count]: the row of the chunk holds more than +0 */
    uint32_t *places; /* [chunk count][channel_count] */
    uint32_t row_count;
    int64_t filled_samples, written_chunks;
};

static int64_t chunk_count(const AudioHead *head) {
    return (head->sample_count + AUDIO_CHUNK_SAMPLES - 1) / AUDIO_CHUNK_SAMPLES;
}

static size_t place_count(const AudioHead *head) {
    return (size_t)chunk_count(head) * (size_t)head->channel_count;
}

enum { ROW_BYTES = AUDIO_CHUNK_SAMPLES * sizeof(float) };

static bool is_whole(const StoreObject *object) {
    const AudioHead *head = object->bytes;
    if (object->size_bytes < sizeof *head || head->sample_count < 0 || head->channel_count < 0) {
        return false;
    }
    const size_t rows_bytes = object->size_bytes - sizeof *head;
    const size_t places_bytes = place_count(head) * sizeof(uint32_t);
    return rows_bytes >= places_bytes && (rows_bytes - places_bytes) % ROW_BYTES == 0;
}

/* No place may lie behind the rows. */
static bool are_places_good(const StoredAudio *audio, size_t row_count) {
    bool are_good = true;
    for (size_t place = 0; place < place_count(audio->head); place++) {
        are_good = are_good && audio->places[place] <= row_count;
    }
    return are_good;
}

Status stored_audio_open(Store *store, Key key, StoredAudio *audio, ErrorList *errors) {
    *audio = (StoredAudio){0};
    if (key_is_zero(key)) {
        return DONE;
    }
    TRY(store_map(store, key, &audio->object, errors));
    bool is_good = is_whole(&audio->object);
    if (is_good) {
        audio->head = audio->object.bytes;
        audio->rows = (const float *)(const void *)(audio->head + 1);
        const size_t places_bytes = place_count(audio->head) * sizeof(uint32_t);
        const size_t row_count =
            (audio->object.size_bytes - sizeof *audio->head - places_bytes) / ROW_BYTES;
        audio->places =
            (const uint32_t *)(const void *)(audio->rows + row_count * AUDIO_CHUNK_SAMPLES);
        is_good = are_places_good(audio, row_count);
    }
    if (!is_good) {
        stored_audio_close(audio);
        return fail(errors, E606, NO_PLACE, "a store object does not hold the audio it should");
    }
    return DONE;
}

void stored_audio_close(StoredAudio *audio) {
    store_unmap(&audio->object);
    *audio = (StoredAudio){0};
}

const float *
stored_audio_view(const StoredAudio *audio, int channel, int64_t begin, int64_t *count) {
    const int64_t available = audio->head ? audio->head->sample_count : 0;
    if (begin < 0 || begin >= available) {
        *count = begin < 0 && -begin < *count ? -begin : *count;
        return NULL;
    }
    const int64_t offset = begin % AUDIO_CHUNK_SAMPLES;
    int64_t portion = AUDIO_CHUNK_SAMPLES - offset;
    portion = portion < available - begin ? portion : available - begin;
    *count = portion < *count ? portion : *count;
    const uint32_t place =
        audio->places[begin / AUDIO_CHUNK_SAMPLES * audio->head->channel_count + channel];
    return place ? audio->rows + (int64_t)(place - 1) * AUDIO_CHUNK_SAMPLES + offset : NULL;
}

void stored_audio_read(
    const StoredAudio *audio, int channel, int64_t begin, int64_t count, float *out) {
    for (int64_t done = 0; done < count;) {
        int64_t portion = count - done;
        const float *samples = stored_audio_view(audio, channel, begin + done, &portion);
        if (samples) {
            memcpy(out + done, samples, (size_t)portion * sizeof *out);
        } else {
            memset(out + done, 0, (size_t)portion * sizeof *out);
        }
        done += portion;
    }
}

Status audio_sink_open(const AudioPlace *place,
                       const AudioHead *head,
                       Arena *arena,
                       AudioSink **sink,
                       ErrorList *errors) {
    *sink = arena_alloc(arena, sizeof **sink);
    (*sink)->head = *head;
    (*sink)->chunk = arena_alloc(arena, (size_t)head->channel_count * ROW_BYTES);
    (*sink)->sounds = arena_array(arena, (size_t)head->channel_count, sizeof(bool));
    (*sink)->places = arena_array(arena, place_count(head), sizeof(uint32_t));
    Status (*const put_begin)(Store *, Key, const char *, StoreWriter **, ErrorList *) =
        place->is_spare          ? store_put_begin_spare
        : place->is_intermediate ? store_put_begin_intermediate
                                 : store_put_begin;
    TRY(put_begin(place->store, place->key, place->key_text, &(*sink)->writer, errors));
    return store_write((*sink)->writer, head, sizeof *head, errors);
}

/* Nothing but +0, whose bytes are 0: each is as those of the sample before it. */
static bool is_silent(const float *samples, int64_t count) {
    static const unsigned char zero[sizeof *samples] = {0};
    const unsigned char *bytes = (const unsigned char *)samples;
    return memcmp(bytes, zero, sizeof zero) == 0 &&
           memcmp(bytes, bytes + sizeof zero, ((size_t)count - 1) * sizeof zero) == 0;
}

static Status flush_row(AudioSink *sink, int channel, ErrorList *errors) {
    float *row = sink->chunk + (int64_t)channel * AUDIO_CHUNK_SAMPLES;
    const int64_t rest = AUDIO_CHUNK_SAMPLES - sink->filled_samples;
    if (!sink->sounds[channel]) {
        return DONE;
    }
    sink->sounds[channel] = false;
    memset(row + sink->filled_samples, 0, (size_t)rest * sizeof *row);
    sink->places[sink->written_chunks * sink->head.channel_count + channel] = ++sink->row_count;
    return store_write(sink->writer, row, ROW_BYTES, errors);
}

static Status flush_chunk(AudioSink *sink, ErrorList *errors) {
    assert(sink->written_chunks < chunk_count(&sink->head));
    for (int channel = 0; channel < sink->head.channel_count; channel++) {
        TRY(flush_row(sink, channel, errors));
    }
    sink->filled_samples = 0;
    sink->written_chunks++;
    return DONE;
}

/* A row is touched when something sounds in it: of many rows most may be silent. */
static void fill_row(AudioSink *sink, int channel, const float *samples, int64_t count) {
    float *row = sink->chunk + (int64_t)channel * AUDIO_CHUNK_SAMPLES;
    if (!sink->sounds[channel]) {
        if (is_silent(samples, count)) {
            return;
        }
        memset(row, 0, (size_t)sink->filled_samples * sizeof *row);
        sink->sounds[channel] = true;
    }
    memcpy(row + sink->filled_samples, samples, (size_t)count * sizeof *row);
}

Status audio_sink_write(AudioSink *sink, float *const *samples, int64_t count, ErrorList *errors) {
    for (int64_t done = 0; done < count;) {
        int64_t portion = AUDIO_CHUNK_SAMPLES - sink->filled_samples;
        portion = portion < count - done ? portion : count - done;
        for (int channel = 0; channel < sink->head.channel_count; channel++) {
            fill_row(sink, channel, samples[channel] + done, portion);
        }
        sink->filled_samples += portion;
        done += portion;
        if (sink->filled_samples == AUDIO_CHUNK_SAMPLES) {
            TRY(flush_chunk(sink, errors));
        }
    }
    return DONE;
}

Status audio_sink_commit(AudioSink *sink, ErrorList *errors) {
    if (sink->filled_samples > 0) {
        TRY(flush_chunk(sink, errors));
    }
    TRY(store_write(sink->writer, sink->places, place_count(&sink->head) * sizeof *sink->places,
                    errors));
    return store_put_commit(&sink->writer, errors);
}

void audio_sink_cancel(AudioSink *sink) {
    if (sink) {
        store_put_cancel(&sink->writer);
    }
}
