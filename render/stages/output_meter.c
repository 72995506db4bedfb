/* A written output, measured as it is heard. */
#include "render/stages/output_meter.h"

#include "render/dsp/planes.h"
#include "render/stages/bus_fold.h"

static double **make_planes(int channel_count, Arena *arena) {
    double **planes = arena_array(arena, (size_t)channel_count, sizeof *planes);
    for (int channel = 0; channel < channel_count; channel++) {
        planes[channel] = arena_array(arena, STAGE_CHUNK_SAMPLES, sizeof **planes);
    }
    return planes;
}

/* From the written channels to those that the rendering starts from: a bus of harmonics that is
 * made of another one differs from it by a gain for each channel (N3D and SN3D). */
static const double *find_levels(const MixBus *written, Arena *arena) {
    const int count = written->layout->channel_count;
    double *levels = arena_array(arena, (size_t)count, sizeof *levels);
    for (int channel = 0; channel < count; channel++) {
        levels[channel] =
            written->fold ? 1.0 / written->fold->gains[channel * count + channel] : 1.0;
    }
    return levels;
}

void output_meter_open(const Stage *stage, const MixDeliverable *deliverable, OutputMeter *meter) {
    const Mix *mix = stage->mix;
    const Layout *written = mix->buses[deliverable->bus].layout;
    const bool is_rendered = written->kind == LAYOUT_AMBISONIC;
    const MixBus *heard = &mix->buses[is_rendered ? deliverable->measured_bus : deliverable->bus];
    Arena *scratch = stage->scratch;
    const size_t heard_count = (size_t)heard->layout->channel_count;
    double *weights = arena_array(scratch, heard_count, sizeof *weights);
    for (size_t channel = 0; channel < heard_count; channel++) {
        weights[channel] = heard->layout->channels[channel].loudness_weight;
    }
    *meter = (OutputMeter){.rendering = is_rendered ? heard : NULL,
                           .channel_count = written->channel_count,
                           .layout = heard->layout,
                           .written = make_planes(written->channel_count, scratch)};
    meter->loudness = meter_create((int)heard_count, weights, deliverable->rate_hz, scratch);
    meter->peaks = meter->loudness;
    meter->heard = meter->written;
    if (is_rendered) {
        const double *none = arena_array(scratch, (size_t)written->channel_count, sizeof *none);
        meter->peaks = meter_create(written->channel_count, none, deliverable->rate_hz, scratch);
        meter->heard = make_planes(heard->layout->channel_count, scratch);
        meter->levels = find_levels(&mix->buses[deliverable->bus], scratch);
        meter->sums = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof *meter->sums);
    }
}

void output_meter_add_written(OutputMeter *meter, int64_t count) {
    const double *const *written = (const double *const *)meter->written;
    if (meter->rendering) {
        meter_add(meter->peaks, written, count);
        for (int channel = 0; channel < meter->channel_count; channel++) {
            for (int64_t sample = 0; sample < count; sample++) {
                meter->written[channel][sample] *= meter->levels[channel];
            }
        }
        bus_fold_apply(meter->rendering, (Span){0, count}, written, meter->sums, meter->heard);
    }
    meter_add(meter->loudness, (const double *const *)meter->heard, count);
}

void output_meter_add(OutputMeter *meter, const float *const *planes, int64_t count) {
    for (int channel = 0; channel < meter->channel_count; channel++) {
        planes_widen(planes[channel], count, meter->written[channel]);
    }
    output_meter_add_written(meter, count);
}

void output_meter_finish(OutputMeter *meter, MeterResult *result) {
    meter_finish(meter->loudness, result);
    if (meter->rendering) {
        MeterResult peaks;
        meter_finish(meter->peaks, &peaks);
        result->is_silent = peaks.is_silent;
        result->true_peak_dbtp = peaks.true_peak_dbtp;
        result->sample_peak_dbfs = peaks.sample_peak_dbfs;
    }
}
