/* Who may use a store. */
#include "render/model/store_sharing.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"

enum { LINE_LIMIT = 64, OCTAL = 8, MODE_LIMIT = 07777, GROUP_BYTES = 4096 };

static bool read_mode(const char *text, mode_t *mode) {
    char *end = NULL;
    const unsigned long value = strtoul(text, &end, OCTAL);
    *mode = (mode_t)value;
    return end != text && !*end && value <= MODE_LIMIT;
}

static bool read_group(const char *name, gid_t *group) {
    struct group facts;
    struct group *found = NULL;
    char buffer[GROUP_BYTES];
    if (getgrnam_r(name, &facts, buffer, sizeof buffer, &found) != 0 || !found) {
        return false;
    }
    *group = found->gr_gid;
    return true;
}

static bool read_line(const char *line, StoreSharing *sharing) {
    char word[LINE_LIMIT] = "";
    char value[LINE_LIMIT] = "";
    if (sscanf(line, "%63s %63s", word, value) != 2) { // NOLINT(cert-err34-c): words only
        return strspn(line, " \t") == strlen(line);
    }
    if (strcmp(word, "group") == 0) {
        return sharing->has_group = read_group(value, &sharing->group);
    }
    if (strcmp(word, "dir_mode") == 0) {
        return sharing->has_dir_mode = read_mode(value, &sharing->dir_mode);
    }
    return strcmp(word, "file_mode") == 0 &&
           (sharing->has_file_mode = read_mode(value, &sharing->file_mode));
}

Status store_sharing_read(const char *store_folder,
                          Arena *arena,
                          StoreSharing *sharing,
                          ErrorList *errors) {
    FileBytes bytes;
    const char *path = path_join(arena, store_folder, "sharing");
    *sharing = (StoreSharing){0};
    if (!file_exists(path)) {
        return DONE;
    }
    TRY(file_read(path, GROUP_BYTES, NO_PLACE, arena, &bytes, errors));
    char *rest = NULL;
    char *text = arena_copy_bytes(arena, bytes.bytes, bytes.size_bytes);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (!read_line(line, sharing)) {
            fail(errors, E503, NO_PLACE, "`%s`: `%s` cannot be done on this host", path, line);
            error_help(errors, "it takes `group NAME`, `dir_mode 2770` and `file_mode 0660`");
            return E503;
        }
    }
    return DONE;
}

void store_sharing_apply_file(const StoreSharing *sharing, int descriptor) {
    /* the group first: a change of group takes set-id bits away */
    if (sharing->has_group && fchown(descriptor, (uid_t)-1, sharing->group) != 0) {
        return;
    }
    if (sharing->has_file_mode) {
        (void)fchmod(descriptor, sharing->file_mode);
    }
}

static void apply_folder(const StoreSharing *sharing, int descriptor) {
    if (sharing->has_group && fchown(descriptor, (uid_t)-1, sharing->group) != 0) {
        return;
    }
    if (sharing->has_dir_mode) {
        (void)fchmod(descriptor, sharing->dir_mode);
    }
}

void store_sharing_apply(const char *store_folder, const char *path) {
    Arena *arena = arena_create();
    StoreSharing sharing;
    struct stat facts;
    const Status status = store_sharing_read(store_folder, arena, &sharing, errors_create(arena));
    const int descriptor =
        status == DONE ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    if (descriptor >= 0) {
        if (fstat(descriptor, &facts) == 0 && S_ISDIR(facts.st_mode)) {
            apply_folder(&sharing, descriptor);
        } else {
            store_sharing_apply_file(&sharing, descriptor);
        }
        close(descriptor);
    }
    arena_destroy(&arena);
}

Status store_sharing_make_folder(const StoreSharing *sharing, const char *path, ErrorList *errors) {
    const bool was_there = folder_exists(path);
    TRY(folder_make(path, errors));
    if (was_there) {
        return DONE;
    }
    if (sharing->has_group && chown(path, (uid_t)-1, sharing->group) != 0) {
        return DONE;
    }
    if (sharing->has_dir_mode) {
        (void)chmod(path, sharing->dir_mode);
    }
    return DONE;
}
