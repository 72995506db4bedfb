#ifndef SPATIAL_DIRECT_SPEAKERS_H
#define SPATIAL_DIRECT_SPEAKERS_H
/* Channels that are meant for a loudspeaker: which ones of a layout play them. BS.2127-1, 8.
 *
 *     DirectSpeakers *speakers;
 *     TRY(direct_speakers_create(layout_find("5.1"), arena, &speakers, errors));
 *     const DirectSpeaker side = {.labels = (const char *const[]){"M+090"}, .label_count = 1,
 *                                 .pack_id = "AP_0001000f", .azimuth = {90.0, 90.0, 90.0},
 *                                 .distance = {1.0, 1.0, 1.0}};
 *     direct_speakers_gains(speakers, &side, gains);   // L and Ls at -3 dB
 *
 * In this order: the table of 8.4 for the packs of the common definitions; the first label that
 * the layout has; the loudspeaker nearest inside the bounds; the point source panner, for LFE the
 * first LFE of the layout or none.
 *
 * Law: the gains are a pure function of layout and description.
 */
#include "render/base/error.h"
#include "render/model/layout.h"

typedef struct BoundedValue {
    double value, least, most; /* without bounds all three are the same */
} BoundedValue;

/* screenEdgeLock: the edge of the screen that a coordinate stands for. */
typedef enum ScreenEdge { NO_SCREEN_EDGE, SCREEN_LEFT_OR_TOP, SCREEN_RIGHT_OR_BOTTOM } ScreenEdge;

/* What an audioBlockFormat of DirectSpeakers, its channel and its pack say. */
typedef struct DirectSpeaker {
    const char *const *labels; /* speakerLabel, plain or urn:itu:bs:2051:N:speaker:..., in order */
    int label_count;
    const char *pack_id; /* innermost audioPackFormatID, "AP_00010003"; NULL: none */
    bool is_cartesian;
    BoundedValue azimuth, elevation, distance; /* degrees, degrees, 1 = the sphere */
    BoundedValue x, y, z;                      /* right, front, up in the cube; if Cartesian */
    ScreenEdge horizontal_edge, vertical_edge; /* of the screen that ADM assumes: +-29 degrees */
    double low_pass_hz, high_pass_hz;          /* frequency of the channel; 0: not given */
} DirectSpeaker;

typedef struct DirectSpeakers DirectSpeakers;

/* E213 as point_source_create. */
Status direct_speakers_create(const Layout *layout,
                              Arena *arena,
                              DirectSpeakers **speakers,
                              ErrorList *errors);

/* gains: [channel_count]. Zero or more than zero everywhere; a lone LFE may have no way out. */
void direct_speakers_gains(const DirectSpeakers *speakers,
                           const DirectSpeaker *input,
                           double *gains);

/* A low pass of 200 Hz or less without a high pass, or a label LFE, LFE1, LFE2, LFEL, LFER, RC_LFE.
 * BS.2127-1, 6.3. */
bool direct_speaker_is_lfe(const DirectSpeaker *input);

/* The label of BS.2051 that a speakerLabel stands for: urn and aliases resolved, RC_* of the Dolby
 * Atmos master profile translated. Points into label or to a constant. */
const char *direct_speaker_label(const char *label);

#endif
