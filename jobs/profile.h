#ifndef JOBS_PROFILE_H
#define JOBS_PROFILE_H
/* Delivery profiles: what a receiver asks for, as a dated and sourced file of data.
 *
 *     profile: 1
 *     id: ebu-r128
 *     version: 2026-11-20
 *     title: EBU R 128 programme, 5.1
 *     source: EBU R 128 v5 (2023)
 *     deliverable: {layout: 5.1, loudness: {target: -23 LUFS, tolerance: 0.2 LU}}
 *     figures:
 *       loudness.target: {verified: yes, source: EBU R 128 v5 (2023)}
 *
 * `deliverable` holds keys of a deliverable: they are its defaults. A figure that is not verified
 * helps to make the delivery, but does not refuse it. One file holds one version,
 * NAME@VERSION.yaml, in `profiles` beside the job or in configs/profiles.
 */
#include "jobs/job_files.h"
#include "jobs/node.h"

typedef struct ProfileFigure {
    const char *path; /* "loudness.target": in the deliverable */
    bool is_verified;
    const char *source; /* "" where none is named */
} ProfileFigure;

typedef struct Profile {
    const char *file; /* as messages name it */
    const char *id, *version;
    const char *title, *source; /* "" where none is written */
    Node *deliverable;          /* a map */
    ProfileFigure *figures;
    int figure_count;
} Profile;

typedef struct ProfileFile { /* NAME@VERSION.yaml */
    const char *id, *version;
    const char *file; /* for job_files_find */
} ProfileFile;

typedef struct ProfileFiles {
    ProfileFile *files; /* by name, then by version; those beside the job first */
    int count;
} ProfileFiles;

/* All that a job can name: of a bundle those that came with it. */
Status
profile_files_list(const JobFiles *files, Arena *arena, ProfileFiles *list, ErrorList *errors);

/* `NAME`, the newest version of it, `NAME@VERSION`, or the path of a file. What stands beside the
 * job wins. E301 with what there is; E402, E410 for paths. */
Status profile_find(
    JobFiles *files, const Node *name, Arena *arena, const JobFile **file, ErrorList *errors);

/* Whether it names a file, not a profile. */
bool profile_is_path(const char *name);

/* E201 .. E205, E320 a figure that the deliverable does not have; errors of the YAML. The nodes of
 * figures that are not verified are marked. */
Status profile_read(const JobFile *file, Arena *arena, Profile *profile, ErrorList *errors);

#endif
