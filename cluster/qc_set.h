#ifndef CLUSTER_QC_SET_H
#define CLUSTER_QC_SET_H
/* The programmes that `qc` is asked about: files, folders of files, folders of deliverables.
 *
 *     QcSet *set = qc_set_create(arena);
 *     TRY(qc_set_add(set, "out/FNGT_v1", layout, errors));
 *     for (QcItem *item = set->first; item; item = item->next) { ... }
 *     qc_set_destroy(&set);
 */
#include <jansson.h>

#include "render/qc/qc_measure.h"
#include "render/qc/qc_programme.h"

typedef struct QcFolder { /* a deliverable with its manifest */
    const char *path;
    json_t *manifest;
    const QcPolicy *policy; /* of its job, NULL: not known or not asked for */
    struct QcFolder *next;
} QcFolder;

typedef struct QcItem { /* one programme */
    const char *path;   /* as shown: that of the file; of split ones with {L,R,...} in its name */
    const char *output; /* full, me or the id of a stem; NULL: no manifest */
    const char *reel;   /* "": the whole timeline; NULL: no manifest */
    const QcFolder *folder;
    QcProgramme programme; /* paths, layout and order are filled in */
    int64_t expected_frames, expected_rate_hz, expected_channels; /* of the manifest, else 0 */
    bool is_part;
    /* what is found */
    bool is_measured;
    QcFindings *findings;
    QcNumbers numbers;
    struct QcItem *next;
} QcItem;

typedef struct QcSet {
    Arena *arena;
    QcItem *first, *last;
    QcFolder *folders, *last_folder;
    int count;
} QcSet;

QcSet *qc_set_create(Arena *arena);
void qc_set_destroy(QcSet **set); /* NULL is fine */
/* A file, a folder with a manifest of Nocturne (the whole output or one deliverable), or any folder
 * with sound files, also in the folders below it. layout: of files that no manifest describes;
 * NULL: by their number of channels. E410: there is nothing; E414: a folder without sound files;
 * E709: a manifest is damaged. */
Status qc_set_add(QcSet *set, const char *path, const Layout *layout, ErrorList *errors);

#endif
