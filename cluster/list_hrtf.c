/* `list hrtf`: a set of head-related responses, measured and judged. */
#include "cluster/list_hrtf.h"

#include "cluster/answer.h"
#include "cluster/table.h"
#include "spatial/hrtf_report.h"

/* Spectra that differ by more are told apart in direction (interpolation of a dense set stays below
 * 0.5 dB). */
static const double audible_error_db = 1.0;

typedef struct Answer {
    const char *path;
    HrirGrid grid;
    HrtfReport report;
} Answer;

static void print_json(const Answer *answer) {
    const HrtfReport *report = &answer->report;
    json_t *object = json_pack(
        "{s:b, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f}", "ok", true, "file",
        answer->path, "measurements", answer->grid.count, "rate_hz", answer->grid.rate_hz,
        "length_samples", answer->grid.length_samples, "rings", report->ring_count, "lowest_deg",
        report->lowest_deg, "highest_deg", report->highest_deg, "largest_gap_deg", report->gap_deg,
        "gap_azimuth_deg", report->gap_azimuth_deg, "gap_elevation_deg", report->gap_elevation_deg,
        "level_offset_db", report->level_offset_db);
    json_object_set_new(object, "left_out", json_integer(report->left_out_count));
    json_object_set_new(object, "taps", json_integer(report->tap_count));
    json_object_set_new(object, "interpolation_error_db",
                        report->has_errors ? json_real(report->error_db) : json_null());
    json_object_set_new(object, "interpolation_error_us",
                        report->has_errors ? json_real(report->itd_error_us) : json_null());
    answer_json(object);
}

static const char *format_error(const HrtfReport *report, Arena *arena) {
    if (!report->has_errors) {
        return "not known: too few directions to leave any out";
    }
    return arena_format(arena, "%.2f dB (5 to 16 kHz, nearer ear), ITD %.1f us; %d left out",
                        report->error_db, report->itd_error_us, report->left_out_count);
}

static void print_table(const Answer *answer, const Options *options, Arena *arena) {
    static const char *const columns[] = {"hrtf", "value"};
    const HrtfReport *report = &answer->report;
    Table *table = table_create(arena, "hrtf", columns, 2);
    const char *const rows[][2] = {
        {"file",                       answer->path       },
        {                                   "measurements",
         arena_format(arena,  "%d directions in %d rings", answer->grid.count, report->ring_count)},
        {                "elevations",
         arena_format(arena,                "%g to %g deg", report->lowest_deg, report->highest_deg)},
        {                 "largest gap",                             arena_format(arena,  "%.1f deg around az %.0f, el %.0f", report->gap_deg,
         report->gap_azimuth_deg, report->gap_elevation_deg)},
        {"responses",
         arena_format(arena,                     "%d samples at %d Hz, rendered with %d taps",
         answer->grid.length_samples, answer->grid.rate_hz, report->tap_count)},
        {                                                             "interpolation error",                                                                                                      format_error(report, arena)},
        {                 "level offset",                                                 arena_format(arena,                     "%+.2f dB", report->level_offset_db)},
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        table_add(table, rows[row]);
    }
    table_print(table, options);
}

static Status examine(Answer *answer, Arena *arena, ErrorList *errors) {
    TRY(sofa_read(answer->path, arena, &answer->grid, errors));
    const ErrorEntry *before = errors_last(errors);
    const Status status = hrtf_report(&answer->grid, &answer->report, errors);
    if (status != DONE) {
        errors_within(errors, before, "examining `%s`", answer->path);
    }
    return status;
}

Status list_hrtf(const Options *options, Arena *arena, ErrorList *errors) {
    TRY(answer_check_count(options, 2, 2, "hrtf FILE", errors));
    Answer answer = {.path = options->arguments[1]};
    TRY(examine(&answer, arena, errors));
    if (answer.report.has_errors && answer.report.error_db > audible_error_db) {
        warn(errors, E420, NO_PLACE,
             "between the directions of `%s` responses are wrong by %.1f dB on the mean",
             answer.path, answer.report.error_db);
        error_help(errors, "a set with smaller gaps than %.0f deg", answer.report.gap_deg);
    }
    if (options->is_json) {
        print_json(&answer);
    } else {
        print_table(&answer, options, arena);
    }
    return DONE;
}
