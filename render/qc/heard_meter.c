/* Ambisonics measured on the loudspeakers that they are rendered to: W alone would hear no place.
 */
#include "render/qc/heard_meter.h"

#include <string.h>

struct HeardMeter {
    const QcSubject *subject;
    Meter *meter;
    double **planes; /* [heard channels][chunk_samples] */
};

HeardMeter *heard_meter_create(const QcSubject *subject, int64_t chunk_samples, Arena *arena) {
    const Layout *heard = subject->heard;
    if (!heard) {
        return NULL;
    }
    const size_t count = (size_t)heard->channel_count;
    double *const weights = arena_array(arena, count, sizeof *weights);
    HeardMeter *meter = arena_alloc(arena, sizeof *meter);
    meter->subject = subject;
    meter->planes = arena_array(arena, count, sizeof *meter->planes);
    for (size_t channel = 0; channel < count; channel++) {
        weights[channel] = heard->channels[channel].loudness_weight;
        meter->planes[channel] = arena_array(arena, (size_t)chunk_samples, sizeof(double));
    }
    meter->meter = meter_create_endless(heard->channel_count, weights, subject->rate_hz, arena);
    return meter;
}

void heard_meter_add(HeardMeter *meter, const double *const *planes, int64_t count) {
    const int inputs = meter->subject->channel_count;
    for (int channel = 0; channel < meter->subject->heard->channel_count; channel++) {
        double *const sum = meter->planes[channel];
        memset(sum, 0, (size_t)count * sizeof *sum);
        for (int input = 0; input < inputs; input++) {
            const double gain = meter->subject->heard_gains[channel * inputs + input];
            for (int64_t sample = 0; gain != 0.0 && sample < count; sample++) {
                sum[sample] += gain * planes[input][sample];
            }
        }
    }
    meter_add(meter->meter, (const double *const *)meter->planes, count);
}

void heard_meter_finish(HeardMeter *meter, MeterResult *result) {
    const MeterResult written = *result;
    meter_finish(meter->meter, result);
    result->is_silent = written.is_silent;
    result->true_peak_dbtp = written.true_peak_dbtp;
    result->sample_peak_dbfs = written.sample_peak_dbfs;
}
