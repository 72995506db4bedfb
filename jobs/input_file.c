/* The inputs of a job: each file once, below its root, probed and hashed. */
#include "jobs/input_file.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/files.h"
#include "render/files/table_reader.h"
#include "render/model/store_sharing.h"
#include "spatial/impulse_file.h"

InputFiles *input_files_create(const JobSpec *job, const char *index_folder, Arena *arena) {
    InputFiles *inputs = arena_alloc(arena, sizeof *inputs);
    inputs->arena = arena;
    inputs->index_folder = index_folder;
    /* a deliverable has an HRTF and a headphone equalizer */
    const int limit = job->layer_count + job->room_count + 2 * job->deliverable_count;
    inputs->files = arena_array(arena, (size_t)limit, sizeof *inputs->files);
    return inputs;
}

static int find_file(const InputFiles *inputs, const char *real_path) {
    for (int file = 0; file < inputs->file_count; file++) {
        if (strcmp(inputs->files[file].real_path, real_path) == 0) {
            return file;
        }
    }
    return -1;
}

static bool lies_below(const char *path, const char *folder) {
    const size_t length = strlen(folder);
    const bool is_root = length == 1 && folder[0] == '/';
    return strncmp(path, folder, length) == 0 && (is_root || path[length] == '/');
}

/* Symbolic links may lead anywhere below the root, never out of it. */
static Status
check_links(const JobText *written, const char *path, const char *root, ErrorList *errors) {
    char *real = realpath(path, NULL);
    char *real_root = realpath(root, NULL);
    const bool escapes = real && real_root && !lies_below(real, real_root);
    free(real);
    free(real_root);
    if (!escapes) {
        return DONE; /* a missing file is told by whoever opens it */
    }
    fail(errors, E403, written->place, "`%s` is a symlink that leaves its root", written->text);
    error_help(errors, "copy the file into the job folder or add its folder to `roots:`");
    return E403;
}

/* What is known of a file under its identity: it is read whole once, not every night. */
typedef struct IndexEntry {
    const char *path, *identity;
} IndexEntry;

static IndexEntry index_entry(const InputFiles *inputs, const FileIdentity *identity) {
    const char *text = arena_format(
        inputs->arena, "%" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64, identity->device,
        identity->inode, identity->size_bytes, identity->modified_ns, identity->changed_ns);
    KeyText hex;
    key_format(key_of_text(text), hex);
    return (IndexEntry){arena_format(inputs->arena, "%s/%s", inputs->index_folder, hex), text};
}

/* Its SHA-256, and a sum of both: entries are written without fsync. */
static const char *index_line(const IndexEntry *entry, const Sha256Text sha256, Arena *arena) {
    KeyText sum;
    key_format(key_of_text(arena_format(arena, "%s %s", entry->identity, sha256)), sum);
    return arena_format(arena, "%s %s\n", sha256, sum);
}

static bool read_index(const IndexEntry *entry, Arena *arena, Sha256Text sha256) {
    enum { MOST_BYTES = 256 };
    ErrorList *ignored = errors_create(arena);
    FileBytes bytes;
    if (file_read(entry->path, MOST_BYTES, NO_PLACE, arena, &bytes, ignored) != DONE ||
        bytes.size_bytes < sizeof(Sha256Text)) {
        return false;
    }
    memcpy(sha256, bytes.bytes, sizeof(Sha256Text) - 1);
    sha256[sizeof(Sha256Text) - 1] = '\0';
    const char *line = index_line(entry, sha256, arena);
    return bytes.size_bytes == strlen(line) && memcmp(bytes.bytes, line, bytes.size_bytes) == 0;
}

static Status hash_file(InputFiles *inputs, MixFile *file, ErrorList *errors) {
    FileIdentity identity;
    TRY(file_identity(file->real_path, file->place, &identity, errors));
    file->size_bytes = identity.size_bytes;
    file->modified_ns = identity.modified_ns;
    if (!inputs->index_folder) {
        return file_sha256(file->real_path, file->place, file->sha256, errors);
    }
    const IndexEntry entry = index_entry(inputs, &identity);
    if (read_index(&entry, inputs->arena, file->sha256)) {
        return DONE;
    }
    TRY(file_sha256(file->real_path, file->place, file->sha256, errors));
    ErrorList *ignored = errors_create(inputs->arena); /* the index is only a help */
    const char *store = path_folder(inputs->arena, inputs->index_folder);
    if (!folder_exists(inputs->index_folder) &&
        folder_make(inputs->index_folder, ignored) == DONE) {
        store_sharing_apply(store, inputs->index_folder);
    }
    const char *line = index_line(&entry, file->sha256, inputs->arena);
    if (file_write_unsynced(entry.path, line, strlen(line), ignored) == DONE) {
        store_sharing_apply(store, entry.path);
    }
    return DONE;
}

/* The slot of the file as written; *is_new when it was not seen before. */
static Status add_file(InputFiles *inputs,
                       const JobSpec *job,
                       const JobText *written,
                       int *file,
                       bool *is_new,
                       ErrorList *errors) {
    const char *real_path = NULL;
    const char *root = NULL;
    TRY(job_resolve_path(job, written, inputs->arena, &real_path, &root, errors));
    TRY(check_links(written, real_path, root, errors));
    *file = find_file(inputs, real_path);
    *is_new = *file < 0;
    if (*is_new) {
        *file = inputs->file_count;
        inputs->files[*file] =
            (MixFile){.path = written->text, .real_path = real_path, .place = written->place};
    }
    return DONE;
}

static Status add_sound(InputFiles *inputs,
                        const JobSpec *job,
                        const JobText *written,
                        bool is_master,
                        int *file,
                        ErrorList *errors) {
    bool is_new = false;
    TRY(add_file(inputs, job, written, file, &is_new, errors));
    if (!is_new) {
        return DONE;
    }
    MixFile *added = &inputs->files[*file];
    SoundInfo info;
    TRY(is_master ? adm_input_probe(added->real_path, added->path, added->place, &info, errors)
                  : sound_probe(added->real_path, added->path, added->place, &info, errors));
    added->channel_count = info.channel_count;
    added->rate_hz = info.rate_hz;
    added->frame_count = info.frame_count;
    SampleTable table;
    added->is_open = sample_table_of(&info, &table);
    TRY(hash_file(inputs, added, errors));
    inputs->file_count++;
    return DONE;
}

Status input_file_add_sound(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors) {
    return add_sound(inputs, job, written, false, file, errors);
}

Status input_file_add_master(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors) {
    return add_sound(inputs, job, written, true, file, errors);
}

Status input_file_add_impulse(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors) {
    bool is_new = false;
    TRY(add_file(inputs, job, written, file, &is_new, errors));
    if (!is_new) {
        return impulse_file_check(&inputs->files[*file], errors);
    }
    TRY(impulse_file_probe(&inputs->files[*file], errors));
    TRY(hash_file(inputs, &inputs->files[*file], errors));
    inputs->file_count++;
    return DONE;
}

Status input_file_add_sofa(InputFiles *inputs,
                           const JobSpec *job,
                           const JobDeliverable *deliverable,
                           int *file,
                           ErrorList *errors) {
    bool is_new = false;
    TRY(add_file(inputs, job, &deliverable->sofa, file, &is_new, errors));
    MixFile *added = &inputs->files[*file];
    if (is_new) {
        TRY(hash_file(inputs, added, errors));
        inputs->file_count++;
    }
    const JobText *pinned = &deliverable->sofa_sha256;
    if (pinned->text && strcmp(pinned->text, added->sha256) != 0) {
        fail(errors, E430, pinned->place, "`%s` is not the pinned file", added->path);
        error_caret(errors, "its SHA-256 is %s", added->sha256);
        return E430;
    }
    return DONE;
}
