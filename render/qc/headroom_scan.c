/* True peaks outside climaxes and inside them, and where they leave too little headroom. */
#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/true_peak.h"
#include "render/qc/qc_chunk.h"

typedef enum Passage { PASSAGE_NORMAL, PASSAGE_CLIMAX, PASSAGE_COUNT } Passage;

static const double report_step_s = 0.1; /* one finding for each tenth of a second */

struct HeadroomScan {
    const QcHeadroom *asked;
    TruePeak *filter;
    TruePeakTrack *tracks; /* [channel_count] */
    double *samples;       /* [TRUE_PEAK_PIECE_SAMPLES] */
    float *peaks;
    double limits[PASSAGE_COUNT], most[PASSAGE_COUNT]; /* amplitudes */
    int64_t step_samples;
};

HeadroomScan *headroom_scan_create(const QcSubject *subject, Arena *arena) {
    const QcHeadroom *asked = subject->score ? subject->score->headroom : NULL;
    if (!asked || subject->is_part) {
        return NULL;
    }
    const size_t channels = (size_t)subject->channel_count;
    HeadroomScan *scan = arena_alloc(arena, sizeof *scan);
    scan->asked = asked;
    scan->filter = true_peak_create(arena);
    scan->tracks = arena_array(arena, channels, sizeof *scan->tracks);
    scan->samples = arena_array(arena, TRUE_PEAK_PIECE_SAMPLES, sizeof *scan->samples);
    scan->peaks = arena_array(arena, TRUE_PEAK_PIECE_SAMPLES, sizeof *scan->peaks);
    scan->step_samples = (int64_t)(report_step_s * subject->rate_hz);
    scan->limits[PASSAGE_NORMAL] = gain_from_db(asked->normal_dbtp);
    scan->limits[PASSAGE_CLIMAX] = gain_from_db(asked->climax_dbtp);
    return scan;
}

static Passage passage_at(const QcHeadroom *asked, int64_t sample) {
    for (int climax = 0; climax < asked->climax_count; climax++) {
        if (sample >= asked->climaxes[climax].begin && sample < asked->climaxes[climax].end) {
            return PASSAGE_CLIMAX;
        }
    }
    return PASSAGE_NORMAL;
}

static void tell(HeadroomScan *scan, const QcChunk *chunk, int channel, int64_t at, float peak) {
    const Passage passage = passage_at(scan->asked, at);
    scan->most[passage] = fmax(scan->most[passage], (double)peak);
    if ((double)peak <= scan->limits[passage]) {
        return;
    }
    qc_findings_add(
        chunk->findings,
        (QcFinding){.check = QC_HEADROOM,
                    .channel = channel,
                    .at_s = qc_seconds(chunk, at),
                    .length_s = report_step_s,
                    .has_value = true,
                    .value = db_from_gain((double)peak),
                    .limit = db_from_gain(scan->limits[passage]),
                    .unit = "dBTP",
                    .text = passage == PASSAGE_CLIMAX ? "in a climax" : "outside the climaxes"});
}

/* The greatest peak of each step of the report, and of each passage in it. */
static void
judge_piece(HeadroomScan *scan, const QcChunk *chunk, int channel, int64_t first, int count) {
    for (int at = 0; at < count;) {
        const Passage passage = passage_at(scan->asked, first + at);
        const int64_t step = (first + at) / scan->step_samples;
        int worst = at;
        for (; at < count && (first + at) / scan->step_samples == step &&
               passage_at(scan->asked, first + at) == passage;
             at++) {
            worst = scan->peaks[at] > scan->peaks[worst] ? at : worst;
        }
        tell(scan, chunk, channel, first + worst, scan->peaks[worst]);
    }
}

static double threshold_of(const HeadroomScan *scan) {
    double least = INFINITY;
    for (int passage = 0; passage < PASSAGE_COUNT; passage++) {
        least = fmin(least, fmin(scan->limits[passage], scan->most[passage]));
    }
    return least;
}

static void add_piece(HeadroomScan *scan,
                      const QcChunk *chunk,
                      int channel,
                      const double *samples,
                      int64_t begin,
                      int count) {
    TruePeakTrack *track = &scan->tracks[channel];
    true_peak_append(scan->filter, track, samples, count, 1.0);
    true_peak_intervals(scan->filter, track, threshold_of(scan), scan->peaks);
    const int64_t first = begin - TRUE_PEAK_DELAY_SAMPLES;
    const int skipped = first < 0 ? (int)(count < -first ? count : -first) : 0;
    memmove(scan->peaks, scan->peaks + skipped, (size_t)(count - skipped) * sizeof(float));
    judge_piece(scan, chunk, channel, first + skipped, count - skipped);
}

void headroom_scan_add(HeadroomScan *scan, const QcChunk *chunk) {
    for (int channel = 0; scan && channel < chunk->subject->channel_count; channel++) {
        for (int64_t at = 0; at < chunk->count; at += TRUE_PEAK_PIECE_SAMPLES) {
            const int64_t rest = chunk->count - at;
            const int count =
                (int)(rest < TRUE_PEAK_PIECE_SAMPLES ? rest : TRUE_PEAK_PIECE_SAMPLES);
            for (int sample = 0; sample < count; sample++) {
                scan->samples[sample] = (double)chunk->planes[channel][at + sample];
            }
            add_piece(scan, chunk, channel, scan->samples, chunk->begin + at, count);
        }
    }
}

void headroom_scan_finish(const HeadroomScan *scan, QcHeadroomNumbers *numbers) {
    if (scan) {
        *numbers = (QcHeadroomNumbers){true, db_from_gain(scan->most[PASSAGE_NORMAL]),
                                       db_from_gain(scan->most[PASSAGE_CLIMAX])};
    }
}
