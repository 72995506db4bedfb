#ifndef JOBS_JOB_SCHEMA_H
#define JOBS_JOB_SCHEMA_H
/* The key table: one row a member of the job format. It drives the reader, `nocturne list keys`,
 * `nocturne schema` and did-you-mean.
 *
 * A new key is one row in job_schema.def and its member in JobSpec. `*` in a path stands for an id,
 * `[]` for the entries of a list.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "jobs/job.h"
#include "jobs/value.h"

typedef enum ValueType {
    VALUE_PLANNED,  /* known, refused with E202; planned_type says what it will be */
    VALUE_MAP,      /* its members are rows below it */
    VALUE_TABLE,    /* map keyed by id: rows below it are at `path.*` */
    VALUE_ANY,      /* anything: read elsewhere */
    VALUE_JOB_FILE, /* what the tree is made of: gone before the members are read */
    VALUE_JOB_FILES,
    VALUE_VERSION,
    VALUE_TEXT,
    VALUE_SLUG,
    VALUE_FAMILY,
    VALUE_LANGUAGE,
    VALUE_SHA256,
    VALUE_WHOLE,
    VALUE_ENUM,
    VALUE_BOOL,
    VALUE_RATE,
    VALUE_FRAME_RATE,
    VALUE_START, /* project.start */
    VALUE_TIMECODE,
    VALUE_POINT,
    VALUE_BARS,
    VALUE_METRE,
    VALUE_DURATION,
    VALUE_NUMBER,
    VALUE_GAIN,
    VALUE_LEVEL,
    VALUE_FALL,     /* dB/s */
    VALUE_BIT_RATE, /* bit/s */
    VALUE_FREQUENCY,
    VALUE_SLOPE,
    VALUE_ANGLE,
    VALUE_DISTANCE,
    VALUE_PERCENT,
    VALUE_LOUDNESS,
    VALUE_LOUDNESS_DIFFERENCE,
    VALUE_TRUE_PEAK,
    VALUE_PATH,
    VALUE_FOLDER,
    VALUE_LAYOUT,
    VALUE_STEM,
    VALUE_CUE,
    VALUE_ARC,
    VALUE_ROOM,
    VALUE_TEMPLATE,
    VALUE_PAN,
    VALUE_POINTS,
    VALUE_EXTENT,
    VALUE_PAIR,
    VALUE_TEMPO, /* list of maps: their rows are at `tempo[]`, wherever it stands */
    VALUE_MAPS,  /* list of maps: their rows are at `path[]` */
    VALUE_CURVE,
    VALUE_SPAN,
    VALUE_SELECTOR,
    VALUE_CONDITION, /* a selector of what is on: scenes, cues and lines */
    VALUE_PARAMETER,
    VALUE_AMOUNT, /* in the unit of the parameter that stands beside it */
    VALUE_TAGS,
    VALUE_FILTER,
    VALUE_TRIPLE,
    VALUE_TIMES, /* list of points in time */
    VALUE_WORDS, /* list of words of an enum */
    VALUE_PATHS, /* list of files */
    VALUE_OUTPUTS,
    VALUE_SOFA,
    VALUE_POLICY, /* a path, or what a policy file holds */
    VALUE_TYPE_COUNT
} ValueType;

/* The C type of the member that a value goes to. */
typedef enum StoreKind {
    STORE_NOTHING,
    STORE_TEXT,
    STORE_NUMBER,
    STORE_RATIONAL,
    STORE_DOUBLE,
    STORE_INT,
    STORE_UINT64,
    STORE_TIME,
    STORE_BARS,
    STORE_METRE,
    STORE_BOOL,
    STORE_FLAG, /* of a map: set when it is written */
    STORE_CHOICE,
    STORE_POSITION,
    STORE_EXTENT,
    STORE_SCREEN,
    STORE_FILTER,
    STORE_TRIPLE,
    STORE_TIMES,
    STORE_WORDS,
    STORE_POINTS,
    STORE_TEMPO,
    STORE_OUTPUTS,
    STORE_EQ, /* lists of maps */
    STORE_DRIVES,
    STORE_DECISIONS,
    STORE_AUTOMATIONS,
    STORE_PATHS,
    STORE_TAGS,
    STORE_SELECTOR,
    STORE_SPAN,
    STORE_PARAMETER,
    STORE_CURVE,
    STORE_CLIPS,
    STORE_POLICY,
    STORE_ROOTS, /* from here on: tables */
    STORE_IMPORTS,
    STORE_MARKERS,
    STORE_REELS,
    STORE_SCENES,
    STORE_LINES,
    STORE_CUES,
    STORE_ARCS,
    STORE_RULES,
    STORE_RULE_SENDS,
    STORE_TRIMS,
    STORE_ALTERNATES,
    STORE_PALETTES,
    STORE_TRANSITIONS,
    STORE_LEADS,
    STORE_STEMS,
    STORE_ROOMS,
    STORE_POSITIONS,
    STORE_LAYERS,
    STORE_SENDS,
    STORE_TAKES,
    STORE_LAYOUTS,
    STORE_SPEAKERS,
    STORE_SLOTS,
    STORE_STEM_CODES,
    STORE_DELIVERABLES
} StoreKind;

enum { KEY_OPTIONAL = 0, KEY_REQUIRED = 1, KEY_CORE = 2 };

typedef struct SchemaKey {
    const char *path; /* "layers.*.gain" */
    ValueType type;
    const char *planned_type; /* of a planned key, else NULL */
    const char *fallback; /* read like a written value; in parentheses: words for people; NULL */
    const char *values;   /* "-96 dB … +24 dB", or the words, planned ones behind " / "; NULL */
    const char *meaning;
    const char *errors; /* ids of messages: "E210 E206" */
    int flags;          /* KEY_REQUIRED, KEY_CORE: what a first job needs */
    StoreKind store;
    size_t offset; /* in the struct of the entry that holds the key */
} SchemaKey;

/* In the order of reading: a row stands behind those that it needs. NULL past the end. */
const SchemaKey *job_schema_at(int index);
/* The row of a member; prefix "" for the top. NULL: no such key. */
const SchemaKey *job_schema_find(const char *prefix, const char *member);
/* The row of a path in a job: "layers.vln.gain" is "layers.*.gain". NULL: no such key. */
const SchemaKey *job_schema_for(const char *path);
/* The last part of the path when the row stands directly below prefix, else NULL. */
const char *job_schema_member(const SchemaKey *key, const char *prefix);
/* "gain" */
const char *job_schema_type_name(const SchemaKey *key);
/* The unit of a type that is a number; false for others. */
bool job_schema_quantity(ValueType type, QuantityKind *kind);
/* Words of an enum. The texts live in the arena; noun: "frame rate". */
WordList job_schema_words(const SchemaKey *key, Arena *arena);
/* What an entry of a table is called: "layers" -> "layer". */
const char *job_schema_entry_name(const char *path, Arena *arena);

#endif
