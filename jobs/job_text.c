/* What texts may hold: titles, slugs, language tags, checksums, paths, layouts. */
#include "jobs/job_text.h"

#include <stdio.h>
#include <string.h>

#include "jobs/suggest.h"
#include "spatial/layout_table.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

enum { MAX_LAYOUTS = 64 };

static Status check_length(const SchemaKey *key, const Node *node, ErrorList *errors) {
    const int length = text_code_points(node->text);
    QuantityRange range;
    if (length == 0) {
        return fail(errors, E204, node->place, "this text is empty");
    }
    if (quantity_read_range(QUANTITY_NUMBER, key->values, NULL, &range) &&
        length > range.high.numerator) {
        fail(errors, E204, node->place, "this text is longer than %d characters",
             (int)range.high.numerator);
        error_caret(errors, "%d characters", length);
        return E204;
    }
    return DONE;
}

static Status check_printable(const Node *node, const char *allowed, ErrorList *errors) {
    for (const char *byte = node->text; *byte; byte++) {
        const bool is_control = (unsigned char)*byte < 0x20 || *byte == 0x7F;
        if (is_control && !strchr(allowed, *byte)) {
            return fail(errors, E204, node->place, "this text holds a control character");
        }
    }
    return DONE;
}

static Status
check_characters(const Node *node, const char *allowed, const char *spoken, ErrorList *errors) {
    const size_t good_length = strspn(node->text, allowed);
    if (node->text[good_length] == '\0') {
        return DONE;
    }
    return fail(errors, E204, node->place, "`%s` may only hold letters, digits%s", node->text,
                spoken);
}

/* The shape of BCP 47 tags: 2..8 letters, then subtags of 1..8 letters and digits. */
static Status check_language(const Node *node, ErrorList *errors) {
    const char *text = node->text;
    size_t length = strspn(text, LETTERS);
    bool is_good = length >= 2 && length <= 8;
    for (text += length; is_good && *text == '-'; text += length) {
        text++;
        length = strspn(text, LETTERS DIGITS);
        is_good = length >= 1 && length <= 8;
    }
    if (is_good && *text == '\0') {
        return DONE;
    }
    fail(errors, E204, node->place, "`%s` is not a language tag", node->text);
    error_caret(errors, "for example `en`, `de-AT` or `und`");
    return E204;
}

static Status check_sha256(const Node *node, ErrorList *errors) {
    if (strlen(node->text) == 64 && strspn(node->text, DIGITS "abcdef") == 64) {
        return DONE;
    }
    return fail(errors, E204, node->place, "a SHA-256 is 64 digits of 0-9 and a-f");
}

static Status fail_layout(const Node *node, ErrorList *errors) {
    const char *names[MAX_LAYOUTS];
    char list[512] = "";
    int count = 0;
    size_t length = 0;
    for (const Layout *layout; count < MAX_LAYOUTS && (layout = layout_at(count)) != NULL;) {
        names[count++] = layout->name;
        const bool is_order = strncmp(layout->name, "hoa", 3) == 0;
        if (length < sizeof list && (!is_order || strcmp(layout->name, "hoa1") == 0)) {
            length += (size_t)snprintf(list + length, sizeof list - length, "%s ",
                                       is_order ? "hoa1…hoa7" : layout->name);
        }
    }
    fail(errors, E213, node->place, "unknown layout `%s`", node->text);
    const char *nearest = suggest_nearest(node->text, names, count);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    error_note(errors, "layouts: %sadm stereo-lrt", list);
    return E213;
}

static Status check_layout(const SchemaKey *key, const Node *node, ErrorList *errors) {
    const bool is_adm = strcmp(node->text, "adm") == 0;
    const bool is_delivered = strcmp(key->path, "deliverables.*.layout") == 0;
    if (layout_find(node->text) || (is_adm && is_delivered)) {
        return DONE;
    }
    if (is_adm) {
        return fail(errors, E208, node->place, "`adm` is no layout of loudspeakers");
    }
    if (strcmp(node->text, "stereo-lrt") == 0) {
        return fail(errors, E202, node->place,
                    "`%s` is planned: this version does not serve it yet", node->text);
    }
    return fail_layout(node, errors);
}

Status job_text_check(const SchemaKey *key, const Node *node, ErrorList *errors) {
    TRY(check_length(key, node, errors));
    switch (key->type) {
    case VALUE_SLUG:
        return check_characters(node, LETTERS DIGITS "-", " and `-`", errors);
    case VALUE_FAMILY:
        return check_characters(node, LETTERS DIGITS "_-", ", `_` and `-`", errors);
    case VALUE_LANGUAGE:
        return check_language(node, errors);
    case VALUE_SHA256:
        return check_sha256(node, errors);
    case VALUE_LAYOUT:
        return check_layout(key, node, errors);
    case VALUE_PATH:
    case VALUE_FOLDER:
        return check_printable(node, "", errors);
    default:
        return check_printable(node, "\n\t", errors);
    }
}
