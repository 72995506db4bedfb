/* Dropouts: one value, mostly zero, held inside a sounding channel.
 *
 * Looks closer only where two neighbours at every sixteenth sample are equal; programme with noise
 * or dither hardly ever has such a place. */
#include <math.h>

#include "render/qc/qc_chunk.h"

enum { STRIDE = 16, EDGES_PER_SECOND = 200 /* 5 ms on both sides have to sound */ };
static const float sounding = 0.0031622776F; /* -50 dBFS */
static const double longest_s = 2.0;         /* longer is silence, judged elsewhere */
static const double held_factor = 10.0; /* a value that is not zero: low square waves hold too */

typedef struct HoldTrack {
    bool is_open, is_ended; /* a run goes on; its end is still being listened to */
    float value, before, after;
    int64_t begin, end, edge_end;
} HoldTrack;

struct HoldScan {
    int64_t least, edge;
    double least_s;
    HoldTrack *tracks;
};

HoldScan *hold_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    HoldScan *scan = arena_alloc(arena, sizeof *scan);
    scan->least_s = qc_limit(policy, QC_DROPOUTS, "longer");
    scan->least = (int64_t)ceil(scan->least_s * subject->rate_hz);
    scan->edge = subject->rate_hz / EDGES_PER_SECOND;
    scan->edge =
        scan->edge < QC_HISTORY_SAMPLES - STRIDE ? scan->edge : QC_HISTORY_SAMPLES - STRIDE;
    scan->tracks = arena_array(arena, (size_t)subject->channel_count, sizeof *scan->tracks);
    return scan;
}

static float greatest(const float *samples, int64_t begin, int64_t end) {
    float peak = 0.0F;
    for (int64_t at = begin; at < end; at++) {
        peak = fmaxf(peak, fabsf(samples[at]));
    }
    return peak;
}

/* at: where two neighbours are equal; the run began at most a stride before. */
static void open_run(const HoldScan *scan,
                     HoldTrack *track,
                     const QcChunk *chunk,
                     const float *samples,
                     int64_t at) {
    int64_t begin = at;
    while (begin > at - STRIDE && samples[begin - 1] == samples[at]) {
        begin--;
    }
    *track = (HoldTrack){.is_open = true,
                         .value = samples[at],
                         .before = greatest(samples, begin - scan->edge, begin),
                         .begin = chunk->begin + begin};
}

static void close_run(const HoldScan *scan, HoldTrack *track, const QcChunk *chunk, int64_t end) {
    track->is_open = false;
    track->end = chunk->begin + end;
    track->edge_end = track->end + scan->edge;
    const double length_s = qc_seconds(chunk, track->end - track->begin);
    const double least_s = track->value == 0.0F ? scan->least_s : held_factor * scan->least_s;
    track->is_ended = length_s >= least_s && length_s <= longest_s && track->before >= sounding;
}

static void judge(HoldTrack *track, const HoldScan *scan, const QcChunk *chunk, int channel) {
    track->is_ended = false;
    if (track->after < sounding) {
        return;
    }
    const double length_s = qc_seconds(chunk, track->end - track->begin);
    qc_findings_add(chunk->findings, (QcFinding){.check = QC_DROPOUTS,
                                                 .channel = channel,
                                                 .at_s = qc_seconds(chunk, track->begin),
                                                 .length_s = length_s,
                                                 .has_value = true,
                                                 .value = length_s,
                                                 .limit = scan->least_s,
                                                 .unit = "s"});
}

static void
scan_stride(HoldScan *scan, const QcChunk *chunk, int channel, int64_t first, int64_t end) {
    HoldTrack *const track = &scan->tracks[channel];
    const float *const samples = chunk->planes[channel];
    if (track->is_ended) {
        track->after = fmaxf(track->after, greatest(samples, first, end));
        if (chunk->begin + end >= track->edge_end) {
            judge(track, scan, chunk, channel);
        }
    }
    if (!track->is_open && !track->is_ended && first + 1 < end &&
        samples[first] == samples[first + 1]) {
        open_run(scan, track, chunk, samples, first);
    }
    for (int64_t at = first; track->is_open && at < end; at++) {
        if (samples[at] != track->value) {
            close_run(scan, track, chunk, at);
            track->after = greatest(samples, at, end);
        }
    }
}

void hold_scan_add(HoldScan *scan, const QcChunk *chunk) {
    for (int channel = 0; channel < chunk->subject->channel_count; channel++) {
        for (int64_t first = 0; first < chunk->count; first += STRIDE) {
            const int64_t end = first + STRIDE;
            scan_stride(scan, chunk, channel, first, end < chunk->count ? end : chunk->count);
        }
    }
}
