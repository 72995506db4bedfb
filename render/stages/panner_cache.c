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
    const MixFile *sofa = target->sofa_file < 0 ? NULL : &mix->files[target->sofa_file];
    const char *path = sofa ? sofa->real_path : NULL;
    Arena *arena = cache ? cache->arena : stage->scratch;
    const ErrorEntry *before = errors_last(errors);
    const Status status =
        target->panner->create(target->layout, mix->rate_hz, path, arena, self, errors);
    if (sofa) {
        errors_place(errors, before, sofa->place);
    }
    TRY(status);
    TRY(sofa ? mix_file_check(sofa, errors) : DONE);
    if (cache) {
        cache->selves[bus] = *self;
    }
    return DONE;
}
