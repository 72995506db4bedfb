/* Names and times of a job for its QC. */
#include "jobs/lower_brief.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/job_dynamics.h"
#include "jobs/time_windows.h"
#include "render/base/units.h"
#include "render/qc/qc_brief.h"

typedef struct BriefMaker {
    const JobSpec *job;
    Arena *arena;
    QcScore *score;
} BriefMaker;

static int64_t samples_of(const BriefMaker *maker, Rational seconds) {
    return rational_to_samples(seconds, maker->job->rate_hz);
}

static int compare_spans(const void *left, const void *right) {
    const QcSpan *const first = left;
    const QcSpan *const second = right;
    const int by_begin = (first->begin > second->begin) - (first->begin < second->begin);
    return by_begin ? by_begin : strcmp(first->id, second->id);
}

static void add_lines(const BriefMaker *maker) {
    const JobSpec *const job = maker->job;
    QcSpan *const lines = arena_array(maker->arena, (size_t)job->line_count, sizeof *lines);
    for (int line = 0; line < job->line_count; line++) {
        const JobLine *const written = &job->lines[line];
        lines[line] = (QcSpan){written->id, samples_of(maker, written->in.seconds),
                               samples_of(maker, written->out.seconds)};
    }
    qsort(lines, (size_t)job->line_count, sizeof *lines, compare_spans);
    maker->score->lines = lines;
    maker->score->line_count = job->line_count;
}

static void add_scenes(const BriefMaker *maker) {
    const JobSpec *const job = maker->job;
    QcSpan *const scenes = arena_array(maker->arena, (size_t)job->scene_count, sizeof *scenes);
    for (int scene = 0; scene < job->scene_count; scene++) {
        const JobScene *const written = &job->scenes[scene];
        scenes[scene] = (QcSpan){written->id, samples_of(maker, written->in.seconds),
                                 samples_of(maker, written->out.seconds)};
    }
    qsort(scenes, (size_t)job->scene_count, sizeof *scenes, compare_spans);
    maker->score->scenes = scenes;
    maker->score->scene_count = job->scene_count;
}

static void add_stems(const BriefMaker *maker) {
    const JobSpec *const job = maker->job;
    QcStem *const stems = arena_array(maker->arena, (size_t)job->stem_count, sizeof *stems);
    enum { ROLE_DIALOGUE };
    for (int stem = 0; stem < job->stem_count; stem++) {
        const JobStem *const written = &job->stems[stem];
        stems[stem] = (QcStem){.id = written->id,
                               .is_dialogue = written->role.index == ROLE_DIALOGUE,
                               .has_budget = written->budget_lufs.place.line > 0,
                               .budget_lufs = written->budget_lufs.value};
    }
    maker->score->stems = stems;
    maker->score->stem_count = job->stem_count;
}

/* A rule that switches layers off says that the silence in its windows is meant. */
static bool is_silencing(const JobRule *rule) {
    return rule->gain_db.value <= silence_db;
}

static void add_quiet(const BriefMaker *maker) {
    const JobSpec *const job = maker->job;
    const Timeline timeline = timeline_make(job, maker->arena);
    for (int rule = 0; rule < job->rule_count; rule++) {
        if (!is_silencing(&job->rules[rule])) {
            continue;
        }
        const TimeWindows windows = time_windows_make(&timeline, job->rules[rule].when.selector,
                                                      &job->rules[rule].over, maker->arena);
        const int count = maker->score->quiet_count;
        const size_t room = (size_t)count + (size_t)windows.count;
        QcSpan *const quiet = arena_array(maker->arena, room, sizeof *quiet);
        for (int index = 0; index < count; index++) {
            quiet[index] = maker->score->quiet[index];
        }
        for (int window = 0; window < windows.count; window++) {
            quiet[count + window] =
                (QcSpan){job->rules[rule].id, samples_of(maker, windows.windows[window].begin_s),
                         samples_of(maker, windows.windows[window].end_s)};
        }
        maker->score->quiet = quiet;
        maker->score->quiet_count = count + windows.count;
    }
}

static const QcSpan *retime_spans(const QcSpan *spans, int count, RetimeRatio ratio, Arena *arena) {
    QcSpan *const moved = arena_array(arena, (size_t)count, sizeof *moved);
    for (int span = 0; span < count; span++) {
        moved[span] = (QcSpan){spans[span].id, retimed_samples(ratio, spans[span].begin),
                               retimed_samples(ratio, spans[span].end)};
    }
    return moved;
}

static const QcLead *retime_leads(const QcScore *score, RetimeRatio ratio, Arena *arena) {
    QcLead *const moved = arena_array(arena, (size_t)score->lead_count, sizeof *moved);
    for (int lead = 0; lead < score->lead_count; lead++) {
        moved[lead] = score->leads[lead];
        moved[lead].begin = retimed_samples(ratio, moved[lead].begin);
        moved[lead].end = retimed_samples(ratio, moved[lead].end);
    }
    return moved;
}

static const QcHeadroom *
retime_headroom(const QcHeadroom *headroom, RetimeRatio ratio, Arena *arena) {
    QcHeadroom *const moved = arena_alloc(arena, sizeof *moved);
    *moved = *headroom;
    moved->climaxes = retime_spans(headroom->climaxes, headroom->climax_count, ratio, arena);
    return moved;
}

/* The score in samples of a deliverable. */
static const QcScore *retime_score(const QcScore *score, RetimeRatio ratio, Arena *arena) {
    if (ratio.input == ratio.output) {
        return score;
    }
    QcScore *const moved = arena_alloc(arena, sizeof *moved);
    *moved = *score;
    moved->lines = retime_spans(score->lines, score->line_count, ratio, arena);
    moved->scenes = retime_spans(score->scenes, score->scene_count, ratio, arena);
    moved->quiet = retime_spans(score->quiet, score->quiet_count, ratio, arena);
    moved->leads = retime_leads(score, ratio, arena);
    moved->headroom = score->headroom ? retime_headroom(score->headroom, ratio, arena) : NULL;
    return moved;
}

/* What a job without a policy asks for by its `dynamics`. */
static QcPolicy dynamics_policy(void) {
    QcPolicy policy = qc_policy_default();
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        const bool is_of_dynamics =
            check == QC_PRIMARY_RANGE || check == QC_HEADROOM || check == QC_LEAD;
        policy.levels[check] = is_of_dynamics ? policy.levels[check] : QC_OFF;
    }
    return policy;
}

static const QcScore *
score_of(const BriefMaker *maker, const MixDeliverable *deliverable, Arena *arena) {
    const QcHeadroom *const headroom =
        dynamics_headroom(maker->job, deliverable->ceiling_dbtp, arena);
    QcScore *const own = arena_alloc(arena, sizeof *own);
    *own = *maker->score;
    own->headroom = headroom;
    return retime_score(headroom ? own : maker->score, deliverable->retime, arena);
}

void lower_briefs(const JobSpec *job, Arena *arena, Mix *mix) {
    QcScore *const score = arena_alloc(arena, sizeof *score);
    const BriefMaker maker = {job, arena, score};
    add_lines(&maker);
    add_scenes(&maker);
    add_stems(&maker);
    add_quiet(&maker);
    dynamics_lower(job, mix, arena, score);
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        const QcPolicy *const policy = job->deliverables[deliverable].policy.merged;
        if (policy || job_dynamics_is_written(job)) {
            QcBrief *const brief = arena_alloc(arena, sizeof *brief);
            *brief = (QcBrief){.policy = policy ? *policy : dynamics_policy(),
                               .score = score_of(&maker, &mix->deliverables[deliverable], arena)};
            mix->deliverables[deliverable].qc = brief;
        }
    }
}
