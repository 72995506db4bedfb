/* Silence of all channels: before, behind and inside the programme, and exact zeros inside it. */
#include <math.h>

#include "render/base/units.h"
#include "render/qc/qc_chunk.h"

typedef struct SilentRun { /* begin < 0: none is open */
    int64_t begin, end;
} SilentRun;

struct SilenceScan {
    const QcSubject *subject;
    double level_db, inner_s, zero_s, head_s, tail_s;
    float level;
    SilentRun quiet, zero;
    bool has_sounded; /* above the level */
};

SilenceScan *silence_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    SilenceScan *scan = arena_alloc(arena, sizeof *scan);
    *scan = (SilenceScan){
        .subject = subject,
        .level_db = qc_limit(policy, QC_DEAD_AIR, "below"),
        .inner_s = qc_limit(policy, QC_DEAD_AIR, "max"),
        .zero_s = qc_limit(policy, QC_DIGITAL_SILENCE, "max"),
        .head_s = qc_limit(policy, QC_SILENCE_HEAD, "max"),
        .tail_s = qc_limit(policy, QC_SILENCE_TAIL, "max"),
        .quiet = {-1, -1},
        .zero = {-1, -1}
    };
    scan->level = (float)gain_from_db(scan->level_db);
    return scan;
}

/* What the job does not mean to be silent: of a run that it declares quiet in its middle, the
 * longer end. */
static SilentRun without_quiet(const QcScore *score, SilentRun run) {
    for (int index = 0; score && index < score->quiet_count; index++) {
        const QcSpan *const quiet = &score->quiet[index];
        const bool is_reached = quiet->begin < run.end && quiet->end > run.begin;
        if (is_reached && quiet->begin <= run.begin) {
            run.begin = quiet->end < run.end ? quiet->end : run.end;
        } else if (is_reached) {
            const int64_t behind = run.end - quiet->end;
            const int64_t before = quiet->begin - run.begin;
            run = behind > before ? (SilentRun){quiet->end, run.end}
                                  : (SilentRun){run.begin, quiet->begin};
        }
    }
    return run;
}

static void tell(
    const SilenceScan *scan, QcFindings *findings, QcCheck check, SilentRun whole, double limit_s) {
    const SilentRun run = without_quiet(scan->subject->score, whole);
    const double rate = scan->subject->rate_hz;
    const double length_s = (double)(run.end - run.begin) / rate;
    if (run.begin >= 0 && length_s > limit_s && !scan->subject->is_part) {
        qc_findings_add(findings, (QcFinding){.check = check,
                                              .channel = -1,
                                              .at_s = (double)run.begin / rate,
                                              .length_s = length_s,
                                              .has_value = true,
                                              .value = length_s,
                                              .limit = limit_s,
                                              .unit = "s"});
    }
}

static void extend(SilentRun *run, int64_t begin, int64_t end) {
    run->begin = run->begin < 0 ? begin : run->begin;
    run->end = end;
}

static void end_quiet(SilenceScan *scan, QcFindings *findings) {
    if (scan->has_sounded) {
        tell(scan, findings, QC_DEAD_AIR, scan->quiet, scan->inner_s);
    } else {
        tell(scan, findings, QC_SILENCE_HEAD, scan->quiet, scan->head_s);
    }
}

static void take_block(SilenceScan *scan, const QcChunk *chunk, int block, float peak) {
    const int64_t begin = chunk->begin + (int64_t)block * chunk->block_samples;
    const int64_t end = begin + qc_block_length(chunk, block);
    if (peak == 0.0F) {
        extend(&scan->zero, begin, end);
    } else {
        if (scan->has_sounded) {
            tell(scan, chunk->findings, QC_DIGITAL_SILENCE, scan->zero, scan->zero_s);
        }
        scan->zero = (SilentRun){-1, -1};
    }
    if (peak < scan->level) {
        extend(&scan->quiet, begin, end);
        return;
    }
    if (scan->quiet.begin >= 0) {
        end_quiet(scan, chunk->findings);
    }
    scan->quiet = (SilentRun){-1, -1};
    scan->has_sounded = true;
}

void silence_scan_add(SilenceScan *scan, const QcChunk *chunk) {
    for (int block = 0; block < chunk->block_count; block++) {
        float peak = 0.0F;
        for (int channel = 0; channel < chunk->subject->channel_count; channel++) {
            peak = fmaxf(peak, chunk->facts[channel][block].peak);
        }
        take_block(scan, chunk, block, peak);
    }
}

void silence_scan_finish(SilenceScan *scan, QcFindings *findings) {
    if (scan->has_sounded) {
        tell(scan, findings, QC_SILENCE_TAIL, scan->quiet, scan->tail_s);
    }
}
