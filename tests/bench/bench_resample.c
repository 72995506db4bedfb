/* How long a change of rate takes: OBJECTS.wav as if it were 44.1 kHz, to 48 kHz.
 *
 *     bench_resample OBJECTS.wav
 *
 * Prints JSON: engine_s is the CPU time of the resampler alone. */
#include <stdio.h>

#include "render/dsp/resample.h"
#include "tests/bench/bench_sound.h"

enum { FROM_HZ = 44100, TO_HZ = 48000, PORTION_FRAMES = 4096 };

typedef struct Bench {
    SoundReader *reader;
    Resampler *resampler;
    float *in, *out;
    int64_t frames;
    double engine_s;
} Bench;

static Status open_bench(Bench *bench, const char *path, Arena *arena, ErrorList *errors) {
    SoundInfo info;
    TRY(sound_open(path, path, NO_PLACE, &bench->reader, &info, errors));
    TRY(resampler_create(FROM_HZ, TO_HZ, info.channel_count, &bench->resampler, errors));
    const size_t channels = (size_t)info.channel_count;
    const size_t room = (size_t)resampler_capacity(bench->resampler, PORTION_FRAMES);
    bench->in = arena_array(arena, PORTION_FRAMES * channels, sizeof *bench->in);
    bench->out = arena_array(arena, room * channels, sizeof *bench->out);
    return DONE;
}

static Status run(Bench *bench, const char *path, Arena *arena, ErrorList *errors) {
    TRY(open_bench(bench, path, arena, errors));
    for (int64_t got = 1; got > 0;) {
        int64_t count = 0;
        TRY(sound_read(bench->reader, bench->in, PORTION_FRAMES, &got, errors));
        const double begin_s = bench_cpu_s();
        TRY(got > 0 ? resampler_push(bench->resampler, bench->in, got, bench->out, &count, errors)
                    : resampler_flush(bench->resampler, bench->out, &count, errors));
        bench->engine_s += bench_cpu_s() - begin_s;
        bench->frames += count;
    }
    printf("{\"engine_s\": %.6f, \"frames\": %lld}\n", bench->engine_s, (long long)bench->frames);
    return DONE;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "bench_resample OBJECTS.wav\n");
        return 2;
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Bench bench = {0};
    const int result = bench_end(run(&bench, argv[1], arena, errors), errors);
    resampler_destroy(&bench.resampler);
    sound_close(&bench.reader);
    arena_destroy(&arena);
    return result;
}
