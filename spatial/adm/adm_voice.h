#ifndef SPATIAL_ADM_ADM_VOICE_H
#define SPATIAL_ADM_ADM_VOICE_H
/* One track on its way into the buses of one layout: its gains over time. Inside spatial/adm only.
 *
 * Law: a gain is a function of the absolute sample alone (BS.2127-1, 7.2: between two blocks that
 * join, the gains move in a straight line over the time of interpolation).
 */
#include "render/base/units.h"
#include "spatial/adm/adm_panner.h"
#include "spatial/adm/adm_timeline.h"

typedef struct AdmVoice AdmVoice;

typedef struct VoiceBuses { /* [channel_count][block capacity] each */
    double *const *direct;
    double *const *diffuse;
    int channel_count;
    bool has_diffuse; /* something was added to diffuse */
} VoiceBuses;

typedef struct AdmVoiceWay { /* of all voices of a layout */
    AdmTimelineSource source;
    const AdmPanner *panner;
    const Layout *layout;
} AdmVoiceWay;

/* decoder: [channel_count] of a HOA channel, NULL: the panner is asked. Lives in the arena. */
void adm_voice_open(const AdmVoiceWay *way,
                    const AdmItem *item,
                    int channel,
                    const double *decoder,
                    Arena *arena,
                    AdmVoice **voice);

int adm_voice_track(const AdmVoice *voice); /* -1: silent */

/* Adds the block of samples [begin, end) of the track; blocks come one after the other. scratch:
 * [end - begin]. */
Status adm_voice_add(AdmVoice *voice,
                     Span block,
                     const double *samples,
                     double *scratch,
                     VoiceBuses *buses,
                     ErrorList *errors);

#endif
