/* Whole files and open ones: every error named, every short read and late error seen. */
#include "render/base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HASH_CHUNK_BYTES = 64 * 1024,
    COPY_BYTES = 32 * 1024, /* at once, as in store_writer.c */
    BYTES_PER_MIB = 1 << 20,
    UNKNOWN_SIZE_BYTES = 64 * 1024, /* first guess where stat says 0, as in /proc */
    NEAREST_MAX_NAMES = 10000,      /* a look at a bigger folder would cost more than it helps */
    TEMP_MAX_TRIES = 1000
};

static const char *reason_of(int error_number) {
    const char *reason = strerrordesc_np(error_number);
    return reason ? reason : "unknown error";
}

Status status_from_errno(int error_number) {
    static const struct {
        int error_number;
        Status status;
    } rows[] = {
        {ENOSPC, E501},
        {EROFS,  E502},
        {EACCES, E503},
        {EPERM,  E503},
        {EFBIG,  E504},
        {EDQUOT, E505},
        {EXDEV,  E507},
        {EMFILE, E508},
        {ENFILE, E508},
        {ENOMEM, E515},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        if (rows[row].error_number == error_number) {
            return rows[row].status;
        }
    }
    return E509;
}

Status file_fail_write(const char *path, int error_number, ErrorList *errors) {
    const Status status = status_from_errno(error_number);
    const Place place = NO_PLACE;
    switch (status) {
    case E501:
        return fail(errors, status, place, "no space on the device (or no inodes) for `%s`", path);
    case E502:
        return fail(errors, status, place, "`%s` is on a read-only file system", path);
    case E503:
        return fail(errors, status, place, "no permission to write `%s`", path);
    case E504:
        return fail(errors, status, place, "`%s` exceeds the file size limit (ulimit -f)", path);
    case E505:
        return fail(errors, status, place, "the disk quota is used up: `%s`", path);
    case E507:
        return fail(errors, status, place, "`%s` is not on the same file system", path);
    case E508:
        return fail(errors, status, place, "too many open files (ulimit -n): `%s`", path);
    case E515:
        return fail(errors, status, place, "out of memory at `%s`", path);
    default:
        return fail(errors, status, place, "I/O error at `%s`: %s", path, reason_of(error_number));
    }
}

static int lower_ascii(int character) {
    return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
}

/* Levenshtein distance of two file names, upper and lower case being the same. */
static int name_distance(const char *a, const char *b) {
    int row[NAME_MAX + 2];
    const int b_length = (int)strnlen(b, NAME_MAX);
    for (int column = 0; column <= b_length; column++) {
        row[column] = column;
    }
    for (int line = 1; a[line - 1]; line++) {
        int diagonal = row[0];
        row[0] = line;
        for (int column = 1; column <= b_length; column++) {
            const bool equal = lower_ascii(a[line - 1]) == lower_ascii(b[column - 1]);
            int best = diagonal + (equal ? 0 : 1);
            diagonal = row[column];
            best = diagonal + 1 < best ? diagonal + 1 : best;
            best = row[column - 1] + 1 < best ? row[column - 1] + 1 : best;
            row[column] = best;
        }
    }
    return row[b_length];
}

/* The entry of folder that is one slip per three letters or nearer; of equals the first by bytes,
 * so that the message does not depend on the order of the folder. */
static bool find_nearest_name(const char *folder, const char *wrong, char nearest[NAME_MAX + 1]) {
    DIR *entries = opendir(folder);
    if (!entries || strlen(wrong) > NAME_MAX) {
        if (entries) {
            closedir(entries);
        }
        return false;
    }
    int best = (int)strlen(wrong) / 3 + 1;
    bool found = false;
    const struct dirent *entry = NULL;
    for (int count = 0; count < NEAREST_MAX_NAMES; count++) {
        entry = readdir(entries); // NOLINT(concurrency-mt-unsafe): a stream of our own
        if (!entry) {
            break;
        }
        const int distance =
            entry->d_name[0] == '.' ? INT_MAX : name_distance(wrong, entry->d_name);
        if (distance < best || (found && distance == best && strcmp(entry->d_name, nearest) < 0)) {
            best = distance;
            found = true;
            snprintf(nearest, NAME_MAX + 1, "%s", entry->d_name);
        }
    }
    closedir(entries);
    return found;
}

static Status
fail_missing(const char *path, const char *shown_path, Place place, ErrorList *errors) {
    fail(errors, E410, place, "`%s` does not exist", shown_path);
    char folder[PATH_MAX];
    const size_t folder_length = (size_t)(path_name(path) - path);
    if (folder_length >= sizeof folder) {
        return E410;
    }
    snprintf(folder, sizeof folder, "%.*s", (int)folder_length, path);
    char nearest[NAME_MAX + 1];
    if (find_nearest_name(folder_length > 0 ? folder : ".", path_name(path), nearest)) {
        const int shown_folder_length = (int)(path_name(shown_path) - shown_path);
        error_help(errors, "did you mean `%.*s%s`?", shown_folder_length, shown_path, nearest);
    }
    return E410;
}

static Status fail_read(const char *shown_path, Place place, int error_number, ErrorList *errors) {
    const Status status = status_from_errno(error_number);
    if (status == E508) {
        return fail(errors, E508, place, "too many open files (ulimit -n): `%s`", shown_path);
    }
    if (error_number == ELOOP) {
        return fail(errors, E411, place, "cannot read `%s`: its symbolic links form a loop",
                    shown_path);
    }
    if (error_number == EIO) {
        return fail(errors, E411, place, "cannot read `%s`: I/O error", shown_path);
    }
    return fail(errors, E411, place, "cannot read `%s`: %s", shown_path, reason_of(error_number));
}

static Status fail_open(
    const char *path, const char *shown_path, Place place, int error_number, ErrorList *errors) {
    if (error_number == ENOENT || error_number == ENOTDIR) {
        return fail_missing(path, shown_path, place, errors);
    }
    if (error_number == ENXIO || error_number == ENODEV) { /* a socket, or a device that is off */
        return fail(errors, E404, place, "`%s` is not a regular file", shown_path);
    }
    return fail_read(shown_path, place, error_number, errors);
}

static const char *kind_of(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "a folder";
    }
    if (S_ISFIFO(mode)) {
        return "a FIFO";
    }
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

static Status
check_regular(const struct stat *facts, const char *shown_path, Place place, ErrorList *errors) {
    if (S_ISREG(facts->st_mode)) {
        return DONE;
    }
    return fail(errors, E404, place, "`%s` is %s, not a regular file", shown_path,
                kind_of(facts->st_mode));
}

/* The stat comes before the open, so that no device is ever opened (opening one can have effects);
 * the fstat after it, because the file may have been replaced in between. */
Status file_open_shown(
    const char *path, const char *shown_path, Place place, OpenFile *file, ErrorList *errors) {
    struct stat facts;
    *file = (OpenFile){.descriptor = -1, .path = shown_path, .place = place};
    if (stat(path, &facts) != 0) {
        return fail_open(path, shown_path, place, errno, errors);
    }
    TRY(check_regular(&facts, shown_path, place, errors));
    int descriptor = -1;
    do {
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) {
        return fail_open(path, shown_path, place, errno, errors);
    }
    Status status = DONE;
    if (fstat(descriptor, &facts) != 0) {
        status = fail_read(shown_path, place, errno, errors);
    } else {
        status = check_regular(&facts, shown_path, place, errors);
    }
    if (status != DONE) {
        close(descriptor);
        return status;
    }
    file->descriptor = descriptor;
    return DONE;
}

Status file_open_regular(const char *path, Place place, int *descriptor, ErrorList *errors) {
    OpenFile file = {.descriptor = -1};
    const Status status = file_open_shown(path, path, place, &file, errors);
    *descriptor = file.descriptor;
    return status;
}

Status file_read_at(const OpenFile *file,
                    int64_t offset,
                    void *bytes,
                    size_t size_bytes,
                    size_t *got,
                    ErrorList *errors) {
    *got = 0;
    while (*got < size_bytes) {
        const ssize_t count = pread(file->descriptor, (char *)bytes + *got, size_bytes - *got,
                                    (off_t)(offset + (int64_t)*got));
        if (count == 0) {
            return DONE;
        }
        if (count < 0 && errno != EINTR) {
            return fail_read(file->path, file->place, errno, errors);
        }
        *got += count > 0 ? (size_t)count : 0;
    }
    return DONE;
}

Status file_write_all(
    const OpenFile *file, int64_t offset, const void *bytes, size_t size_bytes, ErrorList *errors) {
    size_t written = 0;
    while (written < size_bytes) {
        const char *rest = (const char *)bytes + written;
        const size_t rest_bytes = size_bytes - written;
        const ssize_t count = offset < 0 ? write(file->descriptor, rest, rest_bytes)
                                         : pwrite(file->descriptor, rest, rest_bytes,
                                                  (off_t)(offset + (int64_t)written));
        if (count < 0 && errno != EINTR) {
            return file_fail_write(file->path, errno, errors);
        }
        if (count == 0) { /* a device that takes nothing and says nothing */
            return file_fail_write(file->path, EIO, errors);
        }
        written += count > 0 ? (size_t)count : 0;
    }
    return DONE;
}

Status file_copy(const OpenFile *from, const OpenFile *to, int64_t size_bytes, ErrorList *errors) {
    char portion[COPY_BYTES];
    const bool is_all = size_bytes < 0;
    size_t got = sizeof portion;
    for (int64_t done = 0; is_all ? got == sizeof portion : done < size_bytes;
         done += (int64_t)got) {
        const int64_t left_bytes = is_all ? COPY_BYTES : size_bytes - done;
        const size_t wanted = left_bytes < COPY_BYTES ? (size_t)left_bytes : sizeof portion;
        TRY(file_read_at(from, done, portion, wanted, &got, errors));
        if (!is_all && got < wanted) {
            return fail(errors, E411, from->place, "`%s` ends too early", from->path);
        }
        TRY(file_write_all(to, -1, portion, got, errors));
    }
    return DONE;
}

void file_reserve(const OpenFile *file, int64_t begin, int64_t size_bytes) {
    enum { LEAST_BYTES = 1 << 20 };
    if (size_bytes >= LEAST_BYTES) {
        (void)fallocate(file->descriptor, FALLOC_FL_KEEP_SIZE, begin, size_bytes);
    }
}

void file_reserve_end(const OpenFile *file, int64_t size_bytes) {
    (void)!ftruncate(file->descriptor, size_bytes);
}

/* After EINTR Linux has closed the descriptor: closing again could hit another file. */
Status file_close(OpenFile *file, ErrorList *errors) {
    const int descriptor = file->descriptor;
    file->descriptor = -1;
    if (descriptor >= 0 && close(descriptor) != 0 && errno != EINTR) {
        return file_fail_write(file->path, errno, errors);
    }
    return DONE;
}

static Status read_growing(
    const OpenFile *file, size_t limit_bytes, Arena *arena, FileBytes *out, ErrorList *errors) {
    struct stat facts = {0};
    if (fstat(file->descriptor, &facts) != 0) {
        return fail_read(file->path, file->place, errno, errors);
    }
    if ((uint64_t)facts.st_size > limit_bytes) {
        const bool is_mebibytes = limit_bytes % BYTES_PER_MIB == 0;
        return fail(errors, E106, file->place, "`%s` is too large: %lld bytes, the limit is %zu %s",
                    file->path, (long long)facts.st_size,
                    is_mebibytes ? limit_bytes / BYTES_PER_MIB : limit_bytes,
                    is_mebibytes ? "MiB" : "bytes");
    }
    size_t room = facts.st_size > 0 ? (size_t)facts.st_size : UNKNOWN_SIZE_BYTES;
    char *bytes = NULL;
    size_t size_bytes = 0;
    for (;;) { /* a full buffer may mean that the file has grown */
        char *larger = arena_alloc(arena, room + 2);
        if (size_bytes > 0) {
            memcpy(larger, bytes, size_bytes);
        }
        bytes = larger;
        size_t got = 0;
        TRY(file_read_at(file, (int64_t)size_bytes, bytes + size_bytes, room + 1 - size_bytes, &got,
                         errors));
        size_bytes += got;
        if (size_bytes > limit_bytes) {
            return fail(errors, E106, file->place, "`%s` has more than %zu bytes, the limit",
                        file->path, limit_bytes);
        }
        if (size_bytes <= room) {
            *out = (FileBytes){.bytes = bytes, .size_bytes = size_bytes};
            return DONE;
        }
        room *= 2;
    }
}

Status file_read(const char *path,
                 size_t limit_bytes,
                 Place place,
                 Arena *arena,
                 FileBytes *out,
                 ErrorList *errors) {
    OpenFile file = {.descriptor = -1};
    TRY(file_open_shown(path, path, place, &file, errors));
    const Status status = read_growing(&file, limit_bytes, arena, out, errors);
    close(file.descriptor);
    return status;
}

/* <folder>/.<name>.<process>.<n>.tmp; other hosts may have the same process number: O_EXCL. */
static Status
create_beside(const char *path, char temp[PATH_MAX], OpenFile *file, ErrorList *errors) {
    const int folder_length = (int)(path_name(path) - path);
    for (int attempt = 0; attempt < TEMP_MAX_TRIES; attempt++) {
        const int length = snprintf(temp, PATH_MAX, "%.*s.%s.%ld.%d.tmp", folder_length, path,
                                    path_name(path), (long)getpid(), attempt);
        if (length < 0 || length >= PATH_MAX) {
            return file_fail_write(path, ENAMETOOLONG, errors);
        }
        const int descriptor =
            open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            *file = (OpenFile){.descriptor = descriptor, .path = path};
            return DONE;
        }
        if (errno != EEXIST && errno != EINTR) {
            return file_fail_write(path, errno, errors);
        }
    }
    return file_fail_write(path, EEXIST, errors);
}

static Status
write_and_sync(const OpenFile *file, const void *bytes, size_t size_bytes, ErrorList *errors) {
    TRY(file_write_all(file, -1, bytes, size_bytes, errors));
    return fsync(file->descriptor) == 0 ? DONE : file_fail_write(file->path, errno, errors);
}

Status folder_sync(const char *path, ErrorList *errors) {
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return file_fail_write(path, errno, errors);
    }
    Status status = DONE;
    /* some network file systems cannot sync a folder and say EINVAL: nothing is lost by that */
    if (fsync(descriptor) != 0 && errno != EINVAL) {
        status = file_fail_write(path, errno, errors);
    }
    close(descriptor);
    return status;
}

static Status sync_folder_of(const char *path, ErrorList *errors) {
    char folder[PATH_MAX];
    const int length = (int)(path_name(path) - path);
    snprintf(folder, sizeof folder, "%.*s", length, path);
    return folder_sync(length > 0 ? folder : ".", errors);
}

static Status write_by_rename(
    const char *path, bool is_synced, const void *bytes, size_t size_bytes, ErrorList *errors) {
    char temp[PATH_MAX];
    OpenFile file = {.descriptor = -1};
    TRY(create_beside(path, temp, &file, errors));
    Status status = is_synced ? write_and_sync(&file, bytes, size_bytes, errors)
                              : file_write_all(&file, -1, bytes, size_bytes, errors);
    if (status == DONE) {
        status = file_close(&file, errors);
    } else {
        close(file.descriptor);
    }
    if (status == DONE && rename(temp, path) != 0) {
        status = file_fail_write(path, errno, errors);
    }
    if (status != DONE) {
        unlink(temp);
    }
    return status;
}

Status
file_write_atomically(const char *path, const void *bytes, size_t size_bytes, ErrorList *errors) {
    TRY(write_by_rename(path, true, bytes, size_bytes, errors));
    return sync_folder_of(path, errors);
}

Status
file_write_unsynced(const char *path, const void *bytes, size_t size_bytes, ErrorList *errors) {
    return write_by_rename(path, false, bytes, size_bytes, errors);
}

static int64_t nanoseconds_of(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

Status file_identity(const char *path, Place place, FileIdentity *out, ErrorList *errors) {
    struct stat facts;
    if (stat(path, &facts) != 0) {
        return fail_open(path, path, place, errno, errors);
    }
    TRY(check_regular(&facts, path, place, errors));
    *out = (FileIdentity){.device = facts.st_dev,
                          .inode = facts.st_ino,
                          .size_bytes = facts.st_size,
                          .modified_ns = nanoseconds_of(facts.st_mtim),
                          .changed_ns = nanoseconds_of(facts.st_ctim)};
    return DONE;
}

Status file_sha256(const char *path, Place place, Sha256Text out, ErrorList *errors) {
    OpenFile file = {.descriptor = -1};
    TRY(file_open_shown(path, path, place, &file, errors));
    Sha256 *sha = sha256_create();
    char chunk[HASH_CHUNK_BYTES];
    size_t got = 0;
    int64_t offset = 0;
    Status status = DONE;
    do {
        status = file_read_at(&file, offset, chunk, sizeof chunk, &got, errors);
        sha256_update(sha, chunk, got);
        offset += (int64_t)got;
    } while (status == DONE && got == sizeof chunk);
    sha256_finish(&sha, out);
    close(file.descriptor);
    return status;
}

bool file_exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

Status path_rename(const char *from, const char *to, ErrorList *errors) {
    return rename(from, to) == 0 ? DONE : file_fail_write(to, errno, errors);
}

const char *path_join(Arena *arena, const char *folder, const char *name) {
    if (name[0] == '/' || folder[0] == '\0') {
        return arena_copy_text(arena, name);
    }
    const size_t length = strlen(folder);
    return arena_format(arena, folder[length - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

const char *path_folder(Arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return ".";
    }
    return slash == path ? "/" : arena_copy_bytes(arena, path, (size_t)(slash - path));
}

const char *path_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
