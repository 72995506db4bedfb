#ifndef JOBS_LOWER_MASTER_H
#define JOBS_LOWER_MASTER_H
/* A layer whose file is an ADM master: each of its objects, loudspeakers and scenes becomes a layer
 * of the Mix, which goes where the blocks of the master say.
 *
 *     Masters masters = {0};
 *     TRY(lower_master_open(&source, written, &parts));           // once for every such layer
 *     ... lower_master_place(written, part, layer, errors);       // for each part
 *     lower_master_close(&masters);
 */
#include "jobs/job.h"
#include "render/model/mix.h"
#include "spatial/adm/adm_parts.h"

enum { MOST_MASTERS = 64 };

typedef struct Masters { /* each file is read once */
    int files[MOST_MASTERS];
    AdmFile *opened[MOST_MASTERS];
    int count;
} Masters;

typedef struct MasterSource {
    const JobSpec *job;
    const MixFile *files; /* [..] of the Mix */
    int file;
    Masters *masters;
    Arena *arena;
    ErrorList *errors;
} MasterSource;

/* The parts that the layer plays. E208: keys that say where they are; E301: no object is called so;
 * E440 .. E444 as adm_open; W445 what had to be put right. */
Status lower_master_open(const MasterSource *source, const JobLayer *written, AdmParts *parts);

/* In place of lower_path. */
void lower_master_place(const AdmPart *part, MixLayer *layer);

/* Behind all else: the way moves along with the sound. E208: it was cut with the picture. */
Status lower_master_finish(const JobLayer *written,
                           const AdmPart *part,
                           int rate_hz,
                           Arena *arena,
                           MixLayer *layer,
                           ErrorList *errors);

void lower_master_close(Masters *masters);

#endif
