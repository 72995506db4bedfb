/* How exact a convolution is: OUT.f32 against the direct sum in double precision.
 *
 *     bench_convolver_error SOURCE.wav IMPULSE.wav OUT.f32
 *
 * OUT holds interleaved floats with the channels of IMPULSE. A few hundred moments spread over it
 * are judged in all channels. Prints JSON: the gain that fits OUT best, and the error that is left,
 * in dB below the signal.
 */
#include <math.h>
#include <stdio.h>

#include "tests/bench/bench_sound.h"

enum { MOMENTS = 200, CHANNELS_MAX = 64 };

static double
direct_sum(const BenchSound *source, const float *response, int64_t taps, int64_t at) {
    double sum = 0;
    for (int64_t tap = 0; tap < taps; tap++) {
        const int64_t from = at - tap;
        if (from >= 0 && from < source->info.frame_count) {
            sum += (double)response[tap] * (double)source->rows[0][from];
        }
    }
    return sum;
}

typedef struct Judged { /* [count] */
    double *should, *is;
    int64_t count;
} Judged;

static Status collect(const BenchSound *source,
                      const BenchSound *impulse,
                      FILE *file,
                      Judged *judged,
                      ErrorList *errors) {
    const int channel_count = impulse->info.channel_count;
    const int64_t frame_bytes = channel_count * (int64_t)sizeof(float);
    fseeko(file, 0, SEEK_END);
    const int64_t frame_count = ftello(file) / frame_bytes;
    for (int64_t moment = 0; moment < MOMENTS; moment++) {
        const int64_t frame = (2 * moment + 1) * frame_count / (2 * (int64_t)MOMENTS);
        float values[CHANNELS_MAX];
        fseeko(file, frame * frame_bytes, SEEK_SET);
        if (fread(values, (size_t)frame_bytes, 1, file) != 1) {
            return fail(errors, E411, NO_PLACE, "the output cannot be read");
        }
        for (int channel = 0; channel < channel_count; channel++) {
            judged->is[judged->count] = (double)values[channel];
            judged->should[judged->count++] =
                direct_sum(source, impulse->rows[channel], impulse->info.frame_count, frame);
        }
    }
    return DONE;
}

/* The gain that fits best, then what is left: peers scale their output in ways of their own. */
static void print_error(const Judged *judged) {
    double product = 0;
    double energy = 0;
    for (int64_t at = 0; at < judged->count; at++) {
        product += judged->should[at] * judged->is[at];
        energy += judged->should[at] * judged->should[at];
    }
    const double gain = product / energy;
    double rest = 0;
    for (int64_t at = 0; at < judged->count; at++) {
        const double error = judged->is[at] - gain * judged->should[at];
        rest += error * error;
    }
    printf("{\"gain\": %.6f, \"error_db\": %.2f}\n", gain,
           10 * log10(rest / (gain * gain * energy)));
}

static Status run(char **paths, Arena *arena, ErrorList *errors) {
    BenchSound source = {0};
    BenchSound impulse = {0};
    TRY(bench_sound_open(paths[0], 0, arena, &source, errors));
    TRY(bench_sound_open(paths[1], 0, arena, &impulse, errors));
    FILE *file = fopen(paths[2], "rb");
    if (!file || impulse.info.channel_count > CHANNELS_MAX) {
        return fail(errors, E410, NO_PLACE, "`%s` cannot be judged", paths[2]);
    }
    const size_t most = (size_t)MOMENTS * CHANNELS_MAX;
    Judged judged = {arena_array(arena, most, sizeof(double)),
                     arena_array(arena, most, sizeof(double)), 0};
    const Status status = collect(&source, &impulse, file, &judged, errors);
    fclose(file);
    sound_close(&source.reader);
    sound_close(&impulse.reader);
    TRY(status);
    print_error(&judged);
    return DONE;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "bench_convolver_error SOURCE.wav IMPULSE.wav OUT.f32\n");
        return 2;
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const int result = bench_end(run(argv + 1, arena, errors), errors);
    arena_destroy(&arena);
    return result;
}
