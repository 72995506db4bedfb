#ifndef TESTS_SUPPORT_ADM_FILE_H
#define TESTS_SUPPORT_ADM_FILE_H
/* Small ADM files made from text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "render/base/arena.h"

/* behind the headers of the project: it has a macro called fail */
#include <cmocka.h>

enum { BENCH_RATE_HZ = 48000 };

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

static inline void adm_file_write(const char *path, const BenchFile *file) {
    const int bytes = file->is_float ? 4 : 3;
    FILE *out = fopen(path, "wb");
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
static inline const char *adm_object_text(Arena *arena, const char *object, const char *blocks) {
    return arena_format(
        arena,
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
adm_block_text(Arena *arena, const char *times, double azimuth_deg, const char *rest) {
    return arena_format(arena,
                        "<audioBlockFormat audioBlockFormatID='AB_00031001_00000001' %s>"
                        "<position coordinate='azimuth'>%g</position>"
                        "<position coordinate='elevation'>0</position>%s</audioBlockFormat>\n",
                        times, azimuth_deg, rest);
}

#define BENCH_CHNA "1 ATU_00000001 AC_00031001 AP_00031001\n"

#endif
