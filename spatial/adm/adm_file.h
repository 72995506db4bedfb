#ifndef SPATIAL_ADM_ADM_FILE_H
#define SPATIAL_ADM_ADM_FILE_H
/* A BW64, RF64 or WAV file with ADM metadata, ready to be rendered.
 *
 *     AdmFile *file;
 *     TRY(adm_open("master.wav", &(AdmOpening){.scratch_folder = "out"}, &file, errors));
 *     for (const AdmRepair *repair = adm_facts(file)->repairs->first; repair; ...) ...
 *     TRY(adm_render(file, &request, &result, errors));     // adm_render.h
 *     adm_close(&file);
 *
 * adm_open reads all of the metadata, resolves every reference, walks through the times of every
 * block and finds out which track plays what: whatever is wrong is said before a sample is made.
 * Memory does not depend on the length of the audio nor on the number of blocks.
 */
#include "render/files/sound_header.h"
#include "spatial/adm/adm_repairs.h"
#include "spatial/adm/adm_select.h"

typedef struct AdmFile AdmFile;

typedef struct AdmOpening {
    const char *scratch_folder; /* for the blocks, about a fifth of the size of axml; NULL: /tmp */
    const char *programme_id;   /* NULL: the only one, or that with the lowest id */
    const char *shown_path;     /* in messages; NULL: the path */
    bool takes_binaural;        /* not only what loudspeakers can play */
} AdmOpening;

typedef struct AdmFacts {
    const SoundInfo *sound;
    const AdmModel *model;
    const AdmSelection *selection;
    const AdmRepairs *repairs;
    int64_t block_count; /* of all channels that are rendered */
} AdmFacts;

enum { ADM_MAX_TRACKS = 1024 };

/* E404 .. E417 as sound_probe, E440 .. E444: see error_list.def. */
Status adm_open(const char *path, const AdmOpening *opening, AdmFile **file, ErrorList *errors);
void adm_close(AdmFile **file); /* NULL is fine */

/* Every repair as W445; notes are left out. */
void adm_tell_repairs(const AdmFile *file, ErrorList *errors);

const AdmFacts *adm_facts(const AdmFile *file);
const OpenFile *adm_sound_file(const AdmFile *file);

#endif
