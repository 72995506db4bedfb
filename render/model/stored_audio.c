/* Audio between stages, as it lies in the store: a small head, then planar chunks. */
#include "render/model/stored_audio.h"

#include <string.h>

struct AudioSink {
    StoreWriter *writer;
    AudioHead head;
    float *chunk; /* [channel_count][AUDIO_CHUNK_SAMPLES] */
    int64_t filled_samples, written_samples;
};

static int64_t chunk_count(const AudioHead *head) {
    return (head->sample_count + AUDIO_CHUNK_SAMPLES - 1) / AUDIO_CHUNK_SAMPLES;
}

static size_t chunk_bytes(const AudioHead *head) {
    return (size_t)head->channel_count * AUDIO_CHUNK_SAMPLES * sizeof(float);
}

Status stored_audio_open(Store *store, Key key, StoredAudio *audio, ErrorList *errors) {
    *audio = (StoredAudio){0};
    if (key_is_zero(key)) {
        return DONE;
    }
    TRY(store_map(store, key, &audio->object, errors));
    const AudioHead *head = audio->object.bytes;
    if (audio->object.size_bytes < sizeof *head ||
        audio->object.size_bytes != sizeof *head + (size_t)chunk_count(head) * chunk_bytes(head)) {
        store_unmap(&audio->object);
        return fail(errors, E606, NO_PLACE, "a store object does not hold the audio it should");
    }
    audio->head = head;
    audio->chunks = (const float *)(const void *)(head + 1);
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
    const int64_t row = begin / AUDIO_CHUNK_SAMPLES * audio->head->channel_count + channel;
    return audio->chunks + row * AUDIO_CHUNK_SAMPLES + offset;
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
    (*sink)->chunk = arena_alloc(arena, chunk_bytes(head));
    TRY(store_put_begin(place->store, place->key, place->key_text, &(*sink)->writer, errors));
    return store_write((*sink)->writer, head, sizeof *head, errors);
}

static Status flush_chunk(AudioSink *sink, ErrorList *errors) {
    const int64_t rest = AUDIO_CHUNK_SAMPLES - sink->filled_samples;
    for (int channel = 0; rest && channel < sink->head.channel_count; channel++) {
        float *end = sink->chunk + (int64_t)channel * AUDIO_CHUNK_SAMPLES + sink->filled_samples;
        memset(end, 0, (size_t)rest * sizeof *end);
    }
    sink->filled_samples = 0;
    sink->written_samples += AUDIO_CHUNK_SAMPLES;
    return store_write(sink->writer, sink->chunk, chunk_bytes(&sink->head), errors);
}

Status audio_sink_write(AudioSink *sink, float *const *samples, int64_t count, ErrorList *errors) {
    for (int64_t done = 0; done < count;) {
        int64_t portion = AUDIO_CHUNK_SAMPLES - sink->filled_samples;
        portion = portion < count - done ? portion : count - done;
        for (int channel = 0; channel < sink->head.channel_count; channel++) {
            memcpy(sink->chunk + (int64_t)channel * AUDIO_CHUNK_SAMPLES + sink->filled_samples,
                   samples[channel] + done, (size_t)portion * sizeof(float));
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
    while (sink->filled_samples > 0 || sink->written_samples < sink->head.sample_count) {
        TRY(flush_chunk(sink, errors));
    }
    return store_put_commit(&sink->writer, errors);
}

void audio_sink_cancel(AudioSink *sink) {
    if (sink) {
        store_put_cancel(&sink->writer);
    }
}
