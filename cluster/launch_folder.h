#ifndef CLUSTER_LAUNCH_FOLDER_H
#define CLUSTER_LAUNCH_FOLDER_H
/* Where the files of one launch lie (shared memory and sockets of Open MPI): they go with it. */
#include "render/base/error.h"

#define LAUNCH_PREFIX "nocturne-launch-"

typedef struct LaunchFolder {
    const char *path;
    int lock; /* held as long as we live: tells leftovers from live folders */
} LaunchFolder;

Status launch_folder_make(Arena *arena, LaunchFolder *folder, ErrorList *errors);
void launch_folder_remove(LaunchFolder *folder);
/* Folders of launchers that were killed: nobody holds their lock. */
void launch_folders_sweep(void);

#endif
