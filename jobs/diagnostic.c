/* Errors as people and tools read them: source line, caret, notes. */
#include "jobs/diagnostic.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/diagnostic_tools.h"
#include "jobs/excerpt.h"
#include "jobs/printable.h"

enum { SHOWN_MAX = 20 };

static const Palette no_palette = {"", "", "", "", ""};
static const Palette ansi_palette = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m",
                                     "\x1b[0m"};

/* ---- which entries, in which order ---- */

typedef struct Shown {
    const ErrorEntry *entry;
    int index; /* in order of adding, which settles ties */
} Shown;

static int compare_numbers(int a, int b) {
    return (a > b) - (a < b);
}

static int compare_shown(const void *left, const void *right) {
    const Shown *a = left;
    const Shown *b = right;
    const Place *place_a = &a->entry->place;
    const Place *place_b = &b->entry->place;
    int order = strcmp(place_a->file ? place_a->file : "", place_b->file ? place_b->file : "");
    order = order ? order : compare_numbers(place_a->line, place_b->line);
    order = order ? order : compare_numbers(place_a->column, place_b->column);
    return order ? order : compare_numbers(a->index, b->index);
}

/* Sorted; beyond count_max errors stay before warnings. */
static Shown *choose_entries(const ErrorList *errors, Arena *arena, int count_max, int *count) {
    const int total = errors_count(errors) + warnings_count(errors);
    Shown *all = arena_array(arena, (size_t)total + 1, sizeof *all);
    int index = 0;
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next, index++) {
        all[index] = (Shown){entry, index};
    }
    qsort(all, (size_t)total, sizeof *all, compare_shown);
    int errors_left = errors_count(errors) < count_max ? errors_count(errors) : count_max;
    int warnings_left = count_max - errors_left;
    *count = 0;
    for (int at = 0; at < total; at++) {
        int *left = all[at].entry->severity == SEVERITY_ERROR ? &errors_left : &warnings_left;
        if (*left > 0) {
            (*left)--;
            all[(*count)++] = all[at];
        }
    }
    return all;
}

/* ---- the human form ---- */

static void print_head(const DiagnosticPrinter *printer, const ErrorEntry *entry) {
    const Palette *palette = &printer->palette;
    const bool is_error = entry->severity == SEVERITY_ERROR;
    fprintf(printer->out, "%s%s[%c%03d]%s%s: ", is_error ? palette->error : palette->warning,
            diagnostic_severity(entry), diagnostic_letter(entry), (int)entry->status,
            palette->reset, palette->bold);
    printable_write_text(printer->out, entry->message);
    fprintf(printer->out, "%s\n", palette->reset);
}

static void
print_note(const DiagnosticPrinter *printer, int width, const char *kind, const char *text) {
    const Palette *palette = &printer->palette;
    fprintf(printer->out, "%s%*s =%s %s%s:%s ", palette->frame, width, "", palette->reset,
            palette->bold, kind, palette->reset);
    printable_write_text(printer->out, text);
    fputc('\n', printer->out);
}

static void print_human(DiagnosticPrinter *printer, const ErrorEntry *entry) {
    print_head(printer, entry);
    const int width = excerpt_print(printer, entry);
    if (entry->caret && entry->place.line == 0) { /* no line to stand on */
        print_note(printer, width, "help", entry->caret);
    }
    for (const ErrorLine *line = entry->lines; line; line = line->next) {
        print_note(printer, width, line->kind, line->text);
    }
}

/* ---- the whole list ---- */

static void print_entry(DiagnosticPrinter *printer, DiagnosticFormat format, const Shown *shown) {
    switch (format) {
    case FORMAT_SHORT:
        diagnostic_print_short(shown->entry, printer->out);
        break;
    case FORMAT_JSON:
        diagnostic_print_json(shown->entry, printer->out);
        break;
    case FORMAT_GITHUB:
        diagnostic_print_github(shown->entry, printer->out);
        break;
    case FORMAT_HUMAN:
    default:
        print_human(printer, shown->entry);
        break;
    }
}

/* NOLINTNEXTLINE(readability-function-size): seven plain choices; a struct would hide them */
void diagnostics_print(const ErrorList *errors,
                       DiagnosticFormat format,
                       const DiagnosticSource *sources,
                       int source_count,
                       const char *base_folder,
                       bool has_colour,
                       FILE *out) {
    Arena *arena = arena_create();
    DiagnosticPrinter printer = {.out = out,
                                 .arena = arena,
                                 .palette = has_colour ? ansi_palette : no_palette,
                                 .sources = sources,
                                 .source_count = source_count,
                                 .base_folder = base_folder};
    const int total = errors_count(errors) + warnings_count(errors);
    int count = 0;
    const Shown *shown =
        choose_entries(errors, arena, format == FORMAT_JSON ? total : SHOWN_MAX, &count);
    for (int at = 0; at < count; at++) {
        if (at > 0 && format == FORMAT_HUMAN) {
            fputc('\n', out);
        }
        print_entry(&printer, format, &shown[at]);
    }
    if (count < total && format != FORMAT_GITHUB) {
        fprintf(out, "%s... and %d more\n", format == FORMAT_HUMAN ? "\n" : "", total - count);
    }
    arena_destroy(&arena);
}

void diagnostics_count_line(const ErrorList *errors, const char *outcome, FILE *out) {
    const int error_count = errors_count(errors);
    const int warning_count = warnings_count(errors);
    if (error_count > 0) {
        fprintf(out, "%d error%s", error_count, error_count == 1 ? "" : "s");
    }
    if (warning_count > 0) {
        fputs(error_count > 0 ? ", " : "", out);
        fprintf(out, "%d warning%s", warning_count, warning_count == 1 ? "" : "s");
    }
    if (error_count + warning_count > 0) {
        fprintf(out, ".%s%s\n", outcome ? " " : "", outcome ? outcome : "");
    }
}
