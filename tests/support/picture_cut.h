#ifndef TESTS_SUPPORT_PICTURE_CUT_H
#define TESTS_SUPPORT_PICTURE_CUT_H
/* Cuts of a picture as lists of frames, their EDLs, and a job that goes from one to the next. */
#include "tests/support/render_job.h"

enum {
    RATE_HZ = 48000,
    FPS = 24,
    FRAME = RATE_HZ / FPS,
    FRAMES = 30 * FPS,
    MOST_FRAMES = 2 * FRAMES,
    CHANGES = 50,
    NEW = -1
};

typedef struct Cut { /* which frame of the old picture each new one is, or NEW */
    int frames[MOST_FRAMES];
    int count;
} Cut;

static inline unsigned next_random(unsigned *seed, unsigned limit) {
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % limit;
}

static inline Cut old_cut(void) {
    Cut cut = {.count = FRAMES};
    for (int frame = 0; frame < FRAMES; frame++) {
        cut.frames[frame] = frame;
    }
    return cut;
}

static inline void take_out(Cut *cut, int at, int count) {
    count = at + count > cut->count ? cut->count - at : count;
    memmove(&cut->frames[at], &cut->frames[at + count],
            (size_t)(cut->count - at - count) * sizeof(int));
    cut->count -= count;
}

static inline void put_in(Cut *cut, int at, int count) {
    memmove(&cut->frames[at + count], &cut->frames[at], (size_t)(cut->count - at) * sizeof(int));
    cut->count += count;
    for (int frame = at; frame < at + count; frame++) {
        cut->frames[frame] = NEW;
    }
}

static inline Cut random_cut(unsigned seed) {
    Cut cut = old_cut();
    for (int change = 0; change < CHANGES; change++) {
        const int at = (int)next_random(&seed, (unsigned)cut.count - 20);
        const int count = 1 + (int)next_random(&seed, 12);
        if (next_random(&seed, 2)) {
            take_out(&cut, at, count);
        } else {
            put_in(&cut, at, count);
        }
    }
    return cut;
}

static inline const char *timecode_text(Arena *arena, int frames) {
    return arena_format(arena, "%02d:%02d:%02d:%02d", frames / FPS / 3600, frames / FPS / 60 % 60,
                        frames / FPS % 60, frames % FPS);
}

/* An event for each run of frames; what is new comes from another reel. */
static inline const char *edl_of(const Cut *cut, Arena *arena) {
    const char *text = "TITLE: CUT\nFCM: NON-DROP FRAME\n";
    int number = 0;
    for (int begin = 0; begin < cut->count;) {
        const bool is_new = cut->frames[begin] == NEW;
        int end = begin + 1;
        while (end < cut->count &&
               (is_new ? cut->frames[end] == NEW : cut->frames[end] == cut->frames[end - 1] + 1)) {
            end++;
        }
        const int source = is_new ? 40000 + 100 * number : cut->frames[begin] + 3600 * FPS;
        text = arena_format(
            arena, "%s%03d  %s V C %s %s %s %s\n", text, ++number, is_new ? "NEW" : "A001",
            timecode_text(arena, source), timecode_text(arena, source + end - begin),
            timecode_text(arena, begin + 7200 * FPS), timecode_text(arena, end + 7200 * FPS));
        begin = end;
    }
    return text;
}

static inline void write_text(Bench *bench, const char *name, const char *text) {
    const char *path = path_join(bench->arena, bench->folder, name);
    bench_must(bench, file_write_atomically(path, text, strlen(text), bench->errors));
}

/* Noise: no two places of it are alike. (The finalizer of MurmurHash3.) */
static inline double sound_at(int64_t sample) {
    uint64_t bits = (uint64_t)sample + 1;
    bits = (bits ^ (bits >> 33)) * 0xff51afd7ed558ccdULL;
    bits = (bits ^ (bits >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return 0.25 * ((double)(bits >> 40) / (double)(1 << 23) - 1.0);
}

static inline void write_sound(Bench *bench, int64_t frames) {
    double *samples = calloc((size_t)frames, sizeof *samples);
    for (int64_t sample = 0; sample < frames; sample++) {
        samples[sample] = sound_at(sample);
    }
    bench_write_wav(bench, "a.wav", FLOAT_32, 1, samples, frames);
    free(samples);
}

static const char recut[] = "nocturne: 1\nextends: base.yaml\n"
                            "conform: {from: old.edl, to: new.edl, absolute: move}\n";

static inline const char *base_job(Bench *bench, const char *length, const char *body) {
    return arena_format(bench->arena,
                        "nocturne: 1\nproject: {title: T, code: T, start: 02:00:00:00, length: %s}"
                        "\n%s\ndeliverables: {a: {layout: 1.0, bits: 64f}}\n",
                        length, body);
}

static inline void write_job(Bench *bench, const Cut *cut, const char *base) {
    const Cut old = old_cut();
    write_text(bench, "base.yaml", base);
    write_text(bench, "old.edl", edl_of(&old, bench->arena));
    write_text(bench, "new.edl", edl_of(cut, bench->arena));
}

#endif
