/* What the machine under this process has for a launch. */
#include "cluster/own_machine.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"

const char *own_machine_find_mpirun(const char *search_path, Arena *arena) {
    char *paths = arena_copy_text(arena, search_path ? search_path : "");
    char *rest = NULL;
    for (char *folder = strtok_r(paths, ":", &rest); folder; folder = strtok_r(NULL, ":", &rest)) {
        const char *path = path_join(arena, folder, "mpirun");
        if (access(path, X_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

int own_machine_count_cores(void) {
    cpu_set_t cores;
    const int count = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
    return count > 0 ? count : 1;
}
