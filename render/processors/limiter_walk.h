#ifndef RENDER_PROCESSORS_LIMITER_WALK_H
#define RENDER_PROCESSORS_LIMITER_WALK_H
/* The limiter over a whole programme, behind one gain after the other: only what can exceed the
 * ceiling is read.
 *
 *     LimiterWalk *walk = limiter_walk_create(&limited, peaks, ceiling_gain, arena);
 *     TRY(limiter_walk_run(walk, gain, &sink, errors));     ... for any number of gains
 *
 * The envelope is that of limiter_feed over every sample, bit by bit. What is learned of a slot's
 * peak behind one gain spares reading it behind the next.
 */
#include "render/base/error.h"
#include "render/base/units.h"
#include "render/processors/limiter.h"

enum { LIMITER_WALK_SAMPLES = 4096 }; /* that are read at once, at most */

typedef struct LimitedSignal {
    int channel_count, rate_hz; /* rate_hz: at most 100 LIMITER_WALK_SAMPLES - 3200 */
    int64_t length_samples;
    /* out: [channel_count][part]; part: inside the programme, ascending but for the last
     * LIMITER_MEMORY_SAMPLES, at most LIMITER_WALK_SAMPLES. */
    Status (*read)(void *context, Span part, double *const *out, ErrorList *errors);
    void *context;
} LimitedSignal;

typedef struct EnvelopeSink { /* takes the envelope from sample 0 to the end; count > 0 */
    Status (*take)(void *context, const float *gains, int64_t count, ErrorList *errors);
    void *context;
} EnvelopeSink;

typedef struct LimiterWalk LimiterWalk;

/* peaks: greatest |sample| of all channels in each slot of 10 ms (loudness_blocks.h), and of the
 * samples behind the last whole one: [slots_in(rate_hz, length_samples) + 1]. */
LimiterWalk *limiter_walk_create(const LimitedSignal *signal,
                                 const float *peaks,
                                 double ceiling_gain,
                                 Arena *arena);
/* Whether it would find nothing to do. */
bool limiter_walk_is_idle(const LimiterWalk *walk, double gain);
Status
limiter_walk_run(LimiterWalk *walk, double gain, const EnvelopeSink *sink, ErrorList *errors);

#endif
