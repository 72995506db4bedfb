#ifndef SPATIAL_IMPULSE_FILE_H
#define SPATIAL_IMPULSE_FILE_H
/* A measured impulse response, read from a sound file at the job's rate. */
#include "render/model/mix.h"

/* out: [channel_count][samples], in the arena. Brought to another rate it keeps its effect
 * as a filter (its samples are scaled by file rate / job rate). Errors: those of sound_open and
 * sound_read, E418 when it is not the file of the plan, E415 another number of channels, E422
 * silent, E424 longer than 60 s or more than 64 channels. */
Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors);

#endif
