/* How a verb answers: JSON, CSV and errors, each on its stream. */
#include "cluster/answer.h"

#include <string.h>

enum {
    NUMBER_DIGITS = 9, /* enough for seconds with microseconds; no 23.999999999999996 */
    JOB_CODE = 3,      /* exit codes: the job is wrong, */
    INPUT_CODE = 4     /* an input is missing */
};

int answer_errors(const Options *options, ErrorList *errors, const JobInput *input) {
    const bool has_text = input && input->text.bytes;
    if (options->is_strict) {
        errors_promote_warnings(errors);
    }
    if (options->is_quiet && errors_count(errors) == 0) {
        return 0;
    }
    diagnostics_print(errors, options->format, has_text ? &input->text : NULL, has_text ? 1 : 0,
                      input ? input->folder : NULL, options->has_colour, stderr);
    if (options->format == FORMAT_HUMAN && errors_first(errors)) {
        diagnostics_count_line(errors, NULL, stderr);
    }
    const int exit_code = errors_exit_code(errors);
    const bool is_job_missing = input && input->has_failed && exit_code == INPUT_CODE;
    return is_job_missing ? JOB_CODE : exit_code;
}

int answer_failure(const Options *options, ErrorList *errors, const JobInput *input) {
    const int exit_code = answer_errors(options, errors, input);
    if (options->is_json) {
        answer_json(json_pack("{s:b, s:i, s:i, s:i}", "ok", exit_code == 0, "exit_code", exit_code,
                              "errors", errors_count(errors), "warnings", warnings_count(errors)));
    }
    return exit_code;
}

Status answer_check_count(
    const Options *options, int at_least, int at_most, const char *usage, ErrorList *errors) {
    const int count = options->argument_count;
    Status status = DONE;
    if (count < at_least) {
        status = fail(errors, E002, NO_PLACE, "`nocturne %s` needs an argument", options->verb);
    } else if (at_most >= 0 && count > at_most) {
        const char *extra = options->arguments[at_most];
        status = fail(errors, E002, NO_PLACE, "`%s` is one argument too many", extra);
    }
    if (status != DONE) {
        error_help(errors, "nocturne %s %s", options->verb, usage);
    }
    return status;
}

void answer_json(json_t *object) {
    json_dumpf(object, stdout, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(NUMBER_DIGITS));
    fputc('\n', stdout);
    json_decref(object);
}

static void print_cell(const char *text) {
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
        return;
    }
    fputc('"', stdout);
    for (const char *letter = text; *letter; letter++) {
        fputs(*letter == '"' ? "\"" : "", stdout);
        fputc(*letter, stdout);
    }
    fputc('"', stdout);
}

void answer_csv(const char *const *cells, int count) {
    for (int cell = 0; cell < count; cell++) {
        fputs(cell ? "," : "", stdout);
        print_cell(cells[cell] ? cells[cell] : "");
    }
    fputs("\r\n", stdout);
}
