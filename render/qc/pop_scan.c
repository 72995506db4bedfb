/* A 2-pop in the programme: a steady tone of about one frame, alone in silence. */
#include <math.h>

#include "render/base/units.h"
#include "render/qc/qc_chunk.h"

/* A frame lasts 16.7 ms at 60 and 41.7 ms at 23.976 frames a second; blocks are 1.3 ms. */
static const double shortest_s = 0.014, longest_s = 0.046;
static const double silence_s = 0.5; /* on either side: nothing of a programme stands so alone */
static const double silence_dbfs = -60.0;
/* A sine has half the power of its peak; noise and speech have less, and their peaks vary. */
static const double least_power = 0.4, greatest_power = 0.6, least_peak = 0.84;

typedef struct ToneBlock { /* of its loudest channel */
    double peak, power;
    int length;
} ToneBlock;

struct PopScan {
    const QcSubject *subject;
    int64_t quiet_samples; /* of silence up to here */
    bool is_open;          /* a sound that began behind enough silence */
    int64_t begin, length;
    ToneBlock last;     /* may be the end of it, and is no whole block of tone then */
    ToneBlock interior; /* sums; peak: the greatest */
    double interior_least;
};

PopScan *pop_scan_create(const QcSubject *subject, Arena *arena) {
    PopScan *scan = arena_alloc(arena, sizeof *scan);
    *scan = (PopScan){.subject = subject};
    return scan;
}

static bool is_steady(const PopScan *scan) {
    const ToneBlock *inside = &scan->interior;
    const double power = inside->power / (inside->length * inside->peak * inside->peak);
    return inside->length > 0 && scan->interior_least >= least_peak * inside->peak &&
           power >= least_power && power <= greatest_power;
}

/* Enough silence stands behind it. */
static void judge_tone(PopScan *scan, QcFindings *findings) {
    const double rate_hz = scan->subject->rate_hz;
    const double length_s = (double)scan->length / rate_hz;
    if (scan->is_open && length_s >= shortest_s && length_s <= longest_s && is_steady(scan)) {
        qc_findings_add(findings,
                        (QcFinding){.check = QC_SYNC_POP,
                                    .channel = -1,
                                    .at_s = (double)scan->begin / rate_hz,
                                    .length_s = length_s,
                                    .unit = "",
                                    .text = "a tone of one frame, alone in silence: a 2-pop?"});
    }
    scan->is_open = false;
}

static void extend_tone(PopScan *scan, ToneBlock block) {
    if (scan->length > scan->last.length) { /* the one before is neither first nor last */
        scan->interior_least = scan->interior.length > 0
                                   ? fmin(scan->interior_least, scan->last.peak)
                                   : scan->last.peak;
        scan->interior.peak = fmax(scan->interior.peak, scan->last.peak);
        scan->interior.power += scan->last.power;
        scan->interior.length += scan->last.length;
    }
    scan->last = block;
    scan->length += block.length;
}

static void take_sound(PopScan *scan, int64_t begin, ToneBlock block) {
    if (scan->quiet_samples > 0) {
        scan->is_open = (double)scan->quiet_samples >= silence_s * scan->subject->rate_hz;
        scan->begin = begin;
        scan->length = 0;
        scan->last = (ToneBlock){0};
        scan->interior = (ToneBlock){0};
    }
    scan->quiet_samples = 0;
    extend_tone(scan, block);
}

static ToneBlock loudest_of(const QcChunk *chunk, int block) {
    ToneBlock loudest = {.length = qc_block_length(chunk, block)};
    for (int channel = 0; channel < chunk->subject->channel_count; channel++) {
        const BlockFacts *facts = &chunk->facts[channel][block];
        if (facts->peak > loudest.peak) {
            loudest.peak = facts->peak;
            loudest.power = facts->power;
        }
    }
    return loudest;
}

void pop_scan_add(PopScan *scan, const QcChunk *chunk) {
    const double level = gain_from_db(silence_dbfs);
    for (int block = 0; block < chunk->block_count; block++) {
        const ToneBlock loudest = loudest_of(chunk, block);
        if (loudest.peak >= level) {
            take_sound(scan, chunk->begin + (int64_t)block * chunk->block_samples, loudest);
            continue;
        }
        scan->quiet_samples += loudest.length;
        if (scan->is_open && (double)scan->quiet_samples >= silence_s * scan->subject->rate_hz) {
            judge_tone(scan, chunk->findings);
        }
    }
}

void pop_scan_finish(PopScan *scan, QcFindings *findings) {
    judge_tone(scan, findings);
}
