#ifndef TESTS_SUPPORT_ADM_RULES_H
#define TESTS_SUPPORT_ADM_RULES_H
/* A checker of BS.2076-2 and BS.2088-1 that knows none of the project's readers: ids and their
 * forms, references and their types, the times and places of blocks, harmonics, and chna.
 *
 *     const char *fault = adm_rules_fault(&(AdmRules){axml, chna, chna_bytes, 8, 96000, arena});
 *     assert_null(fault);
 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/arena.h"

enum { ADM_RULES_IDS = 4096, ADM_RULES_ID_BYTES = 24, ADM_RULES_RATE_HZ = 48000 };
enum { ADM_RULES_HARMONICS = 128, ADM_RULES_CHNA_HEAD = 4, ADM_RULES_CHNA_ROW = 40 };

typedef struct AdmRules {
    const char *axml; /* ends with NUL */
    const unsigned char *chna;
    size_t chna_bytes;
    int track_count;
    double frame_count; /* at 48 kHz */
    Arena *arena;
} AdmRules;

typedef struct AdmIds {
    char of[ADM_RULES_IDS][ADM_RULES_ID_BYTES];
    int count;
} AdmIds;

static inline bool adm_rules_has(const AdmIds *ids, const char *id) {
    for (int index = 0; index < ids->count; index++) {
        if (strcmp(ids->of[index], id) == 0) {
            return true;
        }
    }
    return false;
}

/* Lower-case digits in groups behind a prefix: BS.2076-2, 6. */
static inline bool adm_rules_is_id(const char *id) {
    static const char *const forms[] = {
        "APR_xxxx",    "ACO_xxxx",    "AO_xxxx",        "AP_xxxxxxxx",
        "AC_xxxxxxxx", "AS_xxxxxxxx", "AT_xxxxxxxx_xx", "AB_xxxxxxxx_xxxxxxxx",
        "ATU_xxxxxxxx"};
    bool is_good = false;
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        bool is_same = strlen(id) == strlen(forms[form]);
        for (size_t at = 0; is_same && id[at]; at++) {
            const bool is_digit =
                isdigit((unsigned char)id[at]) || (id[at] >= 'a' && id[at] <= 'f');
            is_same = forms[form][at] == 'x' ? is_digit : id[at] == forms[form][at];
        }
        is_good = is_good || is_same;
    }
    return is_good;
}

/* Up to a character; "" when it is too long for an id. */
static inline void adm_rules_take(const char *from, char end, char id[ADM_RULES_ID_BYTES]) {
    const char *const stop = strchr(from, end);
    const size_t length = stop ? (size_t)(stop - from) : ADM_RULES_ID_BYTES;
    id[0] = '\0';
    if (length < ADM_RULES_ID_BYTES) {
        memcpy(id, from, length);
        id[length] = '\0';
    }
}

/* Every attribute `...ID=` or `UID=`: each once. */
static inline const char *adm_rules_ids(const AdmRules *rules, AdmIds *ids) {
    for (const char *at = rules->axml; (at = strstr(at, "ID=\"")) != NULL; at += 4) {
        char id[ADM_RULES_ID_BYTES];
        adm_rules_take(at + 4, '"', id);
        if (!adm_rules_is_id(id) || ids->count == ADM_RULES_IDS) {
            return arena_format(rules->arena, "`%.30s` is no id", at + 4);
        }
        if (adm_rules_has(ids, id)) {
            return arena_format(rules->arena, "%s stands twice", id);
        }
        memcpy(ids->of[ids->count++], id, sizeof id);
    }
    return NULL;
}

/* xxxx below 1000 of AP, AC, AS, AT: a common definition, never one of the file. */
static inline bool adm_rules_is_common(const char *id) {
    return id[0] == 'A' && strchr("PCST", id[1]) && id[2] == '_' && id[7] == '0';
}

static inline const char *adm_rules_references(const AdmRules *rules, const AdmIds *ids) {
    int count = 0;
    for (const char *at = rules->axml; (at = strstr(at, "IDRef>")) != NULL; at += 6) {
        char id[ADM_RULES_ID_BYTES];
        if (at[6] != 'A') {
            continue; /* the end of an element */
        }
        adm_rules_take(at + 6, '<', id);
        count++;
        if (!adm_rules_is_id(id) || adm_rules_is_common(id) == adm_rules_has(ids, id)) {
            return arena_format(rules->arena, "`%.30s` is %s", at + 6,
                                adm_rules_is_common(id) ? "defined again" : "not defined");
        }
    }
    return count > 0 ? NULL : "nothing refers to anything";
}

/* Start of the element with this start of its text; end: behind it. NULL: there is none. */
static inline const char *
adm_rules_element(const char *axml, const char *begin, const char *close, const char **end) {
    const char *const at = strstr(axml, begin);
    const char *const stop = at ? strstr(at, close) : NULL;
    *end = stop ? stop + strlen(close) : NULL;
    return stop ? at : NULL;
}

static inline bool adm_rules_within(const char *at, const char *end, const char *text) {
    const char *const found = strstr(at, text);
    return found && found < end;
}

/* typeLabel and typeDefinition agree with the digits of the id, and so do channels of a pack. */
static inline const char *adm_rules_types(const AdmRules *rules) {
    static const char *const names[] = {"",    "DirectSpeakers", "Matrix", "Objects",
                                        "HOA", "Binaural"};
    for (const char *at = rules->axml; (at = strstr(at, "typeLabel=\"")) != NULL; at++) {
        const char *start = at;
        while (*start != '<') {
            start--;
        }
        const char *const id = strstr(start, "ID=\"A") + 4; /* AP_yyyyxxxx or AC_yyyyxxxx */
        const long type = strtol(at + 11, NULL, 16);
        const char *const name = strstr(at, "typeDefinition=\"");
        if (memcmp(id + 3, at + 11, 4) != 0 || type < 1 || type > 5 || !name ||
            name > strchr(at, '>') || strncmp(name + 16, names[type], strlen(names[type]))) {
            return arena_format(rules->arena, "the type of %.11s is another one", id);
        }
    }
    const char *end = NULL;
    for (const char *pack = rules->axml;
         (pack = adm_rules_element(pack, "<audioPackFormat ", "</audioPackFormat>", &end)) != NULL;
         pack = end) {
        const char *const id = strstr(pack, "ID=\"AP_") + 4;
        for (const char *channel = pack;
             (channel = strstr(channel, "IDRef>AC_")) != NULL && channel < end; channel++) {
            if (memcmp(channel + 9, id + 3, 4) != 0) {
                return arena_format(rules->arena, "%.11s has channels of another type", id);
            }
        }
    }
    return NULL;
}

/* In samples: hh:mm:ss.zzzzz or hh:mm:ss.nSd; -1: neither. */
static inline double adm_rules_samples(const char *text) {
    int parts[3];
    int used = 0;
    if (sscanf(text, "%2d:%2d:%2d.%n", &parts[0], &parts[1], &parts[2], &used) != 3) {
        return -1.0;
    }
    char *end = NULL;
    const double digits = strtod(text + used, &end);
    const bool is_fraction = *end == 'S';
    const double unit =
        is_fraction ? strtod(end + 1, NULL) : pow(10.0, (double)(end - text - used));
    const bool is_good = digits < unit && (is_fraction || end - text - used >= 5);
    return is_good ? ((parts[0] * 60.0 + parts[1]) * 60.0 + parts[2] + digits / unit) *
                         ADM_RULES_RATE_HZ
                   : -1.0;
}

/* Coordinates that BS.2076-2, 5.4.3 allows. */
static inline bool adm_rules_is_place(const char *position) {
    static const struct {
        const char *name;
        double least, most;
    } axes[] = {
        {"azimuth",   -180.0, 180.0},
        {"elevation", -90.0,  90.0 },
        {"distance",  0.0,    1.0  },
        {"X",         -1.0,   1.0  },
        {"Y",         -1.0,   1.0  },
        {"Z",         -1.0,   1.0  },
    };
    const char *const name = strchr(position, '"') + 1;
    const double value = strtod(strchr(name, '>') + 1, NULL);
    for (size_t axis = 0; axis < sizeof axes / sizeof *axes; axis++) {
        if (strncmp(name, axes[axis].name, strlen(axes[axis].name)) == 0) {
            return value >= axes[axis].least && value <= axes[axis].most;
        }
    }
    return false;
}

/* Blocks of an object follow one another from 0 to the end; numbers count from 1. */
static inline const char *
adm_rules_blocks(const AdmRules *rules, const char *channel, const char *end) {
    const char *const digits = strstr(channel, "ID=\"AC_") + 7;
    double time = 0.0;
    unsigned long number = 0;
    for (const char *block = channel;
         (block = strstr(block, "<audioBlockFormat ")) != NULL && block < end; block++) {
        const char *const id = strstr(block, "AB_");
        const char *const begin = strstr(block, "rtime=\"");
        const char *const length = strstr(block, "duration=\"");
        const char *const stop = strchr(block, '>');
        if (memcmp(id + 3, digits, 8) != 0 || strtoul(id + 12, NULL, 16) != ++number) {
            return arena_format(rules->arena, "%.20s is not the next one of its channel", id);
        }
        if (!begin || begin > stop || !length || length > stop ||
            fabs(adm_rules_samples(begin + 7) - time) > 1e-6 ||
            adm_rules_samples(length + 10) < 0.0) {
            return arena_format(rules->arena, "%.20s does not follow the block before", id);
        }
        time += adm_rules_samples(length + 10);
    }
    return number > 0 && fabs(time - rules->frame_count) < 1e-6
               ? NULL
               : arena_format(rules->arena, "the blocks of AC_%.8s do not last to the end", digits);
}

/* One degree and order to a channel, none twice, each of an order: ACN in any order of channels. */
static inline const char *
adm_rules_harmonic(const AdmRules *rules, const char *channel, const char *end, bool *taken) {
    const char *const order_text = strstr(channel, "<order>");
    const char *const degree_text = strstr(channel, "<degree>");
    if (!order_text || order_text > end || !degree_text || degree_text > end) {
        return arena_format(rules->arena, "%.60s has no order or no degree", channel);
    }
    const long order = strtol(order_text + 7, NULL, 10);
    const long degree = strtol(degree_text + 8, NULL, 10);
    const long harmonic = order * (order + 1) + degree;
    if (order < 0 || labs(degree) > order || harmonic >= ADM_RULES_HARMONICS || taken[harmonic]) {
        return arena_format(rules->arena, "order %ld and degree %ld", order, degree);
    }
    taken[harmonic] = true;
    return NULL;
}

static inline const char *adm_rules_channels(const AdmRules *rules) {
    bool taken[ADM_RULES_HARMONICS] = {false};
    const char *end = NULL;
    const char *fault = NULL;
    for (const char *channel = rules->axml;
         !fault && (channel = adm_rules_element(channel, "<audioChannelFormat ",
                                                "</audioChannelFormat>", &end)) != NULL;
         channel = end) {
        const char type = strstr(channel, "ID=\"AC_")[10];
        fault = type == '3'   ? adm_rules_blocks(rules, channel, end)
                : type == '4' ? adm_rules_harmonic(rules, channel, end, taken)
                              : NULL;
        if (!adm_rules_within(channel, end, "<audioBlockFormat ")) {
            fault = "a channel without blocks";
        }
    }
    for (const char *at = rules->axml; !fault && (at = strstr(at, "<position coordinate=")) != NULL;
         at++) {
        fault = adm_rules_is_place(at) ? NULL : "a position outside its range";
    }
    return fault;
}

/* A row of chna says what the audioTrackUID says; the formats of the track fit together. */
static inline const char *adm_rules_row(const AdmRules *rules, int track, AdmIds *uids) {
    const char *const row =
        (const char *)rules->chna + ADM_RULES_CHNA_HEAD + (size_t)track * ADM_RULES_CHNA_ROW;
    const char *const uid = arena_copy_bytes(rules->arena, row + 2, 12);
    const char *const format = arena_copy_bytes(rules->arena, row + 14, 14);
    const char *const pack = arena_copy_bytes(rules->arena, row + 28, 11);
    const char *end = NULL;
    const char *const element = adm_rules_element(
        rules->axml, arena_format(rules->arena, "UID=\"%s\"", uid), "</audioTrackUID>", &end);
    if ((unsigned char)row[0] + 256 * (unsigned char)row[1] != track + 1 || row[39] != '\0') {
        return arena_format(rules->arena, "row %d of chna is of another track", track + 1);
    }
    if (!element || adm_rules_has(uids, uid)) {
        return arena_format(rules->arena, "%s is %s", uid, element ? "twice in chna" : "not known");
    }
    memcpy(uids->of[uids->count++], uid, strlen(uid) + 1);
    if (!adm_rules_within(element, end, arena_format(rules->arena, ">%s<", format)) ||
        !adm_rules_within(element, end, arena_format(rules->arena, ">%s<", pack)) ||
        memcmp(format + 3, pack + 3, 4) != 0) {
        return arena_format(rules->arena, "%s is another one in chna", uid);
    }
    const char *const held =
        arena_format(rules->arena, "<audioPackFormat audioPackFormatID=\"%s\"", pack);
    const char *const own = adm_rules_element(rules->axml, held, "</audioPackFormat>", &end);
    const char *const channel = arena_format(rules->arena, ">AC_%.8s<", format + 3);
    if (own && !adm_rules_within(own, end, channel)) {
        return arena_format(rules->arena, "the channel of %s is not in its pack", uid);
    }
    const char *const reference = arena_format(rules->arena, "<audioTrackUIDRef>%s<", uid);
    const char *const first = strstr(rules->axml, reference);
    return first && !strstr(first + 1, reference)
               ? NULL
               : arena_format(rules->arena, "%s is not in one object", uid);
}

static inline const char *adm_rules_chna(const AdmRules *rules) {
    AdmIds *const uids = arena_alloc(rules->arena, sizeof *uids);
    const size_t count = (size_t)rules->track_count;
    const char *fault = NULL;
    if (rules->chna_bytes != ADM_RULES_CHNA_HEAD + count * ADM_RULES_CHNA_ROW ||
        rules->chna[0] + 256U * rules->chna[1] != count ||
        rules->chna[2] + 256U * rules->chna[3] != count) {
        return "chna has another number of tracks";
    }
    for (int track = 0; !fault && track < rules->track_count; track++) {
        fault = adm_rules_row(rules, track, uids);
    }
    return fault;
}

/* What is wrong, in words; NULL: nothing. */
static inline const char *adm_rules_fault(const AdmRules *rules) {
    AdmIds *const ids = arena_alloc(rules->arena, sizeof *ids);
    const char *fault = adm_rules_ids(rules, ids);
    fault = fault ? fault : adm_rules_references(rules, ids);
    fault = fault ? fault : adm_rules_types(rules);
    fault = fault ? fault : adm_rules_channels(rules);
    return fault ? fault : adm_rules_chna(rules);
}

#endif
