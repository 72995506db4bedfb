#ifndef SPATIAL_ADM_ADM_PARTS_H
#define SPATIAL_ADM_ADM_PARTS_H
/* What an ADM file holds, in parts that a job can play as layers: one for each channel of Objects
 * and DirectSpeakers, one for each HOA or binaural pack.
 *
 *     AdmParts parts;
 *     TRY(adm_parts_list(&(AdmPartsOrder){file, "Dialogue*", at_s, 48000}, arena, &parts, errors));
 */
#include "render/model/trajectory.h"
#include "spatial/adm/adm_file.h"
#include "spatial/direct_speakers.h"

typedef struct AdmPart {
    const char *id;       /* "AO_1001", "AO_1001_2" of several channels; without objects "AC_..." */
    const Layout *layout; /* 1.0, the loudspeaker, or hoa1 .. hoa7 */
    const int *tracks;    /* [channel_count] of the file, from 0; -1: silence */
    const double *gains;  /* [channel_count]; NULL: 1 */
    bool is_object, is_n3d;
    bool is_binaural;             /* 2.0 that is heard by a head */
    const DirectSpeaker *speaker; /* NULL: no DirectSpeakers */
    Trajectory path;
} AdmPart;

typedef struct AdmParts {
    AdmPart *parts;
    int count;
} AdmParts;

typedef struct AdmPartsOrder {
    const AdmFile *file;
    const char *object; /* id or name of audioObjects, `*` for any characters; NULL: all of them */
    Rational shift_s;   /* when the file begins */
    int rate_hz;        /* of the job */
} AdmPartsOrder;

/* Muted objects and silent channels are left out. A count of 0: no object is called so. E442;
 * E443: what the layers of a job cannot be, though `nocturne adm` renders it. */
Status adm_parts_list(const AdmPartsOrder *order, Arena *arena, AdmParts *parts, ErrorList *errors);

#endif
