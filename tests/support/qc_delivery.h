#ifndef TESTS_SUPPORT_QC_DELIVERY_H
#define TESTS_SUPPORT_QC_DELIVERY_H
/* A clean delivery from a fixed seed, to be spoilt: a 5.1 mix with its stems and a 2.0 mix, as
 * planes that a test may change before they are written, with manifests or without. */
#include "cluster/qc_review.h"
#include "render/base/exact_math.h"
#include "tests/support/render_job.h"

enum { DELIVERY_CHANNELS = 6, DELIVERY_MADE_CHANNELS = 12, DELIVERY_SECONDS = 6 };
enum { DELIVERY_ROOM_CHANNELS = 128 }; /* pointers: a test may let several be the same */
enum { DELIVERY_FRAMES = 48000 * DELIVERY_SECONDS };

typedef struct DeliveryFile {
    const char *name; /* below the folder */
    float *planes[DELIVERY_ROOM_CHANNELS];
    int channel_count, rate_hz;
    int64_t frame_count;
    SampleFormat format;
} DeliveryFile;

typedef struct Delivery {
    Bench bench; /* arena, errors, folder */
    DeliveryFile full, me, dialogue, music, stereo;
    int64_t stated_stereo_frames; /* in its manifest */
    const char *reference;        /* of its spectra, or NULL */
} Delivery;

static inline double delivery_noise(uint32_t *state) { /* -1 .. 1 */
    *state = *state * 1664525U + 1013904223U;
    return (double)(int32_t)*state / 2147483648.0;
}

/* Noise that falls by about 3 dB an octave (P. Kellet's three poles), swelling; on the grid of 24
 * bits. */
static inline void delivery_fill(float *samples, uint32_t seed, double level, double swell_hz) {
    double poles[3] = {0};
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        const double white = delivery_noise(&seed);
        const double swell =
            0.6 + 0.4 * exact_sin(6.283185307179586 * swell_hz * (double)at / 48e3);
        poles[0] = 0.99765 * poles[0] + white * 0.0990460;
        poles[1] = 0.96300 * poles[1] + white * 0.2965164;
        poles[2] = 0.57000 * poles[2] + white * 1.0526913;
        const double pink = poles[0] + poles[1] + poles[2] + white * 0.1848;
        samples[at] = (float)(rint(level * swell * pink * 0x1p23) * 0x1p-23);
    }
}

static inline void delivery_rumble(float *samples) {
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        const double rumble = exact_sin(6.283185307179586 * 43.0 * (double)at / 48e3);
        samples[at] = (float)(rint(0.1 * rumble * 0x1p23) * 0x1p-23);
    }
}

static inline DeliveryFile delivery_file(Arena *arena, const char *name, int channel_count) {
    DeliveryFile file = {.name = name,
                         .channel_count = channel_count,
                         .rate_hz = 48000,
                         .frame_count = DELIVERY_FRAMES,
                         .format = PCM_24};
    for (int channel = 0; channel < DELIVERY_MADE_CHANNELS; channel++) {
        file.planes[channel] = arena_array(arena, DELIVERY_FRAMES, sizeof(float));
    }
    return file;
}

/* L R C LFE Ls Rs: dialogue in C, music everywhere; 2.0 by BS.775-3. */
static inline void delivery_mix(Delivery *made) {
    for (int channel = 0; channel < DELIVERY_CHANNELS; channel++) {
        if (channel == 3) {
            delivery_rumble(made->music.planes[channel]);
        } else {
            delivery_fill(made->music.planes[channel], 4711U + 97U * (uint32_t)channel, 0.02, 0.37);
        }
        for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
            const float music = made->music.planes[channel][at];
            made->me.planes[channel][at] = music;
            made->full.planes[channel][at] = music + made->dialogue.planes[channel][at];
        }
    }
    for (int64_t at = 0; at < DELIVERY_FRAMES; at++) {
        float *const *const planes = made->full.planes;
        const float centre = 0.70710678F * planes[2][at];
        made->stereo.planes[0][at] = planes[0][at] + centre + 0.70710678F * planes[4][at];
        made->stereo.planes[1][at] = planes[1][at] + centre + 0.70710678F * planes[5][at];
    }
}

static inline void delivery_open_empty(Delivery *made) {
    bench_open(&made->bench);
    Arena *const arena = made->bench.arena;
    made->full = delivery_file(arena, "deliverables/sr/full.wav", DELIVERY_CHANNELS);
    made->me = delivery_file(arena, "deliverables/sr/me.wav", DELIVERY_CHANNELS);
    made->dialogue = delivery_file(arena, "deliverables/sr/dx.wav", DELIVERY_CHANNELS);
    made->music = delivery_file(arena, "deliverables/sr/mx.wav", DELIVERY_CHANNELS);
    made->stereo = delivery_file(arena, "deliverables/st/full.wav", 2);
    made->stated_stereo_frames = DELIVERY_FRAMES;
    made->reference = NULL;
}

static inline void delivery_open(Delivery *made) {
    delivery_open_empty(made);
    delivery_fill(made->dialogue.planes[2], 815U, 0.05, 1.1);
    delivery_mix(made);
}

static inline void delivery_copy_file(DeliveryFile *to, const DeliveryFile *from) {
    for (int channel = 0; channel < from->channel_count; channel++) {
        memcpy(to->planes[channel], from->planes[channel], DELIVERY_FRAMES * sizeof(float));
    }
}

/* The same as open: noise takes longer to make than to copy. */
static inline void delivery_open_copy(Delivery *made, const Delivery *clean) {
    delivery_open_empty(made);
    delivery_copy_file(&made->full, &clean->full);
    delivery_copy_file(&made->me, &clean->me);
    delivery_copy_file(&made->dialogue, &clean->dialogue);
    delivery_copy_file(&made->music, &clean->music);
    delivery_copy_file(&made->stereo, &clean->stereo);
}

static inline void delivery_close(Delivery *made) {
    bench_close(&made->bench);
}

static inline void delivery_write_file(Delivery *made, const DeliveryFile *file) {
    const size_t count = (size_t)(file->frame_count * file->channel_count);
    const char *const path = path_join(made->bench.arena, made->bench.folder, file->name);
    const SoundFormat sound = {.container =
                                   file->channel_count > 64 ? CONTAINER_RF64 : CONTAINER_WAV,
                               .format = file->format,
                               .channel_count = file->channel_count,
                               .rate_hz = file->rate_hz,
                               .frame_count = file->frame_count};
    Arena *arena = arena_create();
    double *const values = arena_array(arena, count, sizeof *values);
    int32_t *const steps = arena_array(arena, count, sizeof *steps);
    for (size_t at = 0; at < count; at++) {
        const size_t channel = at % (size_t)file->channel_count;
        values[at] = (double)file->planes[channel][at / (size_t)file->channel_count];
        const double step = rint(values[at] * (file->format == PCM_16 ? 0x1p15 : 0x1p23));
        steps[at] = file->format < FLOAT_32 ? (int32_t)fmin(fmax(step, -0x1p23), 0x1p23 - 1) : 0;
    }
    SoundWriter *writer = NULL;
    bench_must(&made->bench, folder_make(path_folder(arena, path), made->bench.errors));
    bench_must(&made->bench, sound_create(path, &sound, &writer, made->bench.errors));
    bench_must(&made->bench,
               file->format < FLOAT_32
                   ? sound_write_integers(writer, steps, file->frame_count, made->bench.errors)
                   : sound_write_floats(writer, values, file->frame_count, made->bench.errors));
    Sha256Text sha256;
    int64_t size_bytes = 0;
    bench_must(&made->bench, sound_finish(&writer, sha256, &size_bytes, made->bench.errors));
    arena_destroy(&arena);
}

static inline void delivery_write_manifest(Delivery *made,
                                           const char *id,
                                           const char *deliverable,
                                           const char *files) {
    const char *const path =
        arena_format(made->bench.arena, "%s/deliverables/%s/manifest.json", made->bench.folder, id);
    const char *const text =
        arena_format(made->bench.arena,
                     "{\"deliverable\": {\"id\": \"%s\", %s, \"rate_hz\": 48000}, \"gain_db\": "
                     "0.0, \"files\": [%s],"
                     " \"sums\": {\"full\": [\"dx\", \"mx\"], \"me\": [\"mx\"]}}",
                     id, deliverable, files);
    bench_must(&made->bench, file_write_atomically(path, text, strlen(text), made->bench.errors));
}

/* The five files with manifests: what `nocturne qc FOLDER` reads. */
static inline void delivery_write(Delivery *made) {
    delivery_write_file(made, &made->full);
    delivery_write_file(made, &made->me);
    delivery_write_file(made, &made->dialogue);
    delivery_write_file(made, &made->music);
    delivery_write_file(made, &made->stereo);
    delivery_write_manifest(
        made, "sr",
        arena_format(made->bench.arena,
                     "\"layout\": \"5.1\", \"frames\": %d, \"channels\": [\"L\", \"R\", \"C\","
                     " \"LFE\", \"Ls\", \"Rs\"]",
                     DELIVERY_FRAMES),
        "{\"output\": \"full\", \"name\": \"full.wav\"}, {\"output\": \"me\", \"name\":"
        " \"me.wav\"}, {\"output\": \"dx\", \"name\": \"dx.wav\"}, {\"output\": \"mx\","
        " \"name\": \"mx.wav\"}");
    delivery_write_manifest(
        made, "st",
        arena_format(made->bench.arena,
                     "\"layout\": \"2.0\", \"frames\": %lld, \"channels\": [\"L\", \"R\"]",
                     (long long)made->stated_stereo_frames),
        "{\"output\": \"full\", \"name\": \"full.wav\"}");
}

/* The mix as it is now is what it will be held against. */
static inline void delivery_keep_reference(Delivery *made) {
    const char *const name = made->full.name;
    made->full.name = "reference.wav";
    delivery_write_file(made, &made->full);
    made->reference = path_join(made->bench.arena, made->bench.folder, made->full.name);
    made->full.name = name;
}

/* Treble falls by 6 dB an octave above 4 kHz. */
static inline void delivery_muffle(Delivery *made) {
    delivery_keep_reference(made);
    for (int channel = 0; channel < DELIVERY_CHANNELS; channel++) {
        double state = 0.0;
        for (int64_t at = 0; channel != 3 && at < DELIVERY_FRAMES; at++) {
            state += 0.41 * ((double)made->full.planes[channel][at] - state);
            made->full.planes[channel][at] = (float)(rint(state * 0x1p23) * 0x1p-23);
        }
    }
}

/* path: below the folder, a file or a folder of deliverables. The set lives in the arena. */
static inline QcSet *delivery_review(Delivery *made, const char *path, const QcPolicy *policy) {
    Arena *const arena = made->bench.arena;
    QcSet *const set = qc_set_create(arena);
    bench_must(&made->bench, qc_set_add(set, path_join(arena, made->bench.folder, path), NULL,
                                        made->bench.errors));
    qc_review_run(&(QcReview){.set = set,
                              .policy = policy,
                              .arena = arena,
                              .errors = made->bench.errors,
                              .reference = made->reference});
    return set;
}

static inline const QcFinding *delivery_find(const QcSet *set, QcCheck check) {
    for (const QcItem *item = set->first; item; item = item->next) {
        for (const QcFinding *finding = item->findings->first; finding; finding = finding->next) {
            if (finding->check == check) {
                return finding;
            }
        }
    }
    return NULL;
}

static inline int delivery_count_findings(const QcSet *set) {
    int count = 0;
    for (const QcItem *item = set->first; item; item = item->next) {
        for (const QcFinding *finding = item->findings->first; finding; finding = finding->next) {
            print_message("%s: %s %g (limit %g) at %g channel %d %s\n", item->path,
                          qc_check_info(finding->check)->name, finding->value, finding->limit,
                          finding->at_s, finding->channel, finding->text ? finding->text : "");
            count++;
        }
    }
    return count;
}

static inline void delivery_scale(Delivery *made, double gain, int64_t begin, int64_t end) {
    for (int channel = 0; channel < DELIVERY_CHANNELS; channel++) {
        for (int64_t at = begin; at < end; at++) {
            made->full.planes[channel][at] = (float)(made->full.planes[channel][at] * gain);
        }
    }
}

/* Of all tests of a program: a clean delivery in their state. */
static inline int delivery_make_clean(void **state) {
    Delivery *const clean = calloc(1, sizeof *clean);
    assert_non_null(clean);
    delivery_open(clean);
    *state = clean;
    return 0;
}

static inline int delivery_end_clean(void **state) {
    delivery_close(*state);
    free(*state);
    return 0;
}

#endif
