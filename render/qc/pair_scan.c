/* Left against right: their correlation over a second, and what the fold to mono loses over three.
 */
#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/qc/qc_chunk.h"

enum { STEPS_PER_SECOND = 10, PHASE_STEPS = STEPS_PER_SECOND, FOLD_STEPS = 3 * STEPS_PER_SECOND };
static const double gate_dbfs = -60.0; /* mean power below it says nothing about phase */
static const double height_deg = 30.0; /* BS.1770-5 annex 3: from here up it is a height */

typedef struct Pair {
    int left, right;
    double product[PHASE_STEPS], left_power[PHASE_STEPS], right_power[PHASE_STEPS];
} Pair;

struct PairScan {
    const QcSubject *subject;
    double least_correlation, greatest_loss_db, gate;
    Pair *pairs;
    int pair_count;
    double *fold_gains; /* [channel_count]: to mono, L and R 1 */
    float *fold;        /* one block */
    double fold_power[FOLD_STEPS], sum_power[FOLD_STEPS];
    int64_t block_in_step, step_count;
    int blocks_per_step;
};

/* The right of a left channel: the same place, mirrored. */
static int find_mirror(const Layout *layout, int left) {
    const Position own = layout->channels[left].position;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Position other = layout->channels[channel].position;
        if (layout->channels[channel].role == layout->channels[left].role &&
            other.azimuth_deg == -own.azimuth_deg && other.elevation_deg == own.elevation_deg) {
            return channel;
        }
    }
    return -1;
}

static void find_pairs(PairScan *scan, Arena *arena) {
    const QcSubject *const subject = scan->subject;
    const Layout *const layout = subject->layout;
    scan->pairs = arena_array(arena, (size_t)subject->channel_count, sizeof *scan->pairs);
    if (layout && layout->kind == LAYOUT_BINAURAL) {
        scan->pairs[scan->pair_count++] = (Pair){.left = 0, .right = 1};
        return;
    }
    for (int channel = 0; layout && channel < layout->channel_count; channel++) {
        const double azimuth_deg = layout->channels[channel].position.azimuth_deg;
        const bool is_left = layout->channels[channel].role == CHANNEL_SPEAKER &&
                             azimuth_deg > 0.0 && azimuth_deg < 180.0;
        const int right = is_left ? find_mirror(layout, channel) : -1;
        if (right >= 0) {
            scan->pairs[scan->pair_count++] = (Pair){.left = channel, .right = right};
        }
    }
}

/* BS.775-3, to L and R and then to one: C stands in both, surrounds and heights 3 dB down. */
static double fold_gain(const Channel *channel) {
    if (channel->role != CHANNEL_SPEAKER) {
        return channel->role == CHANNEL_EAR ? 1.0 : 0.0;
    }
    const double azimuth_deg = fabs(channel->position.azimuth_deg);
    if (azimuth_deg < 1.0 && fabs(channel->position.elevation_deg) < height_deg) {
        return sqrt(2.0);
    }
    return azimuth_deg < 60.0 && channel->position.elevation_deg < height_deg ? 1.0 : sqrt(0.5);
}

PairScan *pair_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    PairScan *scan = arena_alloc(arena, sizeof *scan);
    scan->subject = subject;
    scan->least_correlation = qc_limit(policy, QC_PHASE, "min");
    scan->greatest_loss_db = qc_limit(policy, QC_MONO_FOLD, "max");
    scan->gate = exact_exp(gate_dbfs * 0.23025850929940457); /* power */
    const int block_samples = subject->rate_hz / QC_BLOCKS_PER_SECOND;
    scan->blocks_per_step = subject->rate_hz / STEPS_PER_SECOND / block_samples;
    find_pairs(scan, arena);
    scan->fold_gains = arena_array(arena, (size_t)subject->channel_count, sizeof(double));
    for (int channel = 0; subject->layout && channel < subject->channel_count; channel++) {
        scan->fold_gains[channel] = fold_gain(&subject->layout->channels[channel]);
    }
    scan->fold = arena_array(arena, (size_t)block_samples, sizeof *scan->fold);
    return scan;
}

static double sum_of(const double *steps, int count) {
    double sum = 0.0;
    for (int step = 0; step < count; step++) {
        sum += steps[step];
    }
    return sum;
}

static double window_seconds(const PairScan *scan, int64_t end, int steps) {
    const int block_samples = scan->subject->rate_hz / QC_BLOCKS_PER_SECOND;
    return (double)(end - (int64_t)steps * scan->blocks_per_step * block_samples) /
           scan->subject->rate_hz;
}

static void judge_pair(const PairScan *scan, const Pair *pair, QcFindings *findings, int64_t end) {
    const double left = sum_of(pair->left_power, PHASE_STEPS);
    const double right = sum_of(pair->right_power, PHASE_STEPS);
    const double gate = scan->gate * scan->subject->rate_hz;
    if (left < gate || right < gate || scan->step_count < PHASE_STEPS) {
        return;
    }
    const double correlation = sum_of(pair->product, PHASE_STEPS) / sqrt(left * right);
    if (correlation < scan->least_correlation) {
        qc_findings_add(findings, (QcFinding){.check = QC_PHASE,
                                              .channel = pair->left,
                                              .at_s = window_seconds(scan, end, PHASE_STEPS),
                                              .length_s = 1.0,
                                              .has_value = true,
                                              .value = correlation,
                                              .limit = scan->least_correlation,
                                              .unit = ""});
    }
}

static void judge_fold(const PairScan *scan, QcFindings *findings, int64_t end) {
    const double fold = sum_of(scan->fold_power, FOLD_STEPS);
    const double sum = sum_of(scan->sum_power, FOLD_STEPS);
    if (sum < scan->gate * 3.0 * scan->subject->rate_hz || scan->step_count < FOLD_STEPS) {
        return;
    }
    const double loss_db = fold > 0.0 ? 10.0 * exact_log10(sum / fold) : -silence_db;
    if (loss_db > scan->greatest_loss_db) {
        qc_findings_add(findings, (QcFinding){.check = QC_MONO_FOLD,
                                              .channel = -1,
                                              .at_s = window_seconds(scan, end, FOLD_STEPS),
                                              .length_s = 3.0,
                                              .has_value = true,
                                              .value = loss_db,
                                              .limit = scan->greatest_loss_db,
                                              .unit = "dB"});
    }
}

/* The oldest step makes room for the next one. */
static void shift(double *steps, int count) {
    memmove(steps, steps + 1, (size_t)(count - 1) * sizeof *steps);
    steps[count - 1] = 0.0;
}

static void close_step(PairScan *scan, QcFindings *findings, int64_t end) {
    scan->step_count++;
    scan->block_in_step = 0;
    for (int index = 0; index < scan->pair_count; index++) {
        Pair *const pair = &scan->pairs[index];
        judge_pair(scan, pair, findings, end);
        shift(pair->product, PHASE_STEPS);
        shift(pair->left_power, PHASE_STEPS);
        shift(pair->right_power, PHASE_STEPS);
    }
    judge_fold(scan, findings, end);
    shift(scan->fold_power, FOLD_STEPS);
    shift(scan->sum_power, FOLD_STEPS);
}

static void take_pairs(PairScan *scan, const QcChunk *chunk, int block, int length) {
    const int64_t first = (int64_t)block * chunk->block_samples;
    for (int index = 0; index < scan->pair_count; index++) {
        Pair *const pair = &scan->pairs[index];
        pair->product[PHASE_STEPS - 1] += block_product(chunk->planes[pair->left] + first,
                                                        chunk->planes[pair->right] + first, length);
        pair->left_power[PHASE_STEPS - 1] += chunk->facts[pair->left][block].power;
        pair->right_power[PHASE_STEPS - 1] += chunk->facts[pair->right][block].power;
    }
}

static void take_fold(PairScan *scan, const QcChunk *chunk, int block, int length) {
    const int64_t first = (int64_t)block * chunk->block_samples;
    memset(scan->fold, 0, (size_t)length * sizeof *scan->fold);
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        const double gain = scan->fold_gains[channel];
        const float *const samples = chunk->planes[channel] + first;
        if (gain == 0.0) {
            continue;
        }
        for (int sample = 0; sample < length; sample++) {
            scan->fold[sample] += (float)gain * samples[sample];
        }
        scan->sum_power[FOLD_STEPS - 1] += gain * gain * chunk->facts[channel][block].power;
    }
    scan->fold_power[FOLD_STEPS - 1] += block_product(scan->fold, scan->fold, length);
}

void pair_scan_add(PairScan *scan, const QcChunk *chunk) {
    const bool judges = !scan->subject->is_part && scan->pair_count > 0;
    for (int block = 0; judges && block < chunk->block_count; block++) {
        const int length = qc_block_length(chunk, block);
        take_pairs(scan, chunk, block, length);
        take_fold(scan, chunk, block, length);
        if (++scan->block_in_step == scan->blocks_per_step) {
            close_step(scan, chunk->findings,
                       chunk->begin + (int64_t)block * chunk->block_samples + length);
        }
    }
}
