/* A sound file seen through a window, and the clock of the bench programs. */
#include "tests/bench/bench_sound.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { PORTION_FRAMES = 1024 };

Status bench_sound_open(
    const char *path, int64_t capacity, Arena *arena, BenchSound *sound, ErrorList *errors) {
    TRY(sound_open(path, path, NO_PLACE, &sound->reader, &sound->info, errors));
    const size_t channel_count = (size_t)sound->info.channel_count;
    sound->capacity = capacity ? capacity : sound->info.frame_count;
    const size_t frames = (size_t)sound->capacity;
    sound->interleaved = arena_array(arena, PORTION_FRAMES * channel_count, sizeof(float));
    sound->rows = arena_array(arena, channel_count, sizeof *sound->rows);
    for (size_t channel = 0; channel < channel_count; channel++) {
        sound->rows[channel] = arena_array(arena, frames, sizeof(float));
    }
    return capacity ? DONE : bench_sound_load(sound, 0, errors);
}

/* Frames first .. last - 1 of the file into the rows; what is in cache is taken apart at once. */
static Status read_rows(BenchSound *sound, SampleTime first, SampleTime last, ErrorList *errors) {
    const int channel_count = sound->info.channel_count;
    int64_t got = 0;
    TRY(sound_seek(sound->reader, first, errors));
    for (SampleTime at = first; at < last; at += got) {
        const int64_t wanted = last - at < PORTION_FRAMES ? last - at : PORTION_FRAMES;
        TRY(sound_read(sound->reader, sound->interleaved, wanted, &got, errors));
        if (got == 0) {
            return DONE;
        }
        for (int channel = 0; channel < channel_count; channel++) {
            float *row = sound->rows[channel] + (at - sound->begin);
            for (int64_t frame = 0; frame < got; frame++) {
                row[frame] = sound->interleaved[frame * channel_count + channel];
            }
        }
    }
    return DONE;
}

Status bench_sound_load(BenchSound *sound, SampleTime begin, ErrorList *errors) {
    const SampleTime end = begin + sound->capacity;
    const SampleTime first = begin < 0 ? 0 : begin;
    const SampleTime known = end < sound->info.frame_count ? end : sound->info.frame_count;
    const SampleTime last = known > first ? known : first;
    sound->begin = begin;
    for (int channel = 0; channel < sound->info.channel_count; channel++) {
        float *row = sound->rows[channel];
        memset(row, 0, (size_t)(first - begin) * sizeof *row);
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
