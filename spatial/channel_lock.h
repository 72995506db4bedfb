#ifndef SPATIAL_CHANNEL_LOCK_H
#define SPATIAL_CHANNEL_LOCK_H
/* Objects that snap to the nearest loudspeaker: channelLock of BS.2127-1, 7.3.6.
 *
 * Among loudspeakers equally near, the one nearest to the horizon wins, then the lower, then the
 * one nearest to the front, then the one on the right.
 */
#include "render/base/arena.h"
#include "render/model/layout.h"

typedef struct ChannelLock ChannelLock;

ChannelLock *channel_lock_create(const Layout *layout, Arena *arena);

/* Moves position (right, front, up; 1 is the sphere of the loudspeakers) to the loudspeaker, when
 * one is nearer than max_distance (NULL: however far). */
void channel_lock_polar(const ChannelLock *lock, const double *max_distance, double position[3]);

/* The same in the cube of Cartesian objects, where height counts more than depth, and depth more
 * than width. excluded: [channel_count], not to be locked to, or NULL. */
void channel_lock_cube(const ChannelLock *lock,
                       const double *max_distance,
                       const bool *excluded,
                       double position[3]);

#endif
