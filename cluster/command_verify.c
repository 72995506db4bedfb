/* `verify`: whether a folder holds what its manifests say, without the job. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/checksums.h"
#include "cluster/manifest.h"
#include "cluster/null_test.h"
#include "cluster/rerender.h"
#include "render/files/sound_header.h"

typedef struct Verification {
    Arena *arena;
    const char *folder;
    Checksums *sums; /* of the whole output folder */
    json_t *deliverables;
    int file_count;
    RerenderResult rerender;
    ErrorList *errors;
} Verification;

static void differs(const Verification *verification, const char *name, const char *what) {
    (void)fail(verification->errors, E709, NO_PLACE, "%s %s", name, what);
}

/* Every listed file is there with its checksum. */
static void verify_checksums(Verification *verification) {
    for (const ChecksumLine *line = verification->sums->first; line; line = line->next) {
        const char *path = path_join(verification->arena, verification->folder, line->name);
        Sha256Text sha256;
        if (!file_exists(path)) {
            differs(verification, line->name, "is missing");
            continue;
        }
        verification->file_count++;
        if (file_sha256(path, NO_PLACE, sha256, verification->errors) == DONE &&
            strcmp(sha256, line->sha256) != 0) {
            differs(verification, line->name, "differs from its checksum");
        }
    }
}

/* The name that a file of a deliverable has from the output folder. */
static const char *listed_name(const Verification *verification, const char *id, const char *name) {
    return arena_format(verification->arena, "deliverables/%s/%s", id, name);
}

/* Walks a folder of a deliverable, and the folders that names with / made, for files that no list
 * names. pending: relative folders still to look at, "" is the deliverable itself. */
static void verify_nothing_extra(Verification *verification, const char *id) {
    Arena *arena = verification->arena;
    const char *pending[64] = {""}; /* deeper trees of folders than any template makes */
    int pending_count = 1;
    while (pending_count > 0) {
        const char *below = pending[--pending_count];
        const char *folder =
            path_join(arena, verification->folder, listed_name(verification, id, below));
        const char **names = NULL;
        int name_count = 0;
        if (folder_list(folder, arena, &names, &name_count, verification->errors) != DONE) {
            return;
        }
        for (int index = 0; index < name_count; index++) {
            const char *name = *below ? path_join(arena, below, names[index]) : names[index];
            const char *listed = listed_name(verification, id, name);
            const bool is_folder = folder_exists(path_join(arena, folder, names[index]));
            if (is_folder && pending_count < 64) {
                pending[pending_count++] = name;
            } else if (!checksums_find(verification->sums, listed)) {
                differs(verification, listed, "is not in the manifest");
            }
        }
    }
}

static json_int_t whole(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(object, key));
}

/* One file of a manifest against the lists and its own header. */
static void verify_file(Verification *verification, const char *id, const json_t *file) {
    Arena *arena = verification->arena;
    const char *name = json_string_value(json_object_get(file, "name"));
    const char *sha256 = json_string_value(json_object_get(file, "sha256"));
    const char *listed = listed_name(verification, id, name ? name : "?");
    const ChecksumLine *line = checksums_find(verification->sums, listed);
    if (!line || !sha256 || strcmp(line->sha256, sha256) != 0) {
        differs(verification, listed, "has another checksum in the manifest than in SHA256SUMS");
        return;
    }
    const char *path = path_join(arena, verification->folder, listed);
    ErrorList *problems = errors_create(arena); /* a damaged file is a difference, not an input */
    SoundInfo info = {0};
    if (!file_exists(path)) {
        return; /* said before */
    }
    if (sound_probe(path, listed, NO_PLACE, &info, problems) != DONE) {
        differs(verification, listed, "is no whole sound file");
    } else if (info.frame_count != whole(file, "frames") ||
               info.channel_count != whole(file, "channels") ||
               info.rate_hz != whole(file, "rate_hz")) {
        differs(verification, listed, "has not the length, channels or rate of its manifest");
    }
}

static const char *
verify_null(Verification *verification, const char *id, const json_t *manifest, const char *sum) {
    static const char *const words[] = {
        [NULL_NOT_TESTED] = "not tested", [NULL_EXACT] = "exact", [NULL_DIFFERS] = "differs"};
    Arena *arena = verification->arena;
    const char *folder = path_join(arena, verification->folder, listed_name(verification, id, ""));
    NullResult result = {0};
    ErrorList *unsaid = errors_create(arena); /* files that cannot be read were named before */
    if (null_test(folder, manifest, sum, arena, &result, unsaid) == DONE && result.name) {
        differs(verification, listed_name(verification, id, result.name),
                "is not the sum of its stems");
    }
    return words[result.verdict];
}

static void verify_deliverable(Verification *verification, const char *id) {
    Arena *arena = verification->arena;
    const char *path =
        path_join(arena, verification->folder, listed_name(verification, id, MANIFEST_NAME));
    json_t *manifest = NULL;
    verify_nothing_extra(verification, id);
    if (!file_exists(path) || manifest_read(path, arena, &manifest, verification->errors) != DONE) {
        return; /* named as extra, missing or damaged */
    }
    const json_t *files = json_object_get(manifest, "files");
    size_t index = 0;
    const json_t *file = NULL;
    json_array_foreach(files, index, file) {
        verify_file(verification, id, file);
    }
    const char *full = verify_null(verification, id, manifest, "full");
    const char *music_and_effects = verify_null(verification, id, manifest, "me");
    json_object_set_new(verification->deliverables, id,
                        json_pack("{s:i, s:s, s:s}", "files", (int)json_array_size(files),
                                  "null_full", full, "null_me", music_and_effects));
    json_decref(manifest);
}

/* Every folder of deliverables/, also those that no list knows. */
static Status verify_deliverables(Verification *verification) {
    const char *shelf = path_join(verification->arena, verification->folder, "deliverables");
    const char **ids = NULL;
    int id_count = 0;
    TRY(folder_list(shelf, verification->arena, &ids, &id_count, verification->errors));
    for (int index = 0; index < id_count; index++) {
        if (folder_exists(path_join(verification->arena, shelf, ids[index]))) {
            verify_deliverable(verification, ids[index]);
        } else {
            differs(verification, arena_format(verification->arena, "deliverables/%s", ids[index]),
                    "is not in the manifest");
        }
    }
    return DONE;
}

static Status verify(const Options *options, Verification *verification) {
    TRY(answer_check_count(options, 1, 1, "DIR", verification->errors));
    verification->folder = options->arguments[0];
    if (!folder_exists(verification->folder)) {
        return fail(verification->errors, E410, NO_PLACE, "no folder `%s`", verification->folder);
    }
    TRY(checksums_read(path_join(verification->arena, verification->folder, CHECKSUMS_NAME),
                       verification->arena, &verification->sums, verification->errors));
    if (!checksums_find(verification->sums, MANIFEST_NAME)) {
        differs(verification, MANIFEST_NAME, "is not in SHA256SUMS");
    }
    verify_checksums(verification);
    TRY(verify_deliverables(verification));
    return options->rerender_share > 0.0
               ? rerender_sample(verification->folder, options->rerender_share, verification->arena,
                                 &verification->rerender, verification->errors)
               : DONE;
}

static void print_rerender(const RerenderResult *result) {
    printf("%d task%s rendered once more, bit for bit the same", result->checked_count,
           result->checked_count == 1 ? "" : "s");
    if (result->absent_count > 0) {
        printf("; %d not any more in the store", result->absent_count);
    }
    fputc('\n', stdout);
}

static void answer_verdict(const Options *options, const Verification *verification, int code) {
    json_t *answer =
        json_pack("{s:b, s:i, s:i, s:i, s:O}", "ok", code == 0, "exit_code", code, "files",
                  verification->file_count, "differences", errors_count(verification->errors),
                  "deliverables", verification->deliverables);
    if (options->rerender_share > 0.0) {
        json_object_set_new(answer, "rerendered",
                            json_integer(verification->rerender.checked_count));
    }
    answer_json(answer);
}

static void print_verdict(const Options *options, const Verification *verification, int exit_code) {
    if (options->is_json) {
        answer_verdict(options, verification, exit_code);
    } else if (exit_code == 0 && !options->is_quiet) {
        const size_t count = json_object_size(verification->deliverables);
        printf("%s: ok  (%d files, %zu deliverable%s)\n", verification->folder,
               verification->file_count, count, count == 1 ? "" : "s");
        if (options->rerender_share > 0.0) {
            print_rerender(&verification->rerender);
        }
    }
}

int command_verify(const Options *options) {
    Arena *arena = arena_create();
    Verification verification = {
        .arena = arena, .deliverables = json_object(), .errors = errors_create(arena)};
    (void)verify(options, &verification); /* what it found is in the list */
    const int exit_code = answer_errors(options, verification.errors, NULL);
    print_verdict(options, &verification, exit_code);
    json_decref(verification.deliverables);
    arena_destroy(&arena);
    return exit_code;
}
