/* Words in file names. */
#include "cluster/qc_names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

typedef struct PartWord {
    const char *word;
    QcPart part;
} PartWord;

typedef struct FactWord {
    const char *word;
    int value;
    bool is_vague; /* it may mean something else */
} FactWord;

// clang-format off
static const PartWord part_words[] = {
    {"full", PART_MIX}, {"mix", PART_MIX}, {"fullmix", PART_MIX}, {"master", PART_MIX},
    {"printmaster", PART_MIX}, {"pm", PART_MIX},
    {"me", PART_ME}, {"m&e", PART_ME}, {"mne", PART_ME},
    {"dx", PART_DIALOGUE_STEM}, {"dia", PART_DIALOGUE_STEM}, {"dialog", PART_DIALOGUE_STEM},
    {"dialogue", PART_DIALOGUE_STEM}, {"vo", PART_DIALOGUE_STEM},
    {"mx", PART_STEM}, {"mus", PART_STEM}, {"music", PART_STEM},
    {"fx", PART_STEM}, {"sfx", PART_STEM}, {"efx", PART_STEM}, {"effects", PART_STEM},
    {"amb", PART_STEM}, {"bg", PART_STEM}, {"fol", PART_STEM}, {"foley", PART_STEM},
};
static const FactWord format_words[] = {
    {"10", 1, true}, {"20", 2, true}, {"51", 6, false}, {"71", 8, false}, {"512", 8, false},
    {"514", 10, false}, {"712", 10, false}, {"714", 12, false}, {"916", 16, false},
    {"1.0", 1, false}, {"2.0", 2, false}, {"5.1", 6, false}, {"7.1", 8, false},
    {"5.1.2", 8, false}, {"5.1.4", 10, false}, {"7.1.2", 10, false}, {"7.1.4", 12, false},
    {"9.1.6", 16, false}, {"mono", 1, false}, {"stereo", 2, false}, {"lcr", 3, false},
    {"surround", 0, true},
};
static const FactWord rate_words[] = {
    {"44k1", 44100, false}, {"44.1k", 44100, false}, {"44.1khz", 44100, false},
    {"48k", 48000, false}, {"48khz", 48000, false}, {"88k2", 88200, false},
    {"88.2k", 88200, false}, {"88.2khz", 88200, false}, {"96k", 96000, false},
    {"96khz", 96000, false}, {"192k", 192000, false}, {"192khz", 192000, false},
};
static const FactWord bits_words[] = {
    {"16b", 16, false}, {"16bit", 16, false}, {"24b", 24, false}, {"24bit", 24, false},
    {"32b", 32, false}, {"32bit", 32, false}, {"32f", 32, false},
};
// clang-format on

static QcPart part_of(const char *word, size_t length) {
    for (size_t row = 0; row < sizeof part_words / sizeof *part_words; row++) {
        if (strlen(part_words[row].word) == length &&
            strncasecmp(part_words[row].word, word, length) == 0) {
            return part_words[row].part;
        }
    }
    return PART_UNKNOWN;
}

static const FactWord *
find_word(const FactWord *words, size_t count, const char *word, size_t length) {
    for (size_t row = 0; row < count; row++) {
        if (strlen(words[row].word) == length && strncasecmp(words[row].word, word, length) == 0) {
            return &words[row];
        }
    }
    return NULL;
}

static bool is_format(const char *word, size_t length) {
    return find_word(format_words, sizeof format_words / sizeof *format_words, word, length);
}

/* The name without folders; returns its end, before the extension. */
static const char *find_stem(const char *path, const char **begin) {
    const char *const slash = strrchr(path, '/');
    *begin = slash ? slash + 1 : path;
    const char *const dot = strrchr(*begin, '.');
    return dot ? dot : *begin + strlen(*begin);
}

static size_t word_length(const char *at, const char *end) {
    const size_t reach = strcspn(at, "_- ");
    return reach < (size_t)(end - at) ? reach : (size_t)(end - at);
}

QcName qc_name_read(const char *path, Arena *arena) {
    const char *at = NULL;
    const char *const end = find_stem(path, &at);
    QcName name = {.group = arena_format(arena, "%.*s", (int)(at - path), path)};
    name.programme = name.group;
    while (at < end) {
        const size_t length = word_length(at, end);
        const QcPart part = part_of(at, length);
        name.part = part ? part : name.part;
        if (!part) {
            name.group = arena_format(arena, "%s%.*s_", name.group, (int)length, at);
        }
        if (!part && !is_format(at, length)) {
            name.programme = arena_format(arena, "%s%.*s_", name.programme, (int)length, at);
        }
        at += length < (size_t)(end - at) ? length + 1 : length;
    }
    return name;
}

static void take_fact(const FactWord *word, int *value, const char **said) {
    if (word && !word->is_vague) {
        *value = word->value;
        *said = word->word;
    }
}

QcNameFacts qc_name_facts(const char *path) {
    QcNameFacts facts = {0};
    const char *at = NULL;
    const char *const end = find_stem(path, &at);
    const char *const rendering = strstr(at, "__"); /* NAME__0_2_0: NAME tells of its source */
    at = rendering && rendering < end ? rendering : at;
    while (at < end) {
        const size_t length = word_length(at, end);
        take_fact(find_word(format_words, sizeof format_words / sizeof *format_words, at, length),
                  &facts.channel_count, &facts.format_word);
        take_fact(find_word(rate_words, sizeof rate_words / sizeof *rate_words, at, length),
                  &facts.rate_hz, &facts.rate_word);
        take_fact(find_word(bits_words, sizeof bits_words / sizeof *bits_words, at, length),
                  &facts.bits, &facts.bits_word);
        at += length < (size_t)(end - at) ? length + 1 : length;
    }
    return facts;
}
