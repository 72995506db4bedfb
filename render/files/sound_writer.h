#ifndef RENDER_FILES_SOUND_WRITER_H
#define RENDER_FILES_SOUND_WRITER_H
/* Sound files as they are delivered: every bit of them follows from the format and the samples.
 *
 *     TRY(sound_create(path, &format, &writer, errors));
 *     TRY(sound_write_integers(writer, samples, frames, errors));
 *     TRY(sound_finish(&writer, sha256, &size_bytes, errors));
 *
 * The file is new (O_EXCL, no symbolic link is followed) and is removed again unless it is
 * finished.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/error.h"
#include "render/base/hash.h"
#include "render/files/sound_sums.h"
#include "render/model/mix.h"
#include "render/model/sound_metadata.h"

typedef struct SoundCue { /* a named place in a file */
    int64_t at_frames;
    const char *name; /* UTF-8 */
} SoundCue;

typedef struct SoundFormat {
    Container container;
    SampleFormat format;
    int channel_count, rate_hz;
    int64_t frame_count;
    uint32_t channel_mask;  /* dwChannelMask, 0: channels without loudspeakers */
    bool is_ambisonic;      /* ACN, SN3D: an Opus file says so */
    int bits_per_s;         /* of an Opus file, 0: opus_bits_per_s of its channels */
    int64_t time_reference; /* bext: samples since midnight */
    bool is_without_bext;
    /* bext texts, NULL = empty. At most 256, 32 and 32 bytes; coding_history has CR LF behind each
     * line. Other than ASCII characters become `?`. */
    const char *description, *originator, *originator_reference, *coding_history;
    Key material;           /* the material number of the UMID (SMPTE ST 330), 0: no UMID */
    SoundMetadata metadata; /* of files with a WAV header */
    const char *ixml;       /* UTF-8, NULL: none; written there, too */
    const SoundCue *cues;   /* [cue_count] inside the file, ascending; written there, too */
    int cue_count;
} SoundFormat;

typedef struct SoundWriter SoundWriter;

/* false: reason (static text) says what the container cannot carry. For E217. */
bool sound_container_can(Container container,
                         SampleFormat format,
                         int channel_count,
                         const char **reason);

/* Steps of full scale: 2^23 for PCM_24; 1 for floats. */
double sound_full_scale(SampleFormat format);

/* Bytes of the finished file, of Opus about; 0 where it is not known before (FLAC). For W217 and
 * disk space. */
int64_t sound_file_bytes(const SoundFormat *format);
/* Sizes in ds64: RF64 or BW64 asked for, or too long for WAV. */
bool sound_becomes_rf64(const SoundFormat *format);

/* E217: the container cannot; E501 .. E509: the file cannot be made. */
Status
sound_create(const char *path, const SoundFormat *format, SoundWriter **writer, ErrorList *errors);

/* PCM_16, PCM_24, PCM_32: interleaved: [frames][channel_count], in steps of the format, within its
 * range. */
Status sound_write_integers(SoundWriter *writer,
                            const int32_t *interleaved,
                            int64_t frames,
                            ErrorList *errors);

/* FLOAT_32, FLOAT_64: interleaved: [frames][channel_count]. */
Status sound_write_floats(SoundWriter *writer,
                          const double *interleaved,
                          int64_t frames,
                          ErrorList *errors);

/* Whether its files give back other samples than were written. */
bool sound_is_lossy(Container container);

/* Whether its files have fields for what their samples measure (bext). */
bool sound_tells_loudness(Container container);
/* What the samples measure, once they are all known: for these fields, which stay unset without. Of
 * a file without them nothing becomes of it. */
void sound_set_loudness(SoundWriter *writer, const SoundLoudness *loudness);

/* Ends the file on disk (fsync) and gives its checksum and size. Whatever happens, the writer is
 * gone; after an error the file is, too. E601: not as many frames as promised. */
Status
sound_finish(SoundWriter **writer, Sha256Text sha256, int64_t *size_bytes, ErrorList *errors);

/* The same, with a seal in place of the checksum: nothing is read again but the head. */
Status sound_finish_sealed(SoundWriter **writer, SoundSeal *seal, ErrorList *errors);

void sound_cancel(SoundWriter **writer); /* removes the file; NULL is fine */

#endif
