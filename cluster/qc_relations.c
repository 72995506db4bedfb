/* Stems against their sums, formats against each other. */
#include "cluster/qc_relations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/null_test.h"
#include "cluster/qc_names.h"
#include "cluster/qc_sums.h"
#include "cluster/signals.h"
#include "render/base/units.h"
#include "render/qc/leak_scan.h"

enum { MOST_FORMATS = 256, LEAK_FRAMES = 16384 };

static QcItem *find_output(const QcSet *set, const QcFolder *folder, const char *output) {
    for (QcItem *item = set->first; item; item = item->next) {
        if (item->folder == folder && strcmp(item->output, output) == 0) {
            return item;
        }
    }
    return NULL;
}

/* Whose file it is; NULL: nobody's. */
static QcItem *find_holder(const QcSet *set, const QcFolder *folder, const char *name) {
    const char *const path = path_join(set->arena, folder->path, name);
    for (QcItem *item = set->first; item; item = item->next) {
        for (int file = 0; item->folder == folder && file < item->programme.path_count; file++) {
            if (strcmp(item->programme.paths[file], path) == 0) {
                return item;
            }
        }
    }
    return NULL;
}

/* The channel of the programme that a channel of one of its files is. */
static int channel_of(const QcItem *item, int file_channel, const char *name) {
    int channel = file_channel;
    for (int file = 0; item->programme.path_count > 1 && file < item->programme.path_count;
         file++) {
        const char *const path = item->programme.paths[file];
        const size_t length = strlen(name);
        const size_t path_length = strlen(path);
        const bool is_it = path_length >= length && !strcmp(path + path_length - length, name);
        channel = is_it ? file : channel;
    }
    return item->programme.order ? item->programme.order[channel] : channel;
}

static bool is_named(const json_t *names, const char *name) {
    const json_t *entry = NULL;
    size_t index = 0;
    json_array_foreach(names, index, entry) {
        if (strcmp(json_string_value(entry), name) == 0) {
            return true;
        }
    }
    return false;
}

/* Whose channels the mix holds, once it is not the sum of its stems. */
static void judge_identity(const QcSet *set, QcItem *mix, const char *sum) {
    const json_t *const names =
        json_object_get(json_object_get(mix->folder->manifest, "sums"), sum);
    Arena *arena = arena_create();
    QcItem **const stems = arena_array(arena, json_array_size(names) + 1, sizeof(QcItem *));
    int count = 0;
    for (QcItem *item = set->first; item; item = item->next) {
        if (item->folder == mix->folder && item->is_measured && is_named(names, item->output) &&
            item->programme.channel_count == mix->programme.channel_count) {
            stems[count++] = item;
        }
    }
    if (count > 0) {
        qc_sum_judge(&(QcSum){mix, stems, count, silence_db}, arena);
    }
    arena_destroy(&arena);
}

static void judge_null(const QcSet *set, const QcFolder *folder, const char *sum) {
    QcItem *item = find_output(set, folder, sum);
    NullResult result = {0};
    ErrorList *const unsaid = errors_create(set->arena); /* told when they were measured */
    if (!item || !item->is_measured ||
        null_test(folder->path, folder->manifest, sum, set->arena, &result, unsaid) != DONE ||
        result.verdict != NULL_DIFFERS) {
        return;
    }
    QcItem *const holder = find_holder(set, folder, result.name);
    item = holder ? holder : item;
    const bool has_place = result.frame >= 0;
    QcFinding finding = {.check = QC_STEM_NULL, .channel = -1, .at_s = -1.0, .unit = "dBFS"};
    finding.text =
        has_place ? arena_format(set->arena, "`%s` is not the sum of its stems, from here on",
                                 result.name)
                  : arena_format(set->arena, "`%s` and its stems differ in length", result.name);
    if (has_place) {
        finding.at_s = (double)result.frame / item->programme.info.rate_hz;
        finding.has_value = true;
        finding.value = db_from_gain(result.difference);
        finding.limit = silence_db;
        finding.channel = channel_of(item, result.file_channel, result.name);
    }
    qc_findings_add(item->findings, finding);
    judge_identity(set, item, sum);
}

/* ---- dialogue in the M&E ---- */

typedef struct LeakTest {
    Arena *arena;
    QcItem *item;          /* the M&E */
    QcProgramme programme; /* it again, read a second time */
    QcProgramme *stems;    /* [stem_count] of the dialogue */
    int stem_count;
    float **me, **dialogue, **stem; /* [channel_count][LEAK_FRAMES] */
} LeakTest;

/* The stems of the full mix that the M&E leaves out, as far as they were delivered. */
static void find_dialogue(const QcSet *set, LeakTest *test) {
    const json_t *const sums = json_object_get(test->item->folder->manifest, "sums");
    const json_t *const all = json_object_get(sums, "full");
    const json_t *const music_and_effects = json_object_get(sums, "me");
    test->stems = arena_array(test->arena, json_array_size(all), sizeof *test->stems);
    for (const QcItem *item = set->first; item; item = item->next) {
        if (item->folder == test->item->folder && item->is_measured &&
            strcmp(item->reel, test->item->reel) == 0 && is_named(all, item->output) &&
            !is_named(music_and_effects, item->output) &&
            item->programme.channel_count == test->item->programme.channel_count) {
            test->stems[test->stem_count++] = item->programme;
        }
    }
}

static float **make_planes(const LeakTest *test) {
    const size_t channels = (size_t)qc_programme_plane_count(&test->item->programme);
    float **const planes = arena_array(test->arena, channels, sizeof *planes);
    for (size_t channel = 0; channel < channels; channel++) {
        planes[channel] = arena_array(test->arena, LEAK_FRAMES, sizeof(float));
    }
    return planes;
}

/* The next frames of all dialogue stems, summed. */
static Status read_dialogue(LeakTest *test, int64_t frames, ErrorList *errors) {
    const int channel_count = qc_programme_plane_count(&test->item->programme);
    for (int channel = 0; channel < channel_count; channel++) {
        memset(test->dialogue[channel], 0, LEAK_FRAMES * sizeof(float));
    }
    for (int stem = 0; stem < test->stem_count; stem++) {
        int64_t got = 0;
        TRY(qc_programme_read(&test->stems[stem], test->stem, frames, &got, errors));
        for (int channel = 0; channel < channel_count; channel++) {
            for (int64_t frame = 0; frame < got; frame++) {
                test->dialogue[channel][frame] += test->stem[channel][frame];
            }
        }
    }
    return DONE;
}

static Status scan_leak(LeakTest *test, const QcSubject *subject, ErrorList *errors) {
    LeakScan *const scan = leak_scan_create(subject, test->item->findings, test->arena);
    int64_t got = LEAK_FRAMES;
    TRY(qc_programme_open(&test->programme, test->arena, errors));
    for (int stem = 0; stem < test->stem_count; stem++) {
        TRY(qc_programme_open(&test->stems[stem], test->arena, errors));
    }
    while (got == LEAK_FRAMES && signals_count() == 0) {
        TRY(qc_programme_read(&test->programme, test->me, LEAK_FRAMES, &got, errors));
        TRY(read_dialogue(test, got, errors));
        leak_scan_add(scan, test->me, test->dialogue, got);
    }
    leak_scan_finish(scan);
    return DONE;
}

static void judge_leak(const QcSet *set, QcItem *item) {
    if (!item->folder || strcmp(item->output, "me") != 0 || !item->is_measured) {
        return;
    }
    Arena *arena = arena_create();
    LeakTest test = {.arena = arena, .item = item, .programme = item->programme};
    const QcSubject subject = {.channel_count = qc_programme_plane_count(&item->programme),
                               .rate_hz = item->programme.info.rate_hz,
                               .layout = item->programme.layout};
    find_dialogue(set, &test);
    test.me = make_planes(&test);
    test.dialogue = make_planes(&test);
    test.stem = make_planes(&test);
    if (test.stem_count > 0) {
        (void)scan_leak(&test, &subject, errors_create(arena)); /* told when they were measured */
    }
    qc_programme_close(&test.programme);
    for (int stem = 0; stem < test.stem_count; stem++) {
        qc_programme_close(&test.stems[stem]);
    }
    arena_destroy(&arena);
}

/* ---- formats ---- */

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

typedef struct Formats { /* mixes of one programme */
    QcItem *fulls[MOST_FORMATS];
    double loudness_lufs[MOST_FORMATS]; /* of the mix itself */
    int count;
} Formats;

static void add_format(Formats *formats, QcItem *full, double loudness_lufs) {
    if (formats->count < MOST_FORMATS && full->is_measured && full->numbers.meter.has_loudness) {
        formats->loudness_lufs[formats->count] = loudness_lufs;
        formats->fulls[formats->count++] = full;
    }
}

static void judge_formats(const Formats *formats, const QcPolicy *policy) {
    const int count = formats->count;
    const double median_lufs = count > 1 ? median_of(formats->loudness_lufs, count) : 0.0;
    const double limit_lu = qc_limit(policy, QC_FORMAT_LOUDNESS, "max");
    for (int format = 0; count > 1 && format < count; format++) {
        const double distance_lu = formats->loudness_lufs[format] - median_lufs;
        if (fabs(distance_lu) > limit_lu) {
            qc_findings_add(formats->fulls[format]->findings,
                            (QcFinding){.check = QC_FORMAT_LOUDNESS,
                                        .channel = -1,
                                        .at_s = -1.0,
                                        .has_value = true,
                                        .value = distance_lu,
                                        .limit = limit_lu,
                                        .unit = "LU"});
        }
        const double difference_s =
            seconds_of(formats->fulls[format]) - seconds_of(formats->fulls[0]);
        if (difference_s != 0.0) {
            qc_findings_add(formats->fulls[format]->findings, (QcFinding){.check = QC_FORMAT_LENGTH,
                                                                          .channel = -1,
                                                                          .at_s = -1.0,
                                                                          .has_value = true,
                                                                          .value = difference_s,
                                                                          .limit = 0.0,
                                                                          .unit = "s"});
        }
    }
}

static void judge_folders(const QcSet *set, const QcPolicy *policy) {
    Formats formats = {0};
    for (const QcFolder *folder = set->folders; folder; folder = folder->next) {
        QcItem *const full = find_output(set, folder, "full");
        if (full) {
            add_format(&formats, full, full->is_measured ? mix_loudness_lufs(full) : 0.0);
        }
    }
    judge_formats(&formats, policy);
}

/* ---- files made elsewhere ---- */

enum { MOST_STEMS = 64 };
static const double foreign_rest_dbfs = -90.0; /* stems and mix were dithered each by itself */

static bool is_beside(const QcItem *item, const QcItem *mix, const QcName *name, Arena *arena) {
    return item != mix && !item->folder && item->is_measured &&
           item->programme.channel_count == mix->programme.channel_count &&
           strcmp(qc_name_read(item->path, arena).group, name->group) == 0;
}

/* The mix and the M&E of a name against the stems beside them. */
static void judge_named(const QcSet *set, QcItem *mix, const QcName *name, Arena *arena) {
    QcItem *stems[MOST_STEMS];
    int count = 0;
    for (QcItem *item = set->first; item && count < MOST_STEMS; item = item->next) {
        const QcPart part = qc_name_read(item->path, arena).part;
        const bool is_in_sum =
            part == PART_STEM || (part == PART_DIALOGUE_STEM && name->part == PART_MIX);
        if (is_in_sum && is_beside(item, mix, name, arena)) {
            stems[count++] = item;
        }
    }
    if (count > (name->part == PART_MIX)) {
        qc_sum_judge(&(QcSum){mix, stems, count, foreign_rest_dbfs}, arena);
    }
}

static void judge_names(const QcSet *set) {
    Arena *arena = arena_create();
    for (QcItem *item = set->first; item; item = item->next) {
        const QcName name = qc_name_read(item->path, arena);
        const bool is_sum = name.part == PART_MIX || name.part == PART_ME;
        if (is_sum && !item->folder && item->is_measured) {
            judge_named(set, item, &name, arena);
        }
    }
    arena_destroy(&arena);
}

/* Mixes of one name in several formats: told once, at the first of them. */
static void judge_named_formats(const QcSet *set, const QcPolicy *policy) {
    Arena *arena = arena_create();
    for (QcItem *item = set->first; item; item = item->next) {
        const QcName name = qc_name_read(item->path, arena);
        Formats formats = {0};
        bool is_first = !item->folder && name.part == PART_MIX;
        for (QcItem *other = set->first; other; other = other->next) {
            const QcName others = qc_name_read(other->path, arena);
            const bool is_like = !other->folder && others.part == PART_MIX &&
                                 strcmp(others.programme, name.programme) == 0;
            is_first = is_first && !(is_like && formats.count == 0 && other != item);
            if (is_like) {
                add_format(&formats, other, other->numbers.meter.integrated_lufs);
            }
        }
        if (is_first) {
            judge_formats(&formats, policy);
        }
    }
    arena_destroy(&arena);
}

void qc_relations_judge(QcSet *set, const QcPolicy *policy) {
    for (const QcFolder *folder = set->folders; folder; folder = folder->next) {
        judge_null(set, folder, "full");
        judge_null(set, folder, "me");
    }
    for (QcItem *item = set->first; item; item = item->next) {
        judge_leak(set, item);
    }
    judge_folders(set, set->folders && set->folders->policy ? set->folders->policy : policy);
    judge_names(set);
    judge_named_formats(set, policy);
}
