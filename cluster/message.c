/* A message as a journal record, and back: rank 0 has no terminal of its own. */
#include "cluster/message.h"

#include <string.h>

json_t *message_to_json(const ErrorEntry *entry) {
    json_t *lines = json_array();
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        json_array_append_new(lines, json_pack("[s, s]", line->kind, line->text));
    }
    return json_pack("{s:i, s:s, s:s, s:s?, s:s?, s:i, s:i, s:i, s:o}", "id", (int)entry->status,
                     "severity", entry->severity == SEVERITY_ERROR ? "error" : "warning", "message",
                     entry->message, "caret", entry->caret, "file", entry->place.file, "line",
                     entry->place.line, "column", entry->place.column, "length",
                     entry->place.length, "lines", lines);
}

static int int_member(const json_t *fields, const char *key) {
    return (int)json_integer_value(json_object_get(fields, key));
}

static void add_lines(const json_t *lines, ErrorList *errors) {
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line) {
        const char *kind = json_string_value(json_array_get(line, 0));
        const char *text = json_string_value(json_array_get(line, 1));
        if (kind && text && strcmp(kind, "help") == 0) {
            error_help(errors, "%s", text);
        } else if (text) {
            error_note(errors, "%s", text);
        }
    }
}

void message_from_json(const json_t *fields, Arena *arena, ErrorList *errors) {
    const char *message = json_string_value(json_object_get(fields, "message"));
    const char *severity = json_string_value(json_object_get(fields, "severity"));
    const char *file = json_string_value(json_object_get(fields, "file"));
    const char *caret = json_string_value(json_object_get(fields, "caret"));
    const Status status = (Status)int_member(fields, "id");
    const Place place = {.file = file ? arena_copy_text(arena, file) : NULL,
                         .line = int_member(fields, "line"),
                         .column = int_member(fields, "column"),
                         .length = int_member(fields, "length")};
    if (!message || !severity || !status_info(status)) {
        return;
    }
    if (strcmp(severity, "error") == 0) {
        fail(errors, status, place, "%s", message);
    } else {
        warn(errors, status, place, "%s", message);
    }
    if (caret) {
        error_caret(errors, "%s", caret);
    }
    add_lines(json_object_get(fields, "lines"), errors);
}
