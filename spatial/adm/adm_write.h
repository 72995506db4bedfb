#ifndef SPATIAL_ADM_ADM_WRITE_H
#define SPATIAL_ADM_ADM_WRITE_H
/* The chna and axml chunks of what is delivered: ITU-R BS.2076-2, BS.2088-1.
 *
 *     adm_write_metadata(mix, deliverable, output, &loudness, arena, &metadata);
 *
 * Written in the long form (stream and track formats, AT_ in chna) that readers of BS.2076-1 know,
 * too. Ids count up from the numbers that are free for own definitions; nothing depends on the
 * clock. What moves is told in blocks at exact times (adm_write_blocks.h).
 *
 * An ADM deliverable is a bed, then its objects: one audioObject per layer, with a channel format
 * for each of its channels. Any other file is one audioObject with the common pack of its layout.
 */
#include "render/model/mix.h"

/* Implements Mix.sound_metadata. The layout has to be one that adm_common_pack_of takes. Memory:
 * twice the size of axml. */
void adm_write_metadata(const Mix *mix,
                        int deliverable,
                        const MixOutput *output,
                        const SoundLoudness *loudness,
                        Arena *arena,
                        SoundMetadata *metadata);

#endif
