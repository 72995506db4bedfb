#ifndef RENDER_STAGES_CLIP_READER_H
#define RENDER_STAGES_CLIP_READER_H
/* One clip of a layer, from its file to the job's rate.
 *
 *     ClipReader *reader = clip_reader_create(mix, layer, clip, arena);
 *     TRY(clip_reader_add(reader, begin, count, planes, errors));   ... portion after portion
 *     clip_reader_close(reader);
 *
 * The file is open only while the clip sounds. A file at the job's rate is read from the clip's
 * first sample on; one that is resampled is pushed from its first frame, so that clips of one file
 * fit each other sample by sample.
 */
#include "render/model/mix.h"

typedef struct ClipReader ClipReader;

ClipReader *clip_reader_create(const Mix *mix, const MixLayer *layer, int clip, Arena *arena);
/* Adds what sounds in begin .. begin + count - 1, counted from the layer's first sample, faded and
 * with the clip's gain. begin ascends. planes: [channels of the file][count]. E418: the file is not
 * the one that was planned; else as sound_read. */
Status clip_reader_add(
    ClipReader *reader, int64_t begin, int64_t count, float *const *planes, ErrorList *errors);
/* Greatest size of a sample that was read so far. */
float clip_reader_peak(const ClipReader *reader);
void clip_reader_close(ClipReader *reader); /* as often as wanted */

#endif
