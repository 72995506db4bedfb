/* The objects of a store as files: what `cache` counts, checks and removes. */
#include "cluster/store_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cluster/run_record.h"
#include "render/base/files.h"

enum { FIRST_FILES = 256, SHELF_DIGITS = 2, UNFINISHED_S = 24 * 3600 };

static int64_t nanoseconds_of(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static const char *file_path(const StoreFiles *files, Key key, Arena *arena) {
    KeyText text;
    key_format(key, text);
    return arena_format(arena, "%s/objects/%.2s/%s", files->folder, text, text + SHELF_DIGITS);
}

/* Grows in the arena; limit: how many there is room for. */
static void add_file(StoreFiles *files, int *limit, StoreFile file, Arena *arena) {
    if (files->count == *limit) {
        *limit = *limit > 0 ? 2 * *limit : FIRST_FILES;
        StoreFile *grown = arena_array(arena, (size_t)*limit, sizeof *grown);
        if (files->count > 0) {
            memcpy(grown, files->files, (size_t)files->count * sizeof *grown);
        }
        files->files = grown;
    }
    files->files[files->count++] = file;
    files->size_bytes += file.size_bytes;
}

/* One of the folders objects/00 to objects/ff. */
static Status
list_shelf(StoreFiles *files, const char *shelf, int *limit, Arena *arena, ErrorList *errors) {
    const char *folder = arena_format(arena, "%s/objects/%s", files->folder, shelf);
    const char **names = NULL;
    int count = 0;
    TRY(folder_list(folder, arena, &names, &count, errors));
    for (int name = 0; name < count; name++) {
        StoreFile file = {0};
        struct stat facts;
        const char *text = arena_format(arena, "%s%s", shelf, names[name]);
        if (strlen(text) != sizeof(KeyText) - 1 || !key_parse(text, &file.key)) {
            files->foreign_count++;
        } else if (stat(path_join(arena, folder, names[name]), &facts) == 0) {
            const int64_t written_ns = nanoseconds_of(facts.st_mtim);
            const int64_t read_ns = nanoseconds_of(facts.st_atim);
            file.size_bytes = facts.st_size;
            file.used_ns = read_ns > written_ns ? read_ns : written_ns;
            add_file(files, limit, file, arena);
        }
    }
    return DONE;
}

/* Returns how many bytes of tmp are older than least_age_s; with is_removal they go. */
static int64_t
walk_unfinished(StoreFiles *files, time_t least_age_s, bool is_removal, Arena *arena) {
    ErrorList *ignored = errors_create(arena);
    const char *folder = path_join(arena, files->folder, "tmp");
    const char **names = NULL;
    int count = 0;
    int64_t size_bytes = 0;
    if (folder_list(folder, arena, &names, &count, ignored) != DONE) {
        return 0;
    }
    for (int name = 0; name < count; name++) {
        struct stat facts;
        const char *path = path_join(arena, folder, names[name]);
        if (stat(path, &facts) != 0 || time(NULL) - facts.st_mtime < least_age_s) {
            continue;
        }
        size_bytes += facts.st_size;
        files->unfinished_count += !is_removal;
        if (is_removal) {
            unlink(path);
        }
    }
    return size_bytes;
}

Status store_files_list(const char *folder, Arena *arena, StoreFiles *files, ErrorList *errors) {
    const char **shelves = NULL;
    int count = 0;
    int limit = 0;
    const char *objects = path_join(arena, folder, "objects");
    *files = (StoreFiles){.folder = folder};
    if (!folder_exists(objects)) {
        return fail(errors, E410, NO_PLACE, "`%s` is no store", folder);
    }
    TRY(folder_list(objects, arena, &shelves, &count, errors));
    for (int shelf = 0; shelf < count; shelf++) {
        if (strlen(shelves[shelf]) == SHELF_DIGITS) {
            TRY(list_shelf(files, shelves[shelf], &limit, arena, errors));
        } else {
            files->foreign_count++;
        }
    }
    files->unfinished_bytes = walk_unfinished(files, 0, false, arena);
    return DONE;
}

Status
store_files_pin(StoreFiles *files, const char *output_folder, Arena *arena, ErrorList *errors) {
    RunRecord record;
    NameTable pinned = {0};
    TRY(run_record_read(path_join(arena, output_folder, ".nocturne"), false, arena, &record,
                        errors));
    for (int task = 0; task < record.task_count; task++) {
        for (int output = 0; output < record.tasks[task].output_count; output++) {
            char *text = arena_alloc(arena, sizeof(KeyText));
            key_format(record.tasks[task].outputs[output], text);
            name_table_set(&pinned, text, task, arena);
        }
    }
    for (int file = 0; file < files->count; file++) {
        KeyText text;
        key_format(files->files[file].key, text);
        files->files[file].is_pinned |= name_table_find(&pinned, text) >= 0;
    }
    return DONE;
}

static int compare_use(const void *a, const void *b) {
    const StoreFile *one = a;
    const StoreFile *other = b;
    if (one->used_ns != other->used_ns) {
        return one->used_ns < other->used_ns ? -1 : 1;
    }
    return one->key.high < other->key.high ? -1 : one->key.high > other->key.high;
}

StoreTrim store_files_trim(StoreFiles *files, int64_t limit_bytes, Arena *arena) {
    StoreTrim trim = {.left_bytes = files->size_bytes};
    (void)walk_unfinished(files, UNFINISHED_S, true, arena);
    if (files->count > 0) {
        qsort(files->files, (size_t)files->count, sizeof *files->files, compare_use);
    }
    for (int index = 0; index < files->count && trim.left_bytes > limit_bytes; index++) {
        const StoreFile *file = &files->files[index];
        if (!file->is_pinned && unlink(file_path(files, file->key, arena)) == 0) {
            trim.removed_count++;
            trim.removed_bytes += file->size_bytes;
            trim.left_bytes -= file->size_bytes;
        }
    }
    return trim;
}

int store_files_verify(const StoreFiles *files, Arena *arena, ErrorList *errors) {
    Store *store = NULL;
    int damaged_count = 0;
    if (store_open(files->folder, arena, &store, errors) != DONE) {
        return 0;
    }
    for (int index = 0; index < files->count; index++) {
        Arena *scratch = arena_create();
        StoreObject object = {0};
        ErrorList *found = errors_create(scratch);
        if (store_map(store, files->files[index].key, &object, found) == DONE) {
            store_unmap(&object);
        } else if (errors_first(found) && errors_first(found)->status == E701) {
            damaged_count++;
            warn(errors, E701, NO_PLACE, "%s", errors_first(found)->message);
        }
        arena_destroy(&scratch);
    }
    return damaged_count;
}
