/* `qc`: finished files measured and checked, with or without the job they came from. */
#include "cluster/command.h"

#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/progress.h"
#include "cluster/qc_answer.h"
#include "cluster/qc_job_policy.h"
#include "cluster/qc_review.h"
#include "cluster/signals.h"
#include "jobs/configs.h"
#include "jobs/qc_policy.h"
#include "spatial/layout_table.h"

enum { GATE_CODE = 8, POLICY_LIMIT_BYTES = 4 << 20 };
static const double bar_interval_s = 0.1;
static const double line_interval_s = 10.0;

typedef struct Review {
    const Options *options;
    Arena *arena;
    ErrorList *errors;
    QcPolicy policy;
    QcSet *set;
    ProgressMode progress;
    bool has_bar;
    double begin_s, told_s;
} Review;

/* ---- what is asked for ---- */

/* A path, or the name of a policy in configs/policies. */
static Status read_policy(Review *review) {
    const char *path = review->options->policy;
    review->policy = qc_policy_default();
    if (!path) {
        return DONE;
    }
    if (!file_exists(path) && !strchr(path, '/') && !strchr(path, '.')) {
        const char *const own =
            configs_find(arena_format(review->arena, "policies/%s.yaml", path), review->arena);
        path = own ? own : path;
    }
    FileBytes file = {0};
    TRY(file_read(path, POLICY_LIMIT_BYTES, NO_PLACE, review->arena, &file, review->errors));
    return qc_policy_read(path, file.bytes, file.size_bytes, review->arena, &review->policy,
                          review->errors);
}

static Status find_layout(Review *review, const Layout **layout) {
    const char *const name = review->options->layout;
    *layout = NULL;
    if (!name) {
        return DONE;
    }
    *layout = layout_find_bs2051(name);
    *layout = *layout ? *layout : layout_find(name);
    if (*layout) {
        return DONE;
    }
    const char *names[64];
    int count = 0;
    while (layout_at(count) && count < 64) {
        names[count] = layout_at(count)->name;
        count++;
    }
    fail(review->errors, E213, NO_PLACE, "unknown layout `%s`", name);
    options_suggest(name, names, count, review->errors);
    error_help(review->errors, "nocturne list layouts, or a system of BS.2051 such as 4+7+0");
    return E213;
}

static Status gather(Review *review) {
    const Layout *layout = NULL;
    Status first = DONE;
    TRY(answer_check_count(review->options, 1, -1, "DIR|FILE...", review->errors));
    TRY(read_policy(review));
    TRY(find_layout(review, &layout));
    for (int argument = 0; argument < review->options->argument_count; argument++) {
        const Status status =
            qc_set_add(review->set, review->options->arguments[argument], layout, review->errors);
        first = first ? first : status;
    }
    return first || review->options->policy ? first
                                            : qc_job_policies_read(review->set, review->errors);
}

/* ---- measuring ---- */

/* 0: the reference. */
static int number_of(const QcSet *set, const QcItem *item) {
    int number = 1;
    const QcItem *other = set->first;
    for (; other && other != item; other = other->next) {
        number++;
    }
    return other ? number : 0;
}

static bool goes_on(void *context, const QcItem *item, int64_t done) {
    Review *const review = context;
    const int64_t all = item->programme.info.frame_count;
    const double now_s = clock_now_s();
    const bool is_bar = review->progress == PROGRESS_BAR;
    const double interval_s = is_bar ? bar_interval_s : line_interval_s;
    if (review->progress != PROGRESS_NONE && now_s - review->told_s >= interval_s) {
        review->told_s = now_s;
        review->has_bar = is_bar;
        fprintf(stderr, "%sfile %d of %d  %3d %%%s", is_bar ? "\r" : "",
                number_of(review->set, item), review->set->count,
                (int)(100.0 * (double)done / (double)all), is_bar ? "   " : "\n");
    }
    return signals_count() == 0;
}

static bool has_failure(const QcSet *set, bool is_strict) {
    for (const QcItem *item = set->first; item; item = item->next) {
        for (const QcFinding *finding = item->findings->first; finding; finding = finding->next) {
            if (finding->severity == QC_FAIL || is_strict) {
                return true;
            }
        }
    }
    return false;
}

static int answer(Review *review) {
    const int exit_code = answer_errors(review->options, review->errors, NULL);
    if (signals_count() > 0) {
        return signals_exit_code();
    }
    qc_answer_print(review->options, review->set);
    if (exit_code) {
        return exit_code;
    }
    return has_failure(review->set, review->options->is_strict) ? GATE_CODE : 0;
}

int command_qc(const Options *options) {
    Arena *arena = arena_create();
    Review review = {.options = options,
                     .arena = arena,
                     .errors = errors_create(arena),
                     .set = qc_set_create(arena),
                     .progress = progress_target(options).mode,
                     .begin_s = clock_now_s()};
    int exit_code = 0;
    review.told_s = review.begin_s;
    signals_open(SIGNALS_INLINE);
    if (gather(&review) != DONE) {
        exit_code = answer_failure(options, review.errors, NULL);
    } else {
        qc_review_run(&(QcReview){.set = review.set,
                                  .policy = &review.policy,
                                  .arena = arena,
                                  .errors = review.errors,
                                  .reference = options->reference,
                                  .goes_on = goes_on,
                                  .context = &review});
        if (review.has_bar) {
            fprintf(stderr, "\r%*s\r", 40, "");
        }
        exit_code = answer(&review);
    }
    qc_set_destroy(&review.set);
    arena_destroy(&arena);
    return exit_code;
}
