/* The spatializers of a rank, made once. Law: what create makes depends on the bus alone. */
#include "render/stages/stage.h"

PannerCache *panner_cache_create(const Mix *mix, Arena *arena) {
    PannerCache *cache = arena_alloc(arena, sizeof *cache);
    cache->arena = arena;
    cache->selves = arena_array(arena, (size_t)mix->bus_count, sizeof *cache->selves);
    return cache;
}

Status stage_panner(const Stage *stage, int bus, void **self, ErrorList *errors) {
    const Mix *mix = stage->mix;
    const MixBus *target = &mix->buses[bus];
    PannerCache *cache = stage->workplace->panners;
    if (cache && cache->selves[bus]) {
        *self = cache->selves[bus];
        return DONE;
    }
    const char *sofa = target->sofa_file < 0 ? NULL : mix->files[target->sofa_file].real_path;
    Arena *arena = cache ? cache->arena : stage->scratch;
    TRY(target->panner->create(target->layout, mix->rate_hz, sofa, arena, self, errors));
    if (cache) {
        cache->selves[bus] = *self;
    }
    return DONE;
}
