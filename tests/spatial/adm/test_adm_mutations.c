/* Damaged files: whatever the bytes, an answer, and no file where it is an error. */
#include "adm_bench.h"

enum { MUTATIONS = 600, FILE_LIMIT = 64 * 1024 };

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static size_t read_whole(const char *path, char *bytes) {
    FILE *in = fopen(path, "rb");
    const size_t size = fread(bytes, 1, FILE_LIMIT, in);
    fclose(in);
    return size;
}

static void write_whole(const char *path, const char *bytes, size_t size) {
    FILE *out = fopen(path, "wb");
    fwrite(bytes, 1, size, out);
    fclose(out);
}

/* A few bytes become others, a piece is doubled, or the file is cut. */
static size_t damage(char *bytes, size_t size, uint32_t *state) {
    static const char letters[] = "0123456789<>/\"'= -.:_ABTCxyz";
    for (uint32_t count = next_random(state) % 4 + 1; count > 0; --count) {
        const size_t at = next_random(state) % size;
        const uint32_t kind = next_random(state) % 16;
        if (kind == 0) {
            bytes[at] = (char)next_random(state);
        } else if (kind == 1 && size > 64) {
            size -= next_random(state) % 64;
        } else if (kind == 2) {
            const size_t length = next_random(state) % 64;
            if (at + 2 * length < size) {
                memmove(bytes + at + length, bytes + at, length);
            }
        } else {
            bytes[at] = letters[next_random(state) % (sizeof letters - 1)];
        }
    }
    return size;
}

static void render(AdmBench *bench) {
    const char *const path = path_join(bench->arena, bench->folder, "out.wav");
    const AdmTarget target = {layout_find("5.1.4"), path};
    AdmRendering rendering;
    unlink(path);
    const Status status =
        adm_render(bench->file, &(AdmRequest){&target, 1, NULL, NULL}, &rendering, bench->errors);
    assert_true(file_exists(path) == (status == DONE));
}

static void damaged_files_get_an_answer(void **state) {
    (void)state;
    static char good[FILE_LIMIT];
    static char bytes[FILE_LIMIT];
    uint32_t random = 1;
    int opened = 0;
    AdmBench bench;
    bench_open(&bench);
    const char *const blocks = arena_format(
        bench.arena, "%s%s",
        bench_block(&bench, "rtime='00:00:00.0' duration='00:00:00.00100S48000'", 30.0,
                    "<zoneExclusion><zone minX='0' maxX='1' minY='0' maxY='1' minZ='0' maxZ='1'/>"
                    "</zoneExclusion><objectDivergence azimuthRange='30'>0.5</objectDivergence>"),
        bench_block(&bench, "rtime='00:00:00.00100S48000' duration='00:00:00.01'", -30.0,
                    "<width>20</width><channelLock maxDistance='1'>1</channelLock>"
                    "<jumpPosition interpolationLength='0.005'>1</jumpPosition>"
                    "<screenRef>1</screenRef><diffuse>0.5</diffuse>"));
    const char *const axml = bench_object(&bench, NULL, blocks);
    bench_write(&bench, &(BenchFile){axml, BENCH_CHNA, 1, 600, false});
    const size_t size = read_whole(bench.path, good);
    for (int mutation = 0; mutation < MUTATIONS; ++mutation) {
        ErrorList *const errors = bench.errors;
        Arena *arena = arena_create();
        memcpy(bytes, good, size);
        write_whole(bench.path, bytes, damage(bytes, size, &random));
        bench.errors = errors_create(arena);
        if (adm_open(bench.path, &(AdmOpening){0}, &bench.file, bench.errors) == DONE) {
            ++opened;
            render(&bench);
        } else {
            assert_true(errors_count(bench.errors) > 0);
            assert_null(bench.file);
        }
        adm_close(&bench.file);
        bench.errors = errors;
        arena_destroy(&arena);
    }
    assert_true(opened > 20 && opened < MUTATIONS); /* both ways are seen */
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_get_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
