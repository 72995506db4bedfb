#ifndef SPATIAL_ADM_ADM_XML_H
#define SPATIAL_ADM_ADM_XML_H
/* The state of reading axml, shared by the tables of what may stand where. Inside spatial/adm only.
 *
 * A rule says which element may stand in a scope, which attributes it may have, what its own
 * scope is, and who is told about its begin and its end. What no rule knows is an error.
 */
#include <expat.h>

#include "spatial/adm/adm_block_store.h"
#include "spatial/adm/adm_repairs.h"

typedef enum AdmScope {
    SCOPE_OUTSIDE, /* around audioFormatExtended: not looked at */
    SCOPE_FORMAT,
    SCOPE_ELEMENT,
    SCOPE_SCREEN,
    SCOPE_BLOCK,
    SCOPE_ZONES,
    SCOPE_VALUE,  /* text, no elements */
    SCOPE_IGNORED /* does not change what loudspeakers play */
} AdmScope;

enum { XML_MAX_DEPTH = 32, XML_TEXT_BYTES = 2048, XML_MAX_ATTRIBUTES = 24 };

typedef struct AdmReader AdmReader;

typedef struct AdmRule {
    AdmScope scope;
    unsigned kinds; /* SCOPE_ELEMENT: bits of the elements it may stand in */
    const char *name;
    const char *attributes; /* words */
    AdmScope inside;
    Status (*begin)(AdmReader *reader); /* NULL: nothing to do */
    Status (*end)(AdmReader *reader);
} AdmRule;

typedef struct AdmRuleTable {
    const AdmRule *rules;
    int count;
} AdmRuleTable;

struct AdmReader {
    AdmModel *model;
    AdmRepairs *repairs;
    ErrorList *errors;
    XML_Parser parser;
    Status status; /* of the first failure */
    bool has_format;
    int depth;
    AdmScope scopes[XML_MAX_DEPTH]; /* scopes[depth]: of what stands here */
    const AdmRule *rules[XML_MAX_DEPTH];
    AdmElement *element; /* the main element around this place */
    AdmBlock block;      /* the block around this place */
    unsigned given;      /* bits of what the block has said already */
    int text_length;
    char text[XML_TEXT_BYTES]; /* of the innermost element, trimmed at its end */
    int attribute_count;       /* of the element that began last */
    const char *attributes[2 * XML_MAX_ATTRIBUTES]; /* name, value, ... in attribute_text */
    char attribute_text[XML_TEXT_BYTES];
};

AdmRuleTable adm_element_rules(void);
AdmRuleTable adm_block_rules(void);
/* Of audioBlockFormat, which stands in the table of elements. */
Status adm_begin_block(AdmReader *reader);
Status adm_end_block(AdmReader *reader);

/* NULL: not given. */
const char *adm_attribute(const AdmReader *reader, const char *name);
Place adm_reader_place(const AdmReader *reader);
/* E440 names the element and what was found. */
Status adm_read_number(AdmReader *reader, const char *text, double *value);
Status adm_read_number_within(
    AdmReader *reader, const char *text, double least, double most, double *value);
Status adm_read_flag(AdmReader *reader, const char *text, bool *flag);
Status adm_read_time(AdmReader *reader, const char *text, Rational *time);
/* gainUnit of the newest attributes: linear or dB. */
Status adm_read_gain(AdmReader *reader, const char *text, double *gain);
/* A time in plain seconds: interpolationLength. */
Status adm_read_seconds(AdmReader *reader, const char *text, Rational *seconds);
Status adm_fail_value(AdmReader *reader, const char *text, const char *wanted);
Status adm_read_normalization(AdmReader *reader, AdmNormalization *normalization);

#endif
