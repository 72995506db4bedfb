#ifndef SPATIAL_IMPULSE_FILE_H
#define SPATIAL_IMPULSE_FILE_H
/* A measured impulse response, read from a sound or SOFA file (sofa_room.h) at the job's rate. */
#include "render/model/mix.h"

/* Fills in the channels, rate and frames of a file. Errors: those of sound_probe, sofa_room_read
 * and impulse_file_check. */
Status impulse_file_probe(MixFile *file, ErrorList *errors);

/* E424 when it is longer than 60 s or has more than 64 channels: known from its header. */
Status impulse_file_check(const MixFile *file, ErrorList *errors);

/* A response from its first sample on, in portions, so that a long and wide one takes no more
 * memory than they do (of a SOFA file: than itself). Brought to another rate it keeps its effect as
 * a filter: its samples are scaled by file rate / job rate.
 *
 *     TRY(impulse_stream_open(file, channel_count, rate_hz, arena, &stream, errors));
 *     TRY(impulse_stream_next(stream, &portion, errors));   ... until it has no samples
 *     impulse_stream_close(&stream);
 */
typedef struct ImpulseStream ImpulseStream;

/* Errors: those of sound_open and sofa_room_read, E415 another number of channels, E424 longer than
 * 60 s or more than 64 channels. */
Status impulse_stream_open(const MixFile *file,
                           int channel_count,
                           int rate_hz,
                           Arena *arena,
                           ImpulseStream **stream,
                           ErrorList *errors);
int64_t impulse_stream_samples(const ImpulseStream *stream); /* all that will come */
/* The samples that follow, a view that lasts until the next call; none at the end. Errors: those of
 * sound_read; at the end E418 when it is not the file of the plan, E422 when all was silent. */
Status impulse_stream_next(ImpulseStream *stream, AudioBlock *portion, ErrorList *errors);
/* Back to its first sample. */
Status impulse_stream_rewind(ImpulseStream *stream, ErrorList *errors);
void impulse_stream_close(ImpulseStream **stream); /* NULL is fine */

/* The whole of it. out: [channel_count][samples], in the arena. Errors: those of the stream. */
Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors);

#endif
