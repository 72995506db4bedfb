/* Publishing: staged files are judged, described, and become visible by one rename. */
#include "cluster/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/checksums.h"
#include "cluster/gates.h"
#include "cluster/manifest.h"
#include "render/base/files.h"

typedef struct Publication { /* one deliverable on its way */
    const Run *run;
    int deliverable;
    Arena *arena;
    const char *id;
    const char *staged; /* the folder of ENCODE */
    json_t *facts;
} Publication;

static const char *folder_of(const Run *run, const char *shelf, const char *id, Arena *arena) {
    return arena_format(arena, "%s/%s/%s", run->output_folder, shelf, id);
}

static int64_t file_size_bytes(const char *path) {
    struct stat facts;
    return lstat(path, &facts) == 0 && S_ISREG(facts.st_mode) ? (int64_t)facts.st_size : -1;
}

/* Every file that the manifest (or the facts) names is in the folder with its size. */
static bool has_every_file(const json_t *facts, const char *folder, Arena *arena) {
    const json_t *files = json_object_get(facts, "files");
    size_t index = 0;
    const json_t *file = NULL;
    json_array_foreach(files, index, file) {
        const char *name = json_string_value(json_object_get(file, "name"));
        const json_int_t size_bytes = json_integer_value(json_object_get(file, "size_bytes"));
        if (!name || file_size_bytes(path_join(arena, folder, name)) != size_bytes) {
            return false;
        }
    }
    return json_array_size(files) > 0;
}

static bool is_manifest_of(const Run *run, int deliverable, const json_t *manifest) {
    KeyText encode;
    KeyText inspect;
    manifest_encode_key(run, deliverable, encode);
    manifest_inspect_key(run, deliverable, inspect);
    const json_t *keys = json_object_get(manifest, "keys");
    const char *encoded = json_string_value(json_object_get(keys, "encode"));
    const char *inspected = json_string_value(json_object_get(keys, "inspect"));
    return encoded && inspected && !strcmp(encoded, encode) && !strcmp(inspected, inspect);
}

bool publish_is_done(const Run *run, int deliverable) {
    Arena *arena = arena_create();
    ErrorList *unsaid = errors_create(arena); /* not there or damaged: made again */
    const char *id = run->mix->deliverables[deliverable].id;
    const char *folder = folder_of(run, "deliverables", id, arena);
    json_t *manifest = NULL;
    bool is_done = false;
    if (manifest_read(path_join(arena, folder, MANIFEST_NAME), arena, &manifest, unsaid) == DONE) {
        is_done = is_manifest_of(run, deliverable, manifest) &&
                  file_exists(path_join(arena, folder, CHECKSUMS_NAME)) &&
                  has_every_file(manifest, folder, arena);
    }
    json_decref(manifest);
    arena_destroy(&arena);
    return is_done;
}

/* Results in the store are not synced, published files are. */
static Status sync_file(const char *path, ErrorList *errors) {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        return file_fail_write(path, errno, errors);
    }
    const int outcome = fsync(descriptor);
    const Status status = outcome ? file_fail_write(path, errno, errors) : DONE;
    close(descriptor);
    return status;
}

/* The facts of INSPECT as JSON; the caller owns *facts. */
static Status read_facts(const Run *run, int deliverable, json_t **facts, ErrorList *errors) {
    const Task *inspect = &run->plan->tasks[run->plan->inspect_tasks[deliverable]];
    StoreObject object = {0};
    TRY(store_map(run->store, inspect->outputs[0], &object, errors));
    *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    if (!json_is_object(*facts)) {
        json_decref(*facts);
        *facts = NULL;
        return fail(errors, E606, NO_PLACE, "the result of `%s` is damaged", inspect->name);
    }
    return DONE;
}

/* Syncs the staged files and lists their checksums. */
static Status gather_files(const Publication *publication, Checksums *sums, ErrorList *errors) {
    const json_t *files = json_object_get(publication->facts, "files");
    size_t index = 0;
    const json_t *file = NULL;
    json_array_foreach(files, index, file) {
        const char *name = json_string_value(json_object_get(file, "name"));
        const char *sha256 = json_string_value(json_object_get(file, "sha256"));
        if (!name || !sha256 || strlen(sha256) != sizeof(Sha256Text) - 1) {
            return fail(errors, E606, NO_PLACE, "%s: the facts are damaged", publication->id);
        }
        const char *path = path_join(publication->arena, publication->staged, name);
        TRY(sync_file(path, errors));
        TRY(folder_sync(path_folder(publication->arena, path), errors)); /* names may hold / */
        checksums_add(sums, sha256, name);
    }
    return DONE;
}

static Status drop_file(const char *path, ErrorList *errors) {
    return unlink(path) && errno != ENOENT ? file_fail_write(path, errno, errors) : DONE;
}

/* manifest.json and SHA256SUMS beside the staged files, all of it on disk. */
static Status complete_staged(const Publication *publication, ErrorList *errors) {
    Arena *arena = publication->arena;
    const char *manifest_path = path_join(arena, publication->staged, MANIFEST_NAME);
    Checksums *sums = checksums_create(arena);
    Sha256Text sha256;
    folder_sweep_temporaries(publication->staged); /* they would be published */
    TRY(gather_files(publication, sums, errors));
    json_t *manifest =
        manifest_of_deliverable(publication->run, publication->deliverable, publication->facts);
    const Status status = manifest_write(manifest, manifest_path, errors);
    json_decref(manifest);
    TRY(status);
    TRY(file_sha256(manifest_path, NO_PLACE, sha256, errors));
    checksums_add(sums, sha256, MANIFEST_NAME);
    TRY(checksums_write(sums, path_join(arena, publication->staged, CHECKSUMS_NAME), errors));
    TRY(drop_file(path_join(arena, publication->staged, ENCODE_FACTS_NAME), errors));
    return folder_sync(publication->staged, errors);
}

/* A link between folder and a path below it would lead to what is not ours. */
static bool goes_through_link(const char *path, const char *folder, Arena *arena) {
    for (; strcmp(path, folder) != 0; path = path_folder(arena, path)) {
        struct stat facts;
        if (lstat(path, &facts) == 0 && S_ISLNK(facts.st_mode)) {
            return true;
        }
    }
    return false;
}

/* Removes the files that SHA256SUMS of the folder names, and the folders that this empties. */
static Status remove_listed(const char *folder, Arena *arena, ErrorList *errors) {
    const char *list = path_join(arena, folder, CHECKSUMS_NAME);
    Checksums *sums = NULL;
    ErrorList *unsaid = errors_create(arena); /* no list: nothing here is known to be ours */
    if (!file_exists(list) || checksums_read(list, arena, &sums, unsaid) != DONE) {
        return DONE;
    }
    for (const ChecksumLine *line = sums->first; line; line = line->next) {
        const char *path = path_join(arena, folder, line->name);
        const char *above = path_folder(arena, path);
        if (goes_through_link(above, folder, arena)) {
            continue;
        }
        TRY(drop_file(path, errors));
        for (; strcmp(above, folder) != 0; above = path_folder(arena, above)) {
            (void)rmdir(above); /* only when it is empty */
        }
    }
    return drop_file(list, errors);
}

/* Removes a folder of an earlier publication. What nocturne did not write into it stays, in
 * <folder>-1, -2 ... */
static Status remove_published(const char *folder, Arena *arena, ErrorList *errors) {
    if (!folder_exists(folder)) {
        return DONE;
    }
    TRY(remove_listed(folder, arena, errors));
    if (rmdir(folder) == 0) {
        return DONE;
    }
    const char *kept = folder;
    for (int number = 1; access(kept, F_OK) == 0; number++) {
        kept = arena_format(arena, "%s-%d", folder, number);
    }
    return path_rename(folder, kept, errors);
}

/* deliverables/<id> -> previous/<id>; an older one there goes. */
static Status retire(const Run *run, const char *id, Arena *arena, ErrorList *errors) {
    const char *visible = folder_of(run, "deliverables", id, arena);
    const char *retired = folder_of(run, "previous", id, arena);
    if (!folder_exists(visible)) {
        return DONE;
    }
    TRY(folder_make(path_folder(arena, retired), errors));
    TRY(remove_published(retired, arena, errors));
    TRY(path_rename(visible, retired, errors));
    return folder_sync(path_folder(arena, retired), errors);
}

/* The rename that makes the set visible, on its shelf: deliverables or held. Where it may have
 * stood before, nothing stays: what is visible belongs to this job. */
static Status place(const Publication *publication, const char *shelf, ErrorList *errors) {
    const Run *run = publication->run;
    Arena *arena = publication->arena;
    const char *target = folder_of(run, shelf, publication->id, arena);
    TRY(retire(run, publication->id, arena, errors));
    TRY(remove_published(folder_of(run, "held", publication->id, arena), arena, errors));
    (void)rmdir(path_join(arena, run->output_folder, "held")); /* only when it is empty */
    TRY(folder_make(path_folder(arena, target), errors));
    TRY(path_rename(publication->staged, target, errors));
    return folder_sync(path_folder(arena, target), errors);
}

static Status
publish_staged(const Publication *publication, const PublishResult *result, ErrorList *errors) {
    if (!has_every_file(publication->facts, publication->staged, publication->arena)) {
        return fail(errors, E606, NO_PLACE, "%s: the encoded files are not what was inspected",
                    publication->id);
    }
    TRY(complete_staged(publication, errors));
    return place(publication, result->is_held ? "held" : "deliverables", errors);
}

Status publish_deliverable(Run *run,
                           int deliverable,
                           bool allow_qc_fail,
                           Arena *arena,
                           PublishResult *result,
                           ErrorList *errors) {
    Publication publication = {
        .run = run,
        .deliverable = deliverable,
        .arena = arena,
        .id = run->mix->deliverables[deliverable].id,
        .staged = encode_folder(run->mix, run->plan, deliverable, &run->workplace, arena)};
    *result = (PublishResult){0};
    TRY(read_facts(run, deliverable, &publication.facts, errors));
    gates_add_timecodes(run->mix, publication.facts);
    gates_judge(run->mix, deliverable, publication.facts, allow_qc_fail, result, errors);
    result->file_count = (int)json_array_size(json_object_get(publication.facts, "files"));
    const Status status = publish_staged(&publication, result, errors);
    json_decref(publication.facts);
    return status;
}

static bool is_in_job(const Mix *mix, const char *id) {
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        if (!strcmp(mix->deliverables[deliverable].id, id)) {
            return true;
        }
    }
    return false;
}

/* Adds one published deliverable to the top-level list and manifest: its files under their path
 * from the output folder. */
static Status add_published(
    const char *folder, const char *id, json_t *listed, Checksums *sums, ErrorList *errors) {
    Arena *arena = sums->arena;
    Checksums *own = NULL;
    Sha256Text sha256;
    const char *checksums_path = path_join(arena, folder, CHECKSUMS_NAME);
    TRY(checksums_read(checksums_path, arena, &own, errors));
    for (const ChecksumLine *line = own->first; line; line = line->next) {
        checksums_add(sums, line->sha256,
                      arena_format(arena, "deliverables/%s/%s", id, line->name));
    }
    TRY(file_sha256(checksums_path, NO_PLACE, sha256, errors));
    checksums_add(sums, sha256, arena_format(arena, "deliverables/%s/%s", id, CHECKSUMS_NAME));
    const ChecksumLine *manifest = checksums_find(own, MANIFEST_NAME);
    json_object_set_new(listed, id,
                        json_pack("{s:i, s:s}", "files", own->count - 1, /* without the manifest */
                                  "manifest_sha256", manifest ? manifest->sha256 : ""));
    return DONE;
}

/* What the job no longer names moves to previous/, what nocturne did not write stays where it is
 * (`verify` tells). */
static Status
gather_folder(const Run *run, const char *id, json_t *listed, Checksums *sums, ErrorList *errors) {
    const char *folder = folder_of(run, "deliverables", id, sums->arena);
    if (!file_exists(path_join(sums->arena, folder, MANIFEST_NAME))) {
        return DONE;
    }
    return is_in_job(run->mix, id) ? add_published(folder, id, listed, sums, errors)
                                   : retire(run, id, sums->arena, errors);
}

static Status
gather_published(const Run *run, json_t *listed, Checksums *sums, Arena *arena, ErrorList *errors) {
    const char **ids = NULL;
    int id_count = 0;
    const char *shelf = path_join(arena, run->output_folder, "deliverables");
    TRY(folder_list(shelf, arena, &ids, &id_count, errors));
    for (int index = 0; index < id_count; index++) {
        TRY(gather_folder(run, ids[index], listed, sums, errors));
    }
    return DONE;
}

static Status write_top_level(
    const Run *run, const json_t *listed, Checksums *sums, Arena *arena, ErrorList *errors) {
    const char *manifest_path = path_join(arena, run->output_folder, MANIFEST_NAME);
    Sha256Text sha256;
    json_t *manifest = manifest_of_run(run, listed);
    const Status status = manifest_write(manifest, manifest_path, errors);
    json_decref(manifest);
    TRY(status);
    TRY(file_sha256(manifest_path, NO_PLACE, sha256, errors));
    checksums_add(sums, sha256, MANIFEST_NAME);
    return checksums_write(sums, path_join(arena, run->output_folder, CHECKSUMS_NAME), errors);
}

Status publish_manifest(Run *run, Arena *arena, ErrorList *errors) {
    Checksums *sums = checksums_create(arena);
    json_t *listed = json_object();
    Status status = gather_published(run, listed, sums, arena, errors);
    if (status == DONE) {
        status = write_top_level(run, listed, sums, arena, errors);
    }
    json_decref(listed);
    return status;
}

void publish_sweep_stage(const Run *run) {
    const char *folder = run->workplace.stage_folder;
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch);
    const char **names = NULL;
    int count = 0;
    if (folder_list(folder, scratch, &names, &count, ignored) == DONE) {
        for (int name = 0; name < count; name++) {
            folder_remove(path_join(scratch, folder, names[name]), ignored);
        }
    }
    arena_destroy(&scratch);
}
