#ifndef RENDER_FILES_SOUND_READER_H
#define RENDER_FILES_SOUND_READER_H
/* The samples of a sound file as floats, in order, none of them NaN or Inf unless asked for.
 *
 *     TRY(sound_open(file->real_path, file->path, file->place, &reader, &info, errors));
 *     TRY(sound_read(reader, samples, 4096, &got, errors));   // got < 4096: the end
 *     sound_close(&reader);
 */
#include <stdint.h>

#include "render/files/sound_header.h"
#include "render/files/sound_sums.h"

typedef struct SoundReader SoundReader;

/* Errors as sound_probe, without its warnings; messages name the file shown_path. */
Status sound_open(const char *path,
                  const char *shown_path,
                  Place place,
                  SoundReader **reader,
                  SoundInfo *info,
                  ErrorList *errors);

/* The same of a WAV, RF64 or BW64 file with up to SOUND_MAX_TRACKS channels, of which only some are
 * wanted: sound_read gives [frames][count]. info tells of the whole file. E412: its samples are
 * packed. */
enum { SOUND_MAX_TRACKS = 1024 };
typedef struct SoundTracks {
    const int *tracks; /* [count] from 0, -1: silence; kept by the caller */
    int count;
    const char *shown_path; /* in messages, which stand at place */
    Place place;
} SoundTracks;
Status sound_open_tracks(const char *path,
                         const SoundTracks *wanted,
                         SoundReader **reader,
                         SoundInfo *info,
                         ErrorList *errors);

/* The same for judging what is there: up to SOUND_MAX_JUDGED_CHANNELS channels, and sound_read lets
 * NaN and Inf through. */
enum { SOUND_MAX_JUDGED_CHANNELS = 128 };
Status sound_open_as_is(const char *path, SoundReader **reader, SoundInfo *info, ErrorList *errors);

/* interleaved: [frames][channel_count]. Integers of b bits become value / 2^(b-1), rounded to
 * float where b > 25. got < frames only at the end of the file.
 * E417: NaN or Inf; E413: the file ends before the frames its header promised; E411: unreadable. */
Status sound_read(
    SoundReader *reader, float *interleaved, int64_t frames, int64_t *got, ErrorList *errors);

/* The next sound_read begins at frame, 0 .. frame_count. */
Status sound_seek(SoundReader *reader, int64_t frame, ErrorList *errors);

/* From here on the bytes of the file are summed as they are read; head_bytes: as in its seal. */
void sound_begin_sums(SoundReader *reader, int64_t head_bytes);
/* Of the whole file, what no sound_read has passed included. E411. */
Status sound_end_sums(SoundReader *reader, SoundSeal *seal, Sha256Text sha256, ErrorList *errors);

void sound_close(SoundReader **reader); /* NULL is fine */

#endif
