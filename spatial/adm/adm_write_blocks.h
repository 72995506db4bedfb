#ifndef SPATIAL_ADM_ADM_WRITE_BLOCKS_H
#define SPATIAL_ADM_ADM_WRITE_BLOCKS_H
/* The way of a layer's channel as audioBlockFormats. Inside spatial/adm only.
 *
 * A block tells the state at its end; a renderer moves there in a straight line (of gains,
 * BS.2127-1, 5.3) from the end of the block before. The first one has no length and tells the
 * beginning. With `motion: bs2127` there is a block per point of the path, which is then rendered
 * elsewhere as it is here. Else a path is cut until a block turns by at most 3 degrees (or goes
 * 0.05 in the cube), or is as short as 256 samples: what a renderer of BS.2127 makes of it differs
 * from the smooth motion here by less than 1 % of the sound's peak (tests/jobs/test_adm_out.c).
 */
#include "render/base/growing_text.h"
#include "render/stages/source.h"

typedef struct BlockTimes {
    const Mix *mix;                    /* in which the source moves */
    const MixDeliverable *deliverable; /* in whose time it is told: exactly, at any speed */
} BlockTimes;

/* channel_id: "AC_00031001"; the blocks cover all of the deliverable without gaps. */
void adm_add_blocks(Text *text,
                    const BlockTimes *times,
                    const Source *source,
                    const char *channel_id);

#endif
