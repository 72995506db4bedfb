/* Folders: made with their parents, listed in a fixed order, removed without leaving them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"

enum { REMOVE_MAX_DEPTH = 32, FIRST_NAMES = 64 };

bool folder_exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

/* mkdir that is content with a folder; the whole path is what messages name. */
static Status make_one(const char *folder, const char *path, ErrorList *errors) {
    if (mkdir(folder, 0777) == 0) {
        return DONE;
    }
    const int error_number = errno; /* EEXIST, but also EROFS or EACCES of a parent that is there */
    if (folder_exists(folder)) {
        return DONE;
    }
    if (error_number == EEXIST || error_number == ENOTDIR) {
        return fail(errors, E510, NO_PLACE, "`%s` exists and is not a folder", folder);
    }
    return file_fail_write(path, error_number, errors);
}

Status folder_make(const char *path, ErrorList *errors) {
    char folder[PATH_MAX];
    const int length = snprintf(folder, sizeof folder, "%s", path);
    if (length < 0 || (size_t)length >= sizeof folder) {
        return file_fail_write(path, ENAMETOOLONG, errors);
    }
    if (folder_exists(path)) {
        return DONE;
    }
    for (int end = 1; end < length; end++) {
        if (folder[end] == '/' && folder[end - 1] != '/') {
            folder[end] = '\0';
            TRY(make_one(folder, path, errors));
            folder[end] = '/';
        }
    }
    return make_one(folder, path, errors);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The next name except . and .. ; NULL at the end, then *error_number says why. */
static const char *next_name(DIR *entries, int *error_number) {
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(entries); // NOLINT(concurrency-mt-unsafe): our own
        if (!entry) {
            *error_number = errno;
            return NULL;
        }
        if (!is_dots(entry->d_name)) {
            return entry->d_name;
        }
    }
}

static const char **double_names(Arena *arena, const char **names, int count) {
    const char **larger = arena_array(arena, 2 * (size_t)count, sizeof *larger);
    memcpy(larger, names, (size_t)count * sizeof *names);
    return larger;
}

Status
folder_list(const char *path, Arena *arena, const char ***names, int *count, ErrorList *errors) {
    int room = FIRST_NAMES;
    *count = 0;
    *names = arena_array(arena, (size_t)room, sizeof **names);
    DIR *entries = opendir(path);
    if (!entries) {
        return errno == ENOENT ? DONE : file_fail_write(path, errno, errors);
    }
    int error_number = 0;
    const char *name = NULL;
    while ((name = next_name(entries, &error_number))) {
        if (*count == room) {
            *names = double_names(arena, *names, room);
            room *= 2;
        }
        (*names)[(*count)++] = arena_copy_text(arena, name);
    }
    closedir(entries);
    if (error_number != 0) {
        return file_fail_write(path, error_number, errors);
    }
    qsort(*names, (size_t)*count, sizeof **names, compare_names);
    return DONE;
}

typedef struct OpenFolder {
    DIR *entries;
    char name[NAME_MAX + 1]; /* in the folder above; unused at the top */
} OpenFolder;

typedef struct Removal {
    OpenFolder folders[REMOVE_MAX_DEPTH]; /* the top first, each inside the one before */
    int depth;
} Removal;

/* Opens the folder name in parent as the next deeper one. Returns an errno: ENOTDIR when it is
 * something else, ELOOP when it is a symbolic link. */
static int enter_folder(Removal *removal, int parent, const char *name) {
    if (removal->depth == REMOVE_MAX_DEPTH) {
        return ENAMETOOLONG;
    }
    const int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        return errno;
    }
    OpenFolder *folder = &removal->folders[removal->depth];
    folder->entries = fdopendir(descriptor);
    if (!folder->entries) {
        const int error_number = errno;
        close(descriptor);
        return error_number;
    }
    snprintf(folder->name, sizeof folder->name, "%s", name);
    removal->depth++;
    return 0;
}

static int remove_at(int parent, const char *name, int flags) {
    return unlinkat(parent, name, flags) == 0 || errno == ENOENT ? 0 : errno;
}

/* Removes name, or enters it when it is a folder. EISDIR and EPERM: what systems say to unlink of a
 * folder. */
static int remove_entry(Removal *removal, int parent, const char *name) {
    const int error_number = remove_at(parent, name, 0);
    if (error_number != EISDIR && error_number != EPERM) {
        return error_number;
    }
    const int entered = enter_folder(removal, parent, name);
    return entered == ENOTDIR || entered == ELOOP ? error_number : entered;
}

/* One step: the next entry of the deepest folder, or that folder itself when it is empty. */
static int remove_step(Removal *removal, const char *path) {
    OpenFolder *folder = &removal->folders[removal->depth - 1];
    int error_number = 0;
    const char *name = next_name(folder->entries, &error_number);
    if (name) {
        return remove_entry(removal, dirfd(folder->entries), name);
    }
    if (error_number != 0) {
        return error_number;
    }
    closedir(folder->entries);
    removal->depth--;
    if (removal->depth == 0) {
        return remove_at(AT_FDCWD, path, AT_REMOVEDIR);
    }
    const int parent = dirfd(removal->folders[removal->depth - 1].entries);
    return remove_at(parent, folder->name, AT_REMOVEDIR);
}

Status folder_remove(const char *path, ErrorList *errors) {
    Removal removal;
    removal.depth = 0;
    int error_number = enter_folder(&removal, AT_FDCWD, path);
    if (error_number == ENOENT) {
        return DONE;
    }
    if (error_number == ENOTDIR || error_number == ELOOP) { /* a file or link in its place */
        error_number = remove_at(AT_FDCWD, path, 0);
    }
    while (error_number == 0 && removal.depth > 0) {
        error_number = remove_step(&removal, path);
    }
    while (removal.depth > 0) {
        closedir(removal.folders[--removal.depth].entries);
    }
    return error_number == 0 ? DONE : file_fail_write(path, error_number, errors);
}

/* .<name>.<digits>.<digits>.tmp, as file_write_atomically names them. */
static bool is_temporary(const char *name) {
    static const char ending[] = ".tmp";
    const size_t length = strlen(name);
    const size_t kept = length > strlen(ending) ? length - strlen(ending) : 0;
    if (kept == 0 || name[0] != '.' || strcmp(name + kept, ending) != 0) {
        return false;
    }
    size_t at = kept;
    for (int number = 0; number < 2; number++) {
        const size_t end = at;
        while (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9') {
            at--;
        }
        if (at == end || at < 2 || name[--at] != '.') {
            return false;
        }
    }
    return at > 1;
}

void folder_sweep_temporaries(const char *path) {
    Arena *arena = arena_create();
    ErrorList *unsaid = errors_create(arena);
    const char **names = NULL;
    int count = 0;
    if (folder_list(path, arena, &names, &count, unsaid) == DONE) {
        for (int name = 0; name < count; name++) {
            if (is_temporary(names[name])) {
                unlink(path_join(arena, path, names[name]));
            }
        }
    }
    arena_destroy(&arena);
}
