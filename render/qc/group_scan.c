/* Groups of layers: the share of the primary range, and leads above the rest. */
#include "render/qc/group_scan.h"

#include <math.h>

#include "render/base/units.h"
#include "render/dsp/loudness_slots.h"

enum { RANGE_SLOTS = 30, SECOND_SLOTS = 10 };
static const double floor_lufs = -70.0;     /* the absolute gate of BS.1770-5 */
static const double active_below_lu = 10.0; /* a lead sounds: no softer than this under its own
                                               integrated loudness, the gate of BS.1770-5 */

typedef struct Powers { /* mean squares, [slot_count] */
    double *full, *band;
} Powers;

struct GroupScan {
    const QcScore *score;
    int slot_count;
    Powers all;
    Powers *leads; /* [lead_count] */
    double *range;
};

static Powers make_powers(int slot_count, Arena *arena) {
    return (Powers){arena_array(arena, (size_t)slot_count + 1, sizeof(double)),
                    arena_array(arena, (size_t)slot_count + 1, sizeof(double))};
}

GroupScan *group_scan_create(const QcScore *score, int slot_count, Arena *arena) {
    GroupScan *scan = arena_alloc(arena, sizeof *scan);
    scan->score = score;
    scan->slot_count = slot_count;
    scan->all = make_powers(slot_count, arena);
    scan->leads = arena_array(arena, (size_t)score->lead_count, sizeof *scan->leads);
    for (int lead = 0; lead < score->lead_count; lead++) {
        scan->leads[lead] = make_powers(slot_count, arena);
    }
    scan->range = arena_array(arena, (size_t)slot_count + 1, sizeof *scan->range);
    return scan;
}

static void add(const GroupScan *scan, const GroupLayer *layer, const double *from, double *to) {
    for (int slot = 0; slot < layer->slot_count; slot++) {
        if (layer->first_slot + slot < scan->slot_count) {
            to[layer->first_slot + slot] += from[slot];
        }
    }
}

static void add_powers(const GroupScan *scan, const GroupLayer *layer, const Powers *to) {
    add(scan, layer, layer->power, to->full);
    if (layer->band) {
        add(scan, layer, layer->band, to->band);
    }
}

void group_scan_add(GroupScan *scan, const GroupLayer *layer) {
    const QcScore *score = scan->score;
    add_powers(scan, layer, &scan->all);
    for (int lead = 0; lead < score->lead_count; lead++) {
        if (score->leads[lead].is_layer[layer->index]) {
            add_powers(scan, layer, &scan->leads[lead]);
        }
    }
    if (score->range && score->range->is_layer[layer->index]) {
        add(scan, layer, layer->power, scan->range);
    }
}

static double mean(const double *power, int first, int end) {
    double sum = 0.0;
    for (int slot = first; slot < end; slot++) {
        sum += power[slot];
    }
    return end > first ? sum / (end - first) : 0.0;
}

/* ---- the primary range ---- */

static double judge_range(const GroupScan *scan, const ScoreLevels *levels, QcFindings *findings) {
    const QcRange *range = scan->score->range;
    int64_t heard = 0;
    int64_t inside = 0;
    for (int stem = 0; stem < scan->score->stem_count; stem++) {
        for (int slot = 0; range->is_stem[stem] && slot < scan->slot_count; slot++) {
            scan->range[slot] += levels->stems[stem][slot];
        }
    }
    for (int end = RANGE_SLOTS; end <= scan->slot_count; end++) {
        const double lufs = slot_loudness_lufs(mean(scan->range, end - RANGE_SLOTS, end));
        heard += lufs > floor_lufs;
        inside += lufs > floor_lufs && lufs >= range->least_lufs && lufs <= range->most_lufs;
    }
    if (heard == 0) {
        return -1.0;
    }
    const double percent = 100.0 * (double)inside / (double)heard;
    if (percent < range->share_percent) {
        qc_findings_add(
            findings,
            (QcFinding){.check = QC_PRIMARY_RANGE,
                        .channel = -1,
                        .at_s = -1.0,
                        .has_value = true,
                        .value = percent,
                        .limit = range->share_percent,
                        .unit = "%",
                        .text = arena_format(findings->arena, "of the time within %g … %g LUFS",
                                             range->least_lufs, range->most_lufs)});
    }
    return percent;
}

/* ---- leads ---- */

static int slot_of(const ScoreLevels *levels, int64_t sample) {
    const double slot = rint((double)sample * LOUDNESS_SLOTS_PER_SECOND / levels->rate_hz);
    return (int)fmax(0.0, fmin(slot, levels->slot_count));
}

static void
judge_slots(const GroupScan *scan, int index, int first, int end, QcFindings *findings) {
    const QcLead *lead = &scan->score->leads[index];
    const Powers *own = &scan->leads[index];
    const double power = mean(lead->is_mid_band ? own->band : own->full, first, end);
    const double all = mean(lead->is_mid_band ? scan->all.band : scan->all.full, first, end);
    const double rest = fmax(all - power, 1e-20);
    const double ratio_db = 10.0 * exact_log10(fmax(power, 1e-20) / rest);
    if (ratio_db < lead->least_db) {
        const double per_second = LOUDNESS_SLOTS_PER_SECOND;
        qc_findings_add(findings,
                        (QcFinding){.check = QC_LEAD,
                                    .channel = -1,
                                    .at_s = first / per_second,
                                    .length_s = (end - first) / per_second,
                                    .has_value = true,
                                    .value = ratio_db,
                                    .limit = lead->least_db,
                                    .unit = "dB",
                                    .text = arena_format(findings->arena, "lead `%s`", lead->id)});
    }
}

static void judge_seconds(const GroupScan *scan, int index, QcFindings *findings) {
    const double *own = scan->leads[index].full;
    double lufs = floor_lufs;
    loudness_slots_integrate(own, scan->slot_count, &lufs);
    const double least_lufs = fmax(floor_lufs, lufs - active_below_lu);
    for (int first = 0; first < scan->slot_count; first += SECOND_SLOTS) {
        const int whole = first + SECOND_SLOTS;
        const int end = whole < scan->slot_count ? whole : scan->slot_count;
        if (slot_loudness_lufs(mean(own, first, end)) > least_lufs) {
            judge_slots(scan, index, first, end, findings);
        }
    }
}

double group_scan_judge(const GroupScan *scan, const ScoreLevels *levels, QcFindings *findings) {
    for (int index = 0; index < scan->score->lead_count; index++) {
        const QcLead *lead = &scan->score->leads[index];
        const int first = slot_of(levels, lead->begin);
        const int end = slot_of(levels, lead->end);
        if (!lead->has_window) {
            judge_seconds(scan, index, findings);
        } else if (first < end) {
            judge_slots(scan, index, first, end, findings);
        }
    }
    return scan->score->range ? judge_range(scan, levels, findings) : -1.0;
}
