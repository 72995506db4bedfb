/* The elements of a file and their ids. */
#include "spatial/adm/adm_model.h"

#include <ctype.h>
#include <string.h>

#include "render/base/hash.h"

enum { FIRST_TABLE_SIZE = 1024 };

static const struct {
    const char *name, *prefix;
} kinds[ADM_KIND_COUNT] = {
    [ADM_PROGRAMME] = {"audioProgramme",     "APR_"},
      [ADM_CONTENT] = {"audioContent",       "ACO_"},
    [ADM_OBJECT] = {"audioObject",        "AO_" },
      [ADM_PACK] = {"audioPackFormat",    "AP_" },
    [ADM_CHANNEL] = {"audioChannelFormat", "AC_" },
      [ADM_STREAM] = {"audioStreamFormat",  "AS_" },
    [ADM_TRACK] = {"audioTrackFormat",   "AT_" },
      [ADM_TRACK_UID] = {"audioTrackUID",      "ATU_"},
};

const char *adm_kind_name(AdmKind kind) {
    return kinds[kind].name;
}

const char *adm_kind_prefix(AdmKind kind) {
    return kinds[kind].prefix;
}

const char *adm_type_name(AdmType type) {
    static const char *const names[] = {
        [ADM_NO_TYPE] = "untyped", [ADM_DIRECT_SPEAKERS] = "DirectSpeakers",
        [ADM_MATRIX] = "Matrix",   [ADM_OBJECTS] = "Objects",
        [ADM_HOA] = "HOA",         [ADM_BINAURAL] = "Binaural"};
    return names[type];
}

bool adm_id_spell(const char *text, char id[ADM_ID_BYTES]) {
    size_t length = 0;
    bool is_prefix = true;
    bool has_digits = false;
    for (; *text; ++text) {
        const unsigned char letter = (unsigned char)*text;
        const bool is_line = letter == '_';
        if (length + 1 == ADM_ID_BYTES || !(isalnum(letter) || is_line)) {
            return false;
        }
        id[length++] = (char)(is_prefix ? toupper(letter) : tolower(letter));
        has_digits = has_digits || (!is_prefix && !is_line);
        is_prefix = is_prefix && !is_line;
    }
    id[length] = '\0';
    return has_digits;
}

AdmModel *adm_model_create(Arena *arena, BlockStore *blocks, const char *shown_path) {
    AdmModel *const model = arena_alloc(arena, sizeof *model);
    model->arena = arena;
    model->blocks = blocks;
    model->shown_path = shown_path;
    model->version = 1;
    model->table_size = FIRST_TABLE_SIZE;
    model->table = arena_array(arena, FIRST_TABLE_SIZE, sizeof(AdmElement *));
    return model;
}

/* The cell of an id: its own, or the free one where it would stand. */
static int find_cell(const AdmModel *model, const char *id) {
    const uint64_t hash = key_of_text(id).low;
    int cell = (int)(hash % (uint64_t)model->table_size);
    while (model->table[cell] && strcmp(model->table[cell]->id, id) != 0) {
        cell = (cell + 1) % model->table_size;
    }
    return cell;
}

AdmElement *adm_find(const AdmModel *model, AdmKind kind, const char *id) {
    AdmElement *const element = model->table[find_cell(model, id)];
    return element && element->kind == kind ? element : NULL;
}

static void grow(AdmModel *model) {
    AdmElement **const before = model->table;
    const int count = model->table_size;
    model->table_size *= 2;
    model->table = arena_array(model->arena, (size_t)model->table_size, sizeof(AdmElement *));
    for (int cell = 0; cell < count; ++cell) {
        if (before[cell]) {
            model->table[find_cell(model, before[cell]->id)] = before[cell];
        }
    }
}

Status adm_add(AdmModel *model, const AdmElement *like, AdmElement **element, ErrorList *errors) {
    const int cell = find_cell(model, like->id);
    if (model->table[cell]) {
        fail(errors, E440, adm_place(model, like->line), "%s is defined twice", like->id);
        if (model->table[cell]->line > 0) {
            error_note(errors, "first in line %d", model->table[cell]->line);
        }
        return E440;
    }
    if (model->element_count == ADM_MAX_ELEMENTS) {
        return fail(errors, E440, adm_place(model, like->line),
                    "more than %d elements beside blocks", ADM_MAX_ELEMENTS);
    }
    *element = arena_alloc(model->arena, sizeof **element);
    **element = *like;
    (*element)->id = arena_copy_text(model->arena, like->id);
    model->table[cell] = *element;
    AdmList *const list = &model->lists[like->kind];
    *(list->last ? &list->last->next : &list->first) = *element;
    list->last = *element;
    list->count++;
    if (2 * ++model->element_count > model->table_size) {
        grow(model);
    }
    return DONE;
}

void adm_refer(AdmModel *model, AdmElement *element, const AdmReference *reference) {
    AdmReference *const copy = arena_alloc(model->arena, sizeof *copy);
    *copy = *reference;
    copy->id = arena_copy_text(model->arena, reference->id);
    copy->next = NULL;
    *(element->last_reference ? &element->last_reference->next : &element->references) = copy;
    element->last_reference = copy;
}

Place adm_place(const AdmModel *model, int line) {
    return line > 0 ? (Place){.file = model->shown_path, .line = line, .column = 1} : NO_PLACE;
}
