/* How long a full disk or quota is waited for, and whether there is room again. */
#include "cluster/space_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

static const double first_pause_s = 1.0;
static const double longest_pause_s = 30.0;

SpaceWait space_wait_for(double limit_s) {
    return (SpaceWait){.limit_s = limit_s};
}

static bool is_over(const SpaceWait *wait, double now_s) {
    return now_s - wait->since_s >= wait->limit_s;
}

bool space_wait_note_full(SpaceWait *wait, double now_s) {
    if (wait->since_s <= 0.0) {
        wait->since_s = now_s;
        wait->pause_s = first_pause_s;
    }
    if (is_over(wait, now_s)) {
        return false;
    }
    if (!wait->is_on) {
        wait->is_on = true;
        wait->next_s = now_s + wait->pause_s;
    }
    return true;
}

void space_wait_note_room(SpaceWait *wait) {
    wait->since_s = 0.0;
}

bool space_wait_is_on(SpaceWait *wait, double now_s, SpacePlaces places) {
    if (!wait->is_on || (now_s < wait->next_s && !is_over(wait, now_s))) {
        return wait->is_on;
    }
    wait->pause_s = 2.0 * wait->pause_s < longest_pause_s ? 2.0 * wait->pause_s : longest_pause_s;
    wait->next_s = now_s + wait->pause_s;
    wait->is_on = !is_over(wait, now_s) && !places.have_room(places.context);
    return wait->is_on;
}

/* NFS tells a full quota as late as when a file is closed. */
static bool fill(int file) {
    static const char zeros[4096];
    enum { PORTIONS = (1 << 20) / sizeof zeros };
    ssize_t written = (ssize_t)sizeof zeros;
    errno = 0;
    for (int portion = 0; portion < PORTIONS && written == (ssize_t)sizeof zeros; portion++) {
        written = write(file, zeros, sizeof zeros);
    }
    const bool is_whole = written == (ssize_t)sizeof zeros;
    return close(file) == 0 && is_whole;
}

bool space_has_room_at(const char *folder) {
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/.room-%d", folder, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof path) {
        return true;
    }
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        return errno != ENOSPC && errno != EDQUOT;
    }
    const bool has_room = fill(file);
    unlink(path);
    return has_room;
}
