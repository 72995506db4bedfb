#ifndef TESTS_SPATIAL_SCENE_H
#define TESTS_SPATIAL_SCENE_H
/* A Mix of one room and one bus, for tests of impulse responses. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spatial/layout_table.h"
#include "spatial/registry.h"
#include "spatial/room.h"
#include "tests/support/taken_response.h"

enum { RATE_HZ = 48000 };
static const char *const sofa_path = "/usr/share/libmysofa/default.sofa";
static const MixFile default_sofa = {.path = "default.sofa",
                                     .real_path = "/usr/share/libmysofa/default.sofa"};
static const HeadFile default_head = {.file = &default_sofa};

/* One room, one bus. */
typedef struct Scene {
    Arena *arena;
    ErrorList *errors;
    MixFile files[2]; /* impulse response, SOFA */
    MixRoom room;
    MixBus bus;
    Mix mix;
} Scene;

static inline Scene *open_scene(const char *bus_layout) {
    Arena *const arena = arena_create();
    Scene *const scene = arena_alloc(arena, sizeof *scene);
    scene->arena = arena;
    scene->errors = errors_create(arena);
    scene->room = (MixRoom){
        .id = "hall",
        .is_shoebox = true,
        .shoebox = {.size_m = {12.0, 20.0, 8.0}, .t60_s = 1.2, .t60_hf_s = 0.6},
        .normalise = true,
        .gain = 1.0,
        .truncate_db = -100.0,
    };
    scene->bus.layout = layout_find(bus_layout);
    scene->bus.panner = spatializer_for(scene->bus.layout);
    scene->bus.sofa_file = scene->bus.layout->kind == LAYOUT_BINAURAL ? 1 : -1;
    scene->files[1].path = sofa_path;
    scene->files[1].real_path = sofa_path;
    scene->mix = (Mix){.rate_hz = RATE_HZ,
                       .seed = 20,
                       .files = scene->files,
                       .file_count = 2,
                       .rooms = &scene->room,
                       .room_count = 1,
                       .buses = &scene->bus,
                       .bus_count = 1};
    return scene;
}

static inline void close_scene(Scene *scene) {
    Arena *arena = scene->arena;
    arena_destroy(&arena);
}

static inline Status try_to_make(Scene *scene, AudioBlock *block) {
    TakenResponse taken = {.arena = scene->arena};
    const ResponseTaker taker = taken_response_taker(&taken);
    const Status status =
        room_impulse(&scene->mix, &(RoomInBus){0, 0, NULL}, &taker, scene->errors);
    *block = taken.block;
    return status;
}

static inline AudioBlock make(Scene *scene) {
    AudioBlock block;
    assert_int_equal(try_to_make(scene, &block), DONE);
    assert_int_equal(block.channel_count, scene->bus.layout->channel_count);
    return block;
}

static inline double energy_of(const AudioBlock *block, int channel) {
    double energy = 0.0;
    for (int64_t sample = 0; sample < block->sample_count; ++sample) {
        energy += (double)block->samples[channel][sample] * (double)block->samples[channel][sample];
    }
    return energy;
}

static inline double total_energy(const AudioBlock *block) {
    double energy = 0.0;
    for (int channel = 0; channel < block->channel_count; ++channel) {
        energy += energy_of(block, channel);
    }
    return energy;
}

#endif
