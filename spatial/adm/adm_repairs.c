/* The list of repairs of a file. */
#include "spatial/adm/adm_repairs.h"

#include <string.h>

static const struct {
    const char *word, *text;
    bool is_note;
} rows[] = {
#define X(enumerator, word, is_note, text) [enumerator] = {word, text, is_note},
    ADM_REPAIRS(X)
#undef X
};

static bool is_about(const AdmRepair *entry, AdmRepairKind kind, const char *element) {
    return entry->kind == kind && strcmp(entry->element, element) == 0;
}

void adm_repair(AdmRepairs *repairs, AdmRepairKind kind, const char *element, int line) {
    if (!repairs) {
        return;
    }
    AdmRepair *entry = repairs->recent;
    if (!entry || !is_about(entry, kind, element)) {
        entry = repairs->first;
        while (entry && !is_about(entry, kind, element)) {
            entry = entry->next;
        }
    }
    if (entry) {
        entry->count++;
        repairs->recent = entry;
        return;
    }
    entry = arena_alloc(repairs->arena, sizeof *entry);
    *entry = (AdmRepair){.kind = kind,
                         .element = arena_copy_text(repairs->arena, element),
                         .line = line,
                         .count = 1};
    *(repairs->last ? &repairs->last->next : &repairs->first) = entry;
    repairs->last = repairs->recent = entry;
}

const char *adm_repair_word(AdmRepairKind kind) {
    return rows[kind].word;
}

const char *adm_repair_text(AdmRepairKind kind) {
    return rows[kind].text;
}

bool adm_repair_is_note(AdmRepairKind kind) {
    return rows[kind].is_note;
}
