/* The spatializers of a rank, made once. Law: what create makes depends on the bus alone. */
#include "render/stages/stage.h"

/* A few rooms of a few seconds in a few layouts; one bank of 12 channels and 4 s takes 20 MiB. */
enum { BANK_LIMIT_MIB = 128 };

PannerCache *panner_cache_create(const Mix *mix, int64_t limit_bytes, Arena *arena) {
    PannerCache *cache = arena_alloc(arena, sizeof *cache);
    cache->arena = arena;
    const size_t count = (size_t)mix->bus_count + (size_t)mix->room_count;
    cache->selves = arena_array(arena, 2 * count, sizeof *cache->selves);
    cache->others = arena_array(arena, count, sizeof(Spatializer *));
    cache->banks = bank_cache_create(
        limit_bytes > 0 ? (size_t)limit_bytes : (size_t)BANK_LIMIT_MIB << 20, arena);
    return cache;
}

/* Where the panner of a bus is kept; NULL: nowhere. */
static void **find_place(PannerCache *cache, const Mix *mix, int bus, const Spatializer *panner) {
    if (!cache) {
        return NULL;
    }
    if (panner == mix_bus_at(mix, bus)->panner) {
        return &cache->selves[2 * (size_t)bus];
    }
    if (!cache->others[bus]) {
        cache->others[bus] = panner;
    }
    return cache->others[bus] == panner ? &cache->selves[2 * (size_t)bus + 1] : NULL;
}

Status stage_panner(
    const Stage *stage, int bus, const Spatializer *panner, void **self, ErrorList *errors) {
    const Mix *mix = stage->mix;
    const MixBus *target = mix_bus_at(mix, bus);
    PannerCache *cache = stage->workplace->panners;
    void **place = find_place(cache, mix, bus, panner);
    if (place && *place) {
        *self = *place;
        return DONE;
    }
    const HeadFile head = mix_head_of(mix, target, stage->workplace->store);
    const MixFile *sofa = head.file;
    Arena *arena = place ? cache->arena : stage->scratch;
    const ErrorEntry *before = errors_last(errors);
    const Status status = panner->create(target->layout, mix->rate_hz, &head, arena, self, errors);
    if (sofa) {
        errors_place(errors, before, sofa->place);
    }
    TRY(status);
    TRY(sofa ? mix_file_check(sofa, errors) : DONE);
    if (place) {
        *place = *self;
    }
    return DONE;
}
