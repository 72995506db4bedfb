/* A table of what was summed, one place per lower key. */
#include "render/model/verified_objects.h"

#include <stdint.h>
#include <time.h>

enum { PLACES = 4096 }; /* power of two; keys are hashes, so any bits of them will do */

/* Longer than the step of a file system's clock, 10 ms at most on Linux. */
static const int64_t settled_ns = 100000000;

typedef struct Verified {
    Key key;
    uint64_t device, inode;
    int64_t size_bytes, modified_ns, changed_ns;
} Verified;

struct VerifiedObjects {
    Verified places[PLACES];
};

static int64_t ns_of(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

VerifiedObjects *verified_objects_create(Arena *arena) {
    return arena_alloc(arena, sizeof(VerifiedObjects));
}

static Verified verified_of(Key key, const struct stat *facts) {
    return (Verified){.key = key,
                      .device = facts->st_dev,
                      .inode = facts->st_ino,
                      .size_bytes = facts->st_size,
                      .modified_ns = ns_of(facts->st_mtim),
                      .changed_ns = ns_of(facts->st_ctim)};
}

bool verified_objects_has(const VerifiedObjects *objects, Key key, const struct stat *facts) {
    const Verified *known = &objects->places[key.low % PLACES];
    const Verified asked = verified_of(key, facts);
    return key_equal(known->key, key) && known->device == asked.device &&
           known->inode == asked.inode && known->size_bytes == asked.size_bytes &&
           known->modified_ns == asked.modified_ns && known->changed_ns == asked.changed_ns;
}

void verified_objects_add(VerifiedObjects *objects, Key key, const struct stat *facts) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); /* word: decides what is summed again, never a result */
    const Verified verified = verified_of(key, facts);
    const int64_t age_ns = ns_of(now) - verified.changed_ns;
    if (age_ns >= settled_ns) {
        objects->places[key.low % PLACES] = verified;
    }
}
