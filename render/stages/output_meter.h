#ifndef RENDER_STAGES_OUTPUT_METER_H
#define RENDER_STAGES_OUTPUT_METER_H
/* The loudness of one written output: of its channels, or, of harmonics, of their rendering to
 * loudspeakers (MixDeliverable.measured_bus). Peaks are those of the written channels. */
#include "render/dsp/meter.h"
#include "render/stages/stage.h"

typedef struct OutputMeter {
    const MixBus *rendering; /* NULL: the channels themselves */
    int channel_count;       /* that are written */
    const Layout *layout;    /* of what is heard */
    Meter *loudness, *peaks; /* one where nothing is rendered */
    double **written;        /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double **heard;          /* [layout channels][STAGE_CHUNK_SAMPLES]: of the last portion */
    const double *levels;    /* [channel_count]: what the rendering takes of each written channel */
    double *sums;
} OutputMeter;

void output_meter_open(const Stage *stage, const MixDeliverable *deliverable, OutputMeter *meter);
/* The next samples: [channel_count][count], at most STAGE_CHUNK_SAMPLES. */
void output_meter_add(OutputMeter *meter, const float *const *planes, int64_t count);
/* The same of samples that have been put into meter->written. */
void output_meter_add_written(OutputMeter *meter, int64_t count);
void output_meter_finish(OutputMeter *meter, MeterResult *result);

#endif
