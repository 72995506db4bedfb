#ifndef SPATIAL_IMPULSE_FILE_H
#define SPATIAL_IMPULSE_FILE_H
/* A measured impulse response, read from a sound or SOFA file (sofa_room.h) at the job's rate. */
#include "render/model/mix.h"

/* Fills in the channels, rate and frames of a file. Errors: those of sound_probe, sofa_room_read
 * and impulse_file_check. */
Status impulse_file_probe(MixFile *file, ErrorList *errors);

/* E424 when it is longer than 60 s or has more than 64 channels: known from its header. */
Status impulse_file_check(const MixFile *file, ErrorList *errors);

/* out: [channel_count][samples], in the arena. Brought to another rate it keeps its effect as a
 * filter (its samples are scaled by file rate / job rate). Errors: those of sound_open, sound_read
 * and sofa_room_read, E418 when it is not the file of the plan, E415 another number of channels,
 * E422 silent, E424 longer than 60 s or more than 64 channels. */
Status impulse_file_read(const MixFile *file,
                         int channel_count,
                         int rate_hz,
                         Arena *arena,
                         AudioBlock *out,
                         ErrorList *errors);

#endif
