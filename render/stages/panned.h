#ifndef RENDER_STAGES_PANNED_H
#define RENDER_STAGES_PANNED_H
/* Sources as gains: what loudspeaker and ambisonic buses are made of. */
#include "render/dsp/gain_kernels.h"
#include "render/stages/gain_motion.h"

/* One part of a source on its way into a bus. */
typedef struct PannedSource {
    const Source *source;
    const GainKernels *kernels;
    int channel_count;
    float *gains; /* [channel_count] of a source that stays; NULL: it moves */
    GainMotion motion;
    double **shifted[2]; /* [channel_count] scratch: planes from a slice on, and from within it */
} PannedSource;

/* Lives in the scratch of the work's stage, and refers to the work. */
void panned_open(const BusWork *work, const Source *source, GainPart part, PannedSource *panned);
/* Whether it may ever be heard in a channel. */
bool panned_reaches(const PannedSource *panned, int channel);
/* Adds it to out: [channel_count][span length], in the channels it reaches. The span may begin
 * before 0. false: it is silent there. */
bool panned_add(PannedSource *panned, Span span, double *const *out);

/* Of a source that stays (gains), what panned_add gives times a send. */
bool panned_add_sent(PannedSource *panned, double send, Span span, double *const *out);

/* Some source has a diffuse part in the bus, whose decorrelators reach beyond the span. */
bool panned_has_diffuse(const BusWork *work);
/* Adds all sources with both parts, the diffuse one through the decorrelators, to work->out. */
Status panned_add_all(const BusWork *work, ErrorList *errors);

#endif
