/* Finds a file of configs/: the source tree first, then the installation. */
#include "jobs/configs.h"

#include <string.h>

#include "render/base/files.h"

const char *configs_find(const char *name, Arena *arena) {
    static const char *const roots[] = {NOCTURNE_CONFIGS, NOCTURNE_INSTALLED_CONFIGS};
    for (size_t root = 0; root < sizeof roots / sizeof *roots; root++) {
        const char *path = path_join(arena, roots[root], name);
        if (file_exists(path) || folder_exists(path)) {
            return path;
        }
    }
    return NULL;
}

const char *configs_plain_name(const char *name) {
    const size_t length = strlen(CONFIGS_ROOT);
    return strncmp(name, CONFIGS_ROOT, length) == 0 ? name + length : name;
}

const char *configs_path(const char *folder, const char *name, Arena *arena) {
    const char *plain = configs_plain_name(name);
    const char *path = plain != name ? configs_find(plain, arena) : NULL;
    return path ? path : path_join(arena, folder, name);
}
