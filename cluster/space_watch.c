/* Whether a file system has room for more. */
#include "cluster/space_watch.h"

#include <sys/statvfs.h>

static const uint64_t smallest_bytes = UINT64_C(1) << 30;
static const uint64_t largest_reserve_bytes = UINT64_C(256) << 20;
static const uint64_t smallest_file_count = 65536;
static const uint64_t largest_reserve_count = 4096;
static const uint64_t reserve_share = 64;

static bool is_short(uint64_t free, uint64_t total, uint64_t smallest, uint64_t largest_reserve) {
    const uint64_t share = total / reserve_share;
    const uint64_t reserve = share < largest_reserve ? share : largest_reserve;
    return total >= smallest && free < reserve;
}

bool space_is_short(uint64_t free_bytes, uint64_t total_bytes) {
    return is_short(free_bytes, total_bytes, smallest_bytes, largest_reserve_bytes);
}

bool space_files_are_short(uint64_t free_count, uint64_t total_count) {
    return is_short(free_count, total_count, smallest_file_count, largest_reserve_count);
}

bool space_is_small_at(const char *path) {
    struct statvfs facts;
    return statvfs(path, &facts) == 0 &&
           ((uint64_t)facts.f_blocks * facts.f_frsize < smallest_bytes ||
            (facts.f_files > 0 && facts.f_files < smallest_file_count));
}

bool space_is_short_at(const char *path) {
    struct statvfs facts;
    return statvfs(path, &facts) == 0 &&
           (space_is_short((uint64_t)facts.f_bavail * facts.f_frsize,
                           (uint64_t)facts.f_blocks * facts.f_frsize) ||
            space_files_are_short(facts.f_favail, facts.f_files));
}
