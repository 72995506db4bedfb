/* Stems against their sums, formats against each other. */
#include "cluster/qc_relations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/null_test.h"

enum { MOST_FORMATS = 256 };

static QcItem *find_output(const QcSet *set, const QcFolder *folder, const char *output) {
    for (QcItem *item = set->first; item; item = item->next) {
        if (item->folder == folder && strcmp(item->output, output) == 0) {
            return item;
        }
    }
    return NULL;
}

static void judge_null(const QcSet *set, const QcFolder *folder, const char *sum) {
    QcItem *const item = find_output(set, folder, sum);
    NullResult result = {0};
    ErrorList *const unsaid = errors_create(set->arena); /* told when they were measured */
    if (!item || !item->is_measured ||
        null_test(folder->path, folder->manifest, sum, set->arena, &result, unsaid) != DONE ||
        result.verdict != NULL_DIFFERS) {
        return;
    }
    qc_findings_add(item->findings,
                    (QcFinding){.check = QC_STEM_NULL,
                                .channel = -1,
                                .at_s = -1.0,
                                .text = arena_format(set->arena, "`%s` is not the sum of its stems",
                                                     result.name)});
}

static int compare_numbers(const void *a, const void *b) {
    const double first = *(const double *)a;
    const double second = *(const double *)b;
    return (first > second) - (first < second);
}

static double median_of(const double *values, int count) {
    double sorted[MOST_FORMATS];
    memcpy(sorted, values, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, compare_numbers);
    return count % 2 ? sorted[count / 2] : 0.5 * (sorted[count / 2 - 1] + sorted[count / 2]);
}

static double seconds_of(const QcItem *item) {
    return (double)item->programme.info.frame_count / item->programme.info.rate_hz;
}

/* Of the mix itself: without the gain that brought it to what its deliverable asks for. */
static double mix_loudness_lufs(const QcItem *full) {
    const json_t *const gain = json_object_get(full->folder->manifest, "gain_db");
    return full->numbers.meter.integrated_lufs - json_number_value(gain);
}

static void judge_formats(const QcSet *set, const QcPolicy *policy) {
    QcItem *fulls[MOST_FORMATS];
    double loudness_lufs[MOST_FORMATS];
    int count = 0;
    for (const QcFolder *folder = set->folders; folder && count < MOST_FORMATS;
         folder = folder->next) {
        QcItem *const full = find_output(set, folder, "full");
        if (full && full->is_measured && full->numbers.meter.has_loudness) {
            loudness_lufs[count] = mix_loudness_lufs(full);
            fulls[count++] = full;
        }
    }
    const double median_lufs = count > 1 ? median_of(loudness_lufs, count) : 0.0;
    const double limit_lu = qc_limit(policy, QC_FORMAT_LOUDNESS, "max");
    for (int format = 0; count > 1 && format < count; format++) {
        const double distance_lu = loudness_lufs[format] - median_lufs;
        if (fabs(distance_lu) > limit_lu) {
            qc_findings_add(fulls[format]->findings, (QcFinding){.check = QC_FORMAT_LOUDNESS,
                                                                 .channel = -1,
                                                                 .at_s = -1.0,
                                                                 .has_value = true,
                                                                 .value = distance_lu,
                                                                 .limit = limit_lu,
                                                                 .unit = "LU"});
        }
        const double difference_s = seconds_of(fulls[format]) - seconds_of(fulls[0]);
        if (difference_s != 0.0) {
            qc_findings_add(fulls[format]->findings, (QcFinding){.check = QC_FORMAT_LENGTH,
                                                                 .channel = -1,
                                                                 .at_s = -1.0,
                                                                 .has_value = true,
                                                                 .value = difference_s,
                                                                 .limit = 0.0,
                                                                 .unit = "s"});
        }
    }
}

void qc_relations_judge(QcSet *set, const QcPolicy *policy, ErrorList *errors) {
    (void)errors;
    for (const QcFolder *folder = set->folders; folder; folder = folder->next) {
        judge_null(set, folder, "full");
        judge_null(set, folder, "me");
    }
    judge_formats(set, policy);
}
