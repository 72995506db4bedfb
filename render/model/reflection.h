#ifndef RENDER_MODEL_REFLECTION_H
#define RENDER_MODEL_REFLECTION_H
/* Early reflections of one place in a room: what Mix.room_reflections gives. */
#include "render/model/layout.h"

enum {
    REFLECTION_ORDER_MAX = 6, /* walls on the way */
    REFLECTIONS_MAX = 376     /* images up to that order: sum of 4 n^2 + 2 */
};

typedef struct Reflection {
    Position from;  /* seen from the listener */
    double delay_s; /* behind the direct sound */
    double gain;    /* amplitude where the direct sound has 1; the walls are not in it */
    int wall_count; /* 1 .. REFLECTION_ORDER_MAX */
} Reflection;

typedef struct ReflectionList {
    Reflection entries[REFLECTIONS_MAX];
    int count;
} ReflectionList;

#endif
