#ifndef TESTS_BENCH_BENCH_SOUND_H
#define TESTS_BENCH_BENCH_SOUND_H
/* What the bench programs share: a sound file seen through a window, and the clock. */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/units.h"
#include "render/files/sound_reader.h"

enum { BENCH_SPAN_SAMPLES = 8 * 32768 }; /* a slice of a SPATIALIZE task */

/* Samples begin .. begin + capacity - 1 of a file, 0 outside its material. */
typedef struct BenchSound {
    SoundReader *reader;
    SoundInfo info;
    bool is_loaded;
    SampleTime begin;
    int64_t capacity;
    float *interleaved; /* a portion */
    float **rows;       /* [channel_count][capacity] */
} BenchSound;

/* capacity 0: the whole file, loaded. */
Status bench_sound_open(
    const char *path, int64_t capacity, Arena *arena, BenchSound *sound, ErrorList *errors);
/* Moves the window; what it holds already is not read again. */
Status bench_sound_load(BenchSound *sound, SampleTime begin, ErrorList *errors);

typedef struct BenchChannel {
    const BenchSound *sound;
    int channel;
} BenchChannel;

/* A ConvolverRead; context: BenchChannel. What is asked for lies in the window. */
void bench_channel_read(void *context, SampleTime begin, int64_t count, float *samples);

double **bench_make_planes(Arena *arena, int channel_count, int64_t sample_count);
/* User and system time of this process. */
double bench_cpu_s(void);
/* Says on stderr what went wrong. Returns what main returns. */
int bench_end(Status status, const ErrorList *errors);

#endif
