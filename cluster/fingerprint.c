/* What a rank is made of and what it computes, so that no rank of another kind takes part. */
#include "cluster/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/versions.h"
#include "render/base/files.h"
#include "render/dsp/cpu_level.h"
#include "render/self_test.h"

static const size_t text_limit_bytes = 4096;
static const size_t program_limit_bytes = 1u << 28;

static void describe_build(Fingerprint *own, Arena *arena) {
    FileBytes program = {0};
    KeyText key = "";
    ErrorList *unsaid = errors_create(arena);
    if (file_read("/proc/self/exe", program_limit_bytes, NO_PLACE, arena, &program, unsaid) ==
        DONE) {
        key_format(key_of_bytes(program.bytes, program.size_bytes), key);
    }
    snprintf(own->build, sizeof own->build, "%s %s", program_version(), key);
}

static void describe_libraries(Fingerprint *own, Arena *arena) {
    int count = 0;
    const LibraryVersion *libraries = library_versions(arena, &count);
    const char *text = "";
    for (int library = 0; library < count; library++) {
        text = arena_format(arena, "%s%s %s\n", text, libraries[library].name,
                            libraries[library].version);
    }
    key_format(key_of_text(text), own->libraries);
}

/* NOCTURNE_FAULT="self-test:HOST:1": that host computes something else. */
static bool is_fault_wished(void) {
    static const char what[] = "self-test:";
    const char *wish = getenv("NOCTURNE_FAULT");
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    const size_t length = strlen(host);
    return wish && strncmp(wish, what, strlen(what)) == 0 &&
           strncmp(wish + strlen(what), host, length) == 0 && wish[strlen(what) + length] == ':';
}

Status fingerprint_make(Fingerprint *own, ErrorList *errors) {
    Arena *arena = arena_create();
    Key self_test = {0};
    *own = (Fingerprint){0};
    describe_build(own, arena);
    describe_libraries(own, arena);
    snprintf(own->cpu_level, sizeof own->cpu_level, "%s", cpu_level_name(cpu_level_choose()));
    const Status status = self_test_render(&self_test, errors);
    self_test.low ^= is_fault_wished();
    key_format(self_test, own->self_test);
    arena_destroy(&arena);
    return status;
}

Status fingerprint_judge(const Fingerprint *own,
                         const Fingerprint *other,
                         const char *who,
                         ErrorList *errors) {
    if (strcmp(other->build, own->build) != 0) {
        return fail(errors, E620, NO_PLACE, "%s runs another program (%s, not %s)", who,
                    other->build, own->build);
    }
    if (strcmp(other->libraries, own->libraries) != 0) {
        const Status status =
            fail(errors, E620, NO_PLACE, "%s has other versions of libraries", who);
        error_help(errors, "compare `nocturne --version` there and here");
        return status;
    }
    if (strcmp(other->self_test, own->self_test) != 0) {
        return fail(errors, E621, NO_PLACE, "%s computes other samples (self-test on %s)", who,
                    other->cpu_level);
    }
    return DONE;
}

json_t *fingerprint_to_json(const Fingerprint *fingerprint) {
    return json_pack("{s:s, s:s, s:s, s:s}", "build", fingerprint->build, "libraries",
                     fingerprint->libraries, "self_test", fingerprint->self_test, "cpu_level",
                     fingerprint->cpu_level);
}

static void copy_member(const json_t *object, const char *key, char *text, size_t size_bytes) {
    const char *value = json_string_value(json_object_get(object, key));
    snprintf(text, size_bytes, "%s", value ? value : "");
}

void fingerprint_from_json(const json_t *object, Fingerprint *fingerprint) {
    copy_member(object, "build", fingerprint->build, sizeof fingerprint->build);
    copy_member(object, "libraries", fingerprint->libraries, sizeof fingerprint->libraries);
    copy_member(object, "self_test", fingerprint->self_test, sizeof fingerprint->self_test);
    copy_member(object, "cpu_level", fingerprint->cpu_level, sizeof fingerprint->cpu_level);
}

static const char *path_in(const char *state_folder, Arena *arena) {
    return path_join(arena, state_folder, "fingerprint.json");
}

Status fingerprint_write(const Fingerprint *own,
                         const char *state_folder,
                         Arena *arena,
                         ErrorList *errors) {
    json_t *object = fingerprint_to_json(own);
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    const char *path = path_in(state_folder, arena);
    const Status status = file_write_atomically(path, text, strlen(text), errors);
    free(text);
    json_decref(object);
    return status;
}

void fingerprint_read(const char *state_folder, Arena *arena, Fingerprint *fingerprint) {
    FileBytes bytes = {.bytes = ""};
    ErrorList *ignored = errors_create(arena);
    file_read(path_in(state_folder, arena), text_limit_bytes, NO_PLACE, arena, &bytes, ignored);
    json_t *object = json_loadb(bytes.bytes, bytes.size_bytes, 0, NULL);
    fingerprint_from_json(object, fingerprint);
    json_decref(object);
}
