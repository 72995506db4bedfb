/* `dynamics`: where the main lines lie, what climaxes have above all else, who leads. */
#include "jobs/job_dynamics.h"

#include <string.h>

#include "jobs/job_times.h"
#include "jobs/layer_facts.h"
#include "jobs/value.h"
#include "render/qc/qc_brief.h"

enum { BAND_FULL, BAND_MID };

/* ---- reading ---- */

static Status read_bound(
    const char *text, size_t length, Place place, Arena *arena, double *lufs, ErrorList *errors) {
    const Node node = {
        .kind = NODE_SCALAR, .place = place, .text = arena_copy_bytes(arena, text, length)};
    Rational value = {0, 1};
    TRY(quantity_read(QUANTITY_LOUDNESS, &node, NULL, &value, errors));
    TRY(quantity_check_range(QUANTITY_LOUDNESS, &node, NULL, value, "-70 LKFS … 0 LKFS", errors));
    *lufs = rational_value(value);
    return DONE;
}

/* "-34 LKFS..-22 LKFS" */
static Status read_window(JobDynamics *dynamics, Arena *arena, ErrorList *errors) {
    const char *text = dynamics->window.text;
    const Place place = dynamics->window.place;
    const char *dots = strstr(text, "..");
    if (!dots) {
        fail(errors, E210, place, "`%s` is not a window of loudness", text);
        error_help(errors, "write both ends: `-34 LKFS..-22 LKFS`");
        return E210;
    }
    const char *begin = text + strspn(text, " ");
    const char *end = dots;
    while (end > begin && end[-1] == ' ') {
        end--;
    }
    const char *second = dots + 2 + strspn(dots + 2, " ");
    TRY(read_bound(begin, (size_t)(end - begin), place, arena, &dynamics->least_lufs, errors));
    TRY(read_bound(second, strlen(second), place, arena, &dynamics->most_lufs, errors));
    if (dynamics->least_lufs >= dynamics->most_lufs) {
        fail(errors, E206, place, "the window goes from its softest to its loudest, not `%s`",
             text);
        error_help(errors, "`%s..%s`", second,
                   arena_copy_bytes(arena, begin, (size_t)(end - begin)));
        return E206;
    }
    return DONE;
}

static void check_lead(const JobLead *lead, ErrorList *errors) {
    if (lead->over.is_set && job_time_compare(&lead->over.out, &lead->over.in) <= 0) {
        fail(errors, E312, lead->over.out.place,
             "the span of dynamics.leads.%s ends before it starts", lead->id);
        error_mark(errors, lead->over.in.place, "%.3f s", rational_value(lead->over.in.seconds));
        error_caret(errors, "%.3f s", rational_value(lead->over.out.seconds));
    }
}

void job_dynamics_check(JobSpec *job, Arena *arena, ErrorList *errors) {
    const LayerFacts facts = layer_facts_make(job, arena);
    if (job->dynamics.window.text) {
        (void)read_window(&job->dynamics, arena, errors);
    }
    if (job->dynamics.select.selector) {
        layer_facts_check(&facts, &job->dynamics.select, errors);
    }
    for (int lead = 0; lead < job->lead_count; lead++) {
        check_lead(&job->leads[lead], errors);
        layer_facts_check(&facts, &job->leads[lead].select, errors);
    }
}

/* ---- lowering ---- */

static bool has_headroom(const JobSpec *job) {
    return job->dynamics.normal_db.place.line > 0;
}

bool job_dynamics_is_written(const JobSpec *job) {
    return job->dynamics.select.selector || job->lead_count > 0 || has_headroom(job);
}

static bool *
match_layers(const JobSpec *job, const Mix *mix, const JobSelector *select, Arena *arena) {
    const LayerFacts facts = layer_facts_make(job, arena);
    bool *matches = arena_array(arena, (size_t)mix->layer_count + 1, sizeof *matches);
    for (int layer = 0; layer < mix->layer_count; layer++) {
        matches[layer] = layer_facts_match(&facts, mix->layers[layer].written, select);
    }
    return matches;
}

/* A stem all of whose layers are selected is measured as a whole. */
static const QcRange *make_range(const JobSpec *job, const Mix *mix, Arena *arena) {
    bool *is_layer = match_layers(job, mix, &job->dynamics.select, arena);
    bool *is_stem = arena_array(arena, (size_t)mix->stem_count + 1, sizeof *is_stem);
    bool *has_other = arena_array(arena, (size_t)mix->stem_count + 1, sizeof *has_other);
    for (int layer = 0; layer < mix->layer_count; layer++) {
        bool *side = is_layer[layer] ? is_stem : has_other;
        side[mix->layers[layer].stem] = true;
    }
    for (int stem = 0; stem < mix->stem_count; stem++) {
        is_stem[stem] = is_stem[stem] && !has_other[stem];
    }
    for (int layer = 0; layer < mix->layer_count; layer++) {
        is_layer[layer] = is_layer[layer] && !is_stem[mix->layers[layer].stem];
    }
    QcRange *range = arena_alloc(arena, sizeof *range);
    *range = (QcRange){.is_stem = is_stem,
                       .is_layer = is_layer,
                       .least_lufs = job->dynamics.least_lufs,
                       .most_lufs = job->dynamics.most_lufs,
                       .share_percent = job->dynamics.share_percent.value};
    return range;
}

void dynamics_lower(const JobSpec *job, const Mix *mix, Arena *arena, QcScore *score) {
    QcLead *leads = arena_array(arena, (size_t)job->lead_count, sizeof *leads);
    for (int index = 0; index < job->lead_count; index++) {
        const JobLead *written = &job->leads[index];
        leads[index] = (QcLead){
            .id = written->id,
            .is_layer = match_layers(job, mix, &written->select, arena),
            .has_window = written->over.is_set,
            .is_mid_band = written->band.index == BAND_MID,
            .least_db = written->ratio_db.value,
        };
        if (written->over.is_set) {
            leads[index].begin = rational_to_samples(written->over.in.seconds, job->rate_hz);
            leads[index].end = rational_to_samples(written->over.out.seconds, job->rate_hz);
        }
    }
    score->leads = leads;
    score->lead_count = job->lead_count;
    score->range = job->dynamics.select.selector ? make_range(job, mix, arena) : NULL;
}

const QcHeadroom *dynamics_headroom(const JobSpec *job, double ceiling_dbtp, Arena *arena) {
    const JobDynamics *written = &job->dynamics;
    if (!has_headroom(job)) {
        return NULL;
    }
    QcHeadroom *headroom = arena_alloc(arena, sizeof *headroom);
    QcSpan *climaxes = arena_array(arena, (size_t)written->climaxes.count, sizeof *climaxes);
    const int64_t length = rational_to_samples(written->hold.seconds, job->rate_hz);
    for (int climax = 0; climax < written->climaxes.count; climax++) {
        const int64_t begin =
            rational_to_samples(written->climaxes.times[climax].seconds, job->rate_hz);
        climaxes[climax] = (QcSpan){"climax", begin, begin + length};
    }
    *headroom = (QcHeadroom){.normal_dbtp = ceiling_dbtp - written->normal_db.value,
                             .climax_dbtp = ceiling_dbtp - written->climax_db.value,
                             .climaxes = climaxes,
                             .climax_count = written->climaxes.count};
    return headroom;
}
