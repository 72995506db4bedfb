#ifndef TESTS_SPATIAL_ADM_ADM_BENCH_H
#define TESTS_SPATIAL_ADM_ADM_BENCH_H
/* Small ADM files made from text, and what becomes of them. */
#include <setjmp.h>
#include <stdarg.h>
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

/* behind the headers of the project: it has a macro called fail */
#include <cmocka.h>

enum { BENCH_RATE_HZ = 48000 };

typedef struct AdmBench {
    Arena *arena;
    ErrorList *errors;
    const char *folder;
    const char *path; /* of the file that was written last */
    AdmFile *file;
} AdmBench;

static inline void bench_open(AdmBench *bench) {
    char template[] = "/tmp/nocturne-adm-test.XXXXXX";
    *bench = (AdmBench){.arena = arena_create()};
    bench->errors = errors_create(bench->arena);
    bench->folder = arena_copy_text(bench->arena, mkdtemp(template));
}

static inline void bench_close(AdmBench *bench) {
    adm_close(&bench->file);
    folder_remove(bench->folder, bench->errors);
    arena_destroy(&bench->arena);
}

static inline void bench_must(AdmBench *bench, Status status) {
    for (const ErrorEntry *entry = errors_first(bench->errors); status && entry;
         entry = entry->next) {
        print_error("E%03d line %d: %s\n", (int)entry->status, entry->place.line, entry->message);
    }
    assert_int_equal(status, DONE);
}

/* Noise of half full scale, the same for every file: track and frame alone decide. 24 bit. */
static inline double bench_sample(int track, int64_t frame) {
    uint64_t bits = ((uint64_t)track << 40) + (uint64_t)frame + 1;
    bits *= 0x9E3779B97F4A7C15U;
    bits ^= bits >> 29;
    bits *= 0xBF58476D1CE4E5B9U;
    bits ^= bits >> 32;
    return ((double)(bits & 0x7FFFFF) - 0x400000) * 0x1p-23;
}

typedef struct BenchFile {
    const char *axml; /* NULL: no such chunk */
    const char *chna; /* "1 ATU_00000001 AT_00031001_01 AP_00031001\n...", "-": an empty field */
    int track_count;
    int64_t frame_count;
    bool is_float; /* 32 bit, else 24 bit */
} BenchFile;

static inline void bench_put(FILE *out, uint64_t value, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) {
        fputc(byte < 8 ? (int)(value >> 8 * byte & 0xFF) : 0, out);
    }
}

static inline void bench_chunk(FILE *out, const char *id, const char *bytes, size_t size) {
    fwrite(id, 1, 4, out);
    bench_put(out, size, 4);
    fwrite(bytes, 1, size, out);
    if (size % 2) {
        fputc(0, out);
    }
}

static inline void bench_put_chna(FILE *out, const char *rows) {
    char bytes[4 + 40 * 64] = {0};
    int count = 0;
    for (const char *row = rows; row && *row; row = strchr(row, '\n') + 1, ++count) {
        char fields[3][32];
        int track = 0;
        assert_int_equal(sscanf(row, "%d %31s %31s %31s", &track, fields[0], fields[1], fields[2]),
                         4);
        char *const at = bytes + 4 + 40 * count;
        at[0] = (char)track;
        memcpy(at + 2, fields[0], 12);
        memcpy(at + 14, fields[1], *fields[1] == '-' ? 0 : strlen(fields[1]));
        memcpy(at + 28, fields[2], *fields[2] == '-' ? 0 : strlen(fields[2]));
    }
    bytes[0] = bytes[2] = (char)count;
    bench_chunk(out, "chna", bytes, 4 + 40 * (size_t)count);
}

static inline void bench_put_data(FILE *out, const BenchFile *file) {
    const int bytes = file->is_float ? 4 : 3;
    fwrite("data", 1, 4, out);
    bench_put(out, (uint64_t)(file->frame_count * file->track_count * bytes), 4);
    for (int64_t frame = 0; frame < file->frame_count; ++frame) {
        for (int track = 0; track < file->track_count; ++track) {
            const float sample = (float)bench_sample(track, frame);
            uint32_t bits = (uint32_t)(int32_t)(sample * 0x1p23F);
            if (file->is_float) {
                memcpy(&bits, &sample, sizeof bits);
            }
            bench_put(out, bits, bytes);
        }
    }
}

static inline void bench_write(AdmBench *bench, const BenchFile *file) {
    const int bytes = file->is_float ? 4 : 3;
    bench->path = path_join(bench->arena, bench->folder, "in.wav");
    FILE *out = fopen(bench->path, "wb");
    fwrite("RIFF\0\0\0\0WAVEfmt \20\0\0\0", 1, 20, out);
    bench_put(out, file->is_float ? 3 : 1, 2);
    bench_put(out, (uint64_t)file->track_count, 2);
    bench_put(out, BENCH_RATE_HZ, 4);
    bench_put(out, (uint64_t)(BENCH_RATE_HZ * file->track_count * bytes), 4);
    bench_put(out, (uint64_t)(file->track_count * bytes), 2);
    bench_put(out, (uint64_t)(8 * bytes), 2);
    if (file->chna) {
        bench_put_chna(out, file->chna);
    }
    bench_put_data(out, file);
    if (file->axml) { /* behind the samples, as some writers do */
        bench_chunk(out, "axml", file->axml, strlen(file->axml));
    }
    fclose(out);
}

/* One object "AO_1001" with one track; blocks: of AC_00031001. object: its attributes. */
static inline const char *bench_object(AdmBench *bench, const char *object, const char *blocks) {
    return arena_format(
        bench->arena,
        "<ebuCoreMain xmlns='urn:ebu:metadata-schema:ebuCore_2016'><coreMetadata><format>"
        "<audioFormatExtended version='ITU-R_BS.2076-2'>\n"
        "<audioProgramme audioProgrammeID='APR_1001' audioProgrammeName='p'>"
        "<audioContentIDRef>ACO_1001</audioContentIDRef></audioProgramme>\n"
        "<audioContent audioContentID='ACO_1001' audioContentName='c'>"
        "<audioObjectIDRef>AO_1001</audioObjectIDRef></audioContent>\n"
        "<audioObject audioObjectID='AO_1001' audioObjectName='o' %s"
        "<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>"
        "<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef></audioObject>\n"
        "<audioPackFormat audioPackFormatID='AP_00031001' audioPackFormatName='o' "
        "typeLabel='0003' typeDefinition='Objects'>"
        "<audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef></audioPackFormat>\n"
        "<audioChannelFormat audioChannelFormatID='AC_00031001' audioChannelFormatName='o' "
        "typeLabel='0003' typeDefinition='Objects'>\n%s</audioChannelFormat>\n"
        "<audioTrackUID UID='ATU_00000001'><audioChannelFormatIDRef>AC_00031001"
        "</audioChannelFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>"
        "</audioTrackUID>\n"
        "</audioFormatExtended></format></coreMetadata></ebuCoreMain>\n",
        object ? object : ">", blocks);
}

/* A block at an azimuth; rest: further elements. times: attributes. */
static inline const char *
bench_block(AdmBench *bench, const char *times, double azimuth_deg, const char *rest) {
    return arena_format(bench->arena,
                        "<audioBlockFormat audioBlockFormatID='AB_00031001_00000001' %s>"
                        "<position coordinate='azimuth'>%g</position>"
                        "<position coordinate='elevation'>0</position>%s</audioBlockFormat>\n",
                        times, azimuth_deg, rest);
}

#define BENCH_CHNA "1 ATU_00000001 AC_00031001 AP_00031001\n"

static inline Status bench_try(AdmBench *bench, const char *axml) {
    adm_close(&bench->file);
    bench_write(bench, &(BenchFile){axml, BENCH_CHNA, 1, 4800, false});
    return adm_open(bench->path, &(AdmOpening){bench->folder, NULL}, &bench->file, bench->errors);
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
    bench_must(bench, adm_open(bench->path, &(AdmOpening){bench->folder, NULL}, &bench->file,
                               bench->errors));
    return bench_render(bench, system);
}

static inline float *bench_render_blocks(AdmBench *bench, const char *blocks, const char *system) {
    const char *const axml = bench_object(bench, NULL, blocks);
    return bench_render_file(bench, &(BenchFile){axml, BENCH_CHNA, 1, 4800, false}, system);
}

#endif
