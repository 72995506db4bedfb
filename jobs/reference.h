#ifndef JOBS_REFERENCE_H
#define JOBS_REFERENCE_H
/* Names that refer to something of the job, and what is said when there is no such thing. */
#include "render/base/error.h"

typedef struct Reference {
    const char *id;
    Place place; /* where it is defined; line 0: built in */
} Reference;

typedef struct ReferenceList {
    const char *kind; /* "room" */
    const Reference *references;
    int count;
} ReferenceList;

/* E301 "no room is called `ally`", with the nearest one and where it is defined. */
Status reference_fail(const ReferenceList *list, const char *wrong, Place place, ErrorList *errors);

#endif
