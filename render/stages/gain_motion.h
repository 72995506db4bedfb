#ifndef RENDER_STAGES_GAIN_MOTION_H
#define RENDER_STAGES_GAIN_MOTION_H
/* The gains of a moving source from sample to sample.
 *
 *     GainMotion motion;
 *     gain_motion_open(work, source, DIRECT_PART, &motion);
 *     end = gain_motion_end(&motion, begin);                        // one manner up to here
 *     gain_motion_add(&motion, (Span){begin, end}, samples, out);
 *
 * enhanced: exact gains on a grid of 192 samples are the control points of a quadratic B-spline, so
 * that nothing has a corner, not even a point that is held and left at once: no gain moves by more
 * than 0.02 from one sample to the next, and a tone does not click on any path. For loudspeakers
 * the spline is scaled to the power that lies between those of its control points: power does not
 * dip however fast the source is.
 * bs2127: straight lines of amplitude from one point's exact time to the next one's; held points
 * jump (BS.2127-1, 7.3.2).
 *
 * Law: the grid and the points are places in absolute time.
 */
#include "render/dsp/gain_kernels.h"
#include "render/stages/bus_work.h"

enum { GAIN_GRID_SAMPLES = 192, GAIN_SLICE_SAMPLES = 12 * GAIN_GRID_SAMPLES };

typedef struct GainMotion {
    const BusWork *work;
    const Source *source;
    GainPart part;
    bool takes_directions;
    const GainKernels *kernels;
    PathLeg leg;                  /* where the control points were looked up last */
    float *rows[SPLINE_CONTROLS]; /* [channel_count]: control points; ends of a ramp */
    bool is_filled;
    int64_t place; /* on the grid, of the middle control point; index of the point before a ramp */
    int *active;   /* [active_count] channels that are not silent at all controls of `place` */
    int active_count;
    double (*gains)[SPLINE_CONTROLS]; /* [active_count] */
    SplineSpan spline;                /* around `place` */
} GainMotion;

void gain_motion_open(const BusWork *work, const Source *source, GainPart part, GainMotion *motion);
/* The end of the slice of absolute time that holds `begin`: at most GAIN_SLICE_SAMPLES on, where no
 * spline is cut. */
SampleTime gain_motion_slice_end(SampleTime begin);
/* Up to where the gains go on as at `begin`. */
SampleTime gain_motion_end(const GainMotion *motion, SampleTime begin);
/* Adds the samples of a span of a slice that does not reach beyond gain_motion_end of its begin.
 * out: [channel_count][span length]. */
void gain_motion_add(GainMotion *motion, Span span, const float *samples, double *const *out);

#endif
