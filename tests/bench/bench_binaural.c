/* How long objects take to both ears: every channel of OBJECTS.wav is one of them.
 *
 *     bench_binaural OBJECTS.wav HRTF.sofa still|moving [STORE]
 *
 * Moving objects go round at 90 degrees a second, each at its own height. Rendered span by span as
 * the program's tasks do it. Prints JSON: engine_s is the CPU time of the responses and the
 * convolver, set_up_s that of opening the
 * SOFA file, which is read from the store when it was there before.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/base/files.h"
#include "render/dsp/ear_convolver.h"
#include "spatial/binaural.h"
#include "spatial/layout_table.h"
#include "tests/bench/bench_sound.h"

enum {
    OBJECTS_MAX = 64,
    MARGIN_SAMPLES = 8192,
    USED_STEP = 64 /* of the samples, as proof that there were any; peers throw theirs away */
};

static const double turn_deg_s = 90.0;

typedef struct Object {
    BenchChannel channel;
    const void *panner;
    double azimuth_deg, elevation_deg;
    int rate_hz, grid_samples;
} Object;

typedef struct Bench {
    BenchSound sound;
    void *panner;
    int object_count, tap_count;
    Object objects[OBJECTS_MAX];
    EarSource sources[OBJECTS_MAX];
    EarConvolver *convolver;
    double *out[EARS]; /* [BENCH_SPAN_SAMPLES] */
    double set_up_s, engine_s, sum_of_squares;
} Bench;

static void read_object(void *context, SampleTime begin, int64_t count, float *samples) {
    Object *object = context;
    bench_channel_read(&object->channel, begin, count, samples);
}

static void respond_at(void *context, int64_t grid_index, float *taps) {
    const Object *object = context;
    const double time_s = (double)(grid_index * object->grid_samples) / object->rate_hz;
    const double turned_deg = object->azimuth_deg + turn_deg_s * time_s;
    const Position at = {.azimuth_deg = remainder(turned_deg, 360.0),
                         .elevation_deg = object->elevation_deg,
                         .distance_m = 2.0};
    binaural.respond(object->panner, at, taps);
}

static void place_objects(Bench *bench) {
    bench->object_count = bench->sound.info.channel_count;
    for (int index = 0; index < bench->object_count; index++) {
        Object *object = &bench->objects[index];
        *object = (Object){
            .channel = {&bench->sound, index},
            .panner = bench->panner,
            .azimuth_deg = 360.0 * index / bench->object_count,
            .elevation_deg = 15.0 * (index % 4) - 15.0,
            .rate_hz = bench->sound.info.rate_hz,
            .grid_samples = ear_grid_samples(bench->tap_count)
        };
        bench->sources[index] = (EarSource){index, read_object, respond_at, object, NULL};
    }
}

static Status convolve(Bench *bench, Span span, bool is_moving, ErrorList *errors) {
    const double begin_s = bench_cpu_s();
    const EarShape shape = {.tap_count = bench->tap_count, .is_moving = is_moving, .span = span};
    const Status status = ear_convolver_go_on(bench->convolver, bench->sources, bench->object_count,
                                              &shape, bench->out, errors);
    bench->engine_s += bench_cpu_s() - begin_s;
    return status;
}

static Status render_span(Bench *bench, Span span, bool is_moving, ErrorList *errors) {
    for (int ear = 0; ear < EARS; ear++) {
        memset(bench->out[ear], 0, (size_t)BENCH_SPAN_SAMPLES * sizeof(double));
    }
    TRY(bench_sound_load(&bench->sound, span.begin - MARGIN_SAMPLES, errors));
    TRY(convolve(bench, span, is_moving, errors));
    for (int64_t sample = 0; sample < span.end - span.begin; sample += USED_STEP) {
        for (int ear = 0; ear < EARS; ear++) {
            bench->sum_of_squares += bench->out[ear][sample] * bench->out[ear][sample];
        }
    }
    return DONE;
}

static Status set_up(Bench *bench, char **paths, Arena *arena, ErrorList *errors) {
    const int64_t capacity = BENCH_SPAN_SAMPLES + 2 * (int64_t)MARGIN_SAMPLES;
    TRY(bench_sound_open(paths[0], capacity, arena, &bench->sound, errors));
    if (bench->sound.info.channel_count > OBJECTS_MAX) {
        return fail(errors, E415, NO_PLACE, "at most %d objects", OBJECTS_MAX);
    }
    const double begin_s = bench_cpu_s();
    MixFile file = {.path = paths[1], .real_path = paths[1]};
    HeadFile head = {.file = &file};
    TRY(file_sha256(paths[1], NO_PLACE, file.sha256, errors));
    TRY(paths[3] ? store_open(paths[3], arena, &head.store, errors) : DONE);
    TRY(binaural.create(layout_find("binaural"), bench->sound.info.rate_hz, &head, arena,
                        &bench->panner, errors));
    bench->set_up_s = bench_cpu_s() - begin_s;
    bench->tap_count = binaural.tap_count(bench->panner);
    place_objects(bench);
    bench->convolver = ear_convolver_create(arena);
    for (int ear = 0; ear < EARS; ear++) {
        bench->out[ear] = arena_array(arena, BENCH_SPAN_SAMPLES, sizeof(double));
    }
    return DONE;
}

static Status run(Bench *bench, char **arguments, Arena *arena, ErrorList *errors) {
    const bool is_moving = strcmp(arguments[2], "moving") == 0;
    TRY(set_up(bench, arguments, arena, errors));
    const int64_t length = bench->sound.info.frame_count + bench->tap_count - 1;
    for (SampleTime begin = 0; begin < length; begin += BENCH_SPAN_SAMPLES) {
        const SampleTime end = begin + BENCH_SPAN_SAMPLES;
        TRY(render_span(bench, (Span){begin, end < length ? end : length}, is_moving, errors));
    }
    printf("{\"engine_s\": %.6f, \"set_up_s\": %.6f, \"tap_count\": %d, \"sum_of_squares\": "
           "%.17g}\n",
           bench->engine_s, bench->set_up_s, bench->tap_count, bench->sum_of_squares);
    return DONE;
}

int main(int argc, char **argv) {
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "bench_binaural OBJECTS.wav HRTF.sofa still|moving [STORE]\n");
        return 2;
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Bench *bench = arena_alloc(arena, sizeof *bench);
    const int result = bench_end(run(bench, argv + 1, arena, errors), errors);
    ear_convolver_close(bench->convolver);
    sound_close(&bench->sound.reader);
    arena_destroy(&arena);
    return result;
}
