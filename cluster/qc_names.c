/* Words in file names. */
#include "cluster/qc_names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

typedef struct PartWord {
    const char *word;
    QcPart part;
} PartWord;

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
static const char *const format_words[] = {
    "10", "20", "51", "71", "512", "514", "712", "714", "916", "1.0", "2.0", "5.1", "7.1",
    "5.1.2", "5.1.4", "7.1.2", "7.1.4", "9.1.6", "mono", "stereo", "lcr", "surround",
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

static bool is_format(const char *word, size_t length) {
    bool is_it = false;
    for (size_t row = 0; row < sizeof format_words / sizeof *format_words; row++) {
        is_it = is_it || (strlen(format_words[row]) == length &&
                          strncasecmp(format_words[row], word, length) == 0);
    }
    return is_it;
}

QcName qc_name_read(const char *path, Arena *arena) {
    const char *const slash = strrchr(path, '/');
    const char *at = slash ? slash + 1 : path;
    const char *const dot = strrchr(at, '.');
    const char *const end = dot ? dot : at + strlen(at);
    QcName name = {.group = arena_format(arena, "%.*s", (int)(at - path), path)};
    name.programme = name.group;
    while (at < end) {
        const size_t reach = strcspn(at, "_- ");
        const size_t length = reach < (size_t)(end - at) ? reach : (size_t)(end - at);
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
