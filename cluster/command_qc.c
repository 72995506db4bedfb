/* `qc`: finished files measured and checked, with or without the job they came from. */
#include "cluster/command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/configs.h"
#include "cluster/progress.h"
#include "cluster/qc_answer.h"
#include "cluster/qc_relations.h"
#include "cluster/signals.h"
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
    int item_index;
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
    return first;
}

/* ---- measuring ---- */

static bool goes_on(Review *review, int64_t done, int64_t all) {
    const double now_s = clock_now_s();
    const bool is_bar = review->progress == PROGRESS_BAR;
    const double interval_s = is_bar ? bar_interval_s : line_interval_s;
    if (review->progress != PROGRESS_NONE && now_s - review->told_s >= interval_s) {
        review->told_s = now_s;
        review->has_bar = is_bar;
        fprintf(stderr, "%sfile %d of %d  %3d %%%s", is_bar ? "\r" : "", review->item_index + 1,
                review->set->count, (int)(100.0 * (double)done / (double)all),
                is_bar ? "   " : "\n");
    }
    return signals_count() == 0;
}

static void tell(QcItem *item, QcCheck check, const char *text) {
    qc_findings_add(item->findings,
                    (QcFinding){.check = check, .channel = -1, .at_s = -1.0, .text = text});
}

/* --layout, a manifest or the number of channels; a layout of another size is an error. */
static Status settle_layout(Review *review, QcItem *item) {
    QcProgramme *const programme = &item->programme;
    const int count = programme->channel_count;
    if (programme->layout && programme->layout->channel_count != count) {
        return fail(review->errors, E415, NO_PLACE, "`%s` has %d channel%s, %s needs %d",
                    item->path, count, count == 1 ? "" : "s", programme->layout->name,
                    programme->layout->channel_count);
    }
    if (!programme->layout && !item->folder) {
        programme->layout = layout_for_channel_count(count);
    }
    if (!programme->layout) {
        tell(item, QC_LAYOUT, "the layout is not known: every channel counts fully, say --layout");
    } else if (!item->folder) {
        int *const order = arena_array(review->arena, LAYOUT_MAX_CHANNELS, sizeof *order);
        uint32_t mask = 0;
        layout_file_order(programme->layout, ORDER_SMPTE, order, &mask);
        programme->order = mask && mask == programme->info.channel_mask ? order : NULL;
    }
    return DONE;
}

static void
judge_fact(const Review *review, QcItem *item, QcCheck check, double value, const char *unit) {
    if (review->policy.levels[check] == QC_OFF) {
        return;
    }
    const double wanted = qc_limit(&review->policy, check, "is");
    if (value != wanted) {
        qc_findings_add(item->findings, (QcFinding){.check = check,
                                                    .channel = -1,
                                                    .at_s = -1.0,
                                                    .has_value = true,
                                                    .value = value,
                                                    .limit = wanted,
                                                    .unit = unit});
    }
}

/* 23.976 is 24000/1001, and so on: a whole rate a thousandth slower. */
static void judge_frames(const Review *review, QcItem *item) {
    if (review->policy.levels[QC_WHOLE_FRAMES] == QC_OFF) {
        return;
    }
    const double written = qc_limit(&review->policy, QC_WHOLE_FRAMES, "frame_rate");
    const double nominal = rint(written);
    const bool is_pulled = fabs(written - nominal / 1.001) < 0.003 && written != nominal;
    const double frame_rate = is_pulled ? nominal / 1.001 : written;
    const double frames =
        (double)item->programme.info.frame_count * frame_rate / item->programme.info.rate_hz;
    if (fabs(frames - rint(frames)) > 1e-6 * fmax(frames, 1.0)) {
        qc_findings_add(item->findings, (QcFinding){.check = QC_WHOLE_FRAMES,
                                                    .channel = -1,
                                                    .at_s = -1.0,
                                                    .has_value = true,
                                                    .value = frames,
                                                    .limit = rint(frames),
                                                    .unit = "frames"});
    }
}

static void judge_header(const Review *review, QcItem *item) {
    const SoundInfo *const info = &item->programme.info;
    judge_fact(review, item, QC_SAMPLE_RATE, info->rate_hz, "Hz");
    judge_fact(review, item, QC_BIT_DEPTH, info->bits_per_sample, "");
    judge_fact(review, item, QC_CHANNEL_COUNT, item->programme.channel_count, "");
    judge_frames(review, item);
    if (item->folder &&
        (info->frame_count != item->expected_frames || info->rate_hz != item->expected_rate_hz ||
         item->programme.channel_count != item->expected_channels)) {
        tell(item, QC_LENGTH, "not the length, rate or channels of its manifest");
    }
}

static Status measure_samples(Review *review, QcItem *item, Arena *arena) {
    QcProgramme *const programme = &item->programme;
    const QcSubject subject = {.channel_count = programme->channel_count,
                               .rate_hz = programme->info.rate_hz,
                               .layout = programme->layout,
                               .integer_bits =
                                   programme->info.is_float ? 0 : programme->info.bits_per_sample,
                               .is_part = item->is_part};
    QcMeasure *measure = NULL;
    Status status = qc_measure_create(&subject, item->findings, arena, &measure, review->errors);
    const int64_t chunk = status == DONE ? qc_measure_chunk(measure) : 0;
    int64_t got = chunk;
    for (int64_t done = 0; status == DONE && got == chunk; done += got) {
        if (!goes_on(review, done, programme->info.frame_count)) {
            status = fail(review->errors, E604, NO_PLACE, "stopped");
            break;
        }
        status =
            qc_programme_read(programme, qc_measure_planes(measure), chunk, &got, review->errors);
        if (status == DONE && got > 0) {
            qc_measure_add(measure, got);
        }
    }
    if (status == DONE) {
        qc_measure_finish(measure, &item->numbers);
        item->is_measured = true;
    }
    qc_measure_destroy(&measure);
    return status;
}

static Status measure_item(Review *review, QcItem *item) {
    Arena *arena = arena_create();
    Status status = qc_programme_open(&item->programme, arena, review->errors);
    status = status ? status : settle_layout(review, item);
    if (status == DONE) {
        judge_header(review, item);
        status = measure_samples(review, item, arena);
    }
    qc_programme_close(&item->programme);
    item->programme.readers = NULL;
    item->programme.interleaved = NULL;
    item->programme.room_frames = 0;
    arena_destroy(&arena);
    return status;
}

/* What cannot be measured is told and passed over; the others are measured all the same. */
static void measure_all(Review *review) {
    for (QcItem *item = review->set->first; item && signals_count() == 0; item = item->next) {
        item->findings = qc_findings_create(&review->policy, review->arena);
        if (measure_item(review, item) != DONE) {
            const ErrorEntry *const last = errors_last(review->errors);
            tell(item, QC_READABLE, last ? last->message : NULL);
        }
        review->item_index++;
    }
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
        measure_all(&review);
        if (signals_count() == 0) {
            qc_relations_judge(review.set, &review.policy);
        }
        if (review.has_bar) {
            fprintf(stderr, "\r%*s\r", 40, "");
        }
        exit_code = answer(&review);
    }
    qc_set_destroy(&review.set);
    arena_destroy(&arena);
    return exit_code;
}
