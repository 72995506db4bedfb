#ifndef RENDER_MODEL_STORED_AUDIO_H
#define RENDER_MODEL_STORED_AUDIO_H
/* Audio between stages, as it lies in the store: a small head, rows of samples, where each row is.
 *
 * Chunk k holds frames k * AUDIO_CHUNK_SAMPLES .. of every channel as a row of AUDIO_CHUNK_SAMPLES;
 * the last one is filled up with zeros. Rows of nothing but +0 are left out. Behind the rows stands
 * a number for each of [chunk][channel]: 0 for silence, else 1 + how many rows are ahead of it. So
 * a writer streams in constant memory and a reader maps and seeks.
 */
#include "render/model/store.h"

enum { AUDIO_CHUNK_SAMPLES = 32768 };

typedef struct AudioHead {
    int64_t sample_count;
    int32_t channel_count;
    int32_t unused[13]; /* fills 64 bytes, so that chunks are aligned */
} AudioHead;

/* A view of a mapped object; begin .. sample_count may be read, zeros elsewhere. */
typedef struct StoredAudio {
    StoreObject object;
    const AudioHead *head; /* NULL: silence */
    const float *rows;
    const uint32_t *places; /* [chunk count][channel_count] */
} StoredAudio;

/* Maps the object of `key`; a zero key is silence. */
Status stored_audio_open(Store *store, Key key, StoredAudio *audio, ErrorList *errors);
void stored_audio_close(StoredAudio *audio);
void stored_audio_read(
    const StoredAudio *audio, int channel, int64_t begin, int64_t count, float *out);
/* The same without a copy, as far as it lies in one piece: *count is lowered to that; NULL: zeros.
 */
const float *
stored_audio_view(const StoredAudio *audio, int channel, int64_t begin, int64_t *count);

typedef struct AudioPlace { /* where audio goes */
    Store *store;
    Key key;
    const char *key_text;
    bool is_intermediate; /* may stay on this host: store_place.h */
    bool is_spare;        /* no task needs it */
} AudioPlace;

/* Writes planar audio in any portions. */
typedef struct AudioSink AudioSink;
Status audio_sink_open(const AudioPlace *place,
                       const AudioHead *head,
                       Arena *arena,
                       AudioSink **sink,
                       ErrorList *errors);
Status audio_sink_write(AudioSink *sink, float *const *samples, int64_t count, ErrorList *errors);
Status audio_sink_commit(AudioSink *sink,
                         ErrorList *errors); /* fewer frames than promised: zeros follow */
void audio_sink_cancel(AudioSink *sink);     /* NULL or committed is fine */

#endif
