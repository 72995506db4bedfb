/* Finds a file of configs/: the source tree first, then the installation. */
#include "cluster/configs.h"

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
