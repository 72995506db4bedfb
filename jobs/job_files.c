/* The texts a job is made of, and one text for all of them. */
#include "jobs/job_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/configs.h"
#include "jobs/job_path.h"
#include "render/base/files.h"

enum { FILE_MAX_BYTES = 4 << 20, LIST_MAX_BYTES = 64 << 20 };

static const char standard_input[] = "-";
/* A `%` cannot begin a job: no text of one file looks like a bundle. */
static const char bundle_head[] = "%nocturne-bundle 1\n";

static Status read_standard_input(Arena *arena, JobFile *file, ErrorList *errors) {
    char *bytes = arena_alloc(arena, FILE_MAX_BYTES + 2);
    file->size_bytes = fread(bytes, 1, FILE_MAX_BYTES + 1, stdin);
    file->bytes = bytes;
    if (ferror(stdin)) {
        return fail(errors, E411, NO_PLACE, "standard input cannot be read");
    }
    return file->size_bytes <= FILE_MAX_BYTES
               ? DONE
               : fail(errors, E106, NO_PLACE, "the job is larger than 4 MiB");
}

static Status
read_file(const char *path, Place place, Arena *arena, JobFile *file, ErrorList *errors) {
    FileBytes bytes;
    TRY(file_read(path, LIST_MAX_BYTES, place, arena, &bytes, errors));
    file->bytes = bytes.bytes;
    file->size_bytes = bytes.size_bytes;
    return DONE;
}

/* One `name size` line and that many bytes. */
static const char *read_bundled(const char *at, Arena *arena, JobFile *file) {
    const size_t length = strcspn(at, "\n");
    const char *blank = memrchr(at, ' ', length);
    if (!blank || at[length] != '\n') {
        return NULL;
    }
    file->name = arena_copy_bytes(arena, at, (size_t)(blank - at));
    file->size_bytes = strtoul(blank, NULL, 10);
    at += length + 1;
    if (strlen(at) < file->size_bytes) {
        return NULL;
    }
    file->bytes = arena_copy_bytes(arena, at, file->size_bytes);
    return at + file->size_bytes;
}

void job_files_unbundle(const char *text, const char *path, Arena *arena, JobFiles *files) {
    *files = (JobFiles){.folder = path_folder(arena, path)};
    if (strncmp(text, bundle_head, strlen(bundle_head)) != 0) {
        const char *name = strcmp(path, standard_input) == 0 ? standard_input : path_name(path);
        files->files[files->count++] = (JobFile){name, text, strlen(text)};
        return;
    }
    files->is_bundle = true;
    const char *at = text + strlen(bundle_head);
    while (at && *at && files->count < JOB_FILES_MAX) {
        at = read_bundled(at, arena, &files->files[files->count]);
        files->count += at != NULL;
    }
}

Status job_files_open(const JobSource *source, Arena *arena, JobFiles *files, ErrorList *errors) {
    if (source->bytes) {
        const char *text = arena_copy_bytes(arena, source->bytes, source->size_bytes);
        job_files_unbundle(text, source->path, arena, files);
        if (!files->is_bundle) {
            files->files[0].size_bytes = source->size_bytes;
        }
        return DONE;
    }
    *files = (JobFiles){.folder = path_folder(arena, source->path), .count = 1};
    JobFile *own = &files->files[0];
    own->name = path_name(source->path);
    return strcmp(source->path, standard_input) == 0
               ? read_standard_input(arena, own, errors)
               : read_file(source->path, NO_PLACE, arena, own, errors);
}

Status job_files_path(
    const Node *written, const char *folder, Arena *arena, const char **path, ErrorList *errors) {
    const bool is_absolute = *written->text == '/' || *written->text == '~';
    *path = is_absolute ? written->text
                        : path_normalize(path_join(arena, folder, written->text), arena);
    if (!is_absolute && strncmp(*path, "..", 2) != 0) {
        return DONE;
    }
    fail(errors, E402, written->place, "this path leaves the job folder");
    error_caret(errors, "resolves to %s, outside the job folder", *path);
    return E402;
}

Status job_files_find(JobFiles *files,
                      const char *name,
                      Place place,
                      Arena *arena,
                      const JobFile **file,
                      ErrorList *errors) {
    for (int index = 0; index < files->count; index++) {
        if (strcmp(files->files[index].name, name) == 0) {
            *file = &files->files[index];
            return DONE;
        }
    }
    if (files->is_bundle) {
        return fail(errors, E410, place, "`%s` was not sent with the job", name);
    }
    if (files->count == JOB_FILES_MAX) {
        return fail(errors, E105, place, "a job is made of at most %d files", JOB_FILES_MAX);
    }
    JobFile *read = &files->files[files->count];
    read->name = name;
    TRY(read_file(configs_path(files->folder, name, arena), place, arena, read, errors));
    files->count++;
    *file = read;
    return DONE;
}

const char *job_files_bundle(const JobFiles *files, Arena *arena) {
    if (files->count == 1) {
        return files->files[0].bytes;
    }
    size_t size_bytes = sizeof bundle_head;
    for (int index = 0; index < files->count; index++) {
        size_bytes += strlen(files->files[index].name) + files->files[index].size_bytes + 32;
    }
    char *text = arena_alloc(arena, size_bytes);
    char *end = stpcpy(text, bundle_head);
    char *const limit = text + size_bytes;
    for (int index = 0; index < files->count; index++) {
        const JobFile *file = &files->files[index];
        end += snprintf(end, (size_t)(limit - end), "%s %zu\n", file->name, file->size_bytes);
        end = mempcpy(end, file->bytes, file->size_bytes);
    }
    *end = '\0';
    return text;
}

bool job_files_are(const char *text, const char *path, Arena *arena) {
    JobFiles kept;
    ErrorList *ignored = errors_create(arena);
    job_files_unbundle(text, path, arena, &kept);
    for (int index = 0; index < kept.count; index++) {
        const char *now_path =
            index == 0 ? path : configs_path(kept.folder, kept.files[index].name, arena);
        JobFile now = {0};
        if (read_file(now_path, NO_PLACE, arena, &now, ignored) != DONE ||
            now.size_bytes != kept.files[index].size_bytes ||
            memcmp(now.bytes, kept.files[index].bytes, now.size_bytes) != 0) {
            return false;
        }
    }
    return true;
}
