#ifndef JOBS_NAME_TEMPLATE_H
#define JOBS_NAME_TEMPLATE_H
/* File names of deliverables: `$code_$reel_$cut_$deliverable_$stem`.
 *
 * A wildcard is `$` and letters, so `_` ends it. One that is empty vanishes with one `_`, `-` or
 * `/` in front of it.
 */
#include "jobs/node.h"
#include "render/base/arena.h"
#include "render/base/error.h"

typedef enum NameWildcard {
    WILDCARD_CODE,
    WILDCARD_REEL,
    WILDCARD_CUT,
    WILDCARD_VERSION,
    WILDCARD_DELIVERABLE,
    WILDCARD_LAYOUT,
    WILDCARD_STEM,
    WILDCARD_CHANNEL,
    WILDCARD_LANG,
    WILDCARD_RATE,
    WILDCARD_BITS,
    WILDCARD_DEPTH,
    WILDCARD_KHZ,
    WILDCARD_COUNT_OF_CHANNELS,
    WILDCARD_FPS,
    WILDCARD_VV,
    WILDCARD_ENV,
    WILDCARD_STEMCODE,
    WILDCARD_ALT,
    WILDCARD_COUNT
} NameWildcard;

typedef struct NameValues { /* "" or NULL: empty */
    const char *texts[WILDCARD_COUNT];
} NameValues;

const char *name_wildcard_name(NameWildcard wildcard); /* "code" */

/* E202 planned wildcards, E215 unknown ones. */
Status name_template_check(const Node *node, ErrorList *errors);
bool name_template_has(const char *text, NameWildcard wildcard);
/* For texts that passed name_template_check. */
const char *name_template_expand(const char *text, const NameValues *values, Arena *arena);

/* Characters A-Z a-z 0-9 . _ - and / for folders, no reserved name of DOS, at most 200 bytes: E215.
 * A name that leaves the output folder: E402. */
Status name_check_portable(const char *name, Place place, ErrorList *errors);

#endif
