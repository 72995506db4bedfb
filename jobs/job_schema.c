/* The key table: one row a member of the job format, for reader, lists, schema and did-you-mean. */
#include "jobs/job_schema.h"

#include <string.h>

#define STORE_OF(member)                                                                           \
    _Generic((member),                                                                             \
        JobText: STORE_TEXT,                                                                       \
        JobNumber: STORE_NUMBER,                                                                   \
        double: STORE_DOUBLE,                                                                      \
        JobTimes: STORE_TIMES,                                                                     \
        JobWords: STORE_WORDS,                                                                     \
        JobImport *: STORE_IMPORTS,                                                                \
        JobTriple: STORE_TRIPLE,                                                                   \
        int: STORE_INT,                                                                            \
        uint64_t: STORE_UINT64,                                                                    \
        JobRational: STORE_RATIONAL,                                                               \
        JobTime: STORE_TIME,                                                                       \
        JobBars: STORE_BARS,                                                                       \
        JobMetre: STORE_METRE,                                                                     \
        JobTempo: STORE_TEMPO,                                                                       \
        JobBool: STORE_BOOL,                                                                       \
        bool: STORE_FLAG,                                                                          \
        JobChoice: STORE_CHOICE,                                                                   \
        JobPosition: STORE_POSITION,                                                               \
        JobExtent: STORE_EXTENT,                                                                   \
        JobScreen: STORE_SCREEN,                                                                   \
        JobFilter: STORE_FILTER,                                                                   \
        JobPathPoint *: STORE_POINTS,                                                              \
        JobOutput *: STORE_OUTPUTS,                                                                \
        JobClip *: STORE_CLIPS,                                                                    \
        JobTake *: STORE_TAKES,                                                                    \
        JobEqBand *: STORE_EQ,                                                                     \
        JobPaths: STORE_PATHS,                                                                     \
        JobTags: STORE_TAGS,                                                                       \
        JobSelector: STORE_SELECTOR,                                                               \
        JobSpan: STORE_SPAN,                                                                       \
        JobPolicy: STORE_POLICY,                                                                       \
        JobParameter: STORE_PARAMETER,                                                             \
        JobCurve: STORE_CURVE,                                                                     \
        JobDrive *: STORE_DRIVES,                                                                   \
        JobAutomation *: STORE_AUTOMATIONS,                                                         \
        JobArc *: STORE_ARCS,                                                                  \
        JobRule *: STORE_RULES, \
        JobRuleSend *: STORE_RULE_SENDS, \
        JobTrim *: STORE_TRIMS, \
        JobRoot *: STORE_ROOTS,                                                                    \
        JobMarker *: STORE_MARKERS,                                                                \
        JobReel *: STORE_REELS,                                                                    \
        JobScene *: STORE_SCENES,                                                                  \
        JobLine *: STORE_LINES,                                                                    \
        JobCue *: STORE_CUES,                                                                \
        JobAlternate *: STORE_ALTERNATES, \
        JobDecision *: STORE_DECISIONS,                                                            \
        JobLead *: STORE_LEADS,                                                                    \
        JobTransition *: STORE_TRANSITIONS,                                                        \
        JobPalette *: STORE_PALETTES,                                                              \
        JobStem *: STORE_STEMS,                                                                    \
        JobRoom *: STORE_ROOMS,                                                                    \
        JobNamedPosition *: STORE_POSITIONS,                                                       \
        JobLayer *: STORE_LAYERS,                                                                  \
        JobSlotStem *: STORE_SLOTS,                                                                \
        JobStemCode *: STORE_STEM_CODES,                                                           \
        JobSend *: STORE_SENDS,                                                                    \
        JobLayout *: STORE_LAYOUTS,                                                                \
        JobSpeaker *: STORE_SPEAKERS,                                                              \
        JobDeliverable *: STORE_DELIVERABLES)
#define AT(type, member) STORE_OF(((type *)NULL)->member), offsetof(type, member)
#define NOWHERE          STORE_NOTHING, 0

static const SchemaKey keys[] = {
#define SERVED(path, type, fallback, values, meaning, errors, flags, ...)                          \
    {path, VALUE_##type, NULL, fallback, values, meaning, errors, flags, __VA_ARGS__},
#define PLANNED(path, type, fallback, values, meaning)                                             \
    {path, VALUE_PLANNED, type, fallback, values, meaning, "E202", KEY_OPTIONAL, NOWHERE},
#include "jobs/job_schema.def"
#undef SERVED
#undef PLANNED
};

static const char *const type_names[VALUE_TYPE_COUNT] = {
    [VALUE_MAP] = "map",
    [VALUE_TABLE] = "map by id",
    [VALUE_ANY] = "map",
    [VALUE_JOB_FILE] = "path",
    [VALUE_JOB_FILES] = "list path",
    [VALUE_VERSION] = "int",
    [VALUE_TEXT] = "text",
    [VALUE_SLUG] = "slug",
    [VALUE_FAMILY] = "slug",
    [VALUE_LANGUAGE] = "text",
    [VALUE_SHA256] = "text",
    [VALUE_WHOLE] = "int",
    [VALUE_ENUM] = "enum",
    [VALUE_BOOL] = "bool",
    [VALUE_RATE] = "freq",
    [VALUE_FRAME_RATE] = "enum",
    [VALUE_START] = "tc",
    [VALUE_TIMECODE] = "tc",
    [VALUE_POINT] = "time",
    [VALUE_BARS] = "bars",
    [VALUE_METRE] = "metre",
    [VALUE_DURATION] = "dur",
    [VALUE_NUMBER] = "number",
    [VALUE_GAIN] = "gain",
    [VALUE_LEVEL] = "gain",
    [VALUE_FREQUENCY] = "freq",
    [VALUE_SLOPE] = "slope",
    [VALUE_ANGLE] = "angle",
    [VALUE_DISTANCE] = "dist",
    [VALUE_PERCENT] = "pct",
    [VALUE_LOUDNESS] = "lufs",
    [VALUE_LOUDNESS_DIFFERENCE] = "lu",
    [VALUE_TRUE_PEAK] = "dbtp",
    [VALUE_PATH] = "path",
    [VALUE_FOLDER] = "path",
    [VALUE_LAYOUT] = "layout",
    [VALUE_STEM] = "ref stems",
    [VALUE_CUE] = "ref cues",
    [VALUE_ARC] = "ref arcs",
    [VALUE_ROOM] = "ref rooms",
    [VALUE_FALL] = "slope",
    [VALUE_BIT_RATE] = "bitrate",
    [VALUE_CURVE] = "list pair",
    [VALUE_SPAN] = "span",
    [VALUE_SELECTOR] = "selector",
    [VALUE_CONDITION] = "condition",
    [VALUE_PARAMETER] = "parameter",
    [VALUE_AMOUNT] = "value",
    [VALUE_TAGS] = "list slug",
    [VALUE_TEMPLATE] = "template",
    [VALUE_PAN] = "pan",
    [VALUE_POINTS] = "list pair",
    [VALUE_EXTENT] = "angle",
    [VALUE_PAIR] = "list number",
    [VALUE_TEMPO] = "list map",
    [VALUE_MAPS] = "list map",
    [VALUE_FILTER] = "filter",
    [VALUE_TRIPLE] = "list dist",
    [VALUE_TIMES] = "list time",
    [VALUE_WORDS] = "list enum",
    [VALUE_PATHS] = "list path",
    [VALUE_OUTPUTS] = "list text",
    [VALUE_SOFA] = "path",
    [VALUE_POLICY] = "policy",
};

const SchemaKey *job_schema_at(int index) {
    const int count = (int)(sizeof keys / sizeof *keys);
    return index >= 0 && index < count ? &keys[index] : NULL;
}

const char *job_schema_member(const SchemaKey *key, const char *prefix) {
    const size_t length = strlen(prefix);
    if (strncmp(key->path, prefix, length) != 0) {
        return NULL;
    }
    const char *member = key->path + length;
    if (length > 0 && *member++ != '.') {
        return NULL;
    }
    return *member && !strpbrk(member, ".[") ? member : NULL;
}

const SchemaKey *job_schema_find(const char *prefix, const char *member) {
    for (int index = 0; job_schema_at(index); index++) {
        const char *name = job_schema_member(&keys[index], prefix);
        if (name && strcmp(name, member) == 0) {
            return &keys[index];
        }
    }
    return NULL;
}

/* One part of a path in a job against one of a row: `*` stands for any id, `[]` for an index. */
static bool part_matches(const char **path, const char **row) {
    const size_t length = strcspn(*path, ".[]");
    const size_t row_length = strcspn(*row, ".[]");
    const bool is_any = row_length == 1 && **row == '*';
    const bool is_same = is_any || (length == row_length && strncmp(*path, *row, length) == 0);
    *path += length + strspn(*path + length, ".[]");
    *row += row_length;
    if (strncmp(*row, "[]", 2) == 0 && **path) { /* the index of an entry */
        const size_t digits = strspn(*path, "0123456789");
        *path += digits;
        *path += strspn(*path, ".[]");
    }
    *row += strspn(*row, ".[]");
    return is_same;
}

const SchemaKey *job_schema_for(const char *path) {
    for (int index = 0; job_schema_at(index); index++) {
        const char *rest = path;
        const char *row = keys[index].path;
        bool is_same = true;
        while (is_same && *rest && *row) {
            is_same = part_matches(&rest, &row);
        }
        if (is_same && !*rest && !*row) {
            return &keys[index];
        }
    }
    return NULL;
}

const char *job_schema_type_name(const SchemaKey *key) {
    return key->planned_type ? key->planned_type : type_names[key->type];
}

bool job_schema_quantity(ValueType type, QuantityKind *kind) {
    static const struct {
        ValueType type;
        QuantityKind kind;
    } pairs[] = {
        {VALUE_RATE,                QUANTITY_FREQUENCY          },
        {VALUE_DURATION,            QUANTITY_DURATION           },
        {VALUE_GAIN,                QUANTITY_GAIN               },
        {VALUE_LEVEL,               QUANTITY_LEVEL              },
        {VALUE_FREQUENCY,           QUANTITY_FREQUENCY          },
        {VALUE_FILTER,              QUANTITY_FREQUENCY          },
        {VALUE_SLOPE,               QUANTITY_SLOPE              },
        {VALUE_FALL,                QUANTITY_FALL               },
        {VALUE_BIT_RATE,            QUANTITY_BIT_RATE           },
        {VALUE_ANGLE,               QUANTITY_ANGLE              },
        {VALUE_DISTANCE,            QUANTITY_DISTANCE           },
        {VALUE_TRIPLE,              QUANTITY_DISTANCE           },
        {VALUE_PERCENT,             QUANTITY_PERCENT            },
        {VALUE_LOUDNESS,            QUANTITY_LOUDNESS           },
        {VALUE_LOUDNESS_DIFFERENCE, QUANTITY_LOUDNESS_DIFFERENCE},
        {VALUE_TRUE_PEAK,           QUANTITY_TRUE_PEAK          },
        {VALUE_WHOLE,               QUANTITY_NUMBER             },
        {VALUE_NUMBER,              QUANTITY_NUMBER             },
    };
    for (size_t pair = 0; pair < sizeof pairs / sizeof *pairs; pair++) {
        if (pairs[pair].type == type) {
            *kind = pairs[pair].kind;
            return true;
        }
    }
    return false;
}

WordList job_schema_words(const SchemaKey *key, Arena *arena) {
    static const char divider[] = " / ";
    const char *name = strrchr(key->path, '.');
    char *noun = arena_copy_text(arena, name ? name + 1 : key->path);
    for (char *gap = strchr(noun, '_'); gap; gap = strchr(gap, '_')) {
        *gap = ' ';
    }
    const char *end = strstr(key->values, divider);
    if (!end) {
        return (WordList){.noun = noun, .words = key->values};
    }
    return (WordList){
        .noun = noun,
        .words = arena_copy_bytes(arena, key->values, (size_t)(end - key->values)),
        .planned = end + strlen(divider),
    };
}

const char *job_schema_entry_name(const char *path, Arena *arena) {
    const char *last = strrchr(path, '.');
    const char *table = last ? last + 1 : path;
    const size_t length = strlen(table);
    const bool is_plural = length > 1 && table[length - 1] == 's';
    return arena_copy_bytes(arena, table, is_plural ? length - 1 : length);
}
