/* Whether the store's file system has room for more. */
#include "cluster/space_watch.h"

#include <sys/statvfs.h>

static const uint64_t smallest_bytes = UINT64_C(1) << 30;
static const uint64_t largest_reserve_bytes = UINT64_C(256) << 20;
static const uint64_t reserve_share = 64;

bool space_is_short(uint64_t free_bytes, uint64_t total_bytes) {
    const uint64_t share_bytes = total_bytes / reserve_share;
    const uint64_t reserve_bytes =
        share_bytes < largest_reserve_bytes ? share_bytes : largest_reserve_bytes;
    return total_bytes >= smallest_bytes && free_bytes < reserve_bytes;
}

bool space_is_short_at(const char *path) {
    struct statvfs facts;
    return statvfs(path, &facts) == 0 && space_is_short((uint64_t)facts.f_bavail * facts.f_frsize,
                                                        (uint64_t)facts.f_blocks * facts.f_frsize);
}
