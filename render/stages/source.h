#ifndef RENDER_STAGES_SOURCE_H
#define RENDER_STAGES_SOURCE_H
/* The sources of a stem: every channel of every layer as a mono signal with a place. */
#include "render/stages/layer_audio.h"

typedef struct CeilingLanes { /* of a layer: LANE_GAIN, neutral outside of its windows */
    const Lane *lanes;
    int count;
} CeilingLanes;

typedef struct Source {
    const MixLayer *layer;
    const LayerAudio *audio; /* the prepared layer */
    int channel;             /* of the prepared layer */
    CeilingLanes ceilings;
} Source;

typedef struct SourceList { /* in job order: the order of every sum */
    LayerAudio *audios;     /* [layer_count of the mix], opened where `sources` needs it */
    Source *sources;
    int source_count;
    int audio_count;
    LayerInputs *inputs;
} SourceList;

/* Opens the prepared audio of the stem's layers that may sound in the span. */
Status source_list_open(const Stage *stage, SourceList *list, ErrorList *errors);
/* Before what was made of them is kept: layer_inputs_check. */
Status source_list_check(const SourceList *list, ErrorList *errors);
void source_list_close(SourceList *list);
/* What ANALYSE found for the layer, as far as the stage's task needs it. */
Status source_ceilings(const Stage *stage, int layer, CeilingLanes *ceilings, ErrorList *errors);
/* The share of a ceiling as the lane that lowers by so much. */
Lane source_ceiling_lane(const MixCeiling *ceiling, double gain_db, Arena *arena);
/* Between two portions of the timeline: what was read need not stay, however long a layer is. */
void source_list_rest(const SourceList *list);

/* Samples begin .. begin + count - 1 of the timeline. */
void source_read(const Source *source, SampleTime begin, int64_t count, float *samples);

/* The same for the rooms: with the gain of the place, which is a fader of all that the layer does.
 */
void source_read_sent(const Source *source, SampleTime begin, int64_t count, float *samples);

/* DECISIONS 6: where the channel is at a time and what it is there, and the same at the exact time
 * of a point of its path. */
ObjectState source_object(const Source *source, SampleTime time);
/* The same where times follow one another (trajectory_object_along). */
ObjectState source_object_along(const Source *source, SampleTime time, PathLeg *leg);
ObjectState source_object_of_point(const Source *source, int point);
/* All of it is, bit for bit, the same at both times. */
bool source_stays(const Source *source, SampleTime from, SampleTime to);
/* Panners without objects hear an extent as a spread, and a place near the listener as a wide one.
 */
Position source_plain_place(const Source *source, const ObjectState *state);
/* The gain of the place, the law of distance, and what the layer's directness adds. */
double source_direct_gain(const Source *source, const ObjectState *state);
/* An LFE channel of the layer's layout, or what it sends to the LFE. */
bool source_is_lfe(const Source *source);
bool source_is_lfe_send(const Source *source);
/* Its width or distance moves by a lane. */
bool source_has_lanes(const Source *source);
bool source_moves(const Source *source);

/* In two ears sources are transformed together: those that move by their filters, those that do
 * not. A source's place among its kind in the whole stem; audio is not used. It follows from the
 * Mix, not from the layers that sound in a span, so it belongs into the key of the span. */
bool source_has_moving_filter(const Source *source);
int source_slot(const Mix *mix, const Source *source);

#endif
