#ifndef JOBS_PALETTE_H
#define JOBS_PALETTE_H
/* `palette`: libraries of presets and sounds, pinned by lock files.
 *
 *     palette: {core: {path: palette/core, lock: palette/core.lock}, temp: {path: temp, temp: yes}}
 *     layers: {brass: {preset: core/brass-muted, file: core:hits/taiko.wav, ...}}
 *
 * A preset is a YAML file `<path>/<name>.yaml` with keys of a layer; those that the layer writes
 * itself win. A library is a root of its own: `core:hits/taiko.wav`. A lock holds lines of
 * `sha256sum`, names from the folder of the library; all that a job takes from a locked library has
 * to be in it.
 */
#include "jobs/job_values.h"

/* Puts the presets under the layers of a tree. E203, E208, E301, E430, E432, and those of reading a
 * file. */
Status palette_apply(Node **root, JobFiles *files, Arena *arena, ErrorList *errors);

/* The text of the locks, found by palette_apply. */
void palette_resolve(JobReader *reader);

/* The library that an input lies in; NULL: none. */
const JobPalette *palette_of(const JobSpec *job, const JobText *path);

/* E430 for inputs of a locked library that are not what the lock says. */
Status palette_check(
    const JobSpec *job, const MixFile *files, int file_count, Arena *arena, ErrorList *errors);

#endif
