/* Headers, metadata and names of files, held against what the files hold. */
#include "cluster/qc_headers.h"

#include <math.h>
#include <string.h>

#include "cluster/qc_names.h"
#include "render/base/files.h"
#include "render/files/sound_header.h"
#include "render/files/sound_text.h"
#include "spatial/adm/adm_file.h"

/* bext of EBU Tech 3285 v2: where the version and the five loudness fields stand. */
enum { BEXT_VERSION_OFFSET = 346, BEXT_LOUDNESS_OFFSET = 412, BEXT_LOUDNESS_FIELDS = 5 };
enum { BEXT_READ_BYTES = BEXT_LOUDNESS_OFFSET + 2 * BEXT_LOUDNESS_FIELDS };
enum { BEXT_UNUSED = 0x7FFF };

/* EBU Tech 3341, cases 15 to 23: a meter may read 0.2 dB more or 0.4 dB less than the true peak. */
static const double peak_tolerance_db = 0.6;

static void tell(QcItem *item, QcCheck check, const char *text) {
    qc_findings_add(item->findings,
                    (QcFinding){.check = check, .channel = -1, .at_s = -1.0, .text = text});
}

/* ---- header ---- */

static void judge_fact(QcItem *item, QcCheck check, double value, const char *unit) {
    if (item->findings->policy->levels[check] == QC_OFF) {
        return;
    }
    const double wanted = qc_limit(item->findings->policy, check, "is");
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
static void judge_frames(QcItem *item) {
    if (item->findings->policy->levels[QC_WHOLE_FRAMES] == QC_OFF) {
        return;
    }
    const double written = qc_limit(item->findings->policy, QC_WHOLE_FRAMES, "frame_rate");
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

static void judge_format(QcItem *item) {
    const SoundInfo *const info = &item->programme.info;
    judge_fact(item, QC_SAMPLE_RATE, info->rate_hz, "Hz");
    judge_fact(item, QC_BIT_DEPTH, info->bits_per_sample, "");
    judge_fact(item, QC_CHANNEL_COUNT, item->programme.channel_count, "");
    judge_frames(item);
    if (item->folder &&
        (info->frame_count != item->expected_frames || info->rate_hz != item->expected_rate_hz ||
         item->programme.channel_count != item->expected_channels)) {
        tell(item, QC_LENGTH, "not the length, rate or channels of its manifest");
    }
}

static void judge_sizes(QcItem *item, const SoundInfo *info, Arena *arena) {
    if (info->is_streamed) {
        tell(item, QC_HEADER_SIZES, "the length was never written: taken from the file size");
    }
    if (info->left_over.size_bytes > 0) {
        tell(item, QC_DROPPED_BYTES,
             arena_format(arena, "%s bytes from byte %s on belong to no frame and no chunk",
                          sound_count_text(info->left_over.size_bytes).text,
                          sound_count_text(info->left_over.offset).text));
    }
}

/* ---- name ---- */

static void
judge_name_fact(QcItem *item, const char *name, double said, double found, const char *unit) {
    if (said != 0.0 && said != found) {
        qc_findings_add(
            item->findings,
            (QcFinding){.check = QC_FILE_NAME,
                        .channel = -1,
                        .at_s = -1.0,
                        .has_value = true,
                        .value = found,
                        .limit = said,
                        .unit = unit,
                        .text = arena_format(item->findings->arena, "`%s` in its name", name)});
    }
}

static void judge_name(QcItem *item) {
    const QcNameFacts said = qc_name_facts(item->path);
    const SoundInfo *const info = &item->programme.info;
    judge_name_fact(item, said.format_word, said.channel_count, item->programme.channel_count,
                    "channels");
    judge_name_fact(item, said.rate_word, said.rate_hz, info->rate_hz, "Hz");
    judge_name_fact(item, said.bits_word, said.bits, info->bits_per_sample, "bits");
}

/* ---- metadata ---- */

static void judge_number(
    QcItem *item, const char *name, double said, double found, double tolerance, const char *unit) {
    if (fabs(said - found) > tolerance) {
        qc_findings_add(
            item->findings,
            (QcFinding){.check = QC_METADATA,
                        .channel = -1,
                        .at_s = -1.0,
                        .has_value = true,
                        .value = said,
                        .limit = found,
                        .unit = unit,
                        .text = arena_format(item->findings->arena, "bext says another %s", name)});
    }
}

/* Hundredths; a writer that knows no loudness leaves 7FFFh, or zeros in all fields. */
static void judge_loudness_fields(QcItem *item, const unsigned char *bytes) {
    static const char *const names[] = {"loudness", "loudness range", "true peak",
                                        "maximum momentary loudness",
                                        "maximum short-term loudness"};
    const MeterResult *const meter = &item->numbers.meter;
    const double found[] = {meter->integrated_lufs, meter->loudness_range_lu, meter->true_peak_dbtp,
                            meter->max_momentary_lufs, meter->max_short_term_lufs};
    const double tolerance_lu = qc_limit(item->findings->policy, QC_METADATA, "tolerance");
    int words[BEXT_LOUDNESS_FIELDS];
    bool has_any = false;
    for (int field = 0; field < BEXT_LOUDNESS_FIELDS; field++) {
        const unsigned char *const word = bytes + BEXT_LOUDNESS_OFFSET + (size_t)field * 2;
        words[field] = (int16_t)(word[0] | word[1] << 8);
        has_any = has_any || words[field] != 0;
    }
    for (int field = 0; has_any && field < BEXT_LOUDNESS_FIELDS; field++) {
        if (words[field] != BEXT_UNUSED) {
            judge_number(item, names[field], words[field] / 100.0, found[field],
                         (field == 2 ? peak_tolerance_db : tolerance_lu) + 0.005, "");
        }
    }
}

/* The time stamp that its manifest promises, in samples since midnight. */
static void judge_time_stamp(QcItem *item, const SoundInfo *info, const char *path) {
    const json_t *const files =
        json_object_get(item->folder ? item->folder->manifest : NULL, "files");
    const char *const slash = strrchr(path, '/');
    const char *const name = slash ? slash + 1 : path;
    const json_t *file = NULL;
    size_t index = 0;
    json_array_foreach(files, index, file) {
        const char *const listed = json_string_value(json_object_get(file, "name"));
        const json_t *const wanted = json_object_get(file, "time_reference");
        const bool is_it = listed && strcmp(listed, name) == 0 && json_is_integer(wanted);
        if (is_it && info->has_time_reference) {
            judge_number(item, "time reference than the manifest", (double)info->time_reference,
                         (double)json_integer_value(wanted), 0.5, "samples");
        }
    }
}

/* ---- ADM ---- */

static void judge_repairs(QcItem *item, const AdmFile *file) {
    for (const AdmRepair *repair = adm_facts(file)->repairs->first; repair; repair = repair->next) {
        if (!adm_repair_is_note(repair->kind)) {
            tell(item, QC_ADM_REPAIRS,
                 arena_format(item->findings->arena, "%s: %s", repair->element,
                              adm_repair_text(repair->kind)));
        }
    }
}

/* What is wrong with it is a finding, not an error of qc: the samples were measured. */
static void judge_adm(QcItem *item, const SoundInfo *info, const char *path) {
    const bool has_chna = info->chna.size_bytes > 0;
    if (!has_chna && info->axml.size_bytes == 0) {
        return;
    }
    if (!has_chna || info->axml.size_bytes == 0) {
        tell(item, QC_ADM, has_chna ? "chna, but no axml" : "axml, but no chna");
        return;
    }
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    AdmFile *file = NULL;
    if (adm_open(path, &(AdmOpening){.scratch_folder = NULL}, &file, errors) == DONE) {
        judge_repairs(item, file);
        adm_close(&file);
    } else {
        const ErrorEntry *const first = errors_last(errors);
        tell(item, QC_ADM, arena_copy_text(item->findings->arena, first ? first->message : ""));
    }
    arena_destroy(&arena);
}

/* false: it cannot be opened, which was told when it was to be measured. */
static bool open_header(const char *path, OpenFile *file, SoundInfo *info, Arena *arena) {
    ErrorList *const unheard = errors_create(arena);
    return file_open_shown(path, path, NO_PLACE, file, unheard) == DONE &&
           sound_walk_adm(file, ADM_MAX_TRACKS, info, unheard) == DONE;
}

static void judge_file(QcItem *item, const char *path) {
    Arena *arena = arena_create();
    OpenFile file = {.descriptor = -1};
    SoundInfo info = {0};
    if (open_header(path, &file, &info, arena)) {
        judge_sizes(item, &info, item->findings->arena);
        judge_time_stamp(item, &info, path);
        judge_adm(item, &info, path);
    }
    (void)file_close(&file, errors_create(arena));
    arena_destroy(&arena);
}

void qc_headers_judge(QcItem *item) {
    judge_format(item);
    judge_name(item);
    for (int file = 0; file < item->programme.path_count; file++) {
        judge_file(item, item->programme.paths[file]);
    }
}

void qc_headers_judge_loudness(QcItem *item) {
    Arena *arena = arena_create();
    ErrorList *const unheard = errors_create(arena);
    OpenFile file = {.descriptor = -1};
    SoundInfo info = {0};
    unsigned char bytes[BEXT_READ_BYTES];
    size_t got = 0;
    const bool is_one = item->programme.path_count == 1; /* split: each has a part of it */
    if (is_one && item->findings->policy->levels[QC_METADATA] != QC_OFF &&
        open_header(item->programme.paths[0], &file, &info, arena) &&
        info.bext.size_bytes >= BEXT_READ_BYTES &&
        file_read_at(&file, info.bext.offset, bytes, sizeof bytes, &got, unheard) == DONE &&
        got == sizeof bytes && bytes[BEXT_VERSION_OFFSET] >= 2) {
        judge_loudness_fields(item, bytes);
    }
    (void)file_close(&file, unheard);
    arena_destroy(&arena);
}
