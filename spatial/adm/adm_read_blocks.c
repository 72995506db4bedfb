/* What an audioBlockFormat holds: BS.2076-2, 5.4. */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "spatial/adm/adm_xml.h"

/* What a block says at most once; behind them a bit for each bound of each coordinate. */
enum {
    GIVEN_GAIN = 1,
    GIVEN_WIDTH = 2,
    GIVEN_HEIGHT = 4,
    GIVEN_DEPTH = 8,
    GIVEN_DIFFUSE = 16,
    GIVEN_DIVERGENCE = 32,
    GIVEN_LOCK = 64,
    GIVEN_JUMP = 128,
    GIVEN_CARTESIAN = 256,
    GIVEN_POLAR_PLACE = 512,
    GIVEN_CUBE_PLACE = 1024,
    FIRST_BOUND = 2048,
    BOUND_COUNT = 3 /* value, min, max */
};

static Status only_once(AdmReader *reader, unsigned bit) {
    if (reader->given & bit) {
        return fail(reader->errors, E440, adm_reader_place(reader), "%s stands twice in one block",
                    reader->rules[reader->depth]->name);
    }
    reader->given |= bit;
    return DONE;
}

Status adm_begin_block(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const char *const rtime = adm_attribute(reader, "rtime");
    const char *const duration = adm_attribute(reader, "duration");
    memset(facts, 0, sizeof *facts);
    reader->given = 0;
    facts->line = adm_reader_place(reader).line;
    facts->number = (int32_t)(reader->element->blocks.count + 1);
    facts->gain = 1.0;
    facts->rtime = facts->duration = facts->interpolation = (Rational){0, 1};
    if (rtime) {
        facts->has_rtime = true;
        TRY(adm_read_time(reader, rtime, &facts->rtime));
    }
    if (duration) {
        facts->has_duration = true;
        TRY(adm_read_time(reader, duration, &facts->duration));
    }
    return DONE;
}

static bool is_given(const AdmReader *reader, int axis, int bound) {
    return reader->given & ((unsigned)FIRST_BOUND << (BOUND_COUNT * axis + bound));
}

/* A coordinate without bounds has all three alike; distance is 1 where it is not given. */
static void finish_place(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    for (int axis = 0; axis < 3; ++axis) {
        BoundedValue *const place = &facts->place[axis];
        if (!is_given(reader, axis, 0)) {
            place->value = axis == 2 && !facts->is_cartesian ? 1.0 : 0.0;
        }
        place->least = is_given(reader, axis, 1) ? place->least : place->value;
        place->most = is_given(reader, axis, 2) ? place->most : place->value;
    }
}

static Status check_place(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const bool has_two = is_given(reader, 0, 0) && is_given(reader, 1, 0);
    const AdmElement *const channel = reader->element;
    if (!has_two) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "block %d of %s has no position: azimuth and elevation, or X and Y",
                    facts->number, channel->id);
    }
    facts->has_position = true;
    facts->is_cartesian = reader->given & GIVEN_CUBE_PLACE;
    const bool says_cartesian = facts->has_cartesian_flag && facts->cartesian_flag;
    if (says_cartesian != facts->is_cartesian && channel->type == ADM_OBJECTS) {
        adm_repair(reader->repairs, REPAIR_CARTESIAN, channel->id, facts->line);
    }
    finish_place(reader);
    return DONE;
}

static Status check_harmonic(AdmReader *reader) {
    const AdmBlockFacts *const facts = &reader->block.facts;
    if (!facts->has_order || !facts->has_degree) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "block %d of %s lacks order or degree", facts->number, reader->element->id);
    }
    if (abs(facts->degree) > facts->order) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "block %d of %s: degree %d of order %d", facts->number, reader->element->id,
                    facts->degree, facts->order);
    }
    return DONE;
}

Status adm_end_block(AdmReader *reader) {
    const AdmType type = reader->element->type;
    if (type == ADM_OBJECTS || type == ADM_DIRECT_SPEAKERS) {
        TRY(check_place(reader));
    }
    if (type == ADM_HOA) {
        TRY(check_harmonic(reader));
    }
    return block_store_put(reader->model->blocks, &reader->block, reader->errors);
}

/* ---- place ---- */

static Status read_edge(AdmReader *reader, int axis, int bound) {
    static const char *const names[3][2] = {
        {"left", "right" },
        {"",     ""      },
        {"top",  "bottom"}
    };
    const char *const edge = adm_attribute(reader, "screenEdgeLock");
    AdmBlockFacts *const facts = &reader->block.facts;
    /* elevation is the second polar coordinate, Z the third Cartesian one */
    const int row = axis == 1 && !(reader->given & GIVEN_CUBE_PLACE) ? 2 : axis;
    ScreenEdge *const target = row == 0 ? &facts->horizontal_edge : &facts->vertical_edge;
    if (!edge) {
        return DONE;
    }
    for (int end = 0; end < 2 && bound == 0; ++end) {
        if (*edge && strcmp(edge, names[row][end]) == 0) {
            *target = end == 0 ? SCREEN_LEFT_OR_TOP : SCREEN_RIGHT_OR_BOTTOM;
            return DONE;
        }
    }
    return adm_fail_value(reader, edge,
                          "left or right of azimuth and X, top or bottom of elevation and Z");
}

static int index_of(const char *text, const char *const *names, int count) {
    for (int index = 0; text && index < count; ++index) {
        if (strcmp(text, names[index]) == 0) {
            return index;
        }
    }
    return -1;
}

static Status end_position(AdmReader *reader) {
    static const char *const names[] = {"azimuth", "elevation", "distance", "X", "Y", "Z"};
    static const char *const bounds[BOUND_COUNT] = {"value", "min", "max"};
    static const double limits[3][2] = {
        {-180.0, 180.0  },
        {-90.0,  90.0   },
        {0.0,    DBL_MAX}
    };
    const char *const coordinate = adm_attribute(reader, "coordinate");
    const char *const bound_text = adm_attribute(reader, "bound");
    const int index = index_of(coordinate, names, 6);
    const int bound = bound_text ? index_of(bound_text, bounds, BOUND_COUNT) : 0;
    if (index < 0 || bound < 0) {
        return adm_fail_value(
            reader, index < 0 ? (coordinate ? coordinate : "") : bound_text,
            "a coordinate azimuth, elevation, distance, X, Y or Z, and a bound min or max");
    }
    const bool is_cartesian = index >= 3;
    const int axis = index % 3;
    const unsigned other = is_cartesian ? GIVEN_POLAR_PLACE : GIVEN_CUBE_PLACE;
    if (reader->given & other) {
        return fail(reader->errors, E440, adm_reader_place(reader),
                    "block %d of %s is polar and Cartesian", reader->block.facts.number,
                    reader->element->id);
    }
    reader->given |= is_cartesian ? GIVEN_CUBE_PLACE : GIVEN_POLAR_PLACE;
    TRY(only_once(reader, (unsigned)FIRST_BOUND << (BOUND_COUNT * axis + bound)));
    BoundedValue *const place = &reader->block.facts.place[axis];
    double *const values[BOUND_COUNT] = {&place->value, &place->least, &place->most};
    TRY(read_edge(reader, axis, bound));
    return is_cartesian ? adm_read_number(reader, reader->text, values[bound])
                        : adm_read_number_within(reader, reader->text, limits[axis][0],
                                                 limits[axis][1], values[bound]);
}

static Status end_cartesian(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_CARTESIAN));
    reader->block.facts.has_cartesian_flag = true;
    return adm_read_flag(reader, reader->text, &reader->block.facts.cartesian_flag);
}

/* ---- the rest of objects ---- */

static Status end_gain(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_GAIN));
    return adm_read_gain(reader, reader->text, &reader->block.facts.gain);
}

static Status end_width(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_WIDTH));
    return adm_read_number_within(reader, reader->text, 0.0, 360.0, &reader->block.facts.width);
}

static Status end_height(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_HEIGHT));
    return adm_read_number_within(reader, reader->text, 0.0, 360.0, &reader->block.facts.height);
}

static Status end_depth(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_DEPTH));
    return adm_read_number_within(reader, reader->text, 0.0, 360.0, &reader->block.facts.depth);
}

static Status end_diffuse(AdmReader *reader) {
    TRY(only_once(reader, GIVEN_DIFFUSE));
    return adm_read_number_within(reader, reader->text, 0.0, 1.0, &reader->block.facts.diffuse);
}

static Status end_divergence(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const char *const azimuth = adm_attribute(reader, "azimuthRange");
    const char *const position = adm_attribute(reader, "positionRange");
    TRY(only_once(reader, GIVEN_DIVERGENCE));
    /* the default range became 0 with BS.2076-2 */
    facts->azimuth_range_deg = reader->model->version >= 2 ? 0.0 : 45.0;
    if (azimuth) {
        TRY(adm_read_number_within(reader, azimuth, 0.0, 180.0, &facts->azimuth_range_deg));
    }
    if (position) {
        TRY(adm_read_number_within(reader, position, 0.0, 2.0, &facts->position_range));
    }
    return adm_read_number_within(reader, reader->text, 0.0, 1.0, &facts->divergence);
}

static Status end_lock(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const char *const distance = adm_attribute(reader, "maxDistance");
    TRY(only_once(reader, GIVEN_LOCK));
    if (distance) {
        facts->has_lock_distance = true;
        TRY(adm_read_number_within(reader, distance, 0.0, DBL_MAX, &facts->lock_distance));
    }
    return adm_read_flag(reader, reader->text, &facts->is_locked);
}

static Status end_jump(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const char *const length = adm_attribute(reader, "interpolationLength");
    TRY(only_once(reader, GIVEN_JUMP));
    if (length) {
        facts->has_interpolation = true;
        TRY(adm_read_seconds(reader, length, &facts->interpolation));
    }
    return adm_read_flag(reader, reader->text, &facts->jumps);
}

static Status end_screen_reference(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    facts->hoa.has_screen_reference = true;
    TRY(adm_read_flag(reader, reader->text, &facts->refers_to_screen));
    facts->hoa.screen_reference = facts->refers_to_screen;
    return DONE;
}

/* A zone has all attributes of one kind and none of the other. */
static Status begin_zone(AdmReader *reader) {
    static const char *const names[2][6] = {
        {"minAzimuth", "maxAzimuth", "minElevation", "maxElevation", NULL,   NULL  },
        {"minX",       "maxX",       "minY",         "maxY",         "minZ", "maxZ"}
    };
    AdmBlockFacts *const facts = &reader->block.facts;
    if (facts->zone_count == ADM_BLOCK_ZONES) {
        return fail(reader->errors, E443, adm_reader_place(reader), "more than %d zones in a block",
                    ADM_BLOCK_ZONES);
    }
    ExclusionZone *const zone = &reader->block.zones[facts->zone_count++];
    *zone = (ExclusionZone){.is_cartesian = adm_attribute(reader, "minX") != NULL};
    double *const targets[2][6] = {
        {&zone->azimuth_min_deg, &zone->azimuth_max_deg, &zone->elevation_min_deg,
         &zone->elevation_max_deg,                                                               NULL,         NULL        },
        {&zone->x_min,           &zone->x_max,           &zone->y_min,             &zone->y_max, &zone->z_min, &zone->z_max}
    };
    const int kind = zone->is_cartesian;
    if (reader->attribute_count != (kind ? 6 : 4)) {
        return fail(
            reader->errors, E440, adm_reader_place(reader),
            "a zone has minAzimuth, maxAzimuth, minElevation and maxElevation, or minX .. maxZ");
    }
    for (int index = 0; index < reader->attribute_count; ++index) {
        const char *const text = adm_attribute(reader, names[kind][index]);
        if (!text) {
            return fail(reader->errors, E440, adm_reader_place(reader), "a zone without %s",
                        names[kind][index]);
        }
        TRY(adm_read_number(reader, text, targets[kind][index]));
    }
    return DONE;
}

/* ---- loudspeakers, harmonics ---- */

static Status end_label(AdmReader *reader) {
    AdmBlockFacts *const facts = &reader->block.facts;
    const int size = reader->text_length + 1;
    if (facts->label_count == ADM_BLOCK_LABELS || facts->label_bytes + size > ADM_LABEL_BYTES) {
        return fail(reader->errors, E443, adm_reader_place(reader),
                    "more than %d speakerLabels in a block", ADM_BLOCK_LABELS);
    }
    memcpy(reader->block.labels + facts->label_bytes, reader->text, (size_t)size);
    facts->label_bytes += size;
    facts->label_count++;
    if (strncmp(reader->text, "RC_", 3) == 0) {
        adm_repair(reader->repairs, REPAIR_ROOM_LABEL, reader->element->id, facts->line);
    }
    return DONE;
}

static Status read_whole(AdmReader *reader, int least, int32_t *value) {
    double number = 0.0;
    TRY(adm_read_number_within(reader, reader->text, least, 100.0, &number));
    *value = (int32_t)number;
    return (double)*value == number ? DONE : adm_fail_value(reader, reader->text, "a whole number");
}

static Status end_order(AdmReader *reader) {
    reader->block.facts.has_order = true;
    return read_whole(reader, 0, &reader->block.facts.order);
}

static Status end_degree(AdmReader *reader) {
    reader->block.facts.has_degree = true;
    return read_whole(reader, -100, &reader->block.facts.degree);
}

static Status end_normalization(AdmReader *reader) {
    return adm_read_normalization(reader, &reader->block.facts.hoa.normalization);
}

static Status end_reference_distance(AdmReader *reader) {
    return adm_read_number_within(reader, reader->text, 0.0, DBL_MAX,
                                  &reader->block.facts.hoa.reference_distance_m);
}

static Status end_equation(AdmReader *reader) {
    return fail(
        reader->errors, E443, adm_reader_place(reader),
        "block %d of %s has an equation, which overrides order and degree and has no format",
        reader->block.facts.number, reader->element->id);
}

AdmRuleTable adm_block_rules(void) {
    /* the ones that every block of a moving object has come first */
    // clang-format off
    static const AdmRule rules[] = {
        {SCOPE_BLOCK, 0, "position", "coordinate bound screenEdgeLock", SCOPE_VALUE, NULL, end_position},
        {SCOPE_BLOCK, 0, "cartesian", "", SCOPE_VALUE, NULL, end_cartesian},
        {SCOPE_BLOCK, 0, "jumpPosition", "interpolationLength", SCOPE_VALUE, NULL, end_jump},
        {SCOPE_BLOCK, 0, "gain", "gainUnit", SCOPE_VALUE, NULL, end_gain},
        {SCOPE_BLOCK, 0, "width", "", SCOPE_VALUE, NULL, end_width},
        {SCOPE_BLOCK, 0, "height", "", SCOPE_VALUE, NULL, end_height},
        {SCOPE_BLOCK, 0, "depth", "", SCOPE_VALUE, NULL, end_depth},
        {SCOPE_BLOCK, 0, "diffuse", "", SCOPE_VALUE, NULL, end_diffuse},
        {SCOPE_BLOCK, 0, "importance", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_BLOCK, 0, "channelLock", "maxDistance", SCOPE_VALUE, NULL, end_lock},
        {SCOPE_BLOCK, 0, "objectDivergence", "azimuthRange positionRange", SCOPE_VALUE, NULL, end_divergence},
        {SCOPE_BLOCK, 0, "zoneExclusion", "", SCOPE_ZONES, NULL, NULL},
        {SCOPE_BLOCK, 0, "screenRef", "", SCOPE_VALUE, NULL, end_screen_reference},
        {SCOPE_BLOCK, 0, "headLocked", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_BLOCK, 0, "headphoneVirtualise", "bypass DRR", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_BLOCK, 0, "speakerLabel", "", SCOPE_VALUE, NULL, end_label},
        {SCOPE_BLOCK, 0, "order", "", SCOPE_VALUE, NULL, end_order},
        {SCOPE_BLOCK, 0, "degree", "", SCOPE_VALUE, NULL, end_degree},
        {SCOPE_BLOCK, 0, "normalization", "", SCOPE_VALUE, NULL, end_normalization},
        {SCOPE_BLOCK, 0, "nfcRefDist", "", SCOPE_VALUE, NULL, end_reference_distance},
        {SCOPE_BLOCK, 0, "equation", "", SCOPE_VALUE, NULL, end_equation},
        /* matrices are refused when they are to be rendered */
        {SCOPE_BLOCK, 0, "matrix", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_BLOCK, 0, "outputChannelFormatIDRef", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_BLOCK, 0, "outputChannelIDRef", "", SCOPE_IGNORED, NULL, NULL},
        {SCOPE_ZONES, 0, "zone", "minAzimuth maxAzimuth minElevation maxElevation minX maxX minY maxY minZ maxZ", SCOPE_VALUE, begin_zone, NULL},
    };
    // clang-format on
    return (AdmRuleTable){rules, sizeof rules / sizeof *rules};
}
