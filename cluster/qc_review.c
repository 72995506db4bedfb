/* Programmes opened, given their layout, measured, and held against their policy. */
#include "cluster/qc_review.h"

#include <math.h>
#include <string.h>

#include "cluster/qc_headers.h"
#include "cluster/qc_relations.h"
#include "cluster/signals.h"
#include "spatial/decoder_matrix.h"
#include "spatial/layout_table.h"

enum { CHUNK_FRAMES = 4096 };

static void tell(QcItem *item, QcCheck check, const char *text) {
    qc_findings_add(item->findings,
                    (QcFinding){.check = check, .channel = -1, .at_s = -1.0, .text = text});
}

/* Of a file, which does not say it: by its mask, or by its count that of a DCP. */
static void settle_order(const QcReview *review, QcProgramme *programme) {
    const bool is_dcp = programme->channel_count == DCP_CHANNELS &&
                        programme->layout->channel_count < DCP_CHANNELS &&
                        !layout_dcp_stray(programme->layout);
    int *const order = arena_array(review->arena, LAYOUT_MAX_CHANNELS, sizeof *order);
    uint32_t mask = 0;
    layout_file_order(programme->layout, is_dcp ? ORDER_DCP : ORDER_SMPTE, order, &mask);
    const bool is_told = is_dcp || (mask && mask == programme->info.channel_mask);
    programme->order = is_told ? order : NULL;
}

/* --layout, a manifest or the number of channels; a layout of another size is an error. */
static Status settle_layout(const QcReview *review, QcItem *item) {
    QcProgramme *const programme = &item->programme;
    if (programme->layout && !item->folder) {
        settle_order(review, programme);
    }
    const int count = qc_programme_plane_count(programme);
    if (programme->layout && programme->layout->channel_count != count) {
        return fail(review->errors, E415, NO_PLACE, "`%s` has %d channel%s, %s needs %d",
                    item->path, count, count == 1 ? "" : "s", programme->layout->name,
                    programme->layout->channel_count);
    }
    if (!programme->layout && !item->folder) {
        programme->layout = layout_for_channel_count(count);
        if (programme->layout) {
            settle_order(review, programme);
        }
    }
    if (!programme->layout) {
        tell(item, QC_LAYOUT, "the layout is not known: every channel counts fully, say --layout");
    }
    return DONE;
}

/* Ambisonics are measured where INSPECT measures them: on 7.1.4, by the decoder of BS.2127. */
static Status hear(const QcItem *item, Arena *arena, QcSubject *subject, ErrorList *errors) {
    static const char rendered_to[] = "7.1.4";
    const Layout *written = subject->layout;
    if (!written || written->kind != LAYOUT_AMBISONIC) {
        return DONE;
    }
    const Layout *heard = layout_find(rendered_to);
    const int inputs = written->channel_count;
    int order = 0;
    while ((order + 1) * (order + 1) < inputs) {
        order++;
    }
    const size_t cells = (size_t)heard->channel_count * (size_t)inputs;
    double *gains = arena_array(arena, cells, sizeof *gains);
    TRY(decoder_matrix(heard, order, DECODER_BS2127, arena, gains, errors));
    const json_t *manifest = item->folder ? item->folder->manifest : NULL;
    const json_t *deliverable = json_object_get(manifest, "deliverable");
    const char *scale = json_string_value(json_object_get(deliverable, "normalisation"));
    const bool is_n3d = scale && strcmp(scale, "n3d") == 0;
    for (size_t cell = 0; is_n3d && cell < cells; cell++) {
        int degree = 0;
        while ((degree + 1) * (degree + 1) <= (int)cell % inputs) {
            degree++;
        }
        gains[cell] /= sqrt(2.0 * degree + 1.0);
    }
    subject->heard = heard;
    subject->heard_gains = gains;
    return DONE;
}

static Status
measure_samples(const QcReview *review, QcItem *item, const ThirdOctaves *reference, Arena *arena) {
    QcProgramme *const programme = &item->programme;
    const int channels = qc_programme_plane_count(programme);
    QcSubject subject = {.channel_count = channels,
                         .rate_hz = programme->info.rate_hz,
                         .layout = programme->layout,
                         .integer_bits =
                             programme->info.is_float ? 0 : programme->info.bits_per_sample,
                         .is_part = item->is_part,
                         .reference = reference};
    QcMeasure *measure = NULL;
    TRY(hear(item, arena, &subject, review->errors));
    Status status = qc_measure_create(&subject, item->findings, arena, &measure, review->errors);
    float **const planes = arena_array(arena, (size_t)channels, sizeof *planes);
    for (int channel = 0; channel < channels; channel++) {
        planes[channel] = arena_array(arena, CHUNK_FRAMES, sizeof(float));
    }
    int64_t got = CHUNK_FRAMES;
    for (int64_t done = 0; status == DONE && got == CHUNK_FRAMES; done += got) {
        if (review->goes_on && !review->goes_on(review->context, item, done)) {
            status = fail(review->errors, E604, NO_PLACE, "stopped");
            break;
        }
        status = qc_programme_read(programme, planes, CHUNK_FRAMES, &got, review->errors);
        if (status == DONE && got > 0) {
            qc_measure_add(measure, planes, got);
        }
    }
    if (status == DONE) {
        qc_measure_finish(measure, &item->numbers);
        item->is_measured = true;
    }
    qc_measure_destroy(&measure);
    return status;
}

static Status measure_item(const QcReview *review, QcItem *item, const ThirdOctaves *reference) {
    Arena *arena = arena_create();
    Status status = qc_programme_open(&item->programme, arena, review->errors);
    status = status ? status : settle_layout(review, item);
    if (status == DONE) {
        qc_headers_judge(item);
        status = measure_samples(review, item, reference, arena);
    }
    if (status == DONE) {
        qc_headers_judge_loudness(item);
    }
    qc_programme_close(&item->programme);
    item->programme.readers = NULL;
    item->programme.interleaved = NULL;
    item->programme.room_frames = 0;
    arena_destroy(&arena);
    return status;
}

/* Nothing is looked for in it: its findings are nobody's. */
static void measure_reference(const QcReview *review, ThirdOctaves *octaves) {
    const char *const paths[] = {review->reference};
    QcItem item = {
        .path = review->reference,
        .findings = qc_findings_create(review->policy, review->arena),
        .programme = {.paths = paths, .path_count = 1}
    };
    if (review->reference && measure_item(review, &item, NULL) == DONE) {
        *octaves = item.numbers.octaves;
    }
}

void qc_review_run(const QcReview *review) {
    ThirdOctaves reference = {0};
    measure_reference(review, &reference);
    for (QcItem *item = review->set->first; item && signals_count() == 0; item = item->next) {
        const QcPolicy *const own = item->folder ? item->folder->policy : NULL;
        item->findings = qc_findings_create(own ? own : review->policy, review->arena);
        if (measure_item(review, item, &reference) != DONE) {
            const ErrorEntry *const last = errors_last(review->errors);
            tell(item, QC_READABLE, last ? last->message : NULL);
        }
    }
    if (signals_count() == 0) {
        qc_relations_judge(review->set, review->policy);
    }
}
