/* One message as editors, scripts and GitHub read it: one line each. */
#include "jobs/diagnostic_tools.h"

#include <string.h>

#include "jobs/printable.h"
#include "jobs/utf8.h"

const char *diagnostic_severity(const ErrorEntry *entry) {
    return entry->severity == SEVERITY_ERROR ? "error" : "warning";
}

char diagnostic_letter(const ErrorEntry *entry) {
    return entry->is_warning ? 'W' : 'E';
}

void diagnostic_print_short(const ErrorEntry *entry, FILE *out) {
    const Place *place = &entry->place;
    if (place->file) {
        printable_write_text(out, place->file);
        fputs(":", out);
        if (place->line > 0) {
            fprintf(out, "%d:%d:", place->line, place->column);
        }
        fputc(' ', out);
    }
    fprintf(out, "%s[%c%03d]: ", diagnostic_severity(entry), diagnostic_letter(entry),
            (int)entry->status);
    printable_write_text(out, entry->message);
    fputc('\n', out);
}

/* ---- JSON: RFC 8259, one object per line ---- */

/* Broken UTF-8 becomes U+FFFD, so that the line is JSON whatever the job holds. */
static void write_json_text(FILE *out, const char *text) {
    const size_t size_bytes = strlen(text);
    fputc('"', out);
    for (size_t at = 0; at < size_bytes;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(text + at, size_bytes - at, &code_point);
        if (length == 0 || (code_point > 0xFFFF && utf8_is_control(code_point))) {
            fputs("\\ufffd", out); /* broken, or no character at all */
        } else if (code_point == '"' || code_point == '\\') {
            fprintf(out, "\\%c", (int)code_point);
        } else if (code_point == '\n') {
            fputs("\\n", out);
        } else if (code_point < 0x20 || utf8_is_control(code_point)) {
            fprintf(out, "\\u%04x", (unsigned)code_point);
        } else {
            fwrite(text + at, 1, length, out);
        }
        at += length > 0 ? length : 1;
    }
    fputc('"', out);
}

static void write_json_text_or_null(FILE *out, const char *text) {
    if (text) {
        write_json_text(out, text);
    } else {
        fputs("null", out);
    }
}

static void write_json_place(FILE *out, const Place *place) {
    fputs("\"file\":", out);
    write_json_text_or_null(out, place->file);
    fprintf(out, ",\"line\":%d,\"column\":%d,\"length\":%d", place->line, place->column,
            place->length);
}

static void write_json_lines(FILE *out, const ErrorEntry *entry, const char *kind) {
    const char *separator = "";
    fprintf(out, ",\"%ss\":[", kind);
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        if (strcmp(line->kind, kind) == 0) {
            fputs(separator, out);
            write_json_text(out, line->text);
            separator = ",";
        }
    }
    fputc(']', out);
}

static void write_json_marks(FILE *out, const ErrorEntry *entry) {
    fputs(",\"marks\":[", out);
    for (const ErrorMark *mark = entry->marks; mark; mark = mark->next) {
        fputs(mark == entry->marks ? "{" : ",{", out);
        write_json_place(out, &mark->place);
        fputs(",\"label\":", out);
        write_json_text_or_null(out, mark->label);
        fputc('}', out);
    }
    fputc(']', out);
}

void diagnostic_print_json(const ErrorEntry *entry, FILE *out) {
    fprintf(out, "{\"id\":\"%c%03d\",\"severity\":\"%s\",", diagnostic_letter(entry),
            (int)entry->status, diagnostic_severity(entry));
    write_json_place(out, &entry->place);
    fputs(",\"message\":", out);
    write_json_text(out, entry->message);
    fputs(",\"caret\":", out);
    write_json_text_or_null(out, entry->caret);
    write_json_lines(out, entry, "note");
    write_json_lines(out, entry, "help");
    write_json_marks(out, entry);
    fputs("}\n", out);
}

/* ---- GitHub: workflow commands, which take their separators as %XX ---- */

static void write_github_text(FILE *out, const char *text, const char *escaped) {
    for (const char *at = text; *at;) {
        const size_t plain = strcspn(at, escaped);
        printable_write(out, at, plain);
        at += plain;
        if (*at) {
            fprintf(out, "%%%02X", (unsigned)(unsigned char)*at);
            at++;
        }
    }
}

void diagnostic_print_github(const ErrorEntry *entry, FILE *out) {
    static const char in_property[] = "%\r\n:,";
    static const char in_text[] = "%\r\n";
    fprintf(out, "::%s ", diagnostic_severity(entry));
    if (entry->place.file) {
        fputs("file=", out);
        write_github_text(out, entry->place.file, in_property);
        fputc(',', out);
    }
    if (entry->place.line > 0) {
        fprintf(out, "line=%d,col=%d,", entry->place.line, entry->place.column);
    }
    fprintf(out, "title=%c%03d::", diagnostic_letter(entry), (int)entry->status);
    write_github_text(out, entry->message, in_text);
    if (entry->caret) {
        fputs("%0A", out);
        write_github_text(out, entry->caret, in_text);
    }
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        fprintf(out, "%%0A%s: ", line->kind);
        write_github_text(out, line->text, in_text);
    }
    fputc('\n', out);
}
