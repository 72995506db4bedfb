/* Why the parser gave up: one small detective for every common slip, asked in turn. */
#include "jobs/yaml_syntax.h"

#include <string.h>

#include "jobs/utf8.h"
#include "jobs/yaml_brackets.h"

/* ---- tabs ---- */

static bool explain_tab(const Scene *scene) {
    size_t at = scene->line_begin;
    while (yaml_text_byte(scene->text, at) == ' ') {
        at++;
    }
    Place place = scene_problem_place(scene);
    if (yaml_text_byte(scene->text, at) == '\t') {
        place.column = (int)(at - scene->line_begin) + 1;
    } else if (scene_problem_byte(scene) != '\t') {
        return false;
    }
    fail(scene->errors, E103, place, "tabs cannot indent YAML");
    error_caret(scene->errors, "this is a tab");
    error_help(scene->errors, "use two spaces");
    return true;
}

/* ---- what was opened and never closed ---- */

static bool explain_unclosed_quote(const Scene *scene) {
    const yaml_parser_t *parser = scene->parser;
    if (!scene_text_has(parser->context, "quoted scalar")) {
        return false;
    }
    if (!scene_text_has(parser->problem, "end of stream") &&
        !scene_text_has(parser->problem, "document indicator")) {
        return false;
    }
    return scene_report_unclosed(scene, &parser->context_mark);
}

/* `a: "x` and, lines later, `b: "y"`: the quote was closed by the next one's opening. */
static bool explain_text_after_quote(const Scene *scene) {
    const YamlScalar *last = scene->last;
    const yaml_mark_t *problem = &scene->parser->problem_mark;
    if (!last->is_set || !last->is_quoted || last->end.line != problem->line) {
        return false;
    }
    const size_t end = yaml_text_offset(scene->text, &last->end);
    if (scene_skip_blanks(scene->text, end) != scene->problem) {
        return false;
    }
    if (last->start.line != last->end.line) {
        return scene_report_unclosed(scene, &last->start);
    }
    fail(scene->errors, E109, scene_problem_place(scene), "%s", scene_invalid_line);
    error_caret(scene->errors, "this stands behind the closing quote");
    error_mark(scene->errors, yaml_text_place(scene->text, &last->start, &last->end),
               "the text in quotes");
    error_help(scene->errors, "put the whole value in one pair of quotes");
    return true;
}

/* ---- colons and commas ---- */

static bool begins_comment(const YamlText *text, size_t offset) {
    return offset > 0 && text->bytes[offset] == '#' && text->bytes[offset - 1] == ' ';
}

/* "put the text in quotes: `note: "fine: not fine"`", if the text is short and has no quotes. */
static void help_with_quotes(const Scene *scene) {
    const size_t begin = yaml_text_offset(scene->text, &scene->last->start);
    const size_t line_begin = scene_skip_blanks(scene->text, scene->line_begin);
    const size_t line_end = yaml_text_line_end(scene->text, begin);
    size_t end = begin;
    while (end < line_end && !begins_comment(scene->text, end)) {
        end++;
    }
    while (end > begin && scene->text->bytes[end - 1] == ' ') {
        end--;
    }
    const char *bytes = scene->text->bytes;
    if (line_end - line_begin > QUOTE_MAX_BYTES || memchr(bytes + begin, '"', end - begin)) {
        error_help(scene->errors, scene_help_quotes);
        return;
    }
    error_help(scene->errors, "%s: `%.*s\"%.*s\"`", scene_help_quotes, (int)(begin - line_begin),
               bytes + line_begin, (int)(end - begin), bytes + begin);
}

/* `note: fine: not fine` */
static bool explain_second_colon(const Scene *scene) {
    const YamlScalar *last = scene->last;
    const yaml_mark_t *problem = &scene->parser->problem_mark;
    if (scene_problem_byte(scene) != ':' || !last->is_set || last->is_quoted ||
        last->start.line != problem->line || last->end.index != problem->index) {
        return false;
    }
    fail(scene->errors, E109, scene_problem_place(scene), "%s", scene_invalid_line);
    error_caret(scene->errors, "a second `:` in one value");
    if (scene_text_has(scene->parser->context, "parsing a flow ")) {
        error_help(scene->errors, "%s, or separate the keys with a comma", scene_help_quotes);
    } else {
        help_with_quotes(scene);
    }
    return true;
}

/* ---- lines that do not fit the ones above ---- */

static Place first_word_place(const Scene *scene) {
    const size_t word = scene_skip_blanks(scene->text, scene->line_begin);
    Place place = scene_problem_place(scene);
    place.column = (int)(word - scene->line_begin) + 1;
    place.length = 0;
    while (scene_is_word_byte(yaml_text_byte(scene->text, word + (size_t)place.length))) {
        place.length++;
    }
    return place;
}

/* A key under a text that has no end: the line was read as more of that text. */
static bool explain_swallowed_key(const Scene *scene) {
    const YamlScalar *last = scene->last;
    if (!scene_text_has(scene->parser->problem, "mapping values") || !last->is_set ||
        last->is_quoted || last->start.line == last->end.line) {
        return false;
    }
    fail(scene->errors, E109, first_word_place(scene), "%s", scene_invalid_line);
    error_caret(scene->errors, "read as more of the text above");
    error_mark(scene->errors, yaml_text_place(scene->text, &last->start, &last->end),
               "the text starts here");
    error_help(scene->errors, "keys of one map start in the same column and end with `:`");
    return true;
}

static bool explain_missing_colon(const Scene *scene) {
    if (!scene_text_has(scene->parser->problem, "expected ':'")) {
        return false;
    }
    Place place = scene_context_place(scene);
    const size_t begin = yaml_text_offset(scene->text, &scene->parser->context_mark);
    while (scene_is_word_byte(yaml_text_byte(scene->text, begin + (size_t)place.length))) {
        place.length++;
    }
    fail(scene->errors, E109, place, "%s", scene_invalid_line);
    error_caret(scene->errors, "a `:` is missing after this");
    return true;
}

static bool explain_misaligned(const Scene *scene) {
    const bool is_list = scene_text_has(scene->parser->problem, "expected '-'");
    if (!is_list && !scene_text_has(scene->parser->context, "block mapping")) {
        return false;
    }
    if (scene_skip_blanks(scene->text, scene->line_begin) != scene->problem ||
        scene_problem_byte(scene) == ':') {
        return false;
    }
    Place place = first_word_place(scene);
    place.length = place.length > 0 ? place.length : 1;
    fail(scene->errors, E109, place, "%s", scene_invalid_line);
    error_caret(scene->errors, "this is not aligned with the %s above", is_list ? "items" : "keys");
    error_mark(scene->errors, scene_context_place(scene), "they start here");
    return true;
}

/* ---- one cause a text of libyaml's ---- */

typedef struct Known {
    const char *problem; /* part of libyaml's text */
    bool is_at_context;  /* the context mark is the better place */
    const char *caret;   /* %c: the byte there */
    const char *help;
} Known;

static const Known knowns[] = {
    {"cannot start any token",     false, "`%c` cannot start a value",          scene_help_quotes},
    {"block sequence entries",     false, "a list item cannot start here",
     "start the list on a line of its own, or put the text in quotes"                            },
    {"alphabetic or numeric",      true,  "`%c` starts a YAML alias or anchor", scene_help_quotes},
    {"unknown escape character",   false, "this is not an escape",
     "write `\\\\` for a backslash, or use single quotes"                                        },
    {"undefined tag handle",       true,  "tags are not used in jobs",          scene_help_quotes},
    {"expected node content",      false, "`%c` stands where a value belongs",  scene_help_quotes},
    {"comment or line break",      false, "`%c` cannot follow `|` or `>`",
     "start the text on the next line"                                                           },
    {"expected <document start>",  false, "the document has ended before this", NULL             },
    {"incompatible YAML document", false, "jobs are YAML 1.1 or 1.2",           NULL             },
    {"did not find expected key",  false, "a key was expected here",            scene_help_quotes},
};

/* The caret text with the code point at offset in its gap. */
static void caret_with_symbol(const Scene *scene, const char *caret, size_t offset) {
    const char *gap = strstr(caret, "%c");
    if (!gap) {
        error_caret(scene->errors, "%s", caret);
        return;
    }
    if (offset >= scene->text->size_bytes) {
        error_caret(scene->errors, "the file ends here");
        return;
    }
    const char *symbol = scene->text->bytes + offset;
    error_caret(scene->errors, "%.*s%.*s%s", (int)(gap - caret), caret,
                (int)utf8_step(symbol, scene->text->size_bytes - offset), symbol, gap + 2);
}

static bool explain_known(const Scene *scene) {
    for (size_t row = 0; row < sizeof knowns / sizeof *knowns; row++) {
        const Known *known = &knowns[row];
        if (!scene_text_has(scene->parser->problem, known->problem)) {
            continue;
        }
        size_t offset = scene->problem;
        if (known->is_at_context) {
            offset = yaml_text_offset(scene->text, &scene->parser->context_mark);
        }
        const Place place =
            known->is_at_context ? scene_context_place(scene) : scene_problem_place(scene);
        fail(scene->errors, E109, place, "%s", scene_invalid_line);
        caret_with_symbol(scene, known->caret, offset);
        if (known->help) {
            error_help(scene->errors, "%s", known->help);
        }
        return true;
    }
    return false;
}

static Detective *const detectives[] = {
    explain_tab,
    explain_unclosed_quote,
    explain_text_after_quote,
    yaml_explain_bracket_text,
    yaml_explain_missing_space,
    explain_second_colon,
    yaml_explain_unclosed_bracket,
    yaml_explain_missing_comma,
    explain_swallowed_key,
    explain_missing_colon,
    explain_misaligned,
    explain_known,
};

Status yaml_syntax_explain(const yaml_parser_t *parser,
                           YamlText *text,
                           const YamlScalar *last,
                           ErrorList *errors) {
    if (parser->error == YAML_MEMORY_ERROR) {
        return fail(errors, E515, (Place){.file = text->file}, "out of memory");
    }
    if (parser->error == YAML_READER_ERROR) { /* text_check_file lets nothing through to here */
        return fail(errors, E101, (Place){.file = text->file}, "%s", parser->problem);
    }
    Scene scene = {.parser = parser, .text = text, .last = last, .errors = errors};
    scene.problem = yaml_text_offset(text, &parser->problem_mark);
    scene.line_begin = yaml_text_line_begin(text, scene.problem);
    for (size_t detective = 0; detective < sizeof detectives / sizeof *detectives; detective++) {
        if (detectives[detective](&scene)) {
            return errors_last(errors)->status;
        }
    }
    const Status status = fail(errors, E109, scene_problem_place(&scene), "%s", scene_invalid_line);
    error_caret(errors, "%s", parser->problem);
    return status;
}
