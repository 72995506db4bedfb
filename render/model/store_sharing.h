#ifndef RENDER_MODEL_STORE_SHARING_H
#define RENDER_MODEL_STORE_SHARING_H
/* Who may use a store: <store>/sharing, written once by whoever sets the store up, holds lines of
 *
 *     group audio
 *     dir_mode 2770
 *     file_mode 0660
 *
 * Every file and folder that is made in the store gets them, whatever the umask of the run. It
 * belongs to the store and not to a job: all who use the store must agree. No file: the umask
 * decides.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "render/base/error.h"

typedef struct StoreSharing {
    bool has_group, has_dir_mode, has_file_mode;
    gid_t group;
    mode_t dir_mode, file_mode;
} StoreSharing;

/* E503 when the file says something else, or names a group that this host does not know. */
Status store_sharing_read(const char *store_folder,
                          Arena *arena,
                          StoreSharing *sharing,
                          ErrorList *errors);
/* What may not be changed (another's folder, a group that we are not in) stays as it is. */
void store_sharing_apply_file(const StoreSharing *sharing, int descriptor);
/* Makes the folder, and its parents, when it is missing. */
Status store_sharing_make_folder(const StoreSharing *sharing, const char *path, ErrorList *errors);

/* The same for a file or folder of the store that was made without it. Only a help: what cannot be
 * read or changed stays as it is. */
void store_sharing_apply(const char *store_folder, const char *path);

#endif
