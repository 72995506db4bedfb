/* Where the files of one launch lie, and what killed launchers left of theirs. */
#include "cluster/launch_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "render/base/files.h"

enum { PATH_BYTES_LEFT = 40 }; /* a socket's path of Open MPI in it must stay below 108 bytes */

static const char *temporary_folder(void) {
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] == '/' && strlen(folder) < PATH_BYTES_LEFT ? folder : "/tmp";
}

void launch_folders_sweep(void) {
    Arena *arena = arena_create();
    const char **names = NULL;
    int count = 0;
    ErrorList *ignored = errors_create(arena);
    if (folder_list(temporary_folder(), arena, &names, &count, ignored) != DONE) {
        count = 0;
    }
    for (int name = 0; name < count; name++) {
        if (strncmp(names[name], LAUNCH_PREFIX, strlen(LAUNCH_PREFIX)) != 0) {
            continue;
        }
        const char *path = path_join(arena, temporary_folder(), names[name]);
        const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
            folder_remove(path, ignored);
        }
        if (descriptor >= 0) {
            close(descriptor);
        }
    }
    arena_destroy(&arena);
}

Status launch_folder_make(Arena *arena, LaunchFolder *folder, ErrorList *errors) {
    char *path = arena_format(arena, "%s/" LAUNCH_PREFIX "XXXXXX", temporary_folder());
    if (!mkdtemp(path)) {
        return fail(errors, status_from_errno(errno), NO_PLACE, "cannot make a folder in `%s`: %s",
                    temporary_folder(), strerror(errno));
    }
    folder->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    flock(folder->lock, LOCK_EX | LOCK_NB);
    folder->path = path;
    return DONE;
}

void launch_folder_remove(LaunchFolder *folder) {
    Arena *arena = arena_create();
    folder_remove(folder->path, errors_create(arena));
    close(folder->lock);
    arena_destroy(&arena);
}
