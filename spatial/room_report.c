/* The response of a room as a measurement would find it. */
#include "spatial/room_report.h"

#include <math.h>

#include "spatial/impulse_file.h"
#include "spatial/shoebox.h"
#include "spatial/shoebox_images.h"

static void add_images(
    const MixRoom *room, int rate_hz, const AudioBlock *walls, float *samples, int64_t count) {
    static const Position front = {.distance_m = 1.0};
    ReflectionList list;
    shoebox_reflections(&room->shoebox, room->early_s, front, &list);
    for (int index = 0; index < list.count; ++index) {
        const Reflection *const image = &list.entries[index];
        const int64_t place = (int64_t)rint(image->delay_s * rate_hz);
        const float *const wall = walls->samples[image->wall_count - 1];
        for (int64_t tap = 0; tap < walls->sample_count && place + tap < count; ++tap) {
            samples[place + tap] += (float)(image->gain * (double)wall[tap]);
        }
    }
}

/* The direct sound is sample 0. */
static Status shoebox_response(
    const Mix *mix, const MixRoom *room, Arena *arena, AudioBlock *out, ErrorList *errors) {
    AudioBlock tail;
    AudioBlock walls;
    TRY(shoebox_tail(room, mix->seed, mix->rate_hz, arena, &tail, errors));
    TRY(shoebox_walls(&room->shoebox, mix->rate_hz, arena, &walls, errors));
    float *const samples = tail.samples[0];
    add_images(room, mix->rate_hz, &walls, samples, tail.sample_count);
    samples[0] += 1.0F;
    *out = (AudioBlock){tail.samples, 1, tail.sample_count};
    return DONE;
}

/* A file is as wide and long as it likes: portion by portion. */
static Status add_stream(ImpulseStream *stream, double *energy, ErrorList *errors) {
    AudioBlock portion;
    do {
        TRY(impulse_stream_next(stream, &portion, errors));
        decay_add_energy(&portion, energy);
        energy += portion.sample_count;
    } while (portion.sample_count > 0);
    return DONE;
}

static Status measure_file(
    const Mix *mix, const MixFile *file, Arena *arena, DecayFacts *facts, ErrorList *errors) {
    ImpulseStream *stream = NULL;
    TRY(impulse_stream_open(file, file->channel_count, mix->rate_hz, arena, &stream, errors));
    const int64_t count = impulse_stream_samples(stream);
    double *const energy = arena_array(arena, (size_t)count, sizeof *energy);
    const Status status = add_stream(stream, energy, errors);
    if (status == DONE) {
        decay_measure(energy, count, mix->rate_hz, arena, facts);
    }
    impulse_stream_close(&stream);
    return status;
}

static Status
measure(const Mix *mix, const MixRoom *room, Arena *arena, DecayFacts *facts, ErrorList *errors) {
    AudioBlock response;
    if (!room->is_shoebox) {
        return measure_file(mix, &mix->files[room->file], arena, facts, errors);
    }
    TRY(shoebox_response(mix, room, arena, &response, errors));
    double *const energy = arena_array(arena, (size_t)response.sample_count, sizeof *energy);
    decay_add_energy(&response, energy);
    decay_measure(energy, response.sample_count, mix->rate_hz, arena, facts);
    return DONE;
}

Status room_report(const Mix *mix, int room, DecayFacts *facts, ErrorList *errors) {
    Arena *arena = arena_create();
    const ErrorEntry *const before = errors_last(errors);
    const Status status = measure(mix, &mix->rooms[room], arena, facts, errors);
    if (status != DONE) {
        errors_within(errors, before, "measuring room `%s`", mix->rooms[room].id);
    }
    arena_destroy(&arena);
    return status;
}
