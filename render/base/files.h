#ifndef RENDER_BASE_FILES_H
#define RENDER_BASE_FILES_H
/* The file system: whole files, folders, and the rename that publishes. Errors carry the path. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct FileBytes { /* NUL behind the last byte */
    char *bytes;
    size_t size_bytes;
} FileBytes;

typedef struct FileIdentity { /* what changes when a file is replaced or edited */
    uint64_t device, inode;
    int64_t size_bytes, modified_ns, changed_ns;
} FileIdentity;

/* Regular files only, never blocks on a FIFO: E404 not regular, E410 missing, E411 unreadable, E106
 * above limit. */
Status file_read(const char *path,
                 size_t limit_bytes,
                 Place place,
                 Arena *arena,
                 FileBytes *out,
                 ErrorList *errors);
/* Temp file beside it (O_EXCL), fsync, rename, fsync of the folder. */
Status
file_write_atomically(const char *path, const void *bytes, size_t size_bytes, ErrorList *errors);
/* Opens a regular file for reading (O_NONBLOCK against FIFOs, then fstat): E404, E410, E411. */
Status file_open_regular(const char *path, Place place, int *descriptor, ErrorList *errors);
Status file_identity(const char *path, Place place, FileIdentity *out, ErrorList *errors);
Status file_sha256(const char *path, Place place, Sha256Text out, ErrorList *errors);
bool file_exists(const char *path);
bool folder_exists(const char *path);

Status folder_make(const char *path, ErrorList *errors); /* with parents */
Status folder_sync(const char *path, ErrorList *errors);
/* Names in the folder, sorted by bytes, without . and .. ; a missing folder is empty. */
Status
folder_list(const char *path, Arena *arena, const char ***names, int *count, ErrorList *errors);
/* Removes the folder and all in it; never follows a symbolic link; missing is fine. */
Status folder_remove(const char *path, ErrorList *errors);
Status path_rename(const char *from, const char *to, ErrorList *errors);

const char *path_join(Arena *arena, const char *folder, const char *name); /* name absolute: name */
const char *path_folder(Arena *arena, const char *path);                   /* "." without a slash */
const char *path_name(const char *path);

/* The status that fits an errno of a failed write (ENOSPC -> E501, EROFS -> E502 ...), E509 else.
 */
Status status_from_errno(int error_number);

#endif
