/* Numbers and findings of programmes, for people and as JSON. */
#include "cluster/qc_answer.h"

#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/table.h"
#include "render/stages/finding_json.h"

/* ---- JSON ---- */

static json_t *real_or_null(bool is_known, double value) {
    return is_known ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *describe_item(const QcItem *item, Arena *arena) {
    const MeterResult *const meter = &item->numbers.meter;
    const bool is_there = item->is_measured;
    json_t *findings = json_array();
    for (const QcFinding *finding = item->findings->first; finding; finding = finding->next) {
        json_array_append_new(findings, finding_to_json(finding, item->programme.layout,
                                                        item->programme.info.rate_hz, arena));
    }
    const Layout *const layout = item->programme.layout;
    json_t *object = json_object();
    json_object_set_new(object, "path", json_string(item->path));
    json_object_set_new(object, "layout", text_or_null(layout ? layout->name : NULL));
    if (layout && layout->kind == LAYOUT_AMBISONIC) { /* never a loudness without its rendering */
        json_object_set_new(object, "rendered_to", json_string("7.1.4"));
        json_object_set_new(object, "renderer", json_string("bs2127 decoder"));
    }
    json_object_set_new(object, "integrated_lufs",
                        real_or_null(is_there && meter->has_loudness, meter->integrated_lufs));
    json_object_set_new(
        object, "loudness_range_lu",
        real_or_null(is_there && meter->has_loudness_range, meter->loudness_range_lu));
    json_object_set_new(object, "max_momentary_lufs",
                        real_or_null(is_there && meter->has_momentary, meter->max_momentary_lufs));
    json_object_set_new(
        object, "max_short_term_lufs",
        real_or_null(is_there && meter->has_short_term, meter->max_short_term_lufs));
    json_object_set_new(object, "true_peak_dbtp",
                        real_or_null(is_there && !meter->is_silent, meter->true_peak_dbtp));
    json_object_set_new(
        object, "leq_m_db",
        real_or_null(is_there && item->numbers.has_weighted, item->numbers.weighted.leq_m_db));
    json_object_set_new(object, "translation",
                        translation_to_json(is_there ? &item->numbers.translation : NULL));
    json_object_set_new(object, "findings", findings);
    return object;
}

static void print_json(const QcSet *set) {
    json_t *files = json_array();
    for (const QcItem *item = set->first; item; item = item->next) {
        json_array_append_new(files, describe_item(item, set->arena));
    }
    answer_json(json_pack("{s:o}", "files", files));
}

/* ---- lines ---- */

static const char *
number_text(bool is_known, double value, const char *unit, const char *name, Arena *arena) {
    return is_known ? arena_format(arena, "  %s %.1f %s", name, value, unit) : "";
}

static void print_numbers(const QcItem *item, Arena *arena) {
    const MeterResult *const meter = &item->numbers.meter;
    const Layout *const layout = item->programme.layout;
    if (!item->is_measured) {
        printf("%s: not measured\n", item->path);
        return;
    }
    printf("%s: %s%s%s%s%s%s%s\n", item->path,
           layout ? layout->name
                  : arena_format(arena, "%d channels", item->programme.channel_count),
           number_text(meter->has_loudness, meter->integrated_lufs, "LUFS", "I", arena),
           number_text(meter->has_loudness_range, meter->loudness_range_lu, "LU", "LRA", arena),
           number_text(meter->has_momentary, meter->max_momentary_lufs, "LUFS", "M", arena),
           number_text(meter->has_short_term, meter->max_short_term_lufs, "LUFS", "S", arena),
           number_text(!meter->is_silent, meter->true_peak_dbtp, "dBTP", "TP", arena),
           number_text(item->numbers.has_weighted, item->numbers.weighted.leq_m_db, "dB", "Leq(m)",
                       arena));
}

static void print_finding(const QcItem *item, const QcFinding *finding, Arena *arena) {
    const QcCheckInfo *const info = qc_check_info(finding->check);
    const char *const channel = finding_channel_name(finding, item->programme.layout, arena);
    const char *const place = finding_place_text(finding, item->programme.info.rate_hz, arena);
    printf("  %-4s %-3s %-18s %-12s %-4s %s", finding->severity == QC_FAIL ? "FAIL" : "warn",
           info->id, info->name, place ? place : "", channel ? channel : "",
           finding->text ? finding->text : info->meaning);
    if (finding->has_value) {
        const bool has_unit = finding->unit && *finding->unit;
        printf(": %.6g%s%s (limit %.6g)", finding->value, has_unit ? " " : "",
               has_unit ? finding->unit : "", finding->limit);
    }
    printf("%s\n", finding->count > 1
                       ? arena_format(arena, ", %lld places", (long long)finding->count)
                       : "");
}

/* ---- formats against each other ---- */

static bool is_format(const QcItem *item) {
    return item->is_measured && !item->is_part && item->numbers.meter.has_loudness;
}

static const char *level_text(bool is_known, double value, Arena *arena) {
    return is_known ? arena_format(arena, "%.1f", value) : NULL;
}

/* Where several mixes were measured: what they are side by side, and what each becomes elsewhere.
 */
static void print_differences(const Options *options, const QcSet *set) {
    static const char *const columns[] = {"LUFS",        "LRA",   "dBTP", "seconds",  "cinema",
                                          "living room", "phone", "mono", "programme"};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    Table *const table = table_create(set->arena, "differences", columns, COLUMNS);
    int count = 0;
    for (const QcItem *item = set->first; item; item = item->next) {
        const MeterResult *const meter = &item->numbers.meter;
        const Translation *const elsewhere = &item->numbers.translation;
        const char *cells[COLUMNS] = {
            level_text(true, meter->integrated_lufs, set->arena),
            level_text(meter->has_loudness_range, meter->loudness_range_lu, set->arena),
            level_text(!meter->is_silent, meter->true_peak_dbtp, set->arena),
            arena_format(set->arena, "%.3f",
                         (double)item->programme.info.frame_count / item->programme.info.rate_hz),
        };
        for (int place = PLACE_CINEMA; place < PLACE_COUNT; place++) {
            const double change_lu =
                elsewhere->integrated_lufs[place] - elsewhere->integrated_lufs[PLACE_AS_IT_IS];
            cells[3 + place] =
                elsewhere->is_known ? arena_format(set->arena, "%+.1f", change_lu) : NULL;
        }
        cells[COLUMNS - 1] = item->path;
        if (is_format(item)) {
            table_add(table, cells);
            count++;
        }
    }
    if (count > 1) {
        printf("\nSide by side; in other rooms the change of loudness in LU:\n");
        table_print(table, options);
    }
}

static void print_lines(const Options *options, const QcSet *set) {
    int counts[3] = {0};
    for (const QcItem *item = set->first; item; item = item->next) {
        if (!options->is_quiet || item->findings->first) {
            print_numbers(item, set->arena);
        }
        for (const QcFinding *finding = item->findings->first; finding; finding = finding->next) {
            print_finding(item, finding, set->arena);
            counts[finding->severity]++;
        }
    }
    if (!options->is_quiet) {
        print_differences(options, set);
        printf("%d programme%s, %d failure%s, %d warning%s\n", set->count,
               set->count == 1 ? "" : "s", counts[QC_FAIL], counts[QC_FAIL] == 1 ? "" : "s",
               counts[QC_WARN], counts[QC_WARN] == 1 ? "" : "s");
    }
}

void qc_answer_print(const Options *options, const QcSet *set) {
    if (options->is_json) {
        print_json(set);
    } else {
        print_lines(options, set);
    }
}
