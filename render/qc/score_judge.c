/* Lines, scenes, budgets and layers of a job against the loudness of its stems over time. */
#include <math.h>

#include "render/base/units.h"
#include "render/dsp/loudness_slots.h"
#include "render/qc/score_levels.h"

enum { WINDOW_SLOTS = 30, STEP_SLOTS = 10, HEARD_SLOTS = 4 };
static const double floor_lufs = -70.0;      /* below it nothing is heard: BS.1770-5 gate */
static const double active_below_lu = 10.0;  /* dialogue sounds: no softer than this under its own
                                                integrated loudness, the gate of BS.1770-5 */
static const double step_floor_lufs = -50.0; /* of transitions: softer is silence */

typedef struct Slots { /* first .. end - 1 */
    int first, end;
} Slots;

static Slots slots_of(const ScoreLevels *levels, int64_t begin, int64_t end) {
    const double per_sample = (double)LOUDNESS_SLOTS_PER_SECOND / levels->rate_hz;
    Slots slots = {(int)rint((double)begin * per_sample), (int)rint((double)end * per_sample)};
    slots.end = slots.end > slots.first ? slots.end : slots.first + 1;
    slots.end = slots.end < levels->slot_count ? slots.end : levels->slot_count;
    slots.first = slots.first > 0 ? slots.first : 0;
    return slots;
}

static double mean_power(const double *power, Slots slots) {
    double sum = 0.0;
    for (int slot = slots.first; slot < slots.end; slot++) {
        sum += power[slot];
    }
    return slots.end > slots.first ? sum / (slots.end - slots.first) : 0.0;
}

static double ratio_db(double above, double below) {
    return 10.0 * exact_log10(fmax(above, 1e-20) / fmax(below, 1e-20));
}

static QcFinding finding_at(QcCheck check, Slots slots, double value, double limit) {
    return (QcFinding){.check = check,
                       .channel = -1,
                       .at_s = (double)slots.first / LOUDNESS_SLOTS_PER_SECOND,
                       .length_s = (double)(slots.end - slots.first) / LOUDNESS_SLOTS_PER_SECOND,
                       .has_value = true,
                       .value = value,
                       .limit = limit,
                       .unit = "LU"};
}

/* ---- dialogue ---- */

static bool sounds(const double *power, Slots slots, double least_lufs) {
    return slot_loudness_lufs(mean_power(power, slots)) > least_lufs;
}

/* id: of a line, NULL: a window. */
static void
judge_line(const ScoreLevels *levels, Slots slots, const char *id, QcFindings *findings) {
    const QcPolicy *const policy = findings->policy;
    const char *const text = id ? arena_format(findings->arena, "line `%s`", id) : NULL;
    const double least_lu = qc_limit(policy, QC_DIALOGUE_RATIO, "min");
    const double least_db = qc_limit(policy, QC_LEGIBILITY, "min");
    const double ratio_lu =
        ratio_db(mean_power(levels->dialogue, slots), mean_power(levels->rest, slots));
    const double band_db =
        ratio_db(mean_power(levels->dialogue_band, slots), mean_power(levels->rest_band, slots));
    if (ratio_lu < least_lu) {
        QcFinding finding = finding_at(QC_DIALOGUE_RATIO, slots, ratio_lu, least_lu);
        finding.text = text;
        qc_findings_add(findings, finding);
    }
    if (band_db < least_db) {
        QcFinding finding = finding_at(QC_LEGIBILITY, slots, band_db, least_db);
        finding.text = text;
        finding.unit = "dB";
        qc_findings_add(findings, finding);
    }
}

static void judge_silent_line(const QcSpan *line, Slots slots, QcFindings *findings) {
    QcFinding finding = finding_at(QC_DIALOGUE_RATIO, slots, 0.0, 0.0);
    finding.has_value = false;
    finding.text = arena_format(findings->arena, "no dialogue sounds in line `%s`", line->id);
    qc_findings_add(findings, finding);
}

static void judge_lines(const ScoreLevels *levels, const QcScore *score, QcFindings *findings) {
    for (int index = 0; index < score->line_count; index++) {
        const QcSpan *const line = &score->lines[index];
        const Slots slots = slots_of(levels, line->begin, line->end);
        if (slots.end <= slots.first) {
            continue; /* behind the end */
        }
        if (sounds(levels->dialogue, slots, floor_lufs)) {
            judge_line(levels, slots, line->id, findings);
        } else {
            judge_silent_line(line, slots, findings);
        }
    }
}

static void judge_windows(const ScoreLevels *levels, double dialogue_lufs, QcFindings *findings) {
    for (int first = 0; first < levels->slot_count; first += WINDOW_SLOTS) {
        const int end = first + WINDOW_SLOTS;
        const Slots slots = {first, end < levels->slot_count ? end : levels->slot_count};
        if (sounds(levels->dialogue, slots, dialogue_lufs - active_below_lu)) {
            judge_line(levels, slots, NULL, findings);
        }
    }
}

static void judge_dialogue(const ScoreLevels *levels, const QcScore *score, QcFindings *findings) {
    double dialogue_lufs = 0.0;
    const bool has_dialogue =
        loudness_slots_integrate(levels->dialogue, levels->slot_count, &dialogue_lufs);
    if (score->line_count > 0) {
        judge_lines(levels, score, findings);
    } else if (has_dialogue) {
        judge_windows(levels, dialogue_lufs, findings);
    }
}

/* ---- stems ---- */

static void judge_budgets(const ScoreLevels *levels, const QcScore *score, QcFindings *findings) {
    const double tolerance_lu = qc_limit(findings->policy, QC_STEM_BUDGET, "tolerance");
    for (int stem = 0; stem < score->stem_count; stem++) {
        const QcStem *const owner = &score->stems[stem];
        double measured_lufs = 0.0;
        const bool is_loud =
            owner->has_budget &&
            loudness_slots_integrate(levels->stems[stem], levels->slot_count, &measured_lufs);
        if (is_loud && measured_lufs > owner->budget_lufs + tolerance_lu) {
            qc_findings_add(findings, (QcFinding){.check = QC_STEM_BUDGET,
                                                  .channel = -1,
                                                  .at_s = -1.0,
                                                  .has_value = true,
                                                  .value = measured_lufs,
                                                  .limit = owner->budget_lufs,
                                                  .unit = "LUFS",
                                                  .text = arena_format(findings->arena, "stem `%s`",
                                                                       owner->id)});
        }
    }
}

/* ---- scenes ---- */

static double heard_lufs(const double *power, Slots slots, double least_lufs) {
    return fmax(slot_loudness_lufs(mean_power(power, slots)), least_lufs);
}

/* The second before a border against the one behind it. */
static void judge_border(const ScoreLevels *levels, const QcSpan *scene, QcFindings *findings) {
    const Slots behind = slots_of(levels, scene->begin, scene->begin + levels->rate_hz);
    const Slots before = {behind.first - STEP_SLOTS, behind.first};
    const double most_lu = qc_limit(findings->policy, QC_TRANSITIONS, "max");
    if (before.first < 0 || behind.end <= behind.first) {
        return; /* the programme begins here, or has ended */
    }
    const double step_lu = heard_lufs(levels->full, behind, step_floor_lufs) -
                           heard_lufs(levels->full, before, step_floor_lufs);
    if (fabs(step_lu) > most_lu) {
        QcFinding finding = finding_at(QC_TRANSITIONS, behind, step_lu, most_lu);
        finding.text = arena_format(findings->arena, "into scene `%s`", scene->id);
        qc_findings_add(findings, finding);
    }
}

static void judge_contrast(const ScoreLevels *levels,
                           const QcSpan *scene,
                           const QcSpan *next,
                           QcFindings *findings) {
    const double least_lu = qc_limit(findings->policy, QC_CONTRAST, "min");
    const Slots slots = slots_of(levels, next->begin, next->end);
    const double difference_lu =
        heard_lufs(levels->full, slots, floor_lufs) -
        heard_lufs(levels->full, slots_of(levels, scene->begin, scene->end), floor_lufs);
    if (fabs(difference_lu) < least_lu) {
        QcFinding finding = finding_at(QC_CONTRAST, slots, difference_lu, least_lu);
        finding.text = arena_format(findings->arena, "scene `%s` after `%s`", next->id, scene->id);
        qc_findings_add(findings, finding);
    }
}

static void judge_scenes(const ScoreLevels *levels, const QcScore *score, QcFindings *findings) {
    for (int scene = 0; scene < score->scene_count; scene++) {
        judge_border(levels, &score->scenes[scene], findings);
        if (scene > 0) {
            judge_contrast(levels, &score->scenes[scene - 1], &score->scenes[scene], findings);
        }
    }
}

void score_judge(const ScoreLevels *levels, const QcScore *score, QcFindings *findings) {
    judge_dialogue(levels, score, findings);
    judge_budgets(levels, score, findings);
    judge_scenes(levels, score, findings);
}

/* ---- layers ---- */

/* A layer that is never heard: in no 400 ms it comes near what sounds with it. */
void score_judge_layer(const ScoreLevels *levels,
                       const char *id,
                       const double *layer,
                       int first_slot,
                       int count,
                       QcFindings *findings) {
    const double limit_lu = qc_limit(findings->policy, QC_INAUDIBLE, "below");
    double best_lu = -200.0;
    int best = first_slot;
    for (int slot = 0; slot < count && first_slot + slot < levels->slot_count; slot++) {
        const int end = slot + HEARD_SLOTS;
        const Slots own = {slot, end < count ? end : count};
        const Slots all = {first_slot + own.first, first_slot + own.end};
        const double power = mean_power(layer, own);
        const double ratio_lu = ratio_db(power, mean_power(levels->full, all));
        if (slot_loudness_lufs(power) > floor_lufs && ratio_lu > best_lu) {
            best_lu = ratio_lu;
            best = all.first;
        }
    }
    if (best_lu < limit_lu) {
        QcFinding finding =
            finding_at(QC_INAUDIBLE, (Slots){best, best + HEARD_SLOTS}, best_lu, limit_lu);
        const bool is_silent = best_lu <= -200.0;
        finding.has_value = !is_silent;
        finding.at_s = is_silent ? -1.0 : finding.at_s;
        finding.text = is_silent
                           ? arena_format(findings->arena, "layer `%s` is silent", id)
                           : arena_format(findings->arena, "layer `%s`, where it is loudest", id);
        qc_findings_add(findings, finding);
    }
}
