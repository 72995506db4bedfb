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

typedef struct OpenFile { /* for reading, or being written; path as messages name it */
    int descriptor;
    const char *path;
    Place place;
} OpenFile;

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
/* The same without fsync, for what is looked through when it is read, and made again: after a loss
 * of power the file may hold anything. */
Status
file_write_unsynced(const char *path, const void *bytes, size_t size_bytes, ErrorList *errors);
/* Opens a regular file for reading (O_NONBLOCK against FIFOs, then fstat): E404, E410, E411. */
Status file_open_regular(const char *path, Place place, int *descriptor, ErrorList *errors);
/* The same, with another name of the file in messages; place is kept in file. */
Status file_open_shown(
    const char *path, const char *shown_path, Place place, OpenFile *file, ErrorList *errors);
/* Fills bytes from offset; got < size_bytes only at the end of the file. E411. */
Status file_read_at(const OpenFile *file,
                    int64_t offset,
                    void *bytes,
                    size_t size_bytes,
                    size_t *got,
                    ErrorList *errors);
/* All bytes at the current position, or at offset when it is not -1. E501 .. E509. */
Status file_write_all(
    const OpenFile *file, int64_t offset, const void *bytes, size_t size_bytes, ErrorList *errors);
/* Copies so many bytes from the begin of one to the current position of the other, -1: all that are
 * there. E411, also when there are fewer; E501 .. E509. */
Status file_copy(const OpenFile *from, const OpenFile *to, int64_t size_bytes, ErrorList *errors);
/* Takes the room of a long piece of a file that is going to be written: half the system's work of
 * it, and it lies together. Only advice, the file is no longer by it: who finds no room is told by
 * writing. */
void file_reserve(const OpenFile *file, int64_t begin, int64_t size_bytes);
/* Gives back what was taken behind the size that the file has. */
void file_reserve_end(const OpenFile *file, int64_t size_bytes);
/* Closes and clears the descriptor; -1 is fine. A late write error shows here. */
Status file_close(OpenFile *file, ErrorList *errors);
/* Fails with status_from_errno and a message that names the path. */
Status file_fail_write(const char *path, int error_number, ErrorList *errors);
Status file_identity(const char *path, Place place, FileIdentity *out, ErrorList *errors);
Status file_sha256(const char *path, Place place, Sha256Text out, ErrorList *errors);
bool file_exists(const char *path);
bool folder_exists(const char *path);

Status folder_make(const char *path, ErrorList *errors); /* with parents */
Status folder_sync(const char *path, ErrorList *errors);
/* Names in the folder, sorted by bytes, without . and .. ; a missing folder is empty. */
Status
folder_list(const char *path, Arena *arena, const char ***names, int *count, ErrorList *errors);
/* Removes what a process that was killed inside file_write_atomically left in the folder, not in
 * those below. Nobody may be writing there. */
void folder_sweep_temporaries(const char *path);
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
