/* Syntax errors in and around brackets: never closed, text behind them, commas and colons. */
#include "jobs/yaml_brackets.h"

#include <string.h>

#include "jobs/utf8.h"

/* Offset of the bracket that closes the one at offset, on the same line; 0 when there is none. */
static size_t find_closing(const YamlText *text, size_t offset) {
    const size_t end = yaml_text_line_end(text, offset);
    int depth = 0;
    bool is_quoted = false;
    for (; offset < end; offset++) {
        const char byte = text->bytes[offset];
        if (byte == '"') {
            is_quoted = !is_quoted;
        } else if (is_quoted) {
            continue;
        } else if (byte == '[' || byte == '{') {
            depth++;
        } else if ((byte == ']' || byte == '}') && --depth == 0) {
            return offset;
        }
    }
    return 0;
}

bool yaml_explain_unclosed_bracket(const Scene *scene) {
    const yaml_parser_t *parser = scene->parser;
    if (!scene_text_has(parser->context, "parsing a flow ") ||
        !scene_text_has(parser->problem, "',' or")) {
        return false;
    }
    const char problem = scene_problem_byte(scene);
    const size_t opener = yaml_text_offset(scene->text, &parser->context_mark);
    const bool is_wrong_closer = problem == ']' || problem == '}';
    if (is_wrong_closer || find_closing(scene->text, opener) == 0) {
        return scene_report_unclosed(scene, &parser->context_mark);
    }
    return false;
}

/* ---- brackets as text ---- */

/* Offset of the bracket that the one at offset closes, on the same line. */
static bool find_opening(const Scene *scene, size_t offset, size_t *opening) {
    int depth = 0;
    for (size_t at = offset + 1; at > scene->line_begin; at--) {
        const char byte = scene->text->bytes[at - 1];
        depth += byte == ']' || byte == '}';
        depth -= byte == '[' || byte == '{';
        if (depth == 0) {
            *opening = at - 1;
            return true;
        }
    }
    return false;
}

static void help_with_brackets(const Scene *scene, size_t opening, size_t closing) {
    const char *word = scene->text->bytes + opening + 1;
    const int word_bytes = (int)(closing - opening) - 1;
    bool is_word = word_bytes > 0 && word_bytes <= QUOTE_MAX_BYTES;
    for (int at = 0; is_word && at < word_bytes; at++) {
        is_word = scene_is_word_byte(word[at]);
    }
    if (is_word && scene->text->bytes[opening] == '{') {
        error_help(scene->errors, "name wildcards are written `$%.*s`, not `{%.*s}`", word_bytes,
                   word, word_bytes, word);
    } else {
        error_help(scene->errors, scene_help_quotes);
    }
}

/* `name: {title}_{stem}`: text behind a closing bracket. */
bool yaml_explain_bracket_text(const Scene *scene) {
    if (!scene_text_has(scene->parser->problem, "did not find expected") &&
        !scene_text_has(scene->parser->problem, "block sequence entries")) {
        return false;
    }
    size_t before = scene->problem;
    while (before > scene->line_begin && scene->text->bytes[before - 1] == ' ') {
        before--;
    }
    if (before == scene->line_begin) {
        return false;
    }
    const size_t closing = before - 1;
    const char byte = scene->text->bytes[closing];
    size_t opening = 0;
    if ((byte != ']' && byte != '}') || !find_opening(scene, closing, &opening)) {
        return false;
    }
    const bool is_flow = scene_text_has(scene->parser->context, "parsing a flow ");
    if (is_flow && before != scene->problem) {
        return false; /* a missing comma */
    }
    Place place = scene_problem_place(scene);
    place.column -= (int)utf8_count(scene->text->bytes + opening, scene->problem - opening);
    fail(scene->errors, E109, place, "%s", scene_invalid_line);
    error_caret(scene->errors, "`%c` starts a YAML %s", scene->text->bytes[opening],
                byte == '}' ? "mapping" : "list");
    help_with_brackets(scene, opening, closing);
    return true;
}

/* `{a:}`: in brackets a colon needs a space behind it. */
bool yaml_explain_missing_space(const Scene *scene) {
    const char next = yaml_text_byte(scene->text, scene->problem + 1);
    if (scene_problem_byte(scene) != ':' || next == '\0' || !strchr(",[]{}", next)) {
        return false;
    }
    fail(scene->errors, E109, scene_problem_place(scene), "%s", scene_invalid_line);
    error_caret(scene->errors, "a space is missing after this `:`");
    return true;
}

bool yaml_explain_missing_comma(const Scene *scene) {
    const yaml_parser_t *parser = scene->parser;
    if (!scene_text_has(parser->context, "parsing a flow ") ||
        !scene_text_has(parser->problem, "',' or")) {
        return false;
    }
    fail(scene->errors, E109, scene_problem_place(scene), "%s", scene_invalid_line);
    error_caret(scene->errors, "a comma is missing before this");
    return true;
}
