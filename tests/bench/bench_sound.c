/* A sound file seen through a window, and the clock of the bench programs. */
#include "tests/bench/bench_sound.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "render/dsp/convolver_kernels.h"

enum { PORTION_FRAMES = 512, BIN_CHANNELS = 2 * CONVOLVER_LANES };

Status bench_sound_open(
    const char *path, int64_t capacity, Arena *arena, BenchSound *sound, ErrorList *errors) {
    TRY(sound_open(path, path, NO_PLACE, &sound->reader, &sound->info, errors));
    const size_t channel_count = (size_t)sound->info.channel_count;
    sound->capacity = capacity ? capacity : sound->info.frame_count;
    const size_t frames = (size_t)sound->capacity;
    sound->interleaved = arena_array(arena, PORTION_FRAMES * channel_count, sizeof(float));
    sound->rows = arena_array(arena, channel_count, sizeof *sound->rows);
    /* strides that are no power of two */
    const size_t stride = (frames + 15) / 16 * 16 + 16;
    float *all = arena_array(arena, channel_count * stride, sizeof *all);
    for (size_t channel = 0; channel < channel_count; channel++) {
        sound->rows[channel] = all + channel * stride;
    }
    return capacity ? DONE : bench_sound_load(sound, 0, errors);
}

/* Frames of sixteen channels are as wide as bins. */
static void part_frames(const BenchSound *sound, int64_t at, int64_t count) {
    const ConvolverKernels *kernels = convolver_kernels_at(cpu_level_choose());
    const int channel_count = sound->info.channel_count;
    const int64_t turned =
        channel_count == BIN_CHANNELS ? count / CONVOLVER_LANES * CONVOLVER_LANES : 0;
    for (int channel = 0; turned && channel < channel_count; channel += CONVOLVER_LANES) {
        kernels->turn_bins(sound->interleaved + channel, (int)turned, sound->rows[channel] + at,
                           sound->rows[1] - sound->rows[0]);
    }
    for (int channel = 0; channel < channel_count; channel++) {
        float *row = sound->rows[channel] + at;
        for (int64_t frame = turned; frame < count; frame++) {
            row[frame] = sound->interleaved[frame * channel_count + channel];
        }
    }
}

/* Frames first .. last - 1 of the file into the rows; what is in cache is taken apart at once. */
static Status read_rows(BenchSound *sound, SampleTime first, SampleTime last, ErrorList *errors) {
    int64_t got = 0;
    TRY(sound_seek(sound->reader, first, errors));
    for (SampleTime at = first; at < last; at += got) {
        const int64_t wanted = last - at < PORTION_FRAMES ? last - at : PORTION_FRAMES;
        TRY(sound_read(sound->reader, sound->interleaved, wanted, &got, errors));
        if (got == 0) {
            return DONE;
        }
        part_frames(sound, at - sound->begin, got);
    }
    return DONE;
}

/* Moves what the window already holds of it; where what is missing begins. */
static SampleTime keep_overlap(BenchSound *sound, SampleTime begin) {
    const SampleTime held_end = sound->begin + sound->capacity;
    const bool goes_on = sound->is_loaded && begin >= sound->begin && begin < held_end;
    for (int channel = 0; goes_on && channel < sound->info.channel_count; channel++) {
        float *row = sound->rows[channel];
        memmove(row, row + (begin - sound->begin), (size_t)(held_end - begin) * sizeof *row);
    }
    sound->begin = begin;
    sound->is_loaded = true;
    return goes_on ? held_end : begin;
}

Status bench_sound_load(BenchSound *sound, SampleTime begin, ErrorList *errors) {
    const SampleTime end = begin + sound->capacity;
    const SampleTime missing = keep_overlap(sound, begin);
    const SampleTime audible = missing < 0 ? 0 : missing;
    const SampleTime first = audible < end ? audible : end;
    const SampleTime known = end < sound->info.frame_count ? end : sound->info.frame_count;
    const SampleTime last = known > first ? known : first;
    for (int channel = 0; channel < sound->info.channel_count; channel++) {
        float *row = sound->rows[channel];
        memset(row + (missing - begin), 0, (size_t)(first - missing) * sizeof *row);
        memset(row + (last - begin), 0, (size_t)(end - last) * sizeof *row);
    }
    return first < last ? read_rows(sound, first, last, errors) : DONE;
}

void bench_channel_read(void *context, SampleTime begin, int64_t count, float *samples) {
    const BenchChannel *from = context;
    const int64_t at = begin - from->sound->begin;
    assert(at >= 0 && at + count <= from->sound->capacity);
    memcpy(samples, from->sound->rows[from->channel] + at, (size_t)count * sizeof *samples);
}

double **bench_make_planes(Arena *arena, int channel_count, int64_t sample_count) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, (size_t)sample_count, sizeof **planes);
    }
    return planes;
}

double bench_cpu_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int bench_end(Status status, const ErrorList *errors) {
    if (status != DONE) {
        const ErrorEntry *entry = errors_last(errors);
        fprintf(stderr, "E%d: %s\n", (int)status, entry ? entry->message : "?");
        return 1;
    }
    return 0;
}
