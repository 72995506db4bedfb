#ifndef CLUSTER_CHECKSUMS_H
#define CLUSTER_CHECKSUMS_H
/* SHA256SUMS: lists that `sha256sum -c` reads without nocturne.
 *
 *     Checksums *sums = checksums_create(arena);
 *     checksums_add(sums, sha256, "deliverables/st20/FNGT_v1_full.wav");
 *     TRY(checksums_write(sums, "out/FNGT_v1/SHA256SUMS", errors));
 */
#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct ChecksumLine {
    Sha256Text sha256;
    const char *name; /* relative to the folder of the list, with / */
    struct ChecksumLine *next;
} ChecksumLine;

typedef struct Checksums { /* sorted by name */
    Arena *arena;
    ChecksumLine *first;
    int count;
} Checksums;

Checksums *checksums_create(Arena *arena);
/* A second line of the same name replaces the first. */
void checksums_add(Checksums *sums, const char *sha256, const char *name);
const ChecksumLine *checksums_find(const Checksums *sums, const char *name); /* NULL: not listed */

/* One line a file, `<64 hex digits>  <name>`. Names hold no newline and no backslash (job names are
 * checked to be portable), so that nothing needs escaping. */
const char *checksums_format(const Checksums *sums, Arena *arena);
/* Whole or not at all, by rename. */
Status checksums_write(const Checksums *sums, const char *path, ErrorList *errors);

/* E709: the file is missing, a line is not of the form above, or a name is absolute or holds `..`
 * (nothing outside the folder is ever opened). */
Status checksums_read(const char *path, Arena *arena, Checksums **out, ErrorList *errors);

#endif
