#ifndef SPATIAL_BED_LAYER_H
#define SPATIAL_BED_LAYER_H
/* How the channels of a bed (3.0 and more) reach the loudspeakers of a bus: by name, not by
 * panning.
 *
 * In this order: the same loudspeaker at gain 1; Ls and Rs (M+-110) where the bus has sides and
 * rears instead: both at -3 dB, or the sides alone at gain 1; the table of BS.2127-1, 8.4. A bed
 * never sounds in loudspeakers beyond these. The engine takes LFE channels to those of the bus, two
 * of them into the only one at -3 dB each.
 *
 * Layouts of a job are the same: their channels have the labels of the places where they ought to
 * stand. One of them without such a label sends the layer to the panner, from where they really
 * stand.
 *
 * A mono layer that is a `speaker` is such a channel, too. It holds for layers without a pan, path
 * or width of their own, panned by bs2127. Other layers, and the bus 1.0, which has no L and R for
 * the table, are panned channel by channel.
 *
 * Law: the gains depend on the two layouts and the words of the layer alone.
 */
#include "render/model/mix.h"

bool bed_layer_is_by_name(const MixLayer *layer, const MixBus *bus);

/* responses: [layer channels][bus channels], in the arena, zero for LFE; NULL where the layer is
 * panned. */
void bed_layer_responses(const MixLayer *layer, const MixBus *bus, Arena *arena, float **responses);

#endif
