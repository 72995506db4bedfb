#ifndef CLUSTER_SPACE_WATCH_H
#define CLUSTER_SPACE_WATCH_H
/* Whether a file system has room for more: below a reserve no task is started until there is room
 * again, so that what runs can be finished and published. */
#include <stdbool.h>
#include <stdint.h>

/* A 64th of the file system, 256 MiB at most, is kept free; one smaller than 1 GiB is used up. */
bool space_is_short(uint64_t free_bytes, uint64_t total_bytes);
/* The same for files: a 64th, 4096 at most; a file system of fewer than 65536 files is used up, and
 * one that tells no number (total 0) has no limit. */
bool space_files_are_short(uint64_t free_count, uint64_t total_count);
/* Of the file system that holds path; false when it cannot be asked. */
bool space_is_short_at(const char *path);
/* It is so small that it may be used up. */
bool space_is_small_at(const char *path);

#endif
