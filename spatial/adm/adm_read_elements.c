/* What the main elements of ADM hold beside blocks: BS.2076-2, 5. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "spatial/adm/adm_xml.h"

#define IN(kind)    (1U << (kind))
#define TYPE        " typeLabel typeDefinition typeLink typeGroup"
#define FORMAT      " formatLabel formatDefinition formatLink"
#define LOUDNESS    "loudnessMethod loudnessRecType loudnessCorrectionType"
#define INTERACTION "onOffInteract gainInteract positionInteract"

/* ---- the elements themselves ---- */

static Status begin_element(AdmReader *reader, AdmKind kind, const char *id_name) {
    char id[ADM_ID_BYTES];
    const char *const text = adm_attribute(reader, id_name);
    const char *const prefix = adm_kind_prefix(kind);
    if (!text) {
        return fail(reader->errors, E440, adm_reader_place(reader), "%s without %s",
                    adm_kind_name(kind), id_name);
    }
    if (!adm_id_spell(text, id) || strncmp(id, prefix, strlen(prefix)) != 0) {
        return adm_fail_value(reader, text, prefix);
    }
    const AdmElement element = {
        .kind = kind, .id = id, .line = adm_reader_place(reader).line, .gain = 1.0};
    return adm_add(reader->model, &element, &reader->element, reader->errors);
}

static Status begin_programme(AdmReader *reader) {
    return begin_element(reader, ADM_PROGRAMME, "audioProgrammeID");
}

static Status begin_content(AdmReader *reader) {
    return begin_element(reader, ADM_CONTENT, "audioContentID");
}

static Status begin_object(AdmReader *reader) {
    TRY(begin_element(reader, ADM_OBJECT, "audioObjectID"));
    AdmElement *const object = reader->element;
    const char *const start = adm_attribute(reader, "start");
    const char *const duration = adm_attribute(reader, "duration");
    const char *const interact = adm_attribute(reader, "interact");
    const char *const name = adm_attribute(reader, "audioObjectName");
    object->name = name ? arena_copy_text(reader->model->arena, name) : NULL;
    if (start) {
        object->has_start = true;
        TRY(adm_read_time(reader, start, &object->start));
    }
    if (duration) {
        object->has_duration = true;
        TRY(adm_read_time(reader, duration, &object->duration));
    }
    if (interact && strcmp(interact, "0") != 0) {
        adm_repair(reader->repairs, NOTE_INTERACTION, object->id, object->line);
    }
    return DONE;
}

static AdmType type_of_label(const char *label) {
    const long type = label ? strtol(label, NULL, 16) : ADM_NO_TYPE;
    return type >= ADM_DIRECT_SPEAKERS && type <= ADM_BINAURAL ? (AdmType)type : ADM_NO_TYPE;
}

static AdmType type_of_definition(const char *definition) {
    for (int type = ADM_DIRECT_SPEAKERS; definition && type <= ADM_BINAURAL; ++type) {
        if (strcmp(definition, adm_type_name((AdmType)type)) == 0) {
            return (AdmType)type;
        }
    }
    return ADM_NO_TYPE;
}

/* typeLabel and typeDefinition: one of them, or both alike. */
static Status read_type(AdmReader *reader) {
    const char *const label = adm_attribute(reader, "typeLabel");
    const char *const definition = adm_attribute(reader, "typeDefinition");
    const AdmType by_label = type_of_label(label);
    const AdmType by_definition = type_of_definition(definition);
    const bool is_known = (!label || by_label) && (!definition || by_definition);
    const bool is_alike = !label || !definition || by_label == by_definition;
    if (!is_known || !is_alike || (!label && !definition)) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "%s has typeLabel `%.20s` and typeDefinition `%.30s`", reader->element->id,
                    label ? label : "", definition ? definition : "");
    }
    reader->element->type = by_label ? by_label : by_definition;
    return DONE;
}

static Status begin_pack(AdmReader *reader) {
    TRY(begin_element(reader, ADM_PACK, "audioPackFormatID"));
    return read_type(reader);
}

static Status begin_channel(AdmReader *reader) {
    TRY(begin_element(reader, ADM_CHANNEL, "audioChannelFormatID"));
    TRY(read_type(reader));
    const char *const name = adm_attribute(reader, "audioChannelFormatName");
    if (name && reader->element->type == ADM_BINAURAL) { /* which ear it is */
        reader->element->name = arena_copy_text(reader->model->arena, name);
    }
    block_store_begin(reader->model->blocks, &reader->element->blocks);
    return DONE;
}

/* formatLabel 0001: PCM, the only kind of samples that chna can point to. */
static Status check_format(AdmReader *reader) {
    const char *const label = adm_attribute(reader, "formatLabel");
    if (label && strtol(label, NULL, 16) != 1) {
        return fail(reader->errors, E443, adm_reader_place(reader),
                    "%s is not of PCM (formatLabel `%.20s`)", reader->element->id, label);
    }
    return DONE;
}

static Status begin_stream(AdmReader *reader) {
    TRY(begin_element(reader, ADM_STREAM, "audioStreamFormatID"));
    return check_format(reader);
}

static Status begin_track(AdmReader *reader) {
    TRY(begin_element(reader, ADM_TRACK, "audioTrackFormatID"));
    return check_format(reader);
}

static Status begin_track_uid(AdmReader *reader) {
    return begin_element(reader, ADM_TRACK_UID, "UID");
}

static Status end_element(AdmReader *reader) {
    reader->element = NULL;
    return DONE;
}

/* ---- references ---- */

static Status refer(AdmReader *reader, AdmKind kind, AdmRole role) {
    char id[ADM_ID_BYTES];
    const char *const prefix = adm_kind_prefix(kind);
    if (!adm_id_spell(reader->text, id) || strncmp(id, prefix, strlen(prefix)) != 0) {
        return adm_fail_value(reader, reader->text, prefix);
    }
    const AdmReference reference = {
        .kind = kind, .role = role, .id = id, .line = adm_reader_place(reader).line};
    adm_refer(reader->model, reader->element, &reference);
    return DONE;
}

static Status refer_content(AdmReader *reader) {
    return refer(reader, ADM_CONTENT, ROLE_PART);
}

static Status refer_object(AdmReader *reader) {
    return refer(reader, ADM_OBJECT, ROLE_PART);
}

static Status refer_complementary(AdmReader *reader) {
    return refer(reader, ADM_OBJECT, ROLE_COMPLEMENTARY);
}

static Status refer_pack(AdmReader *reader) {
    return refer(reader, ADM_PACK, ROLE_PART);
}

static Status refer_matrix(AdmReader *reader) {
    return refer(reader, ADM_PACK, ROLE_MATRIX);
}

static Status refer_channel(AdmReader *reader) {
    return refer(reader, ADM_CHANNEL, ROLE_PART);
}

static Status refer_stream(AdmReader *reader) {
    return refer(reader, ADM_STREAM, ROLE_PART);
}

static Status refer_track(AdmReader *reader) {
    return refer(reader, ADM_TRACK, ROLE_PART);
}

static Status refer_track_uid(AdmReader *reader) {
    if (strcmp(reader->text, "ATU_00000000") == 0) {
        reader->element->silent_count++;
        return DONE;
    }
    return refer(reader, ADM_TRACK_UID, ROLE_PART);
}

static Status refer_value_set(AdmReader *reader) {
    return fail(reader->errors, E443, adm_reader_place(reader),
                "%s chooses an alternativeValueSet: that is not served", reader->element->id);
}

/* ---- values ---- */

static Status end_gain(AdmReader *reader) {
    return adm_read_gain(reader, reader->text, &reader->element->gain);
}

static Status end_mute(AdmReader *reader) {
    return adm_read_flag(reader, reader->text, &reader->element->is_muted);
}

static Status end_offset(AdmReader *reader) {
    static const char *const names[2][3] = {
        {"azimuth", "elevation", "distance"},
        {"X",       "Y",         "Z"       }
    };
    const char *const coordinate = adm_attribute(reader, "coordinate");
    AdmElement *const object = reader->element;
    for (int index = 0; coordinate && index < 6; ++index) {
        const bool is_cartesian = index >= 3;
        if (strcmp(coordinate, names[is_cartesian][index % 3]) != 0) {
            continue;
        }
        if (object->has_offset && object->is_offset_cartesian != is_cartesian) {
            return fail(reader->errors, E440, adm_reader_place(reader),
                        "positionOffset of %s is polar and Cartesian", object->id);
        }
        object->has_offset = true;
        object->is_offset_cartesian = is_cartesian;
        return adm_read_number(reader, reader->text, &object->offset[index % 3]);
    }
    return adm_fail_value(reader, coordinate ? coordinate : "",
                          "azimuth, elevation, distance, X, Y, Z");
}

static Status end_frequency(AdmReader *reader) {
    const char *const type = adm_attribute(reader, "typeDefinition");
    const bool is_low = type && strcmp(type, "lowPass") == 0;
    if (!is_low && !(type && strcmp(type, "highPass") == 0)) {
        return adm_fail_value(reader, type ? type : "", "lowPass or highPass");
    }
    AdmElement *const channel = reader->element;
    return adm_read_number_within(reader, reader->text, 0.0, DBL_MAX,
                                  is_low ? &channel->low_pass_hz : &channel->high_pass_hz);
}

static Status end_normalization(AdmReader *reader) {
    return adm_read_normalization(reader, &reader->element->hoa.normalization);
}

static Status end_reference_distance(AdmReader *reader) {
    return adm_read_number_within(reader, reader->text, 0.0, DBL_MAX,
                                  &reader->element->hoa.reference_distance_m);
}

static Status end_screen_reference(AdmReader *reader) {
    reader->element->hoa.has_screen_reference = true;
    return adm_read_flag(reader, reader->text, &reader->element->hoa.screen_reference);
}

/* ---- screen ---- */

static Status begin_screen(AdmReader *reader) {
    const char *const ratio = adm_attribute(reader, "aspectRatio");
    reader->element->screen = (AdmScreen){
        .aspect_ratio = 1.78, .centre = {0.0, 0.0, 1.0},
             .width = 58.0
    };
    return ratio ? adm_read_number_within(reader, ratio, 1e-3, 1e3,
                                          &reader->element->screen.aspect_ratio)
                 : DONE;
}

static Status end_aspect_ratio(AdmReader *reader) {
    return adm_read_number_within(reader, reader->text, 1e-3, 1e3,
                                  &reader->element->screen.aspect_ratio);
}

static Status end_screen_centre(AdmReader *reader) {
    static const char *const names[2][3] = {
        {"azimuth", "elevation", "distance"},
        {"X",       "Y",         "Z"       }
    };
    AdmScreen *const screen = &reader->element->screen;
    screen->is_cartesian = adm_attribute(reader, "X") != NULL;
    for (int axis = 0; axis < 3; ++axis) {
        const char *const text = adm_attribute(reader, names[screen->is_cartesian][axis]);
        if (text) {
            TRY(adm_read_number(reader, text, &screen->centre[axis]));
        }
    }
    return DONE;
}

static Status end_screen_width(AdmReader *reader) {
    const char *const azimuth = adm_attribute(reader, "azimuth");
    const char *const text = azimuth ? azimuth : adm_attribute(reader, "X");
    if (!text || (azimuth != NULL) == reader->element->screen.is_cartesian) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "the screen is polar and Cartesian, or has no width");
    }
    return adm_read_number_within(reader, text, 0.0, 360.0, &reader->element->screen.width);
}

AdmRuleTable adm_element_rules(void) {
    // clang-format off
    static const AdmRule rules[] = {
        {SCOPE_FORMAT, 0, "audioProgramme", "audioProgrammeID audioProgrammeName audioProgrammeLanguage start end maxDuckingDepth" TYPE, SCOPE_ELEMENT, begin_programme, end_element},
        {SCOPE_FORMAT, 0, "audioContent", "audioContentID audioContentName audioContentLanguage" TYPE, SCOPE_ELEMENT, begin_content, end_element},
        {SCOPE_FORMAT, 0, "audioObject", "audioObjectID audioObjectName start duration dialogue importance interact disableDucking" TYPE, SCOPE_ELEMENT, begin_object, end_element},
        {SCOPE_FORMAT, 0, "audioPackFormat", "audioPackFormatID audioPackFormatName importance" TYPE, SCOPE_ELEMENT, begin_pack, end_element},
        {SCOPE_FORMAT, 0, "audioChannelFormat", "audioChannelFormatID audioChannelFormatName" TYPE, SCOPE_ELEMENT, begin_channel, end_element},
        {SCOPE_FORMAT, 0, "audioStreamFormat", "audioStreamFormatID audioStreamFormatName" FORMAT, SCOPE_ELEMENT, begin_stream, end_element},
        {SCOPE_FORMAT, 0, "audioTrackFormat", "audioTrackFormatID audioTrackFormatName" FORMAT, SCOPE_ELEMENT, begin_track, end_element},
        {SCOPE_FORMAT, 0, "audioTrackUID", "UID sampleRate bitDepth" TYPE, SCOPE_ELEMENT, begin_track_uid, end_element},
        {SCOPE_FORMAT, 0, "profileList", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_FORMAT, 0, "tagList", "", SCOPE_IGNORED, NULL, NULL},

        {SCOPE_ELEMENT, IN(ADM_PROGRAMME), "audioContentIDRef", "", SCOPE_VALUE, NULL, refer_content},
        {SCOPE_ELEMENT, IN(ADM_PROGRAMME), "audioProgrammeReferenceScreen", "aspectRatio", SCOPE_SCREEN, begin_screen, NULL},
        {SCOPE_ELEMENT, IN(ADM_PROGRAMME), "audioProgrammeLabel", "language", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_PROGRAMME), "authoringInformation", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_PROGRAMME) | IN(ADM_CONTENT), "loudnessMetadata", LOUDNESS, SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_PROGRAMME) | IN(ADM_CONTENT), "alternativeValueSetIDRef", "", SCOPE_VALUE, NULL, refer_value_set},
        {SCOPE_ELEMENT, IN(ADM_CONTENT), "audioContentLabel", "language", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_CONTENT), "dialogue", "nonDialogueContentKind dialogueContentKind mixedContentKind", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_CONTENT) | IN(ADM_OBJECT), "audioObjectIDRef", "", SCOPE_VALUE, NULL, refer_object},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "audioComplementaryObjectIDRef", "", SCOPE_VALUE, NULL, refer_complementary},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "audioComplementaryObjectGroupLabel", "language", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "audioTrackUIDRef", "", SCOPE_VALUE, NULL, refer_track_uid},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "audioObjectLabel", "language", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "audioObjectInteraction", INTERACTION, SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "alternativeValueSet", "alternativeValueSetID", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "gain", "gainUnit", SCOPE_VALUE, NULL, end_gain},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "mute", "", SCOPE_VALUE, NULL, end_mute},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "positionOffset", "coordinate", SCOPE_VALUE, NULL, end_offset},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "headLocked", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT), "headphoneVirtualise", "bypass DRR", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_OBJECT) | IN(ADM_PACK) | IN(ADM_STREAM) | IN(ADM_TRACK_UID), "audioPackFormatIDRef", "", SCOPE_VALUE, NULL, refer_pack},
        {SCOPE_ELEMENT, IN(ADM_PACK) | IN(ADM_STREAM) | IN(ADM_TRACK_UID), "audioChannelFormatIDRef", "", SCOPE_VALUE, NULL, refer_channel},
        {SCOPE_ELEMENT, IN(ADM_PACK), "encodePackFormatIDRef", "", SCOPE_VALUE, NULL, refer_matrix},
        {SCOPE_ELEMENT, IN(ADM_PACK), "decodePackFormatIDRef", "", SCOPE_VALUE, NULL, refer_matrix},
        {SCOPE_ELEMENT, IN(ADM_PACK), "inputPackFormatIDRef", "", SCOPE_VALUE, NULL, refer_matrix},
        {SCOPE_ELEMENT, IN(ADM_PACK), "outputPackFormatIDRef", "", SCOPE_VALUE, NULL, refer_matrix},
        {SCOPE_ELEMENT, IN(ADM_PACK), "absoluteDistance", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_PACK), "normalization", "", SCOPE_VALUE, NULL, end_normalization},
        {SCOPE_ELEMENT, IN(ADM_PACK), "nfcRefDist", "", SCOPE_VALUE, NULL, end_reference_distance},
        {SCOPE_ELEMENT, IN(ADM_PACK), "screenRef", "", SCOPE_VALUE, NULL, end_screen_reference},
        {SCOPE_ELEMENT, IN(ADM_CHANNEL), "frequency", "typeDefinition", SCOPE_VALUE, NULL, end_frequency},
        {SCOPE_ELEMENT, IN(ADM_STREAM) | IN(ADM_TRACK_UID), "audioTrackFormatIDRef", "", SCOPE_VALUE, NULL, refer_track},
        {SCOPE_ELEMENT, IN(ADM_TRACK), "audioStreamFormatIDRef", "", SCOPE_VALUE, NULL, refer_stream},
        {SCOPE_ELEMENT, IN(ADM_TRACK_UID), "audioMXFLookUp", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ELEMENT, IN(ADM_CHANNEL), "audioBlockFormat", "audioBlockFormatID rtime duration initializeBlock", SCOPE_BLOCK, adm_begin_block, adm_end_block},

        {SCOPE_SCREEN, 0, "aspectRatio", "", SCOPE_VALUE, NULL, end_aspect_ratio},
        {SCOPE_SCREEN, 0, "screenCentrePosition", "azimuth elevation distance X Y Z", SCOPE_VALUE, NULL, end_screen_centre},
        {SCOPE_SCREEN, 0, "screenWidth", "azimuth X", SCOPE_VALUE, NULL, end_screen_width},
    };
    // clang-format on
    return (AdmRuleTable){rules, sizeof rules / sizeof *rules};
}
