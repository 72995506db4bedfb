#ifndef SPATIAL_ADM_ADM_TIMELINE_H
#define SPATIAL_ADM_ADM_TIMELINE_H
/* The blocks of a channel as spans of exact time: BS.2127-1, 5.3, with what files get wrong.
 *
 *     adm_timeline_open(&source, channel, object, arena, &timeline);
 *     TRY(adm_timeline_next(timeline, &span, &is_there, errors));
 *
 * A block ends where the next one begins when both lie less than a sample apart. Only a block that
 * begins exactly where the one before ended is interpolated from it.
 */
#include "spatial/adm/adm_block_store.h"
#include "spatial/adm/adm_repairs.h"

typedef struct AdmSpan {
    const AdmBlock *block;  /* until the next call */
    Rational begin, end;    /* seconds from the begin of the file */
    bool joins;             /* begins where the one before ended */
    Rational interpolation; /* how long the gains move from those before; 0 when it does not join */
} AdmSpan;

typedef struct AdmTimelineSource {
    const AdmModel *model;
    AdmRepairs *repairs; /* NULL: they have been told */
    int rate_hz;
    int64_t frame_count; /* where a block without an end ends */
} AdmTimelineSource;

typedef struct AdmTimeline AdmTimeline;

/* object: NULL: none. Lives in the arena, about 20 kB. */
void adm_timeline_open(const AdmTimelineSource *source,
                       const AdmElement *channel,
                       const AdmElement *object,
                       Arena *arena,
                       AdmTimeline **timeline);
/* E442: blocks overlap by a sample or more, or have no times; E50x. */
Status adm_timeline_next(AdmTimeline *timeline, AdmSpan *span, bool *is_there, ErrorList *errors);

#endif
