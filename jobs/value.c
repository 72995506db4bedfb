/* Written values: words, ids and places; the key's type decides what a text is. */
#include "jobs/value.h"

#include <string.h>

#include "jobs/number.h"
#include "jobs/suggest.h"

enum { MAX_WORDS = 64, MAX_WORDS_BYTES = 512 };

Status bool_read(const Node *node, bool *value, ErrorList *errors) {
    *value = strcmp(node->text, "yes") == 0;
    if (*value || strcmp(node->text, "no") == 0) {
        return DONE;
    }
    return fail(errors, E209, node->place, "write yes or no, not `%s`", node->text);
}

bool word_is_in(const char *words, const char *word, size_t length) {
    while (words && *words) {
        const size_t word_length = strcspn(words, " ");
        if (word_length == length && strncmp(words, word, length) == 0) {
            return true;
        }
        words += word_length;
        words += *words == ' ';
    }
    return false;
}

/* Cuts words at the spaces, into at most MAX_WORDS entries. */
static int split_words(const char *words, char *buffer, const char **list) {
    const size_t size = strlen(words);
    if (size >= MAX_WORDS_BYTES) {
        return 0;
    }
    memcpy(buffer, words, size + 1);
    int count = 0;
    for (char *word = buffer; *word && count < MAX_WORDS;) {
        list[count++] = word;
        word += strcspn(word, " ");
        if (*word) {
            *word++ = '\0';
        }
    }
    return count;
}

static Status fail_word(const Node *node,
                        const WordList *list,
                        const char *const *words,
                        int count,
                        ErrorList *errors) {
    fail(errors, E205, node->place, "unknown %s `%s`", list->noun, node->text);
    const char *nearest = suggest_nearest(node->text, words, count);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    const size_t noun_length = strlen(list->noun);
    const bool ends_in_s = noun_length > 0 && list->noun[noun_length - 1] == 's';
    error_note(errors, "%s%s: %s", list->noun, ends_in_s ? "" : "s", list->words);
    return E205;
}

Status word_read(const Node *node, const WordList *list, int *index, ErrorList *errors) {
    char buffer[MAX_WORDS_BYTES];
    const char *words[MAX_WORDS];
    const int count = split_words(list->words, buffer, words);
    for (*index = 0; *index < count; ++*index) {
        if (strcmp(words[*index], node->text) == 0) {
            return DONE;
        }
    }
    *index = -1;
    if (word_is_in(list->planned, node->text, strlen(node->text))) {
        return fail(errors, E202, node->place,
                    "`%s` is planned: this version does not serve it yet", node->text);
    }
    return fail_word(node, list, words, count, errors);
}

bool id_is_text(const char *text, size_t length) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    return length > 0 && strspn(text, letters) >= length;
}

Status id_check(const char *id, Place place, ErrorList *errors) {
    static const char all_units[] =
        "dB dBTP LKFS LUFS LU Hz kHz deg m ms s min h fr smp beat beats bar bars";
    if (!id_is_text(id, strlen(id))) {
        fail(errors, E306, place, "`%s` is not an id", id);
        error_note(errors, "ids hold letters, digits and `_`");
        return E306;
    }
    Rational ignored;
    const char *rest = id;
    if (number_scan(&rest, &ignored) == NUMBER_NONE) {
        return DONE;
    }
    if (*rest == '\0' || word_is_in(all_units, rest, strlen(rest))) {
        fail(errors, E306, place, "`%s` looks like a number%s", id,
             *rest ? " with a unit, not like an id" : ", not like an id");
        error_note(errors, "an id may start with a digit (`1m1`), but needs more than a unit");
        return E306;
    }
    return DONE;
}

Status label_check(const char *label, Place place, ErrorList *errors) {
    enum { LABEL_MAX = 16 };
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-";
    const size_t length = strlen(label);
    if (length > 0 && length <= LABEL_MAX && strspn(label, characters) == length) {
        return DONE;
    }
    fail(errors, E306, place, "`%s` is not the label of a speaker", label);
    error_note(errors, "labels hold 1 … %d letters, digits, `_`, `+` and `-`", LABEL_MAX);
    return E306;
}

static int count_code_points(const char *text, size_t length) {
    int count = 0;
    for (size_t byte = 0; byte < length && text[byte]; byte++) {
        count += ((unsigned char)text[byte] & 0xC0) != 0x80;
    }
    return count;
}

int text_code_points(const char *text) {
    return count_code_points(text, strlen(text));
}

Place place_within(const Node *node, size_t offset, size_t length) {
    Place place = node->place;
    if (node->is_expanded) {
        return place;
    }
    place.column += count_code_points(node->text, offset) + (node->is_quoted ? 1 : 0);
    place.length = count_code_points(node->text + offset, length);
    return place;
}

Place place_join(Place first, Place last) {
    if (first.line == last.line && first.line > 0 && last.column >= first.column) {
        first.length = last.column + last.length - first.column;
    }
    return first;
}
