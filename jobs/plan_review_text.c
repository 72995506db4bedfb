/* What the QC of a deliverable depends on: its policy and what the job says of its programme. */
#include "jobs/plan_review_text.h"

#include <inttypes.h>

/* Raise the number when the code of a review starts to find something else. */
static const char review_version[] = "qc 5"; /* of the checks */

static void add_spans(Text *text, const char *kind, const QcSpan *spans, int count) {
    for (int span = 0; span < count; span++) {
        text_add(text, "%s %s %" PRId64 " .. %" PRId64 "\n", kind, spans[span].id,
                 spans[span].begin, spans[span].end);
    }
}

static void add_flags(Text *text, const char *name, const bool *flags, int count) {
    text_add(text, " %s", name);
    for (int flag = 0; flags && flag < count; flag++) {
        text_add(text, "%d", flags[flag]);
    }
}

static void add_dynamics(Text *text, const Mix *mix, const QcScore *score) {
    const QcRange *const range = score->range;
    const QcHeadroom *const headroom = score->headroom;
    if (range) {
        text_add(text, "primary %.17g .. %.17g LUFS share %.17g %%", range->least_lufs,
                 range->most_lufs, range->share_percent);
        add_flags(text, "stems", range->is_stem, mix->stem_count);
        add_flags(text, "layers", range->is_layer, mix->layer_count);
        text_add(text, "\n");
    }
    if (headroom) {
        text_add(text, "headroom %.17g dBTP climax %.17g dBTP\n", headroom->normal_dbtp,
                 headroom->climax_dbtp);
        add_spans(text, "climax", headroom->climaxes, headroom->climax_count);
    }
    for (int index = 0; index < score->lead_count; index++) {
        const QcLead *const lead = &score->leads[index];
        text_add(text, "lead %s window %d %" PRId64 " .. %" PRId64 " mid %d least %.17g dB",
                 lead->id, lead->has_window, lead->begin, lead->end, lead->is_mid_band,
                 lead->least_db);
        add_flags(text, "layers", lead->is_layer, mix->layer_count);
        text_add(text, "\n");
    }
}

void plan_text_add_review(Text *text, const Mix *mix, const QcBrief *brief) {
    const QcScore *const score = brief->score;
    text_add(text, "%s\n", review_version);
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        text_add(text, "%s %d\n", qc_check_info((QcCheck)check)->name,
                 (int)brief->policy.levels[check]);
    }
    for (int limit = 0; qc_limit_at(limit); limit++) {
        text_add(text, "%d %s %.17g\n", (int)qc_limit_at(limit)->check, qc_limit_at(limit)->key,
                 brief->policy.limits[limit]);
    }
    add_spans(text, "line", score->lines, score->line_count);
    add_spans(text, "scene", score->scenes, score->scene_count);
    add_spans(text, "quiet", score->quiet, score->quiet_count);
    for (int stem = 0; stem < score->stem_count; stem++) {
        const QcStem *const owner = &score->stems[stem];
        text_add(text, "stem %s dialogue %d budget %d %.17g\n", owner->id, owner->is_dialogue,
                 owner->has_budget, owner->budget_lufs);
    }
    add_dynamics(text, mix, score);
}
