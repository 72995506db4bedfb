/* Clipping: equal neighbours at the top of the scale. */
#include <math.h>

#include "render/base/units.h"
#include "render/qc/qc_chunk.h"

typedef struct ClipTrack { /* of one channel: the run that reaches into the next block */
    float value;
    int run;
} ClipTrack;

struct ClipScan {
    float top; /* linear */
    double top_dbfs;
    int least_run;
    ClipTrack *tracks;
};

ClipScan *clip_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    ClipScan *scan = arena_alloc(arena, sizeof *scan);
    scan->top_dbfs = qc_limit(policy, QC_CLIPPING, "top");
    scan->top = (float)gain_from_db(scan->top_dbfs);
    scan->least_run = (int)qc_limit(policy, QC_CLIPPING, "run");
    scan->tracks = arena_array(arena, (size_t)subject->channel_count, sizeof *scan->tracks);
    return scan;
}

static void
report(const ClipScan *scan, const QcChunk *chunk, int channel, int64_t last, float value) {
    const int64_t begin = chunk->begin + last - scan->least_run + 1;
    qc_findings_add(chunk->findings, (QcFinding){.check = QC_CLIPPING,
                                                 .channel = channel,
                                                 .at_s = qc_seconds(chunk, begin),
                                                 .length_s = qc_seconds(chunk, scan->least_run),
                                                 .has_value = true,
                                                 .value = db_from_gain(fabs((double)value)),
                                                 .limit = scan->top_dbfs,
                                                 .unit = "dBFS"});
}

static void scan_block(ClipScan *scan, const QcChunk *chunk, int channel, int block) {
    ClipTrack *const track = &scan->tracks[channel];
    const int64_t first = (int64_t)block * chunk->block_samples;
    const float *const samples = chunk->planes[channel];
    for (int64_t at = first; at < first + qc_block_length(chunk, block); at++) {
        const bool is_top = fabsf(samples[at]) >= scan->top;
        const bool goes_on = is_top && track->run > 0 && samples[at] == track->value;
        track->run = goes_on ? track->run + 1 : is_top;
        track->value = samples[at];
        if (track->run == scan->least_run) {
            report(scan, chunk, channel, at, samples[at]);
        }
    }
}

void clip_scan_add(ClipScan *scan, const QcChunk *chunk) {
    for (int channel = 0; channel < chunk->subject->channel_count; channel++) {
        for (int block = 0; block < chunk->block_count; block++) {
            if (chunk->facts[channel][block].peak >= scan->top) {
                scan_block(scan, chunk, channel, block);
            } else {
                scan->tracks[channel].run = 0;
            }
        }
    }
}
