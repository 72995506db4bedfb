/* What the detectives of a syntax error share. */
#include "jobs/yaml_scene.h"

#include <string.h>

bool scene_text_has(const char *text, const char *part) {
    return text && strstr(text, part) != NULL;
}

char scene_problem_byte(const Scene *scene) {
    return yaml_text_byte(scene->text, scene->problem);
}

Place scene_problem_place(const Scene *scene) {
    return yaml_text_point(scene->text, &scene->parser->problem_mark);
}

Place scene_context_place(const Scene *scene) {
    return yaml_text_point(scene->text, &scene->parser->context_mark);
}

size_t scene_skip_blanks(const YamlText *text, size_t offset) {
    while (yaml_text_byte(text, offset) == ' ' || yaml_text_byte(text, offset) == '\t') {
        offset++;
    }
    return offset;
}

bool scene_is_word_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
}

/* "the parser noticed at 8:3, after `qc:` starts": the key helps to see what swallowed what. */
static void note_where_noticed(const Scene *scene, size_t opener_line) {
    const yaml_mark_t *mark = &scene->parser->problem_mark;
    if (scene->problem >= scene->text->size_bytes) {
        error_note(scene->errors, "the parser noticed at the end of the file");
        return;
    }
    const int line = (int)mark->line + 1;
    const int column = (int)mark->column + 1;
    const size_t word = scene_skip_blanks(scene->text, scene->line_begin);
    size_t word_end = word;
    while (scene_is_word_byte(yaml_text_byte(scene->text, word_end))) {
        word_end++;
    }
    const bool is_key = word_end > word && yaml_text_byte(scene->text, word_end) == ':';
    if (!is_key || opener_line == mark->line) {
        error_note(scene->errors, "the parser noticed at %d:%d", line, column);
        return;
    }
    error_note(scene->errors, "the parser noticed at %d:%d, %s `%.*s:` starts", line, column,
               word < scene->problem ? "after" : "where", (int)(word_end - word),
               scene->text->bytes + word);
}

bool scene_report_unclosed(const Scene *scene, const yaml_mark_t *opener) {
    const char byte = yaml_text_byte(scene->text, yaml_text_offset(scene->text, opener));
    fail(scene->errors, E109, yaml_text_point(scene->text, opener), "this `%c` is never closed",
         byte);
    error_caret(scene->errors, "opened here");
    note_where_noticed(scene, opener->line);
    return true;
}
