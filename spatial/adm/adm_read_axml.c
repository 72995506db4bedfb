/* XML piece by piece: each element meets its rule. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/units.h"
#include "spatial/adm/adm_read.h"
#include "spatial/adm/adm_time.h"
#include "spatial/adm/adm_xml.h"

enum { PIECE_BYTES = 64 * 1024 };

Place adm_reader_place(const AdmReader *reader) {
    return (Place){.file = reader->model->shown_path,
                   .line = (int)XML_GetCurrentLineNumber(reader->parser),
                   .column = (int)XML_GetCurrentColumnNumber(reader->parser) + 1};
}

static const char *here(const AdmReader *reader) {
    const AdmRule *const rule = reader->rules[reader->depth];
    return rule ? rule->name : "the element";
}

Status adm_fail_value(AdmReader *reader, const char *text, const char *wanted) {
    return fail(reader->errors, E440, adm_reader_place(reader), "`%.60s` in %s: %s is allowed here",
                text, here(reader), wanted);
}

const char *adm_attribute(const AdmReader *reader, const char *name) {
    for (int index = 0; index < reader->attribute_count; ++index) {
        if (strcmp(reader->attributes[(ptrdiff_t)2 * index], name) == 0) {
            return reader->attributes[(ptrdiff_t)2 * index + 1];
        }
    }
    return NULL;
}

Status adm_read_number(AdmReader *reader, const char *text, double *value) {
    char *end = NULL;
    *value = strtod(text, &end);
    while (*end == ' ') {
        ++end;
    }
    const bool is_number = end != text && *end == '\0' && isfinite(*value);
    return is_number ? DONE : adm_fail_value(reader, text, "a number");
}

Status adm_read_number_within(
    AdmReader *reader, const char *text, double least, double most, double *value) {
    TRY(adm_read_number(reader, text, value));
    if (*value < least || *value > most) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "`%.60s` in %s lies outside %g .. %g", text, here(reader), least, most);
    }
    return DONE;
}

Status adm_read_flag(AdmReader *reader, const char *text, bool *flag) {
    *flag = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    const bool is_flag = *flag || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
    return is_flag ? DONE : adm_fail_value(reader, text, "0 or 1");
}

Status adm_read_time(AdmReader *reader, const char *text, Rational *time) {
    return adm_time_parse(text, time)
               ? DONE
               : adm_fail_value(reader, text, "a time hh:mm:ss.zzzzz or hh:mm:ss.nnnnnSfffff");
}

Status adm_read_seconds(AdmReader *reader, const char *text, Rational *seconds) {
    const bool is_time = rational_parse(text, seconds) || adm_time_parse(text, seconds);
    return is_time && seconds->numerator >= 0 ? DONE
                                              : adm_fail_value(reader, text, "a number of seconds");
}

Status adm_read_gain(AdmReader *reader, const char *text, double *gain) {
    const char *const unit = adm_attribute(reader, "gainUnit");
    TRY(adm_read_number(reader, text, gain));
    if (unit && strcmp(unit, "dB") == 0) {
        *gain = gain_from_db(*gain);
    } else if (unit && strcmp(unit, "linear") != 0) {
        return adm_fail_value(reader, unit, "a gainUnit of linear or dB");
    }
    return DONE;
}

Status adm_read_normalization(AdmReader *reader, AdmNormalization *normalization) {
    static const char *const names[] = {
        [ADM_SN3D] = "SN3D", [ADM_N3D] = "N3D", [ADM_FUMA] = "FuMa"};
    for (int index = ADM_SN3D; index <= ADM_FUMA; ++index) {
        if (strcmp(reader->text, names[index]) == 0) {
            *normalization = (AdmNormalization)index;
            return DONE;
        }
    }
    return adm_fail_value(reader, reader->text, "SN3D, N3D or FuMa");
}

/* ---- rules ---- */

static bool has_word(const char *words, const char *word, size_t length) {
    for (const char *at = words; *at;) {
        const size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, word, size) == 0) {
            return true;
        }
        at += size + (at[size] == ' ');
    }
    return false;
}

static const AdmRule *find_in(AdmRuleTable table, AdmScope scope, unsigned kind, const char *name) {
    for (int index = 0; index < table.count; ++index) {
        const AdmRule *const rule = table.rules + index;
        const bool fits = rule->scope == scope && (scope != SCOPE_ELEMENT || rule->kinds & kind);
        if (fits && strcmp(rule->name, name) == 0) {
            return rule;
        }
    }
    return NULL;
}

static const AdmRule *find_rule(const AdmReader *reader, const char *name) {
    const AdmScope scope = reader->scopes[reader->depth];
    if (scope >= SCOPE_BLOCK) {
        return find_in(adm_block_rules(), scope, 0, name);
    }
    const unsigned kind = reader->element ? 1U << reader->element->kind : 0;
    return find_in(adm_element_rules(), scope, kind, name);
}

/* Names are told apart without their prefix: ADM is written in a dozen name spaces. */
static const char *local_name(const char *name) {
    const char *const colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static bool is_of_xml(const char *name) {
    return strncmp(name, "xmlns", 5) == 0 || strncmp(name, "xml:", 4) == 0 ||
           strncmp(name, "xsi:", 4) == 0;
}

/* Copies them, as expat forgets them before the element ends. */
static Status keep_attributes(AdmReader *reader, const AdmRule *rule, const char **attributes) {
    size_t used = 0;
    reader->attribute_count = 0;
    for (; attributes[0]; attributes += 2) {
        const size_t sizes[2] = {strlen(attributes[0]) + 1, strlen(attributes[1]) + 1};
        if (is_of_xml(attributes[0])) {
            continue;
        }
        if (!has_word(rule->attributes, attributes[0], sizes[0] - 1)) {
            adm_repair(reader->repairs, REPAIR_ATTRIBUTE,
                       arena_format(reader->model->arena, "%.40s %.40s", rule->name, attributes[0]),
                       adm_reader_place(reader).line);
            continue;
        }
        if (used + sizes[0] + sizes[1] > XML_TEXT_BYTES ||
            reader->attribute_count == XML_MAX_ATTRIBUTES) {
            return fail(reader->errors, E440, adm_reader_place(reader),
                        "the attributes of %s are too long", rule->name);
        }
        for (int part = 0; part < 2; ++part) {
            char *const copy = reader->attribute_text + used;
            memcpy(copy, attributes[part], sizes[part]);
            reader->attributes[2 * reader->attribute_count + part] = copy;
            used += sizes[part];
        }
        reader->attribute_count++;
    }
    return DONE;
}

static Status enter(AdmReader *reader, AdmScope inside, const AdmRule *rule) {
    if (reader->depth + 1 == XML_MAX_DEPTH) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "elements are nested more than %d deep", XML_MAX_DEPTH - 2);
    }
    reader->depth++;
    reader->scopes[reader->depth] = inside;
    reader->rules[reader->depth] = rule;
    return DONE;
}

static Status read_version(AdmReader *reader, const char **attributes) {
    if (reader->has_format) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "there are two audioFormatExtended elements");
    }
    reader->has_format = true;
    for (; attributes[0]; attributes += 2) {
        const char *const number = strstr(attributes[1], "BS.2076-");
        if (strcmp(attributes[0], "version") == 0 && number) {
            reader->model->version = strtol(number + strlen("BS.2076-"), NULL, 10) >= 2 ? 2 : 1;
        }
    }
    return enter(reader, SCOPE_FORMAT, NULL);
}

static Status begin(AdmReader *reader, const char *name, const char **attributes) {
    const AdmScope scope = reader->scopes[reader->depth];
    reader->text_length = 0;
    if (scope == SCOPE_OUTSIDE) {
        return strcmp(name, "audioFormatExtended") == 0 ? read_version(reader, attributes)
                                                        : enter(reader, SCOPE_OUTSIDE, NULL);
    }
    if (scope == SCOPE_IGNORED) {
        return enter(reader, SCOPE_IGNORED, NULL);
    }
    const AdmRule *const rule = find_rule(reader, name);
    if (!rule) {
        const char *const owner = reader->depth > 0 && reader->rules[reader->depth]
                                      ? reader->rules[reader->depth]->name
                                      : "audioFormatExtended";
        return fail(reader->errors, E443, adm_reader_place(reader), "unknown element `%.60s` in %s",
                    name, owner);
    }
    TRY(keep_attributes(reader, rule, attributes));
    TRY(enter(reader, rule->inside, rule));
    return rule->begin ? rule->begin(reader) : DONE;
}

static void trim(AdmReader *reader) {
    static const char blanks[] = " \t\r\n";
    int first = 0;
    while (first < reader->text_length && strchr(blanks, reader->text[first])) {
        ++first;
    }
    while (reader->text_length > first && strchr(blanks, reader->text[reader->text_length - 1])) {
        --reader->text_length;
    }
    reader->text_length -= first;
    memmove(reader->text, reader->text + first, (size_t)reader->text_length);
    reader->text[reader->text_length] = '\0';
}

static Status end(AdmReader *reader) {
    const AdmRule *const rule = reader->rules[reader->depth];
    trim(reader);
    if (rule && rule->end) {
        TRY(rule->end(reader));
    }
    reader->text_length = 0;
    reader->depth--;
    return DONE;
}

/* ---- expat ---- */

static void settle(AdmReader *reader, Status status) {
    if (status != DONE && reader->status == DONE) {
        reader->status = status;
        XML_StopParser(reader->parser, XML_FALSE);
    }
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes) {
    AdmReader *const reader = user;
    if (reader->status == DONE) {
        settle(reader, begin(reader, local_name(name), attributes));
    }
}

static void XMLCALL on_end(void *user, const XML_Char *name) {
    (void)name;
    AdmReader *const reader = user;
    if (reader->status == DONE) {
        settle(reader, end(reader));
    }
}

static void XMLCALL on_text(void *user, const XML_Char *text, int length) {
    AdmReader *const reader = user;
    if (reader->status != DONE || reader->scopes[reader->depth] != SCOPE_VALUE) {
        return;
    }
    if (length >= XML_TEXT_BYTES - reader->text_length) {
        settle(reader, fail(reader->errors, E440, adm_reader_place(reader),
                            "the text of %s is too long", here(reader)));
        return;
    }
    memcpy(reader->text + reader->text_length, text, (size_t)length);
    reader->text_length += length;
}

/* No entity is ever defined, so none can be expanded. */
static void XMLCALL on_document_type(void *user,
                                     const XML_Char *name,
                                     const XML_Char *system,
                                     const XML_Char *public_id,
                                     int has_subset) {
    (void)name;
    (void)system;
    (void)public_id;
    (void)has_subset;
    AdmReader *const reader = user;
    settle(reader, fail(reader->errors, E440, adm_reader_place(reader),
                        "axml has a document type declaration, which could define entities"));
}

static Status fail_xml(AdmReader *reader) {
    const enum XML_Error error = XML_GetErrorCode(reader->parser);
    const bool is_cut = error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
                        error == XML_ERROR_PARTIAL_CHAR ||
                        error == XML_ERROR_UNCLOSED_CDATA_SECTION;
    return fail(reader->errors, E440, adm_reader_place(reader), "axml is %s: %s",
                is_cut ? "cut short" : "not well-formed", XML_ErrorString(error));
}

/* libsndfile pads chunks with NUL bytes, which are no XML. */
static Status
find_text_end(const OpenFile *file, SoundChunk *chunk, AdmRepairs *repairs, ErrorList *errors) {
    enum { TAIL_BYTES = 64 };
    char tail[TAIL_BYTES];
    const int64_t size = chunk->size_bytes < TAIL_BYTES ? chunk->size_bytes : TAIL_BYTES;
    size_t got = 0;
    TRY(file_read_at(file, chunk->offset + chunk->size_bytes - size, tail, (size_t)size, &got,
                     errors));
    int64_t rest = (int64_t)got;
    while (rest > 0 && tail[rest - 1] == '\0') {
        --rest;
    }
    if (rest < (int64_t)got) {
        adm_repair(repairs, REPAIR_PADDING, "axml", 0);
        chunk->size_bytes -= (int64_t)got - rest;
    }
    return DONE;
}

static Status feed(AdmReader *reader, const OpenFile *file, SoundChunk chunk) {
    int64_t done = 0;
    while (done < chunk.size_bytes) {
        const int64_t rest = chunk.size_bytes - done;
        const int size = rest < PIECE_BYTES ? (int)rest : PIECE_BYTES;
        void *const buffer = XML_GetBuffer(reader->parser, size);
        size_t got = 0;
        if (!buffer) {
            return fail(reader->errors, E515, NO_PLACE, "not enough memory to read axml");
        }
        TRY(file_read_at(file, chunk.offset + done, buffer, (size_t)size, &got, reader->errors));
        if (got < (size_t)size) {
            return fail(reader->errors, E413, file->place,
                        "`%s` is cut short: inside its axml chunk", file->path);
        }
        done += size;
        const bool is_last = done == chunk.size_bytes;
        if (XML_ParseBuffer(reader->parser, size, is_last) != XML_STATUS_OK) {
            return reader->status != DONE ? reader->status : fail_xml(reader);
        }
    }
    return DONE;
}

static Status
read_text(AdmReader *reader, const OpenFile *file, SoundChunk chunk, AdmRepairs *repairs) {
    TRY(find_text_end(file, &chunk, repairs, reader->errors));
    TRY(feed(reader, file, chunk));
    if (!reader->has_format) {
        return fail(reader->errors, E440, file->place,
                    "the axml of `%s` has no audioFormatExtended", file->path);
    }
    return block_store_flush(reader->model->blocks, reader->errors);
}

Status adm_read_axml(const OpenFile *file,
                     SoundChunk chunk,
                     AdmModel *model,
                     AdmRepairs *repairs,
                     ErrorList *errors) {
    AdmReader *const reader = arena_alloc(model->arena, sizeof *reader);
    reader->model = model;
    reader->repairs = repairs;
    reader->errors = errors;
    reader->parser = XML_ParserCreate(NULL);
    if (!reader->parser) {
        return fail(errors, E515, NO_PLACE, "not enough memory to read axml");
    }
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_document_type);
    const Status status = read_text(reader, file, chunk, repairs);
    XML_ParserFree(reader->parser);
    return status;
}
