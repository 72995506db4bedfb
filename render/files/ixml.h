#ifndef RENDER_FILES_IXML_H
#define RENDER_FILES_IXML_H
/* What a file says about itself to workstations: iXML, specification 2.0 (ixml.info). */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"

typedef struct IxmlTrack {
    const char *name, *function; /* "dx L" and "L" */
} IxmlTrack;

typedef struct Ixml { /* UTF-8; NULL: left out */
    const char *project, *scene, *tape, *note;
    int take;
    int frame_rate_numerator, frame_rate_denominator;
    bool is_drop_frame;
    int rate_hz, bits;
    int64_t time_reference;  /* samples since midnight */
    const IxmlTrack *tracks; /* [track_count] in the order of the file */
    int track_count;
} Ixml;

const char *ixml_build(const Ixml *facts, Arena *arena);

#endif
