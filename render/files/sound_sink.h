#ifndef RENDER_FILES_SOUND_SINK_H
#define RENDER_FILES_SOUND_SINK_H
/* What every writer of a format is and has, private to this folder.
 *
 * A new format: one file with a SoundWriterKind, one line in registry.c.
 */
#include "render/base/files.h"
#include "render/files/sound_writer.h"

typedef struct SoundWriterKind {
    const char *name;      /* as in messages */
    const char *extension; /* of its files */
    bool tells_loudness;   /* there are fields for it */
    bool is_lossy;         /* other samples come back */
    /* false: reason says why; static text */
    bool (*can)(SampleFormat format, int channel_count, const char **reason);
    int64_t (*file_bytes)(const SoundFormat *format); /* 0: not known before */
    /* Each gets the writer with its file open; the format was checked by can. */
    Status (*begin)(SoundWriter *writer, ErrorList *errors);
    Status (*write_integers)(SoundWriter *writer,
                             const int32_t *interleaved,
                             int64_t frames,
                             ErrorList *errors);
    /* NULL: the format has no floats */
    Status (*write_floats)(SoundWriter *writer,
                           const double *interleaved,
                           int64_t frames,
                           ErrorList *errors);
    Status (*end)(SoundWriter *writer, ErrorList *errors); /* all bytes are in the file then */
    void (*release)(
        SoundWriter *writer); /* what begin took, after end or instead of it; NULL: nothing */
} SoundWriterKind;

struct SoundWriter {
    const SoundWriterKind *kind;
    Arena *arena; /* holds the writer */
    OpenFile file;
    SoundFormat format;
    int64_t written_frames;
    /* Of kinds that only append behind a head: its length, and the sum of what is behind it. */
    int64_t head_bytes;
    KeyStream *rest; /* NULL: bytes are changed anywhere */
    bool has_loudness;
    SoundLoudness loudness;
    void *state; /* of the kind */
};

extern const SoundWriterKind wav_writer_kind;  /* CONTAINER_WAV */
extern const SoundWriterKind bw64_writer_kind; /* CONTAINER_RF64 and CONTAINER_BW64 */
extern const SoundWriterKind flac_writer_kind; /* CONTAINER_FLAC */
extern const SoundWriterKind caf_writer_kind;  /* CONTAINER_CAF */
extern const SoundWriterKind opus_writer_kind; /* CONTAINER_OPUS */

/* In registry.c. */
const SoundWriterKind *sound_writer_kind(Container container);

/* Bytes of one sample in a WAV file. */
int sound_sample_bytes(SampleFormat format);
bool sound_is_float(SampleFormat format);

#endif
