#ifndef TESTS_SPATIAL_ADM_ADM_BENCH_H
#define TESTS_SPATIAL_ADM_ADM_BENCH_H
/* Small ADM files made from text, and what becomes of them. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/files/sound_reader.h"
#include "spatial/adm/adm_render.h"
#include "spatial/layout_table.h"
#include "tests/support/adm_file.h"

#include "tests/support/temp_folder.h"

typedef struct AdmBench {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    const char *path; /* of the file that was written last */
    AdmFile *file;
} AdmBench;

static inline void bench_open(AdmBench *bench) {
    *bench = (AdmBench){0};
    temp_folder_open(&bench->arena, &bench->errors, &bench->folder);
}

static inline void bench_close(AdmBench *bench) {
    adm_close(&bench->file);
    temp_folder_close(&bench->arena, bench->folder);
}

static inline void bench_must(AdmBench *bench, Status status) {
    for (const ErrorEntry *entry = errors_first(bench->errors); status && entry;
         entry = entry->next) {
        print_error("E%03d line %d: %s\n", (int)entry->status, entry->place.line, entry->message);
    }
    assert_int_equal(status, DONE);
}

static inline void bench_write(AdmBench *bench, const BenchFile *file) {
    bench->path = path_join(bench->arena, bench->folder, "in.wav");
    adm_file_write(bench->path, file);
}

static inline const char *bench_object(AdmBench *bench, const char *object, const char *blocks) {
    return adm_object_text(bench->arena, object, blocks);
}

static inline const char *
bench_block(AdmBench *bench, const char *times, double azimuth_deg, const char *rest) {
    return adm_block_text(bench->arena, times, azimuth_deg, rest);
}

static inline Status bench_try(AdmBench *bench, const char *axml) {
    adm_close(&bench->file);
    bench_write(bench, &(BenchFile){axml, BENCH_CHNA, 1, 4800, false});
    return adm_open(bench->path, &(AdmOpening){.scratch_folder = bench->folder}, &bench->file,
                    bench->errors);
}

static inline bool bench_has_repair(const AdmBench *bench, AdmRepairKind kind) {
    const AdmRepair *repair = adm_facts(bench->file)->repairs->first;
    while (repair && repair->kind != kind) {
        repair = repair->next;
    }
    return repair != NULL;
}

static inline float *bench_read(AdmBench *bench, const char *path, int64_t *frames) {
    SoundReader *reader = NULL;
    SoundInfo info;
    bench_must(bench, sound_open(path, path, NO_PLACE, &reader, &info, bench->errors));
    float *samples =
        arena_array(bench->arena, (size_t)(info.frame_count * info.channel_count), sizeof *samples);
    bench_must(bench, sound_read(reader, samples, info.frame_count, frames, bench->errors));
    sound_close(&reader);
    return samples;
}

/* Renders bench->file; [frames][channels]. */
static inline float *bench_render(AdmBench *bench, const char *system) {
    const Layout *const layout = layout_find_bs2051(system);
    const char *const path = path_join(bench->arena, bench->folder, "out.wav");
    const AdmTarget target = {layout, path};
    AdmRendering rendering;
    int64_t frames = 0;
    unlink(path);
    bench_must(bench, adm_render(bench->file, &(AdmRequest){&target, 1, NULL, NULL}, &rendering,
                                 bench->errors));
    return bench_read(bench, path, &frames);
}

static inline float *bench_render_file(AdmBench *bench, const BenchFile *file, const char *system) {
    adm_close(&bench->file);
    bench_write(bench, file);
    bench_must(bench, adm_open(bench->path, &(AdmOpening){.scratch_folder = bench->folder},
                               &bench->file, bench->errors));
    return bench_render(bench, system);
}

static inline float *bench_render_blocks(AdmBench *bench, const char *blocks, const char *system) {
    const char *const axml = bench_object(bench, NULL, blocks);
    return bench_render_file(bench, &(BenchFile){axml, BENCH_CHNA, 1, 4800, false}, system);
}

#endif
