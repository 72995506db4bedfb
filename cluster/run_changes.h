#ifndef CLUSTER_RUN_CHANGES_H
#define CLUSTER_RUN_CHANGES_H
/* What changed between the outputs of two runs: length, loudness, spectrum and begin of every
 * stem, scene by scene.
 *
 *     RunChanges changes;
 *     TRY(run_changes_find("out/v7", "out/v8", arena, &changes, errors));
 *
 * Loudness is integrated (BS.1770-5), spectra are third octaves once both sides are as loud.
 * Files whose checksums are equal are equal.
 */
#include <jansson.h>

#include "render/base/arena.h"
#include "render/base/error.h"

typedef struct RunChange {
    const char *output; /* "st full"; "": the run */
    const char *part;   /* scene, or the time where no scene is; NULL: all of it */
    const char *what;   /* loudness, band, length, begin, scene, output */
    const char *text;   /* "+1.0 LU, -24.0 to -23.0 LUFS" */
    double before, after;
} RunChange;

typedef struct RunChanges {
    RunChange *changes;
    int count, capacity;
} RunChanges;

/* E410: one of them is no output folder; E709: its manifest is damaged. */
Status run_changes_find(
    const char *before, const char *after, Arena *arena, RunChanges *found, ErrorList *errors);

/* {output, part, what, text, before, after}; a new reference. */
json_t *run_change_to_json(const RunChange *change);

#endif
