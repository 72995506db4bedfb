#ifndef RENDER_STAGES_CLIP_GAIN_H
#define RENDER_STAGES_CLIP_GAIN_H
/* How loud a clip is at a place of it: its gain, its fades, its splices. */
#include "render/model/mix.h"

/* at: counted from the clip's first sample. */
double clip_gain_at(const MixClip *clip, int64_t at);
/* Neither fades nor splices in this part of it: clip->gain all along. */
bool clip_is_steady(const MixClip *clip, int64_t at, int64_t count);

#endif
