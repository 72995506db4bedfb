#ifndef RENDER_STAGES_BUS_FOLD_H
#define RENDER_STAGES_BUS_FOLD_H
/* A bus that is made of another one: a fold, and the gain and delay of real loudspeakers.
 *
 * It stands between the stems of the rendered bus and MASTER, so that loudness, limiter and gates
 * are those of what is delivered; every stem is folded alike, so the stems still null against full
 * and me. What the phase shift delays is read that much ahead: nothing is late.
 *
 * Law: a sample is a sum of fixed order over input samples at fixed distances from it.
 */
#include "render/model/mix.h"

/* How far around a portion the rendered bus is heard in it. */
Span bus_fold_reach(const BusFold *fold, Span part);

/* Samples per channel of bus_fold_reach for a portion of so many samples. */
int64_t bus_fold_reach_samples(const BusFold *fold, int64_t count);

/* in: [fold->input_count][reach], the rendered bus over bus_fold_reach(part), zero outside the
 * programme; sums: [reach], for its own use; out: [layout channels][part]. */
void bus_fold_apply(
    const MixBus *bus, Span part, const double *const *in, double *sums, double *const *out);

#endif
