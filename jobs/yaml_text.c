/* The text behind libyaml's marks, which count code points and not bytes. */
#include "jobs/yaml_text.h"

#include "jobs/utf8.h"

static bool is_line_end(char byte) {
    return byte == '\n' || byte == '\r';
}

static size_t step_back(const YamlText *text, size_t offset) {
    do {
        offset--;
    } while (offset > 0 && ((unsigned char)text->bytes[offset] & 0xC0) == 0x80);
    return offset;
}

size_t yaml_text_offset(YamlText *text, const yaml_mark_t *mark) {
    while (text->cursor_index > mark->index && text->cursor_offset > 0) {
        text->cursor_offset = step_back(text, text->cursor_offset);
        text->cursor_index--;
    }
    while (text->cursor_index < mark->index && text->cursor_offset < text->size_bytes) {
        text->cursor_offset +=
            utf8_step(text->bytes + text->cursor_offset, text->size_bytes - text->cursor_offset);
        text->cursor_index++;
    }
    return text->cursor_offset;
}

Place yaml_text_point(const YamlText *text, const yaml_mark_t *mark) {
    return (Place){text->file, (int)mark->line + 1, (int)mark->column + 1, 1};
}

Place yaml_text_place(YamlText *text, const yaml_mark_t *start, const yaml_mark_t *end) {
    Place place = yaml_text_point(text, start);
    if (start->line == end->line) {
        place.length = (int)(end->column - start->column);
        return place;
    }
    const size_t begin = yaml_text_offset(text, start);
    size_t stop = yaml_text_line_end(text, begin);
    while (stop > begin && (text->bytes[stop - 1] == ' ' || text->bytes[stop - 1] == '\t')) {
        stop--;
    }
    place.length = (int)utf8_count(text->bytes + begin, stop - begin);
    return place;
}

char yaml_text_byte(const YamlText *text, size_t offset) {
    if (offset >= text->size_bytes) {
        return '\0';
    }
    return text->bytes[offset];
}

size_t yaml_text_line_begin(const YamlText *text, size_t offset) {
    while (offset > 0 && !is_line_end(text->bytes[offset - 1])) {
        offset--;
    }
    return offset;
}

size_t yaml_text_line_end(const YamlText *text, size_t offset) {
    while (offset < text->size_bytes && !is_line_end(text->bytes[offset])) {
        offset++;
    }
    return offset;
}

size_t yaml_text_skip_space(const YamlText *text, size_t offset) {
    while (offset < text->size_bytes) {
        const char byte = text->bytes[offset];
        if (byte == '#') {
            offset = yaml_text_line_end(text, offset);
        } else if (byte == ' ' || byte == '\t' || is_line_end(byte)) {
            offset++;
        } else {
            break;
        }
    }
    return offset;
}

static void advance(const YamlText *text, size_t *offset, yaml_mark_t *mark) {
    const char byte = yaml_text_byte(text, *offset);
    const bool is_pair = byte == '\r' && yaml_text_byte(text, *offset + 1) == '\n';
    if (byte == '\n' || (byte == '\r' && !is_pair)) {
        mark->line++;
        mark->column = 0;
    } else if (((unsigned char)byte & 0xC0) == 0x80) {
        (*offset)++; /* inside a code point */
        return;
    } else {
        mark->column++;
    }
    mark->index++;
    (*offset)++;
}

yaml_mark_t yaml_text_skip_anchor(YamlText *text, yaml_mark_t mark, size_t name_bytes) {
    size_t offset = yaml_text_offset(text, &mark);
    if (yaml_text_byte(text, offset) != '&') {
        return mark;
    }
    const size_t behind = yaml_text_skip_space(text, offset + 1 + name_bytes);
    while (offset < behind) {
        advance(text, &offset, &mark);
    }
    return mark;
}
