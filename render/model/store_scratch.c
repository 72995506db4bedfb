/* Copies of a store's objects on a disk of this host, where they may be mapped. */
#include "render/model/store_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "render/base/files.h"

enum { OWNER_ONLY = 0700 };

/* Half of what is left: others live on this disk, too. */
static const uint64_t room_factor = 2;

struct StoreScratch {
    const char *folder;
    uint64_t counter;
};

static const char *object_path(const StoreScratch *scratch, Key key, char *path, bool is_folder) {
    KeyText name;
    key_format(key, name);
    const char *rest = is_folder ? "" : name + 2;
    snprintf(path, SCRATCH_PATH_BYTES, "%s/objects/%.2s%s%s", scratch->folder, name,
             is_folder ? "" : "/", rest);
    return path;
}

/* A folder of ours and no link: /tmp belongs to everybody. */
static bool make_own_folder(const char *path) {
    struct stat facts;
    return (mkdir(path, OWNER_ONLY) == 0 || errno == EEXIST) && lstat(path, &facts) == 0 &&
           S_ISDIR(facts.st_mode) && facts.st_uid == geteuid();
}

StoreScratch *store_scratch_open(const char *folder, Arena *arena) {
    StoreScratch *scratch = arena_alloc(arena, sizeof *scratch);
    scratch->folder = arena_copy_text(arena, folder);
    const bool is_made = make_own_folder(folder) &&
                         make_own_folder(arena_format(arena, "%s/objects", folder)) &&
                         make_own_folder(arena_format(arena, "%s/tmp", folder));
    return is_made ? scratch : NULL;
}

const char *
store_scratch_path(const StoreScratch *scratch, Key key, char path[SCRATCH_PATH_BYTES]) {
    return object_path(scratch, key, path, false);
}

int store_scratch_find(const StoreScratch *scratch, Key key) {
    char path[SCRATCH_PATH_BYTES];
    return open(object_path(scratch, key, path, false),
                O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
}

bool store_scratch_has(const StoreScratch *scratch, Key key) {
    char path[SCRATCH_PATH_BYTES];
    return access(object_path(scratch, key, path, false), R_OK) == 0;
}

void store_scratch_drop(const StoreScratch *scratch, Key key) {
    char path[SCRATCH_PATH_BYTES];
    unlink(object_path(scratch, key, path, false));
}

/* ---- writing ---- */

void store_scratch_begin(StoreScratch *scratch, ScratchFile *file) {
    snprintf(file->path, sizeof file->path, "%s/tmp/%ld.%llu", scratch->folder, (long)getpid(),
             (unsigned long long)scratch->counter++);
    file->descriptor = open(file->path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void store_scratch_cancel(ScratchFile *file) {
    if (file->descriptor >= 0) {
        close(file->descriptor);
        unlink(file->path);
    }
    file->descriptor = -1;
}

bool store_scratch_write(ScratchFile *file, long offset, const void *bytes, size_t size_bytes) {
    const unsigned char *rest = bytes;
    while (file->descriptor >= 0 && size_bytes > 0) {
        const ssize_t written = offset < 0 ? write(file->descriptor, rest, size_bytes)
                                           : pwrite(file->descriptor, rest, size_bytes, offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        rest += written;
        size_bytes -= (size_t)written;
        offset += offset < 0 ? 0 : written;
    }
    return file->descriptor >= 0;
}

/* In its place under its name; false: it stays a temp file. */
static bool publish(const StoreScratch *scratch, Key key, const char *temp) {
    char path[SCRATCH_PATH_BYTES];
    char folder[SCRATCH_PATH_BYTES];
    object_path(scratch, key, path, false);
    return rename(temp, path) == 0 ||
           (errno == ENOENT && make_own_folder(object_path(scratch, key, folder, true)) &&
            rename(temp, path) == 0);
}

bool store_scratch_commit(const StoreScratch *scratch, Key key, ScratchFile *file) {
    if (file->descriptor < 0) {
        return false;
    }
    const bool is_whole = close(file->descriptor) == 0;
    const bool is_there = is_whole && publish(scratch, key, file->path);
    if (!is_there) {
        unlink(file->path);
    }
    file->descriptor = -1;
    return is_there;
}

/* ---- fetching ---- */

bool store_scratch_has_room(const StoreScratch *scratch, size_t size_bytes) {
    struct statvfs facts;
    return statvfs(scratch->folder, &facts) == 0 &&
           (uint64_t)facts.f_bavail * facts.f_frsize / room_factor > size_bytes;
}

static bool copy_object(const ScratchFile *file, int from, size_t size_bytes) {
    Arena *arena = arena_create();
    ErrorList *unsaid = errors_create(arena); /* the object is read where it lies */
    const OpenFile source = {.descriptor = from, .path = "the object"};
    const OpenFile target = {.descriptor = file->descriptor, .path = file->path};
    const Status status = file_copy(&source, &target, (int64_t)size_bytes, unsaid);
    arena_destroy(&arena);
    return status == DONE;
}

int store_scratch_fetch(StoreScratch *scratch, Key key, int from, size_t size_bytes) {
    ScratchFile file = {.descriptor = -1};
    if (store_scratch_has_room(scratch, size_bytes)) {
        store_scratch_begin(scratch, &file);
    }
    if (file.descriptor < 0 || !copy_object(&file, from, size_bytes) ||
        !publish(scratch, key, file.path)) {
        store_scratch_cancel(&file);
        return -1;
    }
    return file.descriptor;
}

/* ---- where it is wanted ---- */

bool store_scratch_is_wanted(const char *folder) {
    /* statfs(2), magic.h; Lustre's and GPFS's from coreutils' stat(1). */
    static const unsigned types[] = {0x6969u,     /* NFS */
                                     0x0bd00bd0u, /* Lustre */
                                     0x47504653u, /* GPFS */
                                     0xff534d42u, /* CIFS */
                                     0xfe534d42u, /* SMB 2 */
                                     0x00c36400u, /* Ceph */
                                     0x19830326u, /* BeeGFS */
                                     0x01021997u, /* 9p */
                                     0x65735546u /* FUSE: sshfs, glusterfs */};
    struct statfs facts;
    if (statfs(folder, &facts) != 0) {
        return false;
    }
    for (size_t type = 0; type < sizeof types / sizeof *types; type++) {
        if ((unsigned)facts.f_type == types[type]) {
            return true;
        }
    }
    return false;
}
