#ifndef CLUSTER_SPACE_WAIT_H
#define CLUSTER_SPACE_WAIT_H
/* A write that found a full disk or a used-up quota: nothing new is started until there is room
 * again, for so long and no longer.
 *
 *     SpaceWait wait = space_wait_for(3600.0);
 *     if (space_wait_note_full(&wait, now_s)) ...        the task is kept and tried again
 *     while (space_wait_is_on(&wait, now_s, places)) ... and then tried
 *     space_wait_note_room(&wait);                       something could be written
 */
#include <stdbool.h>

typedef struct SpaceWait {
    double limit_s; /* 0: nothing is waited for */
    double since_s; /* of the first write that failed and no other has come true since; 0: none */
    double next_s, pause_s; /* when to look next, and how long after that */
    bool is_on;
} SpaceWait;

typedef struct SpacePlaces { /* where there must be room */
    bool (*have_room)(void *context);
    void *context;
} SpacePlaces;

SpaceWait space_wait_for(double limit_s);
/* A write failed. false: that has been waited for as long as is allowed. */
bool space_wait_note_full(SpaceWait *wait, double now_s);
void space_wait_note_room(SpaceWait *wait);
/* Asks the places after 1 s, then after twice as long each time, up to 30 s. Off when they have
 * room, and when the time is over: the next write then decides. */
bool space_wait_is_on(SpaceWait *wait, double now_s, SpacePlaces places);

/* A MiB can be written below the folder, and its file closed: statvfs knows of no quota. true, too,
 * when it cannot be tried. */
bool space_has_room_at(const char *folder);

#endif
