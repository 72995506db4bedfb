/* How long one source takes through a room: SOURCE.wav (mono) with every channel of IMPULSE.wav.
 *
 *     bench_convolver SOURCE.wav IMPULSE.wav [OUT.f32 | kept | anew | fftw]
 *
 * Rendered slice by slice as the program's tasks do it; with a third file also written,
 * interleaved. kept, anew: in spans of 11 s, each of which goes on where the last one ended, or
 * begins with what the source was before. fftw: by its transforms.
 * Prints JSON: engine_s is the CPU time of convolver_run alone.
 */
#include <stdio.h>
#include <string.h>

#include "render/dsp/convolver.h"
#include "tests/bench/bench_sound.h"

typedef struct Bench {
    BenchSound source, impulse;
    FilterBank *bank;
    Convolver *convolver;
    int64_t span_samples;
    bool is_anew;
    FftEngine fft;
    float **out; /* [channel_count][span_samples] */
    FILE *file;  /* or NULL */
    double engine_s, sum;
} Bench;

/* The convolver asks for (partitions + 1) blocks before a span and the rest of the last block. */
static int64_t pre_roll_samples(const Bench *bench) {
    const int64_t block = convolver_block_samples(bench->impulse.info.frame_count);
    return (filter_bank_partition_count(bench->bank) + 1) * block;
}

static void write_frames(const Bench *bench, int64_t count) {
    for (int64_t sample = 0; sample < count; sample++) {
        for (int channel = 0; channel < bench->impulse.info.channel_count; channel++) {
            fwrite(&bench->out[channel][sample], sizeof(float), 1, bench->file);
        }
    }
}

/* A sum of some samples: proof that there were any; peers throw theirs away. */
static void use_span(Bench *bench, int64_t count) {
    enum { STEP = 64 };
    for (int channel = 0; channel < bench->impulse.info.channel_count; channel++) {
        for (int64_t sample = 0; sample < count; sample += STEP) {
            bench->sum += (double)bench->out[channel][sample];
        }
    }
    if (bench->file) {
        write_frames(bench, count);
    }
}

/* Whole groups of blocks: only then can the next span go on. */
enum { LONG_SPAN_SAMPLES = 16 * 32768 };

static Status render_span(Bench *bench, Span span, ErrorList *errors) {
    TRY(bench_sound_load(&bench->source, span.begin - pre_roll_samples(bench), errors));
    BenchChannel mono = {&bench->source, 0};
    const ConvolverSource source = {bench_channel_read, &mono, bench->bank};
    const double begin_s = bench_cpu_s();
    if (bench->is_anew) {
        convolver_forget(bench->convolver);
    }
    const Status status =
        convolver_write_on(bench->convolver, &source, 1, span, bench->out, errors);
    bench->engine_s += bench_cpu_s() - begin_s;
    use_span(bench, span.end - span.begin);
    return status;
}

/* What is only needed to make the spectra is freed again, as a task does. */
static Status open_bank(Bench *bench, const char *path, Arena *arena, ErrorList *errors) {
    Arena *scratch = arena_create();
    Status status = bench_sound_open(path, 0, scratch, &bench->impulse, errors);
    const AudioBlock responses = {bench->impulse.rows, bench->impulse.info.channel_count,
                                  bench->impulse.info.frame_count};
    status = status ? status
                    : filter_bank_create_by(bench->fft, &responses,
                                            convolver_block_samples(responses.sample_count), arena,
                                            &bench->bank, errors);
    arena_destroy(&scratch);
    return status;
}

static Status open_bench(Bench *bench, char **paths, Arena *arena, ErrorList *errors) {
    bench->is_anew = paths[2] && strcmp(paths[2], "anew") == 0;
    const bool is_long = bench->is_anew || (paths[2] && strcmp(paths[2], "kept") == 0);
    bench->fft = paths[2] && strcmp(paths[2], "fftw") == 0 ? FFT_FFTW : FFT_LANE;
    const bool has_file = paths[2] && !is_long && bench->fft == FFT_LANE;
    bench->span_samples = is_long ? LONG_SPAN_SAMPLES : BENCH_SPAN_SAMPLES;
    TRY(open_bank(bench, paths[1], arena, errors));
    bench->convolver = convolver_create(arena);
    bench->out = arena_array(arena, (size_t)bench->impulse.info.channel_count, sizeof *bench->out);
    for (int channel = 0; channel < bench->impulse.info.channel_count; channel++) {
        bench->out[channel] = arena_array(arena, (size_t)bench->span_samples, sizeof(float));
    }
    const int64_t capacity = 2 * pre_roll_samples(bench) + bench->span_samples;
    TRY(bench_sound_open(paths[0], capacity, arena, &bench->source, errors));
    bench->file = has_file ? fopen(paths[2], "wb") : NULL;
    return DONE;
}

static Status run_bench(Bench *bench, char **paths, Arena *arena, ErrorList *errors) {
    TRY(open_bench(bench, paths, arena, errors));
    const int64_t length = bench->source.info.frame_count + bench->impulse.info.frame_count - 1;
    for (SampleTime begin = 0; begin < length; begin += bench->span_samples) {
        const SampleTime end = begin + bench->span_samples;
        TRY(render_span(bench, (Span){begin, end < length ? end : length}, errors));
    }
    printf("{\"engine_s\": %.6f, \"sum\": %.17g}\n", bench->engine_s, bench->sum);
    return DONE;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "bench_convolver SOURCE.wav IMPULSE.wav [OUT.f32 | kept | anew | fftw]\n");
        return 2;
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Bench bench = {0};
    int result = bench_end(run_bench(&bench, argv + 1, arena, errors), errors);
    convolver_close(bench.convolver);
    if (bench.file && fclose(bench.file) != 0) {
        result = 1;
    }
    sound_close(&bench.source.reader);
    sound_close(&bench.impulse.reader);
    arena_destroy(&arena);
    return result;
}
