#ifndef SPATIAL_LAYOUT_TABLE_H
#define SPATIAL_LAYOUT_TABLE_H
/* The built-in layouts and the order in which their channels stand in a file.
 *
 *     const Layout *layout = layout_find("7.1.4");
 *     int order[16];
 *     uint32_t mask;
 *     layout_file_order(layout, ORDER_SMPTE, order, &mask);   // mask 0x2D63F
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/model/layout.h"

/* Channels of the largest layout (hoa7). */
enum { LAYOUT_MAX_CHANNELS = 64 };

/* The words of deliverables.*.channel_order. */
typedef enum ChannelOrder { ORDER_SMPTE, ORDER_FILM, ORDER_ITU, ORDER_DCP } ChannelOrder;

/* What a DCP has beside loudspeakers: its channels 7 and 8. */
enum { DCP_CHANNELS = 16, DCP_HI = 6, DCP_VI = 7 };

/* NULL when no built-in layout has this name ("foa" and "hoa1" are two names of one thing). */
const Layout *layout_find(const char *name);
/* All of them, as listed to authors: 1.0 2.0 ... 22.2 binaural foa hoa1 ... hoa7; NULL past the
 * end. */
const Layout *layout_at(int index);
/* What a file of so many channels means when nothing says otherwise: 1.0 2.0 5.1 7.1 7.1.4, else
 * NULL. */
const Layout *layout_for_channel_count(int channel_count);

/* One of the ten systems of BS.2051-3, "0+2+0" ... "9+10+3" (4+5+1, 3+7+0 and 4+9+0 have no other
 * name and are not listed by layout_at); NULL: no such system. */
const Layout *layout_find_bs2051(const char *name);
/* "4+7+0" of 7.1.4 and of what varies it; NULL: none of BS.2051. */
const char *layout_bs2051_system(const Layout *layout);
/* M+030, U-110, LFE1 ...: what BS.2051 calls the place; "" for a place without a label. */
const char *layout_bs2051_label(const Layout *layout, int channel);
/* The channel with this label, ours (L, Ltf) or that of BS.2051 (M+030, U+045); -1: none. */
int layout_channel_index(const Layout *layout, const char *label);
/* What such a label means in no particular layout: Ltf is that of 7.1.4. False: nothing. */
bool layout_find_channel(const char *label, Channel *found);
/* Of a place with a label: x right, y front, z up in the room -1 .. 1 of BS.2127-1, 11.2. Else
 * false. */
bool layout_cube_position(const Layout *layout, int channel, double position[3]);

/* WAVEFORMATEXTENSIBLE dwChannelMask of a file whose channel k is bus channel order[k] (NULL:
 * production order). 0 unless every channel has a bit and the bits ascend: no other order can be
 * told by a mask. */
uint32_t layout_wave_mask(const Layout *layout, const int *order);

/* The first channel that has no place in a DCP; NULL: all have one. */
const char *layout_dcp_stray(const Layout *layout);

/* Which bus channel each channel of a delivered file is, and the file's mask. Returns the number of
 * channels; bus_channel_of_file_channel: [LAYOUT_MAX_CHANNELS].
 *
 * smpte: ascending mask bits where every channel has a bit of its own, as every reader of WAVE
 *        expects (7.1 has its rears before its sides, mask 0x63F; 7.1.4 0x2D63F), else the
 *        production order with mask 0.
 * film:  L C R, wides, surrounds, LFE, heights (Pro Tools); layouts with two LFE or none in film
 *        use stay in production order.
 * itu:   the production order of BS.2051 and SMPTE, sides before rears.
 * dcp:   the 16 of a DCP, mask 0: L R C LFE Ls Rs HI VI Lc Rc Lrs Rrs motion sync sign -, where
 *        the sides of 7.1 stand at Ls and Rs; -1: silent. Only where layout_dcp_stray says so. */
int layout_file_order(const Layout *layout,
                      ChannelOrder order,
                      int *bus_channel_of_file_channel,
                      uint32_t *mask);

#endif
