/* The source lines of a message with what is underlined on them. */
#include "jobs/excerpt.h"

#include <string.h>

#include "jobs/configs.h"
#include "jobs/printable.h"
#include "jobs/source_text.h"
#include "jobs/utf8.h"
#include "render/base/files.h"

/* A longer line is shown as a window of this many code points around what is meant. */
enum { WINDOW_WIDTH = 240, WINDOW_LEAD = 60 };
enum { SOURCE_LIMIT_BYTES = 4 << 20 };

typedef struct Underline {
    Place place;
    const char *label; /* or NULL */
    bool is_primary;
} Underline;

typedef struct Underlines { /* of one file: by line, then column */
    Underline *marks;
    int count;
} Underlines;

typedef struct Window { /* which code points of a line are shown: 0-based, half open */
    int begin, end, line_length;
} Window;

/* ---- the text ---- */

static LoadedText *load_text(DiagnosticPrinter *printer, const char *file) {
    LoadedText *text = arena_alloc(printer->arena, sizeof *text);
    *text = (LoadedText){.file = file, .next = printer->loaded};
    printer->loaded = text;
    for (int source = 0; source < printer->source_count; source++) {
        const DiagnosticSource *given = &printer->sources[source];
        if (given->bytes && strcmp(given->file, file) == 0) {
            text->bytes = given->bytes;
            text->size_bytes = strlen(given->bytes);
            return text;
        }
    }
    const char *folder = printer->base_folder ? printer->base_folder : "";
    const char *path = configs_path(folder, file, printer->arena);
    FileBytes read = {0};
    ErrorList *ignored = errors_create(printer->arena); /* the message is shown without its lines */
    if (file_read(path, SOURCE_LIMIT_BYTES, NO_PLACE, printer->arena, &read, ignored) == DONE) {
        text->bytes = read.bytes;
        text->size_bytes = read.size_bytes;
    }
    return text;
}

static const LoadedText *find_text(DiagnosticPrinter *printer, const char *file) {
    for (const LoadedText *text = printer->loaded; text; text = text->next) {
        if (strcmp(text->file, file) == 0) {
            return text;
        }
    }
    return load_text(printer, file);
}

/* ---- what is underlined ---- */

static bool same_file(const Place *a, const Place *b) {
    return a->file && b->file && strcmp(a->file, b->file) == 0;
}

static bool comes_before(const Underline *a, const Underline *b) {
    if (a->place.line != b->place.line) {
        return a->place.line < b->place.line;
    }
    if (a->place.column != b->place.column) {
        return a->place.column < b->place.column;
    }
    return b->is_primary; /* at one place the caret is drawn */
}

static void insert_underline(Underlines *underlines, Underline underline) {
    int at = underlines->count++;
    for (; at > 0 && comes_before(&underline, &underlines->marks[at - 1]); at--) {
        underlines->marks[at] = underlines->marks[at - 1];
    }
    underlines->marks[at] = underline;
}

static int count_marks(const ErrorEntry *entry) {
    int count = 0;
    for (const ErrorMark *mark = entry->marks; mark; mark = mark->next) {
        count++;
    }
    return count;
}

/* All of the entry that lies in the file of `place`. */
static Underlines collect_underlines(Arena *arena, const ErrorEntry *entry, const Place *place) {
    const size_t count_max = (size_t)count_marks(entry) + 1;
    Underlines underlines = {.marks = arena_array(arena, count_max, sizeof(Underline))};
    if (same_file(&entry->place, place)) {
        insert_underline(&underlines, (Underline){entry->place, entry->caret, true});
    }
    for (const ErrorMark *mark = entry->marks; mark; mark = mark->next) {
        if (mark->place.line > 0 && same_file(&mark->place, place)) {
            insert_underline(&underlines, (Underline){mark->place, mark->label, false});
        }
    }
    return underlines;
}

static int gutter_width(const ErrorEntry *entry) {
    int line_max = entry->place.line;
    for (const ErrorMark *mark = entry->marks; mark; mark = mark->next) {
        line_max = mark->place.line > line_max ? mark->place.line : line_max;
    }
    int width = 1;
    for (; line_max >= 10; line_max /= 10) {
        width++;
    }
    return width;
}

/* ---- one line ---- */

static Window choose_window(const SourceLine *line, const Underline *marks, int count) {
    Window window = {.line_length = (int)utf8_count(line->bytes, line->size_bytes)};
    window.end = window.line_length;
    if (window.line_length <= WINDOW_WIDTH) {
        return window;
    }
    int column = marks[0].place.column;
    for (int mark = 1; mark < count; mark++) {
        column = marks[mark].is_primary ? marks[mark].place.column : column;
    }
    window.begin = column > WINDOW_WIDTH - WINDOW_LEAD ? column - WINDOW_LEAD : 0;
    window.end = window.begin + WINDOW_WIDTH;
    window.end = window.end < window.line_length ? window.end : window.line_length;
    return window;
}

static size_t offset_of(const SourceLine *line, int column) {
    size_t offset = 0;
    for (int step = 0; step < column && offset < line->size_bytes; step++) {
        offset += utf8_step(line->bytes + offset, line->size_bytes - offset);
    }
    return offset;
}

static void print_frame(const DiagnosticPrinter *printer, int width, const char *mark) {
    const Palette *palette = &printer->palette;
    fprintf(printer->out, "%s%*s %s%s", palette->frame, width, "", mark, palette->reset);
}

static void
print_source(const DiagnosticPrinter *printer, const SourceLine *line, int number, Window window) {
    FILE *out = printer->out;
    const char *begin_mark = window.begin > 0 ? "…" : "";
    const size_t begin = offset_of(line, window.begin + (window.begin > 0 ? 1 : 0));
    const size_t end = offset_of(line, window.end);
    const char *end_mark = window.end < window.line_length ? "…" : "";
    fprintf(out, "%s%d |%s", printer->palette.frame, number, printer->palette.reset);
    if (line->size_bytes > 0) {
        fprintf(out, " %s", begin_mark);
        printable_write(out, line->bytes + begin, end - begin);
        fputs(end_mark, out);
    }
    fputc('\n', out);
}

/* First and last + 1 column of the underline inside the window, at least one wide. */
static void clip_underline(const Underline *mark, Window window, int *begin, int *end) {
    const int width = window.end - window.begin + 1; /* one more: a place may be the line's end */
    *begin = mark->place.column - 1 - window.begin;
    *end = *begin + (mark->place.length > 0 ? mark->place.length : 1);
    *begin = *begin < 0 ? 0 : *begin;
    *begin = *begin < width ? *begin : width - 1;
    *end = *end < width ? *end : width - 1;
    *end = *end > *begin ? *end : *begin + 1;
}

static int first_column(const Underline *mark, Window window) {
    int begin = 0;
    int end = 0;
    clip_underline(mark, window, &begin, &end);
    return begin;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

/* From column on, up to `end`; returns the column reached. */
static int print_repeated(FILE *out, char symbol, int column, int end) {
    for (; column < end; column++) {
        fputc(symbol, out);
    }
    return column;
}

static const char *colour_of(const DiagnosticPrinter *printer, bool is_primary) {
    return is_primary ? printer->palette.error : printer->palette.frame;
}

/* The row of dashes and carets, with the label of its rightmost mark behind it. */
static void
print_marks(const DiagnosticPrinter *printer, const Underline *marks, int count, Window window) {
    FILE *out = printer->out;
    int column = 0;
    fputc(' ', out);
    for (int mark = 0; mark < count; mark++) {
        int begin = 0;
        int end = 0;
        clip_underline(&marks[mark], window, &begin, &end);
        end = mark + 1 < count ? least(end, first_column(&marks[mark + 1], window)) : end;
        fputs(colour_of(printer, marks[mark].is_primary), out);
        column = print_repeated(out, ' ', column, begin);
        column = print_repeated(out, marks[mark].is_primary ? '^' : '-', column, end);
        if (mark == count - 1 && marks[mark].label) {
            fputc(' ', out);
            printable_write_text(out, marks[mark].label);
        }
        fputs(printer->palette.reset, out);
    }
    fputc('\n', out);
}

/* The label of an earlier mark of the line, hung below it; bars lead to those further left. */
static void print_hanging_label(const DiagnosticPrinter *printer,
                                const Underline *marks,
                                int hung,
                                Window window) {
    FILE *out = printer->out;
    int column = 0;
    fputc(' ', out);
    for (int mark = 0; mark <= hung; mark++) {
        int begin = 0;
        int end = 0;
        clip_underline(&marks[mark], window, &begin, &end);
        if (!marks[mark].label || column > begin) {
            continue;
        }
        fprintf(out, "%*s%s|", begin - column, "", colour_of(printer, marks[mark].is_primary));
        column = begin + 1;
        if (mark == hung) {
            fputc(' ', out);
            printable_write_text(out, marks[mark].label);
        }
        fputs(printer->palette.reset, out);
    }
    fputc('\n', out);
}

static void print_line(const DiagnosticPrinter *printer,
                       const SourceLine *line,
                       const Underline *marks,
                       int count,
                       int width) {
    const Window window = choose_window(line, marks, count);
    const int number = marks[0].place.line;
    int digits = 1;
    for (int rest = number; rest >= 10; rest /= 10) {
        digits++;
    }
    fprintf(printer->out, "%*s", width - digits, "");
    print_source(printer, line, number, window);
    print_frame(printer, width, "|");
    print_marks(printer, marks, count, window);
    for (int mark = count - 2; mark >= 0; mark--) {
        if (marks[mark].label) {
            print_frame(printer, width, "|");
            print_hanging_label(printer, marks, mark, window);
        }
    }
}

/* ---- one file ---- */

/* Without the file's lines the labels become notes. */
static void
print_labels(const DiagnosticPrinter *printer, const Underlines *underlines, int width) {
    for (int mark = 0; mark < underlines->count; mark++) {
        if (underlines->marks[mark].label) {
            print_frame(printer, width, "= ");
            fputs("note: ", printer->out);
            printable_write_text(printer->out, underlines->marks[mark].label);
            fputc('\n', printer->out);
        }
    }
}

static void print_lines(DiagnosticPrinter *printer, const Underlines *underlines, int width) {
    const LoadedText *text = find_text(printer, underlines->marks[0].place.file);
    int previous = 0;
    for (int first = 0; first < underlines->count;) {
        const Underline *marks = &underlines->marks[first];
        const int number = marks[0].place.line;
        int count = 1;
        while (first + count < underlines->count && marks[count].place.line == number) {
            count++;
        }
        first += count;
        SourceLine line = {0};
        if (!text->bytes || !source_line(text->bytes, text->size_bytes, number, &line)) {
            continue;
        }
        if (previous == 0) {
            print_frame(printer, width, "|\n");
        } else if (number > previous + 1) {
            fprintf(printer->out, "%s...%s\n", printer->palette.frame, printer->palette.reset);
        }
        print_line(printer, &line, marks, count, width);
        previous = number;
    }
    if (previous == 0) {
        print_labels(printer, underlines, width);
    }
}

static void print_file(DiagnosticPrinter *printer,
                       const ErrorEntry *entry,
                       const Place *place,
                       const char *arrow,
                       int width) {
    const Palette *palette = &printer->palette;
    fprintf(printer->out, "%s%*s%s%s ", palette->frame, width, "", arrow, palette->reset);
    printable_write_text(printer->out, place->file);
    if (place->line > 0) {
        fprintf(printer->out, ":%d:%d", place->line, place->column);
    }
    fputc('\n', printer->out);
    if (place->line > 0) {
        const Underlines underlines = collect_underlines(printer->arena, entry, place);
        print_lines(printer, &underlines, width);
    }
}

/* The first mark of its file, and that file is not the entry's own. */
static bool opens_file(const ErrorEntry *entry, const ErrorMark *mark) {
    if (!mark->place.file || mark->place.line == 0 || same_file(&entry->place, &mark->place)) {
        return false;
    }
    for (const ErrorMark *earlier = entry->marks; earlier != mark; earlier = earlier->next) {
        if (earlier->place.line > 0 && same_file(&earlier->place, &mark->place)) {
            return false;
        }
    }
    return true;
}

int excerpt_print(DiagnosticPrinter *printer, const ErrorEntry *entry) {
    const int width = gutter_width(entry);
    if (entry->place.file) {
        print_file(printer, entry, &entry->place, "-->", width);
    }
    for (const ErrorMark *mark = entry->marks; mark; mark = mark->next) {
        if (opens_file(entry, mark)) {
            print_file(printer, entry, &mark->place, ":::", width);
        }
    }
    return width;
}
