#ifndef RENDER_FILES_TRACK_READER_H
#define RENDER_FILES_TRACK_READER_H
/* Single tracks of a file with hundreds of them, as doubles: the exact values of integers too.
 *
 *     track_reader_open(file, &info, 4096, arena, &reader);
 *     TRY(track_reader_load(reader, frame, count, errors));
 *     TRY(track_reader_get(reader, track, (Span){0, count}, samples, errors));
 */
#include "render/base/units.h"
#include "render/files/sound_header.h"

typedef struct TrackReader TrackReader;

/* info: of sound_walk on the same file, with samples that lie open in it (raw_encoding), of 16 to
 * 64 bits. The reader lives in the arena and holds frame_capacity frames. */
void track_reader_open(const OpenFile *file,
                       const SoundInfo *info,
                       int frame_capacity,
                       Arena *arena,
                       TrackReader **reader);

/* count frames from frame on; none may lie behind the end. E411, E413. */
Status track_reader_load(TrackReader *reader, int64_t frame, int count, ErrorList *errors);

/* samples: [count], the part of the loaded frames; integers of b bits become value
 * / 2^(b-1). E417: NaN or Inf. */
Status track_reader_get(
    const TrackReader *reader, int track, Span part, double *samples, ErrorList *errors);

#endif
