/* Clicks: a block whose second difference stands far above all that surrounds it.
 *
 * The second difference is a high-pass of 12 dB an octave. A transient of programme stays up for
 * many blocks or is wide; a click, or the seam of two takes, is a few samples between two quiet
 * surroundings. The third greatest of 18 blocks (12 ms before and behind) is what it is held to, so
 * that a second click near it does not hide it. */
#include <math.h>
#include <string.h>

#include "render/qc/qc_chunk.h"

static const float onset_ratio = 3.0F;
enum {
    SIDE_BLOCKS = 9, /* on either side, behind a gap of one block */
    WINDOW_BLOCKS = 2 * SIDE_BLOCKS + 3,
    CENTRE = SIDE_BLOCKS + 1
};
static const float least_difference = 0.004F; /* -48 dBFS: below it nobody hears one sample */
static const double widest_s = 0.00033;       /* its power fits into so many peaks squared */

typedef struct ClickBlock {
    float difference, peak;
    double power;
} ClickBlock;

struct ClickScan {
    float ratio;
    double widest;        /* samples */
    ClickBlock **windows; /* [channel_count][WINDOW_BLOCKS]: the newest one last */
    int64_t block_count;  /* taken so far */
};

ClickScan *click_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    ClickScan *scan = arena_alloc(arena, sizeof *scan);
    scan->ratio = (float)qc_limit(policy, QC_CLICKS, "ratio");
    scan->widest = fmax(widest_s * subject->rate_hz, 6.0); /* a second difference has 3 samples */
    scan->windows = arena_array(arena, (size_t)subject->channel_count, sizeof(ClickBlock *));
    for (int channel = 0; channel < subject->channel_count; channel++) {
        scan->windows[channel] = arena_array(arena, WINDOW_BLOCKS, sizeof(ClickBlock));
    }
    return scan;
}

/* The third greatest of what surrounds the centre. */
static float surroundings(const ClickBlock *window) {
    float top[3] = {0};
    for (int block = 0; block < WINDOW_BLOCKS; block++) {
        const float difference = window[block].difference;
        const bool is_near = block >= CENTRE - 1 && block <= CENTRE + 1;
        if (is_near || difference <= top[2]) {
            continue;
        }
        top[2] = difference;
        for (int place = 2; place > 0 && top[place] > top[place - 1]; place--) {
            const float greater = top[place];
            top[place] = top[place - 1];
            top[place - 1] = greater;
        }
    }
    return top[2];
}

/* The attack of a sound that was not there before: programme, however hard. */
static bool is_onset(const ClickBlock *window) {
    float before = 0.0F;
    float after = 0.0F;
    for (int block = 0; block < SIDE_BLOCKS; block++) {
        before = fmaxf(before, window[block].peak);
        after = fmaxf(after, window[CENTRE + 2 + block].peak);
    }
    return after > onset_ratio * before && after > least_difference;
}

static bool is_click(const ClickScan *scan, const ClickBlock *window, float *around) {
    const float peak = window[CENTRE].difference;
    const double power = window[CENTRE - 1].power + window[CENTRE].power + window[CENTRE + 1].power;
    *around = surroundings(window);
    return peak >= window[CENTRE - 1].difference && peak > window[CENTRE + 1].difference &&
           peak > scan->ratio * *around && power < scan->widest * (double)peak * (double)peak &&
           !is_onset(window);
}

static void scan_channel(ClickScan *scan, const QcChunk *chunk, int channel) {
    ClickBlock *const window = scan->windows[channel];
    for (int block = 0; block < chunk->block_count; block++) {
        const BlockFacts *const facts = &chunk->facts[channel][block];
        const int64_t taken = scan->block_count + block + 1;
        float around = 0.0F;
        memmove(window, window + 1, (WINDOW_BLOCKS - 1) * sizeof *window);
        window[WINDOW_BLOCKS - 1] =
            (ClickBlock){facts->greatest_difference, facts->peak, facts->difference_power};
        if (taken < WINDOW_BLOCKS || window[CENTRE].difference < least_difference ||
            !is_click(scan, window, &around)) {
            continue;
        }
        const int64_t at = (taken - WINDOW_BLOCKS + CENTRE) * chunk->block_samples;
        qc_findings_add(
            chunk->findings,
            (QcFinding){
                .check = QC_CLICKS,
                .channel = channel,
                .at_s = qc_seconds(chunk, at),
                .has_value = true,
                .value = fmin((double)(window[CENTRE].difference / fmaxf(around, 1e-6F)), 99999.0),
                .limit = (double)scan->ratio,
                .unit = "times its surroundings"});
    }
}

void click_scan_add(ClickScan *scan, const QcChunk *chunk) {
    for (int channel = 0; channel < chunk->subject->channel_count; channel++) {
        scan_channel(scan, chunk, channel);
    }
    scan->block_count += chunk->block_count;
}
